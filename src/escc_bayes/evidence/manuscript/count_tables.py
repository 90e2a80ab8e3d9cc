"""Tables of counts with percentages by column: each cell as a number of its group, and the sizes of the groups.

Percentages are of the columns or of the rows: of whichever most cells fit. Where neither fits most, those of the
columns are taken only if the header says so with the size of a group.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from escc_bayes.data.rounding import interval
from escc_bayes.evidence.manuscript.entry import Entry, Passage, Understood
from escc_bayes.evidence.manuscript.measured_cells import is_measured, measured
from escc_bayes.evidence.manuscript.table_parts import Parted, Row, group_of

CELL = re.compile(r"(?P<n>\d+)(?: ?/ ?(?P<of>\d+))? ?[(\[]? ?(?P<percent>\d{1,3}(?:\.\d+)?) ?%? ?[)\]]?")
WITH_PERCENT = re.compile(r"\d+(?: ?/ ?\d+)? ?(?:[(\[] ?\d{1,3}(?:\.\d+)? ?%? ?[)\]]|,? ?\d{1,3}(?:\.\d+)? ?%)")
P_HEAD = re.compile(r"^p(?:[ -]?values?)?$", re.IGNORECASE)
P_CELL = re.compile(r"[<>=]? ?(?P<p>(?:0?\.\d+|[01]\.0+|1))")
BASELINE = re.compile(r"baseline|characteristic|demographic", re.IGNORECASE)
WHOLE = re.compile(r"(?:all|total|overall|whole cohort|patients)?(?: patients)?", re.IGNORECASE)
MOSTLY = 0.5


class Counted(NamedTuple):
    """One cell: patients, percentage, a printed denominator, its column and row."""

    patients: int
    percent: str
    of: int | None
    column: int
    row: Row
    text: str


def is_count_table(table: Parted) -> bool:
    """Whether several cells are counts with percentages, and none of the header's words names a ratio."""
    cells = [cell for row in table.rows for cell in row.cells]
    ratio = re.search(r"\b(?:HR|OR|hazard ratio|odds ratio)\b", " ".join(table.heads))
    return sum(WITH_PERCENT.fullmatch(cell) is not None for cell in cells) >= 2 and ratio is None


def read_counts(table: Parted) -> Iterator[Understood]:
    """Yield each row with its counts as numbers, the sizes of groups first."""
    groups = [group_of(head) for head in table.heads]
    found = counted(table)
    by_column = fits(found, [n for _, n in groups])
    by_row = fits_rows(found)
    of_rows = by_row > by_column and by_row > MOSTLY * len(found)
    yield sizes(table, groups)
    for row in table.rows:
        cells = [one for one in found if one.row is row]
        entries = [of_cell(one, groups[one.column], cells, of_rows=of_rows, several=len(groups) > 1) for one in cells]
        entries += list(p_of_row(table, row))
        of_measures = measures(row, groups) if is_measured(row) else {}
        entries += [entry for own in of_measures.values() for entry in own]
        unread = [
            cell
            for column, cell in enumerate(row.cells)
            if re.search(r"\d", cell)
            and not (column in [one.column for one in cells] or column in of_measures or is_p(table, column, cell))
        ]
        passage = Passage(f"{row.named}: {' | '.join(row.cells)}", row.where, table.caption)
        yield Understood(passage, tuple(entries), tuple(unread))


def measures(row: Row, groups: list[tuple[str, int | None]]) -> dict[int, list[Entry]]:
    """Return the entries of each cell of a row of means or medians that can be read."""
    arms = [arm_word(name, several=len(groups) > 1) for name, _ in groups]
    found = {column: list(measured(row, column, groups[column], arms[column])) for column in range(len(row.cells))}
    return {column: entries for column, entries in found.items() if entries}


def counted(table: Parted) -> list[Counted]:
    """Return the cells that are counts with percentages."""
    found = []
    for row in table.rows:
        for column, cell in enumerate(() if is_measured(row) else row.cells):
            match = CELL.fullmatch(cell.strip()) if WITH_PERCENT.fullmatch(cell.strip()) else None
            if match and float(match["percent"]) <= 100:
                of = int(match["of"]) if match["of"] else None
                found.append(Counted(int(match["n"]), match["percent"], of, column, row, cell.strip()))
    return found


def fits(found: list[Counted], sizes_of_columns: list[int | None]) -> int:
    """Return how many cells print the percentage of their column's size."""
    return sum(is_share(one, one.of or sizes_of_columns[one.column]) for one in found)


def fits_rows(found: list[Counted]) -> int:
    """Return how many cells print the percentage of their row's total, of rows with several cells."""
    return sum(is_share(one, total(one, found)) for one in found if total(one, found) != one.patients)


def total(one: Counted, found: list[Counted]) -> int:
    """Return the patients of all cells of a row."""
    return sum(other.patients for other in found if other.row is one.row)


def is_share(one: Counted, of: int | None) -> bool:
    """Whether a cell's percentage is its count over a size."""
    return bool(of) and interval(one.percent, whole="rounded").holds(100.0 * one.patients / (of or 1))


def sizes(table: Parted, groups: list[tuple[str, int | None]]) -> Understood:
    """Return the sizes that the header prints."""
    known = [(name, n) for name, n in groups if n is not None]
    whole = [n for name, n in known if WHOLE.fullmatch(name)]
    entries = []
    for name, n in known:
        if n not in whole and slug(name):
            body = {"name": f"arm_{slug(name)}_n", "value": Decimal(n), "quote": f"{name} (n = {n})"}
            entries.append(Entry("number", body, f"n = {n} of {name}", ()))
    if whole:
        entries.append(Entry("n", {"value": whole[0], "quote": "total"}, f"n = {whole[0]}", ()))
    return Understood(Passage(" | ".join(table.heads), f"{table.where}, header", table.caption), tuple(entries), ())


def of_cell(one: Counted, group: tuple[str, int | None], row: list[Counted], *, of_rows: bool, several: bool) -> Entry:
    """Return one cell as a number; its quote has the whole that its percentage is of."""
    name, n = group
    whole = one.of or (sum(other.patients for other in row) if of_rows else n)
    told = f"{one.patients}/{whole} ({one.percent} %)" if whole else f"{one.patients} ({one.percent} %)"
    arm = arm_word(name, several=several)
    label = f"{slug(one.row.named) or 'row'}{arm}_n"
    quote = f"{one.row.named}{f', {name}' if name else ''}: {told}"
    of = f" of {whole}" if whole else ""
    words = f"{one.patients}{of} ({one.percent} %) as {label}"
    return Entry("number", {"name": label, "value": Decimal(one.patients), "quote": quote}, words, ())


def arm_word(name: str, *, several: bool) -> str:
    """Return how a group stands in the name of a number; nothing for all patients, or the only column."""
    return f"_arm_{slug(name)}" if several and slug(name) and not WHOLE.fullmatch(name) else ""


def is_p(table: Parted, column: int, cell: str) -> bool:
    """Whether a cell stands in a column of P values and is one."""
    return P_HEAD.match(table.heads[column].strip()) is not None and P_CELL.fullmatch(cell.strip()) is not None


def p_of_row(table: Parted, row: Row) -> Iterator[Entry]:
    """Yield the P of a row of baseline characteristics."""
    for column, cell in enumerate(row.cells):
        exact = P_CELL.fullmatch(cell.strip())
        if is_p(table, column, cell) and exact and cell.strip()[0] not in "<>" and BASELINE.search(table.caption):
            name = f"baseline_{slug(row.named)}_p"
            body = {"name": name, "value": Decimal(exact["p"]), "quote": f"{row.named}: P = {exact['p']}"}
            yield Entry("number", body, f"P = {exact['p']} as {name}", ())


def slug(text: str) -> str:
    """Return words as a name of a number.

    Examples
    --------
    >>> slug("ECOG PS, 0-1"), slug("Stage IVB, n (%)")
    ('ecog_ps_0_1', 'stage_ivb')
    """
    cleaned = re.sub(r"[(\[,;-] ?(?:n|no\.?)? ?\(?%\)?\)?|\bn \(%\)", " ", text.casefold())
    return "_".join(re.findall(r"[a-z0-9]+", re.sub(r"(?<=\d)-(?=\d)", "_", cleaned)))
