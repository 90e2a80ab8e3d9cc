"""Hazard ratios of Cox, Firth and Weibull as Estimates: any contrast, with confidence intervals and P values."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import ndtr, ndtri

from escc_bayes.classical.coding import with_reference
from escc_bayes.classical.cox import cox
from escc_bayes.classical.cox_robust import with_robust_errors
from escc_bayes.classical.firth import FirthFit, firth
from escc_bayes.classical.firth_search import FirthError
from escc_bayes.classical.newton import CollinearError, standardise
from escc_bayes.classical.regression import entry_of, regression, weight_of
from escc_bayes.classical.separation import why_infinite
from escc_bayes.classical.strata import Strata
from escc_bayes.classical.weibull import NoMaximumError, WeibullFit, weibull_mle
from escc_bayes.estimand.behind import of_group
from escc_bayes.estimand.contrast import beyond_knots, complete, weights
from escc_bayes.estimand.differing import differing_note, untold
from escc_bayes.estimand.estimand import HazardRatio, contrast_words, groups_named
from escc_bayes.estimand.estimate import Estimate, joined_notes, size_note
from escc_bayes.foundation.errors import some_of
from escc_bayes.foundation.record import Record
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.cautions import caution_of
from escc_bayes.spec.in_months import few_in_months
from escc_bayes.spec.plan import ModelPlan

NO_FIRTH = (
    "not available: Firth's penalty is not defined here for delayed entry, several rows of a patient, effects that "
    "change over time or case weights"
)
NO_FIRTH_RATIO = (
    "not available: Firth's profile limits are searched for one coefficient, not for a ratio of hazard ratios"
)
NO_FIRTH_CURVE = "not available: Firth's profile limits are searched for one coefficient, not for two values of a curve"
# The method of one covariate alone, whose ratios stand at no level of another.
UNIVARIABLE = "cox_univariable"
NOT_COMPARED = "not estimable: nobody at risk at an event differs in it from the patient who has the event"
# Profiles of each of so many columns take some 5 seconds of one core; of 30 a minute, of 40 several.
MOST_FIRTH = 20
TOO_WIDE = f"not available: {{columns}} columns; Firth's profile limits are searched for at most {MOST_FIRTH}"
# Columns that a sentence names one by one.
MOST_NAMED = 6
NOT_FINITE = "no finite estimate"
# Standard error of a log hazard ratio for one standard deviation of its column that says: nothing is known, as between
# two levels without events.
NOTHING_KNOWN = 1e3
# Standard deviations of a number in its unit, or the other way round, from which the unit is a poor one.
FAR_SCALE = 1e4
NO_LIMIT = "a limit of the profile likelihood was not found"
NO_ROBUST_FIRTH = (
    "not available: limits from Firth's penalised likelihood are not valid under sampling weights or clusters"
)


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Log hazard ratios of a fit.

    ``problem`` says why there are none, ``flat`` marks those that the data do not touch; ``centres`` says how centres
    entered, ``strata`` by what the fit is stratified.
    """

    method: str
    coef: FloatArray
    covariance: FloatArray
    infinite: np.ndarray
    problem: str = ""
    flat: np.ndarray | None = None
    centres: str = ""
    strata: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Whose patients a ratio comes from, under which model name, with which record and level.

    ``centres`` says how centres enter the methods that do not say it themselves.
    """

    plan: ModelPlan
    model: str
    record: Record
    level: float
    centres: str = ""


def missing(method: str, p: int, problem: str, *, centres: str = "", strata: str = "") -> Coefficients:
    """Return coefficients that say why they do not exist."""
    absent, unknown = np.full(p, np.nan), np.full((p, p), np.nan)
    return Coefficients(method, absent, unknown, np.zeros(p, dtype=bool), problem, centres=centres, strata=strata)


def collinear_words(error: CollinearError, plan: ModelPlan) -> str:
    """Name the columns that determine each other."""
    p, most = plan.design.size, plan.rows.n - 1
    if p > most:
        return f"not estimable: {p} columns for {plan.rows.n} patients, who tell at most {most} apart; drop {p - most}"
    labels = [f"'{plan.design.labels[j]}'" for j in error.columns]
    names = " and ".join(labels) if len(labels) <= MOST_NAMED else some_of(labels, most=MOST_NAMED)
    return f"not estimable: the columns {names} determine each other among the {plan.rows.n} patients; drop one"


def cox_coefficients(plan: ModelPlan, method: str, strata: Strata | None = None) -> Coefficients:
    """Return the Cox fit of a plan, stratified where strata are given.

    Its covariance is robust under sampling weights and with clusters.
    """
    data = regression(plan)
    label, how = ("", "") if strata is None else (strata.label, strata.sentence(plan.rows))
    within = None if strata is None else strata.codes[data.of]
    try:
        fitted = cox(data.columns, data.time, data.event, entry=data.entry, weight=data.weight, strata=within)
        if data.cluster is not None:
            of = (fitted, data.columns, data.time, data.event)
            fitted = with_robust_errors(*of, entry=data.entry, weight=data.weight, strata=within, cluster=data.cluster)
    except CollinearError as error:
        return missing(method, plan.design.size, collinear_words(error, plan), centres=how, strata=label)
    return Coefficients(
        method, fitted.coef, fitted.covariance, fitted.infinite, flat=fitted.flat, centres=how, strata=label
    )


def weibull_fit(plan: ModelPlan, reference_time: float) -> WeibullFit | str:
    """Return the Weibull fit of a plan, or why there is none."""
    if plan.rows.strata:
        return (
            f"not available: one Weibull baseline for all, and the model has one in each stratum of {plan.rows.strata}"
        )
    data = regression(plan)
    try:
        return weibull_mle(
            data.columns,
            data.time,
            data.event,
            entry=data.entry,
            weight=data.weight,
            cluster=data.cluster,
            reference_time=reference_time,
        )
    except CollinearError as error:
        return collinear_words(error, plan)
    except NoMaximumError as error:
        return f"not estimable: {error}"


def weibull_coefficients(fitted: WeibullFit | str, p: int) -> Coefficients:
    """Return the hazard ratios' part of a Weibull fit."""
    if isinstance(fitted, str):
        return missing("weibull_mle", p, fitted)
    return Coefficients("weibull_mle", fitted.coef, fitted.covariance[2:, 2:], fitted.infinite)


def wald(asked: HazardRatio, source: Source, found: Coefficients, w: FloatArray | None = None) -> Estimate:
    """Return a hazard ratio with its Wald interval and P value; ``w`` weighs coefficients beyond the design's."""
    asked = complete(asked, source.plan.design)
    why = untold(asked, source.plan, centres=bool(found.centres))
    if why:
        return ratio_estimate(asked, source, found.method, note=why, fitted=found)
    w = weights(asked, source.plan.design) if w is None else w
    if found.problem or bool((found.infinite & (w != 0.0)).any()):
        return without_interval(asked, source, found, w)
    log_ratio = float(w @ found.coef)
    se = math.sqrt(float(w @ found.covariance @ w))
    columns = regression(source.plan).columns
    spread = float((columns @ w[: columns.shape[1]]).std() / (w @ w))
    if se * spread > NOTHING_KNOWN:
        return without_interval(asked, source, found, w)
    half = float(ndtri(0.5 + source.level / 2.0)) * se
    return ratio_estimate(
        asked,
        source,
        found.method,
        log_ratio=log_ratio,
        limits=(log_ratio - half, log_ratio + half),
        p_value=2.0 * float(ndtr(-abs(log_ratio / se))) if se > 0.0 else math.nan,
        log_sd=se,
        note=source.plan.rows.in_transition(asked.transition).basis_note(),
        fitted=found,
    )


def without_interval(asked: HazardRatio, source: Source, found: Coefficients, w: FloatArray) -> Estimate:
    """Return a hazard ratio that has no finite estimate, saying why."""
    untold = found.flat is not None and bool((found.flat & (w != 0.0)).any())
    direction = float(w @ np.where(found.infinite, found.coef, 0.0))
    absent = untold or bool(found.problem) or direction == 0.0
    log_ratio = math.nan if absent else math.copysign(math.inf, direction)
    note = found.problem or (NOT_COMPARED if untold else infinite_words(asked, source.plan, found))
    return ratio_estimate(asked, source, found.method, log_ratio=log_ratio, note=note, fitted=found)


def infinite_words(asked: HazardRatio, plan: ModelPlan, found: Coefficients) -> str:
    """Say that there is no finite estimate, and why."""
    within = " (within strata)" if found.strata else ""
    return f"{NOT_FINITE}: {why_infinite(asked, plan, ordered=found.method != 'weibull_mle')}{within}"


def firth_ratio(asked: HazardRatio, source: Source, cox_fit: Coefficients | None = None) -> Estimate:
    """Return Firth's hazard ratio with profile-likelihood interval and penalised likelihood-ratio P value.

    Where ``cox_fit``, of the same plan, has no finite estimate, the note says that the penalty alone makes this one.
    """
    plan = source.plan
    asked = complete(asked, plan.design)
    if plan.rows.cluster is not None:
        return ratio_estimate(asked, source, "cox_firth", note=NO_ROBUST_FIRTH)
    if plan.rows.strata:
        within = f"not available: Firth's penalty is not defined here within strata of {plan.rows.strata}"
        return ratio_estimate(asked, source, "cox_firth", note=within)
    if entry_of(plan) is not None or weight_of(plan) is not None or plan.design.segment_ends.size:
        return ratio_estimate(asked, source, "cox_firth", note=NO_FIRTH)
    if plan.design.block_of(asked.term)[0].coding.curve is not None:
        return ratio_estimate(asked, source, "cox_firth", note=NO_FIRTH_CURVE)
    why = untold(asked, plan, centres=False)
    if why:
        return ratio_estimate(asked, source, "cox_firth", note=why)
    inside = plan.design.columns_of(asked.term)
    columns, place, factor = plan.design.columns, inside.start, 1.0
    if asked.modifier:
        w = weights(asked, plan.design)
        if np.count_nonzero(w) != 1:
            return ratio_estimate(asked, source, "cox_firth", note=NO_FIRTH_RATIO)
        place = int(np.flatnonzero(w)[0])
        factor = float(w[place])
    elif asked.per is not None:
        factor = asked.per / plan.design.schemas[asked.term].scale
    else:
        columns, others = with_reference(plan, asked.term, str(asked.versus))
        place = inside.start + others.index(str(asked.level))
    try:
        if columns.shape[1] > MOST_FIRTH:
            standardise(columns)
            return ratio_estimate(asked, source, "cox_firth", note=TOO_WIDE.format(columns=columns.shape[1]))
        fitted = kept_firth(
            columns.tobytes(), plan.rows.time.tobytes(), plan.rows.event.tobytes(), plan.rows.n, source.level
        )
    except CollinearError as error:
        return ratio_estimate(asked, source, "cox_firth", note=collinear_words(error, plan))
    except FirthError as error:
        return ratio_estimate(asked, source, "cox_firth", note=str(error))
    return ratio_estimate(
        asked,
        source,
        "cox_firth",
        log_ratio=factor * float(fitted.coef[place]),
        limits=(factor * float(fitted.lower[place]), factor * float(fitted.upper[place])),
        p_value=float(fitted.p_value[place]),
        log_sd=factor * math.sqrt(float(fitted.covariance[place, place])),
        note=joined_notes(firth_note(fitted, place, asked, plan, cox_fit), plan.rows.basis_note()),
    )


def firth_note(fitted: FirthFit, place: int, asked: HazardRatio, plan: ModelPlan, cox_fit: Coefficients | None) -> str:
    """Say where a ratio rests on the penalty alone, and where a limit was not found."""
    found = []
    if cox_fit is not None and bool((cox_fit.infinite & (weights(asked, plan.design) != 0.0)).any()):
        found.append(f"finite by the penalty alone; without it {why_infinite(asked, plan)}")
    if math.isnan(fitted.lower[place]) or math.isnan(fitted.upper[place]):
        found.append(NO_LIMIT)
    return "; ".join(found)


@lru_cache(maxsize=64)
def kept_firth(columns: bytes, time: bytes, event: bytes, patients: int, level: float) -> FirthFit:
    """Return Firth's fit of arrays given as bytes; kept, since every contrast of a reference reads the same fit."""
    X = np.frombuffer(columns).reshape(patients, -1)
    return firth(X, np.frombuffer(time), np.frombuffer(event), level=level)


def ratio_estimate(
    asked: HazardRatio,
    source: Source,
    method: str,
    *,
    log_ratio: float = math.nan,
    limits: tuple[float, float] = (math.nan, math.nan),
    p_value: float = math.nan,
    log_sd: float = math.nan,
    note: str = "",
    fitted: Coefficients | None = None,
) -> Estimate:
    """Return a hazard ratio from its logarithm; what is not given does not exist."""
    rows = source.plan.rows
    lower, upper = sorted(limits)
    counts = of_group(rows, months=asked.months, transition=asked.transition)
    # Where there is no estimate, the note says why already.
    caution = "" if math.isnan(log_sd) else caution_of(source.plan, asked.term, groups_named(asked), asked.transition)
    logs = (log_ratio, lower, upper)
    too_large = size_note(asked.term, [exponential(x) for x in logs]) if all(map(math.isfinite, logs)) else ""
    return Estimate(
        endpoint=rows.endpoint_in(asked.transition),
        estimand="hazard_ratio",
        term=asked.term,
        contrast=contrast_words(asked),
        method=method,
        model=source.model,
        value=exponential(log_ratio),
        lower=exponential(lower),
        upper=exponential(upper),
        level=source.level,
        interval_kind="confidence",
        p_value=p_value,
        log_mean=log_ratio,
        log_sd=log_sd,
        n=counts.n,
        rows=counts.rows,
        events=counts.events,
        clock=rows.clock,
        record=source.record,
        note=joined_notes(
            note,
            caution,
            few_in_months(rows, asked.months),
            beyond_knots(asked, source.plan.design),
            "" if math.isnan(log_sd) or method == UNIVARIABLE else differing_note(asked, source.plan),
            too_large or scale_words(asked, source.plan),
        ),
        strata="" if fitted is None else fitted.strata,
        months=asked.months,
        transition=asked.transition,
        centres=(fitted.centres if fitted is not None else "") or source.centres,
    )


def scale_words(asked: HazardRatio, plan: ModelPlan) -> str:
    """Say that the units of a ratio are far from how the number varies, so that it prints as 1, 0 or infinite."""
    if asked.per is None or asked.term not in plan.rows.covariates:
        return ""
    deviation = float(plan.rows.covariates[asked.term].values.std())
    if deviation == 0.0 or 1.0 / FAR_SCALE < abs(asked.per) / deviation < FAR_SCALE:
        return ""
    return f"per {asked.per:g} is {asked.per / deviation:.1g} standard deviations of '{asked.term}': set its scale"


def exponential(x: float) -> float:
    """Return exp(x), infinite where it overflows; NaN stays NaN."""
    return math.inf if x > 700.0 else math.exp(x)
