"""Posteriors, by engines in rooms. PyMC is imported in ``pymc/`` alone; ``build(spec, cohort)`` hands out its model."""

from importlib import import_module
from types import ModuleType


def __getattr__(name: str) -> ModuleType:
    """Return ``build`` when it is asked for: it imports PyMC."""
    if name == "build":
        return import_module("escc_bayes.bayes.pymc.build")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
