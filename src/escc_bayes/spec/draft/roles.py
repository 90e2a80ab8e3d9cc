"""What each column of a file is for: who, when, whether, and what may explain it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.data.dates import read_date
from escc_bayes.data.words import word
from escc_bayes.foundation.errors import some_of
from escc_bayes.spec.draft import cell_words
from escc_bayes.spec.draft import vocabulary as words
from escc_bayes.spec.draft.column import MOST_CODES, Column

# Words beyond which a column of text is a remark and no covariate.
MOST_LEVELS = 12
# Rows from which whole numbers, each one more than the last, are a numbering.
LEAST_COUNTED = 10
# Share of negative numbers up to which they are slips in a column of times.
MOST_SLIPS = 0.1


@dataclass(frozen=True)
class Role:
    """What a column is for.

    Attributes
    ----------
    column : the column.
    what : identifier | personal | start | end | time | event | covariate | left out.
    endpoint : ``os``, ``pfs`` or as the file calls it, of times, ends and events.
    why : the reason of the guess.
    check : what a person must decide; nothing where little is in doubt.
    """

    column: Column
    what: str
    endpoint: str = ""
    why: str = ""
    check: str = ""


@dataclass(frozen=True)
class Roles:
    """The roles of all columns, in their order."""

    roles: tuple[Role, ...]

    def of(self, what: str, endpoint: str = "") -> tuple[Role, ...]:
        """Return the roles of one kind, of one endpoint where it is given."""
        return tuple(role for role in self.roles if role.what == what and endpoint in ("", role.endpoint))


def roles_of(columns: Sequence[Column]) -> Roles:
    """Return what each column is for.

    By name and cells, one after another: personal data and identifiers, dates, events, times; the rest are covariates.
    """
    found = [first_guess(column) for column in columns]
    return Roles(tuple(without_twins(named_alike(one_start(one_identifier(by_who_lives(surest_events(found))))))))


def first_guess(column: Column) -> Role:
    """Return what one column is for, the others not considered."""
    if not column.counts:
        return Role(column, "left out", why="every cell is empty")
    if words.PERSONAL.search(column.name) or words.PERSONAL.search(column.label) or holds_private(column):
        return Role(column, "personal", why="personal data: not used and not copied; take it out of the file")
    if words.OF_ADAM.search(column.name) and not words.ENDPOINTS.search(column.name):
        return Role(column, "left out", why="a time or event of an endpoint of its own")
    if column.is_date:
        return of_date(column)
    if is_identifier(column):
        return Role(column, "identifier", why="no two cells are alike")
    if repeats_patients(column):
        again = sum(column.counts.values()) - len(column.counts)
        check = f"{again} row(s) repeat an identifier ({twice(column)}): one row for each patient?"
        return Role(column, "identifier", why="called so", check=check)
    named_event = bool(words.EVENT.search(column.words))
    if len(column.counts) == 1 < len(column.values) and not (named_event and is_status(column)):
        return Role(column, "left out", why="every patient has the same")
    if named_event and is_status(column) and not words.OTHER_STATUS.search(column.words):
        return Role(column, "event", endpoint_of(column), "name and few values")
    if column.is_number and words.ENDS.search(column.name):
        return Role(column, "time", "os", "the month at which a row ends")
    if column.is_number and words.BEGINS.search(column.name):
        return Role(column, "begin", "os", "the month at which a row begins")
    if words.TIME.search(column.words) and can_be_time(column):
        return Role(column, "time", endpoint_of(column), "name and positive numbers")
    return of_covariate(column)


def says_who_lives(column: Column) -> bool:
    """Whether every cell calls somebody dead or alive, and both stand there, whatever the column is called."""
    said = {column.codes.get(text, text).casefold() for text in column.counts}
    return said <= cell_words.LIFE and bool(said & cell_words.DIED) and bool(said & cell_words.LIVES)


def can_be_time(column: Column) -> bool:
    """Whether numbers can be times: no calendar years; a few negative ones are slips, which reading names."""
    if not column.is_number or column.is_code or words.NO_TIME.search(column.words):
        return False
    years = bool(((column.known >= 1900.0) & (column.known <= 2100.0) & (column.known % 1 == 0.0)).all())
    return not years and float((column.known < 0.0).mean()) < MOST_SLIPS


def of_date(column: Column) -> Role:
    """Return what a date is of: time zero, progression, or the last day seen."""
    if words.PROGRESSION.search(column.words):
        return Role(column, "end", "pfs", "dates, called after progression")
    lower = column.name.split()[-1]
    started = words.START.search(lower) and not words.DEATH.search(lower)
    if started or (words.START.search(column.words) and not words.DEATH.search(column.words)):
        return Role(column, "start", why="dates, called after a start")
    if words.DEATH.search(column.words):
        return Role(column, "end", "os", "dates, called after death or last follow-up")
    return Role(column, "left out", why="dates whose name tells nothing; a covariate is a word or a number")


def is_identifier(column: Column) -> bool:
    """Whether cells tell patients apart: all different, and called so or no measurement."""
    if not column.unique:
        return False
    if words.IDENTIFIER.search(column.name) or words.IDENTIFIER.search(column.label):
        return True
    if column.is_number:
        return numbers_in_turn(column)
    if number_with_words(column) and len({text.strip(words.FIGURES) for text in column.counts}) == 1:
        return False
    return all(any(sign.isdigit() for sign in text) and len(text) <= 20 for text in column.counts)


def repeats_patients(column: Column) -> bool:
    """Whether a column is called an identifier and has most of its values once, or each a few times."""
    called = words.IDENTIFIER.search(column.name) or words.IDENTIFIER.search(column.label)
    return bool(called) and len(column.counts) > MOST_LEVELS and max(column.counts.values()) > 1


def twice(column: Column) -> str:
    """Return some identifiers that stand more than once."""
    return some_of([text for text, count in column.counts.items() if count > 1], most=3)


def numbers_in_turn(column: Column) -> bool:
    """Whether a column counts its rows: each whole number one more than that above it, of nothing called a measure."""
    known = column.known
    counted = known.size >= LEAST_COUNTED and bool(np.all(np.diff(known) == 1.0) and known[0] == np.floor(known[0]))
    return counted and not (words.MEASURE.search(column.words) or words.TIME.search(column.words))


def holds_private(column: Column) -> bool:
    """Whether cells look like addresses of mail, telephone or identity numbers."""
    texts = list(column.counts)[:50]
    return bool(texts) and all(words.PRIVATE_CELL.fullmatch(text) for text in texts)


def is_status(column: Column) -> bool:
    """Whether cells say happened or not: few codes, or words of that meaning."""
    if column.is_code and len(column.counts) <= 4:
        return True
    said = {text.casefold() for text in column.counts} | {
        column.codes.get(text, "").casefold() for text in column.counts
    }
    known = said & (cell_words.HAPPENED | cell_words.NOT_HAPPENED) or any(
        text.startswith(cell_words.CALLED) for text in said
    )
    return len(column.counts) <= MOST_CODES and bool(known)


def endpoint_of(column: Column) -> str:
    """Return the endpoint that a name speaks of; overall survival where it speaks of none."""
    said = words.ENDPOINTS.search(column.words.replace("_", " "))
    if said is not None:
        return said[1].casefold()
    return "pfs" if words.PROGRESSION.search(column.words) else "os"


def surest_events(found: Sequence[Role]) -> list[Role]:
    """Return roles in which events that are called after a death, or whose cells say so, stand before mere codes.

    A column called status beside one that says dead or alive is a covariate.
    """
    sure = {role.endpoint for role in found if role.what == "event" and is_sure(role.column)}
    return [
        of_covariate(role.column)
        if role.what == "event" and role.endpoint in sure and not is_sure(role.column)
        else role
        for role in found
    ]


def is_sure(column: Column) -> bool:
    """Whether a name speaks of death, progression or an endpoint, or cells of who lives."""
    if words.DEATH.search(column.words) or words.PROGRESSION.search(column.words):
        return True
    said = {column.codes.get(text, text).casefold() for text in column.counts}
    return bool(words.ENDPOINTS.search(column.words.replace("_", " "))) or bool(said & cell_words.LIFE)


def by_who_lives(found: Sequence[Role]) -> list[Role]:
    """Return roles in which cells that say who died are an event where none is called so, and never a covariate."""
    event = next((role for role in found if role.what == "event" and role.endpoint == "os"), None)
    held: list[Role] = []
    for role in found:
        if role.what != "covariate" or not says_who_lives(role.column):
            held.append(role)
        elif event is None:
            event = Role(role.column, "event", "os", "cells say who died")
            held.append(event)
        else:
            held.append(replace(role, what="left out", why=f"says who died, as '{event.column.name}' does"))
    return held


def without_twins(found: Sequence[Role]) -> list[Role]:
    """Return roles in which of two covariates that say the same, a code and its label, the label stays.

    Two that hold words both stay: which of them is meant a person knows.
    """
    kept = [role for role in found if role.what == "covariate" and 2 <= len(role.column.counts) <= MOST_LEVELS]
    gone: dict[str, str] = {}
    for role in sorted(kept, key=lambda role: role.column.is_code and not role.column.codes):
        before = (other for other in kept if other is not role and other.column.name not in gone)
        twin = next((other for other in before if says_the_same(other.column, role.column)), None)
        if twin is not None and role.column.is_code and not role.column.codes:
            gone[role.column.name] = twin.column.name
    return [
        replace(role, what="left out", why=f"says the same as '{gone[role.column.name]}'")
        if role.what == "covariate" and role.column.name in gone
        else role
        for role in found
    ]


def says_the_same(one: Column, other: Column) -> bool:
    """Whether each word of a column stands beside one word of another, and the other way round."""
    if len(one.counts) != len(other.counts) or one.missing != other.missing:
        return False
    pairs = {(word(a), word(b)) for a, b in zip(one.values, other.values, strict=True)}
    known = {pair for pair in pairs if None not in pair}
    return len(pairs - known) <= 1 and len(known) == len(one.counts)


def named_alike(found: Sequence[Role]) -> list[Role]:
    """Return roles in which a relapse without a name of its own belongs to the one endpoint that has a time.

    A column relapse beside rfs_months is of rfs; one called progression beside nothing else stays pfs.
    """
    named = {role.endpoint for role in found if role.what in ("time", "end") and role.endpoint != "os"}
    if len(named) != 1 or "pfs" in named:
        return list(found)
    (name,) = named
    return [
        replace(role, endpoint=name)
        if role.endpoint == "pfs" and not words.ENDPOINTS.search(role.column.words.replace("_", " "))
        else role
        for role in found
    ]


def of_covariate(column: Column) -> Role:
    """Return a covariate, or why a column cannot be one."""
    if words.BECAME.search(column.words):
        return Role(column, "left out", why="tells what became of patients after time zero: no covariate")
    if column.is_number:
        return Role(column, "covariate", why="numbers")
    if len(column.counts) > MOST_LEVELS and (beside := number_with_words(column)):
        why = (
            f"numbers with signs beside them ('{beside}'): leave the number alone in each cell, the unit in the header"
        )
        return Role(column, "left out", why=why)
    if len(column.counts) > MOST_LEVELS:
        return Role(
            column, "left out", why=f"{len(column.counts)} different words: a remark, or to be put into classes"
        )
    return Role(column, "covariate", why="words")


def number_with_words(column: Column) -> str:
    """Return a cell such as 45% or 12.3 months, of a column in which most are so; nothing of another column."""
    found = [
        text
        for text in column.counts
        if words.NUMBER_WITH_WORDS.fullmatch(text) or (words.GROUPED.fullmatch(text) and not text.isdigit())
    ]
    return found[0] if 2 * len(found) > len(column.counts) else ""


def one_identifier(found: Iterable[Role]) -> list[Role]:
    """Return roles with one identifier: the first that is called so; of others a number is a covariate no more."""
    kept: list[Role] = []
    held = list(found)
    mine = [role for role in held if role.what == "identifier"]
    first = next((role for role in mine if words.IDENTIFIER.search(role.column.name)), mine[0] if mine else None)
    for role in held:
        again = role.what == "identifier" and role is not first
        kept.append(replace(role, what="left out", why="a second identifier") if again else role)
    return kept


def one_start(found: list[Role]) -> list[Role]:
    """Return roles with one time zero: the earliest of the starts; without one, the earliest date of all."""
    starts = [role for role in found if role.what == "start"]
    if len(starts) < 2:
        return found
    first = min(starts, key=lambda role: mean_day(role.column))
    names = " or ".join(f"'{role.column.name}'" for role in starts)
    return [
        replace(role, check=f"time zero: {names}?")
        if role is first
        else replace(role, what="left out", why="another date of a start")
        if role.what == "start"
        else role
        for role in found
    ]


def mean_day(column: Column) -> float:
    """Return the mean of the dates of a column, as a number of days."""
    days = [read_date(value, column.order) for value in column.values if not column.is_gone(value)]
    found = [day.toordinal() for day in days if not isinstance(day, str)]
    return float(np.mean(found)) if found else np.inf
