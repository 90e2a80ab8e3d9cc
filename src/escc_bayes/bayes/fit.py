"""The verb ``fit``: a specification and a cohort in, a posterior out, by one of two engines."""

import warnings
from collections.abc import Callable
from dataclasses import asdict

from escc_bayes.bayes.diagnose import Diagnostics
from escc_bayes.bayes.draws import Draws, checked
from escc_bayes.bayes.posterior import Posterior
from escc_bayes.data.cohort import Cohort
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import NotFitForUseWarning, SpecError
from escc_bayes.foundation.record import Record, seed_label, versions
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import ModelPlan, make_plan

ENGINES = ("nuts", "laplace")
DRAWS, TUNE, CHAINS, TARGET_ACCEPT = 1500, 1500, 4, 0.98
LAPLACE_DRAWS = 5000
type Progress = Callable[[str, int, int, int], None]
type Sampled = tuple[Draws, Diagnostics, dict[str, float]]


def check_engine(engine: str) -> None:
    """Raise ``SpecError`` with the known engines if this is none."""
    if engine not in ENGINES:
        raise SpecError(f"engine '{engine}' is not possible; {suggestion(engine, ENGINES)}")


def silent(what: str, done: int, total: int, divergences: int) -> None:
    """Report nothing."""


def fit(
    spec: ModelSpec,
    cohort: Cohort,
    *,
    seed: Seed,
    engine: str = "nuts",
    draws: int | None = None,
    tune: int = TUNE,
    chains: int = CHAINS,
    target_accept: float = TARGET_ACCEPT,
    progress: Progress = silent,
) -> Posterior:
    """Fit a model to a cohort.

    ``nuts`` samples by PyMC and nutpie, in seconds. ``laplace`` approximates, draws and corrects by importance
    weights, in milliseconds; its Pareto k says whether the correction can be trusted (docs/methods/laplace.md).

    A ``nuts`` run of the default length whose diagnostics fail is repeated once with twice the iterations and smaller
    steps; the record's settings are those of the run returned. A length that you ask for is kept.

    Parameters
    ----------
    spec : from ``load_spec``.
    cohort : from ``read_cohort`` or ``example_cohort``.
    seed : the same seed gives the same draws.
    engine : ``nuts`` or ``laplace``.
    draws, chains : kept draws of each chain, number of chains; by default 4 x 1,500 (``nuts``) or 4 x 5,000
        (``laplace``, whose chains are blocks of independent draws).
    tune : warm-up iterations of each chain; ``nuts`` only.
    target_accept : higher is slower and safer; ``nuts`` only.
    progress : called with (what, done, total, divergences).

    Returns
    -------
    Posterior; its ``diagnostics.verdict`` says whether it may be used.

    Raises
    ------
    SpecError, CohortError, LandmarkError : the specification does not fit the cohort.
    SamplingError : the sampler could not start.

    Warns
    -----
    NotFitForUseWarning : R-hat above 1.01, effective sample size below 400, or divergences; for ``laplace`` Pareto k
        above 0.7, importance sample size below 400, or a grid of hyperparameters that leaves mass out.

    Examples
    --------
    >>> import escc_bayes as eb
    >>> fast = eb.fit(eb.load_spec("larynx_piecewise"), eb.example_cohort("larynx"), seed=1, engine="laplace")
    >>> fast.diagnostics.verdict
    'ok'
    """
    check_engine(engine)
    plan = make_plan(spec, cohort)
    if engine == "laplace":
        drawn, diagnostics, settings = by_laplace(plan, draws or LAPLACE_DRAWS, chains, seed)
    else:
        drawn, diagnostics, settings = by_nuts(plan, draws or DRAWS, tune, chains, target_accept, seed, progress)
    if not diagnostics.fit_for_use:
        warnings.warn(f"model '{spec.name}': {diagnostics.verdict}", NotFitForUseWarning, stacklevel=2)
    record = Record(
        spec_digest=spec.digest,
        data_digest=cohort.digest,
        seed=seed_label(seed),
        provenance=cohort.provenance,
        engine=engine,
        settings=tuple(settings.items()),
        versions=versions(),
    )
    return Posterior(plan, drawn.values, drawn.stats, diagnostics, record, seed)


def by_laplace(plan: ModelPlan, draws: int, chains: int, seed: Seed) -> Sampled:
    """Return draws of the engine ``laplace``, their diagnostics and the settings."""
    from escc_bayes.bayes import laplace

    settings = laplace.LaplaceSettings(draws, chains)
    drawn = laplace.sample(plan, settings, seed)
    return drawn, checked(plan, drawn), asdict(settings)


def by_nuts(
    plan: ModelPlan,
    draws: int,
    tune: int,
    chains: int,
    target_accept: float,
    seed: Seed,
    progress: Progress,
) -> Sampled:
    """Return draws of the engine ``nuts``, their diagnostics and the settings of the run that counts."""
    # PyMC and nutpie take seconds to import: only now, when the request is known to be sound.
    from escc_bayes.bayes import nuts

    settings = nuts.NutsSettings(draws, tune, chains, target_accept)
    drawn = nuts.sample(plan, settings, seed, progress)
    diagnostics = checked(plan, drawn)
    by_default = (draws, tune, target_accept) == (DRAWS, TUNE, TARGET_ACCEPT)
    if by_default and not diagnostics.fit_for_use:
        settings = nuts.NutsSettings(2 * draws, 2 * tune, chains, (9.0 + target_accept) / 10.0)
        progress(f"Sampling again, more carefully ({'; '.join(diagnostics.faults)})", 0, 0, 0)
        drawn = nuts.sample(plan, settings, stream(seed, "again"), progress)
        diagnostics = checked(plan, drawn)
    return drawn, diagnostics, asdict(settings)
