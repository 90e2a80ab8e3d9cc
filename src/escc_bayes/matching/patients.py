"""Who is matched: patients with a treatment, all covariates and follow-up, and their covariates as columns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from escc_bayes.data.cohort import Cohort
from escc_bayes.data.covariates import CovariateData
from escc_bayes.foundation.errors import CohortError, LandmarkError, some_of
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.matching.request import Request

# Patients of a group below which nothing can be made alike.
FEWEST = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One number of every patient that is looked at for balance.

    Attributes
    ----------
    name : covariate, with its level where there are more than two.
    values : (n,).
    """

    name: str
    values: FloatArray


@dataclass(frozen=True, slots=True)
class Patients:
    """The patients of a design.

    Attributes
    ----------
    cohort : they alone, in the order of the file.
    rows : (n,) their rows in the cohort given.
    treated : (n,) whether treated.
    levels : word of the control, word of the treatment.
    read : the same as people read them.
    shown : the columns of balance: numbers, yes or no as 0/1, each level of the others.
    terms : (n, p) columns of the score: as shown, without the first level of each, without what tells nothing new.
    strata : (n, covariates) what ``exact`` compares: codes or numbers; ``categorical`` says which are codes.
    notes : who and what was left out, a sentence each.
    """

    cohort: Cohort
    rows: IntArray
    treated: NDArray[np.bool_]
    levels: tuple[str, str]
    read: tuple[str, str]
    shown: tuple[Column, ...]
    terms: FloatArray
    strata: FloatArray
    categorical: NDArray[np.bool_]
    notes: tuple[str, ...]

    def clock(self, treatment: str) -> str:
        """Say where time starts; NAIVE where the treatment is known later and taken as known then."""
        late = self.cohort.covariate(treatment).known_later
        return f"NAIVE time zero ({treatment} treated as known at time zero)" if late else "time zero"

    @property
    def n(self) -> int:
        """How many there are."""
        return self.treated.size


def patients_of(cohort: Cohort, asked: Request) -> Patients:
    """Return the patients of a design: complete cases, said.

    Raises
    ------
    CohortError : the treatment has not two levels, a group is too small, or patients have several rows or weights.
    LandmarkError : a covariate becomes known after time zero.
    """
    refuse_cohort(cohort, asked)
    treatment = cohort.covariate(asked.treatment)
    data = {name: cohort.covariate(name) for name in asked.on}
    refuse_later(cohort, data)
    keep, notes = complete(cohort, asked, treatment, data)
    code = treated_code(cohort, treatment, keep)
    treated = treatment.values[keep] == code
    own = cohort.subset(keep)
    refuse_small(cohort, asked, treatment, treated)
    shown = tuple(column for name in asked.on for column in columns_of(name, own.covariate(name)))
    terms, more = told_apart(asked, own)
    values = np.column_stack([np.zeros((own.rows, 0)), *(own.covariate(name).values for name in asked.on)])
    control, word = two_levels(treatment)
    return Patients(
        cohort=own,
        rows=np.flatnonzero(keep),
        treated=treated,
        levels=(control, word),
        read=(treatment.schema.read_as(control), treatment.schema.read_as(word)),
        shown=shown,
        terms=terms,
        strata=values,
        categorical=np.array([own.covariate(name).schema.categorical for name in asked.on], dtype=np.bool_),
        notes=(*notes, *more),
    )


def refuse_cohort(cohort: Cohort, asked: Request) -> None:
    """Raise for patients whose rows cannot be matched."""
    cohort.refuse_interval_censored(asked.endpoint, "match")
    if cohort.schema.start_stop:
        cohort.refuse_several_rows("match")
    changing = [name for name in asked.on if cohort.covariate(name).changes is not None]
    if changing:
        raise LandmarkError(
            f"{cohort.source}: a propensity score takes what is known at time zero, and '{changing[0]}' changes during "
            "follow-up; leave it out of --on, or give its value at time zero"
        )
    if cohort.sampled:
        raise CohortError(
            f"{cohort.source}: match makes weights of its own, and sampling weights are not multiplied into them; "
            "leave weight out of the schema"
        )


def refuse_later(cohort: Cohort, data: dict[str, CovariateData]) -> None:
    """Raise for a covariate that nobody knew at time zero."""
    late = [name for name, one in data.items() if one.known_later]
    if late:
        raise LandmarkError(
            f"{cohort.source}: a propensity score takes what is known at time zero, and {some_of(late)} "
            f"{'is' if len(late) == 1 else 'are'} known later (known_at in the schema); leave out of --on"
        )


def complete(
    cohort: Cohort, asked: Request, treatment: CovariateData, data: dict[str, CovariateData]
) -> tuple[NDArray[np.bool_], list[str]]:
    """Return who has treatment, covariates and follow-up, and sentences on who has not."""
    present = cohort.endpoint(asked.endpoint).present
    keep = present & ~treatment.missing
    for one in data.values():
        keep &= ~one.missing
    said = []
    for word, gone in (
        (f"follow-up for {asked.endpoint}", ~present),
        (f"'{asked.treatment}'", treatment.missing),
        *((f"'{name}'", one.missing) for name, one in data.items()),
    ):
        if gone.any():
            said.append(f"{int(gone.sum())} without {word}")
    if not said:
        return keep, []
    left = int((~keep).sum())
    return keep, [f"Complete cases: {left} of {cohort.rows} patients are left out before matching ({', '.join(said)})."]


def two_levels(treatment: CovariateData) -> tuple[str, str]:
    """Return the words of control and treatment; of a number, its two values."""
    if treatment.schema.categorical:
        words = treatment.schema.levels
        held = [words[int(code)] for code in np.unique(treatment.values[~treatment.missing])]
        first, second = held if len(held) == 2 else words[:2]
        return first, second
    low, high = np.unique(treatment.values[~treatment.missing])
    return f"{low:g}", f"{high:g}"


def treated_code(cohort: Cohort, treatment: CovariateData, keep: NDArray[np.bool_]) -> float:
    """Return the value that the treated have: of the two that occur, the later level or the larger number.

    Raises
    ------
    CohortError : there are more than two values, or one.
    """
    name, schema = treatment.schema.name, treatment.schema
    found = np.unique(treatment.values[keep])
    if found.size == 2:
        return float(found[1])
    words = [schema.levels[int(code)] for code in found] if schema.categorical else [f"{value:g}" for value in found]
    if not keep.any():
        raise CohortError(f"{cohort.source}: no patient has follow-up, '{name}' and every covariate of --on")
    if found.size < 2:
        raise CohortError(
            f"{cohort.source}: all {int(keep.sum())} patients with follow-up and covariates have {words[0]} of "
            f"'{name}'; two groups are needed"
        )
    raise CohortError(
        f"{cohort.source}: the treatment '{name}' has {len(words)} values ({some_of(words)}), and match compares two; "
        "compare two of them in a file with these patients alone, or merge levels in the schema"
    )


def refuse_small(cohort: Cohort, asked: Request, treatment: CovariateData, treated: NDArray[np.bool_]) -> None:
    """Raise where a group has next to nobody."""
    counts = int((~treated).sum()), int(treated.sum())
    if min(counts) < FEWEST:
        first, second = two_levels(treatment)
        raise CohortError(
            f"{cohort.source}: '{asked.treatment}' has {counts[1]} patients with {second} and {counts[0]} with "
            f"{first}; each group needs {FEWEST} at least"
        )


def columns_of(name: str, data: CovariateData) -> list[Column]:
    """Return what is looked at for balance: a number, yes or no as 0/1, an indicator of each level of several."""
    if not data.schema.categorical:
        return [Column(name, data.values)]
    levels = data.schema.levels
    if len(levels) == 2:
        return [Column(name, data.values)]
    return [Column(f"{name}: {level}", (data.values == code).astype(np.float64)) for code, level in enumerate(levels)]


def told_apart(asked: Request, cohort: Cohort) -> tuple[FloatArray, list[str]]:
    """Return the columns of the score (n, p), and sentences on those that tell nothing new."""
    if asked.method == "none":
        return np.zeros((cohort.rows, 0)), []
    columns, constant, repeated = [], [], []
    base = np.ones((cohort.rows, 1))
    for name in asked.on:
        data = cohort.covariate(name)
        given = columns_of(name, data)
        for one in given if len(given) == 1 else given[1:]:
            spread = float(one.values.std())
            if spread <= 1e-12 * max(1.0, float(np.abs(one.values).max())):
                constant.append(one.name)
                continue
            z = (one.values - one.values.mean()) / spread
            own = z - base @ np.linalg.lstsq(base, z, rcond=None)[0]
            if float(np.linalg.norm(own)) <= 1e-8 * float(np.linalg.norm(z)):
                repeated.append(one.name)
                continue
            base = np.column_stack([base, z])
            columns.append(one.values)
    said = []
    if constant:
        said.append(f"The same for everybody, and so no part of the score: {', '.join(constant)}.")
    if repeated:
        said.append(f"Determined by the covariates before, and so no part of the score: {', '.join(repeated)}.")
    if not columns:
        raise CohortError(
            f"{cohort.source}: {some_of(asked.on)} {'is' if len(asked.on) == 1 else 'are'} the same for everybody; "
            "name covariates that vary"
        )
    return np.column_stack(columns), said
