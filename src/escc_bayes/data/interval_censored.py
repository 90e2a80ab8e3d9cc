"""Events seen between two months: a column of the last month without the event, one of the first month with it.

Right empty: censored at left. Left empty or 0: the event lies between the start and right. Left = right: the month is
known (a death is exact). Whoever enters late is known without the event at entry. docs/methods/interval_censoring.md.
"""

import numpy as np
from numpy.typing import NDArray

from escc_bayes.data.endpoint_schema import EndpointSchema
from escc_bayes.data.endpoints import (
    MISSING_REMEDY,
    TIE_TOLERANCE,
    EndpointData,
    need_column,
    read_entry,
    refuse,
    significant,
    snap_ties,
)
from escc_bayes.data.schema import CohortSchema
from escc_bayes.data.table import RawTable, numbers
from escc_bayes.foundation.errors import CohortError, some_of
from escc_bayes.hazard.piecewise import FloatArray


def read_interval_censored(table: RawTable, endpoint: EndpointSchema, schema: CohortSchema) -> EndpointData:
    """Read and check an endpoint with columns ``left`` and ``right``.

    Returns
    -------
    EndpointData whose ``time`` is the right end of an event, and the last month of who is censored.

    Raises
    ------
    CohortError : with file, rows, column, what was given and what to do.
    """
    assert endpoint.left is not None
    left, right = (checked_months(table, column, schema.months_per_unit) for column in (endpoint.left, endpoint.time))
    gone = np.isnan(right) & ~(left > 0.0)
    if endpoint.missing != "drop":
        refuse(table, gone, endpoint.left, "left and right are missing, or left is 0 and right missing", MISSING_REMEDY)
    if gone.all():
        raise CohortError(f"{table.source}, columns '{endpoint.left}' and '{endpoint.time}': nobody has follow-up")
    refuse_pairs(table, endpoint, left > right, "the last month without the event lies after the first with it")
    refuse_pairs(table, endpoint, right <= 0.0, "an event at month 0 leaves no time at risk")
    seen = np.where(np.isnan(left), 0.0, left)
    time = np.where(gone, np.nan, np.where(np.isnan(right), seen, right))
    entry = np.zeros_like(time)
    if endpoint.entry is not None:
        entry = read_entry(table, endpoint.entry, schema.months_per_unit, gone)
    time, entry = snap_ties(time, entry)
    refuse_pairs(table, endpoint, entry >= time, f"follow-up must end after entry in column '{endpoint.entry}'")
    event = np.where(gone, np.nan, np.where(np.isnan(right), 0.0, 1.0))
    return EndpointData(time, event, entry, last_without(seen, time, entry, event))


def last_without(seen: FloatArray, time: FloatArray, entry: FloatArray, event: FloatArray) -> FloatArray | None:
    """Return the last month known without the event, the event's own where that is known; None where all are."""
    inside = (event == 1.0) & (time - seen > TIE_TOLERANCE * time)
    left = np.where(inside, np.maximum(seen, entry), time)
    return left if inside.any() else None


def checked_months(table: RawTable, column: str, months_per_unit: float) -> FloatArray:
    """Return a column of months, empty cells as NaN; numbers below 0 and infinite ones are refused."""
    need_column(table, column)
    values = numbers(table, column)
    refuse(
        table,
        values < 0.0,
        column,
        f"a month cannot be negative, was given {first(table, column, values < 0.0)}",
        "correct or remove these rows",
    )
    endless = np.isinf(values)
    refuse(
        table,
        endless,
        column,
        f"a month must be finite, was given {first(table, column, endless)}",
        "leave right empty for a patient without the event",
    )
    return significant(values * months_per_unit)


def first(table: RawTable, column: str, bad: NDArray[np.bool_]) -> str:
    """Show the values of a column where ``bad`` holds, as the table has them."""
    return some_of([table.columns[column][i] for i in np.flatnonzero(bad).tolist()], most=3)


def refuse_pairs(table: RawTable, endpoint: EndpointSchema, bad: NDArray[np.bool_], rule: str) -> None:
    """Raise for the rows where ``bad`` holds, showing left and right as the table has them."""
    which = np.flatnonzero(bad).tolist()
    if which:
        left, right = str(endpoint.left), endpoint.time
        pairs = [f"{table.columns[left][i]} to {table.columns[right][i]}" for i in which]
        raise CohortError(
            f"{table.source}, {table.place(which)}, columns '{left}' and '{right}': {rule}, was given "
            f"{some_of(pairs, most=3)}; correct or remove these rows"
        )
