"""Rows of ``baselines`` that come from models: hazard ratios, and tests of proportionality."""

from collections.abc import Mapping

import numpy as np

from escc_bayes.classical import ratios
from escc_bayes.classical.baseline_rows import origin
from escc_bayes.classical.ph_test import PHTest, ph_test
from escc_bayes.classical.regression import entry_of, weight_of
from escc_bayes.classical.separation import INFINITE
from escc_bayes.classical.strata import strata_of
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.errors import some_of
from escc_bayes.foundation.record import Record
from escc_bayes.spec.plan import ModelPlan

# Contrasts of one covariate without a finite estimate that are told one by one.
FEW_ROWS = 3
UNIVARIABLE, MULTIVARIABLE, KNOWN_AT_ZERO = "univariable", "multivariable", "multivariable_known_at_zero"
NO_INFORMATION = "the events carry no information on it"


def univariable(alone: dict[str, ModelPlan], record: Record, level: float) -> list[Estimate]:
    """Return Cox hazard ratios of each covariate on its own."""
    found: list[Estimate] = []
    for single in alone.values():
        fitted = ratios.cox_coefficients(single, "cox_univariable")
        source = ratios.Source(single, UNIVARIABLE, record, level)
        found += [ratios.wald(asked, source, fitted) for asked in standard_contrasts(single.design)]
    return found


def multivariable(plan: ModelPlan, record: Record, level: float, model: str = MULTIVARIABLE) -> list[Estimate]:
    """Return Cox, Firth and Weibull hazard ratios of a model with all covariates of a plan; none without any."""
    if not plan.design.blocks:
        return []
    source = ratios.Source(plan, model, record, level)
    cox = ratios.cox_coefficients(plan, "cox")
    fitted = ratios.weibull_fit(plan, float(np.median(plan.rows.time)))
    weibull = ratios.weibull_coefficients(fitted, plan.design.columns.shape[1])
    found = []
    for asked in standard_contrasts(plan.design):
        found += [
            ratios.wald(asked, source, cox),
            ratios.firth_ratio(asked, source, cox),
            ratios.wald(asked, source, weibull),
        ]
    return found


def stratified(
    plan: ModelPlan, names: tuple[str, ...], record: Record, level: float, model: str = MULTIVARIABLE
) -> list[Estimate]:
    """Return Cox hazard ratios of a plan, stratified by the covariates ``names`` of its rows."""
    source = ratios.Source(plan, model, record, level)
    fitted = ratios.cox_coefficients(plan, "cox_stratified", strata_of(plan.rows, names))
    return [ratios.wald(asked, source, fitted) for asked in standard_contrasts(plan.design)]


def unestimable(found: list[Estimate]) -> list[str]:
    """Return sentences on what could not be estimated; a covariate of many levels has one for all of them."""
    problems = {f"{named(e)}: {e.note}" for e in found if e.note.startswith("not estimable")}
    infinite: dict[tuple[str, str], list[Estimate]] = {}
    for e in found:
        if e.note.startswith(ratios.NOT_FINITE):
            infinite.setdefault((named(e), e.term), []).append(e)
    sentences = []
    for (method, term), rows in infinite.items():
        if len(rows) <= FEW_ROWS:
            sentences += [f"{method}, {term} {e.contrast}: {e.note}" for e in rows]
            continue
        contrasts = some_of([e.contrast for e in rows], most=FEW_ROWS)
        why = f"{ratios.NOT_FINITE}: {INFINITE}; the rows say why, level by level"
        sentences.append(f"{method}, {term} ({len(rows)} contrasts: {contrasts}): {why}")
    return sorted(problems) + sentences


def named(e: Estimate) -> str:
    """Name a method, with its strata."""
    return f"{e.method} by {e.strata}" if e.strata else e.method


def ph_rows(plan: ModelPlan) -> list[Row]:
    """Return ``ph_test.csv``: each term of the multivariable Cox model, and GLOBAL."""
    cox = ratios.cox_coefficients(plan, "cox")
    if cox.problem:
        return []
    rows = plan.rows
    terms = tuple((b.effect.name, tuple(range(b.start, b.stop))) for b in plan.design.blocks)
    # Beside a coefficient that is infinite another may be known to nothing at all: neither is tested.
    variance = np.diag(cox.covariance) * plan.design.columns.var(axis=0)
    unsettled = np.asarray(cox.infinite | (variance > ratios.NOTHING_KNOWN**2))
    tests = ph_test(
        plan.design.columns,
        rows.time,
        rows.event,
        cox.coef,
        terms,
        entry=entry_of(plan),
        weight=weight_of(plan),
        infinite=unsettled,
        cluster=rows.cluster,
    )
    left_out = {name: bool(unsettled[list(columns)].any()) for name, columns in terms}
    reason = INFINITE if cox.infinite.any() and not (cox.flat is not None and cox.flat.all()) else NO_INFORMATION
    return [
        {
            "endpoint": rows.endpoint,
            "term": test.term,
            "chi2": test.chi2,
            "df": test.df,
            "p_value": test.p_value,
            "n": rows.n,
            "events": rows.events,
            "rows": rows.time.size,
            **origin(rows, ph_note(test, reason, left_out=left_out), rows.basis_note()),
        }
        for test in tests
    ]


def ph_note(test: PHTest, reason: str, *, left_out: Mapping[str, bool]) -> str:
    """Say what of a term could not be tested."""
    part = left_out.get(test.term, any(left_out.values()))
    if test.df == 0:
        return f"not tested: {reason if part else NO_INFORMATION}"
    return f"tested without what has no finite coefficient: {reason}" if part else ""
