"""The hazard ratio that an adjusted model implies for everybody: conditional effects, standardised to a marginal one.

Under the model everyone's survival is averaged with the term set to each level in turn; the marginal log hazard ratio
is what a Cox model of the term alone tends to in such patients, in the levels' own shares, followed as these were. It
differs from the conditional one by non-collapsibility alone. Daniel, Zhang & Farewell 2021, Biom J 63:528.
"""

from collections.abc import Sequence

import numpy as np

from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.hazard.baseline import Hazard
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.hazard.product_limit import weight_from
from escc_bayes.sensitivity.modes import Mode
from escc_bayes.spec.setting_levels import setting_columns

# Intervals of time, at quantiles of follow-up; values of a number.
INTERVALS, VALUES = 120, 12
STEPS = 50


def marginal_log_ratios(
    survival: FloatArray, followed: FloatArray, shares: FloatArray, columns: FloatArray
) -> FloatArray:
    """Return the log hazard ratios (p,) that a Cox model of groups with these survival curves tends to.

    Parameters
    ----------
    survival : (g, t) of each group at rising times, the first 1.
    followed : (t - 1,) share still followed in each interval.
    shares : (g,) of the groups; sum to 1.
    columns : (g, p) covariates of the groups.
    """
    died = shares[:, None] * (survival[:, :-1] - survival[:, 1:]) * followed
    at_risk = shares[:, None] * 0.5 * (survival[:, :-1] + survival[:, 1:]) * followed
    kept = died.sum(axis=0) > 0.0
    died, at_risk = died[:, kept], at_risk[:, kept]
    total, beta = died.sum(axis=0), np.zeros(columns.shape[1])
    for _ in range(STEPS):
        share = at_risk * np.exp(columns @ beta)[:, None]
        share /= share.sum(axis=0)
        mean = share.T @ columns
        score = died.sum(axis=1) @ columns - total @ mean
        information = np.einsum("t,gt,gp,gq->pq", total, share, columns, columns) - np.einsum(
            "t,tp,tq->pq", total, mean, mean
        )
        step = np.linalg.lstsq(information, score, rcond=None)[0]
        beta = beta + np.clip(step, -1.0, 1.0)
        if np.abs(step).max(initial=0.0) < 1e-10:
            break
    return np.asarray(beta)


def averaged_survival(hazard: Hazard, linear: FloatArray, weight: FloatArray, times: FloatArray) -> FloatArray:
    """Return survival (t,) averaged over patients with linear predictors (n,), under the first draw of a hazard."""
    cumulative = hazard.cumulative(times)[0]
    with np.errstate(over="ignore"):
        alive = np.exp(-cumulative[:, None] * np.exp(linear)[None])
    return np.asarray(alive @ (weight / weight.sum()))


def follow_up(time: FloatArray, event: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return times (t,) from 0 to the last event, and the share not yet censored within each interval (t - 1,).

    The share is the product-limit estimate in which censoring is the event.
    """
    last = float(time[event > 0.0].max())
    inner = np.quantile(np.minimum(time, last), np.linspace(0.0, 1.0, INTERVALS))
    times = np.unique(np.concatenate([[0.0], inner, np.linspace(0.0, last, INTERVALS // 2)]))
    left = event == 0.0
    months, place = np.unique(time[left], return_inverse=True)
    gone = np.bincount(place, weight[left], minlength=months.size)
    share = np.cumprod(1.0 - np.clip(gone / weight_from(time, weight, months), 0.0, 1.0)) if months.size else gone
    middles = 0.5 * (times[:-1] + times[1:])
    return times, np.concatenate([[1.0], share])[np.searchsorted(months, middles, side="right")]


def marginal_of(
    mode: Mode, term: str, own: Sequence[HazardRatio], followed: tuple[FloatArray, FloatArray]
) -> FloatArray:
    """Return the standardised marginal log hazard ratio of each contrast of a term.

    Parameters
    ----------
    followed : from ``follow_up``.
    """
    (times, share), rows = followed, mode.plan.rows
    groups, columns, held = groups_of(mode, term)
    curves = [
        averaged_survival(mode.hazard, (set_to - mode.plan.design.center) @ mode.coefficients, rows.weight, times)
        for set_to in groups
    ]
    beta = marginal_log_ratios(np.array(curves), share, held, columns)
    return np.array([float(beta @ contrast_of(mode, asked)) for asked in own])


def groups_of(mode: Mode, term: str) -> tuple[list[FloatArray], FloatArray, FloatArray]:
    """Return everybody's columns (n, p) with a term set to each group in turn, the groups' own columns, their shares.

    Groups are levels; of a number its values, or as many of their middles as suffice.
    """
    design, rows = mode.plan.design, mode.plan.rows
    block, place = design.block_of(term)
    levels = block.levels[place]
    if levels:
        coded = rows.covariates[term].schema.levels
        held = np.array([rows.weight[rows.covariates[term].values == coded.index(level)].sum() for level in levels])
        return (
            [setting_columns(design, rows, term, level) for level in levels],
            np.eye(len(levels))[:, 1:],
            held / held.sum(),
        )
    inside = design.columns_of(term)
    values = np.quantile(design.columns[:, inside.start], (np.arange(VALUES) + 0.5) / VALUES)
    groups = []
    for value in values:
        changed = np.array(design.columns)
        changed[:, inside.start] = value
        groups.append(changed)
    return groups, values[:, None], np.full(VALUES, 1.0 / VALUES)


def contrast_of(mode: Mode, asked: HazardRatio) -> FloatArray:
    """Return the weights of a contrast on the groups' columns."""
    design = mode.plan.design
    block, place = design.block_of(asked.term)
    levels = block.levels[place]
    if not levels:
        return np.array([float(asked.per or 1.0) / design.schemas[asked.term].scale])
    whole = np.eye(len(levels))
    return np.asarray((whole[levels.index(str(asked.level))] - whole[levels.index(str(asked.versus))])[1:])
