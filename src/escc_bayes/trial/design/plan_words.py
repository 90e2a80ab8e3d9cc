"""The plan in words: made once, and read by the terminal, the files and the protocol."""

from dataclasses import dataclass

from escc_bayes.trial.design.analysis_words import (
    borrowing_sentences,
    look_sentence,
    model_sentence,
    rule_sentences,
)
from escc_bayes.trial.design.design_words import design_paragraph, heading, origin_sentences
from escc_bayes.trial.design.planning_words import planning_sentences
from escc_bayes.trial.design.trial_plan import TrialPlan


@dataclass(frozen=True, slots=True)
class PlanInWords:
    """What is said of a plan.

    Attributes
    ----------
    heading : the design in one sentence.
    design : arms, accrual and what is taken as true, as one paragraph; ``origin`` of it, what the control rests on.
    looks, model, rules, borrowing : the analysis.
    planning : closed forms and boundaries.
    """

    heading: str
    design: str
    origin: tuple[str, ...]
    looks: tuple[str, ...]
    model: str
    rules: tuple[str, ...]
    borrowing: tuple[str, ...]
    planning: tuple[str, ...]


def plan_in_words(plan: TrialPlan) -> PlanInWords:
    """Say a plan."""
    design = plan.design
    return PlanInWords(
        heading=heading(design),
        design=design_paragraph(plan),
        origin=origin_sentences(plan),
        looks=tuple(look_sentence(plan, place) for place in range(len(plan.looks))),
        model=model_sentence(design.analysis_prior),
        rules=rule_sentences(design),
        borrowing=borrowing_sentences(plan),
        planning=planning_sentences(plan),
    )
