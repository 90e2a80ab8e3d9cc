"""Survival likelihoods as PyMC distributions: one observed value per patient, right censoring, delayed entry, weights.

``pm.CustomDist`` with an explicit ``logp`` and a symbolic ``dist`` is the form on which log-likelihood, predictive
draws, data swap and gradients all work. ``dist`` draws an uncensored time given survival to entry; PyMC hands it
every parameter of the distribution, the event status and the weight too, which play no part in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt


@dataclass(frozen=True, slots=True)
class Family:
    """The distributions of a baseline family, of known months and of events between two."""

    name: str
    logp: Callable[..., Any]
    dist: Callable[..., Any]
    interval_logp: Callable[..., Any]
    interval_dist: Callable[..., Any]


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


def interval_log_lik(log_lik: Any, inside: Any, between: Any) -> Any:
    """Return the log-likelihood up to the last month without the event, with that of the event in the span after it.

    ``inside`` is the cumulative hazard of the span; ``between`` says who has the event in one.
    """
    # Where there is no span its hazard is 0, and the gradient of its logarithm must not be asked for.
    span = pt.switch(between, inside, 1.0)
    return log_lik + pt.switch(between, pt.log(-pt.expm1(-span)), 0.0)


def piecewise_interval_logp(
    time: Any, until: Any, entry: Any, event: Any, weight: Any, ahead: Any, rates: Any, starts: Any
) -> Any:
    """Return the weighted log-likelihood of an event between ``until`` and ``time``, or of a known month.

    ``ahead`` is the hazard of the part of the span that lies in earlier rows of the patient.
    """
    between = pt.gt(event * (time - until), 0.0)
    seen = piecewise_cumulative(until, rates, starts)
    piece = pt.clip((time[..., None] > starts).sum(-1) - 1, 0, rates.shape[-1] - 1)
    log_lik = pt.switch(between, 0.0, event * pt.log(picked(rates, piece)))
    log_lik -= seen - piecewise_cumulative(entry, rates, starts)
    inside = piecewise_cumulative(time, rates, starts) - seen + ahead
    return pt.switch(time >= entry, weight * interval_log_lik(log_lik, inside, between), -np.inf)


def piecewise_interval_dist(
    _until: Any, entry: Any, event: Any, weight: Any, _ahead: Any, rates: Any, starts: Any, size: Any
) -> Any:
    """Draw a time given survival to entry."""
    return piecewise_dist(entry, event, weight, rates, starts, size)


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


def weibull_interval_logp(
    time: Any,
    until: Any,
    entry: Any,
    event: Any,
    weight: Any,
    ahead: Any,
    log_scale: Any,
    log_shape: Any,
    log_reference: Any,
) -> Any:
    """Return the weighted log-likelihood of an event between ``until`` and ``time``, or of a known month."""
    between = pt.gt(event * (time - until), 0.0)
    form = (log_scale, log_shape, log_reference)
    seen, log_time = weibull_cumulative(until, *form), pt.log(time)
    log_hazard = log_scale + log_shape - log_time + pt.exp(log_shape) * (log_time - log_reference)
    log_lik = pt.switch(between, 0.0, event * log_hazard) - seen + weibull_cumulative(entry, *form)
    inside = weibull_cumulative(time, *form) - seen + ahead
    return pt.switch(time >= entry, weight * interval_log_lik(log_lik, inside, between), -np.inf)


def weibull_interval_dist(
    _until: Any,
    entry: Any,
    event: Any,
    weight: Any,
    _ahead: Any,
    log_scale: Any,
    log_shape: Any,
    log_reference: Any,
    size: Any,
) -> Any:
    """Draw a time given survival to entry."""
    return weibull_dist(entry, event, weight, log_scale, log_shape, log_reference, size)


PIECEWISE = Family(
    "PiecewiseExponential", piecewise_logp, piecewise_dist, piecewise_interval_logp, piecewise_interval_dist
)
WEIBULL = Family("WeibullPH", weibull_logp, weibull_dist, weibull_interval_logp, weibull_interval_dist)
