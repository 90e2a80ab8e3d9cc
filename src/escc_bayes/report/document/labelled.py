"""Pages, documents and tables as people read them: with the labels of levels in place of the levels."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from markupsafe import Markup

from escc_bayes.data.level_labels import LevelLabels

# Fields that name files, links and places of a page, which nobody reads.
UNREAD = ("name", "file", "files", "folder", "methods", "image", "marks")


def in_labels[T](value: T, levels: LevelLabels) -> T:
    """Return text, a table, or whatever holds them, with labels where it names levels.

    Under a row of one cell, the heading of a covariate, the first cell of a row is a level of it.
    """
    return read(value, levels) if levels.covariates else value


def read(value: Any, levels: LevelLabels) -> Any:
    """Return a value with labels in every text that it holds."""
    if isinstance(value, Markup):
        return value
    if isinstance(value, str):
        return levels.said(value)
    if isinstance(value, tuple):
        return tuple(read(part, levels) for part in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    held = {field.name: getattr(value, field.name) for field in fields(value) if field.name not in UNREAD}
    found = {name: read(part, levels) for name, part in held.items() if name != "rows"}
    if "rows" in held:
        found["rows"] = tuple(rows_read(held["rows"], levels))
    return replace(value, **found)


def rows_read(rows: tuple[tuple[str, ...], ...], levels: LevelLabels) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a table, the first cell of each read under the heading above it."""
    heading = ""
    for first, *others in rows:
        heading = heading if others else first
        named = levels.under(heading, first) if others else levels.said(first)
        yield (named, *(levels.said(cell) for cell in others))
