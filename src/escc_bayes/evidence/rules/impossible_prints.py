"""Prints that no number can have: an estimate outside its interval, limits reversed, a negative ratio, P of 1.2.

Elementary: a confidence interval holds its estimate, a probability lies in [0, 1], a count is whole. What a program
prints for a very small P (0.000) or as the lower limit of a median (0.0, from a symmetric interval) is told apart.
"""

from collections.abc import Iterator
from decimal import Decimal

from escc_bayes.data.measures import known
from escc_bayes.data.published import PublishedEstimate, PublishedSurvival, Study
from escc_bayes.data.rounding import interval
from escc_bayes.data.study_fields import StudyError
from escc_bayes.evidence.endpoints import known as known_endpoint
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.foundation.sentence import counted

RULE = "impossible print"


def impossible_prints(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Report misprints and intervals that do not hold their estimate; list what nobody can read."""
    book = ledger or Ledger()
    for misprint in study.misprints:
        said = f"{misprint.key} = {misprint.printed} is no number that can be: it {misprint.why}."
        yield Finding(study.id, RULE, "impossible", said, f"{misprint.key} = {misprint.printed}", misprint.place)
    for unread in study.unread:
        book.leave(study.id, unread.place, unread.why, unread.place)
    for estimate in study.estimates:
        yield from of_estimate(study, estimate, book)
    for curve in study.survivals:
        yield from of_curve(study, curve, book)


def of_estimate(study: Study, estimate: PublishedEstimate, book: Ledger) -> Iterator[Finding]:
    """Report what is wrong within one estimate."""
    named = f"{estimate.effect}, {estimate.endpoint}"
    if not known(estimate.measure):
        book.leave(study.id, named, f"'{estimate.measure}' is no measure that the rules know", estimate.place)
    limits = (estimate.ci_low, estimate.value, estimate.ci_high)
    book.made(sum(limit is not None for limit in limits) > 1)
    yield from outside(study, named, limits, estimate.place)
    if estimate.p == 0:
        how = f"P = {estimate.p} stands for P < {interval(estimate.p).high:g}"
        yield Finding(study.id, RULE, "notice", f"{named}: no P is {estimate.p}.", how, estimate.place)
    if estimate.ci_level in (0, 1):
        book.leave(study.id, named, f"no interval has the level {estimate.ci_level}", estimate.place)


def of_curve(study: Study, curve: PublishedSurvival, book: Ledger) -> Iterator[Finding]:
    """Report what is wrong within one curve."""
    named = f"{curve.arm}, {curve.endpoint}"
    if not known_endpoint(curve.endpoint):
        why = f"'{curve.endpoint}' is no endpoint that the rules know, so it is compared with no other"
        book.leave(study.id, named, why, curve.place)
    limits = (curve.median_ci_low, curve.median, curve.median_ci_high)
    book.made(sum(limit is not None for limit in limits) > 1)
    yield from outside(study, f"{named}: median", limits, curve.place)
    for mark in curve.landmarks:
        book.made(mark.lo is not None or mark.hi is not None)
        yield from outside(study, f"{named} at {counted(mark.t, 'month')}", (mark.lo, mark.s, mark.hi), curve.place)
    if curve.median is not None and curve.median_reached is False:
        said = f"{named}: a median of {curve.median} months is printed, and that it is not reached."
        yield Finding(study.id, RULE, "impossible", said, "a median is reached or not", curve.place)
    if curve.median_ci_low == 0:
        said = f"{named}: the lower limit of the median {curve.median} is {curve.median_ci_low}."
        how = "no patient had the event at time 0; a symmetric interval (median -+ z SE) prints so"
        yield Finding(study.id, RULE, "ask the authors", said, how, curve.place)


def outside(
    study: Study, named: str, limits: tuple[Decimal | None, Decimal | None, Decimal | None], place: str
) -> Iterator[Finding]:
    """Report limits that are reversed, else an estimate that they do not hold."""
    low, value, high = limits
    severity: Severity = "impossible"
    if low is not None and high is not None and low > high:
        said = f"{named}: the interval {low} to {high} ends before it begins."
        yield Finding(study.id, RULE, severity, said, f"{low} > {high}", place)
    elif value is not None and ((low is not None and value < low) or (high is not None and value > high)):
        said = f"{named}: {value} is outside its interval {low} to {high}."
        how = f"{value} < {low}" if low is not None and value < low else f"{value} > {high}"
        yield Finding(study.id, RULE, severity, said, how, place)


def possible(study: Study) -> Study:
    """Return the study, if every print of it is a number that can be: what is to be computed from it needs that.

    Raises
    ------
    StudyError : the first impossible print, and how many more there are.
    """
    found = [finding for finding in impossible_prints(study) if finding.grave]
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise StudyError(f"{study.id}, {found[0].where}: {found[0].statement}{more} Check the print; audit lists all")
    return study
