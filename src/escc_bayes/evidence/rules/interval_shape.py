"""A confidence interval of a ratio is symmetric about its estimate on the log scale, whatever its level.

Wald interval: log HR -+ z_L SE, so sqrt(lower x upper) = HR. Altman & Bland 2011, BMJ 343:d2090.
"""

import math
import re
from collections.abc import Iterator

from escc_bayes.data.rounding import Interval
from escc_bayes.data.study import PublishedEstimate, Study
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.rules.wald import is_hazard_ratio, log_interval

OFF_CENTRE = 0.1
"""Share of the half-width beyond which profile or bootstrap limits no longer explain the asymmetry."""

OFF_CENTRE_OF_TABLES = 0.3
"""The same for odds and risk ratios, whose limits may come from an exact or a score test."""

OFF_CENTRE_FROM_ZERO = 0.75
"""The same for a lower limit that prints as 0, where few events make profile limits very unequal."""

OTHER_LIMITS = re.compile(
    r"profile|bootstrap|credible|posterior|bayes|exact|firth|median[- ]unbiased", flags=re.IGNORECASE
)


def interval_symmetry(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Compare each hazard ratio with the geometric mean of its limits."""
    book = ledger or Ledger()
    for estimate in study.estimates:
        if not is_ratio(estimate) or None in (estimate.value, estimate.ci_low, estimate.ci_high):
            continue
        if not (estimate.value or 0) > 0 or not (estimate.ci_low or 0) <= (estimate.value or 0) <= (
            estimate.ci_high or 0
        ):
            continue
        book.made()
        gap = off_centre(estimate, widen=0.0)
        if gap > 0:
            yield asymmetric(study, estimate, gap)


def is_ratio(estimate: PublishedEstimate) -> bool:
    """Whether the estimate is a ratio: by its measure, or by the words of its quote."""
    return (
        is_hazard_ratio(estimate) or re.search(r"\b(?:OR|RR|HR|(?:odds|risk|rate) ratio)\b", estimate.quote) is not None
    )


def centre(estimate: PublishedEstimate, widen: float) -> Interval:
    """Return the mid-points of the interval on the log scale."""
    low, high = (log_interval(limit, widen=widen) for limit in (estimate.ci_low, estimate.ci_high))
    return Interval((low.low + high.low) / 2, (low.high + high.high) / 2)


def off_centre(estimate: PublishedEstimate, *, widen: float) -> float:
    """Return how far the estimate lies from the middle, beyond rounding, as a share of the half-width.

    A lower limit that prints as 0 is taken as large as it can be.
    """
    low, high = float(estimate.ci_low or 0), float(estimate.ci_high or 0)
    if low == 0.0:
        low = math.exp(log_interval(estimate.ci_low).high)
    half = math.log(high / low) / 2 if high > low > 0 else math.inf
    return log_interval(estimate.value, widen=widen).gap(centre(estimate, widen)) / half


def asymmetric(study: Study, estimate: PublishedEstimate, gap: float) -> Finding:
    """Report an interval off its estimate; how far decides how serious it is."""
    otherwise = OTHER_LIMITS.search(f"{estimate.quote} {estimate.adjustment} {estimate.coding_note} {estimate.flag}")
    most = OFF_CENTRE if is_hazard_ratio(estimate) else OFF_CENTRE_OF_TABLES
    most = most if estimate.ci_low else OFF_CENTRE_FROM_ZERO
    severity: Severity = "impossible" if gap > most and otherwise is None else "ask the authors"
    if off_centre(estimate, widen=0.5) == 0:
        severity = "rounding"
    low = estimate.ci_low or f"{math.exp(log_interval(estimate.ci_low).high):g}"
    middle = math.sqrt(float(low) * float(estimate.ci_high or 0))
    share = f"{100 * gap:.0f} %" if gap >= 0.01 else "less than 1 %"
    return Finding(
        study.id,
        "interval shape",
        severity,
        f"{estimate.effect}, {estimate.endpoint}: {estimate.value} is not in the log-middle of "
        f"{estimate.ci_low} to {estimate.ci_high}.",
        f"sqrt({low} x {estimate.ci_high}) = {middle:.3f}; off by {share} of the half-width",
        estimate.place,
    )
