"""Exact posteriors of the log hazard ratio, with and without historical controls."""
