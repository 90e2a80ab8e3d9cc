"""Predictive density of a patient left out, from the draws of all; models weighted by what they foretell.

PSIS-LOO: Vehtari, Gelman & Gabry 2017, Stat Comput 27:1413, with as many weights smoothed as R's loo smooths by
default (relative efficiency 1). Stacking: Yao, Vehtari, Simpson & Gelman 2018, Bayesian Anal 13:917. The tests hold
both equal to ArviZ, whose import takes longer than what it computes here.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from escc_bayes.bayes.numeric.pareto import smooth
from escc_bayes.foundation.root import root
from escc_bayes.hazard.piecewise import FloatArray

# Stacking stops where no exchange of weight between two models gains more than this in the mean log density.
GAIN, ROUNDS = 1e-12, 1000
# Of the density under the best model: no model rules a patient out for good.
LEAST = 1e-200


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a model foretells of each patient.

    Attributes
    ----------
    elpd : (n,) log predictive density of each patient, given the others.
    within : (n,) log predictive density of each patient, given all.
    k : (n,) Pareto k; above 0.7 the patient's density is unreliable.
    """

    elpd: FloatArray
    within: FloatArray
    k: FloatArray


def left_out(log_likelihood: FloatArray) -> LeftOut:
    """Return the predictive density of each patient from log-likelihoods (draws, n)."""
    highest = log_likelihood.max(axis=0)
    relative = np.exp(log_likelihood - highest)
    smoothed = [smooth(-column) for column in log_likelihood.T]
    weight = np.stack([one.weight for one in smoothed], axis=1)
    elpd = highest + np.log((weight * relative).sum(axis=0))
    return LeftOut(elpd, highest + np.log(relative.mean(axis=0)), np.array([one.k for one in smoothed]))


def stacking(elpd: FloatArray) -> FloatArray:
    """Return weights of models (m,) from what each foretells of each patient (m, n).

    They maximise the sum over patients of the log of the weighted predictive densities. The maximum is unique in what
    it foretells; pairs of models exchange weight until no pair gains.

    Examples
    --------
    >>> stacking(np.log([[0.2, 0.2, 0.4], [0.1, 0.1, 0.3]]))  # the first foretells every patient better
    array([1., 0.])
    """
    density = np.maximum(np.exp(elpd - elpd.max(axis=0)), LEAST)
    weight = np.full(len(elpd), 1.0 / len(elpd))
    for _ in range(ROUNDS):
        before = score(weight, density)
        for pair in combinations(range(len(elpd)), 2):
            weight = exchanged(weight, density, pair)
        if score(weight, density) - before <= GAIN:
            break
    return weight


def score(weight: FloatArray, density: FloatArray) -> float:
    """Return the mean log of the weighted densities."""
    return float(np.log(weight @ density).mean())


def exchanged(weight: FloatArray, density: FloatArray, pair: tuple[int, int]) -> FloatArray:
    """Return the weights with what two models hold together divided between them at best."""
    one, other = pair
    held = float(weight[one] + weight[other])
    others = np.delete(weight, pair) @ np.delete(density, pair, axis=0)
    ahead = density[one] - density[other]

    def gain(share: float) -> float:
        return float((ahead / (others + share * density[one] + (held - share) * density[other])).mean())

    if held == 0.0:
        return weight
    share = held if gain(held) >= 0.0 else 0.0 if gain(0.0) <= 0.0 else root(gain, 0.0, held)
    found = weight.copy()
    found[one], found[other] = share, held - share
    return found
