"""What looks wrong but may be right: duplicate rows, another time unit, outlying times. Warnings with rows."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from escc_bayes.data.dates import between, days_to_come
from escc_bayes.data.endpoint_schema import EndpointSchema
from escc_bayes.data.endpoints import EndpointData, event_cells, is_reversed
from escc_bayes.data.episodes import episodes_perhaps
from escc_bayes.data.schema import CohortSchema
from escc_bayes.data.suspicious_values import suspicious_values
from escc_bayes.data.table import RawTable, plain_numbers
from escc_bayes.data.words import word, words
from escc_bayes.hazard.piecewise import FloatArray

LONG_MEDIAN_MONTHS = 240.0
LONG_MAXIMUM_MONTHS = 600.0
# Below so many months nobody's follow-up ends by design: times in days may be months.
SHORT_MAXIMUM_MONTHS = {"days": 6.0, "weeks": 1.0, "months": 1.0, "years": 1.0}
# The upper tenth of times may hold a jump of this factor between neighbours before it is called outlying:
# among 80 exponential times the largest is 3 times the second largest about once in 1,000 cohorts.
UPPER_JUMP = 3.0
# The lower tail of survival times is wide by nature, so that only a jump of this factor is shown.
LOWER_JUMP = 50.0
TAIL = 0.1
# Pairs of equal rows that chance alone may be expected to make before they say nothing of double entry.
PAIRS_BY_CHANCE = 0.5
# Endpoints of which a death is an event.
WITH_DEATHS = ("pfs", "dfs", "rfs", "efs")
# Rows that say which column is the most varied.
SOME = 1000
MOST_DECIMALS, MOST_STEPS = 17, 1e18
EPSILON = float(np.finfo(np.float64).eps)
# 2^64 over the golden ratio, odd: columns that differ in their order alone have other hashes.
HASH_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def suspicions(
    table: RawTable, schema: CohortSchema, endpoints: dict[str, EndpointData], *, provenance: str
) -> list[str]:
    """Return one sentence for each thing that looks wrong, with the rows concerned.

    Equal rows are a patient entered twice, and one time apart from the others a slip of the pen, only where patients
    were observed: reconstructed and simulated ones repeat, and nobody typed them.
    """
    found = [*table.notes, *(repeats(table, schema) if provenance == "observed" else [])]
    seen: set[str] = set()
    dated: set[str] = set()
    for name, endpoint in schema.endpoints.items():
        found += of_events(table, endpoint)
        if endpoint.start_date is not None:
            fresh = [column for column in (endpoint.start_date, endpoint.time) if column not in dated]
            dated.update(fresh)
            found += days_to_come(table, fresh)
        if endpoint.time in seen:
            continue
        seen.add(endpoint.time)
        unit = schema.time_unit if endpoint.start_date is None else "months"
        found += implausible_follow_up(table, endpoint.time, endpoints[name], unit)
        found += outlying_times(table, endpoint.time, endpoints[name]) if provenance == "observed" else []
    for covariate in schema.covariates.values():
        for column in covariate.columns if provenance == "observed" else ():
            found += suspicious_values(each_value_once(table, schema, column), replace(covariate, column=column))
    found += deaths_not_counted(table, schema, endpoints) if provenance == "observed" else []
    return found + episodes_perhaps(table, schema, endpoints)


def deaths_not_counted(table: RawTable, schema: CohortSchema, endpoints: Mapping[str, EndpointData]) -> list[str]:
    """Say where progression-free survival and the like end with a death that is no event of theirs."""
    death = endpoints.get("os")
    found = []
    for name in WITH_DEATHS if death is not None else ():
        if name not in endpoints:
            continue
        own = endpoints[name]
        assert death is not None
        rows = np.flatnonzero((own.event == 0.0) & (death.event == 1.0) & (own.time == death.time)).tolist()
        if rows:
            found.append(
                f"{table.source}, {table.place(rows)}, column '{schema.endpoints[name].event}': {len(rows)} patient(s) "
                f"died when follow-up for {name} ended, and have no event of {name}; deaths are events of it, unless "
                "it is a time to progression"
            )
    return found


def of_events(table: RawTable, endpoint: EndpointSchema) -> list[str]:
    """Say how events were read where the words do not tell: reversed, words not declared, ended by the data cut."""
    found = []
    if is_reversed(endpoint):
        found.append(
            f"{table.source}, column '{endpoint.event}': was read as the CNSR of ADaM, in which 0 is an event and "
            f'above 0 is censored; if 1 is an event, declare event_values = ["1"] in endpoints.{endpoint.name}'
        )
    if endpoint.event_values and not endpoint.censored_values:
        happened = {str(word(value)) for value in endpoint.event_values}
        times = Counter(str(w) for w in words(event_cells(table, endpoint)) if w is not None and w not in happened)
        if len(times) > 1:
            shown = ", ".join(f"{w} ({count})" for w, count in times.most_common(5))
            found.append(
                f"{table.source}, column '{endpoint.event}': taken as censored are {shown}; if one of them is an "
                f"event of '{endpoint.name}', add it to event_values, otherwise declare censored_values"
            )
    if endpoint.cutoff is not None and endpoint.start_date is not None:
        cut = np.flatnonzero(between(table, endpoint.start_date, endpoint.time, endpoint.cutoff).cut).tolist()
        if cut:
            found.append(
                f"{table.source}, {table.place(cut)}, column '{endpoint.time}': {len(cut)} date(s) lie after the data "
                f"cut of {endpoint.cutoff}; these patients are censored at the cut"
            )
    return found


def repeats(table: RawTable, schema: CohortSchema) -> list[str]:
    """Say what stands twice: rows or, where a patient has several, patients of whom every row does."""
    return duplicate_patients(table, schema) if schema.start_stop else duplicate_rows(table, schema.id)


def duplicate_patients(table: RawTable, schema: CohortSchema) -> list[str]:
    """Say which patients have equal rows, all of them, where what their last rows hold makes that unlikely.

    Single rows are alike by design: whoever is in a group begins there at month 0 as all others do.
    """
    identifier = str(schema.id)
    columns = [values for name, values in table.columns.items() if name != identifier]
    begins = {endpoint.entry for endpoint in schema.endpoints.values()}
    telling = [values for name, values in table.columns.items() if name not in {identifier, *begins}]
    rows_of: dict[object, list[int]] = {}
    for row, name in enumerate(table.columns[identifier]):
        rows_of.setdefault(name, []).append(row)
    ends = [rows[-1] for rows in rows_of.values()]
    if pairs_by_chance([[column[row] for row in ends] for column in telling]) > PAIRS_BY_CHANCE:
        return []
    first: dict[frozenset[tuple[object, ...]], list[int]] = {}
    pairs = []
    for rows in rows_of.values():
        known = first.setdefault(frozenset(tuple(column[row] for column in columns) for row in rows), rows)
        if known is not rows:
            pairs.append((table.columns[identifier][known[0]], table.columns[identifier][rows[0]]))
    if not pairs:
        return []
    shown = "; ".join(f"{b} repeats {a}" for a, b in pairs[:5])
    more = f" and {len(pairs) - 5} more" if len(pairs) > 5 else ""
    return [
        f"{table.source}, column '{identifier}': {len(pairs)} patient(s) with the same rows as another "
        f"({shown}{more}); if one patient was entered twice, remove the copy"
    ]


def each_value_once(table: RawTable, schema: CohortSchema, column: str) -> RawTable:
    """Return a column without the rows that repeat what the patient's row before says, where patients have several."""
    if not schema.start_stop:
        return table
    before: dict[object, object] = {}
    kept = []
    for row, (who, value) in enumerate(zip(table.columns[str(schema.id)], table.columns[column], strict=True)):
        if who not in before or before[who] != value:
            kept.append(row)
        before[who] = value
    values = table.columns[column]
    return replace(table, rows=[table.rows[row] for row in kept], columns={column: [values[row] for row in kept]})


def duplicate_rows(table: RawTable, identifier: str | None) -> list[str]:
    """Say which rows are equal in every column (the identifier apart), where the columns make that unlikely."""
    columns = [values for name, values in table.columns.items() if name != identifier]
    alike = perhaps_equal(columns)
    if alike.size == 0 or pairs_by_chance(columns) > PAIRS_BY_CHANCE:
        return []
    first: dict[tuple[object, ...], int] = {}
    pairs = []
    for i in alike.tolist():
        values = tuple(column[i] for column in columns)
        if values in first:
            pairs.append((first[values], i))
        else:
            first[values] = i
    if not pairs:
        return []
    shown = "; ".join(f"{table.rows[b]} repeats {table.rows[a]}" for a, b in pairs[:5])
    more = f" and {len(pairs) - 5} more" if len(pairs) > 5 else ""
    return [
        f"{table.source}: {len(pairs)} duplicate row(s) ({table.row_word} {shown}{more}); "
        "if they are one patient entered twice, remove them"
    ]


def perhaps_equal(columns: list[list[object]]) -> NDArray[np.intp]:
    """Return the rows, in their order, whose hash another row shares: equal rows all, and almost no others.

    Column by column, the most varied first, of the rows that are alike so far.
    """
    alike = np.arange(len(columns[0]) if columns else 0)
    mixed = np.zeros(alike.size, dtype=np.uint64)
    for column in sorted(columns, key=lambda values: -len(set(values[:SOME]))):
        cells = column if alike.size == len(column) else [column[i] for i in alike.tolist()]
        mixed = mixed * HASH_FACTOR + np.fromiter(map(hash, cells), np.int64, alike.size).view(np.uint64)
        mixed ^= mixed >> np.uint64(29)
        shared = repeated(mixed)
        alike, mixed = alike[shared], mixed[shared]
    return alike


def repeated(values: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return for each value whether it stands more than once."""
    ordered = np.sort(values)
    again = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if again.size == 0:
        return np.zeros(values.size, dtype=np.bool_)
    place = np.searchsorted(again, values)
    found: NDArray[np.bool_] = again[np.minimum(place, again.size - 1)] == values
    return found


def pairs_by_chance(columns: list[list[object]]) -> float:
    """Return how many pairs of rows would be equal if every column held any of its possible values alike.

    Examples
    --------
    >>> whole_months = [float(month) for month in range(1, 61)]
    >>> round(pairs_by_chance([whole_months, [0, 1] * 30]), 2)
    14.75
    """
    return math.comb(len(columns[0]), 2) / math.prod(possible_values(column) for column in columns)


def possible_values(column: list[object]) -> int:
    """Return how many values a column could hold: steps of its last decimal from least to largest; else its words.

    Examples
    --------
    >>> possible_values(["0.5", "2", "1.25"]), possible_values(["II", "III", "II"])
    (151, 2)
    """
    numbers = plain_numbers(column)
    if numbers is None or np.isinf(numbers).any():
        return max(len(set(column) - {None}), 1)
    present = numbers[~np.isnan(numbers)]
    span = float(np.ptp(present)) if present.size else 0.0
    return round(min(span * 10.0 ** decimals(present), MOST_STEPS)) + 1


def decimals(values: FloatArray) -> int:
    """Return the decimals that the values need, as far as 16 digits tell."""
    least = decimals(values[:SOME]) if values.size > SOME else 0
    for places in range(least, MOST_DECIMALS):
        steps = values * 10.0**places
        if (np.abs(steps - np.round(steps)) <= 8.0 * EPSILON * np.abs(steps)).all():
            return places
    return MOST_DECIMALS


def implausible_follow_up(table: RawTable, column: str, data: EndpointData, unit: str) -> list[str]:
    """Say when the declared unit makes follow-up implausibly long or short."""
    times = data.time[data.present]
    median, longest = float(np.median(times)), float(times.max())
    if median > LONG_MEDIAN_MONTHS or longest > LONG_MAXIMUM_MONTHS:
        which = [int(np.nanargmax(data.time))]
        return [
            f"{table.source}, column '{column}': follow-up declared in {unit} has a median of {median / 12:.1f} years "
            f"and a maximum of {longest / 12:.1f} years ({table.place(which)}); is time_unit right (days, perhaps)?"
        ]
    if longest < SHORT_MAXIMUM_MONTHS[unit]:
        perhaps = " (months, perhaps)" if unit == "days" else ""
        return [
            f"{table.source}, column '{column}': follow-up declared in {unit} ends after {longest * 30.4375:.1f} days "
            f"for everyone; is time_unit right{perhaps}?"
        ]
    return []


def outlying_times(table: RawTable, column: str, data: EndpointData) -> list[str]:
    """Say which few times stand apart from the rest by a large factor: another unit, or a slip."""
    # A follow-up of 0, where it is allowed, is that of a patient who has just entered.
    present = np.flatnonzero(data.present & (np.nan_to_num(data.time) > 0.0))
    order = present[np.argsort(data.time[present], kind="stable")]
    times = data.time[order]
    tail = max(1, int(TAIL * times.size))
    if times.size < 10:
        return []
    ratio = times[1:] / times[:-1]
    found = []
    upper = np.flatnonzero(ratio[-tail:] > UPPER_JUMP)
    if upper.size:
        start = times.size - tail + int(upper[0])
        found.append(apart(table, column, order[start:], "above", float(times[start - 1])))
    lower = np.flatnonzero(ratio[:tail] > LOWER_JUMP)
    if lower.size:
        stop = int(lower[-1]) + 1
        found.append(apart(table, column, order[:stop], "below", float(times[stop])))
    return found


def apart(table: RawTable, column: str, rows: np.ndarray, side: str, nearest_months: float) -> str:
    """Word one finding of ``outlying_times``."""
    which = sorted(int(i) for i in rows)
    values = ", ".join(str(table.columns[column][i]) for i in which[:5])
    return (
        f"{table.source}, {table.place(which)}, column '{column}': {values} lie(s) far {side} all other times "
        f"(nearest: {nearest_months:.4g} months); another unit, or a slip of the pen?"
    )
