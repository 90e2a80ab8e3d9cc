"""When patients entered a study and when it was printed, in months since year 0: "Jan 2018 - Mar 2021"."""

import re
from typing import NamedTuple

from escc_bayes.data.published import Study
from escc_bayes.evidence.rules.number_names import words

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DATE = (
    r"(?:(?P<month{i}>jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.? ?(?:\d{{1,2}}, ?)?)?"
    r"(?P<year{i}>(?:19|20)\d\d)"
)
SPAN = re.compile(
    rf"(?<![\d.,]){DATE.format(i=1)}\s*(?:-|\N{{EN DASH}}|to|and|through|until)\s*{DATE.format(i=2)}(?!\d)",
    re.IGNORECASE,
)


class Entry(NamedTuple):
    """Months since year 0: from when on and until when patients can have entered, with the words that say so."""

    first: int
    last: int
    said: str


def entry_of(study: Study) -> Entry | None:
    """Return the months in which patients entered, the widest reading; None if the study does not say.

    Examples
    --------
    >>> found = entry_of(Study("x", "y", population="ESCC, Jan 2018 - Mar 2021"))
    >>> found.first - 12 * 2018, found.last - 12 * 2021
    (0, 3)
    """
    years = {
        end: int(number.value)
        for number in study.numbers
        if words(number.name)[:1] == ("year",) and len(words(number.name)) > 1
        for end in ("start", "end")
        if end in words(number.name)
    }
    if set(years) == {"start", "end"}:
        return Entry(12 * years["start"], 12 * years["end"] + 12, f"{years['start']} to {years['end']}")
    texts = (study.population, study.design, *(number.quote for number in study.numbers))
    spans = [found for text in texts for found in SPAN.finditer(text)]
    read = [Entry(month(found, 1), month(found, 2, ends=True), found[0]) for found in spans]
    wide = [span for span in read if span.first < span.last]
    if not wide:
        return None
    # Of several spans, the widest reading: what lies outside it lies outside each.
    return Entry(min(s.first for s in wide), max(s.last for s in wide), "; ".join(dict.fromkeys(s.said for s in wide)))


def month(found: re.Match[str], place: int, *, ends: bool = False) -> int:
    """Return the month at which a printed date begins, or ends."""
    name, year = found[f"month{place}"], int(found[f"year{place}"])
    if name is None:
        return 12 * year + (12 if ends else 0)
    return 12 * year + MONTHS.index(name[:3].casefold()) + (1 if ends else 0)


def printed_at(study: Study) -> int | None:
    """Return the month at which the study was printed at the latest: the end of its year."""
    return None if study.year is None else 12 * study.year + 12
