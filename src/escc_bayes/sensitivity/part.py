"""A part of a sensitivity analysis: one question, one table, and the sentences that the table says.

Sentences are made of the table alone, so that no number of theirs can differ from it.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from escc_bayes.sensitivity.subject import Subject, Tell

type Row = Mapping[str, object]
type Rows = Sequence[Row]
# Tables by the name of their part.
type Tables = Mapping[str, Rows]


@dataclass(frozen=True, slots=True)
class Part:
    """One question asked of a fitted model.

    Attributes
    ----------
    name : of the table: ``NAME.csv``.
    title : what progress and headings call it.
    columns : of the table, in order; every row has them all, NaN, None or "" where something does not exist.
    keys : columns that say which row this is; rows alike in them are averaged over reconstructions.
    run : computes the rows.
    words : the sentences of a table, from its rows alone.
    pool : rows of one table from those of each reconstruction; None: averages of numbers.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    run: Callable[[Subject, Tell], Rows]
    words: Callable[[Rows], tuple[str, ...]]
    pool: Callable[[Sequence[Rows]], Rows] | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What is made of the tables of all parts: its ``run`` is given them, beside the fitted model."""

    name: str
    title: str
    columns: tuple[str, ...]
    run: Callable[[Subject, Tables], Rows]
    words: Callable[[Rows], tuple[str, ...]]


def by_contrast(rows: Rows) -> list[list[Row]]:
    """Return the rows of each hazard ratio, wherever they stand: what only some reconstructions have comes last.

    Examples
    --------
    >>> one, two = ({"endpoint": "os", "model": "m", "term": "arm", "contrast": name} for name in ("b vs a", "c vs a"))
    >>> [len(way) for way in by_contrast([one, two, one])]
    [2, 1]
    """
    found: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        found.setdefault((row["endpoint"], row["model"], row["term"], row["contrast"]), []).append(row)
    return list(found.values())


def number(row: Row, name: str) -> float:
    """Return a cell as a number; NaN where it is empty."""
    value = row[name]
    return math.nan if value is None or value == "" else float(str(value))
