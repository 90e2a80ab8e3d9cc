"""The groups of a posterior, as ArviZ names them: arrays with labelled dimensions, in numpy.

``datatree`` makes a DataTree of them, ``netcdf`` a file. Log-likelihood, log prior and predictive draws come from the
same formulas that the tests hold against PyMC's: one value per patient. Predictive times are uncensored, given
survival to entry.
"""

import json
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.model.parameters import free_parameters
from escc_bayes.bayes.model.patient_log_likelihood import log_likelihoods
from escc_bayes.bayes.model.predicted_times import predicted_times
from escc_bayes.bayes.model.prior import log_prior, parameter_priors, prior_draws
from escc_bayes.bayes.model.trajectory_log_likelihood import integrated_log_likelihoods
from escc_bayes.bayes.posterior.drawn import Drawn
from escc_bayes.bayes.posterior.group import CONTENTS, READ, Group, contents
from escc_bayes.bayes.posterior.pseudo_posterior import pseudo_note
from escc_bayes.bayes.posterior.request import OBSERVATION, request_variables
from escc_bayes.bayes.posterior.said import FOLLOW_UP, said_of
from escc_bayes.estimand.estimate import ratios_of
from escc_bayes.foundation.errors import LeftOutWarning
from escc_bayes.foundation.seeds import generator
from escc_bayes.hazard.baseline import PiecewiseHazard, WeibullHazard
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.baseline import PiecewisePrior, WeibullPrior
from escc_bayes.spec.cautions import caution_words
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.request import WeibullBaseline
from escc_bayes.spec.risk_rows import risk_rows
from escc_bayes.spec.structures.free import variable
from escc_bayes.spec.whom import part_of

PRIOR_DRAWS = 1000
SAMPLE = ("chain", "draw")
# Groups with a value for each patient and draw are left out where they would hold more values than this (200 MB each).
MOST_VALUES = 25_000_000
OBSERVED = "time"


def groups(posterior: Drawn, *names: str) -> dict[str, Group]:
    """Return the groups of a posterior that are named, or, if none is, every one but those that are too large."""
    plan, values, own = posterior.plan, posterior.values, posterior.seed

    def prior() -> dict[str, FloatArray]:
        return {name: drawn[None] for name, drawn in prior_draws(plan, PRIOR_DRAWS, own).items()}

    makers: dict[str, Callable[[], Group]] = {
        "posterior": lambda: parameter_group(plan, values),
        "prior": lambda: parameter_group(plan, prior()),
        "posterior_predictive": lambda: predictive_group(plan, values, posterior, "posterior_predictive"),
        "prior_predictive": lambda: predictive_group(plan, prior(), posterior, "prior_predictive"),
        "log_likelihood": lambda: patient_group(plan, patient_log_likelihood(plan, values)),
        "log_prior": lambda: log_prior_group(plan, values),
        "sample_stats": lambda: sampled({name: (SAMPLE, stat) for name, stat in posterior.stats.items()}, {}),
        "observed_data": lambda: Group(
            {OBSERVED: (("patient",), plan.rows.one_each.time)},
            {"patient": np.array(plan.rows.ids)},
            {OBSERVED: FOLLOW_UP},
        ),
        "constant_data": lambda: constant_group(plan),
    }
    absent = (*left_out(posterior), *invalid(posterior))
    return {name: makers[name]() for name in names or [name for name in makers if name not in absent]}


def invalid(posterior: Drawn) -> tuple[str, ...]:
    """Return the groups that a posterior does not have.

    Draws of a pseudo-posterior follow no prior times likelihood; an illness-death model predicts states, no one time.
    """
    several = posterior.plan.rows.transitions is not None
    predicted = ("posterior_predictive", "prior_predictive") if several else ()
    density = ("log_likelihood", "log_prior") if posterior.plan.rows.pseudo else ()
    return (*density, *predicted)


def left_out(posterior: Drawn) -> tuple[str, ...]:
    """Return the groups that hold too many values: patients times draws."""
    patients, draws = posterior.plan.rows.n, posterior.flat["baseline"].shape[0]
    after = ("posterior_predictive", "log_likelihood") if patients * draws > MOST_VALUES else ()
    return (*after, "prior_predictive") if patients * PRIOR_DRAWS > MOST_VALUES else after


def warn_of_left_out(posterior: Drawn) -> None:
    """Warn where groups are left out, and say how to have them."""
    names, patients = left_out(posterior), posterior.plan.rows.n
    if names:
        warnings.warn(
            f"model '{posterior.plan.spec.name}': {', '.join(names)} of {patients:,} patients would take "
            f"{8e-9 * patients * posterior.flat['baseline'].shape[0]:.0f} GB each and are left out; everything else is "
            f"complete. For fewer draws: posterior.thinned({max(100, MOST_VALUES // patients)}).to_datatree()",
            LeftOutWarning,
            stacklevel=4,
        )


def sampled(variables: Mapping[str, tuple[tuple[str, ...], np.ndarray]], labels: Mapping[str, list[str]]) -> Group:
    """Return a group of draws, with chain and draw numbered from 0."""
    chains, draws = next(iter(variables.values()))[1].shape[:2]
    coords = {name: np.array(words) for name, words in labels.items()}
    return Group(variables, coords | {"chain": np.arange(chains), "draw": np.arange(draws)})


def attributes(posterior: Drawn, found: Mapping[str, Group]) -> dict[str, str]:
    """Return record, provenance, verdict and the digest of the groups ``found`` as text attributes of the root."""
    told = {
        "provenance": posterior.record.provenance,
        "rows": posterior.plan.rows.sentence(),
        "model": posterior.plan.spec.name,
        "clock": posterior.plan.rows.clock,
        "verdict": posterior.diagnostics.verdict,
        "data_caution": caution_words(posterior.plan),
        **baseline_attributes(posterior.plan),
        "record": json.dumps(posterior.record.as_dict()),
    }
    absent = (*left_out(posterior), *invalid(posterior))
    pseudo = {"pseudo_posterior": f"{pseudo_note(posterior.plan)}; no log_likelihood, log_prior or marginal likelihood"}
    told |= {"left_out": ", ".join(absent)} if absent else {}
    told |= pseudo if posterior.plan.rows.pseudo else {}
    return told | ({CONTENTS: contents(found, told)} if found.keys() >= set(READ) else {})


def baseline_attributes(plan: ModelPlan) -> dict[str, str]:
    """Return whom the baseline describes and, of a Weibull one, the month at which ``baseline`` is log H.

    A trial's design needs both, and ``baseline_of``: what part, where it is not of all patients and all causes. Where
    the specification names another ``reference_time``, log H there is ``b0``.
    """
    month = {"reference_time": repr(plan.baseline.reference_time)} if isinstance(plan.baseline, WeibullPrior) else {}
    part = {"baseline_of": words} if (words := part_of(plan)) else {}
    return {"baseline_at": plan.spec.baseline.at} | month | part


def flattened(values: Mapping[str, FloatArray]) -> tuple[dict[str, FloatArray], tuple[int, int]]:
    """Return parameters with one leading axis, and (chains, draws)."""
    chains, draws = values["baseline"].shape[:2]
    return {name: drawn.reshape(chains * draws, -1) for name, drawn in values.items()}, (chains, draws)


def derived(plan: ModelPlan, values: Mapping[str, FloatArray]) -> tuple[PatientHazards, tuple[int, int]]:
    """Return the hazards of patients in every draw, and (chains, draws)."""
    flat, shape = flattened(values)
    return parameters.hazards(plan, flat, shape[0] * shape[1]), shape


def parameter_group(plan: ModelPlan, values: Mapping[str, FloatArray]) -> Group:
    """Return free parameters with beta, HR and the baseline in words, each dimension labelled."""
    variables: dict[str, Any] = {}
    coords: dict[str, Any] = {"coefficient": list(plan.design.labels)}
    for name, dims in parameter_dims(plan).items():
        variables[name] = ((*SAMPLE, *dims), values[name] if dims else values[name][..., 0])
        coords |= dims
    for block in plan.design.blocks:
        if block.unit != 1.0:
            slope = variable(f"b_{block.effect.name}")
            variables[f"raw_{slope}"] = (SAMPLE, values[slope][..., 0] / block.unit)
    hazards, shape = derived(plan, values)
    beta, hazard = hazards.coefficients.reshape(*shape, -1), hazards.hazard
    variables["beta"] = ((*SAMPLE, "coefficient"), beta)
    variables["HR"] = ((*SAMPLE, "coefficient"), ratios_of(beta))
    if isinstance(plan.baseline, PiecewisePrior) and plan.baseline.strata:
        pieces = parameters.stratum_labels(plan.baseline, parameters.piece_labels(plan.baseline.cuts))
        rates = parameters.log_rates(plan.baseline, flattened(values)[0], np, plan.baseline.step_scale)
        coords["stratum_piece"] = list(pieces)
        variables["log_rate"] = ((*SAMPLE, "stratum_piece"), rates.reshape(*shape, -1))
    elif isinstance(hazard, PiecewiseHazard):
        coords["piece"] = parameters.piece_labels(hazard.cuts)
        variables["log_rate"] = ((*SAMPLE, "piece"), hazard.log_rates.reshape(*shape, -1))
    elif isinstance(hazard, WeibullHazard):
        of = ("stratum",) if plan.baseline.strata else ()
        variables["shape"] = ((*SAMPLE, *of), np.exp(values["log_shape"] if of else values["log_shape"][..., 0]))
        variables |= {} if of else at_own_month(plan, hazard, shape)
    found = sampled(variables, coords)
    return replace(found, said={name: said for name, said in said_of(plan).items() if name in variables})


def at_own_month(plan: ModelPlan, hazard: WeibullHazard, shape: tuple[int, int]) -> dict[str, Any]:
    """Return log H at the specification's reference month as ``b0``, where the prior is stated at another."""
    asked = plan.spec.baseline
    assert isinstance(asked, WeibullBaseline)
    if asked.reference_time == hazard.reference_time:
        return {}
    log_cumulative = np.log(hazard.cumulative(np.array([asked.reference_time]))[:, 0])
    return {"b0": (SAMPLE, log_cumulative.reshape(shape))}


def parameter_dims(plan: ModelPlan) -> dict[str, dict[str, list[str]]]:
    """Return the labelled dimension of every free parameter."""
    return {free.name: free.dims for free in free_parameters(plan)}


def patient_group(plan: ModelPlan, values: FloatArray) -> Group:
    """Return (chains, draws, patients) under the observed variable's name."""
    return sampled({OBSERVED: ((*SAMPLE, "patient"), values)}, {"patient": list(plan.rows.ids)})


def patient_log_likelihood(plan: ModelPlan, values: Mapping[str, FloatArray]) -> FloatArray:
    """Return the log-likelihood of every patient under every draw, (chains, draws, n)."""
    if plan.course is not None:
        flat, (chains, draws) = flattened(values)
        return integrated_log_likelihoods(plan, flat, chains * draws).reshape(chains, draws, -1)
    hazards, shape = derived(plan, values)
    return log_likelihoods(plan, hazards).reshape(*shape, -1)


def predictive_group(plan: ModelPlan, values: Mapping[str, FloatArray], posterior: Drawn, name: str) -> Group:
    """Return one event time per patient and draw, given survival to entry."""
    hazards, shape = derived(plan, values)
    unit = generator(posterior.seed, name).standard_exponential((hazards.draws, plan.rows.n))
    return patient_group(plan, predicted_times(plan, hazards, unit).reshape(*shape, -1))


def log_prior_group(plan: ModelPlan, values: Mapping[str, FloatArray]) -> Group:
    """Return the log prior of every free parameter with its own dimension."""
    found = log_prior(plan, values)
    variables: dict[str, Any] = {}
    coords: dict[str, Any] = {}
    for name, dims in parameter_dims(plan).items():
        whole = found[name].ndim == 2
        variables[name] = (
            SAMPLE if whole else (*SAMPLE, *dims),
            found[name] if whole or dims else found[name][..., 0],
        )
        coords |= {} if whole else dims
    assert set(variables) == set(parameter_priors(plan))
    return sampled(variables, coords)


def row_variables(plan: ModelPlan) -> dict[str, Any]:
    """Return the columns that coefficients multiply: of each patient, or of each row at risk, with whose it is."""
    risk = risk_rows(plan.rows, plan.design)
    own, row = risk.at_risk, ("row",)
    if own.patient.size == plan.rows.n:
        return {"X": (("patient", "coefficient"), risk.columns)}
    return {
        "X": (("row", "coefficient"), risk.columns),
        "row_patient": (row, own.patient),
        "row_start": (row, own.start),
        "row_stop": (row, own.stop),
        "row_event": (row, own.event),
    }


def constant_group(plan: ModelPlan) -> Group:
    """Return columns, entry, weight and event status (also under the observed variable's name), and the request."""
    rows, patient, of_rows = plan.rows.one_each, ("patient",), row_variables(plan)
    row_labels = {"row": np.arange(len(of_rows["X"][1]))} if "row_patient" in of_rows else {}
    row_labels |= {} if plan.rows.patient is None else {OBSERVATION: np.arange(plan.rows.time.size)}
    return Group(
        {
            **of_rows,
            "entry": (patient, rows.entry),
            "weight": (patient, rows.weight),
            "event": (patient, rows.event),
            OBSERVED: (patient, rows.event),
            **request_variables(plan),
        },
        {"patient": np.array(rows.ids), "coefficient": np.array(plan.design.labels)} | row_labels,
    )
