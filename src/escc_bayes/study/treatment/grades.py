"""Grades of harm in each group: counts, exact limits, the posterior share, and what none seen does not exclude."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from escc_bayes.classical.proportions import share
from escc_bayes.data.cohort import Cohort
from escc_bayes.estimand.tables import Row
from escc_bayes.matching.immortal import as_if_known
from escc_bayes.study.treatment.found_columns import grade_in

SEVERE = 3
SEVERE_WORDS = "grade 3 or more"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of a group have a grade."""

    group: str
    grade: str
    count: int
    of: int
    source: str


def graded(cohort: Cohort, name: str, treatment: str) -> list[Counted]:
    """Return patients of each grade, and of grade 3 or more, in each group of those with a grade."""
    data, groups = cohort.covariate(name), as_if_known(cohort, treatment).covariate(treatment)
    grades = [grade_in(level) or 0 for level in data.schema.levels]
    found = []
    for code, word in reversed(list(enumerate(groups.schema.levels))):
        inside = (groups.values == code) & ~np.isnan(data.values)
        own, of = data.values[inside], int(inside.sum())
        for grade in sorted(set(grades)):
            codes = [k for k, g in enumerate(grades) if g == grade]
            found.append(Counted(word, f"grade {grade}", int(np.isin(own, codes).sum()), of, "counted"))
        severe = [k for k, g in enumerate(grades) if g >= SEVERE]
        found.append(Counted(word, SEVERE_WORDS, int(np.isin(own, severe).sum()), of, "counted"))
    return found


def grade_rows(counted: Sequence[Counted], name: str, level: float, provenance: str) -> list[Row]:
    """Return rows of the CSV file: counts, exact limits, the one-sided bound where none is seen, the posterior."""
    found: list[Row] = []
    for one in counted:
        if one.of == 0:
            continue
        own = share(one.count, one.of, level=level)
        found.append(
            {
                "event": name,
                "group": one.group,
                "grade": one.grade,
                "count": one.count,
                "n": one.of,
                "share": own.value,
                "lower_exact": own.lower,
                "upper_exact": own.upper,
                "upper_of_none": own.none_upper,
                "posterior_median": own.median,
                "lower_credible": own.low,
                "upper_credible": own.high,
                "level": level,
                "source": one.source,
                "provenance": "published" if one.source == "printed" else provenance,
            }
        )
    return found
