"""The statistic that compares two arms, and the tilt of their events at which it is the one printed."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import chdtri, ndtri

from escc_bayes.classical.cox import cox
from escc_bayes.classical.logrank import logrank
from escc_bayes.data.published import PublishedEstimate
from escc_bayes.evidence.arm_level.events import Arm

HALVINGS = 14
STEEPEST = 3.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A printed comparison of the second arm with the first.

    ``value`` : log hazard ratio, or root of the log-rank chi-square with the sign of that. ``se`` : the standard error
    that the print implies; None: unknown.
    """

    kind: Literal["log hazard ratio", "signed log-rank"]
    value: float
    tolerance: float
    se: float | None

    def of(self, first: Arm, second: Arm) -> float:
        """Return the statistic of two arms."""
        time = np.concatenate([first.time, second.time])
        event = np.concatenate([first.event, second.event])
        group = np.repeat([0, 1], [first.time.size, second.time.size])
        ratio = float(cox(group[:, None].astype(float), time, event).coef[0])
        if self.kind == "log hazard ratio":
            return ratio
        return math.copysign(math.sqrt(logrank(time, event, group).chi2), ratio)


def wanted_from(effect: PublishedEstimate | None) -> Wanted | None:
    """Return what an effect asks of two arms; None where it prints neither a ratio nor a test."""
    if effect is None:
        return None
    if effect.value is not None:
        log_hr = math.log(float(effect.value))
        return Wanted("log hazard ratio", log_hr, 0.004, implied_error(effect, log_hr))
    chi2 = float(effect.chi2) if effect.chi2 is not None else None
    if chi2 is None and effect.p is not None and 0 < effect.p < 1:
        chi2 = float(chdtri(1, float(effect.p)))
    # A test says nothing of its direction: the second arm is the one treated, and taken to do better.
    return None if chi2 is None else Wanted("signed log-rank", -math.sqrt(chi2), 0.02, None)


def implied_error(effect: PublishedEstimate, log_hr: float) -> float | None:
    """Return the standard error of a log hazard ratio from its interval, else from its P value."""
    if effect.ci_low and effect.ci_high is not None:
        z = float(ndtri((1.0 + float(effect.ci_level or 0.95)) / 2.0))
        return math.log(float(effect.ci_high) / float(effect.ci_low)) / (2.0 * z)
    if effect.p is not None and 0 < effect.p < 1 and log_hr != 0.0:
        return abs(log_hr) / float(ndtri(1.0 - float(effect.p) / 2.0))
    return None


def implied_events(effect: PublishedEstimate | None, sizes: tuple[int, ...]) -> float | None:
    """Return the events of two arms together: printed, or 1 / (SE^2 p (1 - p)) as the interval implies."""
    if effect is None or len(sizes) != 2:
        return None
    if effect.events is not None:
        return float(effect.events)
    wanted = wanted_from(effect)
    if wanted is None or wanted.se is None:
        return None
    share = sizes[1] / sum(sizes)
    return min(1.0 / (wanted.se**2 * share * (1.0 - share)), 0.98 * sum(sizes))


def tilted(make: Callable[[float], tuple[Arm, Arm]], wanted: Wanted | None) -> tuple[Arm, Arm]:
    """Return the two arms at the tilt whose statistic is nearest to the one wanted.

    ``make`` : with a larger tilt the second arm does better; the same random numbers at every tilt.
    """
    plain = make(0.0)
    if wanted is None:
        return plain
    best, gap = plain, abs(wanted.of(*plain) - wanted.value)
    low, high = -STEEPEST, STEEPEST
    for _ in range(HALVINGS):
        tilt = (low + high) / 2.0
        arms = make(tilt)
        found = wanted.of(*arms)
        if abs(found - wanted.value) < gap:
            best, gap = arms, abs(found - wanted.value)
        if gap <= wanted.tolerance:
            break
        # A larger tilt lowers the hazard of the second arm, and with it the statistic.
        low, high = (tilt, high) if found > wanted.value else (low, tilt)
    return best
