"""The tables of ``baselines``: what every covariate of a schema says on its own, and all together.

Kaplan-Meier, log-rank, landmarks, medians and restricted means use the complete cases of each covariate;
the multivariable models the complete cases of all. Who is analysed: ``baseline_cases``; rows of the tables:
``baseline_rows`` (curves), ``baseline_tests``, ``baseline_ratios`` (models), ``baseline_interaction``; what several
covariates say together: ``baseline_parts``.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from escc_bayes.classical.baseline_cases import rows_for, telling, too_late
from escc_bayes.classical.baseline_parts import Asked, all_together, interacting, within_strata
from escc_bayes.classical.baseline_ratios import (
    UNIVARIABLE,
    unestimable,
    univariable,
)
from escc_bayes.classical.baseline_rows import (
    follow_up_row,
    km_rows,
    landmark_rows,
    median_rows,
    rmst_rows,
)
from escc_bayes.classical.baseline_tests import logrank_rows
from escc_bayes.classical.centres import left_out as left_out_words
from escc_bayes.classical.curves import NOT_REACHED
from escc_bayes.classical.strata import strata_names
from escc_bayes.data.cohort import Cohort
from escc_bayes.data.level_labels import NO_LABELS, LevelLabels, level_labels
from escc_bayes.estimand.as_read import tables_as_read
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.estimand.printed import baseline_tables
from escc_bayes.estimand.tables import Row, hazard_ratio_rows
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.errors import CohortError, DataWarning
from escc_bayes.foundation.kinds import LEVEL, month_of, months_of
from escc_bayes.foundation.notebook import few, shown
from escc_bayes.foundation.record import Record, versions
from escc_bayes.spec.cautions import lines_of, of_patients
from escc_bayes.spec.plan import ModelPlan

LANDMARKS = (12.0, 24.0, 36.0)
# What a notebook shows of each table; all columns are in ``tables``.
MEDIAN = ("term", "group", "n", "events", "median", "lower", "upper", "note")
TEST = ("term", "comparison", "strata", "chi2", "df", "p_value", "note")
RATIO = ("term", "contrast", "model", "method", "hr", "lower", "upper", "p_value", "n", "events", "note")


@dataclass(frozen=True, slots=True, repr=False)
class Baselines:
    """Tables by file name without ``.csv``, the sentences that go with them, and what people read for levels."""

    tables: dict[str, list[Row]]
    sentences: tuple[str, ...]
    record: Record
    levels: LevelLabels = NO_LABELS

    def __repr__(self) -> str:
        return "\n\n".join(["\n".join(self.sentences), *baseline_tables(tables_as_read(self.tables, self.levels))])

    def _repr_html_(self) -> str:
        shown_of = (("medians", MEDIAN), ("logrank", TEST), ("hazard_ratios", RATIO))
        read = tables_as_read(self.tables, self.levels)
        parts = [shown([], few(read.get(name, ()), columns)) for name, columns in shown_of]
        return "".join([shown(self.sentences), *parts])


@careful
def baselines(
    cohort: Cohort,
    endpoint: str,
    *,
    level: float = LEVEL,
    landmark: float | None = None,
    times: tuple[float, ...] = LANDMARKS,
    strata: str | Sequence[str] | None = None,
    interaction: tuple[str, str] | None = None,
    causes: Sequence[str] = (),
) -> Baselines:
    """Return every classical table of a cohort for one endpoint.

    Parameters
    ----------
    level : of all intervals.
    landmark : months at which the clock restarts, and covariates known later are left out; without it they are
        analysed as if known at time zero, their rows say NAIVE, and the model of the others stands beside theirs.
    times : months at which survival is read.
    strata : covariates, or strata of the schema, within which log-rank tests and Cox models compare as well;
        None: those of the schema.
    interaction : two covariates; tested by likelihood ratio, with the hazard ratios of the first within each level
        of the second (tables ``interaction`` and ``subgroups``).
    causes : covariates that say of which cause an event was: known with the event alone, they part no patients at risk
        and are left out.

    Raises
    ------
    CohortError : no such endpoint, covariate or stratum; no events; a stratum that is a number.

    Warns
    -----
    DataWarning : a covariate is left out, since it has one level, no reference or one value among the patients
        analysed, or is known only after the landmark; a hazard ratio could not be estimated.
    """
    times = months_of(times, "baselines", "times")
    landmark = None if landmark is None else month_of(landmark, "baselines", "landmark", zero=True)
    record = Record("", cohort.digest, None, cohort.provenance, "classical", (("level", level),), versions())
    given = (strata,) if isinstance(strata, str) else strata
    within = strata_names(cohort, None if given is None else tuple(given))
    for name in within:
        if late := too_late(cohort, name, landmark):
            raise CohortError(f"stratum '{name}': {late}; set a later landmark, or name another stratum")
    asked = Asked(cohort, endpoint, landmark, level, within, record)
    everyone = rows_for(cohort, endpoint, (), landmark)
    plans, left_out = telling(cohort, endpoint, landmark)
    plans = {name: plan for name, plan in plans.items() if name not in causes}
    left_out = {name: reason for name, reason in left_out.items() if name not in causes}
    alone = {name: plan.rows for name, plan in plans.items()}
    categorical = [name for name in alone if cohort.covariates[name].schema.categorical]
    sections = [(everyone, "")] + [(alone[name], name) for name in categorical]
    tables: dict[str, list[Row]] = {
        "km": [row for rows, term in sections for row in km_rows(rows, term, level)],
        "landmarks": [row for rows, term in sections for row in landmark_rows(rows, term, level, times)],
        "medians": [row for rows, term in sections for row in median_rows(rows, term, level)],
        "logrank": [row for name in categorical for row in logrank_rows(alone[name], name)],
        "rmst": [row for rows, term in sections for row in rmst_rows(rows, term, level, max(times))],
        "followup": [follow_up_row(everyone, level)],
    }
    parts = [all_together(asked, tuple(alone)), within_strata(asked, tuple(alone), categorical)]
    if interaction is not None:
        parts.append(interacting(asked, interaction, tuple(alone)))
    for part in parts:
        for name, rows in part.tables.items():
            tables[name] = [*tables.get(name, []), *rows]
    found = [*univariable(plans, record, level), *(e for part in parts for e in part.ratios)]
    found = [replace(e, centres=strata_entered(e, within, tuple(alone))) for e in found]
    tables["hazard_ratios"] = hazard_ratio_rows(found)
    problems = [
        *(f"'{name}' is left out: {reason}" for name, reason in left_out.items()),
        *(problem for part in parts for problem in part.left_out),
        *unestimable(found),
    ]
    for problem in problems:
        warnings.warn(problem, DataWarning, stacklevel=2)
    carried = lines_of(tuple(dict.fromkeys((*of_patients(everyone), *parts[0].cautions, *of_each(plans)))))
    levels = level_labels(cohort.covariates)
    found_out = (sentence for part in parts for sentence in part.sentences)
    said = tuple(map(levels.said, (everyone.sentence(), *found_out, *carried, *problems)))
    return Baselines(tables, (*said, *noted(tables_as_read(tables, levels), said)), record, levels)


def noted(tables: Mapping[str, Sequence[Row]], said: tuple[str, ...]) -> tuple[str, ...]:
    """Return what the notes of the tables of curves and tests say of each group that was not said, each once."""
    found: dict[str, None] = {}
    for name in ("landmarks", "medians", "rmst", "followup", "logrank", "ph_test"):
        for row in tables[name]:
            whose = " ".join(str(row.get(key, "")) for key in ("term", "group", "comparison")).strip()
            for note in str(row.get("note", "")).split("; "):
                if note not in ("", NOT_REACHED) and not any(note in sentence for sentence in said):
                    found.setdefault(f"{whose or 'median follow-up'}: {note}")
    return tuple(found)


def of_each(plans: Mapping[str, ModelPlan]) -> tuple[str, ...]:
    """Return the levels with few events of each covariate on its own."""
    return tuple(sentence for plan in plans.values() for sentence in plan.rows.notes)


def strata_entered(e: Estimate, strata: tuple[str, ...], names: tuple[str, ...]) -> str:
    """Say how the strata entered a hazard ratio: stratified by, as a factor among all covariates, or left out."""
    if e.strata or not strata:
        return e.centres
    inside = [name for name in strata if (name in names and e.model != UNIVARIABLE) or name == e.term]
    outside = [name for name in strata if name not in inside]
    words = [f"{' and '.join(inside)} as a factor"] if inside else []
    return "; ".join([*words, *([left_out_words(tuple(outside))] if outside else [])])
