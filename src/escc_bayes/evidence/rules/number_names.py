"""What a printed number is, by its name, unit and quote: a count of patients, a percentage, or something else.

``male_n``, ``n_male``, ``men`` with the unit "patients" and ``ecog_0`` beside "14 patients had ECOG 0" are counts. The
subject of a number is its name without the words that only say so.
"""

import re

from escc_bayes.data.published import PublishedNumber

COUNT_WORDS = frozenset({"n", "no", "num", "number", "count"})
PERCENT_WORDS = frozenset({"percent", "pct", "percentage", "perc", "proportion"})
PLACES = "abstract|methods|results|discussion|text|table|figure"
PLACE_WORDS = frozenset(PLACES.split("|"))
PEOPLE = frozenset(
    [
        "patient",
        "patients",
        "person",
        "persons",
        "people",
        "case",
        "cases",
        "subject",
        "subjects",
        "participant",
        "participants",
        "men",
        "women",
        "males",
        "females",
        "children",
        "controls",
        "deaths",
        "events",
        "n",
    ]
)
MEASURED = frozenset(
    [
        "mean",
        "sd",
        "se",
        "sem",
        "variance",
        "median",
        "min",
        "max",
        "minimum",
        "maximum",
        "iqr",
        "q1",
        "q3",
        "range",
        "hr",
        "or",
        "rr",
        "hazard",
        "p",
        "z",
        "chi2",
        "df",
        "auc",
        "rmst",
        "horizon",
        "tau",
        "followup",
        "follow",
        "dose",
        "gy",
        "fraction",
        "fractions",
        "cycle",
        "cycles",
        "age",
        "year",
        "years",
        "month",
        "months",
        "week",
        "weeks",
        "day",
        "days",
        "score",
        "volume",
        "diameter",
        "size",
        "length",
        "width",
        "cutoff",
        "threshold",
        "ratio",
        "level",
        "lower",
        "upper",
        "ci",
        "rate",
    ]
)
"""Words of numbers that measure something; beside ``n`` they can still name a class: ``age_65_n``."""


def words(name: str) -> tuple[str, ...]:
    """Return the words of a name; a letter and its digit stay together.

    Examples
    --------
    >>> words("stage_IVA_n"), words("ecog0_n"), words("n_T3")
    (('stage', 'iva', 'n'), ('ecog', '0', 'n'), ('n', 't3'))
    """
    return tuple(re.findall(r"[a-z]{2,}|[a-z]\d+|[a-z]|\d+", name.casefold()))


def subject(number: PublishedNumber) -> tuple[str, ...]:
    """Return of what a number is the count or the percentage: ``arm_a_male_n`` gives arm, a, male."""
    found = [word for word in words(number.name) if word not in PLACE_WORDS | PERCENT_WORDS]
    if len(found) > 1 and found[-1] in COUNT_WORDS:
        found = found[:-1]
    if len(found) > 1 and found[0] in COUNT_WORDS:
        found = found[1:]
    return tuple(found)


def stands(number: PublishedNumber) -> str:
    """Return where the paper prints a number, if its name says so: ``discussion``."""
    return next((word for word in words(number.name) if word in PLACE_WORDS), "")


def is_percentage(number: PublishedNumber) -> bool:
    """Whether unit or name say so."""
    return number.unit.strip().startswith("%") or bool(PERCENT_WORDS & set(words(number.name)))


def is_count(number: PublishedNumber) -> bool:
    """Whether a number counts patients: by the word n at an end of its name, by its unit, or by its quote."""
    if number.value != int(number.value) or number.value < 0 or is_percentage(number):
        return False
    named = [word for word in words(number.name) if word not in PLACE_WORDS]
    if number.unit:
        return number.unit.strip().casefold() in PEOPLE
    if named and (named[-1] in COUNT_WORDS or named[0] in COUNT_WORDS):
        return True
    return not MEASURED & set(named) and counted_in_quote(number)


def counted_in_quote(number: PublishedNumber) -> bool:
    """Whether the quote speaks of so many patients: "14 patients had", "60 men", "23 (29 %)"."""
    people = "|".join(sorted(PEOPLE - {"n"}))
    value = rf"(?<![\d.]){int(number.value)}(?![\d.]*\s*%)(?!\.\d)"
    after = rf"\s*(?:\(\d+(?:\.\d+)?\s*%\)|/\s*\d+|(?:of|had|were|received|died)\b|(?:\w+\s+){{0,2}}(?:{people})\b)"
    return re.search(value + after, number.quote, flags=re.IGNORECASE) is not None
