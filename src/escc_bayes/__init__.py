"""Bayesian survival modelling of small cohorts beside Kaplan-Meier and Cox."""
