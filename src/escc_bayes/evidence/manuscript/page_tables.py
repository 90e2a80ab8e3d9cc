"""Lines of a table as rows of cells: which blanks part columns, which lines are one row.

Cells are parted by two blanks and more. The line with the most of them says where the columns stand; every other cell
belongs to the column that it starts, ends or stands in the middle of most nearly. Where two would fall into one,
columns end where all lines are blank.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple


class Cell(NamedTuple):
    """Where a cell begins and ends in its line, and what it says."""

    start: int
    end: int
    text: str


def grid_of(lines: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a table.

    Examples
    --------
    >>> grid_of(["         RT (n = 40)   No RT", "Male     30 (75.0)     27"])
    (('', 'RT (n = 40)', 'No RT'), ('Male', '30 (75.0)', '27'))
    """
    cells = cells_of_lines(lines)
    rows: list[tuple[str, ...]] = []
    below_blank = True
    for line, row in zip(lines, cells, strict=True):
        if line.strip() and not below_blank and parted_by_blanks(lines):
            rows[-1] = tuple(map(put_together, rows[-1], row))
        elif line.strip():
            rows.append(row)
        below_blank = not line.strip()
    return tuple(whole_rows(rows))


def cells_of_lines(lines: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the cells of each line, as many for all."""
    found = [cells_in(line) for line in lines]
    columns = max(found, key=len)
    rows = [in_columns(cells, columns) for cells in found]
    whole = [row for row in rows if row is not None]
    return whole if len(whole) == len(rows) else by_blanks(lines)


def cells_in(line: str) -> list[Cell]:
    """Return the cells of one line."""
    return [Cell(*found.span(), found[0]) for found in re.finditer(r"\S+(?: \S+)*", line)]


def in_columns(cells: Sequence[Cell], columns: Sequence[Cell]) -> tuple[str, ...] | None:
    """Return the cells of a line by column; None where two fall into one, or into another order.

    Examples
    --------
    >>> columns = cells_in("RT plus ICI   40   31   20")
    >>> in_columns(cells_in("              0   12   24"), columns), in_columns(cells_in("a  b  c  d  e"), columns)
    (('', '0', '12', '24'), None)
    """
    places = [min(range(len(columns)), key=lambda k: distance(cell, columns[k])) for cell in cells]
    if any(other <= one for one, other in pairwise(places)):
        return None
    told = {place: cell.text for place, cell in zip(places, cells, strict=True)}
    return tuple(told.get(k, "") for k in range(len(columns)))


def distance(cell: Cell, column: Cell) -> float:
    """Return how far a cell is from a column: by its start, its end or its middle, the nearest of them."""
    middle = abs(cell.start + cell.end - column.start - column.end) / 2.0
    return min(abs(cell.start - column.start), abs(cell.end - column.end), middle)


def by_blanks(lines: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the cells of each line where columns end at two blanks that all lines share."""
    width = max(len(line) for line in lines)
    filled = [any(line[place : place + 1].strip() for line in lines) for place in range(width)]
    edges = [place for place in range(1, width) if filled[place] and not any(filled[max(0, place - 2) : place])]
    margin = next((place for place in range(width) if filled[place]), 0)
    bounds = [margin, *(edge for edge in edges if edge > margin), width]
    return [tuple(" ".join(line[start:end].split()) for start, end in pairwise(bounds)) for line in lines]


def parted_by_blanks(lines: Sequence[str]) -> bool:
    """Whether empty lines part the rows of a table, so that lines without one between them are one row."""
    blank = sum(not line.strip() for line in lines)
    return 3 * blank >= len(lines) - blank


def whole_rows(rows: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return rows; a cell that is not closed, or a label in small letters alone, goes on with the row above.

    Examples
    --------
    >>> whole_rows([("Stage IV", "2.6 (1.3-", "0.01"), ("vs III", "5.3)", ""), ("OS,", "9", "8"), ("months", "", "")])
    [('Stage IV vs III', '2.6 (1.3-5.3)', '0.01'), ('OS, months', '9', '8')]
    """
    found: list[tuple[str, ...]] = []
    for row in rows:
        above_alone = bool(found) and not any(found[-1][1:])
        rest_of_label = row[0][:1].islower() and (above_alone or not any(row[1:]))
        not_closed = bool(found) and any(cell.count("(") > cell.count(")") for cell in found[-1])
        if found and (rest_of_label or not_closed):
            found[-1] = tuple(map(put_together, found[-1], row))
        else:
            found.append(row)
    return found


def put_together(cell: str, rest: str) -> str:
    """Return a cell with what stands below it."""
    return cell + rest if re.search(r"[-\N{EN DASH}(]$", cell) else f"{cell} {rest}".strip()
