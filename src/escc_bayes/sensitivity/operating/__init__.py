"""How every method does in cohorts of this size."""
