"""Errors, checks, seeds, records, output folders. Knows nothing about survival."""
