"""A one-sided P on the wrong side: "for benefit" beside a hazard ratio above 1 is above one half.

One-sided P for a smaller hazard is Phi(z), z = log HR / SE. Altman & Bland 2011, BMJ 343:d2304.
"""

import re
from collections.abc import Iterator

from scipy.special import ndtr

from escc_bayes.data.published import PublishedEstimate, Study
from escc_bayes.data.rounding import Interval
from escc_bayes.evidence.endpoints import FAVOURABLE, endpoint
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.quotes.estimate import p_of
from escc_bayes.evidence.rules.wald import is_hazard_ratio, z_from_limits

RULE = "one-sided P"
BENEFIT = re.compile(r"benefit|superior|favou?r|improve|efficacy|better|prolong|reduc", flags=re.IGNORECASE)
HARM = re.compile(r"\bharm|inferior|worse|detriment|futility", flags=re.IGNORECASE)
CONTROL = re.compile(
    r"placebo|control|observation|standard|\balone\b|surveillance|\bno\b|without|usual care", flags=re.IGNORECASE
)


def one_sided_side(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Compare the side of every one-sided P with that of its hazard ratio."""
    book = ledger or Ledger()
    for estimate in study.estimates:
        printed = p_of(estimate)
        if printed is None or not printed.one_sided or not is_hazard_ratio(estimate) or not estimate.value:
            continue
        book.made()
        value = float(estimate.value)
        small, worse = printed.values.high < 0.5, value > 1.0
        if value == 1.0 or printed.values.meets(Interval(0.5, 0.5)) or CONTROL.search(estimate.hazard_of):
            continue
        if small == worse and not HARM.search(estimate.quote) and endpoint(estimate.endpoint) not in FAVOURABLE:
            yield wrong_side(study, estimate, printed.words, small=small)


def wrong_side(study: Study, estimate: PublishedEstimate, p: str, *, small: bool) -> Finding:
    """Report a one-sided P of the other tail; certain where the sentence says for what it is."""
    z = z_from_limits(estimate)
    right = (
        ""
        if z is None
        else f": P for benefit is {(1 - ndtr(-(z.low + z.high) / 2)) if small else ndtr(-(z.low + z.high) / 2):.3g}"
    )
    said = BENEFIT.search(estimate.quote) is not None
    severity: Severity = "impossible" if said else "ask the authors"
    claimed = f"one-sided {p}{' for benefit' if said else ''}"
    return Finding(
        study.id,
        RULE,
        severity,
        f"{estimate.effect}, {estimate.endpoint}: {claimed} stands beside HR {estimate.value}, on the"
        f" other side{right}.",
        "one-sided P for a smaller hazard = Phi(log HR / SE), above one half for HR > 1",
        estimate.place,
    )
