"""Nested Laplace: a proposal at the modes, and its importance weights."""
