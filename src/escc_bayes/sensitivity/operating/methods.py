"""What every method makes of one simulated cohort: estimate, standard error and limits of each log hazard ratio."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from escc_bayes.bayes.modes.warm_start import Start
from escc_bayes.bayes.refits.refit_many import weighted_quantiles
from escc_bayes.bayes.refits.weighted_draws import weighted_draws
from escc_bayes.classical.cox import cox
from escc_bayes.classical.firth import firth_wald
from escc_bayes.classical.firth_search import FirthError
from escc_bayes.classical.newton import CollinearError
from escc_bayes.foundation.errors import EsccBayesError
from escc_bayes.foundation.seeds import Seed
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan

BAYES, COX, FIRTH, UNIVARIABLE, SCREENED = "bayes_laplace", "cox", "cox_firth", "cox_univariable", "cox_screened"
METHODS = (BAYES, COX, FIRTH, UNIVARIABLE, SCREENED)
# Univariable P up to which screening keeps a covariate.
KEPT = 0.05
# Weighted draws of a posterior.
DRAWS = 1500
NUMBERS = ("estimate", "se", "lower", "upper")


@dataclass(frozen=True, slots=True)
class Questions:
    """The contrasts asked, as weights on both sets of columns, and which columns belong to which covariate.

    Attributes
    ----------
    bayes, classical : (q, p) weights.
    terms : columns of each covariate, in the classical design.
    of_term : (q,) which of them each contrast is of.
    level : of limits.
    """

    bayes: FloatArray
    classical: FloatArray
    terms: tuple[tuple[int, ...], ...]
    of_term: tuple[int, ...]
    level: float

    @property
    def half(self) -> float:
        """The normal point of the limits."""
        return float(ndtri(0.5 + self.level / 2.0))


def with_outcomes(plan: ModelPlan, time: FloatArray, event: FloatArray) -> ModelPlan:
    """Return a plan whose patients have other outcomes."""
    return replace(plan, rows=replace(plan.rows, time=time, event=event))


def every_method(
    bayes: ModelPlan, classical: ModelPlan, asked: Questions, like: Sequence[Start], seed: Seed
) -> FloatArray:
    """Return the numbers of every method, (methods, q, 4); NaN where a method has none.

    Parameters
    ----------
    bayes, classical : plans with the outcomes of one cohort.
    like : modes of the observed cohort's fit, where the search for modes starts.
    """
    rows = classical.rows
    q = asked.bayes.shape[0]
    nothing = np.full((q, len(NUMBERS)), np.nan)
    if rows.event.sum() == 0.0:
        return np.repeat(nothing[None], len(METHODS), axis=0)
    X, time, event = classical.design.columns, rows.time, rows.event
    entry = rows.entry if rows.delayed else None

    def partial(columns: FloatArray) -> tuple[FloatArray, FloatArray, np.ndarray]:
        fit = cox(columns, time, event, entry=entry)
        return fit.coef, fit.covariance, fit.infinite

    alone = univariable(X, asked, partial)
    return np.stack(
        [
            of_posterior(bayes, asked, like, seed),
            guarded(nothing, lambda: wald(*partial(X), asked.classical, asked.half)),
            nothing if rows.delayed else guarded(nothing, lambda: firth_numbers(X, time, event, asked)),
            alone,
            guarded(nothing, lambda: screened(X, alone, asked, partial)),
        ]
    )


def guarded(nothing: FloatArray, make: Callable[[], FloatArray]) -> FloatArray:
    """Return numbers, or NaN where a simulated cohort gives a method none."""
    try:
        return make()
    except (CollinearError, FirthError, ValueError):
        return nothing


def of_posterior(plan: ModelPlan, asked: Questions, like: Sequence[Start], seed: Seed) -> FloatArray:
    """Return posterior mean and SD of the log hazard ratio, and the limits of its credible interval."""
    try:
        drawn = weighted_draws(plan, seed, draws=DRAWS, like=like)
    except EsccBayesError:
        return np.full((asked.bayes.shape[0], len(NUMBERS)), np.nan)
    logs = asked.bayes @ drawn.coefficients.T
    mean = logs @ drawn.weight
    sd = np.sqrt((logs - mean[:, None]) ** 2 @ drawn.weight)
    tail = (1.0 - asked.level) / 2.0
    return np.column_stack([mean, sd, weighted_quantiles(logs, drawn.weight, (tail, 1.0 - tail))])


def wald(
    coef: FloatArray, covariance: FloatArray, infinite: np.ndarray, contrasts: FloatArray, half: float
) -> FloatArray:
    """Return estimates with Wald limits of contrasts (q, p); NaN where one has no finite estimate."""
    estimate = contrasts @ coef
    se = np.sqrt(np.einsum("qi,ij,qj->q", contrasts, covariance, contrasts))
    found = np.column_stack([estimate, se, estimate - half * se, estimate + half * se])
    found[((contrasts != 0.0) & infinite).any(axis=1)] = np.nan
    return found


def firth_numbers(X: FloatArray, time: FloatArray, event: FloatArray, asked: Questions) -> FloatArray:
    """Return Firth's estimates with Wald limits: the search for profile limits would take a hundred times as long."""
    coef, covariance = firth_wald(X, time, event)
    return wald(coef, covariance, np.zeros(coef.size, dtype=bool), asked.classical, asked.half)


type Partial = Callable[[FloatArray], tuple[FloatArray, FloatArray, np.ndarray]]


def univariable(X: FloatArray, asked: Questions, partial: Partial) -> FloatArray:
    """Return the estimates of each covariate alone."""
    found = np.full((len(asked.of_term), len(NUMBERS)), np.nan)
    for place, columns in enumerate(asked.terms):
        mine = np.flatnonzero(np.array(asked.of_term) == place)
        try:
            coef, covariance, infinite = partial(X[:, columns])
        except (CollinearError, ValueError):
            continue
        found[mine] = wald(coef, covariance, infinite, asked.classical[np.ix_(mine, columns)], asked.half)
    return found


def screened(X: FloatArray, alone: FloatArray, asked: Questions, partial: Partial) -> FloatArray:
    """Return the estimates of the covariates any of whose univariable contrasts has P up to 0.05; NaN: not kept."""
    half = float(ndtri(1.0 - KEPT / 2.0))
    significant = np.abs(alone[:, 0]) >= half * alone[:, 1]
    kept = sorted({place for place, yes in zip(asked.of_term, significant.tolist(), strict=True) if yes})
    found = np.full(alone.shape, np.nan)
    if not kept:
        return found
    columns = [column for place in kept for column in asked.terms[place]]
    mine = np.flatnonzero(np.isin(asked.of_term, kept))
    coef, covariance, infinite = partial(X[:, columns])
    found[mine] = wald(coef, covariance, infinite, asked.classical[np.ix_(mine, columns)], asked.half)
    return found
