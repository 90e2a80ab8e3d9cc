"""Cohorts with values taken away, and models that impute them."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np

from escc_bayes.data.bundled import example_cohort
from escc_bayes.spec.missing import Missing
from escc_bayes.spec.reading import load_spec


def without(cohort, gone):
    """Return a cohort without the values of some covariates, by name: positions of who lacks them."""
    covariates = dict(cohort.covariates)
    for name, where in gone.items():
        values = np.array(covariates[name].values)
        values[list(where)] = np.nan
        covariates[name] = replace(covariates[name], values=values)
    return replace(cohort, covariates=MappingProxyType(covariates))


def larynx_with_gaps():
    """Larynx without the stage of ten and the age of nine patients, two of them the same."""
    return without(example_cohort("larynx"), {"stage": range(0, 80, 8), "age": (0, 8, 3, 11, 19, 27, 35, 43, 51)})


def imputing(name="larynx_piecewise", completed=3, covariates=()):
    """Return a bundled model that imputes."""
    return replace(load_spec(name), missing=Missing(completed, tuple(covariates)))
