"""Rows that follow one another in a file whose schema takes each for a patient: late entries that are none.

Of a table with entry and exit, a column names the patients where no two rows of one value overlap,
none follows an event, and most begin in the month in which another ends. Counted as patients, such rows make groups too
large and follow-up too short (Kaplan-Meier and Cox stay right).
"""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from escc_bayes.data.endpoint_schema import EndpointSchema
from escc_bayes.data.endpoints import EndpointData
from escc_bayes.data.intervals import patients_of
from escc_bayes.data.schema import CohortSchema
from escc_bayes.data.table import RawTable
from escc_bayes.foundation.errors import CohortError

# Share of the rows after a patient's first that begin where the one before ends.
MOSTLY = 0.8
# Late entries that must each begin where another row ends before the rows alone are taken for episodes.
LEAST = 5


def refuse_episodes(table: RawTable, schema: CohortSchema, endpoints: Mapping[str, EndpointData]) -> None:
    """Raise where a column that the schema does not name says that a patient has several rows."""
    if schema.start_stop:
        return
    for name, data in endpoints.items():
        endpoint = schema.endpoints[name]
        if endpoint.entry is None:
            continue
        for column in table.columns:
            if column not in schema.columns and (pair := follow_each_other(table.columns[column], data)):
                refuse_column(table, endpoint, column, pair)


def follow_each_other(values: list[object], data: EndpointData) -> tuple[int, int] | None:
    """Return two rows of one value that follow each other, where those of every value do so; None otherwise."""
    if len(set(values)) == len(values) or None in values:
        return None
    value = patients_of(tuple(map(str, values)))
    held = np.flatnonzero(data.present)
    order = held[np.lexsort((data.entry[held], value[held]))]
    same = value[order[:-1]] == value[order[1:]]
    first, second = order[:-1][same], order[1:][same]
    if not first.size or (data.entry[second] < data.time[first]).any() or data.event[first].any():
        return None
    touch = np.flatnonzero(data.entry[second] == data.time[first])
    return (int(first[touch[0]]), int(second[touch[0]])) if touch.size >= MOSTLY * first.size else None


def refuse_column(table: RawTable, endpoint: EndpointSchema, column: str, pair: tuple[int, int]) -> None:
    """Say whose rows follow each other, and how they are declared."""
    ends, begins = table.columns[endpoint.time][pair[0]], table.columns[str(endpoint.entry)][pair[1]]
    raise CohortError(
        f"{table.source}, {table.place(list(pair))}, column '{column}': rows of '{table.columns[column][pair[0]]}' "
        f"follow each other (one ends at {ends}, the next begins at {begins}), so that a patient has several rows, "
        f'which would be counted as patients; write id = "{column}" and, in endpoints.{endpoint.name}, '
        f'start = "{endpoint.entry}" and stop = "{endpoint.time}" in place of entry and time'
    )


def episodes_perhaps(table: RawTable, schema: CohortSchema, endpoints: Mapping[str, EndpointData]) -> list[str]:
    """Say where nearly every late entry is the month in which a like patient was censored: perhaps the same one."""
    if schema.start_stop or schema.id is not None:
        return []
    known = [table.columns[covariate.column] for covariate in schema.covariates.values()]
    like = list(zip(*known, strict=True)) if known else [()] * len(table.rows)
    found = []
    for name, data in endpoints.items():
        late = np.flatnonzero(data.entry > 0.0).tolist()
        ended = np.flatnonzero(data.event == 0.0).tolist()
        before = Counter((like[i], data.time[i]) for i in ended)
        after = Counter((like[i], data.entry[i]) for i in late)
        joined = sum((before & after).values())
        if joined >= max(LEAST, MOSTLY * len(late)):
            found.append(
                f"{table.source}: {joined} of {len(late)} rows that enter late begin in the month in which another row "
                f"with the same covariates ends without an event; if they are one patient's, give each patient an "
                f'identifier and declare id, and in endpoints.{name} start = "{schema.endpoints[name].entry}" and '
                f'stop = "{schema.endpoints[name].time}" in place of entry and time: rows are counted as patients here'
            )
    return found
