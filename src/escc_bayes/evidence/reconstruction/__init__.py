"""Cohorts from printed statistics: a layout says what the columns are, a compiled search finds patients."""
