"""Effect structures, one file each: how covariates act on the log hazard."""
