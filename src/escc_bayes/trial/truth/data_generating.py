"""What is true of the two arms: the control's cumulative hazard, and the treatment's hazard ratio over time.

The treatment's cumulative hazard is H1(t) = integral of hr(s) dH0(s), hr constant between ``cuts``. It is inverted
on the clock of H0, where it is piecewise linear, so that any control hazard serves any effect.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from escc_bayes.hazard import piecewise
from escc_bayes.hazard.piecewise import FloatArray, IntArray


class ArmHazard(Protocol):
    """The hazard of one arm. Months; rates per month."""

    @property
    def cuts(self) -> tuple[float, ...]:
        """Months at which the hazard jumps."""
        ...

    def cumulative(self, times: FloatArray) -> FloatArray:
        """Return H(t), shape of ``times``."""
        ...

    def hazard(self, times: FloatArray) -> FloatArray:
        """Return h(t), shape of ``times`` (above 0)."""
        ...


class ControlHazard(ArmHazard, Protocol):
    """A hazard that can be inverted; one or many draws of it."""

    @property
    def draws(self) -> int:
        """Number of draws; 1 where the hazard is known."""
        ...

    def cumulative_of(self, draw: IntArray, times: FloatArray) -> FloatArray:
        """Return H(t) of the draws (n,) at ``times`` (k,): shape (n, k)."""
        ...

    def time_at(self, draw: IntArray, target: FloatArray) -> FloatArray:
        """Return the months at which H reaches ``target`` (n, m), by draw (n,)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class PiecewiseControl:
    """Rates (draws, k + 1) per month between ``cuts`` (k,) months; read-only."""

    rates: FloatArray
    cuts: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        self.rates.setflags(write=False)

    @property
    def draws(self) -> int:
        """Number of draws."""
        return int(self.rates.shape[0])

    @property
    def mean_rates(self) -> FloatArray:
        """Rates (k + 1,), averaged over draws."""
        return np.asarray(self.rates.mean(axis=0))

    def cumulative(self, times: FloatArray) -> FloatArray:
        """Return H(t) of the mean rates."""
        spent = piecewise.person_months(times.reshape(-1), np.array(self.cuts))
        return np.asarray(spent @ self.mean_rates).reshape(times.shape)

    def hazard(self, times: FloatArray) -> FloatArray:
        """Return h(t) of the mean rates."""
        return self.mean_rates[piecewise.piece_of(times, np.array(self.cuts))]

    def cumulative_of(self, draw: IntArray, times: FloatArray) -> FloatArray:
        """Return H(t) of the draws (n,) at ``times`` (k,): shape (n, k)."""
        return np.asarray(self.rates[draw] @ piecewise.person_months(times, np.array(self.cuts)).T)

    def time_at(self, draw: IntArray, target: FloatArray) -> FloatArray:
        """Return the months at which H reaches ``target`` (n, m), by draw (n,)."""
        rates = self.rates if self.draws == 1 else self.rates[draw]
        return inverted(target, rates, np.array(self.cuts)[None, :])


@dataclass(frozen=True, slots=True)
class Exponential:
    """One constant rate per month."""

    rate: float
    cuts: tuple[float, ...] = ()

    def cumulative(self, times: FloatArray) -> FloatArray:
        """Return H(t)."""
        return self.rate * times

    def hazard(self, times: FloatArray) -> FloatArray:
        """Return h(t)."""
        return np.full(times.shape, self.rate)


@dataclass(frozen=True, slots=True)
class WeibullControl:
    """S(t) = exp(-(t / scale)^shape), ``scale`` in months."""

    shape: float
    scale: float
    cuts: tuple[float, ...] = ()

    @property
    def draws(self) -> int:
        """One: the hazard is known."""
        return 1

    def cumulative(self, times: FloatArray) -> FloatArray:
        """Return H(t)."""
        return (times / self.scale) ** self.shape

    def hazard(self, times: FloatArray) -> FloatArray:
        """Return h(t)."""
        return self.shape / self.scale * (times / self.scale) ** (self.shape - 1.0)

    def cumulative_of(self, draw: IntArray, times: FloatArray) -> FloatArray:
        """Return H(t) at ``times`` (k,), the same for every draw: (n, k)."""
        return np.broadcast_to(self.cumulative(times), (draw.size, times.size))

    def time_at(self, draw: IntArray, target: FloatArray) -> FloatArray:  # noqa: ARG002 - one draw serves all
        """Return the months at which H reaches ``target``."""
        months: FloatArray = self.scale * target ** (1.0 / self.shape)
        return months


@dataclass(frozen=True, slots=True)
class Effect:
    """Hazard ratios ``hr`` (k + 1) of treatment over control between ``cuts`` (k) months since entry.

    ``by_stratum`` : of every stratum, one that holds at all times; empty where all strata have ``hr``.
    """

    hr: tuple[float, ...]
    cuts: tuple[float, ...] = ()
    by_stratum: tuple[float, ...] = ()

    @property
    def ratios(self) -> tuple[float, ...]:
        """All hazard ratios that patients live under: by piece, or by stratum."""
        return self.by_stratum or self.hr

    def of_stratum(self, place: int) -> "Effect":
        """Return the effect in a stratum."""
        return Effect((self.by_stratum[place],)) if self.by_stratum else self

    def words(self) -> str:
        """Say the hazard ratios, and until when or in which strata they hold.

        Examples
        --------
        >>> Effect((1.0, 0.6), (3.0,)).words()
        '1 until month 3 of a patient, then 0.6'
        """
        if self.by_stratum:
            return f"{', '.join(f'{ratio:.4g}' for ratio in self.by_stratum)} by stratum"
        pieces = zip(self.hr, self.cuts, strict=False)
        parts = [f"{ratio:.4g} until month {cut:g} of a patient" for ratio, cut in pieces]
        return ", then ".join([*parts, f"{self.hr[-1]:.4g}"])

    @property
    def strongest(self) -> float:
        """The log hazard ratio farthest from 0."""
        return max((math.log(value) for value in self.ratios), key=abs)

    @property
    def shape(self) -> FloatArray:
        """Log hazard ratio of each piece or stratum as a share of the strongest; 1 everywhere without an effect."""
        strongest = self.strongest
        return np.array([math.log(value) / strongest if strongest else 1.0 for value in self.ratios])


@dataclass(frozen=True, slots=True)
class TreatedHazard:
    """The treatment arm: control times effect."""

    control: ArmHazard
    effect: Effect

    @property
    def cuts(self) -> tuple[float, ...]:
        """Months at which the hazard jumps."""
        return tuple(sorted({*self.control.cuts, *self.effect.cuts}))

    def cumulative(self, times: FloatArray) -> FloatArray:
        """Return H1(t) = sum over pieces of the effect of hr times the gain of H0."""
        edges = np.array([0.0, *self.effect.cuts, np.inf])
        total = np.zeros(times.shape)
        for ratio, start, stop in zip(self.effect.hr, edges[:-1], edges[1:], strict=True):
            gain = self.control.cumulative(np.clip(times, start, stop)) - self.control.cumulative(np.array(start))
            total += ratio * np.maximum(gain, 0.0)
        return total

    def hazard(self, times: FloatArray) -> FloatArray:
        """Return h1(t)."""
        piece = piecewise.piece_of(times, np.array(self.effect.cuts))
        return np.array(self.effect.hr)[piece] * self.control.hazard(times)


@dataclass(frozen=True, slots=True)
class EndedHazard:
    """A hazard that nobody sees after month ``until`` of a patient: events of those followed so long and no longer."""

    base: ArmHazard
    until: float

    @property
    def cuts(self) -> tuple[float, ...]:
        """Months at which the hazard jumps."""
        return tuple(sorted({*(cut for cut in self.base.cuts if cut < self.until), self.until}))

    def cumulative(self, times: FloatArray) -> FloatArray:
        """Return H(t), constant from ``until`` on."""
        return self.base.cumulative(np.minimum(times, self.until))

    def hazard(self, times: FloatArray) -> FloatArray:
        """Return h(t), 0 after ``until``."""
        return np.where(times <= self.until, self.base.hazard(times), 0.0)


def inverted(target: FloatArray, rates: FloatArray, cuts: FloatArray) -> FloatArray:
    """Return the time at which a piecewise linear function through 0 reaches ``target``.

    Parameters
    ----------
    target : (n, m) values, not negative.
    rates : (n or 1, k + 1) slopes, above 0.
    cuts : (n or 1, k) where the slope changes, increasing.

    Returns
    -------
    (n, m) times: the months spent in each piece, added up.
    """
    if cuts.shape[1] == 0:
        return target / rates
    widths = np.diff(cuts, axis=1, prepend=0.0)
    reached = np.cumsum(rates[:, :-1] * widths, axis=1)
    time = np.minimum(target, reached[:, :1]) / rates[:, :1]
    for k in range(1, cuts.shape[1]):
        low, high = reached[:, k - 1 : k], reached[:, k : k + 1]
        time += (np.clip(target, low, high) - low) / rates[:, k : k + 1]
    time += np.maximum(target - reached[:, -1:], 0.0) / rates[:, -1:]
    return time
