"""What the columns of one endpoint mean: months, dates or spans, events, entry. Read from TOML, closed vocabulary."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from escc_bayes.data.covariate_schema import table_words
from escc_bayes.data.words import word
from escc_bayes.foundation import checks
from escc_bayes.foundation.errors import SchemaError

MISSING_TIMES = ("refuse", "drop")
ENDPOINT_KEYS = (
    "time",
    "start",
    "stop",
    "left",
    "right",
    "start_date",
    "end_date",
    "cutoff",
    "event",
    "event_values",
    "censored_values",
    "entry",
    "not_after",
    "missing",
    "label",
)


@dataclass(frozen=True, slots=True)
class EndpointSchema:
    """Where one endpoint stands in the table.

    Attributes
    ----------
    name : the endpoint's word, such as ``os``.
    time, event, entry : column names; ``entry`` (delayed entry) may be absent.
    event_values : values that count as an event; empty: the column is 0/1 or true/false.
    censored_values : if given, any value outside both lists is an error.
    not_after : an endpoint that this one can never outlast (``os`` for ``pfs``).
    missing : what to do with patients without a time: refuse | drop (and count).
    label : words for tables and figures.
    start_stop : whether a patient may have several rows, each at risk from ``entry``, its start, to ``time``, its stop.
    start_date : column of the date of time zero; ``time`` is then the column of the date at which follow-up ends.
    cutoff : day of the data cut: follow-up and events after it do not count.
    left : column of the last month without the event, where events lie in intervals; ``time`` and ``event`` are then
        the column of the first month with it.
    from_zero : whether a follow-up of 0 is a patient (who entered on the day of the cut); not a key of schema files.
    """

    name: str
    time: str
    event: str
    event_values: tuple[str, ...] = ()
    censored_values: tuple[str, ...] = ()
    entry: str | None = None
    not_after: str | None = None
    missing: str = "refuse"
    label: str = ""
    start_stop: bool = False
    start_date: str | None = None
    cutoff: date | None = None
    from_zero: bool = False
    left: str | None = None


def endpoint_from(name: str, body: object, where: str) -> EndpointSchema:
    """Build one endpoint; ``pfs`` may not outlast ``os`` unless the schema says otherwise."""
    at = f"{where}, endpoints.{name}"
    raw = checks.table(body, at)
    checks.refuse_unknown_keys(raw, ENDPOINT_KEYS, at)
    if "left" in raw or "right" in raw:
        return interval_censored_from(name, raw, at)
    happened, censored = event_words(raw, at)
    start_stop = "start" in raw or "stop" in raw
    taken = [key for key in ("time", "entry", "start_date", "end_date", "cutoff") if start_stop and key in raw]
    if taken:
        raise SchemaError(
            f"{at}: '{taken[0]}' stands beside start and stop; a row is at risk from start to stop, and has no other "
            "time: remove it"
        )
    return EndpointSchema(
        name=checks.identifier(name, at),
        time=needed_text(raw, "stop", at) if start_stop else end_of_follow_up(raw, at),
        event=needed_text(raw, "event", at),
        event_values=happened,
        censored_values=censored,
        entry=needed_text(raw, "start", at) if start_stop else optional_text(raw, "entry", at),
        start_stop=start_stop,
        not_after=optional_text(raw, "not_after", at),
        missing=checks.one_of(raw.get("missing", "refuse"), MISSING_TIMES, f"{at}, missing"),
        label=checks.text(raw.get("label", name.upper()), f"{at}, label"),
        start_date=optional_text(raw, "start_date", at),
        cutoff=cutoff_from(raw, at),
    )


def interval_censored_from(name: str, raw: Mapping[str, object], at: str) -> EndpointSchema:
    """Build an endpoint whose events lie between two months; the columns themselves say who is censored."""
    taken = [key for key in raw if key not in ("left", "right", "entry", "not_after", "missing", "label")]
    if taken:
        raise SchemaError(
            f"{at}: '{taken[0]}' stands beside left and right; the event lies between the two, and right is empty for "
            "who is censored at left: remove it"
        )
    right = needed_text(raw, "right", at)
    return EndpointSchema(
        name=checks.identifier(name, at),
        time=right,
        event=right,
        left=needed_text(raw, "left", at),
        entry=optional_text(raw, "entry", at),
        not_after=optional_text(raw, "not_after", at),
        missing=checks.one_of(raw.get("missing", "refuse"), MISSING_TIMES, f"{at}, missing"),
        label=checks.text(raw.get("label", name.upper()), f"{at}, label"),
    )


def end_of_follow_up(raw: Mapping[str, object], at: str) -> str:
    """Return the column of the time, or of the date at which follow-up ends; one of the two is named."""
    dated = [key for key in ("start_date", "end_date") if key in raw]
    if not dated:
        return needed_text(raw, "time", at)
    if "time" in raw:
        raise SchemaError(
            f"{at}: time and {dated[0]} both say when follow-up ends; keep time, or start_date and end_date"
        )
    if len(dated) == 1:
        other = "end_date" if dated == ["start_date"] else "start_date"
        raise SchemaError(f"{at}: {dated[0]} stands without {other}; name the column of the other date too")
    if "entry" in raw:
        raise SchemaError(
            f"{at}: entry is a time, and this endpoint has dates; give times instead of dates, or no entry"
        )
    return needed_text(raw, "end_date", at)


def cutoff_from(raw: Mapping[str, object], at: str) -> date | None:
    """Return the day of the data cut; it needs dates."""
    if "cutoff" not in raw:
        return None
    value = raw["cutoff"]
    if "start_date" not in raw:
        raise SchemaError(
            f"{at}: cutoff is a date, and this endpoint has times; give start_date and end_date, or no cutoff"
        )
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(checks.text(value, f"{at}, cutoff"))
    except ValueError:
        raise SchemaError(
            f"{at}, cutoff: expected a date such as 2022-12-31, was given {checks.shown(value)}"
        ) from None


def event_words(raw: Mapping[str, object], at: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the declared values of events and of censored times; a value is one or the other."""
    happened, censored = (
        table_words(raw[key], f"{at}, {key}") if key in raw else () for key in ("event_values", "censored_values")
    )
    if censored and not happened:
        raise SchemaError(f"{at}: censored_values stands without event_values; declare what counts as an event too")
    both = {word(value) for value in happened} & {word(value) for value in censored}
    if both:
        raise SchemaError(f"{at}: '{both.pop()}' stands in event_values and in censored_values; keep it in one")
    return happened, censored


def optional_text(raw: Mapping[str, object], key: str, where: str) -> str | None:
    """Return the text under ``key``, or None if the key is absent."""
    return checks.text(raw[key], f"{where}, {key}") if key in raw else None


def needed_text(raw: Mapping[str, object], key: str, where: str) -> str:
    """Return the text under ``key``; raise ``SchemaError`` if the key is absent."""
    if key not in raw:
        raise SchemaError(f"{where}: the key '{key}' is missing; name the column that holds it")
    return checks.text(raw[key], f"{where}, {key}")
