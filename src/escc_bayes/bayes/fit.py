"""The verb ``fit``: a specification and a cohort in, a posterior out, by one of two engines."""

import warnings
from dataclasses import asdict

import numpy as np

from escc_bayes.bayes.diagnose import Diagnostics
from escc_bayes.bayes.draws import Draws, checked
from escc_bayes.bayes.posterior import Posterior
from escc_bayes.bayes.pseudo_posterior import LABEL, as_pseudo_posterior
from escc_bayes.bayes.settings import NutsSettings, Progress
from escc_bayes.bayes.why_unfit import causes, explained, instead
from escc_bayes.data.cohort import Cohort
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import NotFitForUseWarning, SamplingError, SpecError
from escc_bayes.foundation.kinds import SEED
from escc_bayes.foundation.record import Record, seed_label, versions
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import ModelPlan, make_plan

ENGINES = ("nuts", "laplace")
# The first is the default of engine ``nuts``.
BACKENDS = ("native", "pymc")
# Longer warm-up makes these posteriors no easier to sample: docs/methods/nuts.md, section 3.
DRAWS, TUNE, CHAINS = 1500, 500, 4
# ``native`` samples rounder coordinates, in which larger steps do not diverge.
TARGET_ACCEPT = {"native": 0.9, "pymc": 0.98}
LAPLACE_DRAWS = 5000
type Sampled = tuple[Draws, Diagnostics, dict[str, float | int | str]]


def check_engine(engine: str, backend: str | None = None) -> None:
    """Raise ``SpecError`` with the known words if engine or backend is none, or the engine has no backends."""
    if engine not in ENGINES:
        raise SpecError(f"engine '{engine}' is not possible; {suggestion(engine, ENGINES)}")
    if backend is not None and backend not in BACKENDS:
        raise SpecError(f"backend '{backend}' is not possible; {suggestion(backend, BACKENDS)}")
    if backend is not None and engine != "nuts":
        raise SpecError(f"backend '{backend}' belongs to engine nuts, not to engine {engine}; leave it out")


def silent(what: str, done: int, total: int, divergences: int) -> None:
    """Report nothing."""


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
    engine : ``nuts`` or ``laplace``.
    backend : ``native`` (default) or ``pymc``; ``nuts`` only.
    draws, chains : kept draws of each chain, number of chains; by default 4 x 1,500 (``nuts``) or 4 x 5,000
        (``laplace``, whose chains are blocks of independent draws).
    tune : warm-up iterations of each chain, by default 500; ``nuts`` only.
    target_accept : higher is slower and safer; by default 0.9 (``native``) or 0.98 (``pymc``); ``nuts`` only.
    progress : called with (what, done, total, divergences).

    Returns
    -------
    Posterior; its ``diagnostics.verdict`` says whether it may be used. With sampling weights a pseudo-posterior: draws
    rescaled to the sandwich covariance (docs/methods/weights.md).

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
    check_engine(engine, backend)
    plan = make_plan(spec, cohort)
    if engine == "laplace":
        drawn, diagnostics, settings = by_laplace(plan, draws or LAPLACE_DRAWS, chains, seed)
    else:
        chosen = backend or BACKENDS[0]
        asked = NutsSettings(draws or DRAWS, tune, chains, target_accept or TARGET_ACCEPT[chosen], chosen)
        drawn, diagnostics, settings = by_nuts(plan, asked, seed, progress)
    if not diagnostics.fit_for_use:
        warnings.warn(f"model '{spec.name}': {diagnostics.verdict}", NotFitForUseWarning, stacklevel=3)
    if plan.rows.sampled:
        drawn, settings = as_pseudo_posterior(plan, drawn), settings | {"weights": LABEL}
    record = Record(
        spec_digest=spec.digest,
        data_digest=plan.rows.data_digest,
        seed=seed_label(seed),
        provenance=cohort.provenance,
        engine=engine,
        settings=tuple(settings.items()),
        versions=versions(),
    )
    return Posterior(plan, drawn.values, drawn.stats, diagnostics, record, seed)


def by_laplace(plan: ModelPlan, draws: int, chains: int, seed: Seed) -> Sampled:
    """Return draws of the engine ``laplace``, their diagnostics and the settings.

    Raises
    ------
    SamplingError : there is no mode to rounding, as with columns of 1e11 that repeat each other.
    """
    from escc_bayes.bayes import laplace

    settings = laplace.LaplaceSettings(draws, chains)
    try:
        drawn = laplace.sample(plan, settings, seed)
    except np.linalg.LinAlgError:
        likely = f"; likely causes: {', '.join(causes(plan))}" if causes(plan) else ""
        raise SamplingError(
            f"model '{plan.spec.name}': engine laplace finds no mode, since the density is flat to rounding in a "
            f"direction{likely}"
        ) from None
    return drawn, checked(plan, drawn), asdict(settings)


def by_nuts(plan: ModelPlan, settings: NutsSettings, seed: Seed, progress: Progress) -> Sampled:
    """Return draws of the engine ``nuts``, their diagnostics and the settings of the run that counts."""
    drawn = started(plan, settings, seed, progress)
    diagnostics = checked(plan, drawn)
    by_default = (settings.draws, settings.tune, settings.target_accept) == (
        DRAWS,
        TUNE,
        TARGET_ACCEPT[settings.backend],
    )
    if by_default and not diagnostics.fit_for_use:
        settings = settings.more_careful()
        progress(f"Sampling again, more carefully ({'; '.join(diagnostics.faults)})", 0, 0, 0)
        drawn = sampled(plan, settings, stream(seed, "again"), progress)
        diagnostics = checked(plan, drawn)
    return drawn, explained(plan, diagnostics, seed), asdict(settings)


def started(plan: ModelPlan, settings: NutsSettings, seed: Seed, progress: Progress) -> Draws:
    """Return the draws of one backend; where it cannot start, the message names causes and the engine that serves."""
    try:
        return sampled(plan, settings, seed, progress)
    except SamplingError as error:
        likely = f"; likely causes: {', '.join(causes(plan))}" if causes(plan) else ""
        other = instead(plan, seed)
        raise SamplingError(f"{error}{likely}{f'; {other}' if other else ''}") from None


def sampled(plan: ModelPlan, settings: NutsSettings, seed: Seed, progress: Progress) -> Draws:
    """Return the draws of one backend."""
    if settings.backend == "native":
        from escc_bayes.bayes import native

        return native.sample(plan, settings, seed, progress)
    # PyMC and nutpie take seconds to import: only now, when the request is known to be sound.
    from escc_bayes.bayes import nuts

    return nuts.sample(plan, settings, seed, progress)
