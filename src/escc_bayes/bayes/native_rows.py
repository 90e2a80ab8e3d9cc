"""The likelihood as rows: what the data and gamma priors add to the log density that backend ``native`` samples.

    log L = gain'w - sum_m sign_m exp(A_m w + base_m),      w = psi = (beta, log rates)

A piecewise row is a covariate pattern in a piece where it has exposure, base = log person-months. A Weibull row is a
time (sign +) or an entry (sign -) of a pattern, base = log weight; its w is (psi, k), k the shape itself, whose
column in A is log(t / t0). A gamma prior on rates is ``shape`` events in ``rate`` person-months at beta = 0.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from escc_bayes.bayes.laplace_coordinates import Coordinates
from escc_bayes.bayes.laplace_data import Collapsed
from escc_bayes.hazard.cells import distinct_rows
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.baseline import WeibullPrior
from escc_bayes.spec.plan import ModelPlan


@dataclass(frozen=True, slots=True)
class LikelihoodRows:
    """The terms of ``gain'w - sum sign exp(A w + base) + shape_events log k + constant``.

    Attributes
    ----------
    columns : (m, e) A.
    base, sign : (m,), and 1 or -1 (m,).
    gain : (e,).
    shape_events : weighted events; 0 for a piecewise baseline.
    constant : free of parameters.
    """

    columns: FloatArray
    base: FloatArray
    sign: FloatArray
    gain: FloatArray
    shape_events: float
    constant: float


def likelihood_rows(plan: ModelPlan, data: Collapsed, coords: Coordinates) -> LikelihoodRows:
    """Return the rows of a plan."""
    if isinstance(plan.baseline, WeibullPrior):
        return weibull_rows(plan, plan.baseline.reference_time)
    columns, exposure = data.patterns, data.exposure
    gain, constant = np.concatenate([data.column_events, data.piece_events]), 0.0
    width, pieces = columns.shape[1], exposure.shape[1]
    if coords.gamma is not None:
        shape, rate = coords.gamma.shape, coords.gamma.rate
        columns = np.concatenate([columns, np.zeros((1, width))])
        exposure = np.concatenate([exposure, np.full((1, pieces), rate)])
        gain[width:] += shape
        constant = float(pieces * (shape * np.log(rate) - gammaln(shape)))
    pattern, piece = np.nonzero(exposure > 0.0)
    return LikelihoodRows(
        columns=np.concatenate([columns[pattern], np.eye(pieces)[piece]], axis=1),
        base=np.log(exposure[pattern, piece]),
        sign=np.ones(pattern.size),
        gain=gain,
        shape_events=0.0,
        constant=constant,
    )


def weibull_rows(plan: ModelPlan, reference_time: float) -> LikelihoodRows:
    """Return a row for each distinct time or entry of a pattern whose weights do not cancel."""
    rows, columns = plan.rows, plan.design.centred
    late = rows.entry > 0.0
    months = np.concatenate([rows.time, rows.entry[late]])
    weight = np.concatenate([rows.weight, -rows.weight[late]])
    distinct, member = distinct_rows(np.column_stack([np.concatenate([columns, columns[late]]), months]))
    net = np.bincount(member, weights=weight, minlength=len(distinct))
    distinct, net = distinct[net != 0.0], net[net != 0.0]
    weighted = rows.weight * rows.event
    events = float(weighted.sum())
    return LikelihoodRows(
        columns=np.column_stack([distinct[:, :-1], np.ones(net.size), np.log(distinct[:, -1] / reference_time)]),
        base=np.log(np.abs(net)),
        sign=np.sign(net),
        gain=np.concatenate([weighted @ columns, [events, weighted @ np.log(rows.time / reference_time)]]),
        shape_events=events,
        constant=-float(weighted @ np.log(rows.time)),
    )
