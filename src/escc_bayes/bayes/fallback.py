"""The fit of a program: where the fast engine must not be used, NUTS answers instead, and says so."""

import warnings
from dataclasses import replace

from escc_bayes.bayes.fit import CHAINS, TUNE, fit, silent
from escc_bayes.bayes.posterior import Posterior
from escc_bayes.bayes.settings import Progress
from escc_bayes.data.cohort import Cohort
from escc_bayes.foundation.errors import EngineReplacedWarning, NotFitForUseWarning, SamplingError
from escc_bayes.foundation.seeds import Seed
from escc_bayes.spec.model import ModelSpec

INSTEAD = "instead_of"


def fit_or_replace(
    spec: ModelSpec,
    cohort: Cohort,
    *,
    seed: Seed,
    engine: str,
    backend: str | None = None,
    draws: int | None = None,
    tune: int = TUNE,
    chains: int = CHAINS,
    progress: Progress = silent,
) -> Posterior:
    """Fit a model; where ``laplace`` is not fit for use, by ``nuts``, backend ``native``.

    Parameters
    ----------
    spec, cohort, seed, engine, backend, draws, tune, chains, progress : as for ``fit``.

    Returns
    -------
    Posterior. One that replaces another has the setting ``instead_of`` in its record: the engine and its faults.

    Warns
    -----
    EngineReplacedWarning : ``nuts`` answers instead of ``laplace``; the message says why.
    NotFitForUseWarning : as for ``fit``, of the posterior returned.
    """
    if engine != "laplace":
        return fit(
            spec,
            cohort,
            seed=seed,
            engine=engine,
            backend=backend,
            draws=draws,
            tune=tune,
            chains=chains,
            progress=progress,
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotFitForUseWarning)
            quick = fit(spec, cohort, seed=seed, engine="laplace", backend=backend, draws=draws, chains=chains)
    except SamplingError as error:
        why = str(error)
    else:
        if quick.diagnostics.fit_for_use:
            return quick
        why = "; ".join(quick.diagnostics.faults)
    progress(f"laplace is not fit for use ({why}): nuts instead", 0, 0, 0)
    warnings.warn(
        f"model '{spec.name}': engine laplace is not fit for use ({why}); engine nuts answers instead",
        EngineReplacedWarning,
        stacklevel=2,
    )
    sampled = fit(spec, cohort, seed=seed, engine="nuts", draws=draws, tune=tune, chains=chains, progress=progress)
    settings = (*sampled.record.settings, (INSTEAD, f"laplace ({why})"))
    return replace(sampled, record=replace(sampled.record, settings=settings))


def replaced(posterior: Posterior) -> str:
    """Return the engine that a posterior stands in for and its faults; empty if it is the engine asked for."""
    return str(dict(posterior.record.settings).get(INSTEAD, ""))
