"""Study files: the published numbers of one study, read from TOML with a closed vocabulary."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path

from escc_bayes.data.published import Landmark, PublishedEstimate, PublishedNumber, PublishedSurvival, Study
from escc_bayes.foundation import checks
from escc_bayes.foundation.errors import InputError, TomlError

__all__ = ["Landmark", "PublishedEstimate", "PublishedNumber", "PublishedSurvival", "Study", "StudyError", "read_study"]

MEASURES = ("HR", "pooled HR", "logrank", "logrank 3 groups", "test")

type Reader = Callable[[object, str], object]


class StudyError(InputError):
    """A study file cannot be read, or holds a value that no print can mean."""


def decimal(value: object, at: str) -> Decimal:
    """Return a finite number with the digits of its print."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
        raise StudyError(
            f"{at}: expected a number with its printed digits, was given {value!s}; leave out what is unknown"
        )
    return Decimal(value)


def positive(value: object, at: str) -> Decimal:
    """Return a number above 0."""
    number = decimal(value, at)
    if number <= 0:
        raise StudyError(f"{at}: must be above 0, was given {number}")
    return number


def not_negative(value: object, at: str) -> Decimal:
    """Return a number of at least 0."""
    number = decimal(value, at)
    if number < 0:
        raise StudyError(f"{at}: cannot be negative, was given {number}")
    return number


def fraction(value: object, at: str) -> Decimal:
    """Return a number in [0, 1]."""
    number = decimal(value, at)
    if not 0 <= number <= 1:
        raise StudyError(f"{at}: must lie in [0, 1], was given {number}; write a percentage as a fraction")
    return number


def count(value: object, at: str) -> int:
    """Return a whole number of at least 0."""
    return checks.whole_number(value, at, least=0)


def flag(value: object, at: str) -> bool:
    """Return true or false."""
    if isinstance(value, bool):
        return value
    raise StudyError(f"{at}: expected true or false, was given {value!r}")


def flag_or_text(value: object, at: str) -> bool | str:
    """Return true, false or words."""
    return value if isinstance(value, bool) else checks.text(value, at)


def names(value: object, at: str) -> tuple[str, ...]:
    """Return a list of words; it may be empty."""
    return checks.words(value, at) if value != [] else ()


TEXT: Reader = checks.text
WORD_KEYS = dict.fromkeys(("cutoff", "quote"), TEXT) | {"unknown": names}
ESTIMATE: Mapping[str, Reader] = {
    **WORD_KEYS,
    **dict.fromkeys(("effect", "endpoint", "p_text", "hazard_of", "versus", "adjustment", "subgroup"), TEXT),
    **dict.fromkeys(("timing", "coding_note", "flag"), TEXT),
    **dict.fromkeys(("value", "ci_high", "se_log_hr"), positive),
    # A lower limit of 0.000 is one that rounds to it.
    "ci_low": not_negative,
    **dict.fromkeys(("ci_level", "p"), fraction),
    **dict.fromkeys(("groups", "n_hazard_of", "n_versus", "events", "events_hazard_of", "events_versus"), count),
    **dict.fromkeys(("chi2", "i2"), not_negative),
    "measure": lambda value, at: checks.one_of(value, MEASURES, at),
    "adjusted": flag_or_text,
    "preferred": flag,
}
LANDMARK: Mapping[str, Reader] = {"t": not_negative, **dict.fromkeys(("s", "lo", "hi"), fraction)}
SURVIVAL: Mapping[str, Reader] = {
    **WORD_KEYS,
    **dict.fromkeys(("arm", "endpoint", "time_origin"), TEXT),
    **dict.fromkeys(("n", "events"), count),
    **dict.fromkeys(("median", "median_ci_low", "median_ci_high", "followup_median"), positive),
    "median_reached": flag,
}
NUMBER: Mapping[str, Reader] = {**dict.fromkeys(("name", "quote", "unit"), TEXT), "value": decimal}
STUDY: Mapping[str, Reader] = {
    **dict.fromkeys(("id", "citation", "doi", "design", "population", "country", "source", "read", "use"), TEXT),
    **dict.fromkeys(("independence_group", "tables_status"), TEXT),
    **dict.fromkeys(("questions", "unknown"), names),
    **dict.fromkeys(("n", "year"), count),
}
TABLES = ("estimate", "survival", "number", "check")
# Words in the name of a number that cannot be negative, wherever they stand: alc_sd, sd_alc, alc_sd_discussion.
SPREADS = frozenset({"sd", "se", "sem", "variance", "var", "iqr"})


def read_study(path: str | Path) -> Study:
    """Read one study file; ``[[check]]`` and ``derived`` tables are accepted and ignored.

    Raises
    ------
    StudyError : with the file, the entry, what was given and what to do.
    """
    where = str(path)
    try:
        return study_from(parsed_toml(Path(path)), where)
    except TomlError as error:
        raise StudyError(str(error)) from None


def parsed_toml(path: Path) -> dict[str, object]:
    """Return the tables of a TOML file; numbers with a point keep their digits."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"), parse_float=Decimal)
    except OSError as error:
        raise StudyError(f"{path}: cannot be read ({error.strerror}); name a study file") from None
    except UnicodeDecodeError:
        raise StudyError(f"{path}: is not UTF-8 text; save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"{path}: is not valid TOML: {error}; correct it there") from None


def study_from(raw: Mapping[str, object], where: str) -> Study:
    """Build a study from a parsed table; ``where`` begins every message."""
    if raw.get("schema_version") != 1:
        raise StudyError(f"{where}: schema_version = 1 is needed at the top, was given {raw.get('schema_version')!r}")
    checks.one_of(raw.get("time_unit", "months"), ("months",), f"{where}, time_unit")
    top = {key: value for key, value in raw.items() if key not in ("schema_version", "time_unit")}
    checks.refuse_unknown_keys(top, (*STUDY, *TABLES), where)
    require(top, ("id", "citation"), where)
    study = Study(
        id=checks.file_name(top["id"], f"{where}, id"),
        citation=checks.text(top["citation"], f"{where}, citation"),
        estimates=tuple(estimate_from(body, at) for body, at in entries(top, "estimate", where)),
        survivals=tuple(survival_from(body, at) for body, at in entries(top, "survival", where)),
        numbers=tuple(number_from(body, at) for body, at in entries(top, "number", where)),
    )
    rest = {
        key: STUDY[key](top[key], f"{where}, {key}") for key in STUDY if key in top and key not in ("id", "citation")
    }
    return filled(study, rest)


def filled(study: Study, fields: Mapping[str, object]) -> Study:
    """Return the study with more of its fields."""
    change: Callable[..., Study] = replace
    return change(study, **fields)


def entries(top: Mapping[str, object], kind: str, where: str) -> Iterator[tuple[dict[str, object], str]]:
    """Yield the tables ``[[kind]]`` with the place of each."""
    listed = top.get(kind, [])
    if not isinstance(listed, list):
        raise StudyError(f"{where}: '{kind}' must be a list of tables; write [[{kind}]]")
    for position, body in enumerate(listed, start=1):
        at = f"{where}, {kind} {position}"
        raw = checks.table(body, at)
        label = [str(raw[key]) for key in ("effect", "arm", "name", "endpoint") if key in raw]
        yield raw, f"{at} ({', '.join(label)})"


def require(raw: Mapping[str, object], keys: tuple[str, ...], at: str) -> None:
    """Raise at the first key that is missing."""
    for key in keys:
        if key not in raw:
            raise StudyError(f"{at}: the key '{key}' is missing; add it")


def build[T](
    make: Callable[..., T], raw: Mapping[str, object], readers: Mapping[str, Reader], at: str, needed: tuple[str, ...]
) -> T:
    """Read every key of one entry with its reader, and make the record."""
    checks.refuse_unknown_keys(raw, tuple(readers), at)
    require(raw, needed, at)
    return make(**{key: readers[key](value, f"{at}, {key}") for key, value in raw.items()})


def short(at: str) -> str:
    """Return the place inside the file."""
    return at.rsplit(".toml, ", maxsplit=1)[-1]


def estimate_from(raw: dict[str, object], at: str) -> PublishedEstimate:
    """Build one estimate; its interval must hold its value."""
    body = {key: value for key, value in raw.items() if key != "derived"}
    make: Callable[..., PublishedEstimate] = partial(PublishedEstimate, place=short(at))
    found = build(make, body, ESTIMATE, at, ("effect", "endpoint", "measure", "quote"))
    derived = checks.table(raw.get("derived", {}), f"{at}, derived")
    if "se_log_hr" in derived:
        positive(derived["se_log_hr"], f"{at}, derived, se_log_hr")
    ordered((found.ci_low, found.value, found.ci_high), at)
    return found


def survival_from(raw: dict[str, object], at: str) -> PublishedSurvival:
    """Build one curve; intervals must hold their values."""
    listed = raw.get("landmarks", [])
    if not isinstance(listed, list):
        raise StudyError(f"{at}, landmarks: expected a list of tables {{ t = 12, s = 0.80 }}, was given {listed!r}")
    landmarks = tuple(landmark_from(body, f"{at}, landmark {i}") for i, body in enumerate(listed, start=1))
    body = {key: value for key, value in raw.items() if key != "landmarks"}
    make: Callable[..., PublishedSurvival] = partial(PublishedSurvival, place=short(at), landmarks=landmarks)
    found = build(make, body, SURVIVAL, at, ("arm", "endpoint", "quote"))
    if found.median is not None and found.median_reached is False:
        raise StudyError(f"{at}: median = {found.median} stands beside median_reached = false; keep one")
    ordered((found.median_ci_low, found.median, found.median_ci_high), at)
    return found


def landmark_from(body: object, at: str) -> Landmark:
    """Build one landmark."""
    found: Landmark = build(Landmark, checks.table(body, at), LANDMARK, at, ("t", "s"))
    ordered((found.lo, found.s, found.hi), at)
    return found


def number_from(raw: dict[str, object], at: str) -> PublishedNumber:
    """Build one number; a spread cannot be negative."""
    make: Callable[..., PublishedNumber] = partial(PublishedNumber, place=short(at))
    found = build(make, raw, NUMBER, at, ("name", "value", "quote"))
    if SPREADS & set(found.name.casefold().split("_")):
        not_negative(found.value, f"{at}, value")
    return found


def ordered(limits: tuple[Decimal | None, Decimal | None, Decimal | None], at: str) -> None:
    """Raise if a printed interval excludes its estimate."""
    low, value, high = limits
    if (low is not None and value is not None and value < low) or (
        high is not None and value is not None and value > high
    ):
        raise StudyError(f"{at}: the interval {low} to {high} excludes its estimate {value}; check the digits")
    if low is not None and high is not None and low > high:
        raise StudyError(f"{at}: the interval {low} to {high} ends before it begins; swap its limits")
