"""How many events a trial has at its end, by what its interim look shows; what each final test then rejects.

d1 events at the interim look, d2 planned at the end, t = d1 / d2; Z1 the log-rank statistic, u1 and u2 the boundaries.
Under the trend seen so far the mean of Z grows as Z1 sqrt(d / d1). With d events at the end and Z2 the statistic of the
events since the interim look:

weighted    Zw = sqrt(t) Z1 + sqrt(1 - t) Z2, whatever d (Cui, Hung & Wang 1999; Lehmacher & Wassmer 1999): alpha holds
unweighted  Zu = sqrt(d1 / d) Z1 + sqrt(1 - d1 / d) Z2, the log-rank test of all events, above u2

CP(d) = Phi(Z1 sqrt((d - d1) / d1) - (u2 - sqrt(t) Z1) / sqrt(1 - t)), for either statistic at d = d2. Where CP(d2) lies
in the promising zone [low, wanted), d is the smallest number with CP(d) = wanted by the weighted test, at most d_max.
Zu keeps alpha where, for every Z1 in the zone,

b(Z1, d) = {sqrt((d - d1) / (d2 - d1)) (u2 sqrt(d2) - Z1 sqrt(d1)) + Z1 sqrt(d1)} / sqrt(d)  <=  u2

(Gao, Ware & Mehta 2008; Mehta & Pocock 2011, Stat Med 30:3267). ``docs/methods/reestimation.md``.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from escc_bayes.hazard.piecewise import FloatArray

STEPS = 4001


@dataclass(frozen=True, slots=True)
class Reestimation:
    """``interim``, ``planned`` and ``most`` events; boundaries ``first``, ``last``; the zone [``low``, ``wanted``)."""

    interim: int
    planned: int
    most: int
    first: float
    last: float
    low: float
    wanted: float

    @property
    def fraction(self) -> float:
        """Information fraction of the interim look by the plan: the weight of the first stage, squared."""
        return self.interim / self.planned

    def conditional_power(self, z: FloatArray, events: FloatArray | float) -> FloatArray:
        """Return the chance that the weighted test succeeds at the end, under the trend, with so many ``events``.

        Examples
        --------
        >>> rule = Reestimation(120, 240, 400, 2.9626, 1.9686, 0.3, 0.9)
        >>> rule.conditional_power(np.array([1.0, 1.39, 2.5]), 240.0).round(3)
        array([0.217, 0.498, 0.987])
        """
        t = self.fraction
        needed = (self.last - math.sqrt(t) * z) / math.sqrt(1.0 - t)
        return np.asarray(ndtr(z * np.sqrt((np.asarray(events) - self.interim) / self.interim) - needed))

    def events(self, z: FloatArray) -> FloatArray:
        """Return the final events by the interim statistic: whole numbers between planned and most."""
        z = np.asarray(z, dtype=np.float64)
        now, t = self.conditional_power(z, float(self.planned)), self.fraction
        needed = np.maximum((self.last - math.sqrt(t) * z) / math.sqrt(1.0 - t) + float(ndtri(self.wanted)), 0.0)
        # Against a trend that is none, no number is enough.
        reach = np.where(z > 0.0, needed / np.maximum(z, 1e-12), np.inf)
        wanted = np.ceil(np.minimum(self.interim * (1.0 + reach**2), float(self.most)) - 1e-9)
        more = (now >= self.low) & (now < self.wanted)
        return np.where(more, np.maximum(wanted, self.planned), float(self.planned))

    def equivalent(self, z: FloatArray, events: FloatArray) -> FloatArray:
        """Return b(Z1, d): the boundary of the unweighted statistic at which it is the weighted test."""
        root = np.sqrt((events - self.interim) / (self.planned - self.interim))
        first = z * math.sqrt(self.interim)
        return np.asarray((root * (self.last * math.sqrt(self.planned) - first) + first) / np.sqrt(events))

    def lowest_safe(self) -> float:
        """Return the least conditional power from which on more events never make b exceed the last boundary."""
        z = np.linspace(-1.0, 6.0, STEPS)
        open_zone = Reestimation(self.interim, self.planned, self.most, self.first, self.last, 0.0, self.wanted)
        wrong = open_zone.equivalent(z, open_zone.events(z)) > self.last + 1e-9
        now = self.conditional_power(z, float(self.planned))
        wrong &= now < self.wanted
        return float(now[np.flatnonzero(wrong)[-1] + 1]) if wrong.any() else 0.0

    def zone(self, z: FloatArray) -> FloatArray:
        """Return 0 where a trial's interim look is unfavourable, 1 promising, 2 favourable, 3 a success already."""
        now = self.conditional_power(z, float(self.planned))
        found = np.where(now < self.low, 0.0, np.where(now < self.wanted, 1.0, 2.0))
        return np.where(z > self.first, 3.0, found)
