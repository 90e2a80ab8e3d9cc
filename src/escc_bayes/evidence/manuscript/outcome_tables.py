"""Tables of outcomes: medians and rates of survival a row, a group a column, a ratio and P beside them.

"Median PFS, months | 15.3 (12.0-18.6) | 6.4 | HR 0.42 (0.28-0.63) | < 0.0001". Whose cell it is, the header says; what
it is, the row.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from escc_bayes.data.measures import family
from escc_bayes.evidence.endpoints import SURVIVAL
from escc_bayes.evidence.manuscript.endpoint_words import mentions
from escc_bayes.evidence.manuscript.entry import Entry, Passage, Understood
from escc_bayes.evidence.manuscript.ratio_tables import JOINED, P_HEAD, P
from escc_bayes.evidence.manuscript.ratio_tables import p_keys as keys_of_p
from escc_bayes.evidence.manuscript.survival_heads import NUMBER, UNIT, Head, times_of
from escc_bayes.evidence.manuscript.survival_values import Value, mark, median
from escc_bayes.evidence.manuscript.table_parts import Parted, Row, group_of

MEDIAN = re.compile(r"\bmedian\b|\bm(?:OS|PFS|DFS|EFS)\b", re.IGNORECASE)
TIME = re.compile(rf"(?:{NUMBER}|one|two|three|five)[ -]{UNIT}\b|\bat {NUMBER} {UNIT}\b", re.IGNORECASE)
NOT_REACHED = re.compile(r"(?:not reached|NR|NE|n\.r\.)", re.IGNORECASE)
CELL = re.compile(
    rf"(?P<value>{NUMBER}|not reached|NR|NE) ?%? ?(?:(?:months?|mo)\b ?)?"
    rf"(?:[(\[] ?(?:95 ?% ?CI[:,]? ?)?(?P<low>{NUMBER}) ?%? ?(?:-|to|,|~) ?"
    rf"(?P<high>{NUMBER}|not reached|NR|NE) ?%? ?[)\]])?",
    re.IGNORECASE,
)
NO_GROUP = re.compile(
    r"(?:(?:no\. of |number of )?(?:events?|patients|deaths)|n|no\.|difference|months?|values?|HR|95 ?% ?CI|estimate|%"
    r"|statistic)\b.*",
    re.IGNORECASE,
)
"""Heads of columns that are no group of patients."""

LAST_YEARS = re.compile(r"\byears?\b", re.IGNORECASE)


def is_outcome_table(table: Parted) -> bool:
    """Whether most rows are a median, or a rate at a time, of an endpoint of survival."""
    told = sum(head_of(row) is not None for row in table.rows)
    return told > 0 and 2 * told >= len(table.rows)


def head_of(row: Row) -> Head | None:
    """Return what a row is of: an endpoint's median, or its rate at a month; None where it is neither."""
    named = [mention for mention in mentions(row.named) if mention.name in SURVIVAL]
    if len({mention.name for mention in named}) != 1 or re.search(r"follow", row.named, re.IGNORECASE):
        return None
    found = TIME.search(row.named)
    months = times_of(found[0].removeprefix("at ")) if found else ()
    if MEDIAN.search(row.named) and not months:
        return Head(named[0].name, (), 0, 0)
    return Head(named[0].name, months, 0, 0) if len(months) == 1 else None


def read_outcomes(table: Parted) -> Iterator[Understood]:
    """Yield each row with its medians or rates as curves, its ratio and its P."""
    groups = [group_of(head) for head in table.heads]
    for row in table.rows:
        head = head_of(row)
        told = list(cells_of(table, row, head, groups)) if head is not None else []
        taken = {column for columns, _ in told for column in columns}
        unread = tuple(
            cell for column, cell in enumerate(row.cells) if column not in taken and re.search(r"\d|\bNR\b", cell)
        )
        passage = Passage(f"{row.named}: {' | '.join(row.cells)}", row.where, table.caption)
        yield Understood(passage, tuple(entry for _, entry in told), unread)


def cells_of(
    table: Parted, row: Row, head: Head, groups: list[tuple[str, int | None]]
) -> Iterator[tuple[tuple[int, ...], Entry]]:
    """Yield each entry of a row with the columns that it was read from; a ratio takes the P beside it."""
    p = next((column for column, words in enumerate(table.heads) if P_HEAD.search(words)), -1)
    told = P.fullmatch(row.cells[p].strip()) if p >= 0 else None
    ratio = next((column for column, words in enumerate(table.heads) if family(words)), -1)
    joined = JOINED.fullmatch(row.cells[ratio].strip()) if ratio >= 0 else None
    for column, cell in enumerate(row.cells):
        match = CELL.fullmatch(cell.strip())
        if column not in (p, ratio) and match and groups[column][0] and not NO_GROUP.fullmatch(groups[column][0]):
            yield (column,), of_group(row, head, match, groups[column])
    if joined:
        yield (ratio, *((p,) if told else ())), of_ratio(table, row, head, joined, told, ratio)
    elif told:
        yield (p,), of_p(row, head, told)


def of_group(row: Row, head: Head, match: re.Match[str], group: tuple[str, int | None]) -> Entry:
    """Return one cell as the curve of its group."""
    name, n = group
    reached = NOT_REACHED.fullmatch(match["value"]) is None
    years = not head.months and LAST_YEARS.search(row.named) is not None
    one = Value(match["value"] if reached else "", match["low"] or "", match["high"] or "", 0, 0, years=years)
    body: dict[str, object] = {"arm": name, "endpoint": head.endpoint, **({"n": n} if n else {})}
    body |= {"landmarks": [mark(head.months[0], one)]} if head.months else median(one)
    quote = f"{row.named}, {name}: {match[0]}"
    return Entry("survival", {**body, "quote": quote}, f"{quote} as {head.endpoint}", ())


def of_ratio(
    table: Parted, row: Row, head: Head, joined: re.Match[str], told: re.Match[str] | None, column: int
) -> Entry:
    """Return the ratio of a row."""
    kind = family(table.heads[column]) or "HR"
    p = f", P {told['sign'] or '='} {told['p']}" if told else ""
    quote = f"{row.named}: {kind} {joined['value']} ({joined['low']}-{joined['high']}){p}"
    body: dict[str, object] = {
        "effect": f"{kind} {joined['value']}",
        "endpoint": head.endpoint,
        "measure": kind,
        "value": Decimal(joined["value"]),
        "ci_low": Decimal(joined["low"]),
        "ci_high": Decimal(joined["high"]),
        **(keys_of_p(told) if told else {}),
        "quote": quote,
    }
    return Entry("estimate", body, f"{quote}, {head.endpoint}", ())


def of_p(row: Row, head: Head, told: re.Match[str]) -> Entry:
    """Return the P of a row as a test of its groups."""
    quote = f"{row.named}: P {told['sign'] or '='} {told['p']}"
    body: dict[str, object] = {"effect": f"test, {quote}", "endpoint": head.endpoint, "measure": "test"}
    return Entry("estimate", body | keys_of_p(told) | {"quote": quote}, f"{quote}, {head.endpoint}", ())
