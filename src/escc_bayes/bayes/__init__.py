"""Bayesian engines. PyMC is imported here and nowhere else; ``build(spec, cohort)`` hands out its model."""

from importlib import import_module
from types import ModuleType


def __getattr__(name: str) -> ModuleType:
    """Return ``build`` when it is asked for: it imports PyMC."""
    if name == "build":
        return import_module("escc_bayes.bayes.build")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
