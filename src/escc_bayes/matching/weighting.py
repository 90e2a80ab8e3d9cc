"""Weights of a design, and how they move with what was estimated to make them.

Symbols: t 0/1 treatment, p score, x columns with a leading 1, w weight; theta what was estimated, S_i(theta) the
estimating function of patient i, H = -sum dS_i / dtheta. Inverse probability: Robins, Hernan & Brumback 2000,
Epidemiology 11:550; overlap: Li, Morgan & Zaslavsky 2018, JASA 113:390; entropy: Hainmueller 2012, Polit Anal 20:25,
Zhao & Percival 2017, J Causal Inference 5. docs/methods/matching.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from escc_bayes.foundation.errors import CohortError
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.matching.score import Score

# Entropy weights balance means to this share of a standard deviation.
BALANCED = 1e-10


@dataclass(frozen=True, slots=True)
class Estimated:
    """What weights rest on, of every patient.

    Attributes
    ----------
    slope : (n, q) dw / dtheta.
    score : (n, q) S_i.
    information : (q, q) H.
    """

    slope: FloatArray
    score: FloatArray
    information: FloatArray

    def influence(self) -> FloatArray:
        """Return what each patient moves theta by, (n, q)."""
        return np.asarray(np.linalg.lstsq(self.information, self.score.T, rcond=None)[0].T)


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights (n,), 0 for who is left out; ``estimated`` is None where they are no smooth function of anything."""

    weight: FloatArray
    estimated: Estimated | None


def inverse_probability(score: Score, treated: NDArray[np.bool_], estimand: str, truncate: float) -> Weights:
    """Return stabilised inverse-probability weights: P(t) / P(t | x); of the treated, 1 and the odds p / (1 - p).

    Parameters
    ----------
    truncate : share of each group's weights at either end that become the weight there.
    """
    t, p = treated.astype(np.float64), score.probability
    x, share = score.design, float(treated.mean())
    if estimand == "att":
        weight = np.where(treated, 1.0, p / (1.0 - p))
        slope = np.where(treated, 0.0, weight)[:, None] * x
        weight, moved = truncated(weight, treated, truncate)
        return Weights(weight, logistic_part(score, t, slope * moved[:, None]))
    weight = np.where(treated, share / p, (1.0 - share) / (1.0 - p))
    by_score = np.where(treated, -weight * (1.0 - p), weight * p)[:, None] * x
    by_share = np.where(treated, 1.0 / p, -1.0 / (1.0 - p))
    weight, moved = truncated(weight, treated, truncate)
    part = logistic_part(score, t, by_score * moved[:, None])
    return Weights(weight, with_parameter(part, by_share * moved, t - share, float(t.size)))


def overlap(score: Score, treated: NDArray[np.bool_]) -> Weights:
    """Return overlap weights: the probability of the other group; means are then equal to the last digit."""
    p = score.probability
    weight = np.where(treated, 1.0 - p, p)
    slope = (np.where(treated, -1.0, 1.0) * p * (1.0 - p))[:, None] * score.design
    return Weights(weight, logistic_part(score, treated.astype(np.float64), slope))


def entropy(design: FloatArray, treated: NDArray[np.bool_], estimand: str, where: str) -> Weights:
    """Return the weights nearest to equal ones, in entropy, under which means are those asked for.

    Of the treated: controls have the means of the treated and weigh as much together; of all: both groups have the
    means of all and weigh as much as they are. Columns (n, 1 + p) are standardised, with a leading 1.

    Raises
    ------
    CohortError : no weights can do it.
    """
    n = treated.size
    if estimand == "att":
        own = np.where(treated, 0.0, tilted(design, ~treated, design[treated].sum(axis=0), where))
        weight = np.where(treated, 1.0, own)
        scores = np.where(treated, -1.0, own)[:, None] * design
        information = -(own[:, None] * design).T @ design
        return Weights(weight, Estimated(own[:, None] * design, scores, information))
    weight, parts = np.zeros(n), []
    target = design.sum(axis=0)
    for inside in (treated, ~treated):
        share = float(inside.mean())
        plain = np.where(inside, tilted(design, inside, target, where), 0.0)
        weight += share * plain
        information = -(plain[:, None] * design).T @ design
        sign = 1.0 if inside[treated].any() else -1.0
        parts.append((share * plain[:, None] * design, plain[:, None] * design - design, information, sign * plain))
    (first, score1, info1, share1), (second, score0, info0, share0) = parts
    q = design.shape[1]
    information = np.zeros((2 * q, 2 * q))
    information[:q, :q], information[q:, q:] = info1, info0
    both = Estimated(np.hstack([first, second]), np.hstack([score1, score0]), information)
    t = treated.astype(np.float64)
    return Weights(weight, with_parameter(both, share1 + share0, t - t.mean(), float(n)))


def tilted(design: FloatArray, inside: NDArray[np.bool_], target: FloatArray, where: str) -> FloatArray:
    """Return exp(x'a) of each patient with a such that those ``inside`` sum to ``target``: the dual, by Newton.

    The dual is convex; a step is halved until it lowers the dual, or, where that is down to rounding, the gap.
    """
    x = design[inside]
    dual = np.zeros(x.shape[1])
    dual[0] = np.log(target[0] / x.shape[0])
    size = float(target[0])

    def looked_at(at: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        with np.errstate(over="ignore", invalid="ignore"):
            w = np.exp(x @ at)
            return float(w.sum() - target @ at), x.T @ w - target, w

    value, gap, w = looked_at(dual)
    for _ in range(200):
        if np.abs(gap).max() <= BALANCED * size:
            return np.exp(np.minimum(design @ dual, 700.0))
        step = np.linalg.lstsq((w[:, None] * x).T @ x, -gap, rcond=None)[0]
        for _ in range(40):
            trial = looked_at(dual + step)
            lower = trial[0] <= value + 1e-4 * float(gap @ step)
            if lower or np.abs(trial[1]).max() < 0.5 * np.abs(gap).max():
                break
            step = step / 2.0
        else:
            break
        dual, (value, gap, w) = dual + step, trial
    raise CohortError(
        f"{where}: no weights give a group the means asked for: they lie outside what its patients span in these "
        "covariates; name fewer, or take overlap"
    )


def of_sets(group: IntArray, treated: NDArray[np.bool_], estimand: str, *, estimated: bool) -> Weights:
    """Return weights of matched sets or strata, numbered from 0 (-1: left out): each group as if the sets were alike.

    Of the treated: 1, and for controls the set's treated over its controls; of all: the set's patients over its own of
    the group. The controls' (of all: each group's) are scaled to a mean of 1.

    Parameters
    ----------
    estimated : whether the shares of the sets are those of a sample, as in strata.
    """
    inside = group >= 0
    t = treated.astype(np.float64)
    if not inside.any():
        return Weights(np.zeros(group.size), None)
    count = int(group.max()) + 1
    place = np.where(inside, group, 0)
    cases = np.bincount(place[inside], t[inside], minlength=count)[place]
    size = np.bincount(place[inside], minlength=count)[place]
    share = cases / size
    scaled: tuple[NDArray[np.bool_], ...] = (~treated,) if estimand == "att" else (treated, ~treated)
    if estimand == "att":
        raw, slope = np.where(treated, 1.0, share / (1.0 - share)), np.where(treated, 0.0, (1.0 - share) ** -2.0)
    else:
        raw = np.where(treated, 1.0 / share, 1.0 / (1.0 - share))
        slope = np.where(treated, -(share**-2.0), (1.0 - share) ** -2.0)
    raw, slope = np.where(inside, raw, 0.0), np.where(inside, slope, 0.0)
    weight = raw.copy()
    parts: list[tuple[FloatArray, FloatArray, float]] = []
    for whose in scaled:
        here = whose & inside
        factor = here.sum() / raw[here].sum()
        weight[here] *= factor
        slope[here] *= factor
        parts.append((np.where(here, raw, 0.0), np.where(here, 1.0 - factor * raw, 0.0), float(raw[here].sum())))
    if not estimated:
        return Weights(weight, None)
    indicator = (place[:, None] == np.arange(count)) & inside[:, None]
    found = Estimated(
        slope[:, None] * indicator, (t - share)[:, None] * indicator, np.diag(indicator.sum(axis=0).astype(np.float64))
    )
    return Weights(weight, scale_parts(found, parts, indicator, slope, scaled))


def scale_parts(
    found: Estimated,
    parts: list[tuple[FloatArray, FloatArray, float]],
    indicator: NDArray[np.bool_],
    slope: FloatArray,
    scaled: tuple[NDArray[np.bool_], ...],
) -> Estimated:
    """Return the estimating functions with those of the factors that scale each group to a mean of 1."""
    for (by_factor, score, total), whose in zip(parts, scaled, strict=True):
        q = found.slope.shape[1]
        information = np.zeros((q + 1, q + 1))
        information[:q, :q] = found.information
        information[q, q] = total
        # d/dtheta of sum (1 - c raw): the factor's equation depends on the shares too; slopes hold c already.
        own = np.where(whose, slope, 0.0)
        information[q, : indicator.shape[1]] = own @ indicator
        found = Estimated(np.column_stack([found.slope, by_factor]), np.column_stack([found.score, score]), information)
    return found


def logistic_part(score: Score, t: FloatArray, slope: FloatArray) -> Estimated:
    """Return the estimating functions of logistic regression."""
    x, p = score.design, score.probability
    return Estimated(slope, (t - p)[:, None] * x, (x * (p * (1.0 - p))[:, None]).T @ x)


def with_parameter(part: Estimated, slope: FloatArray, score: FloatArray, information: float) -> Estimated:
    """Return the estimating functions with one more parameter, which the others do not depend on."""
    q = part.slope.shape[1]
    both = np.zeros((q + 1, q + 1))
    both[:q, :q], both[q, q] = part.information, information
    return Estimated(np.column_stack([part.slope, slope]), np.column_stack([part.score, score]), both)


def truncated(weight: FloatArray, treated: NDArray[np.bool_], share: float) -> tuple[FloatArray, FloatArray]:
    """Return weights cut off at both ends of each group, and 1 where they still move with the score, else 0."""
    if share == 0.0:
        return weight, np.ones(weight.size)
    found = weight.copy()
    for inside in (treated, ~treated):
        low, high = np.quantile(weight[inside], [share, 1.0 - share])
        found[inside] = np.clip(weight[inside], low, high)
    return found, (found == weight).astype(np.float64)
