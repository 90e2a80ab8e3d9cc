"""Means of whole-number measures: only multiples of 1/n can be a mean of n whole numbers (GRIM).

Brown & Heathers 2017, Soc Psychol Personal Sci 8:363. Tells something where n < 10^decimals only.
"""

import math
import re
from collections.abc import Iterator

from escc_bayes.data.rounding import decimals, interval
from escc_bayes.data.study import Study
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.rules.moments import Measured, measured, unit_of
from escc_bayes.foundation.sentence import counted

COUNTED = re.compile(
    r"\b(?:cycles?|lesions?|nodes?|metastases|fractions?|courses?|sites?|children|teeth|attacks?|seizures?|episodes?"
    r"|visits?|lines?|events?|doses given)\b"
)
"""Things that are counted in each patient."""

IN_WHOLE_UNITS = re.compile(r"\b(?:age|years?|points?|nrs|ecog|grade)\b")
"""What is mostly recorded as whole numbers, and need not be."""

NOT_COUNTED = re.compile(
    r"\b(?:per|ratio|rate|index|dose|percent|share|size|diameter|volume|log|time|duration|ml|cm|mm)\b"
)


def means_of_whole_numbers(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Report a mean of counts that no sum of whole numbers over n patients gives."""
    book = ledger or Ledger()
    for quantity in measured(study):
        mean, what = quantity.prints.get("mean"), unit_of(quantity)
        if mean is None or not quantity.n or NOT_COUNTED.search(what):
            continue
        counted = COUNTED.search(what) is not None
        if not (counted or IN_WHOLE_UNITS.search(what)) or quantity.n >= 10 ** decimals(mean.value):
            continue
        book.made()
        printed = interval(mean.value, whole="rounded")
        below = math.floor(printed.high * quantity.n + 1e-9)
        if below < printed.low * quantity.n - 1e-9:
            yield no_mean(study, quantity, below, certain=counted and quantity.own_n)


def no_mean(study: Study, quantity: Measured, below: int, *, certain: bool) -> Finding:
    """Report one mean; a question where some patients may be missing, or fractions may have been recorded."""
    mean, n = quantity.prints["mean"], quantity.n or 1
    severity: Severity = "impossible" if certain else "ask the authors"
    return Finding(
        study.id,
        "whole-number means",
        severity,
        f"{quantity.label}: a mean of {mean.value} is no sum of whole numbers over {counted(n, 'patient')}.",
        f"{below}/{n} = {below / n:.4f}, {below + 1}/{n} = {(below + 1) / n:.4f}, printed {mean.value}",
        mean.place,
    )
