"""Scores of patients and information of a pseudo-likelihood, at one point: sampling weights inside.

Symbols: psi = (baseline, coefficients of the columns Z); baseline: log rates of a piecewise model, or (b0, log k) of a
Weibull one; s_i weighted score of patient i, H the negative second derivative. docs/methods/weights.md.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray, person_months, piece_of
from escc_bayes.spec.baseline import BaselinePrior, PiecewisePrior
from escc_bayes.spec.rows import AnalysisRows


@dataclass(frozen=True, slots=True)
class Scores:
    """``of_patients`` (n, q) weighted scores, ``information`` (q, q)."""

    of_patients: FloatArray
    information: FloatArray


def scores(baseline: BaselinePrior, rows: AnalysisRows, columns: FloatArray, point: FloatArray) -> Scores:
    """Return scores and information at ``point`` (q,), for columns Z (n, q - baseline)."""
    if isinstance(baseline, PiecewisePrior):
        return piecewise_scores(baseline.cuts, rows, columns, point)
    return weibull_scores(baseline.reference_time, rows, columns, point)


def piecewise_scores(cuts: FloatArray, rows: AnalysisRows, columns: FloatArray, point: FloatArray) -> Scores:
    """Return scores and information of log rates and coefficients."""
    pieces = cuts.size + 1
    relative = rows.weight * np.exp(columns @ point[pieces:])
    expected = person_months(rows.time, cuts, rows.entry) * np.exp(point[:pieces]) * relative[:, None]
    of_rates = -expected
    of_rates[np.arange(rows.n), piece_of(rows.time, cuts)] += rows.weight * rows.event
    whole = expected.sum(axis=1)
    crossed = expected.T @ columns
    among = columns.T @ (whole[:, None] * columns)
    information = np.block([[np.diag(expected.sum(axis=0)), crossed], [crossed.T, among]])
    return Scores(np.hstack([of_rates, of_rates.sum(axis=1)[:, None] * columns]), information)


def weibull_scores(reference_time: float, rows: AnalysisRows, columns: FloatArray, point: FloatArray) -> Scores:
    """Return scores and information of b0, log k and coefficients: H(t) = exp(b0) (t / t0)^k."""
    k = np.exp(point[1])
    relative = rows.weight * np.exp(point[0] + columns @ point[2:])
    parts = []
    for time in (rows.time, rows.entry):
        late = time > 0.0
        log_time = k * np.log(np.where(late, time, reference_time) / reference_time)
        cumulative = np.where(late, relative * np.exp(log_time), 0.0)
        parts.append(np.stack([cumulative, cumulative * log_time, cumulative * log_time**2]))
    whole, first, second = parts[0] - parts[1]
    died = rows.weight * rows.event
    log_exit = k * np.log(rows.time / reference_time)
    residual = died - whole
    design = np.column_stack([np.ones(rows.n), columns])
    crossed = design.T @ first
    among = design.T @ (whole[:, None] * design)
    information = np.insert(np.insert(among, 1, crossed, axis=0), 1, np.insert(crossed, 1, 0.0), axis=1)
    information[1, 1] = float((first + second).sum() - died @ log_exit)
    of_shape = died * (1.0 + log_exit) - first
    return Scores(np.column_stack([residual, of_shape, residual[:, None] * columns]), information)
