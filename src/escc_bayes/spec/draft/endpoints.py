"""Endpoints as tables of a schema: which columns say when and whether, and what is in doubt."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.data.event_meaning import opposite
from escc_bayes.data.schema import MONTHS_PER, UNDECIDED
from escc_bayes.spec.draft import cell_words
from escc_bayes.spec.draft import vocabulary as words
from escc_bayes.spec.draft.column import Column
from escc_bayes.spec.draft.roles import Role, Roles

LABELS = {
    "os": "overall survival",
    "pfs": "progression-free survival",
    "dfs": "disease-free survival",
    "rfs": "relapse-free survival",
    "efs": "event-free survival",
    "ttp": "time to progression",
    "pfi": "progression-free interval",
    "dfi": "disease-free interval",
    "dss": "disease-specific survival",
    "css": "cancer-specific survival",
    "lrfs": "locoregional relapse-free survival",
    "dmfs": "distant metastasis-free survival",
}
# A longest time above the one can hardly be in months, below the other it may be in years.
LONG_IN_MONTHS, SHORT_IN_MONTHS = 200.0, 15.0
# Months below which times that a header calls days or weeks may be months.
SHORT_IN_DAYS = 6.0


@dataclass(frozen=True)
class Endpoint:
    """What an endpoint seems to be.

    Attributes
    ----------
    name : a key of ``LABELS``.
    time : column of the time; or the date at which follow-up ends.
    start : column of the date of time zero, where there are dates.
    event : column of the event.
    happened, censored : words of the event column; both empty for 0/1.
    why, check : reasons, and what a person must decide.
    without : patients without a time or an event.
    begins : column of the month at which a row begins, where patients have several.
    """

    name: str
    time: str
    event: str
    start: str = ""
    happened: tuple[str, ...] = ()
    censored: tuple[str, ...] = ()
    why: str = ""
    check: tuple[str, ...] = ()
    without: int = 0
    begins: str = ""


def endpoints_of(roles: Roles) -> list[Endpoint]:
    """Return the endpoints whose time or event a file has; overall survival with gaps where it has none."""
    found = [endpoint_of(roles, name) for name in LABELS if roles.of("event", name) or roles.of("time", name)]
    return [in_rows(endpoint, roles) for endpoint in found or [endpoint_of(roles, "os")]]


def in_rows(endpoint: Endpoint, roles: Roles) -> Endpoint:
    """Return an endpoint with start and stop where the file has columns of both."""
    stop = next((role.column.name for role in roles.of("time", "os") if words.ENDS.search(role.column.name)), "")
    begin = next((role.column.name for role in roles.of("begin")), "")
    if endpoint.name != "os" or not stop or not begin:
        return endpoint
    return replace(endpoint, time=stop, begins=begin, start="", without=0)


def endpoint_of(roles: Roles, name: str) -> Endpoint:
    """Return one endpoint; what no column tells is marked."""
    events, starts = roles.of("event", name), roles.of("start")
    ends, times = fullest(roles.of("end", name)), roles.of("time", name)
    check = [f"which of {names_of(times)}?"] if len(times) > 1 else []
    check += [f"which of {names_of(events)}?"] if len(events) > 1 else []
    start = starts[0].column.name if starts and ends else ""
    if start and times:
        # The time of ADaM is the one that was analysed.
        start = "" if times[0].column.name.casefold().startswith("aval") else start
        check += [f"these dates, or the time '{times[0].column.name}'?"] if start else []
    if start:
        time, why = ends[0].column.name, f"days from '{start}' to '{ends[0].column.name}'"
        check += [starts[0].check] if starts[0].check else []
        check += [f"which of {names_of(ends)}?"] if len(ends) > 1 else []
        if either_or(ends):
            # One date alone would leave out all others: those who live, or those who died.
            time = UNDECIDED
            check.append("the last day stands in the one or in the other: make one column of both, and name it")
    elif times:
        time, why = times[0].column.name, "a time"
    else:
        time, why = UNDECIDED, "no column of times or of a first and last day was found"
        check.append("name the column of the time, or start_date and end_date in its place")
    if not events:
        partly = next((role.column for role in ends if role.column.missing), None)
        question = "name the column that says who had the event"
        if partly is not None and time != UNDECIDED:
            question += f" (if '{partly.name}' is filled where it happened, add a column with 1 there and 0 elsewhere)"
        return Endpoint(name, time, UNDECIDED, start, why=why, check=(*check, question))
    happened, censored, doubt = event_words(events[0].column, name)
    if start and time == UNDECIDED:
        return Endpoint(name, time, events[0].column.name, start, happened, censored, why, (*check, *doubt))
    if alone(events[0].column):
        (text,), empty = events[0].column.counts, events[0].column.missing
        check.append(f"cells hold '{text}' or nothing ({empty}): if nothing means no event, write a word for it in")
        return Endpoint(name, time, events[0].column.name, start, (UNDECIDED,), (), why, tuple(check))
    used = [events[0].column, *([starts[0].column, ends[0].column] if start else [one.column for one in times[:1]])]
    return Endpoint(
        name, time, events[0].column.name, start, happened, censored, why, (*check, *doubt), without_follow_up(used)
    )


def either_or(ends: Sequence[Role]) -> bool:
    """Whether dates of an end complete one another: patients who lack the fullest have another."""
    columns = [role.column for role in ends]
    gaps = (all(column.is_gone(value) for column, value in row) for row in rows_of(columns))
    return len(columns) > 1 and sum(gaps) < columns[0].missing


def alone(column: Column) -> bool:
    """Whether a column has one word and empty cells: what the others mean it does not say."""
    return len(column.counts) == 1 and column.missing > 0


def fullest(ends: Iterable[Role]) -> list[Role]:
    """Return dates, that which most patients have first: a death is that of the dead alone."""
    return sorted(ends, key=lambda role: role.column.missing)


def without_follow_up(used: Sequence[Column]) -> int:
    """Return how many rows lack one of the columns of an endpoint."""
    return sum(any(column.is_gone(value) for column, value in row) for row in rows_of(used))


def rows_of(used: Sequence[Column]) -> Iterator[list[tuple[Column, object]]]:
    """Yield the cells of each row, with their columns."""
    for cells in zip(*(column.values for column in used), strict=True):
        yield list(zip(used, cells, strict=True))


def names_of(roles: Sequence[Role]) -> str:
    """Return the names of columns, for a question."""
    return ", ".join(f"'{role.column.name}'" for role in roles)


def event_words(column: Column, name: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return words of events, of censored times, and what is in doubt; no words for an event column of 0 and 1."""
    held = sorted(column.counts)
    if column.name.strip().casefold().split()[0] == "cnsr":
        return (), (), ()
    if opposite(column.name) and set(held) <= {"0", "1"}:
        return (UNDECIDED,), (), (f"is 0 the event, since the column is called so? {counted(column)}",)
    meant = {text: column.codes.get(text, text) for text in held}
    # What a header says of its codes the file does not know: the schema then names the codes.
    write = {text: text if column.by_header else meant[text] for text in held}
    happened = tuple(write[text] for text in held if is_event(meant[text], name))
    censored = tuple(write[text] for text in held if is_no_event(meant[text], name) and write[text] not in happened)
    if len(censored) == len(held):
        return (), (), (f"nobody has the event? {counted(column)}",)
    if len(happened) + len(censored) == len(held) and happened:
        plain = set(held) <= {"0", "1"} and not column.codes
        return ((), (), doubt_of(column, "1")) if plain else (happened, censored, ())
    if set(held) == {"0", "1", "2"}:
        both = ("1", "2") if name == "pfs" else (UNDECIDED,)
        question = "1 and 2 taken as events (progressed, died)?" if name == "pfs" else "which codes are deaths?"
        return both, ("0",) if name == "pfs" else (), (f"{question} {counted(column)}",)
    if set(held) == {"1", "2"}:
        return (UNDECIDED,), (), (f"1 or 2: which is the event? {counted(column)}",)
    return (UNDECIDED,), (), (f"which of these are events? {counted(column)}",)


def is_event(text: str, name: str) -> bool:
    """Whether a word of a cell says that the event happened: of overall survival whoever is called dead."""
    said = text.casefold()
    return said in cell_words.HAPPENED or (name == "os" and said.startswith(cell_words.CALLED_DEAD))


def is_no_event(text: str, name: str) -> bool:
    """Whether a word of a cell says that the event did not happen: of overall survival whoever is called alive."""
    said = text.casefold()
    return said in cell_words.NOT_HAPPENED or (name == "os" and said.startswith(cell_words.CALLED_ALIVE))


def doubt_of(column: Column, happened: str) -> tuple[str, ...]:
    """Return a question where a column's name speaks of being alive, so that 1 may mean either."""
    if not any(
        part in column.words.casefold() for part in ("alive", "surviv", "生存", "存活", "状态", "status", "vital")
    ):
        return ()
    return (f"{happened} taken as the event; right? {counted(column)}",)


def counted(column: Column) -> str:
    """Return the words of a column with how often each stands."""
    return ", ".join(
        f"{text}{' = ' + column.codes[text] if text in column.codes else ''}: {count}"
        for text, count in sorted(column.counts.items())
    )


def unit_of(roles: Roles) -> tuple[str, str]:
    """Return the unit of the times and what is in doubt; dates are in months whatever it is."""
    times = [role.column for role in roles.of("time")]
    if not times:
        return "months", ""
    longest = max(float(np.max(column.known)) for column in times)
    for unit, pattern in words.UNITS:
        if any(pattern.search(column.words) for column in times):
            short = unit in ("days", "weeks") and longest * MONTHS_PER[unit] < SHORT_IN_DAYS
            return unit, f"the header says {unit}, and the longest time is {longest:g}: months?" if short else ""
    stated = {unit for unit, pattern in words.UNITS for word in unit_words(roles) if pattern.search(word)}
    if len(stated) == 1:
        return stated.pop(), ""
    unit = "days" if longest > LONG_IN_MONTHS else "months"
    return unit, f"the longest time is {longest:g}: {unit}{' or years' if longest < SHORT_IN_MONTHS else ''}?"


def unit_words(roles: Roles) -> list[str]:
    """Return what a column called after a unit says of all rows: AVALU of ADaM."""
    called = [role.column for role in roles.roles if words.UNIT_COLUMN.search(role.column.name)]
    return [text for column in called if len(column.counts) == 1 for text in column.counts]
