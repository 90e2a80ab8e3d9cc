"""Rows of ``baselines`` on the interaction of two covariates: the test, and hazard ratios within each level."""

import math
from dataclasses import replace

import numpy as np

from escc_bayes.classical import ratios
from escc_bayes.classical.baseline_ratios import MULTIVARIABLE, UNIVARIABLE
from escc_bayes.classical.baseline_rows import origin
from escc_bayes.classical.interaction import Interaction, interaction
from escc_bayes.classical.newton import CollinearError
from escc_bayes.classical.separation import INFINITE
from escc_bayes.classical.strata import Strata
from escc_bayes.data.cohort import Cohort
from escc_bayes.estimand.contrast import standard_contrasts, weights
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.estimand.estimate import joined_notes, p_words
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import CohortError
from escc_bayes.foundation.record import Record
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.thin import FEW_EVENTS

# Models of an interaction: the two covariates alone, or beside all others.
NO_GROUP = "not estimable: no patient of one of the two groups"
ALONE, ADJUSTED = UNIVARIABLE, MULTIVARIABLE


def checked_pair(cohort: Cohort, pair: tuple[str, str], strata: tuple[str, ...], usable: tuple[str, ...]) -> None:
    """Raise unless an interaction is of two different covariates that can be analysed and are no strata."""
    if isinstance(pair, str) or len(pair) != 2:
        raise CohortError(f'interaction = {pair!r}: name two covariates, such as interaction=("arm", "stage")')
    first, second = pair
    for name in pair:
        if name not in cohort.covariates:
            raise CohortError(f"{cohort.source}: no covariate '{name}'; {suggestion(name, cohort.covariates)}")
        if name in strata:
            raise CohortError(f"interaction {first}, {second}: '{name}' is a stratum, and has no effect to test")
        if name not in usable:
            raise CohortError(f"interaction {first}, {second}: '{name}' is left out of the models; name another")
    if first == second:
        raise CohortError(f"interaction {first}, {second}: a covariate has no interaction with itself; name two")


def interaction_rows(
    plan: ModelPlan, pair: tuple[str, str], model: str, record: Record, level: float, strata: Strata | None
) -> tuple[list[Row], list[Row], str]:
    """Return rows of ``interaction.csv`` and ``subgroups.csv``, and the test in a sentence.

    Parameters
    ----------
    plan : with both covariates, and those adjusted for.
    pair : the covariate whose effect is asked, and the one whose levels it may differ between.
    model : ``univariable`` for the two alone, ``multivariable`` beside all others.
    """
    first, second = pair
    label, rows = "" if strata is None else strata.label, plan.rows
    head = {"endpoint": rows.endpoint, "term": f"{first}:{second}", "model": model}
    tail = {"n": rows.n, "events": rows.events, "rows": rows.time.size, "strata": label, **origin(rows)}
    try:
        found = interaction(plan, first, second, strata)
    except CollinearError as error:
        note = ratios.collinear_words(error, plan)
        empty = {"chi2": math.nan, "df": 0, "p_value": math.nan}
        return [{**head, **empty, **tail, "note": note}], [], f"Interaction of {first} and {second} ({model}): {note}"
    robust = "robust Wald test" if plan.rows.cluster is not None else ""
    note = joined_notes(remark(plan, pair, found), robust, plan.rows.basis_note())
    test: Row = {**head, "chi2": found.chi2, "df": found.df, "p_value": found.p_value, **tail, "note": note}
    within = f", stratified by {label}" if label else ""
    sentence = (
        f"Interaction of {first} and {second} ({model}{within}): {test_words(found)}{'; ' + note if note else ''}"
    )
    return [test], subgroup_rows(plan, pair, model, found, record, level, label), sentence


def test_words(found: Interaction) -> str:
    """Print a likelihood-ratio test."""
    if found.df == 0:
        return "nothing to test"
    return f"{found.test} chi-squared {found.chi2:.2f}, df {found.df}, {p_words(found.p_value)}"


def remark(plan: ModelPlan, pair: tuple[str, str], found: Interaction) -> str:
    """Say what a reader must know of the test: combinations that no patient has, and few events."""
    if found.df == 0:
        return "no patient tells the interaction from the two effects"
    fewest, where = fewest_events(plan, pair)
    if where and fewest < FEW_EVENTS:
        return f"{where}: {fewest} event{'' if fewest == 1 else 's'}; with so few the P value is rough"
    return ""


def fewest_events(plan: ModelPlan, pair: tuple[str, str]) -> tuple[int, str]:
    """Return the smallest number of events in a combination of levels that has patients, and name it."""
    covariates = [plan.rows.covariates[name] for name in pair]
    if not all(covariate.schema.categorical for covariate in covariates):
        return 0, ""
    counts: dict[str, int] = {}
    values = np.column_stack([covariate.values for covariate in covariates]).astype(np.int64)
    for codes in np.unique(values, axis=0):
        inside = (values == codes).all(axis=1)
        words = [f"{c.schema.name} {c.schema.levels[code]}" for c, code in zip(covariates, codes, strict=True)]
        counts[", ".join(words)] = int(plan.rows.event[inside].sum())
    where = min(counts, key=lambda name: counts[name])
    return counts[where], where


def subgroup_rows(
    plan: ModelPlan,
    pair: tuple[str, str],
    model: str,
    found: Interaction,
    record: Record,
    level: float,
    strata: str,
) -> list[Row]:
    """Return the hazard ratios of the first covariate within each level of the second; none where that is a number."""
    first, second = pair
    block, place = plan.design.block_of(second)
    covariate, rows = plan.rows.covariates[second], plan.rows
    source = ratios.Source(plan, model, record, level)
    fitted = found.fit
    coefficients = ratios.Coefficients(
        "cox_stratified" if strata else "cox", fitted.coef, fitted.covariance, fitted.infinite, flat=fitted.flat
    )
    out: list[Row] = []
    for name in block.levels[place]:
        inside = covariate.values == covariate.schema.levels.index(name)
        for asked in (one for one in standard_contrasts(plan.design) if one.term == first):
            w = within_level(plan, asked, second, name, found)
            e = ratios.wald(asked, source, coefficients, w)
            if e.note.startswith(ratios.NOT_FINITE):
                e = replace(e, note=f"{ratios.NOT_FINITE}: {INFINITE} among these patients")
            if not tested(plan, asked, inside):
                e = replace(e, value=math.nan, lower=math.nan, upper=math.nan, p_value=math.nan, note=NO_GROUP)
            out.append(
                {
                    "endpoint": rows.endpoint,
                    "model": model,
                    "method": e.method,
                    "term": first,
                    "contrast": e.contrast,
                    "within": f"{second} {name}",
                    "hr": e.value,
                    "lower": e.lower,
                    "upper": e.upper,
                    "level": level,
                    "p_value": e.p_value,
                    "n": rows.patients_in(inside),
                    "events": int(rows.event[inside].sum()),
                    "rows": int(inside.sum()),
                    "strata": strata,
                    **origin(rows),
                    "note": e.note,
                }
            )
    return out


def tested(plan: ModelPlan, asked: HazardRatio, inside: np.ndarray) -> bool:
    """Whether both groups of a contrast have patients within a level; a number needs two values."""
    covariate = plan.rows.covariates[asked.term]
    values = covariate.values[inside]
    if asked.level is None:
        return bool(np.ptp(values) > 0.0) if values.size else False
    codes = [covariate.schema.levels.index(str(level)) for level in (asked.level, asked.versus)]
    return all(bool((values == code).any()) for code in codes)


def within_level(plan: ModelPlan, asked: HazardRatio, second: str, name: str, found: Interaction) -> np.ndarray:
    """Return the weights on the coefficients, products last, of a hazard ratio within a level of ``second``."""
    w = weights(asked, plan.design)
    inside = plan.design.columns_of(second)
    block, place = plan.design.block_of(second)
    at = inside.start + block.levels[place].index(name) - 1
    products = [w[a] if b == at else 0.0 for a, b in found.products]
    return np.concatenate([w, products])
