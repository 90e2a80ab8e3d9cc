"""A design: its rules, their nulls and boundaries, and what can be said of it without simulating."""
