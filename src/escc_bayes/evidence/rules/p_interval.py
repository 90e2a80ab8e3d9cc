"""P against the confidence interval: the same z must stand behind both, two-sided or one-sided.

Altman & Bland 2011, BMJ 343:d2304. A score test (log-rank) beside a Wald interval differs a little; only a gap in z
beyond rounding and beyond that is a contradiction.
"""

from collections.abc import Iterator

from escc_bayes.data.rounding import Interval
from escc_bayes.data.study import PublishedEstimate, Study
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.rules.wald import RATIOS, level_of, p_from_z, printed_p, z_from_limits, z_from_p

RULE = "P and interval"
OTHER_TEST = 0.5
"""Difference in z that a score or stratified test beside a Wald interval may make; at large z, 15 % of it."""


def p_against_interval(study: Study) -> Iterator[Finding]:
    """Recompute P from each hazard ratio and its interval."""
    for estimate in study.estimates:
        z, printed = z_from_limits(estimate), printed_p(estimate)
        if z is None or printed is None or estimate.measure not in RATIOS:
            continue
        p, says_one_sided = printed
        sides = 1 if says_one_sided else 2
        # A one-sided P of a ratio on the other side of 1 is above one half.
        upper = Interval(1.0 - p.high, 1.0 - p.low) if sides == 1 else p
        if not p_from_z(z, sides).meets(p) and not p_from_z(z, sides).meets(upper):
            yield differing(study, estimate, z, p, sides)


def differing(study: Study, estimate: PublishedEstimate, z: Interval, p: Interval, sides: int) -> Finding:
    """Report a P that the interval does not give; say whether it is one-sided, or another test's."""
    expected, wide = p_from_z(z, sides), z_from_limits(estimate, widen=0.5)
    severity: Severity = "notice"
    if sides == 2 and p_from_z(z, 1).meets(p):
        reading = "it is the one-sided P"
    elif wide is not None and p_from_z(wide, sides).meets(p):
        severity, reading = "rounding", "they agree if limits were cut off and not rounded"
    elif z_from_p(Interval(p.low * 2 / sides, p.high * 2 / sides)).gap(z) <= max(OTHER_TEST, 0.15 * z.high):
        reading = "a log-rank or stratified P beside a Wald interval may differ so"
    else:
        severity, reading = "contradiction", "no usual test joins them"
    given = estimate.p if estimate.p is not None else estimate.p_text
    return Finding(
        study.id,
        RULE,
        severity,
        f"{estimate.effect}, {estimate.endpoint}: P = {given} is not the {('one', 'two')[sides - 1]}-sided P of "
        f"{estimate.value} ({estimate.ci_low} to {estimate.ci_high}); {reading}.",
        f"level {level_of(estimate):g}: z = {z.low:.3f} to {z.high:.3f}, P = {expected.low:.4g} to {expected.high:.4g}",
        estimate.place,
    )
