"""Cohorts from what a trial prints of its arms: curves, events, one effect. docs/methods/arm_level.md."""
