"""A look at a running trial: every finding as a number with its interval and as a sentence, blinded or not."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.foundation.record import Record, seed_label, versions
from escc_bayes.foundation.seeds import Seed, generator
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.rule_plan import RulePlan
from escc_bayes.trial.design.trial_plan import TrialPlan, planned
from escc_bayes.trial.monitoring.accrual_rate import accrual_rate
from escc_bayes.trial.monitoring.adjusted import AdjustedRatio, adjusted_ratios, adjusted_words
from escc_bayes.trial.monitoring.future_patients import completed_blinded
from escc_bayes.trial.monitoring.interim import FollowUp, Interim
from escc_bayes.trial.monitoring.interim_posterior import arm_survival, pooled_survival, posterior_of, prior_conflict
from escc_bayes.trial.monitoring.interim_rules import (
    ConditionalPower,
    Standing,
    conditional_powers,
    log_rank_now,
    standings,
)
from escc_bayes.trial.monitoring.monitor import Outlook, outlook
from escc_bayes.trial.monitoring.reading_interim import STALE, stale
from escc_bayes.trial.monitoring.this_look import ThisLook, this_look
from escc_bayes.trial.monitoring.verdict import Verdict, plan_now, verdicts_now
from escc_bayes.trial.monitoring.verdict_words import headline, overrun_sentence, verdict_sentences
from escc_bayes.trial.simulation.confidence import lower_limit, upper_limit
from escc_bayes.trial.simulation.forecast import Fan, Forecast, forecast_of

SURVIVAL_DRAWS = 2_000
SURVIVAL_POINTS = 61
SURPRISING = 0.05
EVERYONE = "all patients"
ASSUMED = {"trend": "what is seen so far", "design": "the effect of the design", "null": "the rule's null"}


@dataclass(frozen=True, slots=True)
class LookResult:
    """One row of ``monitor.csv`` and its sentence, empty where another row says it; no limits: None.

    ``criterion``: of the rule, in words, where the number is of one of them; ``kind``: success or futility.
    """

    quantity: str
    rule: str
    value: float
    words: str
    criterion: str = ""
    lower: float | None = None
    upper: float | None = None
    level: float | None = None
    interval: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class InterimLook:
    """What a look shows.

    Attributes
    ----------
    findings : in the order they are told.
    blinded, unblinded : forecasts by one hazard for all, and by the arms' own; None at the final look, and unblinded
        where the look is blinded.
    survival : posterior survival by arm, or of all patients.
    """

    design: TrialDesign
    seen: FollowUp
    level: float
    findings: tuple[LookResult, ...]
    blinded: Forecast | None
    unblinded: Forecast | None
    survival: Mapping[str, Fan]
    record: Record


def interim_look(
    design: TrialDesign,
    seen: FollowUp,
    *,
    completions: int,
    seed: Seed,
    level: float,
    provenance: str,
    data_digest: str,
) -> InterimLook:
    """Look at a running trial; unblinded where ``seen`` is an ``Interim``.

    Parameters
    ----------
    completions : of the trial, from which probabilities and months come.
    level : of every interval.
    provenance, data_digest : of the data.

    Raises
    ------
    DesignError : the design's analysis is one that completions do not know.
    """
    plan = planned(design)
    look, told = this_look(plan, seen), None
    # At the final look nothing is left to predict.
    blinded = None if look.final else blinded_forecast(design, seen, completions, seed, level)
    findings: list[LookResult] = []
    if isinstance(seen, Interim):
        plans = tuple(plan_now(rule, look) for rule in plan.rules)
        if not look.final:
            told = outlook(plan, seen, completions=completions, seed=seed, level=level, boundaries=plans)
        predictive = {success.rule: success.probability for success in told.rules} if told is not None else {}
        verdicts = verdicts_now(design, seen, look, plans, predictive)
        findings += verdict_found(design, look, verdicts, blinded=False)
        findings += adjusted_found(adjusted_ratios(design, seen, look, plans, verdicts, level), level)
        findings += comparison(plan, seen, look, plans, told, level, {(of.rule, of.kind) for of in verdicts})
    else:
        findings += verdict_found(design, look, (), blinded=True)
    findings += [*progress(design, seen, provenance), *accrual(design, seen, blinded, level)]
    findings += months(plan, blinded, told, level)
    begun = findings[0]
    if provenance != "observed":
        findings[0] = replace(begun, words=f"{provenance.upper()} data. {begun.words}")
    settings = (
        ("completions", completions),
        ("month", seen.month),
        ("look", "open" if isinstance(seen, Interim) else "blinded"),
    )
    record = Record(design.digest, data_digest, seed_label(seed), provenance, "monitor", settings, versions())
    return InterimLook(
        design=design,
        seen=seen,
        level=level,
        findings=tuple(findings),
        blinded=blinded,
        unblinded=told.forecast if told is not None else None,
        survival=survival(design, seen, level, generator(seed, "survival")),
        record=record,
    )


def blinded_forecast(design: TrialDesign, seen: FollowUp, completions: int, seed: Seed, level: float) -> Forecast:
    """Return the forecast by one hazard for all patients."""
    carried = completed_blinded(design, seen, completions, generator(seed, "blinded"))
    return forecast_of(design, seen.month, carried, level)


def verdict_found(
    design: TrialDesign, look: ThisLook, verdicts: Sequence[Verdict], *, blinded: bool
) -> Iterator[LookResult]:
    """Yield the verdict of this look, then every rule's boundary, statistic and whether it is crossed."""
    yield LookResult("look", "", float(look.place + 1), headline(design, look, verdicts, blinded=blinded))
    yield LookResult("information_fraction", "", look.fraction if look.events else 0.0, "")
    for sentence in overrun_sentence(look):
        yield LookResult("overrun", "", float(look.events_over), sentence)
    for verdict, said in verdict_sentences(verdicts):
        yield LookResult("crossed", verdict.rule, float(verdict.crossed), said, kind=verdict.kind)
        for of in verdict.criteria:
            yield LookResult("boundary", verdict.rule, of.boundary, "", of.words, kind=verdict.kind)
            yield LookResult("statistic", verdict.rule, of.statistic, "", of.words, kind=verdict.kind)


def adjusted_found(found: Sequence[AdjustedRatio], level: float) -> Iterator[LookResult]:
    """Yield the hazard ratio of each rule whose trial ends here, adjusted for the looks, and its P value."""
    for one in found:
        said = adjusted_words(one, level)
        ratio = one.adjusted
        limits = ratio.lower, ratio.upper, level, "confidence"
        yield LookResult("adjusted_hazard_ratio", one.rule, ratio.estimate, said, "", *limits)
        yield LookResult("adjusted_p_value", one.rule, one.p_value, "")


def months(plan: TrialPlan, blinded: Forecast | None, told: Outlook | None, level: float) -> Iterator[LookResult]:
    """Yield when the final look comes: by one hazard, by the arms', and by the plan; nothing at the final look."""
    if blinded is None:
        return
    yield final_look(plan.design, blinded, "blinded", "by one hazard for all patients", level)
    if told is not None:
        yield final_look(plan.design, told.forecast, "unblinded", "by the hazards of the arms", level)
    month = plan.looks[-1].month
    if math.isfinite(month):
        yield LookResult("final_month_plan", "", month, f"The plan expected it in month {month:.1f}.")


def progress(design: TrialDesign, seen: FollowUp, provenance: str) -> Iterator[LookResult]:
    """Yield who is in and what has happened."""
    planned, final = sum(design.patients), design.looks[-1].events
    of_events = f" of {final}" if final is not None else ""
    said = (
        f"{provenance.upper()} data of {design.name} at month {seen.month:.1f}: {seen.entry.size} of {planned} "
        f"patients, {seen.events}{of_events} events, {np.count_nonzero(seen.lost)} lost."
    )
    silent = stale(seen)
    if silent:
        said += (
            f" {silent} {'other' if silent == 1 else 'others'} without an event last seen more than {STALE:g} months "
            f"before {'counts' if silent == 1 else 'count'} as still followed, unless the column of --lost says that "
            f"{'this patient is' if silent == 1 else 'they are'} lost."
        )
    yield LookResult("patients", "", float(seen.entry.size), said)
    yield LookResult("events", "", float(seen.events), "")
    yield LookResult("lost", "", float(np.count_nonzero(seen.lost)), "")


def accrual(design: TrialDesign, seen: FollowUp, forecast: Forecast | None, level: float) -> Iterator[LookResult]:
    """Yield the pace of accrual and the month of the last entry."""
    pace, tail = accrual_rate(design.accrual, sum(design.patients), seen), (1.0 - level) / 2.0
    middle, low, high = (pace.quantile(p) for p in (0.5, tail, 1.0 - tail))
    going = seen.entry.size < sum(design.patients)
    said = f"Accrual {'goes' if going else 'went'} at {middle:.2f} ({low:.2f} to {high:.2f}) times the planned pace."
    yield LookResult("accrual_pace", "", middle, said, "", low, high, level, "credible")
    if going and forecast is not None:
        yield months_found("last_entry_month", forecast.last_entry, "The last patient enters in month", "", level)


def final_look(design: TrialDesign, forecast: Forecast, which: str, how: str, level: float) -> LookResult:
    """Say when the final look comes."""
    begin = f"The final look ({design.looks[-1].words()}), {which}, comes in month"
    end = f", {how}"
    if forecast.reached < 1.0:
        never = 1.0 - forecast.reached
        end += f"; a share {never:.4f} of completions never has so many events and ends with its follow-up"
    return months_found(f"final_month_{which}", forecast.final_months, begin, end, level)


def months_found(quantity: str, months: FloatArray, begin: str, end: str, level: float) -> LookResult:
    """Return months forecast as their median and limits."""
    tail = (1.0 - level) / 2.0
    low, middle, high = np.quantile(months, [tail, 0.5, 1.0 - tail]).tolist()
    said = f"{begin} {middle:.1f} ({low:.1f} to {high:.1f}){end}."
    return LookResult(quantity, "", middle, said, "", low, high, level, "predictive")


def comparison(
    plan: TrialPlan,
    interim: Interim,
    look: ThisLook,
    plans: tuple[RulePlan, ...],
    told: Outlook | None,
    level: float,
    judged: Collection[tuple[str, str]],
) -> Iterator[LookResult]:
    """Yield what compares the arms: hazard ratio, criteria, predictive and conditional power, conflict.

    ``judged``: rules and kinds of which the verdict has been said.
    """
    design = plan.design
    posterior, tail = posterior_of(interim, design.analysis_prior), (1.0 - level) / 2.0
    middle, low, high = (posterior.quantile(p) for p in (0.5, tail, 1.0 - tail))
    control, treatment = design.arms
    said = f"Hazard ratio {treatment} vs {control}: {middle:.3g} ({100 * level:g} % credible {low:.3g} to {high:.3g})."
    yield LookResult("hazard_ratio", "", middle, said, "", low, high, level, "credible")
    for standing in standings(plan, interim):
        yield standing_found(standing, judged=(standing.rule, standing.role) in judged)
    for success in told.rules if told is not None else ():
        hits = round(success.probability * success.completions)
        limits = (
            lower_limit(hits, success.completions, 1.0 - tail),
            upper_limit(hits, success.completions, 1.0 - tail),
        )
        said = (
            f"{success.rule}: predictive probability of success at the final look {success.probability:.3f} "
            f"(Monte Carlo {limits[0]:.3f} to {limits[1]:.3f})."
        )
        yield LookResult(
            "predictive_probability", success.rule, success.probability, said, "", *limits, level, "monte_carlo"
        )
    if not look.final:
        z = {rule.name: log_rank_now(interim, design.analysis_prior, rule.test) for rule in design.rules}
        for power in conditional_powers(plan, interim.events, z, plans):
            yield conditional_found(power)
    yield from conflict_found(design, interim, level)


def standing_found(now: Standing, *, judged: bool) -> LookResult:
    """Return where a criterion stands; said where no verdict of this look says it."""
    said = ""
    if not judged and now.quantity == "log_rank_z":
        said = f"{now.rule}: log-rank Z {now.value:.2f} now; at the final look success needs more than {now.bound:.2f}."
    elif not judged:
        said = f"{now.rule}: {now.words} for {now.role}; it is {now.value:.4f} now."
    return LookResult(now.quantity, now.rule, now.value, said, f"{now.role}: {now.words}", kind=now.role)


def conditional_found(power: ConditionalPower) -> LookResult:
    """Say a conditional power."""
    said = (
        f"{power.rule}: conditional power {power.probability:.3f} under {ASSUMED[power.assumed]} "
        f"(hazard ratio {power.hr:.2f})."
    )
    return LookResult(f"conditional_power_{power.assumed}", power.rule, power.probability, said)


def conflict_found(design: TrialDesign, interim: Interim, level: float) -> Iterator[LookResult]:
    """Yield whether the estimate surprises the design prior; nothing without one or while an arm has no event."""
    if design.believed is None:
        return
    conflict = prior_conflict(interim, design.analysis_prior, design.believed)
    if conflict is None:
        return
    low, high = (math.exp(end) for end in conflict.expected.interval(level))
    verdict = "a conflict" if conflict.tail < SURPRISING else "no conflict"
    said = (
        f"The data alone say hazard ratio {math.exp(conflict.estimate):.2f}; the design prior expected {low:.2f} to "
        f"{high:.2f} ({100 * level:g} %), tail probability {conflict.tail:.3f}: {verdict} at {SURPRISING:g}."
    )
    yield LookResult("prior_conflict_tail", "", conflict.tail, said)
    estimate = math.exp(conflict.estimate)
    yield LookResult("hazard_ratio_estimate", "", estimate, "", "", low, high, level, "prior_predictive")


def survival(design: TrialDesign, seen: FollowUp, level: float, random: np.random.Generator) -> Mapping[str, Fan]:
    """Return posterior survival of each arm, or of all, as far as patients are followed."""
    months = np.linspace(0.0, float(seen.time.max()), SURVIVAL_POINTS)
    prior = design.analysis_prior
    if not isinstance(seen, Interim):
        pooled = pooled_survival(seen, prior, months, draws=SURVIVAL_DRAWS, level=level, generator=random)
        return {EVERYONE: pooled}
    fans = arm_survival(seen, design, months, draws=SURVIVAL_DRAWS, level=level, generator=random)
    return dict(zip(design.arms, fans, strict=True))
