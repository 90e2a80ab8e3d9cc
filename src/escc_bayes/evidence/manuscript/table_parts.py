"""The parts of a printed table: which rows are its header, what each column is, and whose a row is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from escc_bayes.evidence.manuscript.blocks import Grid
from escc_bayes.evidence.quotes.text import plain

HAS_NUMBER = re.compile(r"\d")
SIZE = re.compile(r"[(\[,;]? ?n ?= ?(?P<n>\d+) ?[)\]]?", re.IGNORECASE)
MOST_HEADER_ROWS = 3
HEADER_WORD = re.compile(
    r"\b(?:n ?= ?\d+|HR|OR|RR|ratio|95 ?%|CI|p|p-?values?|n|no\.|%|total|all|group|arm|months?|univariable|univariate"
    r"|multivariable|multivariate|characteristics?|variables?|factors?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: the covariate above it, its own label, its cells behind the label, and where it stands."""

    parent: str
    label: str
    cells: tuple[str, ...]
    where: str

    @property
    def named(self) -> str:
        """Covariate and level."""
        return f"{self.parent} {self.label}".strip()


@dataclass(frozen=True, slots=True)
class Parted:
    """A table in parts: the words above each column behind the first, and its rows."""

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    caption: str
    where: str


def parted(grid: Grid) -> Parted | None:
    """Return the parts of a table; None where it has no column beside the labels.

    Examples
    --------
    >>> grid = Grid((("", "RT (n = 40)"), ("Sex", ""), ("Male", "30 (75.0)")), "Table 1")
    >>> [(row.named, row.cells) for row in parted(grid).rows], parted(grid).heads
    ([('Sex Male', ('30 (75.0)',))], ('RT (n = 40)',))
    """
    rows = [tuple(plain(cell).strip() for cell in row) for row in grid.rows if any(cell.strip() for cell in row)]
    width = max((len(row) for row in rows), default=0)
    if width < 2 or len(rows) < 2:
        return None
    rows = [row + ("",) * (width - len(row)) for row in rows]
    header = header_rows(rows)
    heads = tuple(
        " ".join(dict.fromkeys(row[column] for row in rows[:header] if row[column])) for column in range(1, width)
    )
    return Parted(heads, tuple(labelled(rows[header:], grid.where)), grid.caption, grid.where)


def header_rows(rows: Sequence[tuple[str, ...]]) -> int:
    """Return how many rows are header: the first, and those below that name columns as well."""
    count = 1
    while count < min(MOST_HEADER_ROWS, len(rows) - 1):
        behind = [cell for cell in rows[count][1:] if cell]
        naming = [cell for cell in behind if HEADER_WORD.search(cell) and not re.match(r"[<>=]?\d", cell)]
        if not behind or len(naming) < len(behind):
            break
        count += 1
    return count


def labelled(rows: Sequence[tuple[str, ...]], where: str) -> list[Row]:
    """Return the rows with the covariate above them: a label without cells, or with a P alone, begins a covariate."""
    parent, found = "", []
    for row in rows:
        label, cells = row[0].strip(" -:"), row[1:]
        filled = [cell for cell in cells if HAS_NUMBER.search(cell)]
        if not filled and label:
            parent = label
            continue
        p_alone = len(filled) == 1 and re.fullmatch(r"[<>=]? ?0?\.\d+|[01](?:\.0+)?", filled[0].strip()) is not None
        if p_alone and len(cells) > 1:
            parent = label
        # A row of its own, such as "Age, median", does not belong to the covariate above.
        alone = re.search(r"\b(?:mean|median|age|range)\b", label, re.IGNORECASE) is not None
        own = "" if alone or parent == label else parent
        found.append(Row(own, label, cells, f"{where}, row '{label}'"))
    return found


def group_of(head: str) -> tuple[str, int | None]:
    """Return the name of a group and its size, of the words above its column.

    Examples
    --------
    >>> group_of("RT group (n = 40)"), group_of("P")
    (('RT', 40), ('P', None))
    """
    found = SIZE.search(head)
    name = re.sub(r"\b(?:groups?|arms?|cohorts?)\b|,? ?\b(?:n|no\.?) ?\(%\)|,? ?%$|[,;]? ?n$", "", SIZE.sub(" ", head))
    return " ".join(name.split()).strip(" ,;()"), int(found["n"]) if found else None
