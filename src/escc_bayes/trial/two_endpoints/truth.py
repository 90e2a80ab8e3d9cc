"""Progression and death of one arm: three constant hazards per month, and the survival that follows from them.

From randomisation to progression (``progression``), to death without it (``death``), from progression to death
(``after``, by time since progression). With h = progression + death,

PFS(t) = exp(-h t),    OS(t) = exp(-h t) + progression (exp(-h t) - exp(-after t)) / (after - h).

Both endpoints share the patients, so they are correlated as these hazards say. Fleischer, Gaschler-Markefski & Bluhmki
2009, Stat Med 28:2669; Meller, Beyersmann & Rufibach 2019, Stat Med 38:4270.
"""

import math
from dataclasses import dataclass

import numpy as np

from escc_bayes.foundation.root import root
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.errors import DesignError

FASTEST, SLOWEST, LONGEST = 20.0, 1e-9, 1e4
# Survival so small is that of nobody.
LEAST = 1e-300


@dataclass(frozen=True, slots=True)
class Transitions:
    """Hazards per month."""

    progression: float
    death: float
    after: float

    @property
    def leaving(self) -> float:
        """Hazard of a PFS event."""
        return self.progression + self.death

    def pfs(self, month: float) -> float:
        """Return progression-free survival."""
        return math.exp(-self.leaving * month)

    def os(self, month: float) -> float:
        """Return overall survival.

        Examples
        --------
        >>> round(Transitions(0.08, 0.01, 0.06).os(12.0), 4)
        0.732
        """
        gone, gap = math.exp(-self.leaving * month), self.after - self.leaving
        if abs(gap) * month < 1e-7:
            return gone * (1.0 + self.progression * month)
        return gone + self.progression * (gone - math.exp(-self.after * month)) / gap

    @property
    def pfs_median(self) -> float:
        """Median of PFS in months."""
        return math.log(2.0) / self.leaving

    @property
    def os_median(self) -> float:
        """Median of OS in months; infinite beyond ten thousand."""
        return root(lambda t: 0.5 - self.os(t), 0.0, LONGEST) if self.os(LONGEST) < 0.5 else math.inf

    def times(self, unit: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return months to a PFS event and to death, (n, m) each, from standard exponentials (3, n, m)."""
        progressed, died = unit[0] / self.progression, unit[1] / self.death if self.death > 0.0 else np.inf
        first = np.minimum(progressed, died)
        return first, np.where(progressed < died, progressed + unit[2] / self.after, first)


@dataclass(frozen=True, slots=True)
class EndpointHazard:
    """The hazard of PFS, or of OS where ``death``, as expected events take it."""

    truth: Transitions
    death: bool

    @property
    def cuts(self) -> tuple[float, ...]:
        """No month at which it jumps."""
        return ()

    def cumulative(self, times: FloatArray) -> FloatArray:
        """Return H(t) = -log S(t).

        Examples
        --------
        >>> EndpointHazard(Transitions(0.08, 0.01, 0.06), True).cumulative(np.array([12.0])).round(4)
        array([0.312])
        """
        if not self.death:
            return self.truth.leaving * times
        alive = [max(self.truth.os(month), LEAST) for month in times.ravel().tolist()]
        return -np.log(np.array(alive)).reshape(times.shape)

    def hazard(self, times: FloatArray) -> FloatArray:
        """Return h(t): of OS that of death before progression and after, by who is where."""
        if not self.death:
            return np.full(times.shape, self.truth.leaving)
        free = np.exp(-self.truth.leaving * times)
        alive = np.exp(-self.cumulative(times))
        return np.asarray((self.truth.death * free + self.truth.after * np.maximum(alive - free, 0.0)) / alive)


def from_medians(pfs_median: float, os_median: float, death: float, at: str) -> Transitions:
    """Return the hazards with both medians, given that of death without progression.

    Raises
    ------
    DesignError : no such hazards.
    """
    leaving = math.log(2.0) / pfs_median
    progression = leaving - death
    if not progression > 0.0:
        raise DesignError(
            f"{at}: a PFS median of {pfs_median:g} months is a hazard of {leaving:.4g}, and death without progression "
            f"has {death:g} of it; state a smaller one"
        )

    def excess(after: float) -> float:
        return Transitions(progression, death, after).os(os_median) - 0.5

    if not excess(FASTEST) < 0.0 < excess(SLOWEST):
        raise DesignError(
            f"{at}: no hazard after progression gives an OS median of {os_median:g} months beside a PFS median of "
            f"{pfs_median:g} and a hazard of {death:g} of death without progression; correct them"
        )
    after = math.exp(root(lambda x: -excess(math.exp(x)), math.log(SLOWEST), math.log(FASTEST), absolute=1e-12))
    return Transitions(progression, death, after)
