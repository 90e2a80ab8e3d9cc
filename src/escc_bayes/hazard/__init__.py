"""Survival arithmetic on arrays: piecewise-constant and Weibull hazards. NumPy only; months, rates per month."""
