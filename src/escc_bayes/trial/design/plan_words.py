"""What the plan says before anything is simulated: events by closed forms, and the boundaries of each log-rank test."""

import math
from collections.abc import Iterator

import numpy as np

from escc_bayes.foundation.root import root
from escc_bayes.spec.prior import Normal
from escc_bayes.trial.design.criterion import BetaCriterion, LogRankCriterion, PosteriorCriterion
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.normal_power import has_normal_form, is_one_ratio, normal_rule, planned_log_ratio
from escc_bayes.trial.design.rule import DecisionRule
from escc_bayes.trial.design.rule_plan import events_at_looks, fractions_at_looks, rule_plan
from escc_bayes.trial.significance.boundaries import spent_by_look
from escc_bayes.trial.significance.closed_forms import freedman_events, hsieh_freedman_events, schoenfeld_events
from escc_bayes.trial.significance.direct_power import direct_power

POWER = 0.8
# A normal prior on the log hazard ratio at least so wide leaves a posterior rule a test.
FLAT = 2.0
# Factors on the planned events between which those for the power are looked for.
SCALES = (0.02, 50.0)
# Log hazard ratios that near are one effect.
SAME_EFFECT = 0.01


def planning_sentences(design: TrialDesign) -> tuple[str, ...]:
    """Return closed forms for the stated effect, and each rule's boundaries over several looks."""
    said = list(events_sentences(design))
    tested = [rule for rule in design.rules if rule.alphas]
    if len(design.looks) > 1:
        said += [boundary_sentence(design, rule) for rule in tested]
        said += [sentence for rule in tested for sentence in beta_sentence(design, rule)]
    else:
        said += [sentence for rule in tested if (sentence := direct_sentence(design, rule)) is not None]
    return tuple(said)


def events_sentences(design: TrialDesign) -> Iterator[str]:
    """Say how many events find the stated effect, rule by rule; nothing for an effect that changes with time.

    Closed forms are true of one test at one look; of another boundary on Z, events by the normal approximation.
    """
    if not is_one_ratio(design, design.effect):
        return
    hr, alike = design.effect.hr[0], dict[tuple[float, float], list[str]]()
    for rule in design.rules:
        test = plain_test(design, rule)
        if test is not None and hr < test[1]:
            alike.setdefault(test, []).append(rule.name)
    yield from (formula_sentence(design, *test, names) for test, names in alike.items())
    plain = {name for names in alike.values() for name in names}
    for rule in design.rules:
        events = events_for_power(design, rule) if rule.name not in plain else None
        if events is not None:
            yield (
                f"{rule.name}: a hazard ratio of {hr:g} is found with power {POWER:g} by {events:.0f} events at the "
                f"{'analysis' if len(design.looks) == 1 else 'final look'} (normal approximation)."
            )


def plain_test(design: TrialDesign, rule: DecisionRule) -> tuple[float, float] | None:
    """Return one-sided level and null hazard ratio of a rule that is one test at one look; None of any other rule."""
    if len(rule.success) > 1 or len(design.looks) > 1 or rule.borrows:
        return None
    only, prior = rule.success[0], design.analysis_prior.log_hr
    if isinstance(only, LogRankCriterion):
        return only.alpha, only.margin
    if isinstance(only, PosteriorCriterion) and isinstance(prior, Normal) and prior.sd >= FLAT and only.threshold > 0.5:
        return round(1.0 - only.threshold, 12), only.hr
    return None


def formula_sentence(design: TrialDesign, alpha: float, null_hr: float, rules: list[str]) -> str:
    """Say how many events closed forms ask for: three of a superiority test, one of a test against a margin."""
    hr, allocation = design.effect.hr[0], design.allocation
    found = [("Schoenfeld", schoenfeld_events(hr, alpha=alpha, power=POWER, allocation=allocation, null_hr=null_hr))]
    if null_hr == 1.0:
        found += [
            (name, form(hr, alpha=alpha, power=POWER, allocation=allocation))
            for name, form in (("Freedman", freedman_events), ("Hsieh-Freedman", hsieh_freedman_events))
        ]
    forms = ", ".join(f"{events:.1f} by {name}" for name, events in found)
    beyond = "" if null_hr == 1.0 else f" and exclude {null_hr:g}"
    return (
        f"Events that find a hazard ratio of {hr:g}{beyond} with power {POWER:g} at one-sided {alpha:g} "
        f"({', '.join(rules)}): {forms}."
    )


def events_for_power(design: TrialDesign, rule: DecisionRule) -> float | None:
    """Return the final events that give a rule its power; None where it is no boundary on Z, or none do."""
    if not has_normal_form(design, rule):
        return None
    log_ratio = math.log(design.effect.hr[0])

    def missing(log_scale: float) -> float:
        of = normal_rule(design, rule, scale=math.exp(log_scale))
        assert of is not None
        return of.power(log_ratio) - POWER

    low, high = (math.log(end) for end in SCALES)
    if not missing(low) < 0.0 < missing(high):
        return None
    return math.exp(root(missing, low, high, absolute=1e-6)) * events_at_looks(design)[-1]


def beta_sentence(design: TrialDesign, rule: DecisionRule) -> Iterator[str]:
    """Yield the effect under which beta is spent, and a warning where the plan's is another; nothing without.

    Both boundaries meet at the final look, which fixes that effect: the one that the looks find with power 1 - beta.
    """
    beta = next((c.beta for c in rule.futility if isinstance(c, BetaCriterion)), None)
    if beta is None or rule.test is None or rule.sharing is None:
        return
    drift = rule.sharing.with_futility(fractions_at_looks(design), rule.test.alpha, beta).drift
    hr = rule.test.margin * math.exp(-drift / math.sqrt(float(rule_plan(design, rule).information[-1])))
    said = (
        f"{rule.name}: its futility boundary spends a type II error of {beta:g} under a hazard ratio of {hr:.3f}, the "
        f"one that these looks find with power {1.0 - beta:g}"
    )
    planned, normal = planned_log_ratio(design, design.effect), normal_rule(design, rule)
    if planned is None or abs(planned - math.log(hr)) <= SAME_EFFECT:
        yield f"{said}."
        return
    lost = f", where the error is {1.0 - normal.power(planned):.3f}" if normal is not None else ""
    yield (
        f"{said}. WARNING: the planned effect is {math.exp(planned):.3g}{lost}; change the events, or the error to be "
        "spent, if the boundary is meant for the planned effect."
    )


def direct_sentence(design: TrialDesign, rule: DecisionRule) -> str | None:
    """Say the power of one log-rank test by its expected score; None over strata, with switching, without an end."""
    month = design.month_of(design.looks[-1], design.effect)
    if design.strata or design.switching is not None or not math.isfinite(month):
        return None
    average = ", at the average control hazard" if design.control.draws > 1 else ""
    assert rule.test is not None
    power = direct_power(month, *design.arms_under(design.effect), alpha=rule.test.alpha, margin=rule.test.margin)
    return (
        f"{rule.name}: power of the {rule.test.measure.words} {power:.3f} by its expected score at month {month:.1f}, "
        f"which takes neither proportional hazards nor equal arms for granted{average}."
    )


def boundary_sentence(design: TrialDesign, rule: DecisionRule) -> str:
    """Say the boundaries of a log-rank test over several looks, and what they spend."""
    plan, fractions = rule_plan(design, rule), fractions_at_looks(design)
    spent = spent_by_look(fractions, plan.upper)
    assert rule.test is not None
    ratios = rule.test.margin * np.exp(-plan.upper / np.sqrt(plan.information))

    def listed(values: list[float], digits: int) -> str:
        return ", ".join(f"{value:.{digits}f}" if math.isfinite(value) else "none" for value in values)

    said = (
        f"{rule.name}: {'Cox' if rule.test.cox else 'log-rank'} Z above {listed(plan.upper.tolist(), 3)} (hazard ratio "
        f"below about {listed(ratios.tolist(), 2)}); type I error spent by then {listed(spent.tolist(), 4)}"
    )
    lower = plan.lower[:-1]
    return said + (f"; futile below {listed(lower.tolist(), 3)}." if np.isfinite(lower).all() else ".")
