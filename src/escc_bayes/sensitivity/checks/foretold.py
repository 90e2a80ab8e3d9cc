"""Survival foretold for each patient by the others, and by everyone (apparent), by Bayes and by Cox.

Bayes: weighted draws of one fit, each patient left out by Pareto-smoothed weights. Cox: refitted without each patient
(without each of 20 parts of a cohort beyond 300 patients), baseline by Breslow's estimate in Efron's form.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.bayes.refits.weighted_draws import WeightedDraws, without
from escc_bayes.classical.cox import breslow, cox
from escc_bayes.classical.newton import CollinearError
from escc_bayes.classical.regression import entry_of, weight_of
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan

BAYES, COX = "bayes_laplace", "cox"
# Patients who are left out one by one for Cox, and parts of larger cohorts.
ONE_BY_ONE, PARTS = 300, 20
LANDMARKS = (12.0, 24.0, 36.0)


@dataclass(frozen=True, slots=True)
class Foretold:
    """What a method foretells.

    Attributes
    ----------
    method : ``bayes_laplace`` or ``cox``.
    apparent, left_out : (n, t) survival of each patient at each month, by everyone and by the others.
    predictor : (n,) log relative cumulative hazard by the others.
    k : largest Pareto k; NaN for exact refits.
    problem : why there is nothing; empty where there is.
    """

    method: str
    apparent: FloatArray
    left_out: FloatArray
    predictor: FloatArray
    k: float = float("nan")
    problem: str = ""


def months_foretold(plan: ModelPlan) -> FloatArray:
    """Return the months of 12, 24 and 36 that have an event before and a patient after them; else the middle."""
    time, event = plan.rows.time, plan.rows.event
    found = [m for m in LANDMARKS if (time > m).any() and event[time <= m].sum() > 0.0]
    return np.array(found or [round(float(np.median(time)), 1)])


def by_bayes(drawn: WeightedDraws, months: FloatArray) -> Foretold:
    """Return what weighted draws foretell."""
    left = without(drawn, drawn.log_likelihood)
    n, columns = drawn.plan.rows.n, drawn.plan.patterns
    apparent, others = np.empty((n, months.size)), np.empty((n, months.size))
    for place in range(months.size):
        survival = np.exp(-passed_by(drawn, columns, float(months[place])))
        apparent[:, place] = drawn.weight @ survival
        others[:, place] = (left.weight * survival).sum(axis=0)
    # Of the hazard passed by the end of follow-up, so that it also means something where effects change over time.
    predictor = (left.weight * np.log(passed_by(drawn, columns, float(drawn.plan.rows.time.max())))).sum(axis=0)
    predictor = predictor - predictor.mean()
    return Foretold(BAYES, apparent, others, predictor, float(np.nanmax(left.k)))


def passed_by(drawn: WeightedDraws, columns: FloatArray, month: float) -> FloatArray:
    """Return the cumulative hazard of each patient at a month under each draw, (m, n)."""
    return drawn.hazards.cumulative(columns, np.array([month]))[:, :, 0].T


def by_cox(plan: ModelPlan, months: FloatArray) -> Foretold:
    """Return what Cox foretells; ``plan`` has the classical columns."""
    n = plan.rows.n
    parts = np.arange(n) if n <= ONE_BY_ONE else np.arange(n) % PARTS
    everyone = np.ones(n, dtype=bool)
    try:
        apparent, _ = cox_survival(plan, everyone, everyone, months)
        others, predictor = np.empty((n, months.size)), np.empty(n)
        for part in range(int(parts.max()) + 1):
            inside = parts == part
            others[inside], predictor[inside] = cox_survival(plan, ~inside, inside, months)
    except (CollinearError, ValueError) as error:
        nothing = np.full((n, months.size), np.nan)
        return Foretold(COX, nothing, nothing, nothing[:, 0], problem=f"Cox cannot be refitted: {error}")
    return Foretold(COX, apparent, others, predictor)


def cox_survival(
    plan: ModelPlan, used: np.ndarray, whom: np.ndarray, months: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return survival (m, t) and log relative hazard (m,) of the patients ``whom`` by a Cox fit to those ``used``."""
    rows, columns = plan.rows, plan.design.columns
    entry, weight = entry_of(plan), weight_of(plan)
    own = {
        "entry": None if entry is None else entry[used],
        "weight": None if weight is None else weight[used],
    }
    fit = cox(columns[used], rows.time[used], rows.event[used], **own)
    middle = columns[used].mean(axis=0)
    base = breslow(fit, columns[used], rows.time[used], rows.event[used], months, at=middle, **own)
    predictor = (columns[whom] - middle) @ fit.coef
    with np.errstate(over="ignore"):
        return np.exp(-base * np.exp(predictor)[:, None]), predictor
