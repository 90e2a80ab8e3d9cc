"""Strata of a trial: shares of the patients of each arm, with hazards in proportion to each other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.truth.data_generating import ArmHazard


@dataclass(frozen=True, slots=True)
class Stratum:
    """``share`` of the patients; ``control_hr``: hazard of its controls over that of ``[control]``.

    ``hr``: of treatment over control in this stratum; None: that of ``[effect]``.
    """

    name: str
    share: float
    control_hr: float = 1.0
    hr: float | None = None


@dataclass(frozen=True, slots=True)
class ScaledHazard:
    """A hazard times ``ratio``."""

    base: ArmHazard
    ratio: float

    @property
    def cuts(self) -> tuple[float, ...]:
        """Months at which the hazard jumps."""
        return self.base.cuts

    def cumulative(self, times: FloatArray) -> FloatArray:
        """Return H(t)."""
        return self.ratio * self.base.cumulative(times)

    def hazard(self, times: FloatArray) -> FloatArray:
        """Return h(t)."""
        return self.ratio * self.base.hazard(times)


def apportioned(patients: int, strata: Sequence[Stratum]) -> tuple[int, ...]:
    """Return the patients of each stratum: whole numbers by largest remainder that add up.

    Examples
    --------
    >>> apportioned(10, (Stratum("a", 0.64), Stratum("b", 0.36)))
    (6, 4)
    """
    exact = [patients * stratum.share for stratum in strata]
    counts = [math.floor(part) for part in exact]
    by_remainder = sorted(range(len(exact)), key=lambda k: counts[k] - exact[k])
    for k in by_remainder[: patients - sum(counts)]:
        counts[k] += 1
    return tuple(counts)


def columns_of(patients: tuple[int, int], strata: Sequence[Stratum]) -> tuple[tuple[slice, slice], ...]:
    """Return the columns of each stratum among controls and among treated; strata stand in order within each arm."""
    edges = [np.cumsum((start, *apportioned(count, strata))) for start, count in ((0, patients[0]), patients)]
    return tuple(
        (slice(int(edges[0][k]), int(edges[0][k + 1])), slice(int(edges[1][k]), int(edges[1][k + 1])))
        for k in range(len(strata))
    )


def ratio_by_patient(patients: tuple[int, int], strata: Sequence[Stratum]) -> FloatArray:
    """Return each patient's hazard over that of ``[control]`` before the effect of treatment, (m,)."""
    return np.concatenate(
        [np.repeat([of.control_hr for of in strata], apportioned(count, strata)) for count in patients]
    )
