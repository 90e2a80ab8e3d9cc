"""What the chapter cannot show of a cohort, which column of a file would make it possible, and what stands instead."""

from dataclasses import dataclass

from escc_bayes.data.cohort import Cohort
from escc_bayes.estimand.tables import Row
from escc_bayes.study.treatment.asked import TreatmentAsked


@dataclass(frozen=True, slots=True)
class Lacking:
    """One analysis that there is not: the column that it needs, and what the chapter has instead."""

    analysis: str
    column: str
    instead: str = ""


COVARIATES = "a column for each covariate known at time zero that the treatment depended on, named in --on a,b,c"
WITHOUT_DESIGN = (
    Lacking("Design, balance, scores", COVARIATES, "patients as they are"),
    Lacking(
        "Stratified Cox and posterior within pairs",
        "a column that names the pair of each patient (`baselines --strata pair`), or those of --on",
        "Cox and posteriors of both groups, pairs not counted",
    ),
    Lacking(
        "Posterior with the design's uncertainty",
        "every patient before matching, with the columns of --on",
        "the posterior of the groups as they are",
    ),
    Lacking("Subgroups and tests of interaction", "a covariate with levels (ecog, stage, ..), named in --on"),
)
NO_DESIGN = Lacking(
    "Whatever is of groups made alike: weights, pairs, subgroups",
    "none would help: patients who could have had either treatment, or --on without what decides it",
    "patients as they are, nothing adjusted",
)
NO_LEVELS = Lacking(
    "Subgroups and tests of interaction", "a covariate of --on with levels; cuts in the schema make classes of a number"
)
NO_LOCATION = Lacking(
    "Cervical location",
    "a covariate with a level whose words hold 'cervical' (颈), such as location = upper, middle, lower, cervical",
)
NO_GRADES = Lacking(
    "Pneumonitis, each grade",
    "a covariate called pneumonitis (肺炎) by its name, column or label, with levels such as 0 to 5",
)
NO_START = Lacking(
    "Landmark, time-updated, cloned and weighted analyses by the month of the start",
    "the month in which the treatment began: starts_at = COLUMN in covariates.{name}",
    "ratios if all had begun in one month, and how late that would have to be",
)


def lacking_of(
    cohort: Cohort,
    asked: TreatmentAsked,
    *,
    location: bool,
    grades: bool,
    printed_grades: bool,
    subgroups: bool,
    alike: bool,
) -> tuple[Lacking, ...]:
    """Return what is not shown."""
    found: list[Lacking] = []
    if not asked.on:
        found += WITHOUT_DESIGN
    elif not alike:
        found.append(NO_DESIGN)
    elif not subgroups:
        found.append(NO_LEVELS)
    data = cohort.covariate(asked.treatment)
    if data.changes is None and not data.known_later:
        found.append(Lacking(NO_START.analysis, NO_START.column.format(name=asked.treatment), NO_START.instead))
    if len(cohort.endpoints) < 2:
        known = ", ".join(cohort.endpoints)
        found.append(
            Lacking("A second endpoint", "months and event of it in [endpoints] of the schema", f"{known} alone")
        )
    if not location:
        found.append(NO_LOCATION)
    if not grades:
        instead = "what the study prints of grade 3 or more" if printed_grades else ""
        found.append(Lacking(NO_GRADES.analysis, NO_GRADES.column, instead))
    return tuple(found)


def lacking_rows(found: tuple[Lacking, ...]) -> list[Row]:
    """Return the rows of ``treatment_lacking.csv``."""
    return [{"analysis": one.analysis, "column": one.column, "instead": one.instead} for one in found]
