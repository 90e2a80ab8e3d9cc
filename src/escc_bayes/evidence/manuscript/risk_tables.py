"""Tables of numbers at risk: months above, a group a row, as curves of a study file."""

import re
from collections.abc import Iterator
from decimal import Decimal

from escc_bayes.evidence.manuscript.endpoint_words import NOT_STATED, mentions
from escc_bayes.evidence.manuscript.entry import Entry, Passage, Understood
from escc_bayes.evidence.manuscript.table_parts import Parted, Row, group_of

AT_RISK = re.compile(r"(?:number|no\.?|patients?)s? at risk|at risk", re.IGNORECASE)
TIME = re.compile(r"(?P<t>\d+(?:\.\d+)?) ?(?P<unit>months?|mo|m|years?|y)?", re.IGNORECASE)


def is_risk_table(table: Parted) -> bool:
    """Whether caption or labels speak of numbers at risk, and the header is a row of rising times."""
    said = f"{table.caption} {' '.join(table.heads)} {' '.join(row.label for row in table.rows)}"
    told = times(table)
    return AT_RISK.search(said) is not None and len(told) > 1 and told == sorted(told)


def times(table: Parted) -> list[Decimal]:
    """Return the months above the columns; empty where one is no time."""
    found = [TIME.fullmatch(head.strip()) for head in table.heads]
    if not all(found):
        return []
    years = "year" in f"{table.caption} {' '.join(table.heads)}".casefold() and "month" not in table.caption.casefold()
    return [Decimal(match["t"]) * (12 if years else 1) for match in found if match]


def read_at_risk(table: Parted) -> Iterator[Understood]:
    """Yield each group's numbers at risk as a curve."""
    named = list(dict.fromkeys(mention.name for mention in mentions(table.caption)))
    endpoint = named[0] if len(named) == 1 else NOT_STATED
    months = times(table)
    for row in table.rows:
        passage = Passage(f"{row.named}: {' | '.join(row.cells)}", row.where, table.caption)
        entry = of_row(row, months, endpoint)
        unread = () if entry else tuple(cell for cell in row.cells if re.search(r"\d", cell))
        yield Understood(passage, (entry,) if entry else (), unread)


def of_row(row: Row, months: list[Decimal], endpoint: str) -> Entry | None:
    """Return one group's curve; None where a cell is no number of patients."""
    cells = [re.sub(r" ?\(\d+\)$", "", cell.strip()) for cell in row.cells]
    filled = [(t, int(cell)) for t, cell in zip(months, cells, strict=True) if cell.isdecimal()]
    if len(filled) < 2 or any(cell and not cell.isdecimal() for cell in cells):
        return None
    arm, n = group_of(row.label)
    first = {"n": n or filled[0][1]} if n or filled[0][0] == 0 else {}
    body: dict[str, object] = {
        "arm": arm or "all patients",
        "endpoint": endpoint,
        **first,
        "at_risk": [{"t": t, "n": left} for t, left in filled],
        "quote": f"at risk, {row.label}: " + ", ".join(f"{left} at {t:f} months" for t, left in filled),
    }
    told = ", ".join(f"{left} at {t:f}" for t, left in filled)
    return Entry("survival", body, f"at risk of {arm or 'all patients'}, {endpoint}: {told} months", ())
