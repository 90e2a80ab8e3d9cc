"""From raw columns to checked follow-up: times in months, events 0/1, delayed entry.

Everything that would make a wrong number look right is refused here, with rows.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from escc_bayes.data.dates import Order, between, read_date
from escc_bayes.data.endpoint_schema import EndpointSchema
from escc_bayes.data.event_meaning import codes_in, label_without_event, opposite
from escc_bayes.data.schema import CohortSchema
from escc_bayes.data.table import RawTable, numbers
from escc_bayes.data.words import as_number, spoken_by_codes, word, words
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import CohortError, some_of
from escc_bayes.hazard.piecewise import FloatArray

# Two times closer than this are one time, as in R's survival; relative to the median time and not, as there, to the
# mean, which one mistyped time can raise until all others are one.
TIE_TOLERANCE = 1.5e-8
# Digits kept of a time in months, so that days, weeks, months and years give the same numbers.
DIGITS = 11
MISSING_REMEDY = 'correct them, remove the rows, or declare missing = "drop" for this endpoint'
CODED = {"0": 0.0, "1": 1.0, "false": 0.0, "true": 1.0, "False": 0.0, "True": 1.0, "FALSE": 0.0, "TRUE": 1.0}


@dataclass(frozen=True, slots=True)
class EndpointData:
    """Follow-up of every patient for one endpoint.

    Attributes
    ----------
    time : (n,) months from time zero to event or censoring; NaN for a patient without follow-up.
    event : (n,) 1 = event, 0 = censored; NaN where time is.
    entry : (n,) months from time zero at which observation began; 0 without delayed entry.
    left : (n,) the last month known without the event, of an event that lies between it and ``time``; equal to ``time``
        where the month of an event is known, and for censored patients. None: every event has its month.
    """

    time: FloatArray
    event: FloatArray
    entry: FloatArray
    left: FloatArray | None = None

    @property
    def present(self) -> NDArray[np.bool_]:
        """Which patients have a time."""
        return ~np.isnan(self.time)

    @property
    def events(self) -> int:
        """Number of events."""
        return int(np.nansum(self.event))

    def at(self, where: NDArray[np.int64] | NDArray[np.bool_]) -> "EndpointData":
        """Return the follow-up of the rows at some positions."""
        left = None if self.left is None else self.left[where]
        return EndpointData(self.time[where], self.event[where], self.entry[where], left)


def read_endpoint(table: RawTable, endpoint: EndpointSchema, schema: CohortSchema) -> EndpointData:
    """Read and check one endpoint.

    Raises
    ------
    CohortError : with file, rows, column, what was given and what to do.
    """
    time, cut = follow_up(table, endpoint, schema)
    event = np.where(cut, 0.0, events(table, endpoint))
    gone = np.isnan(time) | np.isnan(event)
    if endpoint.missing == "drop":
        refuse_nobody(table, endpoint, gone)
        time, event = np.where(gone, np.nan, time), np.where(gone, np.nan, event)
    else:
        refuse(table, np.isnan(time), endpoint.time, "time is missing", MISSING_REMEDY)
        refuse(table, np.isnan(event), endpoint.event, "event is missing", MISSING_REMEDY)
    if endpoint.from_zero:
        refuse_values(table, time < 0.0, endpoint.time, "a follow-up time must be above 0, or 0 on the day of the cut")
    else:
        refuse_values(table, time <= 0.0, endpoint.time, "a follow-up time must be above 0")
    if endpoint.entry is None:
        entry = np.zeros_like(time)
    else:
        entry = read_entry(table, endpoint.entry, schema.months_per_unit, gone)
    time, entry = snap_ties(time, entry)
    none = (entry > time) if endpoint.from_zero else (entry >= time)
    refuse_values(table, none, endpoint.time, after_entry(endpoint), also=endpoint.entry)
    return EndpointData(time, event, entry)


def follow_up(table: RawTable, endpoint: EndpointSchema, schema: CohortSchema) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return months of follow-up, and whose follow-up the data cut ended: from a column of times, or of two dates."""
    if endpoint.left is not None:
        right, left = (numbers(table, column) * schema.months_per_unit for column in (endpoint.time, endpoint.left))
        time = significant(np.where(np.isnan(right), left, right))
        return time, np.zeros(time.size, dtype=np.bool_)
    if endpoint.start_date is None:
        refuse_a_date(table, endpoint)
        time = months(table, endpoint.time, schema.months_per_unit)
        return time, np.zeros(time.size, dtype=np.bool_)
    found = between(table, endpoint.start_date, endpoint.time, endpoint.cutoff)
    if np.isnan(found.months).all():
        raise CohortError(
            f"{table.source}, columns '{endpoint.start_date}' and '{endpoint.time}': no patient has both dates; name "
            "other columns"
        )
    return significant(found.months), found.cut


def refuse_a_date(table: RawTable, endpoint: EndpointSchema) -> None:
    """Raise where a column of times holds dates: the first value says so."""
    given = next((value for value in table.columns.get(endpoint.time, ()) if value is not None), None)
    if given is None or as_number(given) is not None or isinstance(read_date(given, Order(None)), str):
        return
    first = "start" if endpoint.start_stop else "time"
    raise CohortError(
        f"{table.source}, {table.place([table.columns[endpoint.time].index(given)])}, column '{endpoint.time}': "
        f'{str(given)!r} is a date, not a time; write in endpoints.{endpoint.name} start_date = "COLUMN", the day at '
        f'which follow-up begins, and end_date = "{endpoint.time}" in place of {first} (months are days / 30.4375)'
    )


def after_entry(endpoint: EndpointSchema) -> str:
    """Say the rule that follow-up ends after it began."""
    if endpoint.start_stop:
        return f"a row must stop after it starts in column '{endpoint.entry}'"
    began = "time zero" if endpoint.entry is None else f"entry in column '{endpoint.entry}'"
    return f"follow-up must end after {began}"


def refuse_nobody(table: RawTable, endpoint: EndpointSchema, gone: NDArray[np.bool_]) -> None:
    """Raise if no patient has both a time and an event."""
    if gone.all():
        raise CohortError(
            f"{table.source}, columns '{endpoint.time}' and '{endpoint.event}': no patient has a value in both; "
            f"correct the columns of endpoints.{endpoint.name}"
        )


def months(table: RawTable, column: str, months_per_unit: float) -> FloatArray:
    """Return a column of times in months, rounded to 11 significant digits."""
    need_column(table, column)
    values = numbers(table, column)
    if np.isnan(values).all():
        raise CohortError(f"{table.source}, column '{column}': every value is missing; name another column")
    refuse_values(table, np.isinf(values), column, "a time must be finite")
    return significant(values * months_per_unit)


def significant(values: FloatArray) -> FloatArray:
    """Round to 11 significant digits; zero and NaN stay."""
    with np.errstate(divide="ignore", invalid="ignore"):
        magnitude = np.floor(np.log10(np.abs(values)))
    power = 10.0 ** np.clip(np.where(np.isfinite(magnitude), DIGITS - 1 - magnitude, 0.0), -300.0, 300.0)
    return np.round(values * power) / power


def as_read(month: float) -> float:
    """Return a month as the months of a file are rounded on reading, so that 37 days of both are one month.

    Examples
    --------
    >>> as_read(37 / 30.4375)
    1.2156057495
    """
    return float(significant(np.array([month]))[0])


def snap_ties(time: FloatArray, entry: FloatArray, *, of: FloatArray | None = None) -> tuple[FloatArray, FloatArray]:
    """Make times that differ by float noise equal, over exits and entries together.

    Parameters
    ----------
    time, entry : months.
    of : the months whose differences these are, and of whose size the noise is; None: they were read as they stand.

    Examples
    --------
    >>> last, begun = (significant(np.array(days) / 30.4375) for days in ([2925.0, 1000.0], [2195.0, 270.0]))
    >>> len(set((last - begun).tolist())), len(set(snap_ties(last - begun, np.zeros(2), of=last)[0].tolist()))
    (2, 1)
    """
    distinct = np.unique(np.concatenate([time, np.unique(entry)]))
    distinct = distinct[~np.isnan(distinct)]
    size = np.abs(distinct) if of is None else np.abs(of)
    apart = np.append(True, np.diff(distinct) > TIE_TOLERANCE * np.median(size)) if distinct.size > 1 else True
    if np.all(apart):
        return time, entry
    both = np.concatenate([time, entry])
    first = distinct[apart][np.cumsum(apart) - 1]
    position = np.clip(np.searchsorted(distinct, both), 0, distinct.size - 1)
    snapped = np.where(np.isnan(both), np.nan, first[position])
    return snapped[: time.size], snapped[time.size :]


def read_entry(table: RawTable, column: str, months_per_unit: float, gone: NDArray[np.bool_]) -> FloatArray:
    """Return entry times in months; a patient without follow-up gets 0."""
    entry = months(table, column, months_per_unit)
    refuse(
        table,
        np.isnan(entry) & ~gone,
        column,
        "entry is missing",
        "write 0 for a patient seen from time zero",
    )
    refuse_values(table, entry < 0.0, column, "entry cannot be negative")
    return np.where(gone, 0.0, entry)


def events(table: RawTable, endpoint: EndpointSchema) -> FloatArray:
    """Return the event column as 0/1, missing as NaN, by the declared values."""
    need_column(table, endpoint.event)
    given = words(event_cells(table, endpoint))
    seen = sorted(w for w in set(given) if w is not None)
    if not seen:
        raise CohortError(f"{table.source}, column '{endpoint.event}': every value is missing; name another column")
    refuse_opposite(table, endpoint)
    mapping: dict[str | None, float] = {None: math.nan}
    mapping.update(event_mapping(endpoint, seen))
    if not mapping.keys() >= set(seen):
        bad = [i for i, w in enumerate(given) if w not in mapping]
        raise CohortError(
            f"{table.source}, {table.place(bad)}, column '{endpoint.event}': {given[bad[0]]!r} is not a declared "
            f"event value; {event_remedy(endpoint, seen)}"
        )
    if endpoint.event_values and not any(mapping[w] for w in seen):
        raise CohortError(
            f"{table.source}, column '{endpoint.event}': none of the declared event_values "
            f"{list(endpoint.event_values)} occurs; the column holds {some_of(seen)}; correct the schema"
        )
    return np.fromiter(map(mapping.__getitem__, given), np.float64, len(given))


def event_cells(table: RawTable, endpoint: EndpointSchema) -> list[object]:
    """Return the cells of the event column, with the labels of their codes where those are the declared words."""
    values = table.columns[endpoint.event]
    declared = {str(word(value)) for value in (*endpoint.event_values, *endpoint.censored_values)}
    meant = {code: label for code, label in table.codes.get(endpoint.event, {}).items() if word(label) in declared}
    return spoken_by_codes(values, meant, declared) if meant else values


def refuse_opposite(table: RawTable, endpoint: EndpointSchema) -> None:
    """Raise where 1 would be taken as the event and the file says that it is none: by a name, or by a label."""
    if endpoint.event_values or is_reversed(endpoint):
        return
    label = (table.codes.get(endpoint.event) or codes_in(endpoint.event)).get("1", "")
    named, labelled = opposite(endpoint.event), label_without_event(label)
    if named or labelled:
        why = f"the file calls 1 {label!r}" if labelled else "1 may then be a patient without the event"
        raise CohortError(
            f"{table.source}, column '{endpoint.event}': 0 and 1 can mean either here ({why}); say which is the event: "
            f'event_values = ["0"], or ["1"], in endpoints.{endpoint.name}'
        )


def is_reversed(endpoint: EndpointSchema) -> bool:
    """Whether the event column is one of ADaM: CNSR, in which 0 is an event and above 0 is censored."""
    first = endpoint.event.strip().casefold().split()[:1]
    return not endpoint.event_values and first == ["cnsr"]


def event_mapping(endpoint: EndpointSchema, seen: list[str]) -> dict[str, float]:
    """Return what each word means: 1 event, 0 censored."""
    if is_reversed(endpoint):
        return {w: 1.0 if w == "0" else 0.0 for w in seen if w.isdigit()}
    if not endpoint.event_values:
        return CODED
    happened = {str(word(v)): 1.0 for v in endpoint.event_values}
    if endpoint.censored_values:
        return dict.fromkeys([str(word(v)) for v in endpoint.censored_values], 0.0) | happened
    # 'Dead' beside event_values = ["dead"] is no censored patient: it stays undeclared and is refused.
    alike = {w.casefold() for w in happened}
    return dict.fromkeys([w for w in seen if w.casefold() not in alike], 0.0) | happened


def event_remedy(endpoint: EndpointSchema, seen: list[str]) -> str:
    """Say what to declare for the values that the column holds."""
    held = f"the column holds {some_of(seen)}"
    if endpoint.event_values:
        return f"{held}; add it to event_values or censored_values of endpoints.{endpoint.name}"
    return (
        f"{held}, and without a declaration only 0/1 or true/false are understood; "
        f"declare event_values = [..] in endpoints.{endpoint.name}"
    )


def need_column(table: RawTable, column: str) -> None:
    """Raise if the table has no such column, with the nearest name."""
    if column in table.columns:
        return
    raise CohortError(
        f"{table.source}: column '{column}' is missing; {suggestion(column, table.columns)} "
        "(correct the header or the schema)"
    )


def refuse(table: RawTable, bad: NDArray[np.bool_], column: str, what: str, remedy: str) -> None:
    """Raise for the rows where ``bad`` holds."""
    which = np.flatnonzero(bad).tolist()
    if which:
        raise CohortError(f"{table.source}, {table.place(which)}, column '{column}': {what}; {remedy}")


def refuse_values(table: RawTable, bad: NDArray[np.bool_], column: str, rule: str, *, also: str | None = None) -> None:
    """Raise for the rows where ``bad`` holds, showing values (and those of column ``also``) as the table has them."""
    which = np.flatnonzero(bad).tolist()
    if which:
        shown = [table.columns[column][i] for i in which]
        if also is not None:
            shown = [f"{value} (entry {table.columns[also][i]})" for value, i in zip(shown, which, strict=True)]
        raise CohortError(
            f"{table.source}, {table.place(which)}, column '{column}': {rule}, was given {some_of(shown, most=3)}; "
            "correct or remove these rows"
        )


def refuse_order(table: RawTable, schema: CohortSchema, endpoints: Mapping[str, EndpointData]) -> None:
    """Raise where an endpoint outlasts the one it can never outlast (PFS after OS)."""
    for name, endpoint in schema.endpoints.items():
        later = endpoint.not_after or ("os" if name == "pfs" and "os" in endpoints else None)
        if later is None:
            continue
        # Times before ties were made: snapping could put equal times a little apart.
        both = endpoints[name].present & endpoints[later].present
        limit = follow_up(table, schema.endpoints[later], schema)[0]
        exceeds = follow_up(table, endpoint, schema)[0] > limit * (1.0 + TIE_TOLERANCE)
        bad = np.flatnonzero(both & exceeds).tolist()
        if bad:
            other = schema.endpoints[later].time
            values = f"{table.columns[endpoint.time][bad[0]]} > {table.columns[other][bad[0]]}"
            raise CohortError(
                f"{table.source}, {table.place(bad)}, column '{endpoint.time}': {name} ends after {later} "
                f"({values} in {table.row_word} {table.rows[bad[0]]}); no patient can progress after the end of "
                f"follow-up for {later}; correct these rows"
            )
