"""Numbers with a comma: a decimal comma, a sign of thousands, or either, which is said and not guessed.

A comma before other than three digits is a decimal comma, and makes every comma of the file one; a column with decimal
points has none, nor has a file whose cells are separated by commas, but where the schema says so. Where every comma
stands before exactly three digits, 1,032 may be one thousand and thirty-two or one point oh three two.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Protocol

import numpy as np

from escc_bayes.data.words import as_number

WITH_COMMA = re.compile(r"[-+]?\d*,\d+(?:[eE][-+]?\d+)?")
EITHER = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")


class Columns(Protocol):
    """A table as far as its decimal sign goes."""

    @property
    def columns(self) -> Mapping[str, list[object]]:
        """Name to values."""
        ...

    @property
    def decimal(self) -> str | None:
        """The decimal sign, where it is stated."""
        ...

    @property
    def commas(self) -> bool:
        """Whether a comma may be a decimal sign without a statement."""
        ...


def with_commas(table: Columns, values: list[object]) -> list[float | None] | None:
    """Return a column's numbers where its commas are known to be decimal ones; None where they are not.

    Values that are no numbers stay None in it; missing ones are NaN.
    """
    texts = [value for value in values if isinstance(value, str) and WITH_COMMA.fullmatch(value.strip())]
    if not texts or table.decimal == ".":
        return None
    if table.decimal is None and (not table.commas or has_points(values) or not decimal_by_others(table, texts)):
        return None
    return [np.nan if value is None else number_with_comma(value) for value in values]


def number_with_comma(value: object) -> float | None:
    """Return a number whose decimal sign is a comma; a point in text would be one of thousands, and is refused."""
    if not isinstance(value, str):
        return as_number(value)
    text = value.strip()
    if WITH_COMMA.fullmatch(text):
        return as_number(text.replace(",", "."))
    return as_number(text) if "." not in text else None


def has_points(values: Iterable[object]) -> bool:
    """Whether a cell of text is a number with a decimal point: a comma beside it is a slip and not the file's sign."""
    return any(isinstance(value, str) and "." in value and as_number(value) is not None for value in set(values))


def decimal_by_others(table: Columns, texts: Iterable[str]) -> bool:
    """Whether any comma of the column, or of another, can only be a decimal one."""
    if any(not EITHER.fullmatch(text.strip()) for text in texts):
        return True
    return any(
        WITH_COMMA.fullmatch(cell.strip()) and not EITHER.fullmatch(cell.strip())
        for column in table.columns.values()
        for cell in set(column)
        if isinstance(cell, str) and "," in cell
    )


def not_a_number(given: str, decimal: str | None) -> str:
    """Say why text is no number, and what to do."""
    point = given.replace(",", ".")
    if EITHER.fullmatch(given.strip()) and decimal is None:
        return (
            f"may be {given.replace(',', '')} (a comma between thousands) or {point} (a decimal comma); write it "
            'without a comma, or say in the schema which sign is the decimal one ([file] decimal = "," or ".")'
        )
    if given.count(",") == 1 and as_number(point) is not None:
        return f"is a decimal comma; write {point} in place of {given}"
    return "is not a number; correct it, or leave the cell empty if it is missing"
