"""Numbers at risk against each other, the size of their group and survival: Y(t) <= n S(m) for m < t.

Y(t), at risk just before t, is n S(t-) G(t-), with G the estimate of staying uncensored, so that it never rises and at
most n S(m) are left after m. At the time of the rate itself, events at exactly that time count in Y(t) and not in S(t):
how many are needed is told. Kaplan & Meier 1958, J Am Stat Assoc 53:457.
"""

import math
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from scipy.special import bdtrc

from escc_bayes.data.published import AtRisk, PublishedSurvival
from escc_bayes.data.rounding import Interval, interval
from escc_bayes.data.study import Study
from escc_bayes.evidence.endpoints import endpoint
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.rules.curves import least_follow_up, one_curve
from escc_bayes.foundation.sentence import counted

RULE = "numbers at risk"
MONTH, SCANS = 1.0, 3.0
"""Times are rounded to a month at the coarsest; of what scans find, events gather at one scan in three months."""

UNEVEN = 2.0
"""How much likelier one such span is than the average of all until then."""

RARE, UNUSUAL = 0.002, 0.05
"""Shares of honest figures below which one is very unlikely, and asked about."""

ENTERING = re.compile(r"delayed entry|left[- ]truncat|time-varying|time-dependent|age as", re.IGNORECASE)
"""Words of analyses in which patients join the risk set later."""


class Start(NamedTuple):
    """Patients at risk at a time, and the least survival that is left there."""

    t: float
    n: int
    survival: float


def numbers_at_risk(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Compare the numbers below each curve with one another, with its patients and with its printed survival."""
    book = ledger or Ledger()
    for curve in study.survivals:
        if not curve.at_risk:
            continue
        if ENTERING.search(f"{curve.quote} {curve.time_origin} {study.design}"):
            book.leave(study.id, f"numbers at risk of {named(curve)}", "patients join the risk set later", curve.place)
            continue
        rows = sorted(curve.at_risk, key=lambda row: row.t)
        book.made(len(rows))
        yield from rising(study, curve, rows)
        yield from against_size(study, curve, rows[0])
        yield from against_survival(study, curve, rows)
        yield from before_censoring(study, curve, rows)


def named(curve: PublishedSurvival) -> str:
    """Return arm and endpoint of a curve."""
    return f"{curve.arm}, {curve.endpoint}"


def rising(study: Study, curve: PublishedSurvival, rows: list[AtRisk]) -> Iterator[Finding]:
    """Report more patients at risk than before."""
    for early, late in pairwise(rows):
        if late.n > early.n:
            statement = f"{named(curve)}: {early.n} at risk at {counted(early.t, 'month')}, {late.n} at {late.t}."
            yield Finding(study.id, RULE, "impossible", statement, f"{late.n} > {early.n}", curve.place)


def against_size(study: Study, curve: PublishedSurvival, first: AtRisk) -> Iterator[Finding]:
    """Report another number at month 0 than the curve has patients."""
    if curve.n is None or first.t != 0 or first.n == curve.n:
        return
    more = first.n > curve.n
    severity: Severity = "impossible" if more else "ask the authors"
    missing = "" if more else f"; {curve.n - first.n} are missing, who may have had no follow-up"
    yield Finding(
        study.id,
        RULE,
        severity,
        f"{named(curve)}: {first.n} at risk at month 0, but it is the curve of {curve.n} patients.",
        f"{first.n} {'>' if more else '<'} {curve.n}{missing}",
        curve.place,
    )


def against_survival(study: Study, curve: PublishedSurvival, rows: list[AtRisk]) -> Iterator[Finding]:
    """Report more patients at risk than survival leaves of those at risk before."""
    marks = survival_of(study, curve)
    for row in rows:
        worst = max(
            (
                (row.n - start.n * s.high / start.survival, m, start, s)
                for start in starts(curve, rows, marks)
                for m, s in marks
                if start.t <= m <= float(row.t) and start.t < float(row.t) and start.survival > 0
            ),
            default=None,
            key=lambda found: found[0],
        )
        if worst is not None and worst[0] > 1e-6:
            yield from too_many(study, curve, row, *worst)


def survival_of(study: Study, curve: PublishedSurvival) -> list[tuple[float, Interval]]:
    """Return times and survival of a curve; its median is one half."""
    same = [other for other in study.survivals if one_curve(curve, other)]
    marks = [(float(mark.t), interval(mark.s)) for other in same for mark in other.landmarks]
    medians = [interval(other.median, whole="rounded").high for other in same if other.median is not None]
    return marks + [(median, Interval(0.0, 0.5)) for median in medians]


def starts(curve: PublishedSurvival, rows: list[AtRisk], marks: list[tuple[float, Interval]]) -> list[Start]:
    """Return from which times patients can be followed: month 0, and each with both a number and survival."""
    first = rows[0].n if rows[0].t == 0 else curve.n
    whole = [Start(0.0, first, 1.0)] if first is not None else []
    return whole + [Start(float(row.t), row.n, s.low) for row in rows for m, s in marks if m == float(row.t) and m > 0]


def too_many(
    study: Study, curve: PublishedSurvival, row: AtRisk, excess: float, month: float, start: Start, s: Interval
) -> Iterator[Finding]:
    """Report one number at risk; at the month of the rate itself, so many events must have come in that very month."""
    limit, needed = row.n - excess, math.ceil(excess - 1e-9)
    share = 0.0 if month < float(row.t) else share_at_once(curve, row, start, s, needed)
    if share > UNUSUAL:
        return
    severity: Severity = "impossible" if share == 0.0 else "very unlikely" if share <= RARE else "ask the authors"
    at_once = (
        ""
        if month < float(row.t)
        else f"; {counted(needed, 'event')} in that very month would explain it (share {share:.2g})"
    )
    of = f"{s.high:g}" if start.t == 0 else f"{s.high:g} / {start.survival:g}"
    yield Finding(
        study.id,
        RULE,
        severity,
        f"{named(curve)}: {row.n} at risk at {counted(row.t, 'month')}, but survival at {counted(month, 'month')} "
        f"leaves {limit:.1f} of {start.n}.",
        f"{start.n} x {of} = {limit:.1f} < {row.n}{at_once}",
        curve.place,
        share if severity == "very unlikely" else None,
    )


def share_at_once(curve: PublishedSurvival, row: AtRisk, start: Start, s: Interval, needed: int) -> float:
    """Return how often so many of the events since a start fall into the month of the rate: a binomial tail."""
    events = math.ceil(start.n * (1.0 - s.low / start.survival))
    span = MONTH if endpoint(curve.endpoint) == "OS" else SCANS
    chance = min(1.0, UNEVEN * span / (float(row.t) - start.t))
    return 0.0 if needed > events else float(bdtrc(needed - 1, events, chance))


def before_censoring(study: Study, curve: PublishedSurvival, rows: list[AtRisk]) -> Iterator[Finding]:
    """Report fewer patients at risk than survive, within the minimum follow-up."""
    least = least_follow_up(study)
    if least is None or curve.n is None or endpoint(curve.endpoint) != "OS":
        return
    for row in rows:
        left = [s.low for m, s in survival_of(study, curve) if m == float(row.t)]
        if float(row.t) <= least and left and row.n < curve.n * max(left) - 1e-6:
            missing = math.ceil(curve.n * max(left) - row.n - 1e-9)
            yield Finding(
                study.id,
                RULE,
                "ask the authors",
                f"{named(curve)}: {row.n} at risk at {counted(row.t, 'month')}, but {curve.n * max(left):.1f} of "
                f"{curve.n} survive and all were followed for {counted(least, 'month')}.",
                f"{curve.n} x {max(left):g} = {curve.n * max(left):.1f} > {row.n}; {missing} are missing",
                curve.place,
            )
