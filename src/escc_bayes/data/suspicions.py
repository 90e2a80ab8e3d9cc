"""What looks wrong but may be right: duplicate rows, another time unit, outlying times. Warnings with rows."""

import math
from decimal import Decimal, InvalidOperation

import numpy as np

from escc_bayes.data.endpoints import EndpointData
from escc_bayes.data.schema import CohortSchema
from escc_bayes.data.table import RawTable

LONG_MEDIAN_MONTHS = 240.0
LONG_MAXIMUM_MONTHS = 600.0
SHORT_MAXIMUM_MONTHS = 1.0
# The upper tenth of times may hold a jump of this factor between neighbours before it is called outlying:
# among 80 exponential times the largest is 3 times the second largest about once in 1,000 cohorts.
UPPER_JUMP = 3.0
# The lower tail of survival times is wide by nature, so that only a jump of this factor is shown.
LOWER_JUMP = 50.0
TAIL = 0.1
# Pairs of equal rows that chance alone may be expected to make before they say nothing of double entry.
PAIRS_BY_CHANCE = 0.5


def suspicions(
    table: RawTable, schema: CohortSchema, endpoints: dict[str, EndpointData], *, provenance: str
) -> list[str]:
    """Return one sentence for each thing that looks wrong, with the rows concerned.

    Equal rows are a patient entered twice, and one time apart from the others a slip of the pen, only where patients
    were observed: reconstructed and simulated ones repeat, and nobody typed them.
    """
    found = duplicate_rows(table, schema.id) if provenance == "observed" else []
    seen: set[str] = set()
    for name, endpoint in schema.endpoints.items():
        if endpoint.time in seen:
            continue
        seen.add(endpoint.time)
        found += implausible_follow_up(table, endpoint.time, endpoints[name], schema.time_unit)
        found += outlying_times(table, endpoint.time, endpoints[name]) if provenance == "observed" else []
    return found


def duplicate_rows(table: RawTable, identifier: str | None) -> list[str]:
    """Say which rows are equal in every column (the identifier apart), where the columns make that unlikely."""
    names = [name for name in table.columns if name != identifier]
    first: dict[tuple[object, ...], int] = {}
    pairs = []
    for i, values in enumerate(zip(*(table.columns[name] for name in names), strict=True)):
        if values in first:
            pairs.append((first[values], i))
        else:
            first[values] = i
    if not pairs or pairs_by_chance([table.columns[name] for name in names]) > PAIRS_BY_CHANCE:
        return []
    shown = "; ".join(f"{table.rows[b]} repeats {table.rows[a]}" for a, b in pairs[:5])
    more = f" and {len(pairs) - 5} more" if len(pairs) > 5 else ""
    return [
        f"{table.source}: {len(pairs)} duplicate row(s) ({table.row_word} {shown}{more}); "
        "if they are one patient entered twice, remove them"
    ]


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
    """Return how many values a column could hold: steps of its last decimal from least to largest; else its words."""
    present = [value for value in column if value is not None]
    try:
        numbers = [Decimal(str(value)) for value in present]
        finest = min((int(number.normalize().as_tuple().exponent) for number in numbers), default=0)
        span = max(numbers, default=Decimal(0)) - min(numbers, default=Decimal(0))
    except (InvalidOperation, ValueError, TypeError):
        return max(len(set(present)), 1)
    return int(span.scaleb(-min(finest, 0))) + 1


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
    if longest < SHORT_MAXIMUM_MONTHS:
        return [
            f"{table.source}, column '{column}': follow-up declared in {unit} ends after {longest * 30.4375:.1f} days "
            "for everyone; is time_unit right?"
        ]
    return []


def outlying_times(table: RawTable, column: str, data: EndpointData) -> list[str]:
    """Say which few times stand apart from the rest by a large factor: another unit, or a slip."""
    present = np.flatnonzero(data.present)
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
