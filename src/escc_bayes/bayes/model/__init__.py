"""What is fitted: parameters, priors, the likelihood, stated once for every engine."""
