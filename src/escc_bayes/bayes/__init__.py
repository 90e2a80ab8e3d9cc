"""Bayesian engines. PyMC is imported here and nowhere else."""
