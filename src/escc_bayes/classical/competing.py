"""Gray's test and Fine-Gray's regression of competing causes, by greenwood: they compare cumulative incidences.

Gray 1988, Ann Stat 16:1141; Fine & Gray 1999, J Am Stat Assoc 94:496. The digits are those of R's ``cmprsk::cuminc``
and of ``survival::finegray`` with ``coxph`` (Breslow's ties, robust errors). docs/methods/competing_causes.md.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri

from escc_bayes.classical.fit import ClassicalFit
from escc_bayes.classical.logrank import upper_tail
from escc_bayes.estimand.behind import of_group
from escc_bayes.estimand.contrast import standard_contrasts, weights
from escc_bayes.estimand.estimand import HazardRatio, contrast_words, groups_named
from escc_bayes.estimand.tables import Row
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.one_transition import one_transition
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.rows import AnalysisRows

if TYPE_CHECKING:
    import greenwood

METHOD = "fine_gray"


@dataclass(frozen=True, slots=True)
class Regression:
    """Log subdistribution hazard ratios (p,) of one cause, and their robust covariance (p, p)."""

    coef: FloatArray
    covariance: FloatArray


def competing_tables(fitted: ClassicalFit, level: float) -> dict[str, list[Row]]:
    """Return ``gray`` and ``fine_gray`` of a model of competing causes; nothing of any other."""
    rows = fitted.plan.rows
    if rows.transitions is None or not rows.transitions.competing:
        return {}
    why = reason_against(fitted.plan)
    return {"gray": list(gray_rows(fitted.plan, why)), "fine_gray": list(fine_gray_rows(fitted.plan, why, level))}


def reason_against(plan: ModelPlan) -> str:
    """Say why neither is computed of these rows; nothing where both are."""
    rows = plan.rows
    if rows.sampled or rows.cluster is not None:
        return "not computed: sampling weights or clusters, for which neither has errors"
    if any(rows.in_transition(name).whose.size > rows.in_transition(name).n for name in rows.transition_names):
        return "not computed: a covariate changes during follow-up, for which neither is defined here"
    if rows.delayed:
        return "not computed: delayed entry, for which neither is defined here"
    if plan.design.segment_ends.size:
        return "not computed: an effect changes over time, and a subdistribution hazard ratio has one value"
    return ""


def response(rows: AnalysisRows) -> tuple[FloatArray, np.ndarray]:
    """Return follow-up of each patient (n,), and the code of the cause (n,): 0 censored, then as in the names."""
    own = [rows.in_transition(name).one_each for name in rows.transition_names]
    code = sum(place * one.event for place, one in enumerate(own, start=1))
    return own[0].time, np.asarray(code, dtype=np.int64)


def coded(rows: AnalysisRows) -> "greenwood.Surv":
    """Return follow-up and causes as greenwood takes them."""
    import greenwood
    import pandas as pd

    time, code = response(rows)
    # A categorical says which code is no event, also where everybody has one.
    names = ["", *rows.transition_names]
    return greenwood.Surv(time, event=pd.Categorical([names[k] for k in code], categories=names), type="mstate")


def gray_rows(plan: ModelPlan, why: str) -> Iterator[Row]:
    """Yield Gray's test of each covariate with levels, cause by cause."""
    terms = dict.fromkeys(
        term
        for block in plan.design.blocks
        if block.shown
        for term, levels in zip(block.effect.covariates, block.levels, strict=True)
        if len(levels) > 1
    )
    for term in terms:
        for cause in plan.rows.transition_names:
            chi2, df = (math.nan, 0) if why else gray_test(plan.rows, term, cause)
            behind = of_group(plan.rows, transition=cause)
            yield {
                **head_of(plan, term),
                "cause": cause,
                "chi2": chi2,
                "df": df,
                "p_value": upper_tail(chi2, df),
                **counts_of(plan, behind.n, behind.events),
                "note": why,
            }


def gray_test(rows: AnalysisRows, term: str, cause: str) -> tuple[float, int]:
    """Return chi-square and degrees of freedom of Gray's test of the groups of a covariate."""
    import greenwood

    own = rows.in_transition(cause)
    # A group that nobody is left in at a month divides 0 by 0 there; greenwood leaves the month out.
    with np.errstate(divide="ignore", invalid="ignore"):
        found = greenwood.grays_test(coded(rows), own.covariates[term].values, cause=cause)
    return float(found.statistic), int(found.df)


def fine_gray_rows(plan: ModelPlan, why: str, level: float) -> Iterator[Row]:
    """Yield subdistribution hazard ratios of every contrast, all covariates of a cause in one model."""
    for cause in plan.rows.transition_names:
        own = one_transition(plan, cause)
        asked = standard_contrasts(own.design)
        fitted = None if why or not asked else fine_gray(plan.rows, own.design.columns, cause)
        for one in asked:
            said = why or without_events(own, one)
            log_ratio, sd = math.nan, math.nan
            if fitted is not None and not said:
                log_ratio, sd = ratio_of(fitted, weights(one, own.design))
            yield {
                **head_of(plan, one.term),
                "contrast": contrast_words(one),
                "cause": cause,
                "method": METHOD,
                **numbers(log_ratio, sd, level),
                **counts_of(plan, own.rows.n, own.rows.events),
                "note": said,
            }


def fine_gray(rows: AnalysisRows, columns: FloatArray, cause: str) -> Regression:
    """Return Fine-Gray's regression of one cause on columns (n, p) of the patients."""
    import greenwood

    model = greenwood.FineGray(cause)
    with np.errstate(all="ignore"):
        found = model.fit(coded(rows), columns, tol=1e-12, max_iter=100)
    return Regression(np.asarray(found.coef_), np.asarray(found.vcov_))


def ratio_of(fitted: Regression, w: FloatArray) -> tuple[float, float]:
    """Return a log subdistribution hazard ratio and its standard error."""
    return float(fitted.coef @ w), math.sqrt(float(w @ fitted.covariance @ w))


def numbers(log_ratio: float, sd: float, level: float) -> dict[str, object]:
    """Return ratio, limits, P value, logarithm and its error as columns."""
    half = float(ndtri(0.5 + level / 2.0)) * sd
    lower, value, upper = np.exp([log_ratio - half, log_ratio, log_ratio + half]).tolist()
    return {
        "shr": value,
        "lower": lower,
        "upper": upper,
        "level": level,
        "interval": "confidence",
        "p_value": float(2.0 * ndtr(-abs(log_ratio / sd))) if sd > 0.0 else math.nan,
        "log_shr": log_ratio,
        "log_shr_se": sd,
    }


def without_events(own: ModelPlan, asked: HazardRatio) -> str:
    """Say which level of a contrast has no event of the cause, so that no ratio is finite; nothing where all have."""
    none = [g for g in groups_named(asked) if own.rows.covariates[asked.term].schema.categorical]
    empty = [group for group in none if not of_group(own.rows, asked.term, group).events]
    return f"no finite estimate: no event of the cause in {asked.term} {' and '.join(empty)}" if empty else ""


def head_of(plan: ModelPlan, term: str) -> dict[str, object]:
    """Return the columns that every row begins with."""
    return {"endpoint": plan.rows.endpoint, "model": plan.spec.name, "term": term}


def counts_of(plan: ModelPlan, n: int, events: int) -> dict[str, object]:
    """Return patients, events of the cause, provenance and clock."""
    return {"n": n, "events": events, "provenance": plan.rows.provenance, "clock": plan.rows.clock}
