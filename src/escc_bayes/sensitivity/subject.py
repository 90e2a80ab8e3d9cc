"""What every part of a sensitivity analysis looks at: one model on one cohort, fitted by Bayes and by Cox."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from escc_bayes.bayes.modes.warm_start import Start
from escc_bayes.bayes.posterior.fallback import fit_or_replace
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.refits.refit_many import refit_many
from escc_bayes.bayes.refits.requests import RefitRequest
from escc_bayes.bayes.refits.table import RefitTable
from escc_bayes.bayes.refits.weighted_draws import starts_of
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.classical.fit import ClassicalFit, fit_classical_plan
from escc_bayes.data.cohort import Cohort
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.foundation.errors import SamplingError, SpecError
from escc_bayes.foundation.scheduler import Scheduler, Serial
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import ModelPlan, make_plan

# Called with what is done and what there is to do; parts call it as often as they like.
type Tell = Callable[[int, int], None]

# Weighted draws of a refit: a mean then has a Monte Carlo error of about 0.03 posterior SDs, shared by all refits.
REFIT_DRAWS = 1500

HERE = Serial()


@dataclass(frozen=True, slots=True)
class Asked:
    """How to look: what the user of the verb chose, the same for every part.

    Attributes
    ----------
    seed : of the whole run; parts draw from streams of their own.
    level : of every interval.
    thorough : ten times the simulations, resamples and refits.
    rare : fewer than 15 % have the outcome, for E-values.
    scheduler : who computes: this process alone, or others beside it.
    controls : terms whose hazard ratios are known, 1 for a negative control.
    reconstructions : cohorts that are looked at one by one and averaged; simulations are shared out among them.
    """

    seed: Seed
    level: float = 0.95
    thorough: bool = False
    rare: bool = False
    scheduler: Scheduler = HERE
    controls: tuple[tuple[str, float], ...] = ()
    reconstructions: int = 1


@dataclass(frozen=True, slots=True)
class Subject:
    """One model on one cohort, fitted.

    Attributes
    ----------
    cohort, spec : as read.
    posterior : by ``laplace``; by ``nuts`` where that must not be used.
    classical : Cox and its kin on the same rows.
    asked : seed, level, and who computes.
    starts : the modes of the model, from which its refits start; empty: each round of refits finds them.
    """

    cohort: Cohort
    spec: ModelSpec
    posterior: Posterior
    classical: ClassicalFit
    asked: Asked
    starts: tuple[Start, ...] = ()

    @property
    def plan(self) -> ModelPlan:
        """Rows, columns and priors of the fit."""
        return self.posterior.plan

    @property
    def contrasts(self) -> tuple[HazardRatio, ...]:
        """Every hazard ratio that tables show."""
        return standard_contrasts(self.plan.design)

    def stream(self, *names: str) -> Seed:
        """Return the random stream of a part, whatever other parts draw."""
        return stream(self.asked.seed, self.spec.name, *names)

    def refit(
        self, request: RefitRequest, tell: Tell | None = None, *, part: str, draws: int = REFIT_DRAWS
    ) -> RefitTable:
        """Return refits of every standard contrast, by whoever computes; variations of the model start at its modes."""
        return refit_many(
            replace(request, starts=self.starts) if request.base is not None else request,
            seed=self.stream(part),
            level=self.asked.level,
            asked=self.contrasts,
            draws=draws,
            scheduler=self.asked.scheduler,
            progress=tell,
        )


def subject_of(cohort: Cohort, spec: ModelSpec, asked: Asked) -> Subject:
    """Fit a model by Bayes and by Cox.

    Raises
    ------
    SpecError, CohortError, LandmarkError : the specification does not fit the cohort.
    """
    for term, _ in asked.controls:
        if term not in spec.covariates:
            known = ", ".join(sorted(spec.covariates))
            raise SpecError(f"control '{term}': model '{spec.name}' has no such term; it has {known}")
    plan = make_plan(spec, cohort)
    posterior = fit_or_replace(plan, RunSettings("laplace"), seed=stream(asked.seed, spec.name, "fit"))
    starts = starts_or_none(plan)
    return Subject(cohort, spec, posterior, fit_classical_plan(plan), asked, starts)


def starts_or_none(plan: ModelPlan) -> tuple[Start, ...]:
    """Return the modes of a model; none of a trajectory, or of more scales than a grid holds, which nuts alone fits."""
    if plan.course is not None:
        return ()
    try:
        return starts_of(plan)
    except SamplingError:
        return ()
