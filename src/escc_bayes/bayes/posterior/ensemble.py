"""The verb ``fit_ensemble``: one model on every cohort of an ensemble, pooled."""

import warnings
from collections.abc import Sequence
from dataclasses import replace

from escc_bayes.bayes.engines.registry import check_engine
from escc_bayes.bayes.posterior.ensemble_posterior import EnsemblePosterior
from escc_bayes.bayes.posterior.fit import posterior_of
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.sampling.settings import CHAINS, TUNE, Progress, RunSettings, silent
from escc_bayes.data.ensemble import COMPLETED, Ensemble
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.errors import NotFitForUseWarning, SpecError
from escc_bayes.foundation.kinds import SEED
from escc_bayes.foundation.record import Record, seed_label, versions
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import make_plan

# Draws of one member by ``laplace``: 20 members then hold 80,000.
MEMBER_DRAWS = 1000


@careful
def fit_ensemble(
    spec: ModelSpec,
    ensemble: Ensemble,
    *,
    seed: Seed = SEED,
    engine: str = "laplace",
    draws: int | None = None,
    tune: int = TUNE,
    chains: int = CHAINS,
    target_accept: float | None = None,
    progress: Progress = silent,
) -> EnsemblePosterior:
    """Fit a model to every member of an ensemble; to completed cohorts that under which they were completed.

    Each member has the random stream of its data, so that their order does not matter.

    Parameters
    ----------
    spec, seed, engine, tune, chains, target_accept, progress : as for ``fit``.
    ensemble : from ``read_ensemble``.
    draws : of each chain of each member; by default 1,000 (``laplace``) or those of ``fit`` (``nuts``).

    Returns
    -------
    EnsemblePosterior.

    Raises
    ------
    SpecError, CohortError, LandmarkError, SamplingError : as ``fit``.

    Warns
    -----
    NotFitForUseWarning : once, with the members at fault.
    """
    kept = draws or (MEMBER_DRAWS if engine == "laplace" else None)
    settings = RunSettings(engine, None, kept, tune, chains, target_accept)
    check_engine(settings)
    plain = of_completed(spec, ensemble) if ensemble.kind == COMPLETED else spec
    members = []
    for k, cohort in enumerate(ensemble, start=1):
        own = stream(seed, "member", cohort.digest)
        told = of_member(progress, f"{ensemble.kind.removesuffix('s').capitalize()} {k} of {len(ensemble)}")
        members.append(posterior_of(make_plan(plain, cohort), settings, own, told))
        progress(ensemble.kind.capitalize(), k, len(ensemble), 0)
    record = Record(
        spec_digest=spec.digest,
        data_digest=ensemble.digest,
        seed=seed_label(seed),
        provenance=ensemble.members[0].provenance,
        engine=engine,
        settings=common_settings(members),
        versions=versions(),
    )
    about = ensemble.notes if ensemble.kind == COMPLETED else ()
    pooled = EnsemblePosterior(ensemble.name, tuple(members), record, ensemble.kind, about)
    if pooled.verdict != "ok":
        warnings.warn(f"model '{spec.name}': {pooled.verdict}", NotFitForUseWarning, stacklevel=3)
    return pooled


def of_completed(spec: ModelSpec, ensemble: Ensemble) -> ModelSpec:
    """Return the model to fit to completed cohorts: that under which they were completed.

    Raises
    ------
    SpecError : another one, to which the values imputed would be foreign: effects that it adds are drawn towards none.
    """
    if spec.digest != ensemble.model:
        raise SpecError(
            f"model '{spec.name}' [{spec.digest}] is not the one under which the cohorts of '{ensemble.name}' were "
            f"completed [{ensemble.model}]; values imputed under one model are compatible with that alone: "
            "complete_cohorts with this one"
        )
    return replace(spec, missing=None)


def of_member(progress: Progress, member: str) -> Progress:
    """Return a progress function that names the member."""

    def told(what: str, done: int, total: int, divergences: int) -> None:
        progress(f"{member}: {what}", done, total, divergences)

    return told


def common_settings(members: Sequence[Posterior]) -> tuple[tuple[str, float | int | str], ...]:
    """Return the number of members, and the settings that all ran with; those that differ say so."""
    settings = [dict(member.record.settings) for member in members]
    same = {
        name: value if all(other.get(name) == value for other in settings) else "differs between members"
        for name, value in settings[0].items()
    }
    return (("members", len(members)), *same.items())
