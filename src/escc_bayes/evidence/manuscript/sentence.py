"""One sentence of a paper: what it says as entries of a study file, and which of its numbers nobody read."""

from collections.abc import Sequence

from escc_bayes.evidence.manuscript.arms import Arm
from escc_bayes.evidence.manuscript.curves import curves
from escc_bayes.evidence.manuscript.entry import Passage, Understood, unread_numbers
from escc_bayes.evidence.manuscript.estimates import estimates
from escc_bayes.evidence.manuscript.numbers import numbers
from escc_bayes.evidence.quotes.quote import read_quote


def understood(passage: Passage, endpoint_before: str = "", arms: Sequence[Arm] = ()) -> Understood:
    """Return what a passage says; ``endpoint_before`` is the endpoint that the sentence before spoke of.

    Examples
    --------
    >>> found = understood(Passage("OS: HR 0.73 (96 % CI 0.59-0.89), P = 0.002; 56/292 (19.2 %) in 14 days", "line 1"))
    >>> [entry.words for entry in found.entries], found.unread
    (['HR 0.73 (96 % interval 0.59 to 0.89), P = 0.002, OS', '56 of 292 (19.2 %) as patients_counted_n'], ('14',))
    """
    quote = read_quote(passage.text)
    entries = (
        *estimates(quote, passage.text, endpoint_before),
        *curves(quote, passage.text, arms),
        *numbers(quote, passage.text),
    )
    spans = [span for entry in entries for span in entry.spans]
    return Understood(passage, entries, unread_numbers(quote.text, spans))
