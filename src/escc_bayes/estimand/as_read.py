"""Answers as people read them: the labels of levels in place of the levels. What is written as CSV keeps the levels."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from escc_bayes.data.level_labels import LevelLabels, level_labels
from escc_bayes.estimand.aligned import Row
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.spec.rows import AnalysisRows

# Columns that hold a level, or a contrast of levels, of the covariate of their row.
ASKED = ("contrast", "group", "comparison", "who")
# Columns of names, in which a word that is also a level is none.
NAMES = ("endpoint", "model", "term", "method")


def levels_in(rows: AnalysisRows) -> LevelLabels:
    """Return what people read for the levels of the covariates of a model."""
    return level_labels(rows.covariates)


def said_of(rows: AnalysisRows, sentences: Iterable[str]) -> tuple[str, ...]:
    """Return sentences on a model with labels where they name levels."""
    return tuple(map(levels_in(rows).said, sentences))


def estimates_as_read[E: Estimate](estimates: Iterable[E], levels: LevelLabels) -> tuple[E, ...]:
    """Return estimates whose contrasts, groups and notes name levels by their labels."""
    if not levels.covariates:
        return tuple(estimates)
    return tuple(
        replace(
            e,
            contrast=levels.under(e.term, e.contrast),
            groups=levels.said(e.groups, e.term),
            note=levels.said(e.note, e.term),
        )
        for e in estimates
    )


def rows_as_read(rows: Sequence[Row], levels: LevelLabels) -> Sequence[Row]:
    """Return rows of a table in which contrasts, groups and notes name levels by their labels."""
    return [row_as_read(row, levels) for row in rows] if levels.covariates else rows


def rows_wholly_as_read(rows: Sequence[Row], levels: LevelLabels) -> Sequence[Row]:
    """Return rows of a table with labels in every text that is no name."""
    if not levels.covariates:
        return rows
    return [
        {
            key: levels.said(value) if isinstance(value, str) and key not in NAMES else value
            for key, value in row.items()
        }
        for row in rows_as_read(rows, levels)
    ]


def tables_as_read[T: Sequence[Row]](tables: Mapping[str, T], levels: LevelLabels) -> dict[str, Sequence[Row]]:
    """Return tables by name, each as people read it."""
    return {name: rows_as_read(rows, levels) for name, rows in tables.items()}


def row_as_read(row: Row, levels: LevelLabels) -> Row:
    """Return one row as people read it."""
    term = str(row.get("term") or "")
    asked = {key: levels.under(term, str(row[key])) for key in ASKED if row.get(key)}
    other = {key: levels.said(str(row[key]), term) for key in ("note", "groups") if row.get(key)}
    return {**row, **asked, **other}
