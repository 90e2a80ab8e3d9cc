"""Missing covariates imputed compatibly with the hazard of a model: completed cohorts. docs/methods/missing.md."""
