"""What closed forms say of a plan, in words: events for a power, and the boundaries of each log-rank test."""

import math
from collections.abc import Iterator

import numpy as np

from escc_bayes.foundation.root import root
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.futility import BetaCriterion
from escc_bayes.trial.design.normal_power import is_one_ratio
from escc_bayes.trial.design.rule_plan import ended_below
from escc_bayes.trial.design.trial_plan import PlannedRule, TrialPlan
from escc_bayes.trial.significance.boundaries import spent_by_look
from escc_bayes.trial.significance.closed_forms import freedman_events, hsieh_freedman_events, schoenfeld_events
from escc_bayes.trial.significance.direct_power import direct_power

POWER = 0.8
# Factors on the planned events between which those for the power are looked for.
SCALES = (0.02, 50.0)
# Log hazard ratios that near are one effect.
SAME_EFFECT = 0.01


def planning_sentences(plan: TrialPlan) -> tuple[str, ...]:
    """Return closed forms for the stated effect, and each rule's boundaries over several looks."""
    said = list(events_sentences(plan))
    tested = [planned for planned in plan.rules if planned.rule.tests]
    if len(plan.looks) > 1:
        said += [boundary_sentence(plan, planned) for planned in tested]
        said += [sentence for planned in tested for sentence in beta_sentence(plan, planned)]
    else:
        said += [sentence for planned in tested if (sentence := direct_sentence(plan, planned)) is not None]
    return tuple(said)


def events_sentences(plan: TrialPlan) -> Iterator[str]:
    """Say how many events find the stated effect, rule by rule; nothing for an effect that changes with time.

    Closed forms are true of one test at one look; of another boundary on Z, events by the normal approximation.
    """
    design = plan.design
    if not is_one_ratio(design, design.effect):
        return
    hr, alike = design.effect.hr[0], dict[tuple[float, float], list[str]]()
    for planned in plan.rules:
        test = plain_test(planned)
        if test is not None and hr < test[1]:
            alike.setdefault(test, []).append(planned.rule.name)
    yield from (formula_sentence(design, *test, names) for test, names in alike.items())
    plain = {name for names in alike.values() for name in names}
    for planned in plan.rules:
        name = planned.rule.name
        events = events_for_power(plan, planned) if name not in plain else None
        if events is not None:
            yield (
                f"{name}: a hazard ratio of {hr:.4g} is found with power {POWER:g} by {events:.0f} events at the "
                f"{'analysis' if len(plan.looks) == 1 else 'final look'} (normal approximation)."
            )


def plain_test(planned: PlannedRule) -> tuple[float, float] | None:
    """Return one-sided level and null hazard ratio of a rule that is one test at one look; None of any other rule."""
    rule = planned.rule
    if len(rule.success) > 1 or len(planned.design.looks) > 1 or rule.borrows:
        return None
    return rule.success[0].as_test(planned.design.analysis_prior.log_hr)


def formula_sentence(design: TrialDesign, alpha: float, null_hr: float, rules: list[str]) -> str:
    """Say how many events closed forms ask for: three of a superiority test, one of a test against a margin."""
    hr, allocation = design.effect.hr[0], design.allocation
    events_by = [
        ("Schoenfeld", schoenfeld_events(hr, alpha=alpha, power=POWER, allocation=allocation, null_hr=null_hr))
    ]
    if null_hr == 1.0:
        events_by += [
            (name, form(hr, alpha=alpha, power=POWER, allocation=allocation))
            for name, form in (("Freedman", freedman_events), ("Hsieh-Freedman", hsieh_freedman_events))
        ]
    forms = ", ".join(f"{events:.1f} by {name}" for name, events in events_by)
    beyond = "" if null_hr == 1.0 else f" and exclude {null_hr:g}"
    return (
        f"Events that find a hazard ratio of {hr:.4g}{beyond} with power {POWER:g} at one-sided {alpha:g} "
        f"({', '.join(rules)}): {forms}."
    )


def events_for_power(plan: TrialPlan, planned: PlannedRule) -> float | None:
    """Return the final events that give a rule its power; None where it is no boundary on Z, or none do."""
    if planned.on_z is None:
        return None
    log_ratio = math.log(plan.design.effect.hr[0])

    def missing(log_scale: float) -> float:
        on_z = planned.scaled(math.exp(log_scale))
        assert on_z is not None
        return on_z.power(log_ratio) - POWER

    low, high = (math.log(end) for end in SCALES)
    if not missing(low) < 0.0 < missing(high):
        return None
    return math.exp(root(missing, low, high, absolute=1e-6)) * plan.events[-1]


def beta_sentence(plan: TrialPlan, planned: PlannedRule) -> Iterator[str]:
    """Yield the effect under which beta is spent, and a warning where the plan's is another; nothing without.

    Both boundaries meet at the final look, which fixes that effect: the one that the looks find with power 1 - beta.
    """
    rule = planned.rule
    beta = next((criterion.beta for criterion in rule.futility if isinstance(criterion, BetaCriterion)), None)
    if beta is None or rule.test is None or rule.spending is None:
        return
    acting = planned.boundaries.acting
    drift = rule.spending.with_futility(
        plan.fractions, rule.test.alpha, beta, acting=acting, binding=rule.binding
    ).drift
    hr = rule.test.margin * math.exp(-drift / math.sqrt(float(plan.information[-1])))
    said = (
        f"{rule.name}: its futility boundary spends a type II error of {beta:g} under a hazard ratio of {hr:.3f}, the "
        f"one that these looks find with power {1.0 - beta:g}"
    )
    log_ratio = plan.log_ratio
    if log_ratio is None or abs(log_ratio - math.log(hr)) <= SAME_EFFECT:
        yield f"{said}."
        return
    lost = f", where the error is {1.0 - planned.on_z.power(log_ratio):.3f}" if planned.on_z is not None else ""
    yield (
        f"{said}. WARNING: the planned effect is {math.exp(log_ratio):.3g}{lost}; change the events, or the error to "
        "be spent, if the boundary is meant for the planned effect."
    )


def direct_sentence(plan: TrialPlan, planned: PlannedRule) -> str | None:
    """Say the power of one log-rank test by its expected score; None over strata, with switching, without an end."""
    design, test, month = plan.design, planned.rule.test, plan.looks[-1].data
    if design.strata or design.switching is not None or not math.isfinite(month):
        return None
    average = ", at the average control hazard" if design.control.draws > 1 else ""
    assert test is not None
    power = direct_power(month, *design.arms_under(design.effect), alpha=test.alpha, margin=test.margin)
    return (
        f"{planned.rule.name}: power of the {test.measure.words} {power:.3f} by its expected score at month "
        f"{month:.1f}, which takes neither proportional hazards nor equal arms for granted{average}."
    )


def boundary_sentence(plan: TrialPlan, planned: PlannedRule) -> str:
    """Say the boundaries of a log-rank test over several looks, and what they spend."""
    boundaries, test = planned.boundaries, planned.rule.test
    binding = ended_below(boundaries.lower, boundaries.acting) if planned.rule.binding else None
    spent = spent_by_look(plan.fractions, boundaries.upper, binding)
    assert test is not None
    ratios = test.margin * np.exp(-boundaries.upper / np.sqrt(plan.information))

    def listed(values: list[float], digits: int) -> str:
        return ", ".join(f"{value:.{digits}f}" if math.isfinite(value) else "none" for value in values)

    said = (
        f"{planned.rule.name}: {'Cox' if test.cox else 'log-rank'} Z above {listed(boundaries.upper.tolist(), 3)} "
        f"(hazard ratio below about {listed(ratios.tolist(), 2)}); type I error spent by then "
        f"{listed(spent.tolist(), 4)}"
    )
    lower = ended_below(boundaries.lower, boundaries.acting)[:-1]
    if not np.isfinite(lower).any():
        return said + "."
    counted = ", which is binding: the boundary of success counts on it" if planned.rule.binding else ""
    return f"{said}; futile below {listed(lower.tolist(), 3)}{counted}."
