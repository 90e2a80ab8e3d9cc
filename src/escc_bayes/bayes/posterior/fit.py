"""The verb ``fit``: a specification and a cohort in, a posterior out; or a plan, made once for all done with it."""

import warnings

from escc_bayes.bayes.engines.registry import check_engine, sampler_for
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.posterior.pseudo_posterior import as_pseudo_posterior, label_of
from escc_bayes.bayes.sampling.settings import CHAINS, TUNE, Progress, RunSettings, silent
from escc_bayes.data.cohort import Cohort
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.errors import NotFitForUseWarning
from escc_bayes.foundation.kinds import SEED
from escc_bayes.foundation.record import Record, seed_label, versions
from escc_bayes.foundation.seeds import Seed
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import ModelPlan, make_plan

BY_DEFAULT = RunSettings()


@careful
def fit(
    spec: ModelSpec,
    cohort: Cohort,
    *,
    seed: Seed = SEED,
    engine: str = "nuts",
    backend: str | None = None,
    draws: int | None = None,
    tune: int = TUNE,
    chains: int = CHAINS,
    target_accept: float | None = None,
    progress: Progress = silent,
) -> Posterior:
    """Fit a model to a cohort.

    ``nuts`` samples by nutpie, in seconds: backend ``native`` from a log density in numpy, which nothing compiles
    (docs/methods/nuts.md), backend ``pymc`` from the PyMC model of ``escc_bayes.bayes.build``. ``laplace``
    approximates, draws and corrects by importance weights, in milliseconds; its Pareto k says whether the correction
    can be trusted (docs/methods/laplace.md).

    A ``nuts`` run of the default length whose diagnostics fail is repeated once with twice the draws, six times the
    warm-up and smaller steps; the record's settings are those of the run returned. A length that you ask for is kept.

    Parameters
    ----------
    spec : from ``load_spec``.
    cohort : from ``read_cohort`` or ``example_cohort``.
    seed : the same seed gives the same draws.
    engine : ``nuts`` or ``laplace``, or one that ``register_sampler`` added.
    backend : ``native`` (default) or ``pymc``; ``nuts`` only.
    draws, chains : kept draws of each chain, number of chains; by default 4 x 1,500 (``nuts``) or 4 x 5,000
        (``laplace``, whose chains are blocks of independent draws).
    tune : warm-up iterations of each chain, by default 500; ``nuts`` only.
    target_accept : higher is slower and safer; by default 0.9 (``native``) or 0.98 (``pymc``); ``nuts`` only.
    progress : called with (what, done, total, divergences).

    Returns
    -------
    Posterior; its ``diagnostics.verdict`` says whether it may be used. With sampling weights or several endpoints a
    pseudo-posterior: draws rescaled to the sandwich covariance (docs/methods/weights.md).

    Several things done with one model on one cohort share one plan: ``make_plan``, then ``fit_plan``,
    ``fit_classical_plan``, ``prior_check_plan``.

    Raises
    ------
    SpecError : engine or backend is none of these, or the specification does not fit the cohort.
    CohortError, LandmarkError : the cohort does not fit the specification.
    SamplingError : the sampler could not start.

    Warns
    -----
    NotFitForUseWarning : R-hat above 1.01, effective sample size below 400, or divergences; for ``laplace`` Pareto k
        above 0.7, importance sample size below a fifth of the draws (400 to 4,000), or a grid of hyperparameters that
        leaves mass out.

    Examples
    --------
    >>> import escc_bayes as eb
    >>> fast = eb.fit(eb.load_spec("larynx_piecewise"), eb.example_cohort("larynx"), seed=1, engine="laplace")
    >>> fast.diagnostics.verdict
    'ok'
    """
    settings = RunSettings(engine, backend, draws, tune, chains, target_accept)
    check_engine(settings)
    found = posterior_of(make_plan(spec, cohort), settings, seed, progress)
    warn_of_unfit(found, 3)
    return found


@careful
def fit_plan(
    plan: ModelPlan, settings: RunSettings = BY_DEFAULT, *, seed: Seed = SEED, progress: Progress = silent
) -> Posterior:
    """Fit a plan: what ``fit`` does once it has made one.

    Parameters
    ----------
    plan : from ``make_plan``.
    settings : engine and length; by default those of ``fit``.
    seed : the same seed gives the same draws.
    progress : called with (what, done, total, divergences).

    Returns
    -------
    Posterior; its ``diagnostics.verdict`` says whether it may be used.

    Raises
    ------
    SpecError : engine or backend is none that is known.
    SamplingError : the sampler could not start.

    Warns
    -----
    NotFitForUseWarning : as for ``fit``.

    Examples
    --------
    >>> import escc_bayes as eb
    >>> plan = eb.make_plan(eb.load_spec("larynx_piecewise"), eb.example_cohort("larynx"))
    >>> eb.fit_plan(plan, eb.RunSettings("laplace", draws=1000), seed=1).diagnostics.verdict
    'ok'
    """
    found = posterior_of(plan, settings, seed, progress)
    warn_of_unfit(found, 3)
    return found


def posterior_of(plan: ModelPlan, settings: RunSettings, seed: Seed, progress: Progress) -> Posterior:
    """Return the posterior of a plan, with its verdict and without a warning."""
    found = sampler_for(settings).run(plan, settings, seed, progress)
    drawn, said = found.draws, dict(found.settings)
    if plan.rows.pseudo:
        drawn, said = as_pseudo_posterior(plan, drawn), said | {"weights": label_of(plan)}
    record = Record(
        spec_digest=plan.spec.digest,
        data_digest=plan.rows.data_digest,
        seed=seed_label(seed),
        provenance=plan.rows.provenance,
        engine=settings.engine,
        settings=tuple(said.items()),
        versions=versions(),
    )
    return Posterior(plan, drawn.values, drawn.stats, found.diagnostics, record, seed)


def warn_of_unfit(posterior: Posterior, callers: int) -> None:
    """Warn of a posterior that must not be used, where the caller that many calls up stands."""
    found = posterior.diagnostics
    if not found.fit_for_use:
        message = f"model '{posterior.plan.spec.name}': {found.verdict}"
        warnings.warn(message, NotFitForUseWarning, stacklevel=callers + 1)
