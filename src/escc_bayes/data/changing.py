"""Covariates that change during follow-up, read from a table with one row for each patient.

``starts_at`` : a binary covariate becomes its second level at a month and stays there. ``measured`` : values at several
months; the last one measured is carried forward. Of a month without a value the value before stands; before the first
one there is none. docs/methods/time_updated.md.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.data.covariates import Changes, CovariateData, finite_numbers, prepared, read_covariate
from escc_bayes.data.endpoints import EndpointData, need_column, refuse, refuse_values, significant
from escc_bayes.data.schema import CohortSchema
from escc_bayes.data.table import RawTable
from escc_bayes.foundation.errors import CohortError
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray


def read_values(table: RawTable, covariate: CovariateSchema, schema: CohortSchema) -> CovariateData:
    """Read and check one covariate, with what becomes of it during follow-up.

    Raises
    ------
    CohortError : as ``read_covariate``; a month without a start or a start without its month; months that fall.
    """
    if covariate.measured:
        return read_measured(table, covariate, schema)
    found = read_covariate(table, covariate, schema)
    return found if covariate.starts_at is None else starting(table, found, schema)


def starting(table: RawTable, found: CovariateData, schema: CohortSchema) -> CovariateData:
    """Return a binary covariate that is its first level until the month at which it starts."""
    column, own = str(found.schema.starts_at), found.schema
    need_column(table, column)
    wait = significant(finite_numbers(table, column) * schema.months_per_unit)
    never, ever = own.levels
    started, given = found.values == 1.0, ~np.isnan(wait)
    without = f"'{own.name}' is '{ever}', and there is no month at which it started"
    refuse(table, started & ~given, column, without, f"fill it in, or write '{never}' in column '{own.column}'")
    told = f"a month at which '{own.name}' started, and column '{own.column}' does not say '{ever}'"
    refuse(table, given & ~started, column, told, f"write '{ever}' there, or leave the month empty")
    refuse_values(table, given & (wait < 0.0), column, "a month after time zero cannot be negative")
    later = started & (wait > 0.0)
    months, values = np.where(later, wait, np.nan)[:, None], np.where(later, 1.0, np.nan)[:, None]
    return replace(found, values=np.where(later, 0.0, found.values), changes=Changes(months, values))


def read_measured(table: RawTable, covariate: CovariateSchema, schema: CohortSchema) -> CovariateData:
    """Return a covariate measured at several months, each value carried forward to the next."""
    each = [
        read_covariate(table, replace(covariate, column=column, known_at=month, measured=()), schema)
        for column, month in covariate.measured
    ]
    months = np.stack([np.where(one.missing, np.nan, np.maximum(one.known_at, 0.0)) for one in each], axis=1)
    refuse_falling(table, covariate, months)
    values = np.stack([one.values for one in each], axis=1)
    first, changes = carried_forward(months, values)
    series = tuple(one.values for one in each)
    return CovariateData(covariate, first, np.zeros(first.size), changes=changes, series=series)


def carried_forward(months: FloatArray, values: FloatArray) -> tuple[FloatArray, Changes]:
    """Return values at time zero (n,) and what becomes of them; a value that repeats the last one is no change.

    Parameters
    ----------
    months, values : (n, k) in order of time; NaN where nothing was measured.

    Examples
    --------
    >>> first, changes = carried_forward(np.array([[0.0, 0.75, 2.5]]), np.array([[1.2, 1.2, 0.4]]))
    >>> first.tolist(), changes.months.tolist(), changes.values.tolist()
    ([1.2], [[2.5, nan, nan]], [[0.4, nan, nan]])
    """
    first, current = (np.full(len(months), np.nan) for _ in range(2))
    changed = np.full(months.shape, np.nan)
    for place in range(months.shape[1]):
        month, value = months[:, place], values[:, place]
        first = np.where(month <= 0.0, value, first)
        changed[:, place] = np.where((month > 0.0) & (value != current), month, np.nan)
        current = np.where(np.isnan(month), current, value)
    order = np.argsort(changed, axis=1, kind="stable")
    became = np.where(np.isnan(changed), np.nan, values)
    return first, Changes(*(np.take_along_axis(held, order, axis=1) for held in (changed, became)))


def refuse_falling(table: RawTable, covariate: CovariateSchema, months: FloatArray) -> None:
    """Raise for the first row whose months do not rise from one measurement to the next."""
    last = np.fmax.accumulate(months, axis=1)
    for place, (column, month) in enumerate(covariate.measured[1:]):
        bad = np.flatnonzero(months[:, place + 1] <= last[:, place])
        if bad.size:
            row = int(bad[0])
            named = month if isinstance(month, str) else column
            raise CohortError(
                f"{table.source}, {table.place([row])}, column '{named}': '{covariate.name}' was measured at "
                f"{counted(months[row, place + 1], 'month')}, and before that in the list at "
                f"{last[row, place]:g}; months of "
                "measurements must rise: correct the months, or their order in measured"
            )


def change_notes(
    table: RawTable, covariates: Mapping[str, CovariateData], endpoints: Mapping[str, EndpointData]
) -> list[str]:
    """Say who changes only after the end of follow-up, and whose values are carried forward for want of a new one."""
    times = np.stack([np.nan_to_num(data.time) for data in endpoints.values()])
    longest = times.max(axis=0)
    found = []
    for data in covariates.values():
        if data.changes is None:
            continue
        found += late_notes(table, data, longest) + carried_notes(table, data, longest)
    return found


def late_notes(table: RawTable, data: CovariateData, longest: FloatArray) -> list[str]:
    """Say which changes come at or after the end of follow-up and so never count."""
    assert data.changes is not None
    late = np.flatnonzero(((data.changes.months >= longest[:, None]) & (longest[:, None] > 0.0)).any(axis=1)).tolist()
    if not late:
        return []
    name, own = data.schema.name, data.schema
    if own.starts_at is not None:
        return [
            f"{table.source}, {table.place(late)}, column '{own.starts_at}': '{name}' starts when follow-up has ended; "
            f"during follow-up these {len(late)} patient(s) are '{own.levels[0]}' throughout"
        ]
    return [
        f"{table.source}, {table.place(late)}: values of '{name}' for a month at which follow-up had ended; they are "
        f"not used, in {len(late)} patient(s)"
    ]


def carried_notes(table: RawTable, data: CovariateData, longest: FloatArray) -> list[str]:
    """Say where a value is missing in patients still followed, so that the last one is carried on."""
    found, before = [], np.zeros(longest.size, dtype=np.bool_)
    for column, month in data.schema.measured:
        cells = prepared(table, replace(data.schema, column=column)).columns[column]
        gone = np.array([cell is None for cell in cells])
        rows = np.flatnonzero(gone & before & (longest > month)).tolist() if isinstance(month, float) else []
        if rows:
            found.append(
                f"{table.source}, {table.place(rows)}, column '{column}': no value of '{data.schema.name}' at "
                f"{counted(month, 'month')} in {counted(len(rows), 'patient')} still followed; the last value before "
                "is carried forward"
            )
        before |= ~gone
    return found
