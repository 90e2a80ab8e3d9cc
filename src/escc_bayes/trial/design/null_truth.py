"""Which truth a null is: the constant hazard ratio under which a criterion's claim just fails.

A difference d of survival at t (or of restricted means to t, its integral) is reached by the hazard ratio r with

sum over strata of share (S0(t)^(c_s r) - S0(t)^c_s) = d,    c_s the stratum's hazard over that of ``[control]``.

A rule's own null is that of its criteria at which treatment does worst: there none of their claims holds.
"""

import math

import numpy as np

from escc_bayes.hazard.piecewise import BoolArray, FloatArray, IntArray
from escc_bayes.trial.design.control_clock import cumulative_at, effect_edges
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.null import Null
from escc_bayes.trial.design.rule import DecisionRule
from escc_bayes.trial.truth.data_generating import Effect
from escc_bayes.trial.truth.expected_events import STRETCH, UNIT, WEIGHT
from escc_bayes.trial.truth.switching import gained

# Log hazard ratios between which a difference is looked for, and halvings of that range.
FARTHEST, HALVINGS = 12.0, 60
NEAR = 1e-12


def own_null(design: TrialDesign, rule: DecisionRule) -> Null:
    """Return, of the nulls of a rule's criteria, the one at which treatment does worst."""
    distinct = rule.nulls
    if len(distinct) == 1:
        return distinct[0]
    return max(distinct, key=lambda null: (hazard_ratio_of(null, design), null.kind == "hazard_ratio"))


def null_effect(null: Null, design: TrialDesign) -> Effect:
    """Return the effect that is the null, at the average control hazard where that is uncertain."""
    return Effect((hazard_ratio_of(null, design),))


def hazard_ratio_of(null: Null, design: TrialDesign) -> float:
    """Return the constant hazard ratio at which the null holds of the average control hazard."""
    if null.kind == "hazard_ratio" or null.without_effect:
        return null.limit if null.kind == "hazard_ratio" else 1.0
    times, width = grid(null, design)
    return math.exp(float(solved(null, design, design.control.cumulative(times)[None, :], width)[0]))


def log_ratios_at(null: Null, design: TrialDesign, control_draw: IntArray) -> FloatArray:
    """Return the log hazard ratio of each piece of the effect at which the null holds, (n or 1, k + 1)."""
    pieces = len(design.effect.ratios)
    if null.kind == "hazard_ratio" or null.without_effect:
        return np.full((1, pieces), math.log(hazard_ratio_of(null, design)))
    times, width = grid(null, design)
    found = solved(null, design, cumulative_at(design, control_draw, times), width)
    return np.tile(found[:, None], (1, pieces))


def lies_in(null: Null, design: TrialDesign, control_draw: IntArray, log_ratio: FloatArray) -> BoolArray:
    """Return whether truths lie in the null, at its limit or beyond: (n or 1,).

    Parameters
    ----------
    log_ratio : (n or 1, k + 1). A hazard ratio is in the null if it is ``limit`` or above at all times.
    """
    if null.kind == "hazard_ratio":
        return np.asarray(log_ratio.min(axis=1) >= math.log(null.limit) - NEAR)
    times, width = grid(null, design)
    clock, edges = cumulative_at(design, control_draw, times), effect_edges(design, control_draw)
    if design.effect.by_stratum:
        treated = [np.exp(log_ratio[:, place : place + 1]) * clock for place in range(len(design.strata))]
    else:
        treated = alike(design, gained(clock, np.exp(log_ratio), edges))
    return np.asarray(difference(design, clock, treated, width) <= null.limit + NEAR)


def attainable(null: Null, design: TrialDesign) -> tuple[float, float]:
    """Return the least and the largest difference that any treatment can make: all die at once, or nobody dies."""
    times, width = grid(null, design)
    clock = design.control.cumulative(times)[None, :]
    return tuple(  # type: ignore[return-value]
        float(difference(design, clock, alike(design, np.full_like(clock, treated)), width)[0])
        for treated in (np.inf, 0.0)
    )


def grid(null: Null, design: TrialDesign) -> tuple[FloatArray, FloatArray]:
    """Return months (g,) and widths (g,) over which survival adds up to what the null is about."""
    if null.kind == "survival":
        return np.array([null.month]), np.ones(1)
    inside = [cut for cut in (*design.control.cuts, *design.effect.cuts) if 0.0 < cut < null.month]
    edges = np.array(sorted({0.0, null.month, *inside}))
    u, length = ((UNIT + 1.0) / 2.0) ** STRETCH, np.diff(edges)[:, None]
    weight = WEIGHT / 2.0 * STRETCH * ((UNIT + 1.0) / 2.0) ** (STRETCH - 1.0)
    return (edges[:-1, None] + length * u).reshape(-1), (length * weight).reshape(-1)


def alike(design: TrialDesign, treated: FloatArray) -> list[FloatArray]:
    """Return the cumulative hazard of the treated in every stratum where the effect is common."""
    return [treated] * max(len(design.strata), 1)


def difference(design: TrialDesign, control: FloatArray, treated: list[FloatArray], width: FloatArray) -> FloatArray:
    """Return treatment minus control from cumulative hazards (n, g), strata by their shares: (n,).

    ``treated`` by stratum; hazards of a stratum's own level are those times ``control_hr``.
    """
    strata = [(of.share, of.control_hr) for of in design.strata] or [(1.0, 1.0)]
    gain = np.sum(
        [
            share * (np.exp(-hr * mine) - np.exp(-hr * control))
            for (share, hr), mine in zip(strata, treated, strict=True)
        ],
        axis=0,
    )
    return np.asarray(gain @ width)


def solved(null: Null, design: TrialDesign, clock: FloatArray, width: FloatArray) -> FloatArray:
    """Return the log hazard ratio with the null's difference, (n,), from H0 ``clock`` (n, g), by halving."""
    low, high = np.full(clock.shape[0], -FARTHEST), np.full(clock.shape[0], FARTHEST)
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        better = difference(design, clock, alike(design, np.exp(middle)[:, None] * clock), width) > null.limit
        low, high = np.where(better, middle, low), np.where(better, high, middle)
    return np.asarray((low + high) / 2.0)
