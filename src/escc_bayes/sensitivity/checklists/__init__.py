"""Reporting checklists, filled from the fit."""
