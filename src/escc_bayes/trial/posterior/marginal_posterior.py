"""The exact posterior where a second unknown is integrated out on nodes: a shape, a discount, a drift.

At each of G nodes a trial is a piecewise-exponential one with data of its own and a log weight; its probabilities are
those of the nodes, weighted by their marginal likelihoods. Every model that is more than hazards in pieces ends here.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.mixture import NormalMixture
from escc_bayes.trial.looks.sufficient_statistics import ArmData, concatenated_data
from escc_bayes.trial.posterior.exact_posterior import NODES, GammaBaseline, Integral, integral, log_density

# Rows whose arrays of nodes stay in the processor's second-level cache.
ROWS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class WeightedData:
    """``data`` of n x G rows, the nodes of one trial together; ``log_weight`` (n, G)."""

    data: ArmData
    log_weight: FloatArray

    @property
    def trials(self) -> int:
        """Number of trials."""
        return int(self.log_weight.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class Marginal:
    """Of n trials: P(log HR < c | data) ``below`` (n, m), ``mean`` and ``sd`` (n,) of the log hazard ratio.

    ``node_weight`` (n, G): posterior probability of each node.
    """

    below: FloatArray
    mean: FloatArray
    sd: FloatArray
    node_weight: FloatArray


def certain(data: ArmData) -> WeightedData:
    """Return data with one node."""
    return WeightedData(data, np.zeros((data.trials, 1)))


def posterior(
    weighted: WeightedData, prior: NormalMixture, baseline: GammaBaseline, log_ratios: FloatArray, *, nodes: int = NODES
) -> Marginal:
    """Return the posterior of the log hazard ratio of every trial.

    Parameters
    ----------
    prior : on the log hazard ratio.
    log_ratios : (m,) increasing c.
    nodes : Gauss-Legendre nodes on each side of every c.
    """
    trials, cases = weighted.log_weight.shape
    parts = [
        integral_in_batches(weighted.data, baseline, mean, sd, log_ratios, nodes)
        for mean, sd in zip(prior.means.tolist(), prior.sds.tolist(), strict=True)
    ]
    shape = (trials, cases, len(parts))
    log_weight = np.stack([part.log_norm for part in parts], axis=1).reshape(shape) + weighted.log_weight[:, :, None]
    log_weight = (log_weight + np.log(prior.weights / prior.sds)).reshape(trials, -1)
    weight = np.exp(log_weight - logsumexp(log_weight, axis=1, keepdims=True))

    def averaged(values: FloatArray) -> FloatArray:
        return np.asarray((weight * values.reshape(trials, -1)).sum(axis=1))

    below = np.stack([part.below for part in parts], axis=1)
    found = np.stack([averaged(below[:, :, k]) for k in range(log_ratios.size)] or [np.zeros(trials)], axis=1)
    mean = averaged(np.stack([part.mean for part in parts], axis=1))
    square = averaged(np.stack([part.square for part in parts], axis=1))
    sd = np.sqrt(square - mean**2)
    return Marginal(found[:, : log_ratios.size], mean, sd, weight.reshape(shape).sum(axis=2))


def integral_in_batches(
    data: ArmData, baseline: GammaBaseline, mean: float, sd: float, log_ratios: FloatArray, nodes: int
) -> Integral:
    """Return the integral of every row under one normal prior."""
    found = [
        integral(log_density(part, baseline, mean, sd), log_ratios, nodes)
        for part in (rows_of(data, start, start + ROWS) for start in range(0, data.trials, ROWS))
    ]
    if len(found) == 1:
        return found[0]
    return Integral(
        np.concatenate([part.log_norm for part in found]),
        np.concatenate([part.below for part in found]),
        np.concatenate([part.mean for part in found]),
        np.concatenate([part.square for part in found]),
    )


def rows_of(data: ArmData, start: int, stop: int) -> ArmData:
    """Return some of the rows."""
    if start == 0 and stop >= data.trials:
        return data
    return ArmData(
        data.control_events[start:stop],
        data.treated_events[start:stop],
        data.control_months[start:stop],
        data.treated_months[start:stop],
    )


def joined_weighted(parts: list[WeightedData]) -> WeightedData:
    """Return the trials of several blocks as one."""
    return WeightedData(
        concatenated_data([part.data for part in parts]), np.concatenate([part.log_weight for part in parts])
    )
