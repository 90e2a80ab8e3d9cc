"""Baseline hazards as objects: one protocol, two families, any number of posterior draws.

An object holds the draws; the arithmetic is in ``piecewise`` and ``weibull``.
"""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from escc_bayes.hazard import piecewise, weibull
from escc_bayes.hazard.piecewise import FloatArray

type Chosen = slice | NDArray[np.integer]


class Hazard(Protocol):
    """A baseline hazard with a leading axis of draws. Times in months."""

    @property
    def draws(self) -> int:
        """Number of draws."""
        ...

    @property
    def breaks(self) -> FloatArray:
        """Months at which the hazard may jump, rising."""
        ...

    def part(self, chosen: Chosen) -> Self:
        """Return the baseline of some of the draws."""
        ...

    def cumulative(self, times: FloatArray) -> FloatArray:
        """Return H(t), shape (draws, n), for times (n,)."""
        ...

    def cumulative_at(self, times: FloatArray) -> FloatArray:
        """Return H at each draw's own times (draws, n), (draws, n)."""
        ...

    def log_hazard(self, times: FloatArray) -> FloatArray:
        """Return log h(t), shape (draws, n), for times (n,) above 0."""
        ...

    def time_at(self, target: FloatArray) -> FloatArray:
        """Return the months at which H reaches ``target`` (draws, n)."""
        ...

    def restricted_mean(self, relative: FloatArray, share: FloatArray, until: FloatArray) -> FloatArray:
        """Return the integral over (0, u] of sum_i share_i exp(-relative_i H), for each group and u of ``until``.

        ``relative`` (n, draws), ``share`` (g, n), ``until`` (u,) rising months; returned (g, draws, u).
        """
        ...


@dataclass(frozen=True, slots=True)
class PiecewiseHazard:
    """Piecewise-constant baseline: ``log_rates`` (draws, pieces) per month, ``cuts`` (pieces - 1,) months."""

    log_rates: FloatArray
    cuts: FloatArray

    @property
    def draws(self) -> int:
        """Number of draws."""
        return int(self.log_rates.shape[0])

    @property
    def breaks(self) -> FloatArray:
        """The cuts."""
        return self.cuts

    def part(self, chosen: Chosen) -> "PiecewiseHazard":
        """Return the baseline of some of the draws."""
        return PiecewiseHazard(self.log_rates[chosen], self.cuts)

    def cumulative(self, times: FloatArray) -> FloatArray:
        """Return H(t), shape (draws, n)."""
        return piecewise.cumulative_hazard(self.log_rates, self.cuts, times)

    def cumulative_at(self, times: FloatArray) -> FloatArray:
        """Return H at each draw's own times, (draws, n)."""
        return piecewise.cumulative_hazard_at(self.log_rates, self.cuts, times)

    def log_hazard(self, times: FloatArray) -> FloatArray:
        """Return the log rate of the piece of each time, shape (draws, n)."""
        return self.log_rates[:, piecewise.piece_of(times, self.cuts)]

    def time_at(self, target: FloatArray) -> FloatArray:
        """Return the months at which H reaches ``target`` (draws, n)."""
        return piecewise.time_at(self.log_rates, self.cuts, target)

    def restricted_mean(self, relative: FloatArray, share: FloatArray, until: FloatArray) -> FloatArray:
        """Return the restricted mean survival times of the averaged curves."""
        return piecewise.restricted_mean(self.log_rates, self.cuts, relative, share, until)


@dataclass(frozen=True, slots=True)
class WeibullHazard:
    """Weibull baseline: ``log_cumulative`` (draws,) at ``reference_time`` months, ``log_shape`` (draws,)."""

    log_cumulative: FloatArray
    log_shape: FloatArray
    reference_time: float

    @property
    def draws(self) -> int:
        """Number of draws."""
        return int(self.log_cumulative.shape[0])

    @property
    def breaks(self) -> FloatArray:
        """None: the hazard is continuous."""
        return np.zeros(0)

    def part(self, chosen: Chosen) -> "WeibullHazard":
        """Return the baseline of some of the draws."""
        return WeibullHazard(self.log_cumulative[chosen], self.log_shape[chosen], self.reference_time)

    def cumulative(self, times: FloatArray) -> FloatArray:
        """Return H(t), shape (draws, n)."""
        return weibull.cumulative_hazard(self.log_cumulative, self.log_shape, self.reference_time, times)

    def cumulative_at(self, times: FloatArray) -> FloatArray:
        """Return H at each draw's own times, (draws, n)."""
        return weibull.cumulative_hazard(self.log_cumulative, self.log_shape, self.reference_time, times)

    def log_hazard(self, times: FloatArray) -> FloatArray:
        """Return log h(t), shape (draws, n)."""
        return weibull.log_hazard(self.log_cumulative, self.log_shape, self.reference_time, times)

    def time_at(self, target: FloatArray) -> FloatArray:
        """Return the months at which H reaches ``target`` (draws, n)."""
        return weibull.time_at(self.log_cumulative, self.log_shape, self.reference_time, target)

    def restricted_mean(self, relative: FloatArray, share: FloatArray, until: FloatArray) -> FloatArray:
        """Return the restricted mean survival times of the averaged curves."""
        return weibull.restricted_mean(self.log_cumulative, self.log_shape, self.reference_time, relative, share, until)


def log_likelihood(
    hazard: Hazard,
    log_relative: FloatArray,
    time: FloatArray,
    event: FloatArray,
    entry: FloatArray,
    weight: FloatArray,
) -> FloatArray:
    """Return the log-likelihood of each patient under each draw.

    w [ d (log h0(t) + eta) - (H0(t) - H0(entry)) exp(eta) ], right censoring and delayed entry.

    Parameters
    ----------
    hazard : baseline with D draws.
    log_relative : (D, n) linear predictor eta.
    time, event, entry, weight : (n,) months, 0/1, months, case weights.

    Returns
    -------
    (D, n) log density for events, log survival for censored times.
    """
    observed = hazard.cumulative(time) - hazard.cumulative(entry)
    gained = np.where(event > 0.0, hazard.log_hazard(time) + log_relative, 0.0)
    return weight * (gained - observed * np.exp(log_relative))


def event_times(hazard: Hazard, log_relative: FloatArray, entry: FloatArray, unit: FloatArray) -> FloatArray:
    """Return event times given survival to ``entry``, from standard exponential numbers ``unit``.

    Solves H0(T) exp(eta) = H0(entry) exp(eta) + unit; all arguments (D, n) but ``entry`` (n,).
    """
    # A draw from a wide prior may be so extreme that its time is 0 or infinite; that is its right value.
    with np.errstate(over="ignore"):
        return hazard.time_at(hazard.cumulative(entry) + unit * np.exp(-log_relative))
