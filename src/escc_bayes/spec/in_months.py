"""Who is at risk, and who has the event, in some months of follow-up: what a hazard ratio of these months rests on."""

import numpy as np
from numpy.typing import NDArray

from escc_bayes.spec.design import Block
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.thin import FEW_EVENTS

type Months = tuple[float, float]


def in_months(rows: AnalysisRows, months: Months, inside: NDArray[np.bool_] | None = None) -> tuple[int, int, int]:
    """Return patients and rows at risk, and events, in the months (start, stop], of all rows or of those of a mask."""
    start, stop = months
    own = rows.at_risk
    counted = np.ones(own.stop.size, dtype=bool) if inside is None else inside
    at_risk = counted & (own.stop > start) & (own.start < stop)
    died = counted & (own.event > 0.0) & (own.stop > start) & (own.stop <= stop)
    return int(np.unique(own.patient[at_risk]).size), int(at_risk.sum()), int(died.sum())


def few_in_months(rows: AnalysisRows, months: Months | None) -> str:
    """Say that fewer than five events lie within some months; "" where there are more, or no months."""
    if months is None:
        return ""
    n, _, events = in_months(rows, months)
    if events >= FEW_EVENTS:
        return ""
    counted = f"{events} event{'' if events == 1 else 's'} in {n} patients at risk"
    return f"few data: {counted} {months_words(*months)}"


def thin_segments(block: Block, rows: AnalysisRows) -> tuple[str, ...]:
    """Return a sentence for each segment of an effect that changes over time in which there are fewer than 5 events."""
    spans = block.coding.spans if block.coding.segments else ()
    found = [few_in_months(rows, span).removeprefix("few data: ") for span in spans]
    return tuple(
        f"{block.effect.name}: {words}; its hazard ratio there rests on the prior and on the months around"
        for words in found
        if words
    )


def months_words(start: float, stop: float) -> str:
    """Return the months (start, stop] in words.

    Examples
    --------
    >>> months_words(0.0, 12.0), months_words(12.0, np.inf)
    ('in months 0 to 12', 'after month 12')
    """
    return f"after month {start:g}" if np.isinf(stop) else f"in months {start:g} to {stop:g}"
