"""Coordinates of a model, and the modes along its hyperparameters."""
