"""Weighted draws of a plan by ``laplace``, kept as they are: for what is asked of each draw, patient by patient.

Leaving patient i out of weighted draws multiplies each weight by 1 / p(y_i | draw); the tail of the products is Pareto
smoothed and its k says whether the answer can be trusted. Vehtari, Gelman & Gabry 2017, Stat Comput 27:1413.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from escc_bayes.bayes.laplace import laplace
from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.model.patient_log_likelihood import log_likelihoods
from escc_bayes.bayes.modes.warm_start import Start
from escc_bayes.bayes.numeric.pareto import smooth
from escc_bayes.bayes.numeric.quasi_random import Source
from escc_bayes.bayes.posterior.pseudo_posterior import rescaled
from escc_bayes.foundation.seeds import Seed, generator, stream
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan

DRAWS = 4000


@dataclass(frozen=True)
class WeightedDraws:
    """Draws of a posterior with their weights. Not slotted: the log-likelihood is computed once and kept.

    Attributes
    ----------
    plan : what was fitted.
    hazards : of patients under each draw.
    weight : (m,) importance weights, which sum to 1.
    k : Pareto k of these weights.
    log_marginal : log marginal likelihood.
    """

    plan: ModelPlan
    hazards: PatientHazards
    weight: FloatArray
    k: float
    log_marginal: float

    @property
    def coefficients(self) -> FloatArray:
        """Log hazard ratios under each draw, (m, p)."""
        return self.hazards.coefficients

    @cached_property
    def log_likelihood(self) -> FloatArray:
        """Log-likelihood of each patient under each draw, (m, n)."""
        return log_likelihoods(self.plan, self.hazards)

    @cached_property
    def passed(self) -> FloatArray:
        """Cumulative hazard that each patient has passed under each draw, (m, n)."""
        rows, columns = self.plan.rows, self.plan.patterns
        shape = (self.weight.size, rows.n)
        until, before = (np.broadcast_to(months, shape) for months in (rows.time, rows.entry))
        return self.hazards.cumulative_at(columns, until) - self.hazards.cumulative_at(columns, before)

    def expectation(self, values: FloatArray) -> FloatArray:
        """Return the posterior mean of values (m, ...)."""
        return np.asarray(np.tensordot(self.weight, values, axes=1))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Weights of the draws with each patient, or set of patients, left out.

    Attributes
    ----------
    weight : (m, sets), each column sums to 1.
    k : (sets,) Pareto k of the raw weights.
    elpd : (sets,) log predictive density of those left out.
    """

    weight: FloatArray
    k: FloatArray
    elpd: FloatArray


def weighted_draws(plan: ModelPlan, seed: Seed, *, draws: int = DRAWS, like: Sequence[Start] = ()) -> WeightedDraws:
    """Fit a plan by ``laplace`` and return its weighted draws: those of ``refit_many`` with the same seed.

    Parameters
    ----------
    plan : rows, columns, priors.
    seed : the same seed gives the same draws.
    draws : how many weighted ones.
    like : where the search may start: ``starts_of`` a plan that this one varies.

    Examples
    --------
    >>> import escc_bayes as eb
    >>> from escc_bayes.spec.plan import make_plan
    >>> plan = make_plan(eb.load_spec("larynx_piecewise"), eb.example_cohort("larynx"))
    >>> drawn = weighted_draws(plan, 1)
    >>> drawn.coefficients.shape, drawn.k < 0.7
    ((4000, 4), True)
    """
    return drawn_from(plan, laplace.explored(plan, cells_of(plan), like), seed, draws)


def starts_of(plan: ModelPlan) -> tuple[Start, ...]:
    """Return where refits much like a plan may start: its modes, component by component."""
    return tuple(laplace.start_of(*found) for found in laplace.searched(plan, cells_of(plan)))


def drawn_from(plan: ModelPlan, parts: list[laplace.Part], seed: Seed, draws: int) -> WeightedDraws:
    """Return weighted draws from explored components."""
    # The numbers of refits with the same seed, so that the fit that they vary is this one to the last digit.
    own = stream(seed, "refits")
    found = laplace.weighted(parts, draws, Source(own), generator(own, "laplace"))
    values, smoothed = found.values(), found.smoothed
    if plan.rows.pseudo:
        values = rescaled(plan, values, smoothed.weight)
    return WeightedDraws(
        plan=plan,
        hazards=parameters.hazards(plan, values, smoothed.weight.size),
        weight=smoothed.weight,
        k=smoothed.k,
        log_marginal=smoothed.log_mean,
    )


def without(drawn: WeightedDraws, log_density: FloatArray) -> LeftOut:
    """Return the weights of the draws once log densities are divided out.

    Parameters
    ----------
    drawn : weighted draws.
    log_density : (m, sets) log density under each draw of what is left out: columns of ``log_likelihood`` or sums of
        them; differences of log densities where data are changed and not left out.
    """
    with np.errstate(divide="ignore"):
        base = np.log(drawn.weight)
    smoothed = [smooth(base - column) for column in log_density.T]
    weight = np.stack([one.weight for one in smoothed], axis=1)
    inside = weight * np.exp(log_density - log_density.max(axis=0))
    elpd = np.log(inside.sum(axis=0)) + log_density.max(axis=0)
    return LeftOut(weight, np.array([one.k for one in smoothed]), np.asarray(elpd))
