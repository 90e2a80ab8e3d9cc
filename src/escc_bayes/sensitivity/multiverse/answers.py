"""Which hazard ratio of a specification answers which of the model's, and the answers of Cox and of posteriors."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr, ndtri

from escc_bayes.bayes.refits.refit_many import weighted_quantiles
from escc_bayes.bayes.refits.weighted_draws import WeightedDraws, weighted_draws, without
from escc_bayes.classical.coding import classical_design
from escc_bayes.classical.fit import baseline_strata
from escc_bayes.classical.ratios import Coefficients, cox_coefficients
from escc_bayes.data.cohort import Cohort
from escc_bayes.estimand.contrast import standard_contrasts, weights
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.foundation.memory import keep_freed_memory
from escc_bayes.foundation.scheduler import Arrays
from escc_bayes.foundation.seeds import Seed
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.sensitivity.multiverse.specifications import Specification
from escc_bayes.spec.design import Design
from escc_bayes.spec.plan import ModelPlan, make_plan
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.selection import select_rows

# Draws with equal weights that are kept of each hazard ratio, for mixtures.
KEPT = 500
# Posteriors of one chunk of work.
CHUNK = 4


@dataclass(frozen=True, slots=True)
class Answered:
    """The hazard ratio of a specification that answers one of the model's; ``turned``: the inverse of it does."""

    place: int
    asked: HazardRatio
    turned: bool


@dataclass(frozen=True, slots=True)
class Ratio:
    """One answer: hazard ratio, limits, P value (NaN: a posterior's) and P(HR > 1) (NaN: Cox's)."""

    hr: float
    lower: float
    upper: float
    p_value: float = math.nan
    prob_gt_1: float = math.nan
    note: str = ""


def answered(one: Specification, headlines: Sequence[HazardRatio], design: Design) -> tuple[Answered, ...]:
    """Return which of the model's hazard ratios a specification answers, and by which of its own."""
    own = standard_contrasts(design)
    found = []
    for place, headline in enumerate(headlines):
        of = (headline.term, headline.transition)
        candidates = [asked for asked in own if (asked.term, asked.transition) == of]
        match = answering(one, headline, candidates)
        if match is not None:
            found.append(Answered(place, match, headline.term in one.turned))
    return tuple(found)


def answering(one: Specification, headline: HazardRatio, candidates: list[HazardRatio]) -> HazardRatio | None:
    """Return the hazard ratio among those of a term that answers a headline; None: none does."""
    if headline in candidates:
        return headline
    members = one.members.get(headline.term)
    if members is not None:
        for asked in candidates:
            if headline.level in members[str(asked.level)] and headline.versus in members[str(asked.versus)]:
                return asked
        return None
    # Ranks, numbers and other classes run along the whole scale: they answer its last level over its first.
    runs = headline.term in one.recoded and bool(candidates)
    return candidates[-1] if runs and whole_scale(one, headline) else None


def whole_scale(one: Specification, headline: HazardRatio) -> bool:
    """Return whether a headline compares the two ends of an ordered scale."""
    return headline.per is not None or (headline.level, headline.versus) == one.ends.get(headline.term)


def classical_plan(one: Specification) -> ModelPlan:
    """Return rows and treatment-coded columns of a specification."""
    plan = make_plan(one.spec, one.cohort)
    return replace(plan, design=classical_design(one.spec, plan.rows)[0])


def all_rows(one: Specification, cohort: Cohort) -> AnalysisRows:
    """Return the patients of a cohort with all covariates of a specification, whatever their follow-up."""
    return select_rows(cohort, one.spec.outcome.endpoint, one.spec.covariates, naive=True)


def cox_ratio(found: Coefficients, asked: HazardRatio, design: Design, level: float, *, turned: bool) -> Ratio:
    """Return the hazard ratio of a Cox fit with its Wald limits and P value."""
    w = weights(asked, design)
    if found.problem or bool((found.infinite & (w != 0.0)).any()):
        return Ratio(math.nan, math.nan, math.nan, note=found.problem or "no finite estimate")
    log_hr = float(w @ found.coef) * (-1.0 if turned else 1.0)
    se = math.sqrt(float(w @ found.covariance @ w))
    half = float(ndtri(0.5 + level / 2.0)) * se
    # A level almost without events: its limits are too far out for a number.
    with np.errstate(over="ignore"):
        hr, lower, upper = np.exp([log_hr, log_hr - half, log_hr + half]).tolist()
    return Ratio(hr, lower, upper, p_value=2.0 * float(ndtr(-abs(log_hr) / se)))


def cox_of(plan: ModelPlan) -> Coefficients:
    """Return the Cox fit of a plan."""
    return cox_coefficients(plan, "cox", baseline_strata(plan))


@dataclass(frozen=True, slots=True)
class PosteriorWork:
    """The posteriors of specifications, chunk by chunk: answers, kept draws, and densities of patients left out.

    Attributes
    ----------
    plans : of the specifications; they travel to other processes, cohorts cannot.
    asked : which hazard ratios each answers.
    level, seed : of intervals, of draws.
    """

    plans: tuple[ModelPlan, ...]
    asked: tuple[tuple[Answered, ...], ...]
    level: float
    seed: Seed

    def __len__(self) -> int:
        return -(-len(self.plans) // CHUNK)

    def __call__(self, chunk: int) -> Arrays:
        """Return the arrays of a chunk, each under the number of its specification."""
        keep_freed_memory()
        found: Arrays = {}
        for place in range(chunk * CHUNK, min((chunk + 1) * CHUNK, len(self.plans))):
            found |= {f"{place} {name}": values for name, values in self.of(place).items()}
        return found

    def of(self, place: int) -> Arrays:
        """Return numbers (answers, 4), kept draws (answers, KEPT), which headlines, elpd (n,), largest k, positions."""
        drawn, asked = weighted_draws(self.plans[place], self.seed), self.asked[place]
        logs = np.array([log_draws(drawn, a) for a in asked]).reshape(len(asked), -1)
        left = without(drawn, drawn.log_likelihood)
        return {
            "numbers": numbers_of(logs, drawn.weight, self.level),
            "kept": weighted_quantiles(logs, drawn.weight, tuple((np.arange(KEPT) + 0.5) / KEPT)),
            "headlines": np.array([a.place for a in asked], dtype=np.int64),
            "elpd": left.elpd,
            "k": np.array([np.nanmax(left.k), drawn.k]),
            "positions": drawn.plan.rows.positions,
        }


def log_draws(drawn: WeightedDraws, one: Answered) -> FloatArray:
    """Return the log hazard ratio of an answer under each draw, (m,)."""
    sign = -1.0 if one.turned else 1.0
    return np.asarray(sign * drawn.coefficients @ weights(one.asked, drawn.plan.design))


def numbers_of(logs: FloatArray, weight: FloatArray, level: float) -> FloatArray:
    """Return median and limits of the hazard ratio, and P(HR > 1), of log draws (q, m) with weights: (q, 4)."""
    tail = (1.0 - level) / 2.0
    points = np.exp(weighted_quantiles(logs, weight, (0.5, tail, 1.0 - tail)))
    return np.concatenate([points, ((logs > 0.0) @ weight)[:, None]], axis=1)
