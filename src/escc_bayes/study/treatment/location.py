"""Cervical location: its hazard ratio alone, beside the treatment, and beside all covariates of the design.

docs/methods/treatment.md.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from escc_bayes.bayes.posterior.fallback import fit_or_replace
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.classical.fit import fit_classical_plan
from escc_bayes.data.cohort import Cohort
from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.data.covariates import CovariateData
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.errors import CohortError, SpecError
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.matching.immortal import as_if_known
from escc_bayes.matching.matched_cohort import with_data
from escc_bayes.matching.models import adjusted_model
from escc_bayes.matching.pooling import pool_rows
from escc_bayes.spec.plan import make_plan
from escc_bayes.study.treatment.asked import TreatmentAsked
from escc_bayes.study.treatment.found_columns import Location

CERVICAL, ELSEWHERE = "cervical", "elsewhere"
ALONE, WITH_TREATMENT, WITH_ALL = "alone", "beside the treatment", "beside the treatment and the design's covariates"


def location_rows(
    cohorts: Sequence[Cohort], where: Location, endpoint: str, asked: TreatmentAsked, level: float, seed: Seed
) -> list[Row]:
    """Return hazard ratios of cervical over other locations, by Cox and by a posterior; of several cohorts pooled."""
    members = [rows_of(cohort, where, endpoint, asked, level, stream(seed, str(k))) for k, cohort in enumerate(cohorts)]
    return members[0] if len(members) == 1 else pool_rows(members, level)


def rows_of(
    cohort: Cohort, where: Location, endpoint: str, asked: TreatmentAsked, level: float, seed: Seed
) -> list[Row]:
    """Return the rows of one cohort."""
    known = as_if_known(cohort, asked.treatment)
    two, name = with_cervical(known, where)
    others = tuple(one for one in asked.on if one != where.name)
    adjusted = {ALONE: (), WITH_TREATMENT: (asked.treatment,)}
    adjusted |= {WITH_ALL: (asked.treatment, *others)} if others else {}
    return [
        row_of(e, word, endpoint, cohort.provenance)
        for word, beside in adjusted.items()
        for e in estimates(two, name, endpoint, beside, level, seed)
    ]


def with_cervical(cohort: Cohort, where: Location) -> tuple[Cohort, str]:
    """Return the cohort with a yes or no of cervical location, and its name."""
    data = cohort.covariate(where.name)
    code = data.schema.levels.index(where.level)
    values = np.where(np.isnan(data.values), np.nan, (data.values == code).astype(np.float64))
    name = f"{where.name}_cervical"
    schema = CovariateSchema(name, data.schema.column, "binary", levels=(ELSEWHERE, CERVICAL), label="Location")
    return with_data(cohort, name, CovariateData(schema, values, np.zeros(cohort.rows))), name


def estimates(
    cohort: Cohort, name: str, endpoint: str, beside: tuple[str, ...], level: float, seed: Seed
) -> list[Estimate]:
    """Return the hazard ratio by Cox and by the posterior; none where the model does not fit the cohort."""
    spec = adjusted_model(cohort, endpoint, name, beside)
    naive = any(cohort.covariate(one).known_later for one in beside)
    spec = replace(spec, outcome=replace(spec.outcome, naive=True)) if naive else spec
    try:
        plan = make_plan(spec, cohort)
    except (CohortError, SpecError):
        return []
    ratio = next(one for one in standard_contrasts(plan.design) if one.term == name)
    classical = [e for e in fit_classical_plan(plan).estimate(ratio, level=level) if e.method == "cox"]
    posterior = fit_or_replace(plan, RunSettings("laplace"), seed=stream(seed, *beside))
    return [*classical, posterior.estimate(ratio, level=level)]


def row_of(e: Estimate, adjusted: str, endpoint: str, provenance: str) -> Row:
    """Return one row of the CSV file."""
    return {
        "endpoint": endpoint,
        "quantity": "hazard_ratio",
        "group": adjusted,
        "time": math.nan,
        "contrast": f"{CERVICAL} vs {ELSEWHERE}",
        "method": e.method,
        "value": e.value,
        "lower": e.lower,
        "upper": e.upper,
        "level": e.level,
        "interval": e.interval_kind,
        "prob_hr_gt_1": e.prob_gt_1,
        "p_value": e.p_value,
        "n": e.n,
        "events": e.events,
        "clock": e.clock,
        "provenance": provenance,
        "note": e.note,
    }
