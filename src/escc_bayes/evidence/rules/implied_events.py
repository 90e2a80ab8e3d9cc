"""Hazard ratio and precision imply a number of events: SE(log HR) >= 2 / sqrt(events) for two groups.

The partial-likelihood information of a 0/1 covariate is a sum of p(1 - p) over events, each at most 1/4, and adjustment
only lowers it. At the estimate the p sum to the events d1 of the group, so that SE^2 >= 1/d1 + 1/d2 (Jensen).
Schoenfeld 1983, Biometrics 39:499.
"""

import math
import re
from collections.abc import Iterator

from escc_bayes.data.rounding import Interval
from escc_bayes.data.study import PublishedEstimate, PublishedSurvival, Study
from escc_bayes.evidence.endpoints import endpoint
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.quotes.estimate import PrintedP, p_of
from escc_bayes.evidence.rules.arm_counts import deaths
from escc_bayes.evidence.rules.wald import normal_quantile, own_hazard_ratio, se_from_limits, se_from_p, z_from_p

RULE = "implied events"
UNINFORMATIVE = 10.0
"""A standard error of log HR above which an implied interval says nothing."""

SHARE_OF_Z, LOOSE = 1.05, 0.15
"""A log-rank P beside a Cox hazard ratio: its z may exceed that of the model so (rules/p_interval.py)."""

EFRON_MARGIN = 0.98
"""Efron's rule for ties shifts the information of two groups a little."""


def implied_events(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Report precision that the events cannot give, and the interval that HR and P imply where none is printed."""
    book = ledger or Ledger()
    for estimate in study.estimates:
        limits, test = se_from_limits(estimate), se_from_p(estimate)
        if not own_hazard_ratio(estimate) or not (estimate.value or 0) > 0:
            continue
        if limits is None and test is None:
            if estimate.p is None and estimate.p_text is None:
                named = f"HR {estimate.value} of {estimate.effect}, {estimate.endpoint}"
                book.leave(study.id, named, "neither interval nor P is printed", estimate.place)
            continue
        printed = p_of(estimate)
        if limits is None and test is not None and printed and test.low > 0 and test.high < UNINFORMATIVE:
            yield implied_interval(study, estimate, test, printed)
        se = limits or test
        book.made()
        if se is not None and math.isfinite(se.high):
            yield from too_precise(study, estimate, se)


def same_model(estimate: PublishedEstimate) -> bool:
    """Whether ratio and precision come from one model: limits are printed, or P is that of a multivariable one."""
    return (estimate.ci_low is not None and estimate.ci_high is not None) or estimate.adjusted is True


def widest(estimate: PublishedEstimate, se: Interval) -> float:
    """Return the largest standard error of the model that the print allows; a log-rank P allows more than its own."""
    b = abs(math.log(float(estimate.value or 1)))
    if same_model(estimate) or b == 0 or math.isinf(se.high):
        return se.high
    z = b / se.high
    return se.high * math.sinh(b / 2) / (b / 2) * SHARE_OF_Z * z / (z - LOOSE) if z > LOOSE else math.inf


def least_events(se: float) -> int:
    """Return the fewest events that can give a standard error for a 0/1 covariate."""
    return math.ceil(4.0 / se**2 - 1e-9)


def binary(study: Study, estimate: PublishedEstimate) -> bool:
    """Whether the study says that two groups are compared: by their sizes, events, curves or tests."""
    if None not in (estimate.n_hazard_of, estimate.n_versus):
        return True
    if None not in (estimate.events_hazard_of, estimate.events_versus):
        return True
    arms = {curve.arm.casefold() for curve in study.survivals}
    if {estimate.hazard_of.casefold(), estimate.versus.casefold()} <= arms:
        return True
    groups = [other.groups for other in study.estimates if other.effect == estimate.effect and other.groups]
    return bool(groups) and max(groups) == 2


def other_error(estimate: PublishedEstimate) -> bool:
    """Whether the standard error is not that of a plain partial likelihood: patients weighted, or a robust error."""
    said = f"{estimate.adjusted} {estimate.adjustment} {estimate.quote}".casefold()
    return re.search(r"iptw|weighted|robust|sandwich|penali[sz]|firth|bayes", said) is not None


def events_of_groups(study: Study, estimate: PublishedEstimate) -> tuple[int, int] | None:
    """Return the events of the two groups: printed with the estimate, or with the curves called as its groups."""
    if estimate.events_hazard_of is not None and estimate.events_versus is not None:
        return estimate.events_hazard_of, estimate.events_versus
    found = []
    for label, n in ((estimate.hazard_of, estimate.n_hazard_of), (estimate.versus, estimate.n_versus)):
        events = {curve.events for curve in curves_beside(study, estimate) if is_arm(curve, label, n)}
        if len(events) != 1 or None in events:
            return None
        found += [event for event in events if event is not None]
    return found[0], found[1]


def curves_beside(study: Study, estimate: PublishedEstimate) -> list[PublishedSurvival]:
    """Return the curves of the endpoint and data cut-off of an estimate of all patients."""
    return [
        curve
        for curve in study.survivals
        if endpoint(curve.endpoint) == endpoint(estimate.endpoint)
        and curve.cutoff.casefold() == estimate.cutoff.casefold()
        and not estimate.subgroup
    ]


def is_arm(curve: PublishedSurvival, label: str, n: int | None) -> bool:
    """Whether a curve is that of a group, by its name and size."""
    return curve.arm.casefold() == label.casefold() and (None in (n, curve.n) or n == curve.n)


def events_given(study: Study, estimate: PublishedEstimate) -> int | None:
    """Return the events printed with an estimate or with its groups; at most those, or the deaths, of all patients."""
    groups = events_of_groups(study, estimate)
    if groups is not None:
        return sum(groups)
    if estimate.events is not None:
        return estimate.events
    whole = [curve.events for curve in curves_beside(study, estimate) if curve.n is not None and curve.n == study.n]
    printed = [events for events in whole if events is not None]
    if not printed and endpoint(estimate.endpoint) == endpoint("OS") and not (estimate.subgroup or estimate.cutoff):
        printed = [found.patients for found in deaths(study)]
    return max(printed, default=None)


def too_precise(study: Study, estimate: PublishedEstimate, se: Interval) -> Iterator[Finding]:
    """Report a smaller standard error than the events printed, or the patients, can give."""
    if not binary(study, estimate):
        return
    groups, events = events_of_groups(study, estimate), events_given(study, estimate)
    sizes = [n for n in (estimate.n_hazard_of, estimate.n_versus) if n is not None]
    most = events if events is not None else sum(sizes) if len(sizes) == 2 else study.n
    upper = widest(estimate, se)
    least = least_events(upper)
    uneven = groups is not None and 0 not in groups and upper < EFRON_MARGIN * math.sqrt(1 / groups[0] + 1 / groups[1])
    if most is None or (least <= most and not uneven):
        return
    what = "events are printed" if events is not None else "patients were studied"
    shown = f"{groups[0]} and {groups[1]}" if groups is not None else str(most)
    bound = (
        f"1/{groups[0]} + 1/{groups[1]} = {1 / groups[0] + 1 / groups[1]:.4f} > SE^2 = {upper**2:.4f}"
        if groups is not None and 0 not in groups
        else f"two groups: events >= 4 / SE^2 = {4 / upper**2:.1f}"
    )
    yield Finding(
        study.id,
        RULE,
        "ask the authors" if other_error(estimate) else "impossible",
        f"{estimate.effect}, {estimate.endpoint}: a standard error of at most {upper:.3f} needs at least {least} "
        f"events, but {shown} {what}.",
        f"SE = {se.low:.3f} to {se.high:.3f}; {bound}",
        estimate.place,
    )


def implied_interval(study: Study, estimate: PublishedEstimate, se: Interval, printed: PrintedP) -> Finding:
    """Say which interval HR and P imply."""
    log_ratio, p = math.log(float(estimate.value or 1)), sum(printed.values) / 2
    two_sided = 2 * min(p, 1 - p) if printed.one_sided else p
    middle = abs(log_ratio) / z_from_p(Interval(two_sided, two_sided)).low if 0 < two_sided < 1 else sum(se) / 2
    z = normal_quantile(0.95)
    low, high = (math.exp(log_ratio + sign * z * middle) for sign in (-1, 1))
    one = "holds 1" if low < 1 < high else "excludes 1"
    sides = "one-sided " if printed.one_sided else ""
    return Finding(
        study.id,
        RULE,
        "notice",
        f"{estimate.effect}, {estimate.endpoint}: HR {estimate.value} with {sides}{printed.words} and no printed "
        f"interval implies a 95 % interval of about {low:.2f} to {high:.2f}, which {one}.",
        f"SE = |log HR| / z = {se.low:.3f} to {se.high:.3f}; two equal groups: {4 / se.high**2:.0f} to "
        f"{4 / max(se.low, 1e-9) ** 2:.0f} events",
        estimate.place,
    )
