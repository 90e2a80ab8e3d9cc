"""The tables of ``baselines``: what every covariate of a schema says on its own, and all together.

Kaplan-Meier, log-rank, landmarks, medians and restricted means use the complete cases of each covariate;
the multivariable models the complete cases of all. Who is analysed: ``baseline_cases``; rows of the tables:
``baseline_rows`` (curves and tests), ``baseline_ratios`` (models).
"""

import warnings
from dataclasses import dataclass

from escc_bayes.classical.baseline_cases import complete_cases, plan_for, rows_for, telling
from escc_bayes.classical.baseline_ratios import ph_rows, ratio_tables
from escc_bayes.classical.baseline_rows import (
    follow_up_row,
    km_rows,
    landmark_rows,
    logrank_rows,
    median_rows,
    rmst_rows,
)
from escc_bayes.data.cohort import Cohort
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.errors import DataWarning
from escc_bayes.foundation.record import Record, versions

LANDMARKS = (12.0, 24.0, 36.0)


@dataclass(frozen=True, slots=True)
class Baselines:
    """Tables by file name without ``.csv``, and the sentences that go with them."""

    tables: dict[str, list[Row]]
    sentences: tuple[str, ...]
    record: Record


def baselines(
    cohort: Cohort,
    endpoint: str,
    *,
    level: float,
    landmark: float | None = None,
    times: tuple[float, ...] = LANDMARKS,
) -> Baselines:
    """Return every classical table of a cohort for one endpoint.

    Parameters
    ----------
    level : of all intervals.
    landmark : months at which the clock restarts; without it covariates known later are analysed as if known
        at time zero, and their rows say NAIVE.
    times : months at which survival is read.

    Raises
    ------
    CohortError : no such endpoint, no events.

    Warns
    -----
    DataWarning : a covariate is left out, since it has one level, no reference or one value among the patients
        analysed; a hazard ratio could not be estimated.
    """
    everyone = rows_for(cohort, endpoint, (), landmark)
    plans, left_out = telling(cohort, endpoint, landmark)
    alone = {name: plan.rows for name, plan in plans.items()}
    together, silent = complete_cases(cohort, endpoint, landmark, tuple(alone))
    names = tuple(name for name in alone if name not in silent)
    record = Record("", cohort.digest, None, cohort.provenance, "classical", (("level", level),), versions())
    categorical = [name for name in alone if cohort.covariates[name].schema.categorical]
    sections = [(everyone, "")] + [(alone[name], name) for name in categorical]
    plan = plan_for(together, names)
    ratio_rows, problems = ratio_tables(plan, plans, record, level)
    tables: dict[str, list[Row]] = {
        "km": [row for rows, term in sections for row in km_rows(rows, term, level)],
        "landmarks": [row for rows, term in sections for row in landmark_rows(rows, term, level, times)],
        "medians": [row for rows, term in sections for row in median_rows(rows, term, level)],
        "logrank": [row for name in categorical for row in logrank_rows(alone[name], name)],
        "hazard_ratios": ratio_rows,
        "ph_test": ph_rows(plan) if names else [],
        "rmst": [row for rows, term in sections for row in rmst_rows(rows, term, level, max(times))],
        "followup": [follow_up_row(everyone, level)],
    }
    problems = [
        *(f"'{name}' is left out: {error.why}" for name, error in left_out.items()),
        *(f"'{name}' is left out of the models with all covariates: {error.why}" for name, error in silent.items()),
        *problems,
    ]
    for problem in problems:
        warnings.warn(problem, DataWarning, stacklevel=2)
    return Baselines(tables, (everyone.sentence(), f"All covariates: {together.sentence()}", *problems), record)
