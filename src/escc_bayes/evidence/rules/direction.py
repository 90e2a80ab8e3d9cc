"""A hazard ratio against the curves of its two groups: they must point the same way.

Symbols: theta(t) = log[-log S_a(t)] - log[-log S_b(t)], the log hazard ratio that survival at t gives if hazards are
proportional; log(m_b / m_a) from medians. If the curves do not cross, the log-rank numerator has the sign of theta,
since the number at risk only falls (integration by parts; Aalen, Borgan & Gjessing 2008, section 3.3). Variances:
Greenwood with half of the patients, (1 - S) / (n S log^2 S) doubled, and 4.2 / n for a log median. Under proportional
hazards the difference from the Cox estimate has less variance than theta (Hausman 1978, Econometrica 46:1251), so that
P is at most the one stated.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

from scipy.special import ndtr

from escc_bayes.data.published import PublishedEstimate, PublishedSurvival, Study
from escc_bayes.data.rounding import Interval, interval
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.rules.groups_of import curve_pairs
from escc_bayes.evidence.rules.wald import log_interval, own_hazard_ratio
from escc_bayes.foundation.sentence import counted

RULE = "direction"
RARE, UNUSUAL = 0.002, 0.02
LOST = 2.0
"""Variances are those of half of the patients: the others may be censored before."""


class Point(NamedTuple):
    """What one landmark or the medians say: the log ratio behind the prints, its variance, and words."""

    log_ratio: Interval
    variance: float
    words: str


def ratio_against_curves(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Compare each hazard ratio with every landmark and the medians that its two groups share."""
    book = ledger or Ledger()
    for estimate in study.estimates:
        if not own_hazard_ratio(estimate) or estimate.value is None or estimate.value <= 0:
            continue
        pairs = curve_pairs(study, estimate)
        points = [point for a, b in pairs for point in (*landmark_points(a, b), *median_points(a, b))]
        book.made(len(points))
        yield from opposed(study, estimate, points, pairs)


def landmark_points(a: PublishedSurvival, b: PublishedSurvival) -> Iterator[Point]:
    """Yield what survival at each common month says."""
    for mark in a.landmarks:
        for other in b.landmarks:
            if mark.t != other.t or not (0 < mark.s < 1 and 0 < other.s < 1) or not (a.n and b.n):
                continue
            one, two = log_hazard(interval(mark.s)), log_hazard(interval(other.s))
            variance = LOST * (greenwood(float(mark.s), a.n) + greenwood(float(other.s), b.n))
            yield Point(
                Interval(one.low - two.high, one.high - two.low),
                variance,
                f"survival {mark.s} against {other.s} at {counted(mark.t, 'month')}",
            )


def log_hazard(s: Interval) -> Interval:
    """Return log(-log S); it falls as S rises."""
    low, high = max(s.low, 1e-6), min(s.high, 1.0 - 1e-6)
    return Interval(math.log(-math.log(high)), math.log(-math.log(low)))


def greenwood(s: float, n: int) -> float:
    """Return the variance of log(-log S) without censoring."""
    return (1.0 - s) / (n * s * math.log(s) ** 2)


def median_points(a: PublishedSurvival, b: PublishedSurvival) -> Iterator[Point]:
    """Yield what the medians say if hazards are constant."""
    if a.median and b.median and a.n and b.n and min(a.median, b.median) > 0:
        over, under = log_interval(b.median), log_interval(a.median)
        variance = LOST * (1 / a.n + 1 / b.n) / math.log(2.0) ** 2
        ratio = Interval(over.low - under.high, over.high - under.low)
        yield Point(ratio, variance, f"medians {a.median} against {counted(b.median, 'month')}")


def opposed(
    study: Study,
    estimate: PublishedEstimate,
    points: list[Point],
    pairs: list[tuple[PublishedSurvival, PublishedSurvival]],
) -> Iterator[Finding]:
    """Report a ratio on the other side of 1 than everything that its curves say, and by how much."""
    ratio = log_interval(estimate.value)
    side = 1 if ratio.low > 0 else -1 if ratio.high < 0 else 0
    against = [p for p in points if (p.log_ratio.high < 0 if side > 0 else p.log_ratio.low > 0)]
    if not points or not side or len(against) < len(points):
        return
    furthest = max(against, key=lambda p: ratio.gap(p.log_ratio) / math.sqrt(p.variance))
    z = ratio.gap(furthest.log_ratio) / math.sqrt(furthest.variance)
    p = 2.0 * float(ndtr(-z))
    if p > UNUSUAL:
        return
    rare = p <= RARE and not crude_differs(study, estimate) and (len(against) > 1 or p <= RARE / 10)
    severity: Severity = "very unlikely" if rare else "ask the authors"
    worse = "worse" if side > 0 else "better"
    better = "better" if side > 0 else "worse"
    yield Finding(
        study.id,
        RULE,
        severity,
        f"{estimate.effect}, {estimate.endpoint}: HR {estimate.value} says that"
        f" {estimate.hazard_of or 'its group'} does "
        f"{worse}, but the curves say {better}: {'; '.join(point.words for point in against)}.",
        f"log HR {math.log(float(estimate.value or 1)):.2f}, by {furthest.words} {sum(furthest.log_ratio) / 2:.2f}: "
        f"z = {z:.1f}, P < {max(p, 1e-6):.1g} under proportional hazards; 1/{estimate.value} = "
        f"{1 / float(estimate.value or 1):.2f}",
        ", ".join(dict.fromkeys([estimate.place, *(curve.place for pair in pairs for curve in pair)])),
        p if rare else None,
    )


def crude_differs(study: Study, estimate: PublishedEstimate) -> bool:
    """Whether an adjusted ratio may point elsewhere than crude curves: patients differ and nobody randomised them."""
    said = f"{study.design} {estimate.adjusted}".casefold()
    adjusted = estimate.adjusted is True or "iptw" in said or "weight" in said
    return adjusted and "randomi" not in said
