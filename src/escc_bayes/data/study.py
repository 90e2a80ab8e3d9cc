"""Study files: the published numbers of one study, read from TOML with a closed vocabulary.

The content of a paper is never refused: a number that no print can mean is kept apart (``Study.misprints``) and the
rest is read. Faults of the file (an unknown key, words for a number) are refused by ``read_study`` and listed by
``read_prints``.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Literal

from escc_bayes.data.measures import family
from escc_bayes.data.published import (
    AtRisk,
    Landmark,
    Misprint,
    PublishedEstimate,
    PublishedNumber,
    PublishedSurvival,
    Study,
    Unread,
)
from escc_bayes.data.shipped import find_study
from escc_bayes.data.study_fields import (
    ImpossiblePrint,
    StudyError,
    count,
    decimal,
    flag,
    flag_or_text,
    fraction,
    names,
    not_negative,
    positive,
)
from escc_bayes.foundation import checks
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.errors import InputError, TomlError
from escc_bayes.foundation.toml import parse_toml

__all__ = [
    "Landmark",
    "PublishedEstimate",
    "PublishedNumber",
    "PublishedSurvival",
    "Study",
    "StudyError",
    "read_prints",
    "read_study",
]

type Reader = Callable[[object, str], object]
type Faults = Literal["refused", "listed"]

TEXT: Reader = checks.text
PROSE: Reader = checks.prose
WORD_KEYS: Mapping[str, Reader] = {"cutoff": TEXT, "quote": PROSE, "unknown": names}
ESTIMATE: Mapping[str, Reader] = {
    **WORD_KEYS,
    **dict.fromkeys(("effect", "endpoint", "p_text", "hazard_of", "versus", "adjustment", "subgroup"), TEXT),
    **dict.fromkeys(("timing", "measure"), TEXT),
    **dict.fromkeys(("coding_note", "flag"), PROSE),
    **dict.fromkeys(("value", "ci_high", "se_log_hr"), positive),
    # A lower limit of 0.000 is one that rounds to it.
    "ci_low": not_negative,
    **dict.fromkeys(("ci_level", "p"), fraction),
    **dict.fromkeys(("groups", "n_hazard_of", "n_versus", "events", "events_hazard_of", "events_versus"), count),
    **dict.fromkeys(("chi2", "i2"), not_negative),
    "adjusted": flag_or_text,
    "preferred": flag,
}
# What is no ratio may be a difference, of any sign.
DIFFERENCE: Mapping[str, Reader] = dict.fromkeys(("value", "ci_low", "ci_high"), decimal)
LANDMARK: Mapping[str, Reader] = {"t": not_negative, **dict.fromkeys(("s", "lo", "hi"), fraction)}
AT_RISK: Mapping[str, Reader] = {"t": not_negative, "n": count}
SURVIVAL: Mapping[str, Reader] = {
    **WORD_KEYS,
    **dict.fromkeys(("arm", "endpoint", "time_origin"), TEXT),
    **dict.fromkeys(("n", "events"), count),
    **dict.fromkeys(("median", "median_ci_high", "followup_median"), positive),
    # A symmetric interval of a median may begin at 0.
    "median_ci_low": not_negative,
    "median_reached": flag,
}
NUMBER: Mapping[str, Reader] = {**dict.fromkeys(("name", "unit"), TEXT), "quote": PROSE, "value": decimal}
STUDY: Mapping[str, Reader] = {
    **dict.fromkeys(("id", "doi", "country", "use"), TEXT),
    **dict.fromkeys(("citation", "design", "population", "source", "read"), PROSE),
    **dict.fromkeys(("independence_group", "tables_status"), TEXT),
    **dict.fromkeys(("questions", "unknown"), names),
    **dict.fromkeys(("n", "year"), count),
}
TABLES = ("estimate", "survival", "number", "check")
# Words in the name of a number that cannot be negative, wherever they stand: alc_sd, sd_alc, alc_sd_discussion.
SPREADS = frozenset({"sd", "se", "sem", "variance", "var", "iqr"})


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read: where its messages begin, what happens to its faults, and what was set apart so far."""

    where: str
    faults: Faults
    misprints: list[Misprint] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)

    def fault(self, error: InputError, at: str) -> None:
        """Raise a fault of the file, or list it."""
        if self.faults == "refused":
            raise StudyError(str(error)) from None
        self.unread.append(Unread(short(at), str(error).removeprefix(f"{self.where}, ")))

    def value(self, reader: Reader, value: object, at: str) -> object:
        """Return what ``reader`` makes of a value; None for what was set apart."""
        try:
            return reader(value, at)
        except ImpossiblePrint as error:
            place, _, key = short(at).rpartition(", ")
            why = str(error).removeprefix(f"{at}: ").split(", was given")[0]
            self.misprints.append(Misprint(place or key, key, str(value), why))
        except InputError as error:
            self.fault(error, at)
        return None


@careful
def read_study(path: str | Path) -> Study:
    """Read one study file, or a bundled one by name; ``[[check]]`` and ``derived`` tables are accepted and ignored.

    Parameters
    ----------
    path : of a TOML file of what a paper prints, each number as text with its place, or the name of a bundled study.

    Returns
    -------
    Study : estimates, curves, numbers and quotes as printed, times in months. Numbers that no print can mean are in
        ``misprints``, and nowhere else.

    Raises
    ------
    StudyError : a fault of the file, with the entry, what was given and what to do.

    Examples
    --------
    >>> study = read_study("seed1_scirep2025")
    >>> study.id, study.n
    ('seed1_scirep2025', 79)
    """
    found = find_study(path)
    return study_from(parsed_toml(found), str(found))


def read_prints(path: str | Path) -> Study:
    """Read whatever a study file holds, for an audit: faults of the file are listed in ``unread`` of the study.

    Raises
    ------
    StudyError : the file cannot be read or is no TOML.
    """
    raw = parsed_toml(Path(path))
    name = re.sub(r"[^A-Za-z0-9 ._-]", "_", Path(path).stem) or "study"
    return study_from({"id": name, "citation": name, **raw}, str(path), faults="listed")


def parsed_toml(path: Path) -> dict[str, object]:
    """Return the tables of a TOML file; numbers with a point keep their digits."""
    try:
        return parse_toml(path, parse_float=Decimal)
    except TomlError as error:
        raise StudyError(str(error)) from None


def study_from(raw: Mapping[str, object], where: str, *, faults: Faults = "refused") -> Study:
    """Build a study from a parsed table; ``where`` begins every message.

    Raises
    ------
    StudyError : a fault of the file, unless faults are ``listed``.
    """
    reading = Reading(where, faults)
    given = raw.get("schema_version")
    if given != 1:
        reading.fault(StudyError(f"{where}: schema_version = 1 is needed at the top, was given {given!r}"), where)
    reading.value(
        lambda value, at: checks.one_of(value, ("months",), at), raw.get("time_unit", "months"), f"{where}, time_unit"
    )
    top = {key: value for key, value in raw.items() if key not in ("schema_version", "time_unit")}
    top = known_keys(top, (*STUDY, *TABLES), where, reading)
    require(top, ("id", "citation"), where, reading)
    rest = {
        key: value
        for key in STUDY
        if key in top
        and key not in ("id", "citation")
        and (value := reading.value(STUDY[key], top[key], f"{where}, {key}")) is not None
    }
    study = Study(
        id=str(reading.value(checks.file_name, top["id"], f"{where}, id") or Path(where).stem),
        citation=str(reading.value(PROSE, top["citation"], f"{where}, citation") or ""),
        estimates=tuple(estimate_from(body, at, reading) for body, at in entries(top, "estimate", reading)),
        survivals=tuple(survival_from(body, at, reading) for body, at in entries(top, "survival", reading)),
        numbers=tuple(
            found
            for body, at in entries(top, "number", reading)
            if (found := number_from(body, at, reading)) is not None
        ),
    )
    return filled(study, {**rest, "misprints": tuple(reading.misprints), "unread": tuple(reading.unread)})


def filled(study: Study, fields: Mapping[str, object]) -> Study:
    """Return the study with more of its fields."""
    change: Callable[..., Study] = replace
    return change(study, **fields)


def known_keys(raw: Mapping[str, object], known: Sequence[str], at: str, reading: Reading) -> dict[str, object]:
    """Return the entries whose keys are known; the others are faults."""
    for key in raw:
        try:
            checks.refuse_unknown_keys({key: None}, known, at)
        except TomlError as error:
            reading.fault(error, at)
    return {key: value for key, value in raw.items() if key in known}


def entries(top: Mapping[str, object], kind: str, reading: Reading) -> Iterator[tuple[dict[str, object], str]]:
    """Yield the tables ``[[kind]]`` with the place of each."""
    listed = top.get(kind, [])
    if not isinstance(listed, list):
        reading.fault(
            StudyError(f"{reading.where}: '{kind}' must be a list of tables; write [[{kind}]]"), reading.where
        )
        return
    for position, body in enumerate(listed, start=1):
        at = f"{reading.where}, {kind} {position}"
        if not isinstance(body, dict):
            reading.value(checks.table, body, at)
            continue
        label = [str(body[key]) for key in ("effect", "arm", "name", "endpoint") if key in body]
        yield body, f"{at} ({', '.join(label)})"


def require(raw: dict[str, object], keys: tuple[str, ...], at: str, reading: Reading) -> None:
    """Report the keys that are missing; where faults are listed, empty words stand in."""
    for key in keys:
        if key not in raw:
            reading.fault(StudyError(f"{at}: the key '{key}' is missing; add it"), at)
            raw[key] = "not stated"


def build[T](
    make: Callable[..., T],
    raw: Mapping[str, object],
    readers: Mapping[str, Reader],
    at: str,
    needed: tuple[str, ...],
    reading: Reading,
) -> T:
    """Read every key of one entry with its reader, and make the record."""
    body = known_keys(raw, tuple(readers), at, reading)
    require(body, needed, at, reading)
    found = {key: reading.value(readers[key], value, f"{at}, {key}") for key, value in body.items()}
    words = dict.fromkeys(needed, "not stated")
    return make(**(words | {key: value for key, value in found.items() if value is not None}))


def short(at: str) -> str:
    """Return the place inside the file."""
    return at.rsplit(".toml, ", maxsplit=1)[-1]


def estimate_from(raw: dict[str, object], at: str, reading: Reading) -> PublishedEstimate:
    """Build one estimate."""
    body = {key: value for key, value in raw.items() if key != "derived"}
    make: Callable[..., PublishedEstimate] = partial(PublishedEstimate, place=short(at))
    readers = ESTIMATE if family(str(raw.get("measure", ""))) else {**ESTIMATE, **DIFFERENCE}
    found = build(make, body, readers, at, ("effect", "endpoint", "measure", "quote"), reading)
    derived = reading.value(checks.table, raw.get("derived", {}), f"{at}, derived")
    if isinstance(derived, dict) and "se_log_hr" in derived:
        reading.value(positive, derived["se_log_hr"], f"{at}, derived, se_log_hr")
    return found


def survival_from(raw: dict[str, object], at: str, reading: Reading) -> PublishedSurvival:
    """Build one curve."""
    found = [
        landmark_from(body, place, reading)
        for body, place in points(raw, "landmarks", "{ t = 12, s = 0.80 }", at, reading)
    ]
    landmarks = tuple(landmark for landmark in found if landmark is not None)
    below = [
        at_risk_from(body, place, reading) for body, place in points(raw, "at_risk", "{ t = 12, n = 61 }", at, reading)
    ]
    at_risk = tuple(one for one in below if one is not None)
    body = {key: value for key, value in raw.items() if key not in ("landmarks", "at_risk")}
    make: Callable[..., PublishedSurvival] = partial(
        PublishedSurvival, place=short(at), landmarks=landmarks, at_risk=at_risk
    )
    return build(make, body, SURVIVAL, at, ("arm", "endpoint", "quote"), reading)


def points(raw: Mapping[str, object], key: str, form: str, at: str, reading: Reading) -> Iterator[tuple[object, str]]:
    """Yield the points that a curve lists under a key, with the place of each."""
    listed = raw.get(key, [])
    if not isinstance(listed, list):
        reading.fault(StudyError(f"{at}, {key}: expected a list of tables {form}, was given {listed!r}"), at)
        return
    for i, body in enumerate(listed, start=1):
        yield body, f"{at}, {key.replace('landmarks', 'landmark').replace('_', ' ')} {i}"


def at_risk_from(raw: object, at: str, reading: Reading) -> AtRisk | None:
    """Build one number at risk; None if time or patients cannot be read."""
    found = point_from(raw, AT_RISK, at, reading)
    t, n = found.get("t"), found.get("n")
    return AtRisk(t, n) if isinstance(t, Decimal) and isinstance(n, int) else None


def point_from(raw: object, readers: Mapping[str, Reader], at: str, reading: Reading) -> dict[str, object]:
    """Return the keys of one point of a curve; empty if it is no table."""
    table = reading.value(checks.table, raw, at)
    if not isinstance(table, dict):
        return {}
    body = known_keys(table, tuple(readers), at, reading)
    for key in list(readers)[:2]:
        if key not in body:
            reading.fault(StudyError(f"{at}: the key '{key}' is missing; add it"), at)
    return {key: reading.value(readers[key], value, f"{at}, {key}") for key, value in body.items()}


def landmark_from(raw: object, at: str, reading: Reading) -> Landmark | None:
    """Build one landmark; None if time or survival cannot be read."""
    found = point_from(raw, LANDMARK, at, reading)
    t, s, lo, hi = (found.get(key) for key in ("t", "s", "lo", "hi"))
    if not isinstance(t, Decimal) or not isinstance(s, Decimal):
        return None
    return Landmark(t, s, lo if isinstance(lo, Decimal) else None, hi if isinstance(hi, Decimal) else None)


def number_from(raw: dict[str, object], at: str, reading: Reading) -> PublishedNumber | None:
    """Build one number, None if it cannot be read; a spread cannot be negative."""
    spread = SPREADS & set(str(raw.get("name", "")).casefold().split("_"))
    reader: Reader = not_negative if spread else decimal
    body = known_keys(raw, tuple(NUMBER), at, reading)
    require(body, ("name", "value", "quote"), at, reading)
    value = reading.value(reader, body["value"], f"{at}, value")
    words = {
        k: str(reading.value(NUMBER[k], body[k], f"{at}, {k}") or "") for k in ("name", "quote", "unit") if k in body
    }
    if not isinstance(value, Decimal):
        return None
    return PublishedNumber(short(at), words["name"], value, words["quote"], words.get("unit", ""))
