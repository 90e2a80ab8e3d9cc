"""The PyMC model of a plan.

Data and prior constants are ``pm.Data``: one compilation serves every cohort of one structure. The module's name is
also its verb: ``escc_bayes.bayes.build(spec, cohort)``.
"""

import sys
from collections.abc import Callable, Mapping
from typing import Any, assert_never

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from escc_bayes.bayes.model.likelihood.cure_of_plan import rows_to_events
from escc_bayes.bayes.model.parameters import (
    baseline_free,
    block_coefficients,
    cure_free,
    drift_free,
    free_parameters,
    log_rates,
    piece_labels,
    stratum_labels,
)
from escc_bayes.bayes.pymc import distributions
from escc_bayes.bayes.pymc.terms import (
    Cumulative,
    background_data,
    background_likelihood,
    cure_data,
    cure_likelihood,
    external_data,
    external_likelihood,
    span_data,
)
from escc_bayes.bayes.pymc.trajectories import trajectory_data, trajectory_likelihood
from escc_bayes.data.cohort import Cohort
from escc_bayes.foundation.verb_module import VerbModule
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.baseline import PiecewisePrior, WeibullPrior
from escc_bayes.spec.design import Block
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import ModelPlan, make_plan
from escc_bayes.spec.prior import Gamma, HalfCauchy, HalfNormal, LogGamma, Normal
from escc_bayes.spec.risk_rows import risk_rows
from escc_bayes.spec.structures.free import Free, Simplex, Standard
from escc_bayes.spec.trajectories import Course

OBSERVED = "time"
OF_ROWS = ("X", "entry", "event", "weight", "follow_up", "row_stratum", "until")


def _verb() -> Callable[[ModelSpec, Cohort], pm.Model]:
    return build


sys.modules[__name__].__class__ = VerbModule


def build(spec: ModelSpec, cohort: Cohort) -> pm.Model:
    """Return the PyMC model of ``spec`` on ``cohort``, to sample or to extend.

    The observed variable is ``time``: one value per patient, or per row at risk (dimension ``row``) where patients have
    several. Coefficients are ``beta``.
    """
    return build_model(make_plan(spec, cohort))


def build_model(plan: ModelPlan) -> pm.Model:
    """Return the PyMC model of a plan."""
    held = model_data(plan)
    with pm.Model(coords=coordinates(plan, held)) as model:
        row = observed_dimension(held, plan)
        dims = dict.fromkeys(OF_ROWS, (row,)) | {"X": (row, "coefficient")}
        data = {name: pm.Data(name, value, dims=dims.get(name)) for name, value in held.items()}
        blocks = [block_variables(block, data) for block in plan.design.blocks]
        beta = pm.Deterministic("beta", pt.concatenate(blocks) if blocks else pt.zeros(0), dims="coefficient")
        # A sum of products, not X @ beta: the matrix product takes three times as long to compile.
        log_relative = (data["X"] * beta).sum(-1)
        if isinstance(plan.baseline, PiecewisePrior) and plan.course is not None:
            add_trajectories(plan.course, data, log_relative, piecewise_log_rates(plan.baseline, data), row)
            return model
        if isinstance(plan.baseline, PiecewisePrior):
            cumulative = piecewise_likelihood(plan.baseline, data, log_relative, row)
        else:
            cumulative = weibull_likelihood(plan.baseline, data, log_relative, row)
        if plan.spec.external:
            drift = [variable(free, data) for free in drift_free(plan)]
            external_likelihood(plan, data, beta, cumulative, pt.concatenate(drift) if drift else None)
        if plan.spec.background is not None:
            background_likelihood(plan, data, beta)
        if plan.spec.cure is not None:
            cure_likelihood(variable(cure_free(plan)[0], data), data, beta, cumulative)
    return model


def observed_dimension(data: Mapping[str, FloatArray], plan: ModelPlan) -> str:
    """Return ``patient``, or ``row`` where patients have several rows at risk."""
    return "patient" if data["entry"].size == plan.rows.n else "row"


def row_coordinates(data: Mapping[str, FloatArray], plan: ModelPlan) -> dict[str, list[Any]]:
    """Return the labels of the observations: identifiers, or numbers of rows."""
    row = observed_dimension(data, plan)
    return {row: list(plan.rows.ids) if row == "patient" else list(range(data["entry"].size))}


def coordinates(plan: ModelPlan, data: Mapping[str, FloatArray]) -> dict[str, Any]:
    """Return the labels of every dimension."""
    coords: dict[str, Any] = row_coordinates(data, plan) | {"coefficient": list(plan.design.labels)}
    for free in free_parameters(plan):
        coords |= free.dims
    if plan.spec.external:
        coords["external"] = [one.words() for one in plan.spec.external]
    if isinstance(plan.baseline, PiecewisePrior):
        pieces = piece_labels(plan.baseline.cuts)
        coords |= (
            {"stratum_piece": stratum_labels(plan.baseline, pieces)} if plan.baseline.strata else {"piece": pieces}
        )
    return coords


def model_data(plan: ModelPlan) -> dict[str, Any]:
    """Return everything that may change without a new compilation: rows, cuts and prior constants."""
    risk, baseline = risk_rows(plan.rows, plan.design), plan.baseline
    if plan.spec.cure is not None:
        risk = rows_to_events(plan)
    data: dict[str, Any] = {
        "X": risk.columns,
        "entry": risk.at_risk.start,
        "event": risk.at_risk.event,
        "weight": risk.at_risk.weight,
        "follow_up": risk.at_risk.stop,
    }
    data |= trajectory_data(plan)
    if plan.rows.left is not None:
        data |= span_data(plan, risk)
    if plan.spec.external:
        data |= external_data(plan)
        for free in drift_free(plan):
            data |= prior_data(free)
    if plan.spec.background is not None:
        data |= background_data(plan)
    if plan.spec.cure is not None:
        data |= cure_data(plan) | prior_data(cure_free(plan)[0])
    if baseline.strata:
        data["row_stratum"] = risk.at_risk.stratum
    if isinstance(baseline, PiecewisePrior):
        data |= {"starts": np.concatenate([[0.0], baseline.cuts]), "step_scale": baseline.step_scale}
    else:
        data["log_reference_time"] = np.array(np.log(baseline.reference_time))
    for free in baseline_free(baseline):
        data |= prior_data(free)
    for block in plan.design.blocks:
        for free in block.free:
            data |= prior_data(free, block.unit)
    return data


def prior_data(free: Free, unit: float = 1.0) -> dict[str, FloatArray]:
    """Return the constants of one prior, in the sampler's units; a mixture has a column for each component."""
    match free.prior:
        case Normal(mean=mean, sd=sd):
            constants = np.array([mean / unit, sd / unit, unit])
        case EvidencePrior(components=components):
            constants = np.array([[weight, mean / unit, sd / unit, unit] for weight, mean, sd in components]).T
        case HalfNormal(sd=sd):
            constants = np.array([sd])
        case HalfCauchy(scale=scale):
            constants = np.array([scale])
        case Gamma(shape=shape, rate=rate):
            constants = np.array([shape, rate])
        case Standard() | LogGamma() | Simplex():
            return {}
        case _:
            assert_never(free.prior)
    return {f"prior_{free.name}": constants}


def variable(free: Free, data: Any, unit: float = 1.0) -> Any:
    """Return one free parameter with a last axis of its shape; a single number is a scalar in the model."""
    name, dims = free.name, tuple(free.dims) or None
    prior = data.get(f"prior_{name}")
    match free.prior:
        case Normal() if unit != 1.0:
            raw = pm.Normal(f"raw_{name}", prior[0], prior[1])
            found = pm.Deterministic(name, raw * prior[2])
        case Normal():
            found = pm.Normal(name, prior[0], prior[1], dims=dims)
        case EvidencePrior() if unit != 1.0:
            raw = pm.NormalMixture(f"raw_{name}", prior[0], prior[1], prior[2])
            found = pm.Deterministic(name, raw * prior[3, 0])
        case EvidencePrior():
            found = pm.NormalMixture(name, prior[0], prior[1], prior[2])
        case HalfNormal():
            found = pm.HalfNormal(name, prior[0])
        case HalfCauchy():
            found = pm.HalfCauchy(name, prior[0], dims=dims)
        case Gamma():
            # The rate is the parameter; the likelihood wants its logarithm.
            rate = pm.Gamma("rate", alpha=prior[0], beta=prior[1], dims=dims)
            found = pm.Deterministic(name, pt.log(rate), dims=dims)
        case Simplex():
            found = pm.Dirichlet(name, np.ones(free.shape), dims=dims)
        case Standard():
            found = pm.Normal(name, 0.0, 1.0, dims=dims)
        case LogGamma(scale=scale):
            sd = pm.modelcontext(None)[scale]
            frailty = pm.Gamma(f"frailty_{name}", alpha=sd**-2, beta=sd**-2, shape=free.shape)
            found = pm.Deterministic(name, pt.log(frailty) / sd, dims=dims)
        case _:
            assert_never(free.prior)
    return found if dims else found[None]


def block_variables(block: Block, data: Any) -> Any:
    """Return the log hazard ratios of one effect's columns."""
    values = {free.name: variable(free, data, block.unit) for free in block.free}
    return block_coefficients(block, values, pt)


def piecewise_log_rates(baseline: PiecewisePrior, data: Any) -> Any:
    """Add a piecewise baseline; return its log rates."""
    values = {free.name: variable(free, data) for free in baseline_free(baseline)}
    dims = "stratum_piece" if baseline.strata else "piece"
    return pm.Deterministic("log_rate", log_rates(baseline, values, pt, data["step_scale"]), dims=dims)


def add_trajectories(course: Course, data: Any, log_relative: Any, log_rate: Any, row: str) -> None:
    """Add the likelihood of survival and trajectories, whose parameters the model has already."""
    made = pm.modelcontext(None)
    values = {free.name: made[free.name] if free.dims else made[free.name][None] for free in course.block.free}
    (psi,) = (values[term.parameter][0] for term in course.block.terms)
    trajectory_likelihood(course, data, values, psi, log_relative + log_rate[data["piece_row"]], OBSERVED, row)


def piecewise_likelihood(baseline: PiecewisePrior, data: Any, log_relative: Any, row: str) -> Cumulative:
    """Add baseline and likelihood of a piecewise-exponential model; return its cumulative hazard."""
    log_rate = piecewise_log_rates(baseline, data)

    def rates_of(log_relative: Any, stratum: Any) -> Any:
        own = log_rate[None, :]
        if baseline.strata:
            own = log_rate.reshape((baseline.copies, baseline.pieces))[stratum]
        return pt.exp(own + log_relative[:, None])

    def cumulative(times: Any, log_relative: Any, stratum: Any) -> Any:
        return distributions.piecewise_cumulative(times, rates_of(log_relative, stratum), data["starts"])

    rates = rates_of(log_relative, data.get("row_stratum"))
    observed_rows(
        data,
        row,
        (rates, data["starts"]),
        ("(k)", "(k)"),
        distributions.PIECEWISE,
        lambda times: cumulative(times, log_relative, data.get("row_stratum")),
    )
    return cumulative


def weibull_likelihood(baseline: WeibullPrior, data: Any, log_relative: Any, row: str) -> Cumulative:
    """Add baseline and likelihood of a Weibull model, stratum by stratum where there are any; return its hazard."""
    level, log_shape = (variable(free, data) for free in baseline_free(baseline))
    of = data["row_stratum"] if baseline.strata else 0
    level, shape = level[of], (log_shape[of], data["log_reference_time"])

    def cumulative(times: Any, log_relative: Any, _stratum: Any) -> Any:
        return distributions.weibull_cumulative(times, level + log_relative, *shape)

    observed_rows(
        data,
        row,
        (level + log_relative, *shape),
        ("()", "()", "()"),
        distributions.WEIBULL,
        lambda times: cumulative(times, log_relative, None),
    )
    return cumulative


def observed_rows(
    data: Any,
    row: str,
    hazard: tuple[Any, ...],
    core: tuple[str, ...],
    family: distributions.Family,
    cumulative: Callable[[Any], Any],
) -> None:
    """Add the observed follow-up of rows.

    Parameters
    ----------
    hazard, core : what the family's hazard is made of, and the signature of each.
    family : its distributions, of known months and of events between two.
    cumulative : the cumulative hazard of rows at months.
    """
    known: tuple[Any, ...] = (data["entry"], data["event"], data["weight"])
    between = "until" in data
    if between:
        ahead = pt.zeros_like(data["until"])
        if "of_earlier" in data:
            ahead = pt.dot(data["of_earlier"], cumulative(data["follow_up"]) - cumulative(data["until"]))
        known = (data["until"], *known, ahead)
    pm.CustomDist(
        OBSERVED,
        *known,
        *hazard,
        logp=family.interval_logp if between else family.logp,
        dist=family.interval_dist if between else family.dist,
        signature=f"{','.join(['()'] * len(known) + list(core))}->()",
        observed=data["follow_up"],
        dims=row,
        class_name=family.name,
    )
