"""The fit of a program: where the fast engine must not be used, NUTS answers instead, and says so."""

import warnings
from dataclasses import replace

from escc_bayes.bayes.engines.registry import sampler_for
from escc_bayes.bayes.posterior.fit import posterior_of, warn_of_unfit
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.sampling.settings import Progress, RunSettings, silent
from escc_bayes.foundation.errors import EngineReplacedWarning, SamplingError
from escc_bayes.foundation.seeds import Seed
from escc_bayes.spec.plan import ModelPlan

INSTEAD = "instead_of"


def fit_or_replace(plan: ModelPlan, settings: RunSettings, *, seed: Seed, progress: Progress = silent) -> Posterior:
    """Fit a plan; where an engine that has a stand-in is not fit for use, by that one: ``nuts`` for ``laplace``.

    Parameters
    ----------
    plan, settings, seed, progress : as for ``fit_plan``.

    Returns
    -------
    Posterior. One that replaces another has the setting ``instead_of`` in its record: the engine and its faults.

    Warns
    -----
    EngineReplacedWarning : ``nuts`` answers instead of ``laplace``; the message says why.
    NotFitForUseWarning : as for ``fit``, of the posterior returned.
    """
    other = sampler_for(settings).INSTEAD
    try:
        found = posterior_of(plan, settings, seed, progress)
        why = "; ".join(found.diagnostics.faults)
        if not other or found.diagnostics.fit_for_use:
            warn_of_unfit(found, 2)
            return found
    except SamplingError as error:
        if not other:
            raise
        why = str(error)
    engine = settings.engine
    progress(f"{engine} is not fit for use ({why}): {other} instead", 0, 0, 0)
    warnings.warn(
        f"model '{plan.spec.name}': engine {engine} is not fit for use ({why}); engine {other} answers instead",
        EngineReplacedWarning,
        stacklevel=2,
    )
    sampled = posterior_of(plan, replace(settings, engine=other, backend=None), seed, progress)
    warn_of_unfit(sampled, 2)
    said = (*sampled.record.settings, (INSTEAD, f"{engine} ({why})"))
    return replace(sampled, record=replace(sampled.record, settings=said))


def replaced(posterior: Posterior) -> str:
    """Return the engine that a posterior stands in for and its faults; empty if it is the engine asked for."""
    return str(dict(posterior.record.settings).get(INSTEAD, ""))
