"""A posterior as an ArviZ DataTree, with every group that ArviZ's functions ask for.

Log-likelihood, log prior and predictive draws are computed in numpy from the same formulas that the tests hold
against PyMC's: one value per patient. Predictive times are uncensored, given survival to entry.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from escc_bayes.bayes import parameters
from escc_bayes.bayes.parameters import baseline_shapes, block_shapes, dims_of
from escc_bayes.bayes.prior import log_prior, parameter_priors, prior_draws
from escc_bayes.foundation.seeds import generator
from escc_bayes.hazard.baseline import PiecewiseHazard, WeibullHazard, event_times, log_likelihood
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan

if TYPE_CHECKING:
    import xarray as xr

    from escc_bayes.bayes.posterior import Posterior

PRIOR_DRAWS = 1000
SAMPLE = ("chain", "draw")
OBSERVED = "time"


def datatree(posterior: "Posterior") -> "xr.DataTree":
    """Return the tree of a posterior."""
    import xarray as xr

    plan, rows = posterior.plan, posterior.plan.rows
    prior = {name: drawn[None] for name, drawn in prior_draws(plan, PRIOR_DRAWS, posterior.seed).items()}
    groups = {
        "posterior": parameter_set(plan, posterior.values),
        "prior": parameter_set(plan, prior),
        "posterior_predictive": predictive_set(plan, posterior.values, posterior, "posterior_predictive"),
        "prior_predictive": predictive_set(plan, prior, posterior, "prior_predictive"),
        "log_likelihood": patient_set(plan, patient_log_likelihood(plan, posterior.values)),
        "log_prior": log_prior_set(plan, posterior.values),
        "sample_stats": xr.Dataset({name: (SAMPLE, stat) for name, stat in posterior.stats.items()}),
        "observed_data": xr.Dataset({OBSERVED: ("patient", rows.time)}, coords={"patient": list(rows.ids)}),
        "constant_data": constant_set(plan),
    }
    for name in ("posterior", "posterior_predictive", "log_likelihood", "log_prior", "sample_stats"):
        groups[name] = with_counters(groups[name])
    for name in ("prior", "prior_predictive"):
        groups[name] = with_counters(groups[name])
    tree = xr.DataTree.from_dict(groups)
    tree.attrs = attributes(posterior)
    return tree


def attributes(posterior: "Posterior") -> dict[str, str]:
    """Return record, provenance and verdict as text attributes of the root."""
    return {
        "provenance": posterior.record.provenance,
        "rows": posterior.plan.rows.sentence(),
        "model": posterior.plan.spec.name,
        "clock": posterior.plan.rows.clock,
        "verdict": posterior.diagnostics.verdict,
        "record": json.dumps(posterior.record.as_dict()),
    }


def with_counters(dataset: "xr.Dataset") -> "xr.Dataset":
    """Return the dataset with chain and draw numbered from 0."""
    return dataset.assign_coords(chain=np.arange(dataset.sizes["chain"]), draw=np.arange(dataset.sizes["draw"]))


def flattened(values: Mapping[str, FloatArray]) -> tuple[dict[str, FloatArray], tuple[int, int]]:
    """Return parameters with one leading axis, and (chains, draws)."""
    chains, draws = values["baseline"].shape[:2]
    return {name: drawn.reshape(chains * draws, -1) for name, drawn in values.items()}, (chains, draws)


def derived(plan: ModelPlan, values: Mapping[str, FloatArray]) -> tuple[FloatArray, Any, tuple[int, int]]:
    """Return coefficients (draws, p), baseline hazard and (chains, draws)."""
    flat, shape = flattened(values)
    beta = parameters.coefficients(plan.design.blocks, flat, shape[0] * shape[1])
    return beta, parameters.baseline_hazard(plan.baseline, flat), shape


def parameter_set(plan: ModelPlan, values: Mapping[str, FloatArray]) -> "xr.Dataset":
    """Return free parameters with beta, HR and the baseline in words, each dimension labelled."""
    import xarray as xr

    variables: dict[str, Any] = {}
    coords: dict[str, Any] = {"coefficient": list(plan.design.labels)}
    for name, dims in parameter_dims(plan).items():
        variables[name] = ((*SAMPLE, *dims), values[name] if dims else values[name][..., 0])
        coords |= dims
    for block in plan.design.blocks:
        if block.unit != 1.0:
            variables[f"raw_b_{block.effect.name}"] = (
                SAMPLE,
                values[f"b_{block.effect.name}"][..., 0] / block.unit,
            )
    beta, hazard, shape = derived(plan, values)
    beta = beta.reshape(*shape, -1)
    variables["beta"] = ((*SAMPLE, "coefficient"), beta)
    variables["HR"] = ((*SAMPLE, "coefficient"), np.exp(beta))
    if isinstance(hazard, PiecewiseHazard):
        coords["piece"] = parameters.piece_labels(hazard.cuts)
        variables["log_rate"] = ((*SAMPLE, "piece"), hazard.log_rates.reshape(*shape, -1))
    elif isinstance(hazard, WeibullHazard):
        variables["shape"] = (SAMPLE, np.exp(hazard.log_shape).reshape(shape))
    return xr.Dataset(variables, coords=coords)


def parameter_dims(plan: ModelPlan) -> dict[str, dict[str, list[str]]]:
    """Return the labelled dimension of every free parameter."""
    found = {name: dims_of(name, None, plan.baseline) for name in baseline_shapes(plan.baseline)}
    for block in plan.design.blocks:
        found |= {name: dims_of(name, block, plan.baseline) for name in block_shapes(block)}
    return found


def patient_set(plan: ModelPlan, values: FloatArray) -> "xr.Dataset":
    """Return (chains, draws, patients) under the observed variable's name."""
    import xarray as xr

    return xr.Dataset({OBSERVED: ((*SAMPLE, "patient"), values)}, coords={"patient": list(plan.rows.ids)})


def patient_log_likelihood(plan: ModelPlan, values: Mapping[str, FloatArray]) -> FloatArray:
    """Return the log-likelihood of every patient under every draw, (chains, draws, n)."""
    beta, hazard, shape = derived(plan, values)
    rows = plan.rows
    eta = beta @ plan.design.centred.T
    found = log_likelihood(hazard, eta, rows.time, rows.event, rows.entry, rows.weight)
    return found.reshape(*shape, -1)


def predictive_set(
    plan: ModelPlan, values: Mapping[str, FloatArray], posterior: "Posterior", name: str
) -> "xr.Dataset":
    """Return one event time per patient and draw, given survival to entry."""
    beta, hazard, shape = derived(plan, values)
    eta = beta @ plan.design.centred.T
    unit = generator(posterior.seed, name).standard_exponential(eta.shape)
    drawn = event_times(hazard, eta, plan.rows.entry, unit)
    return patient_set(plan, drawn.reshape(*shape, -1))


def log_prior_set(plan: ModelPlan, values: Mapping[str, FloatArray]) -> "xr.Dataset":
    """Return the log prior of every free parameter with its own dimension."""
    import xarray as xr

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
    return xr.Dataset(variables, coords=coords)


def constant_set(plan: ModelPlan) -> "xr.Dataset":
    """Return columns, entry, weight and event status; the status also under the observed variable's name."""
    import xarray as xr

    rows = plan.rows
    return xr.Dataset(
        {
            "X": (("patient", "coefficient"), plan.design.centred),
            "entry": ("patient", rows.entry),
            "weight": ("patient", rows.weight),
            "event": ("patient", rows.event),
            OBSERVED: ("patient", rows.event),
        },
        coords={"patient": list(rows.ids), "coefficient": list(plan.design.labels)},
    )
