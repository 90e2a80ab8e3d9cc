"""From a file of which nothing is known to a schema and a model that say what each column seems to be."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from escc_bayes.data.dates import DAYS_PER_MONTH, read_date
from escc_bayes.data.files.options import FileOptions
from escc_bayes.data.schema import MONTHS_PER, UNDECIDED
from escc_bayes.data.table import RawTable, read_table
from escc_bayes.data.words import as_number
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.errors import CohortError
from escc_bayes.spec.draft.column import Column, columns_of
from escc_bayes.spec.draft.covariates import Guess, guess_of
from escc_bayes.spec.draft.endpoints import Endpoint, endpoints_of, unit_of
from escc_bayes.spec.draft.model_text import model_text
from escc_bayes.spec.draft.naming import name_of
from escc_bayes.spec.draft.roles import Role, Roles, roles_of
from escc_bayes.spec.draft.schema_text import questions_in, schema_text

if TYPE_CHECKING:
    import pandas as pd

# What the columns of a table of patients are read as, in words.
WORDS = {
    "identifier": "identifier",
    "personal": "personal data",
    "start": "first day",
    "begin": "start of a row",
    "end": "last day",
    "left out": "not used",
}


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One column as ``draft`` shows it.

    Attributes
    ----------
    column : its name; of personal data the name alone is shown.
    read_as : what it is taken for.
    holds : levels with counts, or the range of its numbers.
    missing : cells that are empty or hold a word for a missing value.
    check : what a person must decide, or why it is not used.
    """

    column: str
    read_as: str
    holds: str
    missing: int
    check: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A first schema and model for a file.

    Attributes
    ----------
    rows : one for each column.
    schema, model : text of the two files.
    questions : the lines of both that a person must decide.
    notes : what was noticed about the file.
    """

    rows: tuple[DraftRow, ...]
    schema: str
    model: str
    questions: tuple[str, ...]
    notes: tuple[str, ...]


@careful
def draft(source: "str | Path | pd.DataFrame", options: FileOptions | None = None) -> Draft:
    """Guess what the columns of a file mean.

    Parameters
    ----------
    source : file, or data frame.
    options : how the file is read, where it does not tell.

    Returns
    -------
    Draft: nothing of it holds before a person has read it.

    Raises
    ------
    CohortError : the file cannot be read as a table.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"id": ["A1", "A2", "A3"], "os_months": [5.0, 9.5, 12.0], "dead": [1, 0, 1]})
    >>> [row.read_as for row in draft(rows).rows]
    ['identifier', 'time of os', 'event of os']
    """
    return draft_of(read_table(source, options or FileOptions()))


def draft_of(table: RawTable) -> Draft:
    """Return the draft of a table; see ``draft``."""
    columns = columns_of(table)
    refuse_one_column(table, columns)
    roles = roles_of(columns)
    endpoints = endpoints_of(roles)
    guesses = guesses_of(columns, roles)
    unit = unit_of(roles)
    file = Path(table.source).name
    schema = schema_text(file, roles, endpoints, guesses, gone_words(roles), unit)
    events, last = size_of(roles, endpoints[0], MONTHS_PER[unit[0]])
    model = model_text(endpoints[0], guesses, events, last)
    rows = tuple(row_of(role, endpoints, guesses) for role in roles.roles)
    return Draft(rows, schema, model, (*questions_in(schema), *questions_in(model)), table.notes)


def guesses_of(columns: Sequence[Column], roles: Roles) -> list[Guess]:
    """Return the covariates with a name each."""
    taken: set[str] = set()
    found = []
    for place, column in enumerate(columns, start=1):
        if any(role.column is column for role in roles.of("covariate")):
            name = name_of(column.name, place, taken)
            taken.add(name)
            found.append(guess_of(column, name))
    return found


def refuse_one_column(table: RawTable, columns: Sequence[Column]) -> None:
    """Raise where all cells of a row stand in one column: another sign than those known is between them."""
    if len(columns) == 1:
        raise CohortError(
            f"{table.source}: has one column, {columns[0].name!r}; if another sign than comma, semicolon, tab or | "
            "stands between the cells (such as spaces), save the file with one of these"
        )


def gone_words(roles: Roles) -> tuple[list[str], str]:
    """Return the words for missing values of all columns that are used, and what is in doubt about them.

    A number means so in its own column alone: that of a covariate stands in its table, that of a time is asked about.
    """
    used = [role for role in roles.roles if role.what not in ("left out", "personal", "identifier")]
    found = {word for role in used for word in role.column.gone if word.strip() and as_number(word) is None}
    others = (role.column for role in used if role.what != "covariate")
    coded = {column.name: column.missing_codes for column in others if column.missing_codes}
    asked = "; ".join(f"{', '.join(codes)} in '{name}': a missing value?" for name, codes in coded.items())
    return [*sorted(found), *dict.fromkeys(code for codes in coded.values() for code in codes)], asked


def size_of(roles: Roles, endpoint: Endpoint, months_per_unit: float) -> tuple[int, float]:
    """Return about how many events an endpoint has, and months of its longest follow-up."""
    by_name = {role.column.name: role.column for role in roles.roles}
    event, time = by_name.get(endpoint.event), by_name.get(endpoint.time)
    happened = {"1", "true"} if not endpoint.happened else set(endpoint.happened)
    events = 0
    if event is not None:
        events = sum(n for text, n in event.counts.items() if text in happened or event.codes.get(text) in happened)
        events = events or sum(event.counts.values()) // 2
    if time is None:
        return events, 60.0
    if not endpoint.start:
        return events, float(np.max(time.known)) * months_per_unit if time.known.size else 60.0
    return events, longest_days(by_name[endpoint.start], time) / DAYS_PER_MONTH


def longest_days(start: Column, end: Column) -> float:
    """Return the longest time between two dates of one row, as far as they can be read."""
    found = [
        (stop - begin).days
        for one, other in zip(start.values, end.values, strict=True)
        for begin, stop in [(read_date(one, start.order), read_date(other, end.order))]
        if not isinstance(begin, str) and not isinstance(stop, str)
    ]
    return float(max(found, default=1826))


def row_of(role: Role, endpoints: Sequence[Endpoint], guesses: Sequence[Guess]) -> DraftRow:
    """Return what is shown of one column."""
    column = role.column
    guess = next((guess for guess in guesses if guess.column is column), None)
    check, read_as = role.check, WORDS.get(role.what, role.what)
    if guess is not None:
        read_as, check = guess.kind, "; ".join(guess.check)
    elif role.what in ("time", "end", "event"):
        read_as = f"{read_as} of {role.endpoint}"
        mine = [endpoint for endpoint in endpoints if column.name in (endpoint.event,)]
        check = "; ".join(question for endpoint in mine for question in endpoint.check) or check
    elif role.what in ("left out", "personal"):
        check = role.why
    return DraftRow(
        column.name, read_as, holds(role, guess), column.missing, check.replace(f'"{UNDECIDED}"', UNDECIDED)
    )


def holds(role: Role, guess: Guess | None) -> str:
    """Return levels with counts or the range of numbers; nothing of personal data, identifiers and remarks."""
    column = role.column
    if role.what in ("personal", "identifier") or not column.counts:
        return ""
    if column.is_date:
        days = [read_date(value, column.order) for value in column.values if not column.is_gone(value)]
        known = [day for day in days if not isinstance(day, str)]
        return f"{min(known)} to {max(known)}" if known else ""
    if column.is_number and not column.is_code:
        return f"{column.known.min():g} to {column.known.max():g}"
    if role.what == "left out" and len(column.counts) > 1:
        return f"{len(column.counts)} different words"
    meant = {**column.codes, **dict(guess.codes if guess is not None else ())}
    times: Counter[str] = Counter()
    for text, count in column.counts.items():
        times[meant.get(text, text)] += count
    meant |= dict(guess.labels if guess is not None else ())
    order = (
        [meant.get(level, level) for level in guess.levels]
        if guess is not None
        else [meant.get(text, text) for text in sorted(column.counts)]
    )
    return ", ".join(f"{level} ({times[level]})" for level in dict.fromkeys(order) if level in times)
