"""What the plan says before anything is simulated: events by closed forms, and the boundaries of each log-rank test."""

import math

import numpy as np

from escc_bayes.trial.boundaries import spent_by_look
from escc_bayes.trial.closed_forms import freedman_events, hsieh_freedman_events, schoenfeld_events
from escc_bayes.trial.design import TrialDesign
from escc_bayes.trial.direct_power import direct_power
from escc_bayes.trial.rule import DecisionRule
from escc_bayes.trial.rule_plan import fractions_at_looks, rule_plan

POWER = 0.8
ALPHA = 0.025


def planning_sentences(design: TrialDesign) -> tuple[str, ...]:
    """Return closed forms for the stated effect, and each rule's boundaries over several looks."""
    said = [events_sentence(design)] if len(set(design.effect.hr)) == 1 and design.effect.hr[0] != 1.0 else []
    tested = [rule for rule in design.rules if rule.alphas]
    if len(design.looks) > 1:
        said += [boundary_sentence(design, rule) for rule in tested]
    else:
        said += [sentence for rule in tested if (sentence := direct_sentence(design, rule)) is not None]
    return tuple(said)


def events_sentence(design: TrialDesign) -> str:
    """Say how many events three closed forms ask for."""
    hr = design.effect.hr[0]
    asked = [
        (name, form(hr, alpha=ALPHA, power=POWER, allocation=design.allocation))
        for name, form in (
            ("Schoenfeld", schoenfeld_events),
            ("Freedman", freedman_events),
            ("Hsieh-Freedman", hsieh_freedman_events),
        )
    ]
    forms = ", ".join(f"{events:.1f} by {name}" for name, events in asked)
    return f"Events that find a hazard ratio of {hr:g} with power {POWER:g} at one-sided {ALPHA:g}: {forms}."


def direct_sentence(design: TrialDesign, rule: DecisionRule) -> str | None:
    """Say the power of one log-rank test by its expected score; None over strata, with switching, without an end."""
    month = design.month_of(design.looks[-1], design.effect)
    if design.strata or design.switching is not None or not math.isfinite(month):
        return None
    average = ", at the average control hazard" if design.control.draws > 1 else ""
    power = direct_power(month, *design.arms_under(design.effect), alpha=rule.alphas[0])
    return (
        f"{rule.name}: power of the log-rank test {power:.3f} by its expected score at month {month:.1f}, which takes "
        f"neither proportional hazards nor equal arms for granted{average}."
    )


def boundary_sentence(design: TrialDesign, rule: DecisionRule) -> str:
    """Say the boundaries of a log-rank test over several looks, and what they spend."""
    plan, fractions = rule_plan(design, rule), fractions_at_looks(design)
    spent = spent_by_look(fractions, plan.upper)
    ratios = np.exp(-plan.upper / np.sqrt(plan.information))

    def listed(values: list[float], digits: int) -> str:
        return ", ".join(f"{value:.{digits}f}" if math.isfinite(value) else "none" for value in values)

    said = (
        f"{rule.name}: log-rank Z above {listed(plan.upper.tolist(), 3)} (hazard ratio below about "
        f"{listed(ratios.tolist(), 2)}); type I error spent by then {listed(spent.tolist(), 4)}"
    )
    lower = plan.lower[:-1]
    return said + (f"; futile below {listed(lower.tolist(), 3)}." if np.isfinite(lower).all() else ".")
