"""What `fit`, `compare` and `report` are told alike about sampling, and the fits they ask for."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from escc_bayes.cli.inputs import open_specs
from escc_bayes.cli.options import BackendOption, ChainsOption, DrawsOption, LevelOption, SeedOption, TuneOption
from escc_bayes.cli.size import refuse_too_many, refuse_without_room

if TYPE_CHECKING:
    from escc_bayes.bayes.posterior import Posterior
    from escc_bayes.bayes.settings import Progress
    from escc_bayes.data.cohort import Cohort
    from escc_bayes.data.ensemble import Ensemble
    from escc_bayes.foundation.hands import Hands
    from escc_bayes.report.bundle import Bundle, Stage
    from escc_bayes.spec.model import ModelSpec


@dataclass(frozen=True, slots=True)
class Sampling:
    """Options of every verb that fits, each with its default; `cli/fields.py` makes options of the fields."""

    backend: BackendOption = None
    seed: SeedOption = 20251
    level: LevelOption = 0.95
    draws: DrawsOption = None
    tune: TuneOption = 500
    chains: ChainsOption = 4


def checked_specs(
    names: list[str], cohort: "Cohort", engine: str, sampling: Sampling, *, out: Path | None = None
) -> tuple["ModelSpec", ...]:
    """Return specifications that can be fitted: engine, rows and columns are checked before anything is sampled.

    So is the room for the posteriors, if they are written to ``out``.
    """
    from escc_bayes.bayes.fit import DRAWS, LAPLACE_DRAWS, check_engine
    from escc_bayes.spec.plan import make_plan

    check_engine(engine, sampling.backend)
    draws = sampling.draws or (DRAWS if engine == "nuts" else LAPLACE_DRAWS)
    refuse_too_many(sampling.chains, draws)
    specs = open_specs(names)
    plans = [make_plan(spec, cohort) for spec in specs]
    if out is not None:
        refuse_without_room(out, plans, draws * sampling.chains)
    return specs


def fitted(spec: "ModelSpec", cohort: "Cohort", engine: str, sampling: Sampling, progress: "Progress") -> "Posterior":
    """Return the posterior of one model; `nuts` answers where `laplace` must not."""
    from escc_bayes.bayes.fallback import fit_or_replace

    return fit_or_replace(
        spec,
        cohort,
        seed=sampling.seed,
        engine=engine,
        backend=sampling.backend,
        draws=sampling.draws,
        tune=sampling.tune,
        chains=sampling.chains,
        progress=progress,
    )


def gathered(
    cohort: "Cohort",
    specs: tuple["ModelSpec", ...],
    engine: str | None,
    sampling: Sampling,
    stage: "Stage",
    hands: "Hands",
    ensemble: "Ensemble | None" = None,
) -> "Bundle":
    """Return the bundle of several models; of an ensemble the cohort is the one shown; ``hands`` sample."""
    from escc_bayes.report.bundle import gather

    return gather(
        cohort,
        specs,
        ensemble=ensemble,
        stage=stage,
        seed=sampling.seed,
        level=sampling.level,
        engine=engine,
        backend=sampling.backend,
        draws=sampling.draws,
        tune=sampling.tune,
        chains=sampling.chains,
        hands=hands,
    )
