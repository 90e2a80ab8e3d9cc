"""What a PyMC model has besides rows with known months: spans with an event, other sources, expected hazards."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from escc_bayes.bayes.model.likelihood.cure_of_plan import months_left
from escc_bayes.bayes.model.likelihood.spans_of_plan import expected_events, pieces_at
from escc_bayes.hazard.at_risk import AtRisk, split_at
from escc_bayes.spec.baseline import PiecewisePrior
from escc_bayes.spec.external import drifting
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.risk_rows import RiskRows, segment_columns

# H(times, log relative hazards, strata) of as many people.
type Cumulative = Callable[[Any, Any, Any], Any]

SURVIVORS = "external_alive"


def span_data(plan: ModelPlan, risk: RiskRows) -> dict[str, Any]:
    """Return the last month without the event within each row, and which rows hold earlier parts of a row's span."""
    own = risk.at_risk
    until = np.clip(plan.rows.last_free[risk.of], own.start, own.stop)
    if own.stop.size == plan.rows.time.size:
        return {"until": until}
    same = (risk.of[:, None] == risk.of) & (own.event > 0.0)[:, None] & (own.stop <= own.start[:, None])
    return {"until": until, "of_earlier": same.astype(np.float64)}


def external_data(plan: ModelPlan) -> dict[str, Any]:
    """Return the stretches of follow-up of every patient to the start and the stop of each count."""
    external, rows = plan.spec.external, plan.rows
    ends = np.array([month for one in external for month in (one.start, one.stop)])
    of, stop = np.tile(np.arange(rows.time.size), ends.size), np.repeat(ends, rows.time.size)
    blank = np.zeros(of.size)
    parts, part_of = split_at(
        AtRisk(np.arange(of.size), blank, stop, blank, blank, rows.stratum[of]), plan.design.segment_ends
    )
    return {
        "external_X": segment_columns(plan.design, plan.design.centred[of[part_of]], parts.stop),
        "external_start": parts.start,
        "external_stop": parts.stop,
        "external_stratum": parts.stratum,
        "external_first": np.flatnonzero(np.diff(part_of, prepend=-1)),
        "external_share": plan.external_shares,
        "external_drifting": drifting(external),
        "external_at_risk": np.array([one.at_risk for one in external]),
        "external_observed": np.array([one.alive for one in external]),
    }


def external_likelihood(plan: ModelPlan, data: Any, beta: Any, cumulative: Cumulative, drift: Any) -> None:
    """Add the counts of survivors, binomial on survival standardised over the patients each is about.

    ``drift`` are the log hazards of studies over ours; None where there are none.
    """
    log_relative = (data["external_X"] * beta).sum(-1)
    to_stop, to_start = (
        cumulative(data[name], log_relative, data["external_stratum"]) for name in ("external_stop", "external_start")
    )
    spent = pt.concatenate([pt.zeros(1), pt.cumsum(to_stop - to_start)])
    first = data["external_first"]
    last = pt.concatenate([first[1:], pt.shape(to_stop)])
    hazard = (spent[last] - spent[first]).reshape((len(plan.spec.external), 2, -1))
    if drift is not None:
        hazard *= pt.exp(pt.dot(data["external_drifting"], drift))[:, None, None]
    alive = (data["external_share"][:, None, :] * pt.exp(-hazard)).sum(-1)
    pm.Binomial(
        SURVIVORS,
        n=data["external_at_risk"],
        p=alive[:, 1] / alive[:, 0],
        observed=data["external_observed"],
        dims="external",
    )


def background_data(plan: ModelPlan) -> dict[str, Any]:
    """Return the events that a life table expects too: columns, piece or log month, weight and expected hazard."""
    found = expected_events(plan)
    own = found.risk.at_risk
    weight, stop = own.weight[found.of], own.stop[found.of]
    where = (
        {"background_piece": pieces_at(plan, stop, own.stratum[found.of])}
        if isinstance(plan.baseline, PiecewisePrior)
        else {"background_log_time": np.log(stop)}
    )
    return {
        "background_X": found.risk.columns[found.of],
        "background_log_hazard": np.log(found.hazard),
        "background_weight": weight,
        "background_passed": np.array(found.passed),
        **where,
    }


def background_likelihood(plan: ModelPlan, data: Any, beta: Any) -> None:
    """Add what a life table explains of each event, log(1 + h_expected / h_excess), and the hazard that all passed."""
    model = pm.modelcontext(None)
    log_excess = (data["background_X"] * beta).sum(-1)
    if isinstance(plan.baseline, PiecewisePrior):
        log_excess += (data["background_piece"] * model["log_rate"]).sum(-1)
    else:
        log_time, log_shape = data["background_log_time"], model["log_shape"]
        log_excess += model["baseline"] + log_shape - log_time
        log_excess += pt.exp(log_shape) * (log_time - data["log_reference_time"])
    gained = data["background_weight"] * pt.softplus(data["background_log_hazard"] - log_excess)
    pm.Potential("background", gained.sum() - data["background_passed"])


def cure_data(plan: ModelPlan) -> dict[str, Any]:
    """Return the stretches of follow-up of who is censored, and of who enters late, to these months."""
    of, month, count = months_left(plan)
    blank = np.zeros(of.size)
    parts, part_of = split_at(
        AtRisk(np.arange(of.size), blank, month, blank, blank, plan.rows.stratum[of]), plan.design.segment_ends
    )
    return {
        "cure_X": segment_columns(plan.design, plan.design.centred[of[part_of]], parts.stop),
        "cure_start": parts.start,
        "cure_stop": parts.stop,
        "cure_stratum": parts.stratum,
        "cure_whose": (np.arange(of.size)[:, None] == part_of).astype(np.float64),
        "cure_count": count,
        "cure_from_start": np.array(plan.rows.weight[plan.rows.entry == 0.0].sum()),
    }


def cure_likelihood(log_odds: Any, data: Any, beta: Any, cumulative: Cumulative) -> None:
    """Add all but the events of those not cured: who is free of the event, cured or not, when censored or entering."""
    log_relative = (data["cure_X"] * beta).sum(-1)
    to_stop, to_start = (
        cumulative(data[name], log_relative, data["cure_stratum"]) for name in ("cure_stop", "cure_start")
    )
    passed = pt.dot(data["cure_whose"], to_stop - to_start)
    odds = log_odds[0]
    left = (data["cure_count"] * pt.logaddexp(odds, -passed)).sum()
    pm.Potential("cure", left - data["cure_from_start"] * pt.softplus(odds))
