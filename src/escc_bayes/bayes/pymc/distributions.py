"""Survival likelihoods as PyMC distributions: one observed value per patient, right censoring, delayed entry, weights.

``pm.CustomDist`` with an explicit ``logp`` and a symbolic ``dist`` is the form on which log-likelihood, predictive
draws, data swap and gradients all work. ``dist`` draws an uncensored time given survival to entry; PyMC hands it
every parameter of the distribution, the event status and the weight too, which play no part in it.
"""

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt


def piecewise_cumulative(times: Any, rates: Any, starts: Any) -> Any:
    """Return H(t): times (n,), rates (n, k), starts (k,) with 0 first."""
    widths = pt.concatenate([pt.diff(starts), np.array([np.inf])])
    return (rates * pt.clip(times[..., None] - starts, 0.0, widths)).sum(-1)


def picked(values: Any, index: Any) -> Any:
    """Return values[..., index] by a comparison: cheaper to compile than advanced indexing."""
    return (values * pt.eq(pt.arange(values.shape[-1]), index[..., None])).sum(-1)


def piecewise_logp(time: Any, entry: Any, event: Any, weight: Any, rates: Any, starts: Any) -> Any:
    """Return the weighted log density (event) or log survival (censored) given survival to entry."""
    piece = pt.clip((time[..., None] > starts).sum(-1) - 1, 0, rates.shape[-1] - 1)
    log_lik = event * pt.log(picked(rates, piece))
    log_lik -= piecewise_cumulative(time, rates, starts) - piecewise_cumulative(entry, rates, starts)
    return pt.switch(time >= entry, weight * log_lik, -np.inf)


def piecewise_dist(entry: Any, _event: Any, _weight: Any, rates: Any, starts: Any, size: Any) -> Any:
    """Draw a time given survival to entry, by inverting the cumulative hazard."""
    target = piecewise_cumulative(entry, rates, starts) + pm.Exponential.dist(1.0, size=size)
    reached = pt.concatenate(
        [pt.zeros_like(rates[..., :1]), pt.cumsum(rates[..., :-1] * pt.diff(starts), axis=-1)], axis=-1
    )
    piece = (target[..., None] >= reached).sum(-1) - 1
    return picked(starts, piece) + (target - picked(reached, piece)) / picked(rates, piece)


def weibull_cumulative(times: Any, log_scale: Any, log_shape: Any, log_reference: Any) -> Any:
    """Return H(t) = exp(log_scale) (t / t0)^k, 0 at time 0 with a finite gradient."""
    positive = pt.gt(times, 0.0)
    log_ratio = pt.log(pt.switch(positive, times, 1.0)) - log_reference
    return pt.switch(positive, pt.exp(log_scale + pt.exp(log_shape) * log_ratio), 0.0)


def weibull_logp(
    time: Any, entry: Any, event: Any, weight: Any, log_scale: Any, log_shape: Any, log_reference: Any
) -> Any:
    """Return the weighted log density (event) or log survival (censored) given survival to entry."""
    log_time = pt.log(time)
    log_hazard = log_scale + log_shape - log_time + pt.exp(log_shape) * (log_time - log_reference)
    log_lik = event * log_hazard
    log_lik -= weibull_cumulative(time, log_scale, log_shape, log_reference)
    log_lik += weibull_cumulative(entry, log_scale, log_shape, log_reference)
    return pt.switch(time >= entry, weight * log_lik, -np.inf)


def weibull_dist(
    entry: Any, _event: Any, _weight: Any, log_scale: Any, log_shape: Any, log_reference: Any, size: Any
) -> Any:
    """Draw a time given survival to entry, by inverting the cumulative hazard."""
    target = weibull_cumulative(entry, log_scale, log_shape, log_reference) + pm.Exponential.dist(1.0, size=size)
    return pt.exp(log_reference + (pt.log(target) - log_scale) / pt.exp(log_shape))
