"""P values of baseline characteristics in a randomised trial: together too alike, or too different.

Under randomisation such P are uniform; z_i = Phi^-1(1 - P_i) have mean 0. Carlisle 2017, Anaesthesia 72:944 (Stouffer),
with its caveats: covariates are correlated, which widens the mean (a mean correlation of 0.2 is allowed for), P of
counts are discrete, and rounded. Hence a question, never more.
"""

import math
import re
from collections.abc import Iterator

from scipy.special import ndtr, ndtri

from escc_bayes.data.published import Study
from escc_bayes.data.rounding import Interval, interval
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.quotes.estimate import values_of
from escc_bayes.evidence.quotes.p_values import PValue
from escc_bayes.evidence.rules.number_names import words

RULE = "baseline P values"
FEWEST, CORRELATION, RARE = 8, 0.2, 0.002
"""P values needed; mean correlation of covariates allowed for; share of honest tables below which one asks."""

CERTAIN = 0.99
"""P above it are those of exact tests of small counts as often as of groups alike; they are left out."""

RANDOMISED = re.compile(r"(?<!non-)(?<!non)randomi[sz]ed", re.IGNORECASE)
BASELINE = re.compile(r"baseline|characteristic", re.IGNORECASE)


def baseline_p_values(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Ask about baseline P values of a randomised trial that are together too near 1, or too near 0."""
    book = ledger or Ledger()
    if not RANDOMISED.search(study.design):
        return
    found = [(values, place) for values, place in printed(study) if values.low < CERTAIN]
    if len(found) < FEWEST:
        return
    book.made()
    scores = [score(values) for values, _ in found]
    mean = sum(scores) / len(scores)
    spread = math.sqrt((1.0 + (len(scores) - 1) * CORRELATION) / len(scores))
    share = 2.0 * float(ndtr(-abs(mean) / spread))
    if share >= RARE:
        return
    how = "alike" if mean < 0 else "different"
    yield Finding(
        study.id,
        RULE,
        "ask the authors",
        f"The groups are too {how} at baseline: {len(scores)} P values with a mean z of {mean:.2f}, not near 0.",
        f"z = Phi^-1(1 - P), SD of the mean {spread:.2f} at a mean correlation of {CORRELATION:g}: {share:.1g} of "
        "randomised trials; covariates that stratified, and P of exact tests, are alike by design",
        ", ".join(place for _, place in found),
    )


def printed(study: Study) -> Iterator[tuple[Interval, str]]:
    """Yield the baseline P values: numbers called ``baseline_.._p``, and tests whose endpoint or timing is baseline."""
    for number in study.numbers:
        named = words(number.name)
        if named[:1] == ("baseline",) and named[-1:] == ("p",) and 0 <= number.value <= 1:
            yield interval(number.value), number.place
    for estimate in study.estimates:
        if estimate.p is not None and BASELINE.search(f"{estimate.endpoint} {estimate.timing}"):
            yield values_of(PValue("", f"{estimate.p:f}", None, 0, 0)), estimate.place


def score(values: Interval) -> float:
    """Return z of a rounded P, from the middle of what it stands for."""
    return -float(ndtri(min(max(sum(values) / 2.0, 1e-4), 1.0 - 1e-4)))
