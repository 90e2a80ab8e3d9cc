"""``checks.csv``: does the model give back the data, and does it foretell patients it has not seen?

docs/methods/checks_of_fit.md says what each kind of row is.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from scipy.special import ndtri

from escc_bayes.bayes.refits.requests import RefitRequest
from escc_bayes.bayes.refits.weighted_draws import WeightedDraws, weighted_draws
from escc_bayes.classical.cox import cox
from escc_bayes.classical.cox_residuals import cumulative_hazards, deviance_residuals, martingale
from escc_bayes.classical.curves import part as follow_up
from escc_bayes.classical.km import kaplan_meier, survival_at
from escc_bayes.classical.ph_test import ph_test
from escc_bayes.classical.prediction import auc, brier
from escc_bayes.classical.ratios import cox_coefficients
from escc_bayes.classical.regression import entry_of, weight_of
from escc_bayes.estimand.contrast import weights
from escc_bayes.estimand.differing import untold
from escc_bayes.estimand.estimand import contrast_words
from escc_bayes.foundation.errors import SamplingError
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.sensitivity.checks.foretold import BAYES, COX, Foretold, by_bayes, by_cox, months_foretold
from escc_bayes.sensitivity.checks.of_states import state_checks
from escc_bayes.sensitivity.checks.periods import cut_month, early, late
from escc_bayes.sensitivity.checks.replicates import curves_of, replicates
from escc_bayes.sensitivity.checks.rows import (
    CALIBRATION,
    COLUMNS,
    EVERYBODY,
    KEYS,
    PERIOD,
    PH,
    PREDICTION,
    REPLICATED,
    REPLICATES,
    RESIDUAL,
    THIRDS,
    compared,
    groups,
    row,
)
from escc_bayes.sensitivity.checks.words import words
from escc_bayes.sensitivity.not_computed import OVER_TIME, WHOLE, except_of, or_refusal, refusal
from escc_bayes.sensitivity.part import Part, Row, Rows
from escc_bayes.sensitivity.subject import Subject, Tell
from escc_bayes.spec.plan import ModelPlan


def run(subject: Subject, tell: Tell) -> Rows:
    """Return the rows of ``checks.csv``."""
    if subject.plan.rows.has_states:
        return state_checks(subject, tell)
    try:
        drawn = weighted_draws(subject.plan, subject.stream("checks"))
    except SamplingError as error:
        return [refusal(subject, str(error), COLUMNS)]
    steps: tuple[Callable[[], list[Row]], ...] = (
        lambda: replicated_rows(subject),
        lambda: residual_rows(subject, drawn),
        lambda: prediction_rows(subject, drawn),
        lambda: period_rows(subject),
        lambda: ph_rows(subject),
    )
    rows: list[Row] = []
    for done, step in enumerate(steps):
        rows += step()
        tell(done + 1, len(steps))
    return rows


def replicated_rows(subject: Subject) -> list[Row]:
    """Return Kaplan-Meier of the data beside that of replicated cohorts, for everybody and each level."""
    plan, months = subject.plan, months_foretold(subject.plan)
    seen, event = replicates(subject.posterior, REPLICATES)
    found = []
    for term, level, inside in groups(plan):
        own = kaplan_meier(
            plan.rows.time[inside], plan.rows.event[inside] > 0.0, level=0.95, **follow_up(plan.rows, inside)
        )
        here = survival_at(own, months).survival
        curves = curves_of(plan.rows, seen, event, inside, months)
        counted = {"patients": int(inside.sum()), "events": int(plan.rows.event[inside].sum())}
        head = {"term": term, "who": level, "method": subject.posterior.method} | counted
        for place, month in enumerate(months.tolist()):
            cells = compared(float(here[place]), curves[:, place], subject.asked.level)
            found.append(row(subject, REPLICATED, quantity="Kaplan-Meier", time=month, **head, **cells))
        number = (event & inside).sum(axis=1).astype(np.float64)
        cells = compared(float(plan.rows.event[inside].sum()), number, subject.asked.level)
        found.append(row(subject, REPLICATED, quantity="events", **head, **cells))
    return found


def residual_rows(subject: Subject, drawn: WeightedDraws) -> list[Row]:
    """Return cumulative hazards, martingale and deviance residuals of each patient, by Bayes and by Cox."""
    rows = subject.plan.rows
    by_method = {BAYES: drawn.expectation(drawn.passed)}
    plan = subject.classical.plan
    if not subject.classical.cox.problem:
        by_method[COX] = cumulative_hazards(
            plan.design.columns,
            rows.time,
            rows.event,
            subject.classical.cox.coef,
            entry=entry_of(plan),
            weight=weight_of(plan),
        )
    found = []
    for method, cumulative in by_method.items():
        each = {
            "cox_snell": cumulative,
            "martingale": martingale(rows.event, cumulative),
            "deviance": deviance_residuals(rows.event, cumulative),
        }
        for quantity, values in each.items():
            for who, value in zip(rows.ids, values.tolist(), strict=True):
                found.append(row(subject, RESIDUAL, who=who, method=method, quantity=quantity, value=value))
    return found


def prediction_rows(subject: Subject, drawn: WeightedDraws) -> list[Row]:
    """Return calibration, Brier scores and AUC of survival foretold for patients left out, and the optimism."""
    plan, months = subject.plan, months_foretold(subject.plan)
    if plan.rows.sampled or plan.rows.delayed:
        why = "sampling weights" if plan.rows.sampled else "delayed entry"
        return [row(subject, PREDICTION, who=EVERYBODY, note=f"not computed: not defined here with {why}")]
    found: list[Row] = []
    for foretold in (by_bayes(drawn, months), by_cox(subject.classical.plan, months)):
        if foretold.problem:
            found.append(row(subject, PREDICTION, who=EVERYBODY, method=foretold.method, note=foretold.problem))
            continue
        found += calibration_rows(subject, foretold, months)
        found += accuracy_rows(subject, foretold, months)
        found.append(slope_row(subject, foretold))
    return found


def calibration_rows(subject: Subject, foretold: Foretold, months: FloatArray) -> Iterator[Row]:
    """Yield Kaplan-Meier beside the mean survival foretold, for everybody and thirds of it."""
    rows = subject.plan.rows
    for place, month in enumerate(months.tolist()):
        predicted = foretold.left_out[:, place]
        third = np.searchsorted(np.quantile(predicted, [1 / 3, 2 / 3]), predicted, side="left")
        parts = [(EVERYBODY, np.ones(rows.n, dtype=bool)), *((name, third == k) for k, name in enumerate(THIRDS))]
        for who, inside in parts:
            if not inside.any():
                continue
            curve = kaplan_meier(rows.time[inside], rows.event[inside] > 0.0, level=subject.asked.level)
            point = survival_at(curve, np.array([month]))
            cells = {"value": point.survival[0], "lower": point.lower[0], "upper": point.upper[0]}
            yield row(
                subject, CALIBRATION, who=who, method=foretold.method, quantity="survival", time=month,
                expected=float(predicted[inside].mean()), level=subject.asked.level, patients=int(inside.sum()),
                events=int(rows.event[inside].sum()), pareto_k=foretold.k, **known(cells),
            )  # fmt: skip


def known(cells: dict[str, float]) -> dict[str, object]:
    """Return cells as they are, empty where there is no number."""
    return {name: "" if np.isnan(value) else float(value) for name, value in cells.items()}


def accuracy_rows(subject: Subject, foretold: Foretold, months: FloatArray) -> Iterator[Row]:
    """Yield Brier score and AUC at each month for patients left out, with their optimism and those of Kaplan-Meier."""
    rows = subject.plan.rows
    curve = survival_at(kaplan_meier(rows.time, rows.event > 0.0, level=0.95), months).survival
    for place, month in enumerate(months.tolist()):
        for quantity, score, sign in (("brier", brier, -1.0), ("auc", auc, 1.0)):
            out = score(foretold.left_out[:, place], rows.time, rows.event, month)
            apparent = score(foretold.apparent[:, place], rows.time, rows.event, month)
            null = brier(np.full(rows.n, curve[place]), rows.time, rows.event, month) if quantity == "brier" else 0.5
            yield row(
                subject, PREDICTION, who=EVERYBODY, method=foretold.method, quantity=quantity, time=month, value=out,
                expected=null, optimism=sign * (apparent - out), patients=rows.n, events=rows.events,
                pareto_k=foretold.k, note="value: patients left out; expected: without covariates",
            )  # fmt: skip


def slope_row(subject: Subject, foretold: Foretold) -> Row:
    """Return the calibration slope: Cox on the log relative hazard foretold for patients left out; 1 is right."""
    rows = subject.plan.rows
    head = {"who": EVERYBODY, "method": foretold.method, "quantity": "calibration slope", "expected": 1.0}
    if np.ptp(foretold.predictor) <= 1e-12:
        return row(subject, PREDICTION, note="everybody has the same prediction", **head)
    if foretold.method == BAYES and subject.spec.cure is not None:
        # At the end of follow-up all have passed the hazard of a plateau, whoever they are.
        return row(subject, PREDICTION, note="a share never has the event: no relative hazard is foretold", **head)
    fit = cox(foretold.predictor[:, None], rows.time, rows.event, weight=weight_of(subject.plan))
    value, se = float(fit.coef[0]), float(np.sqrt(fit.covariance[0, 0]))
    half = float(ndtri(0.5 + subject.asked.level / 2.0)) * se
    cells = {"value": value, "lower": value - half, "upper": value + half, "level": subject.asked.level}
    return row(subject, PREDICTION, patients=rows.n, events=rows.events, pareto_k=foretold.k, **head, **cells)


def period_rows(subject: Subject) -> list[Row]:
    """Return every hazard ratio before and after the median event time, by the model and by Cox."""
    month = cut_month(subject.plan)
    names = ("until the median event time", "from the median event time")
    changes = (early, late)
    # Counts of other sources are of all their months, and belong to neither period.
    own = replace(subject.plan, spec=replace(subject.spec, external=()))
    plans = tuple(change(own, month) for change in changes)
    request = RefitRequest(("period",), tuple((n,) for n in names), plans, None, "shared")
    table = subject.refit(request, part="periods")
    found = []
    for place, (name, change) in enumerate(zip(names, changes, strict=True)):
        counted = {
            "patients": table.whom[place].n,
            "events": table.whom[place].events,
            "note": f"cut: {month:.3g} months{'; our patients alone' if subject.spec.external else ''}",
        }
        for q, asked in enumerate(subject.contrasts):
            head = {"who": name, "term": asked.term, "contrast": contrast_words(asked), "quantity": "hazard_ratio"}
            value, lower, upper = table.numbers[place, q, :3].tolist()
            cells = {"value": value, "lower": lower, "upper": upper, "level": subject.asked.level}
            found.append(row(subject, PERIOD, method=BAYES, **head, **counted, **cells))
        found += cox_period(subject, change(subject.classical.plan, month), name, counted)
    return found


def cox_period(subject: Subject, plan: ModelPlan, name: str, counted: dict[str, object]) -> Iterator[Row]:
    """Yield the hazard ratios of a period by Cox."""
    kept = plan.rows.weight > 0.0
    fit = cox_coefficients(of_patients(plan, kept), "cox")
    half = float(ndtri(0.5 + subject.asked.level / 2.0))
    for asked in subject.contrasts:
        head = {"who": name, "term": asked.term, "contrast": contrast_words(asked), "quantity": "hazard_ratio"}
        w = weights(asked, plan.design)
        absent = fit.problem or untold(asked, plan, centres=False)
        if absent or bool((fit.infinite & (w != 0.0)).any()):
            why = {"note": f"{absent or 'no finite estimate'}; {counted['note']}"}
            yield row(subject, PERIOD, method=COX, **(head | counted | why))
            continue
        log_hr, se = float(w @ fit.coef), float(np.sqrt(w @ fit.covariance @ w))
        with np.errstate(over="ignore"):
            value, lower, upper = np.exp([log_hr, log_hr - half * se, log_hr + half * se]).tolist()
        cells = {"value": value, "lower": lower, "upper": upper, "level": subject.asked.level}
        yield row(subject, PERIOD, method=COX, **head, **counted, **cells)


def of_patients(plan: ModelPlan, kept: np.ndarray) -> ModelPlan:
    """Return a classical plan of some of its patients."""
    where = np.flatnonzero(kept)
    few = plan.rows.at(where, where)
    if few.cluster is not None:
        few = replace(few, cluster=np.unique(few.cluster, return_inverse=True)[1])
    return replace(plan, rows=few, design=replace(plan.design, columns=plan.design.columns[kept]))


def ph_rows(subject: Subject) -> list[Row]:
    """Return the test of proportional hazards of each term, and of all together."""
    plan, fit = subject.classical.plan, subject.classical.cox
    if fit.problem:
        return []
    terms = []
    for block in plan.design.blocks:
        for name in block.effect.covariates:
            inside = plan.design.columns_of(name)
            terms.append((name, tuple(range(inside.start, inside.stop))))
    tests = ph_test(
        plan.design.columns,
        plan.rows.time,
        plan.rows.event,
        fit.coef,
        tuple(terms),
        entry=entry_of(plan),
        weight=weight_of(plan),
        infinite=fit.infinite,
        cluster=plan.rows.cluster,
    )
    found = []
    for one in tests:
        known: dict[str, object] = {"p_value": one.p_value} if one.df else {"note": "the data cannot say"}
        head = {"who": EVERYBODY, "term": one.term, "method": COX, "quantity": "chi2"}
        found.append(row(subject, PH, value=one.chi2, expected=float(one.df), **head, **known))
    return found


PART = Part(
    "checks",
    "checks of fit",
    COLUMNS,
    KEYS,
    except_of((*WHOLE, OVER_TIME), run, COLUMNS),
    or_refusal(words),
)
