"""Backend ``pymc`` of the engine ``nuts``: PyMC's log density, compiled, sampled by nutpie.

A compiled density is kept for each model structure, so that a second fit of the same structure, on other data or
with other prior constants, compiles nothing.
"""

import logging
from collections import OrderedDict
from typing import Any

import numpy as np
import nutpie
import pymc as pm
import pytensor

from escc_bayes.bayes.model.parameters import free_parameters
from escc_bayes.bayes.model.prior import parameter_priors
from escc_bayes.bayes.pymc.build import build_model, model_data, row_coordinates
from escc_bayes.bayes.sampling.draws import Draws
from escc_bayes.bayes.sampling.settings import NutsSettings, Progress
from escc_bayes.foundation.errors import SamplingError
from escc_bayes.foundation.seeds import Seed, seed_number
from escc_bayes.spec.baseline import PiecewisePrior
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.structures.free import FreePrior

KEPT = 8
_compiled: OrderedDict[tuple[object, ...], tuple[pm.Model, Any]] = OrderedDict()


def structure(plan: ModelPlan) -> tuple[object, ...]:
    """Return what decides the compiled code: names, sizes, kinds of priors and loadings, never data or constants."""
    baseline = plan.baseline
    kinds = tuple((free.name, free.shape, kind_of(free.prior), free.labels) for free in free_parameters(plan))
    walk = isinstance(baseline, PiecewisePrior) and baseline.sd is not None
    terms = tuple(
        (
            b.unit != 1.0,
            *(
                (t.parameter, t.loading.shape, t.loading.tobytes(), t.scales, t.shares, t.ranks, t.slab)
                for t in b.terms
            ),
        )
        for b in plan.design.blocks
    )
    spans = (
        plan.rows.left is not None,
        bool(plan.design.segment_ends.size),
        len(plan.spec.external),
        len(plan.spec.studies),
        plan.spec.background is not None,
        plan.spec.cure is not None,
    )
    return plan.spec.baseline.family, walk, kinds, terms, spans, plan.rows.stratum_levels


def kind_of(prior: FreePrior) -> str:
    """Return what of a prior decides the compiled code: its class, and for a mixture how many components it has."""
    components = f" of {len(prior.components)}" if isinstance(prior, EvidencePrior) else ""
    return f"{type(prior).__name__}{components}"


def compiled_density(plan: ModelPlan, report: Progress) -> Any:
    """Return the compiled density of the plan's structure with the plan's data in it."""
    key = structure(plan)
    if key not in _compiled:
        report("Compiling the model (up to a minute the first time on a machine)", 0, 0, 0)
        model = build_model(plan)
        names = list(parameter_priors(plan))
        # Strict arithmetic: with fast-math the draws of a fresh and of a cached compilation differ in the last
        # digit, and soon in every digit.
        with pytensor.config.change_flags(numba__fastmath=False):
            _compiled[key] = (model, nutpie.compile_pymc_model(model, var_names=names))
        while len(_compiled) > KEPT:
            _compiled.popitem(last=False)
    _compiled.move_to_end(key)
    model, density = _compiled[key]
    data = model_data(plan)
    # The starting point is computed from the model's own data: it must be this plan's, or results would
    # depend on what was fitted before.
    pm.set_data(data, model=model, coords=row_coordinates(data, plan))
    return density.with_data(**{name: value for name, value in data.items() if name in shared_names(density)})


def shared_names(density: Any) -> set[str]:
    """Return the data that the compiled density really uses (a model without delayed weights may drop some)."""
    return {var.name for var in density.shared_var_keys}


def sample(plan: ModelPlan, settings: NutsSettings, seed: Seed, report: Progress) -> Draws:
    """Sample the posterior of a plan.

    Parameters
    ----------
    plan : rows, columns, priors.
    settings : draws, tune, chains, target_accept.
    seed : the same seed gives the same draws, on any number of cores.
    report : called with (what, done, total, divergences).

    Raises
    ------
    SamplingError : no chain could start.
    """
    density = compiled_density(plan, report)
    total = settings.chains * (settings.draws + settings.tune)

    def progress(chains: list[Any]) -> None:
        done = sum(chain.finished_draws for chain in chains)
        report("Sampling", done, total, sum(chain.divergences for chain in chains))

    try:
        tree = nutpie.sample(
            density,
            draws=settings.draws,
            tune=settings.tune,
            chains=settings.chains,
            seed=seed_number(seed, "nuts"),
            save_warmup=False,
            progress_bar=False,
            progress_callback=progress,
            progress_rate=200,
            target_accept=settings.target_accept,
        )
    except RuntimeError as error:
        raise SamplingError(f"model '{plan.spec.name}': the sampler could not start ({error})") from None
    report("Sampling", total, total, int(np.asarray(tree["sample_stats"]["diverging"]).sum()))
    return collected(tree, plan)


def collected(tree: Any, plan: ModelPlan) -> Draws:
    """Return parameters as (chains, draws, size) arrays and the statistics that stay two-dimensional."""
    posterior, stats = tree["posterior"], tree["sample_stats"]
    values = {}
    for name in parameter_priors(plan):
        drawn = np.asarray(posterior[name].values, dtype=np.float64)
        values[name] = drawn if drawn.ndim == 3 else drawn[..., None]
    numeric = {
        name: np.asarray(stats[name].values)
        for name in stats.data_vars
        if stats[name].ndim == 2 and stats[name].dtype.kind in "biuf"
    }
    return Draws(values, numeric)


logging.getLogger("pymc").setLevel(logging.WARNING)
