"""What becomes of one covariate's hazard ratio when it is known from another month on."""
