"""Sums, scores and weights on arrays: Sobol numbers, Pareto smoothing, resampling, R-hat."""
