"""P against the confidence interval: the same z must stand behind both, two-sided or one-sided.

Altman & Bland 2011, BMJ 343:d2304. A score test (log-rank) beside a Wald interval differs a little; only a gap in z
beyond rounding and beyond that is a contradiction. Tests of a table beside the limits of an odds or a risk ratio differ
more (``table_tests.py``).
"""

import math
import re
from collections.abc import Iterator

from escc_bayes.data.measures import family
from escc_bayes.data.rounding import Interval
from escc_bayes.data.study import PublishedEstimate, Study
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.quotes.estimate import PrintedP, level_of, p_of
from escc_bayes.evidence.rules.table_tests import table_tests
from escc_bayes.evidence.rules.wald import is_hazard_ratio, p_from_z, z_from_limits, z_from_p

RULE = "P and interval"
OTHER_TEST, SHARE_OF_Z = 0.5, 0.15
"""Difference in z that a score or stratified test beside a Wald interval may make; at large z, a share of it."""
MODEL_SHARE, LOOSE = 1.05, 0.15
"""The same for an unstratified log-rank test, beyond what its formula says."""
BEYOND = 0.0003
"""Share of honest cohorts beyond these bounds: none of 11,841 of 20 to 100 patients, none of 27,661 tables
(docs/methods/audit.md)."""
OF_A_MODEL = re.compile(r"\bcox\b|multivaria|\bwald\b|proportional hazards|logistic", flags=re.IGNORECASE)
OTHER_LIMITS = re.compile(
    r"\bexact (?:\d+ ?% ?|confidence |credible )?(?:CI|limits|interval)|profile|firth|penali[sz]|bootstrap|cornfield"
    r"|clopper|knapp|hartung|HKSJ|prediction interval|\d ?% ?PI\b",
    flags=re.IGNORECASE,
)
"""Words of limits that are no Wald limits: exact, profile likelihood, with t quantiles, of another study to come."""


def p_against_interval(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Recompute P from each hazard, odds or risk ratio and its interval."""
    book = ledger or Ledger()
    for estimate in study.estimates:
        z, printed = z_from_limits(estimate), p_of(estimate)
        if z is None or printed is None or family(estimate.measure) is None:
            continue
        book.made()
        p, sides = printed.values, 1 if printed.one_sided else 2
        # A one-sided P of a ratio on the other side of 1 is above one half.
        upper = Interval(1.0 - p.high, 1.0 - p.low) if sides == 1 else p
        if not p_from_z(z, sides).meets(p) and not p_from_z(z, sides).meets(upper):
            yield differing(study, estimate, z, printed, sides)


def differing(study: Study, estimate: PublishedEstimate, z: Interval, printed: PrintedP, sides: int) -> Finding:
    """Report a P that the interval does not give; say whether it is one-sided, or another test's."""
    p, expected, wide = printed.values, p_from_z(z, sides), z_from_limits(estimate, widen=0.5)
    severity: Severity = "ask the authors"
    probability: float | None = None
    z_of_p = z_from_p(Interval(p.low * 2 / sides, min(p.high * 2 / sides, 1.0)))
    one_model = estimate.adjusted is True or OF_A_MODEL.search(estimate.quote) is not None
    if sides == 2 and p_from_z(z, 1).meets(p):
        reading = "it is the one-sided P"
    elif wide is not None and p_from_z(wide, sides).meets(p):
        severity, reading = "rounding", "they agree if limits were cut off and not rounded"
    elif OTHER_LIMITS.search(estimate.quote):
        reading = "limits of this kind need not give the P of any test"
    elif one_model and not same_model_tests(estimate, z).meets(z_of_p):
        severity, reading = "impossible", "P and interval of one model must agree"
    elif other_tests(estimate, z).meets(z_of_p):
        test = "log-rank or stratified" if is_hazard_ratio(estimate) else "chi-square, likelihood-ratio or exact"
        severity, reading = "notice", f"a {test} P beside a Wald interval may differ so"
    else:
        severity, probability = "very unlikely", BEYOND
        reading = f"P of any usual test differs so from its interval in fewer than {BEYOND:g} of honest cohorts"
    one_of_them = f"is not the {('one', 'two')[sides - 1]}-sided P of"
    if printed.words == "P = NS":
        one_of_them = "is said of"
    return Finding(
        study.id,
        RULE,
        severity,
        f"{estimate.effect}, {estimate.endpoint}: {printed.words} {one_of_them} "
        f"{estimate.value} ({estimate.ci_low} to {estimate.ci_high}); {reading}.",
        f"level {level_of(estimate):g}: z = {z.low:.3f} to {z.high:.3f}, P = {expected.low:.4g} to {expected.high:.4g}",
        estimate.place,
        probability,
    )


def same_model_tests(estimate: PublishedEstimate, z: Interval) -> Interval:
    """Return where z of the score or likelihood-ratio test of the same model may lie, given |z| of the interval.

    For one covariate and constant shares at risk, log-rank z = Wald z times sinh(b / 2) / (b / 2), b the log ratio.
    """
    kind, log_ratio = family(estimate.measure), math.log(float(estimate.value or 1))
    if kind in ("OR", "RR"):
        return table_tests(kind, log_ratio, z)
    half = abs(log_ratio) / 2.0
    score = math.sinh(half) / half if half > 0 else 1.0
    return Interval(max(0.0, z.low - LOOSE), MODEL_SHARE * score * z.high + LOOSE)


def other_tests(estimate: PublishedEstimate, z: Interval) -> Interval:
    """Return where z of any other usual test may lie, a stratified one among them."""
    own = same_model_tests(estimate, z)
    return Interval(
        max(0.0, min(own.low, z.low - OTHER_TEST, (1.0 - SHARE_OF_Z) * z.low)),
        max(own.high, z.high + OTHER_TEST, (1.0 + SHARE_OF_Z) * z.high),
    )
