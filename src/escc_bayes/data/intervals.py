"""Start-stop rows: several rows of one patient, each at risk from its start to its stop with the values it holds.

Rows of one patient must not overlap, and the event stands in the last of them. Between two rows a patient may be out
of observation for a while: not at risk, and nobody counts what happens then. Andersen & Gill 1982, Ann Stat 10:1100.
"""

from collections.abc import Mapping

import numpy as np

from escc_bayes.data.endpoint_schema import EndpointSchema
from escc_bayes.data.endpoints import EndpointData
from escc_bayes.data.schema import CohortSchema
from escc_bayes.data.table import RawTable
from escc_bayes.foundation.errors import CohortError
from escc_bayes.hazard.piecewise import IntArray


def patients_of(ids: tuple[str, ...]) -> IntArray:
    """Return whose row each is, patients counted in the order in which they first occur.

    Examples
    --------
    >>> patients_of(("b", "a", "b")).tolist()
    [0, 1, 0]
    """
    known: dict[str, int] = {}
    return np.array([known.setdefault(name, len(known)) for name in ids], dtype=np.int64)


def refuse_intervals(
    table: RawTable, schema: CohortSchema, endpoints: Mapping[str, EndpointData], ids: tuple[str, ...]
) -> None:
    """Raise where rows of one patient overlap, or one of them follows the event."""
    patient = patients_of(ids)
    for name, data in endpoints.items():
        held = np.flatnonzero(data.present)
        order = held[np.lexsort((data.entry[held], patient[held]))]
        first, second = order[:-1], order[1:]
        same = patient[first] == patient[second]
        refuse_overlap(table, schema.endpoints[name], ids, data, first[same], second[same])
        refuse_after_event(table, schema.endpoints[name], ids, data, first[same], second[same])


def refuse_overlap(
    table: RawTable,
    endpoint: EndpointSchema,
    ids: tuple[str, ...],
    data: EndpointData,
    first: IntArray,
    second: IntArray,
) -> None:
    """Raise for the first row that starts before the patient's row before it stops."""
    bad = np.flatnonzero(data.entry[second] < data.time[first])
    if bad.size:
        one, two = int(first[bad[0]]), int(second[bad[0]])
        told = table.columns[str(endpoint.entry)][two], table.columns[endpoint.time][one]
        raise CohortError(
            f"{table.source}, {table.place(sorted([one, two]))}, column '{endpoint.entry}': rows of patient "
            f"'{ids[one]}' overlap: one starts at {told[0]}, before another stops at {told[1]}; a patient is at risk "
            "once at a time: correct start or stop"
        )


def refuse_after_event(
    table: RawTable,
    endpoint: EndpointSchema,
    ids: tuple[str, ...],
    data: EndpointData,
    first: IntArray,
    second: IntArray,
) -> None:
    """Raise for the first row that follows the patient's event."""
    bad = np.flatnonzero(data.event[first] == 1.0)
    if bad.size:
        one, two = int(first[bad[0]]), int(second[bad[0]])
        raise CohortError(
            f"{table.source}, {table.place([one])}, column '{endpoint.event}': patient '{ids[one]}' has the event, and "
            f"another row after it ({table.row_word} {table.rows[two]}); an event happens once here, in a patient's "
            "last row: where it can come again, keep the rows up to the first; where every row of a patient says that "
            "it happened, write 0 in all but the last"
        )
