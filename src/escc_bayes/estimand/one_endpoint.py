"""One endpoint of several fitted together: its patients, and their hazards, as its own model has them.

Symbols: S_k(t) survival free of endpoint k, averaged over patients. docs/methods/several_endpoints.md.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from escc_bayes.estimand.estimand import Estimand, HazardRatio, MedianSurvival, RMSTDifference, SurvivalAt
from escc_bayes.estimand.modelled import patient_hazards
from escc_bayes.foundation.errors import EstimandError
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.hazard.stratified import Stratified, stratified
from escc_bayes.spec.one_transition import coefficients_in, one_transition
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.rows import AnalysisRows

# Two months closer than this are one.
SAME_MONTH = 1e-6
# Contradictions of endpoints in fewer draws than this are not said.
SAID_FROM = 0.001


def endpoint_asked(asked: Estimand, plan: ModelPlan) -> str:
    """Return of which endpoint of several a curve is asked; nothing of hazard ratios, and of models of one.

    Raises
    ------
    EstimandError : several endpoints, and none of them is named; or the model is of another.
    """
    if isinstance(asked, HazardRatio):
        return ""
    if not plan.rows.marginal:
        refuse_another(asked, plan)
        return ""
    names = plan.rows.transition_names
    if asked.endpoint not in names:
        given = f"no '{asked.endpoint}'" if asked.endpoint else "more than one curve"
        raise EstimandError(
            f"model '{plan.spec.name}' is of several endpoints and has {given}; name one of {', '.join(names)}, as in "
            f'SurvivalAt(12.0, endpoint="{names[0]}")'
        )
    return asked.endpoint


def refuse_another(asked: SurvivalAt | MedianSurvival | RMSTDifference, plan: ModelPlan) -> None:
    """Raise where a curve is asked of another endpoint than the one that a model is of."""
    if asked.endpoint and plan.rows.transitions is None and asked.endpoint != plan.rows.endpoint:
        raise EstimandError(f"model '{plan.spec.name}' is of '{plan.rows.endpoint}', and not of '{asked.endpoint}'")


def plan_behind(asked: Estimand, plan: ModelPlan) -> ModelPlan:
    """Return the plan whose patients stand behind an estimand: of several endpoints that of the one asked."""
    return one_transition(plan, endpoint_asked(asked, plan))


def of_endpoint(plan: ModelPlan, hazards: PatientHazards, name: str) -> tuple[ModelPlan, PatientHazards]:
    """Return plan and hazards of one endpoint; without a name those of all."""
    if not name:
        return plan, hazards
    assert isinstance(hazards, Stratified)
    own, levels = one_transition(plan, name), plan.rows.within
    first = plan.rows.transition_names.index(name) * max(1, len(levels))
    places = [levels.index(level) for level in own.rows.occurring] if levels else [0]
    beta = hazards.coefficients[:, coefficients_in(plan.design, name)]
    found = tuple(patient_hazards(own.design, beta, hazards.strata[first + place].hazard) for place in places)
    return own, stratified(found) if levels else found[0]


def never_later(rows: AnalysisRows, name: str, other: str) -> bool:
    """Return whether one endpoint ends no later than another in every patient who is followed for both.

    So survival free of it cannot lie above that of the other, whichever models say so.
    """
    first, second = rows.in_transition(name), rows.in_transition(other)
    both, at, there = np.intersect1d(first.positions, second.positions, return_indices=True)
    return bool(both.size) and bool((first.time[at] <= second.time[there] + SAME_MONTH).all())


def order_note(asked: Estimand, drawn: FloatArray, plan: ModelPlan, draws: Callable[[Estimand], FloatArray]) -> str:
    """Say in how many draws a curve contradicts that of an endpoint that cannot come before it; else nothing.

    From 0.1 % of the draws on.

    Parameters
    ----------
    asked : survival at a month, or a median; of differences nothing is said.
    drawn : (d,) its draws.
    draws : gives those of another estimand.
    """
    if not plan.rows.marginal or not isinstance(asked, SurvivalAt | MedianSurvival):
        return ""
    said = []
    for other in plan.rows.transition_names:
        for sign, word in ((1.0, "above"), (-1.0, "below")):
            pair = (asked.endpoint, other) if sign > 0.0 else (other, asked.endpoint)
            if other == asked.endpoint or not never_later(plan.rows, *pair):
                continue
            share = float((sign * (drawn - draws(replace(asked, endpoint=other))) > 0.0).mean())
            if share >= SAID_FROM:
                said.append(
                    f"in {100.0 * share:.2g} % of draws {word} that of {other}, as no patients can be: endpoints are "
                    "not kept in order (an illness-death model does)"
                )
    return "; ".join(said)
