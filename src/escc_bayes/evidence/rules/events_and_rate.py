"""The events of one arm against its printed survival: too few deaths for so low a rate under the printed follow-up.

Events by t are n times the sum of G over the drops of S, G the share still uncensored (Efron 1967, 5th Berkeley Symp
4:831): at least half of n (1 - S(t)) before the median follow-up, which ``event_balance`` checks, and usually far more.
How far is simulated for the printed size, rate and follow-up: entry over a short or a long time, losses at random, and
a quarter of the patients lost early; the largest share of cohorts with as few events is stated. Fixed random stream.
"""

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from escc_bayes.data.published import Landmark, PublishedSurvival, Study
from escc_bayes.data.rounding import interval
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.rules.crossing_simulation import estimate
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray

RULE = "events and rate"
COHORTS, MOST_PATIENTS, SEED = 3000, 150, 1926
SUSPECT = 0.85
"""Events as a share of n (1 - S) below which cohorts are simulated."""

RARE = 0.002
SHAPES = (0.8, 1.4)


def events_against_rate(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Compare the events of every arm with its landmarks within median follow-up."""
    book = ledger or Ledger()
    for curve in study.survivals:
        if not curve.n or curve.events is None or curve.followup_median is None:
            continue
        within = [m for m in curve.landmarks if 0 < m.t <= curve.followup_median and m.s < 1]
        book.made(len(within))
        lowest = min(within, key=lambda mark: mark.s, default=None)
        if lowest is not None:
            yield from too_few(study, curve, lowest)


def too_few(study: Study, curve: PublishedSurvival, mark: Landmark) -> Iterator[Finding]:
    """Report fewer events than all but very few honest cohorts have."""
    n, events, watched = curve.n or 0, curve.events or 0, float(curve.followup_median or 0)
    ratio = events / max(n * (1.0 - interval(mark.s).high), 1e-9)
    if ratio >= SUSPECT:
        return
    share = share_of_cohorts(n, float(mark.t), float(mark.s), watched, round(ratio, 6))
    if share > RARE:
        return
    yield Finding(
        study.id,
        RULE,
        "very unlikely",
        f"{curve.arm}, {curve.endpoint}: {counted(events, 'event')} {'is' if events == 1 else 'are'} printed, but "
        f"{mark.s} at {counted(mark.t, 'month')}"
        f" among {counted(n, 'patient')} "
        f"followed for a median of {curve.followup_median} months has so few in fewer than"
        f" {100 * share:.2g} % of cohorts.",
        f"n (1 - S) = {n * (1 - float(mark.s)):.0f} events by {counted(mark.t, 'month')} if nobody is censored; "
        f"{events} are {100 * ratio:.0f} % of them",
        curve.place,
        share,
    )


@lru_cache(maxsize=256)
def share_of_cohorts(n: int, t: float, survival: float, follow_up: float, ratio: float) -> float:
    """Return the largest share of honest cohorts with at most ``ratio`` times n (1 - S(t)) events."""
    size = min(n, MOST_PATIENTS)
    # Fewer patients vary more, so that a smaller cohort is the more lenient one.
    return max(
        3.0 / COHORTS, *(share(size, t, survival, follow_up, ratio, kind, k) for kind in range(4) for k in SHAPES)
    )


def share(n: int, t: float, survival: float, follow_up: float, ratio: float, kind: int, shape: float) -> float:
    """Return the share of cohorts of one kind of censoring and one shape of hazard."""
    rng = np.random.default_rng([SEED, kind])
    scale = t / (-math.log(min(max(survival, 0.01), 0.99))) ** (1.0 / shape)
    death = scale * rng.exponential(1.0, (COHORTS, n)) ** (1.0 / shape)
    censored = follow_ups(rng, (COHORTS, n), follow_up, kind)
    events = (death <= censored).sum(axis=1)
    fall = n * (1.0 - estimate(death, censored, t))
    with np.errstate(invalid="ignore"):
        return float(np.mean(events <= ratio * fall))


def follow_ups(rng: np.random.Generator, size: tuple[int, int], median: float, kind: int) -> FloatArray:
    """Return how long each patient could be followed, with the median printed."""
    if kind < 2:
        half = (0.4, 0.95)[kind]
        return median * rng.uniform(1.0 - half, 1.0 + half, size)
    if kind == 2:
        # Losses at random until the end of the study, which comes soon after the median.
        return np.minimum(rng.exponential(median / math.log(2.0), size), 1.02 * median)
    early = rng.random(size) < 0.25
    return np.where(early, median * rng.uniform(0.0, 0.2, size), median * rng.uniform(0.7, 1.6, size))
