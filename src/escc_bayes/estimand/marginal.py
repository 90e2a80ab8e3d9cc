"""Survival averaged over patients, draw by draw: curve, median, restricted mean, from the hazards of each patient.

S(t) = sum_i share_i exp(-H_i(t)). Whether hazards are proportional, so that one H0(t) serves all, is the model's
affair (``hazard/proportional``). See docs/methods/marginal.md.
"""

from collections.abc import Iterator

import numpy as np

from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.piecewise import FloatArray

# Patients x draws at a time: what one block needs stays in the processor's cache.
BLOCK = 24_576
FEWEST, MOST = 16, 2_048


def survival(hazards: PatientHazards, columns: FloatArray, weight: FloatArray, times: FloatArray) -> FloatArray:
    """Return the average survival curves of groups in each draw.

    Parameters
    ----------
    hazards : of D draws.
    columns : (n, p) of the patients to average over.
    weight : (g, n) what each patient counts for in each group; 0: does not belong to it.
    times : (t,) months.

    Returns
    -------
    (g, D, t) survival.
    """
    share = shares(weight)
    curves = np.empty((times.size, share.shape[0], hazards.draws))
    for part in blocks(hazards, columns):
        curves[..., part] = hazards.part(part).survival(columns, share, times)
    return curves.transpose(1, 2, 0)


def median(hazards: PatientHazards, columns: FloatArray, weight: FloatArray) -> FloatArray:
    """Return the medians of the average survival curves of groups in each draw, (g, D) months.

    To 1e-12 relative; the arguments are those of ``survival``.
    """
    found = np.empty((weight.shape[0], hazards.draws))
    for share, of_group in zip(shares(weight), found, strict=True):
        belong = share > 0.0
        for part in blocks(hazards, columns[belong]):
            of_group[part] = hazards.part(part).median(columns[belong], share[belong])
    return found


def restricted_mean(hazards: PatientHazards, columns: FloatArray, weight: FloatArray, until: FloatArray) -> FloatArray:
    """Return restricted mean survival times of the average curves, (g, D, u), to the rising months ``until``.

    The other arguments are those of ``survival``.
    """
    share = shares(weight)
    means = [hazards.part(part).restricted_mean(columns, share, until) for part in blocks(hazards, columns)]
    return np.concatenate(means, axis=1)


def shares(weight: FloatArray) -> FloatArray:
    """Return weights (g, n) that sum to 1 in each group."""
    return weight / np.asarray(weight.sum(axis=1, keepdims=True))


def blocks(hazards: PatientHazards, columns: FloatArray) -> Iterator[slice]:
    """Yield the draws, a block at a time."""
    size = min(max(BLOCK // max(columns.shape[0], 1), FEWEST), MOST)
    return (slice(start, start + size) for start in range(0, hazards.draws, size))
