"""Cohorts: schema, reading, checks, landmark."""
