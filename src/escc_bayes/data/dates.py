"""Dates as files have them, to months of follow-up: 1 month = 30.4375 days.

A date is read where it can mean one day only. 2019-01-07, 2019/1/7, 2019年1月7日, 20190107, 7 Jan 2019, Jan 7 2019,
7.1.2019 (points: the day first) and 07-Jan-19 (the last year of these digits) can; 1/7/2019 can where another cell of
the column, or of another column of the file, has a number above 12 in one of the two places. What remains is refused
with both readings.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from escc_bayes.data.table import RawTable
from escc_bayes.data.words import as_number
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import CohortError, some_of
from escc_bayes.hazard.piecewise import FloatArray

DAYS_PER_MONTH = 30.4375
CLOCK = r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s*(?:[AaPp]\.?[Mm]\.?|Z|[+-]\d{2}:?\d{2}))?)?"
# Patterns as text: they are compiled when the first date is read, and most files have none.
YEAR_FIRST = rf"(\d{{4}})\s*[-/.年년 ]\s*(\d{{1,2}})\s*[-/.月월 ]\s*(\d{{1,2}})\s*[日일号.]?\s*{CLOCK}"
YEAR_LAST = rf"(\d{{1,2}})\s*([-/. ])\s*(\d{{1,2}})\s*\2\s*(\d{{4}})\s*{CLOCK}"
SHORT_YEAR = rf"(\d{{1,2}})\s*([-/.])\s*(\d{{1,2}})\s*\2\s*(\d{{2}})\s*{CLOCK}"
COMPACT = r"(\d{4})(\d{2})(\d{2})"
NAMED = rf"(\d{{1,2}})(?:st|nd|rd|th)?[-./ ]*([^\W\d_]{{3,9}})\.?[-,./ ]*(\d{{4}}|\d{{2}})\s*{CLOCK}"
NAMED_FIRST = rf"([^\W\d_]{{3,9}})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\s*{CLOCK}"
WEEKDAY = r"(?is)(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\.?,?\s+)?(.*)"
# First letters of the months in English, German, French, Spanish, Italian, Portuguese and Russian.
MONTHS = (
    ("jan", "ene", "gen", "янв"),
    ("feb", "fév", "fev", "фев"),
    ("mar", "mär", "mrz", "мар"),
    ("apr", "avr", "abr", "апр"),
    ("may", "mai", "mag", "мая", "май"),
    ("jun", "juin", "giu", "июн"),
    ("jul", "juil", "lug", "июл"),
    ("aug", "aoû", "aou", "ago", "авг"),
    ("sep", "set", "сен"),
    ("oct", "okt", "ott", "out", "окт"),
    ("nov", "ноя"),
    ("dec", "dez", "déc", "dic", "дек"),
)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Day 1 of a workbook, whose day 60 never was; and the days that a column of such numbers may hold (1954 to 2064).
EXCEL_ZERO, SERIALS = date(1899, 12, 30), (20_000, 60_000)
EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Order:
    """What a column of dates such as 1/7/2019 says of their order: True day first, False month first, None neither."""

    day_first: bool | None


def dates(table: RawTable, column: str) -> list[date | None]:
    """Return a column as dates, None where missing.

    Raises
    ------
    CohortError : no date, a date that may be two days, a day that the calendar has not, a weekday that is not the
        date's, with rows.
    """
    values = table.columns[column]
    order = order_of(table, column)
    known: dict[object, date | str | None] = {}
    for value in set(values):
        known[value] = None if value is None else read_date(value, order)
    bad = [place for place, value in enumerate(values) if isinstance(known[value], str)]
    if bad:
        raise CohortError(
            f"{table.source}, {table.place(bad)}, column '{column}': {str(values[bad[0]])!r} {known[values[bad[0]]]}"
        )
    return [known[value] for value in values]  # type: ignore[misc]


def read_date(value: object, order: Order) -> date | str:
    """Return the day that a cell names, or why it names none.

    Examples
    --------
    >>> read_date("7 Jan 2019", Order(None)), read_date("2019年1月7日", Order(None))
    (datetime.date(2019, 1, 7), datetime.date(2019, 1, 7))
    >>> read_date("1/7/2019", Order(None))
    'may be 1 July 2019 or 7 January 2019; write dates as 2019-07-01, or 2019-01-07'
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    number = as_number(value)
    if number is not None and number.is_integer() and SERIALS[0] <= number <= SERIALS[1]:
        return EXCEL_ZERO + timedelta(days=int(number))
    text = str(int(number)) if number is not None and number.is_integer() else str(value).strip()
    said, rest = re.fullmatch(WEEKDAY, text).groups()  # type: ignore[union-attr]
    found = from_text(rest, order)
    if isinstance(found, date) and said and WEEKDAYS.index(said.lower()) != found.weekday():
        return f"is a {found:%A}; correct the date or its weekday"
    return found


@lru_cache(maxsize=4096)
def from_text(text: str, order: Order) -> date | str:
    """Return the day that text names, or why it names none."""
    for pattern, (year, month, day) in ((YEAR_FIRST, (0, 1, 2)), (COMPACT, (0, 1, 2))):
        match = re.fullmatch(pattern, text)
        if match:
            parts = [int(part) for part in match.groups()]
            return on_calendar(parts[year], parts[month], parts[day])
    match = re.fullmatch(NAMED, text)
    if match:
        return in_named_month(match.group(2), int(match.group(1)), match.group(3))
    match = re.fullmatch(NAMED_FIRST, text)
    if match:
        return in_named_month(match.group(1), int(match.group(2)), match.group(3))
    match = re.fullmatch(YEAR_LAST, text)
    if match:
        return year_last(int(match.group(1)), int(match.group(3)), int(match.group(4)), match.group(2), order)
    if re.fullmatch(SHORT_YEAR, text):
        return "has a year of two digits; write it with four, as in 2019-01-07"
    return "is no date; write 2019-01-07, or leave the cell empty if it is missing"


def in_named_month(name: str, day: int, year: str) -> date | str:
    """Return the day of a month called by its name; of two digits the last year that has come, as SAS and Excel do."""
    month = next((place for place, names in enumerate(MONTHS, 1) if name.lower().startswith(names)), None)
    if month is None:
        return f"names no month that is known ('{name}'); write 2019-01-07"
    if len(year) == 4:
        return on_calendar(int(year), month, day)
    now = date.today().year + 1  # noqa: DTZ011 - a year serves, wherever it begins
    return on_calendar(now - (now - int(year)) % 100, month, day)


def year_last(first: int, second: int, year: int, sign: str, order: Order) -> date | str:
    """Return the day of 1/7/2019, by its numbers, its points, or the order that the other cells tell."""
    if first > 12 or second > 12:
        return on_calendar(year, *((second, first) if first > 12 else (first, second)))
    if sign == ".":
        return on_calendar(year, second, first)
    if first == second:
        return on_calendar(year, second, first)
    if order.day_first is None:
        one, other = on_calendar(year, second, first), on_calendar(year, first, second)
        return (
            f"may be {first} {one:%B %Y} or {second} {other:%B %Y}; write dates as {one}, or {other}"
            if isinstance(one, date) and isinstance(other, date)
            else "is no day of the calendar; correct it"
        )
    return on_calendar(year, second, first) if order.day_first else on_calendar(year, first, second)


def on_calendar(year: int, month: int, day: int) -> date | str:
    """Return a day, or why there is none."""
    try:
        found = date(year, month, day)
    except ValueError:
        return "is no day of the calendar; correct it"
    if found < EARLIEST:
        return f"is in the year {year}, and dates before {EARLIEST.year} are not read; correct it, or give months"
    return found


def order_of(table: RawTable, column: str) -> Order:
    """Return whether a column has the day or the month first, by its cells, then by those of the other columns."""
    own = order_among(table.columns[column])
    if own != {None}:
        return decided(table, column, own)
    others = set().union(*(order_among(values) for name, values in table.columns.items() if name != column))
    known = others - {None}
    return Order(known.pop()) if len(known) == 1 else Order(None)


def order_among(values: Iterable[object]) -> set[bool | None]:
    """Return what cells with a number above 12 say of the order; {None} if none does."""
    found: set[bool | None] = set()
    for value in set(values):
        match = re.fullmatch(YEAR_LAST, value.strip()) if isinstance(value, str) else None
        if match and match.group(2) != "." and (int(match.group(1)) > 12) != (int(match.group(3)) > 12):
            found.add(int(match.group(1)) > 12)
    return found or {None}


def decided(table: RawTable, column: str, found: set[bool | None]) -> Order:
    """Return the one order of a column; raise where some cells have the day first and others the month."""
    if len(found) == 1:
        return Order(found.pop())
    places: dict[bool, int] = {}
    for place, value in enumerate(table.columns[column]):
        for first in order_among([value]) - {None}:
            places.setdefault(bool(first), place)
    shown = " and ".join(
        f"{table.columns[column][place]!r} in {table.row_word} {table.rows[place]}" for place in places.values()
    )
    raise CohortError(
        f"{table.source}, column '{column}': {shown} cannot both be right: one has the day first, the other the month; "
        "write all dates as 2019-01-07"
    )


@dataclass(frozen=True, slots=True)
class Dated:
    """Follow-up between two dates.

    Attributes
    ----------
    months : (n,) months from the first to the last day, or to the data cut; NaN where either is missing.
    cut : (n,) whether follow-up was cut short by the data cut, so that its event does not count.
    """

    months: FloatArray
    cut: NDArray[np.bool_]


def between(table: RawTable, start: str, end: str, cutoff: date | None) -> Dated:
    """Return follow-up in months between the dates of two columns.

    Raises
    ------
    CohortError : a column is missing, a date is no date, an end before its start, a start after the data cut.
    """
    for column in (start, end):
        if column not in table.columns:
            raise CohortError(
                f"{table.source}: column '{column}' is missing; {suggestion(column, table.columns)} "
                "(correct the header or the schema)"
            )
    first, last = dates(table, start), dates(table, end)
    refuse_before_start(table, start, end, first, last)
    if cutoff is not None:
        refuse_after_cutoff(table, start, first, cutoff)
    cut = np.array([cutoff is not None and day is not None and day > cutoff for day in last])
    months = [
        np.nan if begin is None or stop is None else (min(stop, cutoff or stop) - begin).days / DAYS_PER_MONTH
        for begin, stop in zip(first, last, strict=True)
    ]
    return Dated(np.array(months, dtype=np.float64), cut)


def days_to_come(table: RawTable, columns: Iterable[str], *, today: date | None = None) -> list[str]:
    """Say which days have not come yet: slips of the pen, or a data cut that is still to be."""
    now = today or date.today()  # noqa: DTZ011 - a hospital's day is local
    found = []
    for column in columns:
        bad = [place for place, day in enumerate(dates(table, column)) if day is not None and day > now]
        if bad:
            shown = some_of([str(table.columns[column][place]) for place in bad], most=3)
            found.append(
                f"{table.source}, {table.place(bad)}, column '{column}': {shown} lie(s) in the future (today is "
                f"{now}); correct these dates"
            )
    return found


def refuse_before_start(
    table: RawTable, start: str, end: str, first: Sequence[date | None], last: Sequence[date | None]
) -> None:
    """Raise where follow-up ends before it starts; say where day and month of one date changed places."""
    bad = [
        place
        for place, (begin, stop) in enumerate(zip(first, last, strict=True))
        if begin is not None and stop is not None and stop < begin
    ]
    if not bad:
        return
    begin, stop = first[bad[0]], last[bad[0]]
    assert begin is not None
    assert stop is not None
    raise CohortError(
        f"{table.source}, {table.place(bad)}, column '{end}': follow-up ends before it starts "
        f"({stop} is before {begin} in column '{start}'){swapped(begin, stop)}; correct these dates"
    )


def swapped(begin: date, stop: date) -> str:
    """Say which date would be in order with its day and month changed over."""
    for given, as_start in ((stop, False), (begin, True)):
        other = on_calendar(given.year, given.day, given.month)
        if isinstance(other, date) and other != given and (other <= stop if as_start else other >= begin):
            return f"; with day and month changed over {given} is {other}, which would be in order"
    return ""


def refuse_after_cutoff(table: RawTable, start: str, first: Sequence[date | None], cutoff: date) -> None:
    """Raise where a patient's time zero lies after the data cut."""
    bad = [place for place, day in enumerate(first) if day is not None and day > cutoff]
    if bad:
        shown = some_of([str(table.columns[start][place]) for place in bad], most=3)
        raise CohortError(
            f"{table.source}, {table.place(bad)}, column '{start}': {shown} lies after the data cut of {cutoff}; "
            "correct the date or the cutoff, or leave these patients out"
        )
