"""Which columns of a cohort say what the chapter asks for: cervical location, grades of pneumonitis."""

import re
from dataclasses import dataclass

from escc_bayes.data.cohort import Cohort

CERVICAL = re.compile(r"cervi|颈", re.IGNORECASE)
PNEUMONITIS = re.compile(r"pneumonit|肺炎", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Location:
    """A covariate of places, and its cervical level."""

    name: str
    level: str


def location_of(cohort: Cohort) -> Location | None:
    """Return the first covariate with a cervical level."""
    for name, schema in cohort.schema.covariates.items():
        for level in schema.levels:
            if CERVICAL.search(level):
                return Location(name, level)
    return None


def pneumonitis_of(cohort: Cohort) -> str | None:
    """Return the name of the covariate of grades whose words hold pneumonitis, each level with a number from 0 to 5."""
    for name, schema in cohort.schema.covariates.items():
        called = any(PNEUMONITIS.search(word) for word in (name, schema.column, schema.label))
        if called and schema.levels and all(grade_in(level) is not None for level in schema.levels):
            return name
    return None


def grade_in(level: str) -> int | None:
    """Return the grade that a level says.

    Examples
    --------
    >>> grade_in("G2"), grade_in("grade 3"), grade_in("none"), grade_in("mild")
    (2, 3, 0, None)
    """
    digits = re.findall(r"(?<!\d)[0-5](?!\d)", level)
    if len(digits) == 1:
        return int(digits[0])
    return 0 if level.strip().lower() in ("none", "no", "无") else None
