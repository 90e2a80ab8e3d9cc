"""Designs that cannot work are refused before anything is simulated, each with its remedy."""

import math

from escc_bayes.foundation.sentence import counted
from escc_bayes.trial.design.criterion import GainCriterion
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.normal_power import assurance_limit, has_normal_form
from escc_bayes.trial.design.null_truth import attainable, hazard_ratio_of, null_effect, own_null
from escc_bayes.trial.design.rule_plan import ended_below
from escc_bayes.trial.design.trial_plan import planned
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.looks.look import Look
from escc_bayes.trial.posterior.arm_posterior import MOST_PIECES
from escc_bayes.trial.significance.alpha_spending import HAYBITTLE_PETO, NOMINAL
from escc_bayes.trial.significance.boundaries import spent_by_look
from escc_bayes.trial.significance.measures import GainProbability, RmstGain, SurvivalGain
from escc_bayes.trial.truth.expected_events import expected_events

# Events that a trial can hope to see are those expected within this many months.
PATIENCE = 1200.0
# Thresholds are printed to three decimals: so much more than alpha may come of rounding.
OVERSPENT = 5e-5


def refuse_impossible(design: TrialDesign, where: str) -> None:
    """Raise ``DesignError`` for a design that cannot be carried out."""
    at = f"{where}, [analyses]"
    total = sum(design.patients)
    refuse_unreachable_nulls(design, where)
    if min(design.patients) < 1:
        raise DesignError(
            f"{where}, [arms], allocation: {design.patients} of {total} patients leaves an arm empty; enter more"
        )
    refuse_words_without_strata(design, where)
    refuse_endless(design, where)
    for look in design.looks:
        refuse_too_many_events(design, look, total, at)
    refuse_look_before_entry(design, at)
    refuse_overspent(design, where)
    refuse_empty_pieces(design, where)
    refuse_gain_without_pieces(design, where)
    refuse_months_beyond_follow_up(design, where)
    refuse_estimation_without_boundaries(design, f"{where}, [estimation]")
    refuse_size_beyond_reach(design, f"{where}, [sizing]")


def refuse_words_without_strata(design: TrialDesign, where: str) -> None:
    """Raise if a rule or the analysis goes by strata that the design does not have."""
    if design.strata:
        return
    for rule in design.rules:
        if any(test.stratified for test in rule.tests):
            raise DesignError(f"{where}, rule '{rule.name}': there are no strata; add [[stratum]] or drop 'stratified'")
    if design.analysis_prior.by_stratum:
        raise DesignError(
            f"{where}, [analysis_prior], baseline, by_stratum: there are no strata; add [[stratum]] or remove it"
        )


def refuse_too_many_events(design: TrialDesign, look: Look, total: int, at: str) -> None:
    """Raise if a look waits for events that the patients cannot have."""
    if look.events is None:
        return
    if look.events > total:
        raise DesignError(
            f"{at}, events: {counted(look.events, 'event')} of {total} patients; every patient has one at most. "
            "Enter more "
            f"patients ({math.ceil(look.events / 0.7)} would leave three in ten without an event), or ask for fewer"
        )
    if look.first:
        return
    nulls = dict.fromkeys(own_null(design, rule) for rule in design.rules)
    for words, effect in (
        ("the stated effect", design.effect),
        *((f"{null.words}, the null of a rule,", null_effect(null, design)) for null in nulls),
    ):
        if design.month_of(Look(events=look.events), effect) > PATIENCE:
            by_then = sum(expected_events(PATIENCE, *arm) for arm in design.arms_under(effect))
            raise DesignError(
                f"{at}, events: {look.events} events are never expected under {words}: of {total} patients "
                f"{by_then:.0f} have one within {PATIENCE:,.0f} months. Enter more patients, or sooner, ask for fewer "
                "events, or correct hazard, dropout or cure"
            )


def refuse_endless(design: TrialDesign, where: str) -> None:
    """Raise for a look, or an accrual, beyond what anyone waits for."""
    if design.accrual.duration > PATIENCE:
        raise DesignError(
            f"{where}, [accrual]: the last patient enters in month {design.accrual.duration:,.0f}; enter patients "
            f"faster, or fewer, so that all are in within {PATIENCE:,.0f} months"
        )
    for look in design.looks:
        for key, months in (("calendar", look.month), ("minimum_follow_up", look.follow_up)):
            if months is not None and months > PATIENCE:
                raise DesignError(
                    f"{where}, [analyses], {key}: month {months:,.0f} is beyond {PATIENCE:,.0f}; times are months"
                )


def refuse_empty_pieces(design: TrialDesign, where: str) -> None:
    """Raise if the baseline asks for more pieces than the first look has events to end them by."""
    prior = design.analysis_prior
    if prior.cuts is not None or prior.weibull is not None:
        return
    first = sum(
        expected_events(design.data_month(design.looks[0], design.effect), *arm)
        for arm in design.arms_under(design.effect)
    )
    if prior.pieces > max(first, 1.0):
        raise DesignError(
            f"{where}, [analysis_prior], baseline, pieces: {prior.pieces} pieces end at quantiles of the events, and "
            f"the first look expects {first:.0f}; state fewer pieces"
        )


def refuse_overspent(design: TrialDesign, where: str) -> None:
    """Raise if stated thresholds of Z spend more than the test's alpha, or leave nothing of it for the final look."""
    for rule in design.rules:
        test, spending = rule.test, rule.spending
        if test is None or spending is None or spending.name not in (NOMINAL, HAYBITTLE_PETO):
            continue
        plan = planned(design)
        boundaries = plan.of(rule.name).boundaries
        upper = boundaries.upper
        binding = ended_below(boundaries.lower, boundaries.acting) if rule.binding else None
        spent = spent_by_look(plan.fractions, upper, binding)
        at = f"{where}, rule '{rule.name}', boundaries"
        if not math.isfinite(float(upper[-1])):
            raise DesignError(
                f"{at}: interim looks leave nothing of {test.alpha:g} to the final one; raise the threshold"
            )
        if spent[-1] > test.alpha + OVERSPENT:
            raise DesignError(
                f"{at}: these thresholds spend {spent[-1]:.4f} over the looks ({', '.join(f'{x:.4f}' for x in spent)} "
                f"by then), more than the one-sided {test.alpha:g} of the test; raise them, or state that level"
            )


def refuse_look_before_entry(design: TrialDesign, at: str) -> None:
    """Raise if the first look finds next to nobody in the trial."""
    first = design.looks[0]
    if first.month is None or (first.events is not None and not first.first):
        return
    if design.accrual.enrolled(max(first.month - design.lag, 0.0)) < 2.0:
        known = f"month {first.month:g}" + (f" less the lag of {design.lag:g}" if design.lag else "")
        raise DesignError(f"{at}, calendar: by {known} fewer than 2 patients are in; look later")


def refuse_gain_without_pieces(design: TrialDesign, where: str) -> None:
    """Raise if a posterior probability of a difference is asked of an analysis that does not give it."""
    prior = design.analysis_prior
    for rule in design.rules:
        asks = any(isinstance(c, GainCriterion) for c in (*rule.success, *rule.futility))
        if asks and (prior.weibull is not None or prior.by_stratum or prior.pieces > MOST_PIECES):
            raise DesignError(
                f"{where}, rule '{rule.name}': the posterior of a difference is known for hazards in at most "
                f"{MOST_PIECES} pieces without strata; change [analysis_prior], baseline"
            )


def refuse_months_beyond_follow_up(design: TrialDesign, where: str) -> None:
    """Raise if a rule asks for a month of follow-up that nobody is expected to reach by the final look."""
    last = design.data_month(design.looks[-1], design.effect)
    for rule in design.rules:
        for measure in rule.measures(final=True):
            if not isinstance(measure, GainProbability | RmstGain | SurvivalGain):
                continue
            if design.follow_up is not None and measure.month > design.follow_up:
                raise DesignError(
                    f"{where}, rule '{rule.name}': {measure.words} is asked for, and every patient is followed for "
                    f"{counted(design.follow_up, 'month')}; choose an earlier month, or follow longer"
                )
            if measure.month >= last:
                raise DesignError(
                    f"{where}, rule '{rule.name}': {measure.words} is asked for, and the final look is expected at "
                    f"month {last:.0f} of the trial; choose an earlier month, or look later"
                )


def refuse_estimation_without_boundaries(design: TrialDesign, at: str) -> None:
    """Raise if estimates at the stop are asked of rules none of which is a boundary on one normal estimate."""
    if design.estimation is not None and not any(has_normal_form(design, rule) for rule in design.rules):
        raise DesignError(
            f"{at}: no rule is a boundary on one normal estimate (log-rank or Cox test, posterior rule under a normal "
            "prior without borrowing); add such a rule, or remove it"
        )


def refuse_size_beyond_reach(design: TrialDesign, at: str) -> None:
    """Raise if no size can have the power or assurance that is asked for."""
    asked = design.sizing
    if asked is None:
        return
    if asked.quantity == "assurance":
        if design.believed is None:
            raise DesignError(f"{at}, assurance: nothing is believed; add [design_prior], or ask for power")
        rule = next(rule for rule in design.rules if rule.name == asked.rule)
        limit = assurance_limit(design, rule)
        if limit is not None and asked.target >= limit:
            raise DesignError(
                f"{at}, assurance: no trial of any size has {asked.target:g}; the design prior allows {limit:.3f} at "
                "most. Ask for less, or learn more before the trial"
            )
        return
    rule = next(rule for rule in design.rules if rule.name == asked.rule)
    for null in rule.nulls:
        if min(design.effect.ratios) >= hazard_ratio_of(null, design):
            raise DesignError(
                f"{at}, power: the stated effect is none beyond {null.words}, the null of '{rule.name}' (it is a "
                f"hazard ratio of {design.effect.words()}), so more patients bring no power; state another effect"
            )


def refuse_unreachable_nulls(design: TrialDesign, where: str) -> None:
    """Raise if a rule asks for a difference that no treatment can make, or that none can miss."""
    for rule in design.rules:
        for null in rule.nulls:
            if null.kind == "hazard_ratio" or null.without_effect:
                continue
            least, most = attainable(null, design)
            if not least < null.limit < most:
                raise DesignError(
                    f"{where}, rule '{rule.name}': {null.words} is asked for, and with the stated control hazard "
                    f"differences lie between {least:.3g} and {most:.3g}, whatever the treatment; correct the limit, "
                    "the month or [control]"
                )
