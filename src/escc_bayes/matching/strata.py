"""Strata of patients alike: exactly, or coarsely (Iacus, King & Porro 2012, Polit Anal 20:1).

docs/methods/matching.md.
"""

import math

import numpy as np
from numpy.typing import NDArray

from escc_bayes.hazard.piecewise import FloatArray, IntArray


def exact_strata(values: FloatArray, treated: NDArray[np.bool_]) -> IntArray:
    """Return the stratum of each patient, (n,), alike in every covariate (n, covariates); -1 where one group is absent.

    Examples
    --------
    >>> exact_strata(np.array([[0.0], [0.0], [1.0]]), np.array([True, False, True]))
    array([ 0,  0, -1])
    """
    _, of = np.unique(values, axis=0, return_inverse=True)
    return with_both(of.ravel(), treated)


def coarse_strata(values: FloatArray, categorical: NDArray[np.bool_], treated: NDArray[np.bool_]) -> IntArray:
    """Return strata of patients alike after numbers are cut into classes of equal width, as many as Sturges' rule says.

    Levels are compared as they are. Sturges 1926, JASA 21:65: ceil(log2 n) + 1 classes over the range of all patients.
    """
    coarse = values.copy()
    classes = math.ceil(math.log2(values.shape[0])) + 1
    for place in np.flatnonzero(~categorical):
        coarse[:, place] = in_classes(values[:, place], classes)
    return exact_strata(coarse, treated)


def in_classes(values: FloatArray, classes: int) -> FloatArray:
    """Return the class of each number, from 0: equal widths over the range, a value on a border in the lower class."""
    low, high = float(values.min()), float(values.max())
    if high <= low:
        return np.zeros(values.size)
    edges = np.linspace(low, high, classes + 1)
    return np.asarray(np.maximum(np.searchsorted(edges, values, side="left") - 1.0, 0.0))


def with_both(of: IntArray, treated: NDArray[np.bool_]) -> IntArray:
    """Return strata numbered from 0 in the order of the file; -1 where a stratum lacks one of the groups."""
    count = int(of.max(initial=-1)) + 1
    both = (np.bincount(of[treated], minlength=count) > 0) & (np.bincount(of[~treated], minlength=count) > 0)
    found = np.full(of.size, -1, dtype=np.int64)
    inside = both[of]
    codes = {code: place for place, code in enumerate(dict.fromkeys(of[inside].tolist()))}
    found[inside] = [codes[code] for code in of[inside].tolist()]
    return found
