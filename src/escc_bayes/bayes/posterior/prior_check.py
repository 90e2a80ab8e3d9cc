"""The verb ``prior_check``: what a prior says in survival curves and hazard ratios, before any fit. NumPy only."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.bayes.posterior.prior_conflict import PriorConflict, prior_conflict
from escc_bayes.data.cohort import Cohort
from escc_bayes.estimand import marginal, states
from escc_bayes.estimand.as_read import said_of
from escc_bayes.estimand.contrast import standard_contrasts, weights
from escc_bayes.estimand.estimand import HazardRatio, contrast_words
from escc_bayes.estimand.estimate import ratios_of
from escc_bayes.estimand.evaluate import averaged_over
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.kinds import LEVEL, SEED
from escc_bayes.foundation.seeds import Seed
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import ModelPlan, make_plan
from escc_bayes.spec.whom import whom

GRID_POINTS = 61
LANDMARKS = (12.0, 24.0, 36.0)


@dataclass(frozen=True, slots=True)
class PriorHazardRatio:
    """What the prior says of one hazard ratio: median, equal-tailed limits, and how often it is extreme."""

    term: str
    contrast: str
    median: float
    lower: float
    upper: float
    beyond_five: float
    transition: str = ""

    @property
    def contrast_in(self) -> str:
        """The contrast with its transition, where it has one."""
        return f"{self.contrast}, {self.transition}" if self.transition else self.contrast


@dataclass(frozen=True, slots=True)
class PriorCheck:
    """What a prior says.

    Attributes
    ----------
    plan : the specification on its cohort (for whom the baseline stands; no outcome is used).
    times : (t,) months.
    curves : (draws, t) by what they are, of whom the baseline describes: survival; of an illness-death model survival
        free of progression and overall survival; of competing causes survival free of the event, and the incidence of
        each cause.
    cohort : (draws, t) the first of these, averaged over the patients.
    hazard_ratios : one for each contrast.
    level : of the limits.
    conflict : where Kaplan-Meier lies within the prior predictive; the one line that looks at outcomes.
    """

    plan: ModelPlan
    times: FloatArray
    curves: Mapping[str, FloatArray]
    cohort: FloatArray
    hazard_ratios: tuple[PriorHazardRatio, ...]
    level: float
    conflict: PriorConflict

    @property
    def survival_words(self) -> str:
        """Which survival the baseline's is: ``Survival``."""
        return next(iter(self.curves))

    @property
    def baseline(self) -> FloatArray:
        """Survival of whom the baseline describes, (draws, t); of several transitions without any of them."""
        return self.curves[self.survival_words]

    def sentences(self) -> tuple[str, ...]:
        """Return what the prior says, a sentence each; the last holds it against Kaplan-Meier."""
        described = whom(self.plan)
        tail = (1.0 - self.level) / 2.0
        found = []
        months = [month for month in LANDMARKS if month <= self.times[-1]]
        for what, curves in self.curves.items():
            for month in months:
                at = curves[:, int(np.argmin(np.abs(self.times - month)))]
                low, middle, high = np.quantile(at, [tail, 0.5, 1.0 - tail])
                found.append(
                    f"{what} of {described} at {counted(month, 'month')}: {100 * middle:.0f} % "
                    f"({100 * self.level:g} % prior interval {100 * low:.0f} to {100 * high:.0f} %)."
                )
        for ratio in self.hazard_ratios:
            found.append(
                f"HR {ratio.term} {ratio.contrast_in}: {ratio.median:.2f} ({100 * self.level:g} % prior interval "
                f"{ratio.lower:.2f} to {ratio.upper:.2f}); beyond 5-fold with probability {ratio.beyond_five:.3f}."
            )
        return said_of(self.plan.rows, (*found, self.conflict.sentence()))

    def __repr__(self) -> str:
        *before, confronted = self.sentences()
        head = f"PRIOR of {self.plan.spec.name}, before any outcome is seen"
        whose = f"{self.plan.rows.provenance.upper()}: {head}; {self.whose()}"
        return "\n".join((whose, *before, f"And beside the outcomes. {confronted}"))

    def whose(self) -> str:
        """Say whose columns stand behind the average patient, and from when time counts (NAIVE where it is)."""
        rows = self.plan.rows
        return f"{counted(rows.n, 'patient')} of {rows.cohort}, {rows.endpoint} from {rows.clock}"


@careful
def prior_check(
    spec: ModelSpec, cohort: Cohort, *, seed: Seed = SEED, draws: int = 4000, level: float = LEVEL
) -> PriorCheck:
    """Return what the prior of ``spec`` says about survival and hazard ratios.

    Parameters
    ----------
    spec : from ``load_spec``.
    cohort : gives the columns (who the average patient is); its outcomes are not used, except for cuts asked
        for as event quantiles and for ``conflict``.
    seed, draws : of the prior draws.
    level : of the limits.

    Examples
    --------
    >>> import escc_bayes as eb
    >>> check = eb.prior_check(eb.load_spec("larynx_piecewise"), eb.example_cohort("larynx"), seed=1)
    >>> check.times.shape
    (61,)
    """
    return prior_check_plan(make_plan(spec, cohort), seed=seed, draws=draws, level=level)


@careful
def prior_check_plan(plan: ModelPlan, *, seed: Seed = SEED, draws: int = 4000, level: float = LEVEL) -> PriorCheck:
    """Return what the prior of a plan says: what ``prior_check`` does once it has made one.

    Parameters
    ----------
    plan : from ``make_plan``.
    seed, draws, level : as for ``prior_check``.
    """
    values = prior_draws(plan, draws, seed)
    hazards = parameters.hazards(plan, values, draws)
    times = np.linspace(0.0, max(60.0, float(plan.rows.time.max())), GRID_POINTS)
    if plan.rows.marginal:
        curves = {
            f"Survival, {name}": np.exp(-own.cumulative(times))
            for name, own in zip(
                plan.rows.stratum_levels, parameters.baseline_hazards(plan.baseline, values), strict=True
            )
        }
        cohort = next(iter(curves.values()))
    elif plan.rows.transitions is not None:
        curves = state_curves(plan, hazards, states.described(plan), times)
        everyone = state_curves(plan, hazards, states.averaged_over(plan, "", "", "everyone"), times)
        cohort = next(iter(everyone.values()))
    else:
        columns, weight = averaged_over(plan, "", "", "everyone")
        curves = {"Survival": np.exp(-hazards.hazard.cumulative(times))}
        cohort = marginal.survival(hazards, columns, weight[None], times)[0]
    return PriorCheck(
        plan=plan,
        times=times,
        curves=curves,
        cohort=cohort,
        hazard_ratios=tuple(
            prior_ratio(asked, plan, hazards.coefficients, level) for asked in standard_contrasts(plan.design)
        ),
        level=level,
        conflict=prior_conflict(plan),
    )


def state_curves(
    plan: ModelPlan, hazards: PatientHazards, whom: states.Whom, times: FloatArray
) -> dict[str, FloatArray]:
    """Return what a model of several transitions says of survival and causes, (draws, t) by words."""
    if states.transitions_of(plan).competing:
        caused = states.cumulative_incidence(plan, hazards, whom, times)
        names = (f"Cumulative incidence of {name}" for name in plan.rows.transition_names)
        return {
            "Survival free of the event": 1.0 - caused.sum(axis=-1),
            **dict(zip(names, np.moveaxis(caused, -1, 0), strict=True)),
        }
    occupied = states.occupation(plan, hazards, whom, times)
    return {
        "Survival free of progression": occupied[..., 0],
        "Overall survival": occupied[..., 0] + occupied[..., 1],
    }


def prior_ratio(asked: HazardRatio, plan: ModelPlan, beta: FloatArray, level: float) -> PriorHazardRatio:
    """Return what the prior says of one hazard ratio."""
    log_ratio = beta @ weights(asked, plan.design)
    tail = (1.0 - level) / 2.0
    low, middle, high = ratios_of(np.quantile(log_ratio, [tail, 0.5, 1.0 - tail]))
    extreme = float((np.abs(log_ratio) > np.log(5.0)).mean())
    return PriorHazardRatio(
        asked.term, contrast_words(asked), float(middle), float(low), float(high), extreme, asked.transition
    )
