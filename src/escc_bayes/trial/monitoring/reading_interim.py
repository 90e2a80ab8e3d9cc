"""From a cohort to the interim data of a trial: entry, loss and arm of every patient, checked against the design.

Every refusal names file, patient, what was given and the remedy. A blinded look reads no arm.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from escc_bayes.data.cohort import Cohort, read_cohort
from escc_bayes.data.covariates import CovariateData
from escc_bayes.data.schema import load_schema
from escc_bayes.data.shipped import find_schema
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import DataWarning, some_of
from escc_bayes.hazard.piecewise import BoolArray, FloatArray, IntArray
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.monitoring.interim import SLACK, FollowUp, Interim
from escc_bayes.trial.monitoring.interim_doubts import Watched, doubts

# Months after which a patient without news is worth a word.
STALE = 3.0


@dataclass(frozen=True, slots=True)
class Columns:
    """Which covariates of the schema say arm, entry, loss and stratum.

    ``lost`` None: everyone without an event lives on. ``stratum`` is read where the design has strata.
    """

    arm: str = "arm"
    entry: str = "entry"
    lost: str | None = None
    stratum: str = "stratum"


def read_interim(data: str | Path, schema: str | Path, columns: Columns, *, blinded: bool) -> Cohort:
    """Read the patients entered so far; of the covariates entry and loss, and arm and stratum unless ``blinded``.

    Raises
    ------
    CohortError, SchemaError, TomlError : with file, row, column, what was given and what to do.
    """
    known = load_schema(find_schema(schema))
    wanted = {columns.entry, columns.lost} | (set() if blinded else {columns.arm, columns.stratum})
    needed = {name: of for name, of in known.covariates.items() if name in wanted}
    # A patient who entered on the day of the cut has a follow-up of 0.
    endpoints = {name: replace(of, from_zero=of.entry is None) for name, of in known.endpoints.items()}
    read = replace(known, covariates=MappingProxyType(needed), endpoints=MappingProxyType(endpoints))
    return read_cohort(data, read)


def follow_up_from(
    cohort: Cohort, design: Watched, *, endpoint: str, columns: Columns, month: float | None
) -> FollowUp:
    """Return the patients of a cohort as a running trial shows them, blinded.

    Parameters
    ----------
    endpoint : of the cohort; time in months from entry.
    columns : covariate ``entry`` is the calendar time of entry since the first patient's, in the schema's time unit.
    month : of the look since the first entry; None: the latest month that any patient is known for.

    Raises
    ------
    DesignError, CohortError : what is missing, cannot be, or does not fit the design.
    """
    cohort.refuse_several_rows("a running trial")
    cohort.refuse_interval_censored(endpoint, "a running trial")
    data = cohort.endpoint(endpoint)
    refuse(cohort, ~data.present, f"no follow-up for '{endpoint}'; fill it in, or leave patients not yet in out")
    refuse(cohort, data.entry > 0.0, f"'{endpoint}' has delayed entry; a trial follows patients from their entry on")
    refuse(cohort, cohort.weight != 1.0, "a case weight; give one row for each patient, without weights")
    entry = numbers_of(cohort, columns.entry) * cohort.schema.months_per_unit
    refuse(cohort, entry < 0.0, f"'{columns.entry}' before 0; count calendar time from the first patient's entry")
    event = data.event == 1.0
    lost = losses(cohort, columns.lost)
    refuse(cohort, event & lost, f"both an event and '{columns.lost}'; keep what came first")
    if not data.time.max() > 0.0:
        raise DesignError(f"{cohort.source}: nobody has been followed for any time by '{endpoint}'; look later")
    known = entry + data.time
    at = float(known.max()) if month is None else month
    refuse(
        cohort,
        known > at + SLACK,
        f"entry and follow-up add up to month {float(known.max()):.1f} at most, after the look at month {at:g}; "
        "correct them, or --asof",
    )
    for doubt in doubts(cohort.ids, design, entry, known, asof=month):
        warnings.warn(f"{cohort.source}: {doubt}", DataWarning, stacklevel=2)
    return FollowUp(at, entry, data.time.copy(), event, lost)


def unblinded(seen: FollowUp, cohort: Cohort, design: TrialDesign, columns: Columns) -> Interim:
    """Return the same patients with arms and strata; the levels of these covariates are the names in the design."""
    treated = arm_of(cohort, design.name, design.arms, columns.arm) == 1
    found = Interim(seen.month, seen.entry, seen.time, seen.event, seen.lost, treated)
    if not design.strata:
        return found
    return replace(found, stratum=strata_of(cohort, design, columns.stratum), stratum_count=len(design.strata))


def arm_of(cohort: Cohort, design: str, arms: tuple[str, ...], arm: str) -> IntArray:
    """Return the place of each patient's arm among ``arms``, (n,), by the covariate ``arm``."""
    covariate = column(cohort, arm, "arm")
    levels = covariate.schema.levels
    if set(levels) != set(arms):
        raise DesignError(
            f"{cohort.source}, '{arm}': its levels are {quoted(levels)}, the arms of {design} are "
            f"{quoted(arms)}; name them alike in the schema and the data, or in [arms]"
        )
    refuse(cohort, covariate.missing, f"no '{arm}'; fill it in, or look --blinded")
    place = np.array([arms.index(level) for level in levels])[covariate.values.astype(np.int64)]
    for name, count in zip(arms, np.bincount(place, minlength=len(arms)).tolist(), strict=True):
        if count == 0:
            raise DesignError(f"{cohort.source}, '{arm}': nobody is in arm '{name}'; give both arms, or look --blinded")
    return np.asarray(place)


def strata_of(cohort: Cohort, design: TrialDesign, name: str) -> IntArray:
    """Return each patient's place among the design's strata, (n,)."""
    covariate, names = column(cohort, name, "stratum"), [stratum.name for stratum in design.strata]
    levels = covariate.schema.levels
    if set(levels) != set(names):
        raise DesignError(
            f"{cohort.source}, '{name}': its levels are {quoted(levels)}, the strata of {design.name} are "
            f"{quoted(names)}; name them alike in the schema and the data, or in [[stratum]]"
        )
    refuse(cohort, covariate.missing, f"no '{name}'; fill it in, or look --blinded")
    place = np.array([names.index(level) for level in levels])
    return np.asarray(place[covariate.values.astype(np.int64)])


def stale(seen: FollowUp) -> int:
    """Return how many of those who live on were last seen some months before the look."""
    without = ~seen.event & ~seen.lost
    return int(np.count_nonzero(without & (seen.entry + seen.time < seen.month - STALE)))


def numbers_of(cohort: Cohort, name: str) -> FloatArray:
    """Return a continuous covariate, complete."""
    covariate = column(cohort, name, "entry")
    if covariate.schema.categorical:
        raise DesignError(f"{cohort.source}, '{name}': entry is calendar time; declare kind = \"continuous\"")
    refuse(cohort, covariate.missing, f"no '{name}'; fill it in")
    return covariate.values


def losses(cohort: Cohort, name: str | None) -> BoolArray:
    """Return who is followed no longer: the second level of a binary covariate; nobody without one."""
    if name is None:
        return np.zeros(len(cohort), dtype=np.bool_)
    covariate = column(cohort, name, "lost")
    if covariate.schema.kind != "binary":
        raise DesignError(f"{cohort.source}, '{name}': declare kind = \"binary\" with levels [still followed, lost]")
    refuse(cohort, covariate.missing, f"no '{name}'; fill it in")
    found: BoolArray = covariate.values == 1.0
    return found


def column(cohort: Cohort, name: str, option: str) -> CovariateData:
    """Return a covariate; where there is none, say how to name one."""
    if name not in cohort.covariates:
        near = suggestion(name, cohort.covariates) if cohort.covariates else "the schema declares no covariates;"
        raise DesignError(
            f"{cohort.source}: no covariate '{name}'; {near} declare it in the schema, or name another with --{option}"
        )
    return cohort.covariates[name]


def refuse(cohort: Cohort, wrong: BoolArray, words: str) -> None:
    """Raise ``DesignError`` naming the patients for whom something is wrong."""
    if wrong.any():
        who = some_of([cohort.ids[k] for k in np.flatnonzero(wrong)])
        raise DesignError(f"{cohort.source}, patients {who}: {words}")


def quoted(names: Sequence[str]) -> str:
    """Join names in quotation marks."""
    return " and ".join(f"'{name}'" for name in names)
