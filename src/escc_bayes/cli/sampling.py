"""What `fit`, `compare` and `report` are told alike about sampling, and the plans that they fit."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from escc_bayes.cli.inputs import open_specs
from escc_bayes.cli.options import BackendOption, ChainsOption, DrawsOption, LevelOption, SeedOption, TuneOption
from escc_bayes.cli.size import refuse_too_many, refuse_without_room

if TYPE_CHECKING:
    from escc_bayes.bayes.sampling.settings import RunSettings
    from escc_bayes.data.cohort import Cohort
    from escc_bayes.data.ensemble import Ensemble
    from escc_bayes.foundation.executors import Executor
    from escc_bayes.report.page.bundle import Bundle, Stage
    from escc_bayes.spec.model import ModelSpec
    from escc_bayes.spec.plan import ModelPlan


@dataclass(frozen=True, slots=True)
class Sampling:
    """Options of every verb that fits, each with its default; `cli/fields.py` makes options of the fields."""

    backend: BackendOption = None
    seed: SeedOption = 20251
    level: LevelOption = 0.95
    draws: DrawsOption = None
    tune: TuneOption = 500
    chains: ChainsOption = 4

    def settings(self, engine: str) -> "RunSettings":
        """Return how models are fitted by an engine."""
        from escc_bayes.bayes.sampling.settings import RunSettings

        return RunSettings(engine, self.backend, self.draws, self.tune, self.chains)


def checked_plans(
    names: list[str],
    cohort: "Cohort",
    settings: "RunSettings",
    *,
    out: Path | None = None,
    complete_cases: bool = False,
) -> tuple["ModelPlan", ...]:
    """Return plans that can be fitted: engine, rows and columns are checked before anything is sampled.

    So is the room for the posteriors, if they are written to ``out``. Of models that impute ``complete_cases`` are
    planned, where they stand beside.
    """
    from escc_bayes.bayes.engines.registry import check_engine

    check_engine(settings)
    return plans_of(open_specs(names), cohort, settings, out=out, complete_cases=complete_cases)


def plans_of(
    specs: tuple["ModelSpec", ...],
    cohort: "Cohort",
    settings: "RunSettings",
    *,
    out: Path | None = None,
    complete_cases: bool = False,
) -> tuple["ModelPlan", ...]:
    """Return the plans of specifications; see ``checked_plans``."""
    from escc_bayes.bayes.engines.registry import check_engine, sampler_for
    from escc_bayes.spec.plan import make_plan

    check_engine(settings)
    refuse_too_many(settings.chains, settings.draws or 1)
    plans = tuple(make_plan(spec.complete_cases if complete_cases else spec, cohort) for spec in specs)
    if out is not None:
        refuse_without_room(out, plans, (settings.draws or sampler_for(settings).DRAWS) * settings.chains)
    return plans


def gathered(
    cohort: "Cohort",
    plans: tuple["ModelPlan", ...],
    engine: str | None,
    sampling: Sampling,
    stage: "Stage",
    executor: "Executor",
    ensemble: "Ensemble | None" = None,
) -> "Bundle":
    """Return the bundle of several models; of an ensemble the cohort is the one shown; ``executor`` samples.

    Without an engine: all by `laplace`, and the first of each outcome by `nuts`, which a backend belongs to.
    """
    from escc_bayes.report.page.bundle import gather

    second = sampling.settings("nuts")
    settings = replace(second, engine="laplace", backend=None) if engine is None else sampling.settings(engine)
    return gather(
        cohort,
        plans,
        settings,
        confirming=second if engine is None else None,
        ensemble=ensemble,
        stage=stage,
        seed=sampling.seed,
        level=sampling.level,
        executor=executor,
    )
