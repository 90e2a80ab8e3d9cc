"""The analysis of a design in words: looks, model, rules, and what is borrowed."""

from escc_bayes.foundation.sentence import counted
from escc_bayes.trial.design.design import AnalysisPrior, TrialDesign
from escc_bayes.trial.design.prior_events import PriorWorth
from escc_bayes.trial.design.trial_plan import TrialPlan


def rule_sentences(design: TrialDesign) -> tuple[str, ...]:
    """Say the rules."""
    control, treatment = design.arms
    return tuple(rule.sentence(treatment, control, len(design.looks)) for rule in design.rules)


def look_sentence(plan: TrialPlan, place: int) -> str:
    """Say when a look comes under the planned effect; where it does not wait for events alone, with how many."""
    look, last = plan.design.looks[place], place + 1 == len(plan.looks)
    name = "Final analysis" if last else f"Interim analysis {place + 1}"
    said = f"{name} at {look.words()}, expected in month {plan.looks[place].month:.1f}"
    if look.events is not None and look.month is None and look.follow_up is None:
        return f"{said}."
    return f"{said} with {plan.looks[place].events:.0f} events."


def model_sentence(prior: AnalysisPrior) -> str:
    """Say the model of the posterior rules."""
    strata = ", each stratum with hazards of its own" if prior.by_stratum else ""
    if prior.weibull is not None:
        return f"Posterior rules: proportional hazards with a Weibull baseline{strata}; exact posterior by quadrature."
    cuts = f"with cuts at {', '.join(f'{cut:g}' for cut in prior.cuts)} months" if prior.cuts else ""
    pieces = cuts or f"in {prior.pieces} pieces that end at quantiles of the pooled event times"
    return (
        f"Posterior rules: proportional hazards with a piecewise-constant baseline {pieces}{strata}; the hazard of "
        f"each piece has a gamma prior worth {counted(prior.baseline.shape, 'event')} in {prior.baseline.rate:g} "
        "person-months and is integrated out exactly; patients without an event are censored when last seen."
    )


def borrowing_sentences(plan: TrialPlan) -> tuple[str, ...]:
    """Say what is borrowed and what that is worth; nothing where nothing is."""
    if plan.design.borrowing is None or plan.worth is None:
        return ()
    return plan.design.borrowing.words(), worth_sentence(plan.worth)


def worth_sentence(worth: PriorWorth) -> str:
    """Say what the prior on the control hazard is worth before the trial has data."""
    parts = "; ".join(
        f"{counted(one.start, 'month')} on: {one.effective:.1f}"
        if one.stop == float("inf")
        else f"{one.start:g} to {one.stop:g}: {one.effective:.1f}"
        for one in worth.pieces
    )
    together = ""
    if worth.joint is not None:
        together = (
            " For the hazard ratio at the final look under the planned effect, all pieces together, borrowing is "
            f"worth {worth.joint.controls:.1f} events of controls beside the {worth.joint.own:.0f} expected of its "
            "own: what is not known of the historical controls is common to the pieces, so their worths do not add up."
        )
    return (
        f"Before the trial has data its prior on the control hazard is worth, in events by piece (local information): "
        f"{parts}; historical controls had {worth.historical:g} in all.{together}"
    )
