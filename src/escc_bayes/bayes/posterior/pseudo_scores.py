"""Scores of rows at risk and information of a pseudo-likelihood, at one point: sampling weights inside.

Symbols: psi = (baseline, coefficients of the columns Z); baseline: log rates of a piecewise model (of strata one below
the other), or (b0, log k) of a Weibull one (of strata all b0, then all log k); s_i weighted score of row i, H the
negative second derivative. docs/methods/weights.md.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.at_risk import AtRisk, taken
from escc_bayes.hazard.piecewise import FloatArray, person_months, piece_of
from escc_bayes.spec.baseline import BaselinePrior, PiecewisePrior


@dataclass(frozen=True, slots=True)
class Scores:
    """``of_rows`` (m, q) weighted scores, ``information`` (q, q)."""

    of_rows: FloatArray
    information: FloatArray


def scores(baseline: BaselinePrior, rows: AtRisk, columns: FloatArray, point: FloatArray) -> Scores:
    """Return scores and information at ``point`` (q,), for columns Z (m, q - baseline)."""
    if isinstance(baseline, PiecewisePrior):
        return piecewise_scores(baseline.cuts, rows, columns, point)
    if baseline.strata:
        return weibull_strata_scores(baseline.reference_time, baseline.copies, rows, columns, point)
    return weibull_scores(baseline.reference_time, rows, columns, point)


def piecewise_scores(cuts: FloatArray, rows: AtRisk, columns: FloatArray, point: FloatArray) -> Scores:
    """Return scores and information of log rates and coefficients."""
    pieces, rates = cuts.size + 1, point.size - columns.shape[1]
    relative = rows.weight * np.exp(columns @ point[rates:])
    # Rates stand stratum by stratum; a row knows those of its own.
    own = rows.stratum[:, None] * pieces + np.arange(pieces)
    expected = np.zeros((rows.stop.size, rates))
    at_rates = person_months(rows.stop, cuts, rows.start) * np.exp(point[own]) * relative[:, None]
    np.put_along_axis(expected, own, at_rates, axis=1)
    of_rates = -expected
    each = np.arange(rows.stop.size)
    of_rates[each, own[each, piece_of(rows.stop, cuts)]] += rows.weight * rows.event
    whole = expected.sum(axis=1)
    crossed = expected.T @ columns
    among = columns.T @ (whole[:, None] * columns)
    information = np.block([[np.diag(expected.sum(axis=0)), crossed], [crossed.T, among]])
    return Scores(np.hstack([of_rates, of_rates.sum(axis=1)[:, None] * columns]), information)


def weibull_strata_scores(
    reference_time: float, several: int, rows: AtRisk, columns: FloatArray, point: FloatArray
) -> Scores:
    """Return scores and information of b0 and log k of every stratum, (b0_1, .., b0_S, log k_1, ..), and coefficients.

    The information is the sum of those of the strata, each in its own two and the coefficients.
    """
    q = point.size
    of_rows, information = np.zeros((rows.stop.size, q)), np.zeros((q, q))
    for code in range(several):
        inside = np.flatnonzero(rows.stratum == code)
        place = np.concatenate([[code, several + code], np.arange(2 * several, q)])
        own = weibull_scores(reference_time, taken(rows, inside), columns[inside], point[place])
        of_rows[np.ix_(inside, place)] = own.of_rows
        information[np.ix_(place, place)] += own.information
    return Scores(of_rows, information)


def weibull_scores(reference_time: float, rows: AtRisk, columns: FloatArray, point: FloatArray) -> Scores:
    """Return scores and information of b0, log k and coefficients: H(t) = exp(b0) (t / t0)^k."""
    k = np.exp(point[1])
    relative = rows.weight * np.exp(point[0] + columns @ point[2:])
    parts = []
    for time in (rows.stop, rows.start):
        late = time > 0.0
        log_time = k * np.log(np.where(late, time, reference_time) / reference_time)
        cumulative = np.where(late, relative * np.exp(log_time), 0.0)
        parts.append(np.stack([cumulative, cumulative * log_time, cumulative * log_time**2]))
    whole, first, second = parts[0] - parts[1]
    died = rows.weight * rows.event
    log_exit = k * np.log(rows.stop / reference_time)
    residual = died - whole
    design = np.column_stack([np.ones(rows.stop.size), columns])
    crossed = design.T @ first
    among = design.T @ (whole[:, None] * design)
    information = np.insert(np.insert(among, 1, crossed, axis=0), 1, np.insert(crossed, 1, 0.0), axis=1)
    information[1, 1] = float((first + second).sum() - died @ log_exit)
    of_shape = died * (1.0 + log_exit) - first
    return Scores(np.column_stack([residual, of_shape, residual[:, None] * columns]), information)
