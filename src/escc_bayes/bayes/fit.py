"""The verb ``fit``: a specification and a cohort in, a posterior out."""

import warnings
from collections.abc import Callable
from dataclasses import asdict

from escc_bayes.bayes.draws import checked
from escc_bayes.bayes.posterior import Posterior
from escc_bayes.data.cohort import Cohort
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import NotFitForUseWarning, SpecError
from escc_bayes.foundation.record import Record, seed_label, versions
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import make_plan

ENGINES = ("nuts",)
DRAWS, TUNE, CHAINS, TARGET_ACCEPT = 1500, 1500, 4, 0.98
type Progress = Callable[[str, int, int, int], None]


def silent(what: str, done: int, total: int, divergences: int) -> None:
    """Report nothing."""


def fit(
    spec: ModelSpec,
    cohort: Cohort,
    *,
    seed: Seed,
    engine: str = "nuts",
    draws: int = DRAWS,
    tune: int = TUNE,
    chains: int = CHAINS,
    target_accept: float = TARGET_ACCEPT,
    progress: Progress = silent,
) -> Posterior:
    """Fit a model to a cohort.

    A run of the default length whose diagnostics fail is repeated once with twice the iterations and smaller
    steps; the record's settings are those of the run returned. A length that you ask for is kept.

    Parameters
    ----------
    spec : from ``load_spec``.
    cohort : from ``read_cohort`` or ``example_cohort``.
    seed : the same seed gives the same draws.
    engine : ``nuts``.
    draws, tune, chains : kept draws and warm-up iterations of each chain, number of chains.
    target_accept : higher is slower and safer.
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
    NotFitForUseWarning : R-hat above 1.01, effective sample size below 400, or divergences.
    """
    if engine not in ENGINES:
        raise SpecError(f"engine '{engine}' is not possible; {suggestion(engine, ENGINES)}")
    plan = make_plan(spec, cohort)
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
    if not diagnostics.fit_for_use:
        warnings.warn(f"model '{spec.name}': {diagnostics.verdict}", NotFitForUseWarning, stacklevel=2)
    record = Record(
        spec_digest=spec.digest,
        data_digest=cohort.digest,
        seed=seed_label(seed),
        provenance=cohort.provenance,
        engine=engine,
        settings=tuple(asdict(settings).items()),
        versions=versions(),
    )
    return Posterior(plan, drawn.values, drawn.stats, diagnostics, record, seed)
