"""Background mortality: what a life table expects of each patient, whose excess the model's hazard is.

    h_i(t) = h_expected(age_i + t, sex_i, year_i + t) + h_excess,i(t).

docs/methods/background_mortality.md.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.foundation.errors import SpecError, some_of
from escc_bayes.hazard.cells import distinct_rows
from escc_bayes.hazard.expected import MONTHS, ExpectedHazard, expected_hazard
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.life_table import LifeTable
from escc_bayes.spec.rows import AnalysisRows


@dataclass(frozen=True, slots=True)
class Background:
    """Which life table, and which covariates of the schema say where in it a patient starts.

    Attributes
    ----------
    table : the rates.
    age, sex : covariates: years of age at time zero with decimals, and a sex in the table's words.
    year : covariate: calendar year of time zero with decimals; empty: the table knows no years.
    """

    table: LifeTable
    age: str
    sex: str
    year: str = ""

    @property
    def covariates(self) -> tuple[str, ...]:
        """The covariates that every patient must have."""
        return (self.age, self.sex, *((self.year,) if self.year else ()))

    def note(self, *, ratio: bool) -> str:
        """Say of an estimate what its hazard is."""
        if ratio:
            return f"EXCESS hazard ratio, over the mortality of {self.table.file}; Cox beside is of all causes"
        return f"all causes: the mortality of {self.table.file} and the excess"

    def words(self) -> str:
        """Say the table, and what is taken from it."""
        return (
            f"background mortality of {self.table.words()} (by {', '.join(self.covariates)}); hazard ratios and "
            "baseline are of the excess hazard, survival, medians and restricted means of all causes"
        )


def profiles(background: Background, rows: AnalysisRows, landmark: float) -> FloatArray:
    """Return age, place of the sex in the table and year (n, 3) of each row at the start of the clock."""
    ahead = landmark / MONTHS
    sex = rows.covariates[background.sex]
    place = np.array([background.table.sexes.index(level) for level in sex.schema.levels])
    year = rows.covariates[background.year].values + ahead if background.year else np.zeros(rows.time.size)
    age = rows.covariates[background.age].values + ahead
    return np.column_stack([age, place[sex.values.astype(np.int64)], year])


def expected_of(background: Background, rows: AnalysisRows, landmark: float) -> tuple[ExpectedHazard, IntArray]:
    """Return the expected hazards of distinct profiles, and which of them each row (n,) has."""
    distinct, member = distinct_rows(profiles(background, rows, landmark))
    age, sex, year = distinct.T
    table = background.table
    found = expected_hazard(
        table.cells,
        age,
        sex.astype(np.int64),
        year if background.year else None,
        first=(table.first_age, table.first_year),
    )
    return found, member


def refuse_background(background: Background | None, rows: AnalysisRows, landmark: float, model: str) -> None:
    """Raise where a life table does not fit the rows of an analysis."""
    if background is None:
        return
    at = f"model '{model}', [background]"
    refuse_kinds(background, rows, at)
    reasons = {
        "several transitions: death is one of them": rows.transitions is not None,
        "sampling weights, under which a posterior is no product of likelihoods": rows.sampled,
        "events between two months, whose expected hazard would be a span's": rows.left is not None,
        "several rows for a patient, whose age is that of time zero": rows.patient is not None,
    }
    for reason, there in reasons.items():
        if there:
            raise SpecError(f"{at}: is not worked out beside {reason}; leave one of the two out")
    outside = profiles(background, rows, landmark)
    table, stop = background.table, rows.time / MONTHS
    refuse_outside(rows, outside[:, 0], stop, (table.first_age, table.ages), f"{at}: age", table.file)
    if background.year:
        refuse_outside(rows, outside[:, 2], stop, (table.first_year, table.years), f"{at}: calendar year", table.file)


def refuse_kinds(background: Background, rows: AnalysisRows, at: str) -> None:
    """Raise unless age and year are numbers, and the sex has levels that the table knows."""
    for key, name in (("age", background.age), ("year", background.year)):
        if name and rows.covariates[name].schema.categorical:
            raise SpecError(f"{at}, {key}: '{name}' has levels; name a covariate that is a number of years")
    schema = rows.covariates[background.sex].schema
    if not schema.categorical:
        raise SpecError(f"{at}, sex: '{background.sex}' is a number; name a covariate with levels")
    unknown = [level for level in schema.levels if level not in background.table.sexes]
    if unknown:
        raise SpecError(
            f"{at}, sex: '{background.sex}' has the level '{unknown[0]}', and {background.table.file} has "
            f"{' and '.join(background.table.sexes)}; write both alike"
        )


def refuse_outside(
    rows: AnalysisRows, begun: FloatArray, stop: FloatArray, span: tuple[int, int], what: str, file: str
) -> None:
    """Raise where follow-up from ``begun`` to ``begun + stop`` years leaves a span of (first, how many) years."""
    first, last = span[0], span[0] + span[1]
    bad = np.flatnonzero((begun < first) | (begun + stop > last)).tolist()
    if bad:
        shown = some_of([f"{rows.ids[i]} ({begun[i]:.2f} to {begun[i] + stop[i]:.2f})" for i in bad], most=3)
        raise SpecError(
            f"{what} of {len(bad)} patient(s) leaves {file}, which has {first} to {last - 1}, during follow-up: "
            f"{shown}; give a table that covers them, or follow up to a month inside it"
        )
