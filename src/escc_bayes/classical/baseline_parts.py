"""Parts of ``baselines`` that several covariates make together: all in one model, within strata, an interaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from escc_bayes.classical import baseline_interaction as interactions
from escc_bayes.classical.baseline_cases import complete_cases, known_at_zero, plan_for
from escc_bayes.classical.baseline_ratios import (
    KNOWN_AT_ZERO,
    UNIVARIABLE,
    multivariable,
    ph_rows,
    stratified,
)
from escc_bayes.classical.baseline_tests import logrank_rows
from escc_bayes.classical.strata import strata_of
from escc_bayes.data.cohort import Cohort
from escc_bayes.estimand.estimate import Estimate, p_words, ratio_words
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.errors import CohortError
from escc_bayes.foundation.record import Record
from escc_bayes.spec.cautions import cautions
from escc_bayes.spec.plan import ModelPlan


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a cohort: endpoint, landmark, level, names of the strata, and the record of it all."""

    cohort: Cohort
    endpoint: str
    landmark: float | None
    level: float
    strata: tuple[str, ...]
    record: Record


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of the analysis adds.

    Rows by table, hazard ratios, what is left out, sentences of results, and what its data can carry.
    """

    tables: dict[str, list[Row]]
    ratios: tuple[Estimate, ...] = ()
    left_out: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()


def all_together(asked: Asked, names: tuple[str, ...]) -> Part:
    """Return the models with all covariates; where some are NAIVE, also those of the covariates known at zero."""
    plan, silent = plan_within(asked, names, ())
    found = multivariable(plan, asked.record, asked.level)
    sentences = [f"All covariates: {plan.rows.sentence()}"]
    early = known_at_zero(asked.cohort, names)
    if asked.landmark is None and early and early != names:
        first, _ = plan_within(asked, early, ())
        found += multivariable(first, asked.record, asked.level, KNOWN_AT_ZERO)
        sentences.append(f"Covariates known at time zero ({', '.join(early)}): {first.rows.sentence()}")
    left_out = (f"'{name}' is left out of the models with all covariates: {why}" for name, why in silent.items())
    tests = {"ph_test": ph_rows(plan) if plan.design.blocks else []}
    return Part(tests, tuple(found), tuple(left_out), tuple(sentences), cautions(plan))


def plan_within(asked: Asked, names: tuple[str, ...], strata: tuple[str, ...]) -> tuple[ModelPlan, dict[str, str]]:
    """Return the plan of covariates on the patients who have them and the strata, and why some have no contrast."""
    rows, silent = complete_cases(asked.cohort, asked.endpoint, asked.landmark, names, strata)
    return plan_for(rows, tuple(name for name in names if name not in silent)), silent


def within_strata(asked: Asked, names: tuple[str, ...], categorical: Sequence[str]) -> Part:
    """Return log-rank tests and Cox models within the strata: each covariate on its own, and all together."""
    strata = asked.strata
    others = tuple(name for name in names if name not in strata)
    if not strata or not others:
        return Part({})
    tests: list[Row] = []
    found: list[Estimate] = []
    left_out = []
    for name in others:
        plan, silent = plan_within(asked, (name,), strata)
        left_out += [f"'{name}' is left out within {' and '.join(strata)}: {why}" for why in silent.values()]
        if silent:
            continue
        found += stratified(plan, strata, asked.record, asked.level, UNIVARIABLE)
        if name in categorical:
            tests += logrank_rows(plan.rows, name, strata_of(plan.rows, strata))
    together, _ = plan_within(asked, others, strata)
    if together.design.blocks:
        found += stratified(together, strata, asked.record, asked.level)
    by = f"Within {' and '.join(strata)}"
    overall = [row for row in tests if row["comparison"] == "overall"]
    sentences = [f"{by}: log-rank of {row['term']} {chi_squared_words(row)}" for row in overall]
    sentences += [f"{by}: {ratio_words(e)}" for e in found if e.model != UNIVARIABLE]
    return Part({"logrank": tests}, tuple(found), tuple(left_out), tuple(sentences))


def chi_squared_words(row: Row) -> str:
    """Print a chi-squared test."""
    chi2, p_value = row["chi2"], row["p_value"]
    assert isinstance(chi2, float)
    assert isinstance(p_value, float)
    return f"chi-squared {chi2:.3f}, df {row['df']}, {p_words(p_value)}"


def interacting(asked: Asked, pair: tuple[str, str], names: tuple[str, ...]) -> Part:
    """Return the interaction of two covariates, alone and beside all others that are no strata."""
    interactions.checked_pair(asked.cohort, pair, asked.strata, names)
    others = tuple(name for name in names if name not in asked.strata)
    models = {interactions.ALONE: pair} | ({interactions.ADJUSTED: others} if len(others) > 2 else {})
    tests: list[Row] = []
    subgroups: list[Row] = []
    sentences = []
    for model, wanted in models.items():
        plan, silent = plan_within(asked, wanted, asked.strata)
        lost = [name for name in pair if name in silent]
        if lost:
            raise CohortError(f"interaction {pair[0]}, {pair[1]}: '{lost[0]}' has no contrast: {silent[lost[0]]}")
        strata = strata_of(plan.rows, asked.strata) if asked.strata else None
        rows = interactions.interaction_rows(plan, pair, model, asked.record, asked.level, strata)
        tests += rows[0]
        subgroups += rows[1]
        sentences.append(rows[2])
    return Part({"interaction": tests, "subgroups": subgroups}, sentences=tuple(sentences))
