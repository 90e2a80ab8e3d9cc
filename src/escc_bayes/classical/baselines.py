"""The tables of ``baselines``: what every covariate of a schema says on its own, and all together.

Kaplan-Meier, log-rank, landmarks, medians and restricted means use the complete cases of each covariate;
the multivariable models the complete cases of all.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from escc_bayes.classical import ratios
from escc_bayes.classical.coding import classical_design, covariates_spec
from escc_bayes.classical.curves import group_curve, groups_of, members, part
from escc_bayes.classical.km import follow_up, quantile, survival_at
from escc_bayes.classical.logrank import logrank, pairwise
from escc_bayes.classical.ph_test import ph_test
from escc_bayes.classical.rmst import rmst
from escc_bayes.data.cohort import Cohort
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.estimand.tables import Row, hazard_ratio_rows
from escc_bayes.foundation.errors import DataWarning, NoContrastError
from escc_bayes.foundation.record import Record, versions
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.baseline import resolve_baseline
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.rows import AnalysisRows, select_rows

LANDMARKS = (12.0, 24.0, 36.0)
EVERYONE = "all"


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


def telling(
    cohort: Cohort, endpoint: str, landmark: float | None
) -> tuple[dict[str, ModelPlan], dict[str, NoContrastError]]:
    """Return the plan, on its complete cases, of each covariate with a contrast, and why the others have none."""
    alone: dict[str, ModelPlan] = {}
    left_out: dict[str, NoContrastError] = {}
    for name in cohort.covariates:
        rows = rows_for(cohort, endpoint, (name,), landmark)
        try:
            alone[name] = plan_for(rows, (name,))
        except NoContrastError as error:
            left_out[name] = error
    return alone, left_out


def complete_cases(
    cohort: Cohort, endpoint: str, landmark: float | None, names: tuple[str, ...]
) -> tuple[AnalysisRows, dict[str, NoContrastError]]:
    """Return the complete cases of all covariates that have a contrast among them, and why the others have none."""
    rows = rows_for(cohort, endpoint, names, landmark)
    for name in names:
        try:
            plan_for(rows, (name,))
        except NoContrastError as error:
            others = tuple(other for other in names if other != name)
            found, silent = complete_cases(cohort, endpoint, landmark, others)
            return found, {name: error, **silent}
    return rows, {}


def rows_for(cohort: Cohort, endpoint: str, names: tuple[str, ...], landmark: float | None) -> AnalysisRows:
    """Return the complete cases; without a landmark a covariate known later is NAIVE."""
    return select_rows(cohort, endpoint, names, landmark=landmark, naive=landmark is None)


def plan_for(rows: AnalysisRows, names: tuple[str, ...]) -> ModelPlan:
    """Return the plan of a model with all of ``names``."""
    spec = covariates_spec(rows.endpoint, names, rows)
    design, _ = classical_design(spec, rows)
    return ModelPlan(spec, rows, design, resolve_baseline(spec, rows))


def ratio_tables(
    plan: ModelPlan, alone: dict[str, ModelPlan], record: Record, level: float
) -> tuple[list[Row], list[str]]:
    """Return hazard ratios of all methods, and what could not be estimated."""
    found: list[Estimate] = []
    for single in alone.values():
        fitted = ratios.cox_coefficients(single, "cox_univariable")
        contrasts = standard_contrasts(single.design)
        source = ratios.Source(single, "univariable", record, level)
        found += [ratios.wald(asked, source, fitted) for asked in contrasts]
    if alone:
        found += multivariable(plan, record, level)
    problems = sorted({f"{e.method}: {e.note}" for e in found if e.note.startswith("not estimable")})
    infinite = [f"{e.method}, {e.term} {e.contrast}: {e.note}" for e in found if e.note == ratios.NOT_FINITE]
    return hazard_ratio_rows(found), problems + infinite


def multivariable(plan: ModelPlan, record: Record, level: float) -> list[Estimate]:
    """Return Cox, Firth and Weibull hazard ratios of the model with all covariates."""
    source = ratios.Source(plan, "multivariable", record, level)
    cox = ratios.cox_coefficients(plan, "cox")
    fitted = ratios.weibull_fit(plan, float(np.median(plan.rows.time)))
    weibull = ratios.weibull_coefficients(fitted, plan.design.columns.shape[1])
    found = []
    for asked in standard_contrasts(plan.design):
        found += [
            ratios.wald(asked, source, cox),
            ratios.firth_ratio(asked, source),
            ratios.wald(asked, source, weibull),
        ]
    return found


def origin(rows: AnalysisRows) -> dict[str, object]:
    """Return the columns that say where a row comes from."""
    return {"provenance": rows.provenance, "clock": rows.clock}


def term_groups(rows: AnalysisRows, term: str) -> tuple[tuple[str, str], ...]:
    """Return (argument of ``group_curve``, label) of each group; one of all for no term."""
    return tuple((group, group) for group in groups_of(rows, term)) if term else (("", EVERYONE),)


def km_rows(rows: AnalysisRows, term: str, level: float) -> list[Row]:
    """Return ``km.csv``: one row for each distinct exit time of each group."""
    found: list[Row] = []
    for group, label in term_groups(rows, term):
        curve = group_curve(rows, term, group, level)
        for i in range(curve.time.size):
            found.append(
                {
                    "endpoint": rows.endpoint,
                    "term": term,
                    "group": label,
                    "time": float(curve.time[i]),
                    "survival": float(curve.survival[i]),
                    "lower": float(curve.lower[i]),
                    "upper": float(curve.upper[i]),
                    "at_risk": float(curve.at_risk[i]),
                    "events": float(curve.events[i]),
                    "censored": float(curve.censored[i]),
                    "level": level,
                    **origin(rows),
                }
            )
    return found


def landmark_rows(rows: AnalysisRows, term: str, level: float, times: tuple[float, ...]) -> list[Row]:
    """Return ``landmarks.csv``: survival at stated months; empty beyond follow-up."""
    found: list[Row] = []
    for group, label in term_groups(rows, term):
        at = survival_at(group_curve(rows, term, group, level), np.array(times))
        for i, time in enumerate(times):
            found.append(
                {
                    "endpoint": rows.endpoint,
                    "term": term,
                    "group": label,
                    "time": time,
                    "survival": float(at.survival[i]),
                    "lower": float(at.lower[i]),
                    "upper": float(at.upper[i]),
                    "at_risk": float(at.at_risk[i]),
                    "level": level,
                    **origin(rows),
                }
            )
    return found


def median_rows(rows: AnalysisRows, term: str, level: float) -> list[Row]:
    """Return ``medians.csv``: median survival with limits; empty where not reached."""
    found: list[Row] = []
    for group, label in term_groups(rows, term):
        inside = members(rows, term, group)
        middle = quantile(group_curve(rows, term, group, level))
        found.append(
            {
                "endpoint": rows.endpoint,
                "term": term,
                "group": label,
                "n": int(inside.sum()),
                "events": int(rows.event[inside].sum()),
                "median": middle.value,
                "lower": middle.lower,
                "upper": middle.upper,
                "level": level,
                **origin(rows),
            }
        )
    return found


def logrank_rows(rows: AnalysisRows, term: str) -> list[Row]:
    """Return ``logrank.csv``: all groups together, then each pair with raw and Holm P values."""
    groups = groups_of(rows, term)
    codes = rows.covariates[term].values.astype(np.int64)
    late = rows.entry if rows.delayed else None
    weight = rows.weight if (rows.weight != 1.0).any() else None
    whole = logrank(rows.time, rows.event, codes, entry=late, weight=weight)
    head = {"endpoint": rows.endpoint, "term": term}
    # One comparison needs no correction: Holm's P equals the raw one.
    overall: Row = {
        **head,
        "comparison": "overall",
        "chi2": whole.chi2,
        "df": whole.df,
        "p_value": whole.p_value,
        "p_holm": whole.p_value,
        **origin(rows),
    }
    if len(groups) == 2:
        return [overall]
    levels = rows.covariates[term].schema.levels
    pairs: list[Row] = [
        {
            **head,
            "comparison": f"{levels[pair.second]} vs {levels[pair.first]}",
            "chi2": pair.chi2,
            "df": 1,
            "p_value": pair.p_value,
            "p_holm": pair.p_holm,
            **origin(rows),
        }
        for pair in pairwise(rows.time, rows.event, codes, entry=late, weight=weight)
    ]
    return [overall, *pairs]


def ph_rows(plan: ModelPlan) -> list[Row]:
    """Return ``ph_test.csv``: each term of the multivariable Cox model, and GLOBAL."""
    cox = ratios.cox_coefficients(plan, "cox")
    if cox.problem:
        return []
    rows = plan.rows
    terms = tuple((b.effect.name, tuple(range(b.start, b.stop))) for b in plan.design.blocks)
    tests = ph_test(
        plan.design.columns,
        rows.time,
        rows.event,
        cox.coef,
        terms,
        entry=ratios.entry_of(plan),
        weight=ratios.weight_of(plan),
    )
    return [
        {
            "endpoint": rows.endpoint,
            "term": test.term,
            "chi2": test.chi2,
            "df": test.df,
            "p_value": test.p_value,
            **origin(rows),
        }
        for test in tests
    ]


def rmst_rows(rows: AnalysisRows, term: str, level: float, wanted: float) -> list[Row]:
    """Return ``rmst.csv``: restricted means to ``wanted`` months, or to the shortest group's longest follow-up."""
    z = float(ndtri(0.5 + level / 2.0))
    until = common_horizon(rows, term, wanted)
    found: list[Row] = []
    for group, label in term_groups(rows, term):
        inside = members(rows, term, group)
        area = rmst(rows.time[inside], rows.event[inside], until=until, **part(rows, inside))
        found.append(
            {
                "endpoint": rows.endpoint,
                "term": term,
                "group": label,
                "until": until,
                "rmst": area.value,
                "lower": area.value - z * area.std_error,
                "upper": area.value + z * area.std_error,
                "std_error": area.std_error,
                "level": level,
                **origin(rows),
            }
        )
    return found


def common_horizon(rows: AnalysisRows, term: str, wanted: float) -> float:
    """Return the latest month, at most ``wanted``, to which every group's curve is known."""
    ends = [float(rows.time[members(rows, term, group)].max()) for group, _ in term_groups(rows, term)]
    return min(wanted, *ends)


def follow_up_row(rows: AnalysisRows, level: float) -> Row:
    """Return ``followup.csv``: the reverse Kaplan-Meier median."""
    inside: FloatArray = members(rows, "", "")
    found = follow_up(rows.time, rows.event, level=level, **part(rows, inside))
    return {
        "endpoint": rows.endpoint,
        "median": found.value,
        "lower": found.lower,
        "upper": found.upper,
        "level": level,
        **origin(rows),
    }
