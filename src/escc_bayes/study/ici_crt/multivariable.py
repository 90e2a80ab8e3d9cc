"""Table 5: the multivariable models, Cox as published, Firth, piecewise and Weibull posterior, beside the print."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from escc_bayes.classical.firth import firth_wald
from escc_bayes.classical.firth_search import FirthError
from escc_bayes.data.published import PublishedEstimate
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.foundation.sentence import capital, counted
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.words import probability, ratio, with_limits
from escc_bayes.study.coded import Coded
from escc_bayes.study.counted import HEAD, Counted, by_group, groups_row, groups_words
from escc_bayes.study.ici_crt.coding import at_once, coded_factors
from escc_bayes.study.members import p_words, posterior_words, spread
from escc_bayes.study.part import Part, Row, StudyTable, table_of
from escc_bayes.study.rubin import Pooled, pooled
from escc_bayes.study.screening import wald
from escc_bayes.study.subject import Subject
from escc_bayes.study.whole_model import PRIOR_WORDS, Family, fitted, whole_spec

PLACE, TITLE = "Table 5", "Multivariable analysis"
# The factors for which the paper prints a hazard ratio; which others its models had is not said.
PRINTED_FACTORS: Mapping[str, tuple[str, ...]] = {
    "os": ("stage", "ici_cycles", "sequence", "coverage", "alc_mid", "response"),
    "pfs": ("stage", "sequence", "alc_post"),
}
FAMILIES: tuple[Family, ...] = ("piecewise", "weibull")
CONCERNED = ("rt_coverage, OS: HR", "HR 2.", "HR 0.", "HR 1.")
NAIVE = "NAIVE, Cox and Firth as published: {factors} taken as known at time zero. "


@dataclass(frozen=True, slots=True)
class Model:
    """The answers to one endpoint: of each factor Cox, Firth and the posterior of each family."""

    endpoint: str
    factors: tuple[Coded, ...]
    cox: tuple[Pooled, ...]
    firth: tuple[Pooled, ...]
    bayes: Mapping[str, tuple[Estimate, ...]]


def multivariable_part(subject: Subject) -> Part:
    """Return the multivariable models of both endpoints."""
    coded = {factor.role: factor for factor in coded_factors(subject)}
    findings, models = subject.concerning(*CONCERNED), []
    for endpoint, roles in PRINTED_FACTORS.items():
        factors = tuple(coded[role] for role in roles if role in coded)
        found = model_of(subject, endpoint, factors) if factors and subject.has(endpoint) else None
        models += [] if found is None else [found]
    asked = dict.fromkeys((*PRINTED_FACTORS, *(role for roles in PRINTED_FACTORS.values() for role in roles)))
    lacking = subject.lacking(*asked)
    if not models:
        return Part(PLACE, TITLE, (), (), lacking, findings)
    said = tuple(reading(subject, model) for model in models)
    return Part(PLACE, TITLE, said, (table(subject, models),), lacking, findings)


def model_of(subject: Subject, endpoint: str, factors: tuple[Coded, ...]) -> Model | None:
    """Return every method's answers; None where the factors have no Cox model together."""
    log_hr, se, p_values, by_firth, firth_se = [], [], [], [], []
    for place, data in enumerate(subject.followed(endpoint)):
        values = np.column_stack([factor.values[place] for factor in factors])
        there = data.present & ~np.isnan(values).any(axis=1)
        columns, time, event = values[there], data.time[there], data.event[there]
        found = wald(columns, time, event, range(len(factors)))
        if found is None:
            return None
        log_hr.append(found.log_hr)
        se.append(found.se)
        p_values.append(found.p_value)
        coef, error = penalised(columns, time, event)
        by_firth.append(coef)
        firth_se.append(error)
    bayes: dict[str, tuple[Estimate, ...]] = {
        family: tuple(
            fitted(
                subject, whole_spec(subject, endpoint, factors, family, f"{endpoint}_table5_{family}"), factors
            ).hazard_ratios(level=subject.level)
        )
        for family in FAMILIES
    }
    nothing = np.full((len(log_hr), len(factors)), np.nan)
    each = range(len(factors))
    cox = tuple(column(np.array(log_hr), np.array(se), np.array(p_values), k, subject.level) for k in each)
    less_biased = tuple(column(np.array(by_firth), np.array(firth_se), nothing, k, subject.level) for k in each)
    return Model(endpoint, factors, cox, less_biased, bayes)


def penalised(columns: FloatArray, time: FloatArray, event: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return log hazard ratios by Firth's penalty with their errors; NaN where there is no maximum."""
    try:
        coef, variance = firth_wald(columns, time, event)
    except FirthError:
        return np.full(columns.shape[1], np.nan), np.full(columns.shape[1], np.nan)
    return coef, np.sqrt(np.diag(variance))


def column(log_hr: FloatArray, se: FloatArray, p_values: FloatArray, k: int, level: float) -> Pooled:
    """Return one factor over the members, (members, factors) each."""
    return pooled(log_hr[:, k], se[:, k], p_values[:, k].tolist(), level)


def reading(subject: Subject, model: Model) -> str:
    """Return one line: which hazard ratios the posterior is sure of, and how far it lies below Cox."""
    found = model.bayes["piecewise"]
    sure = [f.label for f, e in zip(model.factors, found, strict=True) if max(e.prob_gt_1, 1 - e.prob_gt_1) > 0.975]
    words = subject.words(model.endpoint)
    less = float(np.mean([abs(math.log(e.value)) / abs(c.log_hr) for e, c in zip(found, model.cox, strict=True)]))
    missed = [f.label for f in model.factors if "not reached" in marks(subject, model.endpoint, f)]
    said = f" The reconstructions cannot have the printed P of {', '.join(missed)}." if missed else ""
    return (
        f"{capital(words)}, {found[0].events} events for {len(found)} hazard ratios: the posterior is "
        f"97.5 % sure of the direction of {', '.join(sure) or 'none'}; its log hazard ratios are on average "
        f"{100 * less:.0f} % of Cox's.{said}"
    )


def marks(subject: Subject, endpoint: str, factor: Coded) -> str:
    """Say whether the reconstructions have the printed hazard ratio and its P."""
    word = endpoint.upper()
    found = [
        (what, subject.printed.mark(word, f"{target}, {factor.effect}, adjusted"))
        for what, target in (("HR", "log HR"), ("P", "Wald z"))
    ]
    return "; ".join(f"{what} {mark}" for what, mark in found if mark)


def derived(found: PublishedEstimate, level: float) -> tuple[float, float]:
    """Return the limits that a printed hazard ratio and its P imply; NaN without a P."""
    if found.value is None or found.p is None:
        return math.nan, math.nan
    log_hr = math.log(found.value)
    reach = abs(log_hr / float(ndtri(float(found.p) / 2.0))) * float(ndtri(0.5 + level / 2.0))
    return math.exp(log_hr - reach), math.exp(log_hr + reach)


def table(subject: Subject, models: Sequence[Model]) -> StudyTable:
    """Return every method's hazard ratios beside the printed ones."""
    rows: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for model in models:
        first = model.bayes["piecewise"][0]
        of = f"{counted(first.n, 'patient')}, {counted(first.events, 'event')}"
        cells.append((f"{subject.words(model.endpoint).capitalize()}: {of}",))
        for k in range(len(model.factors)):
            rows += factor_rows(subject, model, k)
            cells.append(line(subject, model, k))
    level = f"{100 * subject.level:g} %"
    head = (
        *("Factor", HEAD, "Printed HR (limits implied by P)", "Printed P", "Reconstructions"),
        *(f"Cox ({level} confidence interval)", "P", "Firth", f"Piecewise posterior ({level} credible interval)"),
        *("P(HR > 1 | data)", "Weibull posterior"),
    )
    late = sorted({label for model in models for label in at_once(model.factors)})
    note = (
        f"{NAIVE.format(factors=', '.join(late)) if late else ''}The paper's limits are not available: those shown are "
        f"implied by its P. {"Cox and Firth pooled by Rubin's rules; P median (range). " if subject.several else ''}"
        f"{PRIOR_WORDS}"
    )
    return table_of("table5", "multivariable hazard ratios by method", rows, head, cells, note=note)


def line(subject: Subject, model: Model, k: int) -> tuple[str, ...]:
    """Return the cells of one factor."""
    factor, cox = model.factors[k], model.cox[k]
    found = subject.printed.ratio(factor.effect, model.endpoint.upper())
    printed, p = "", ""
    if found is not None and found.value is not None:
        printed = with_limits(str(found.value), *(ratio(limit) for limit in derived(found, subject.level)))
        p = "" if found.p is None else str(found.p)
    one, two = (model.bayes[family][k] for family in FAMILIES)
    bayes = [posterior_words(e) for e in (one, two)]
    said = (
        factor.words,
        groups_words(of_groups(subject, model, k)),
        printed,
        p,
        marks(subject, model.endpoint, factor),
    )
    return (
        *said,
        cox.words,
        p_words(cox.p_values),
        model.firth[k].words,
        bayes[0],
        probability(one.prob_gt_1),
        bayes[1],
    )


def of_groups(subject: Subject, model: Model, k: int) -> Mapping[str, Counted]:
    """Return patients and events of each group of a factor, among those with every factor of the model."""
    known = [
        ~np.isnan(np.column_stack(own)).any(axis=1) for own in zip(*(f.values for f in model.factors), strict=True)
    ]
    factor = model.factors[k]
    values = [np.where(there, own, np.nan) for there, own in zip(known, factor.values, strict=True)]
    return by_group(subject, model.endpoint, factor.groups, values)


def factor_rows(subject: Subject, model: Model, k: int) -> list[Row]:
    """Return a row for each method and one of the print."""
    factor = model.factors[k]
    common: dict[str, object] = {"endpoint": model.endpoint, "factor": factor.effect, "contrast": factor.contrast}
    common |= groups_row(of_groups(subject, model, k))
    found = subject.printed.ratio(factor.effect, model.endpoint.upper())
    rows: list[Row] = []
    if found is not None and found.value is not None:
        lower, upper = derived(found, subject.level)
        p = math.nan if found.p is None else float(found.p)
        rows.append(row_of(common, "printed", float(found.value), lower, upper, p, "implied by P", subject.level))
    for method, one in (("cox", model.cox[k]), ("cox_firth", model.firth[k])):
        hr, lower, upper = one.limits
        p = spread(one.p_values)[0]
        rows.append(row_of(common, method, hr, lower, upper, p, "confidence", subject.level))
    for family, answers in model.bayes.items():
        e = answers[k]
        numbers = (e.value, e.lower, e.upper, math.nan)
        rows.append(
            {
                **row_of(common, f"bayes_{family}", *numbers, "credible", e.level),
                "prob_gt_1": e.prob_gt_1,
                "clock": e.clock,
            }
        )
    mark = marks(subject, model.endpoint, factor)
    return [{**row, "reached": mark, "members": len(subject.members)} for row in rows]


def row_of(
    common: Mapping[str, object], method: str, hr: float, lower: float, upper: float, p: float, kind: str, level: float
) -> dict[str, object]:
    """Return the numbers of one method."""
    numbers = {"hr": hr, "lower": lower, "upper": upper, "level": level, "interval": kind}
    return {**common, "method": method, **numbers, "p_value": p, "prob_gt_1": math.nan, "clock": "time zero"}
