"""Hazard ratio and precision imply a number of events: SE(log HR) >= 2 / sqrt(events) for two groups.

The partial-likelihood information of a 0/1 covariate is a sum of p(1 - p) over events, each at most 1/4, and adjustment
only lowers it. Schoenfeld 1983, Biometrics 39:499.
"""

import math
from collections.abc import Iterator

from escc_bayes.data.rounding import Interval
from escc_bayes.data.study import PublishedEstimate, Study
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.rules.wald import normal_quantile, se_from_limits, se_from_p, z_from_p

RULE = "implied events"
UNINFORMATIVE = 10.0
"""A standard error of log HR above which an implied interval says nothing."""

SCORE_MARGIN = 0.9
"""A log-rank P beside a Cox hazard ratio: the standard error may be this much larger than implied."""


def implied_events(study: Study) -> Iterator[Finding]:
    """Report precision that the events cannot give, and the interval that HR and P imply where none is printed."""
    for estimate in study.estimates:
        limits, test = se_from_limits(estimate), se_from_p(estimate)
        if estimate.measure != "HR" or estimate.value is None or (limits is None and test is None):
            continue
        if limits is None and test is not None and test.low > 0 and test.high < UNINFORMATIVE:
            yield implied_interval(study, estimate, test)
        se = limits or test
        if se is not None and math.isfinite(se.high):
            yield from too_precise(study, estimate, se, exact=limits is not None)


def least_events(se: Interval, *, exact: bool) -> int:
    """Return the fewest events that can give a standard error for a 0/1 covariate."""
    upper = se.high if exact else se.high / SCORE_MARGIN
    return math.ceil(4.0 / upper**2 - 1e-9)


def binary(study: Study, estimate: PublishedEstimate) -> bool:
    """Whether the study says that two groups are compared."""
    if estimate.n_hazard_of is not None and estimate.n_versus is not None:
        return True
    groups = [other.groups for other in study.estimates if other.effect == estimate.effect and other.groups]
    return bool(groups) and max(groups) == 2


def weighted(estimate: PublishedEstimate) -> bool:
    """Whether patients were weighted, so that the sum of weights stands in for events."""
    return "iptw" in f"{estimate.adjusted} {estimate.adjustment}".casefold()


def events_given(estimate: PublishedEstimate) -> int | None:
    """Return the events printed with an estimate."""
    if estimate.events_hazard_of is not None and estimate.events_versus is not None:
        return estimate.events_hazard_of + estimate.events_versus
    return estimate.events


def too_precise(study: Study, estimate: PublishedEstimate, se: Interval, *, exact: bool) -> Iterator[Finding]:
    """Report more implied events than events printed, or than patients."""
    sizes = [n for n in (estimate.n_hazard_of, estimate.n_versus) if n is not None]
    patients = sum(sizes) if len(sizes) == 2 else study.n
    events = events_given(estimate)
    most = events if events is not None else patients
    least = least_events(se, exact=exact)
    if most is None or least <= most or not binary(study, estimate):
        return
    what = "events are printed" if events is not None else "patients were studied"
    yield Finding(
        study.id,
        RULE,
        "notice" if weighted(estimate) else "contradiction",
        f"{estimate.effect}, {estimate.endpoint}: a standard error of at most {se.high:.3f} needs {least} events, "
        f"but {most} {what}.",
        f"SE = {se.low:.3f} to {se.high:.3f}; two groups: events >= 4 / SE^2 = {4 / se.high**2:.1f}",
        estimate.place,
    )


def implied_interval(study: Study, estimate: PublishedEstimate, se: Interval) -> Finding:
    """Say which interval HR and P imply."""
    log_ratio, p = math.log(float(estimate.value or 1)), float(estimate.p or 0)
    middle = abs(log_ratio) / z_from_p(Interval(p, p)).low if 0 < p < 1 else (se.low + se.high) / 2
    z = normal_quantile(0.95)
    low, high = (math.exp(log_ratio + sign * z * middle) for sign in (-1, 1))
    one = "holds 1" if low < 1 < high else "excludes 1"
    return Finding(
        study.id,
        RULE,
        "notice",
        f"{estimate.effect}, {estimate.endpoint}: HR {estimate.value} with P = {estimate.p} and no printed interval "
        f"implies a 95 % interval of about {low:.2f} to {high:.2f}, which {one}.",
        f"SE = |log HR| / z = {se.low:.3f} to {se.high:.3f}; two equal groups: {4 / se.high**2:.0f} to "
        f"{4 / max(se.low, 1e-9) ** 2:.0f} events",
        estimate.place,
    )
