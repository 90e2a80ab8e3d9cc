"""Conditional modes of the latents, many hyperparameter values at once: Newton on a log-concave density.

Given u the log joint density f(x) has gradient g = T'l' - x and negative Hessian H = T'(-l'')T + 1 (a gamma prior
on a log rate takes the place of the 1). H is positive definite, so Newton with step halving finds the one mode.
Laplace mass: log integral exp f dx is about f(mode) + d/2 log(2 pi) - log|H|/2. Tierney & Kadane 1986, JASA 81:82.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from escc_bayes.bayes.model.likelihood.protocol import Cells, Likelihood
from escc_bayes.bayes.model.likelihood.with_terms import WithTerms
from escc_bayes.bayes.modes.coordinates import Coordinates, loadings, log_gamma_prior, log_shape
from escc_bayes.hazard.piecewise import FloatArray, IntArray

# Half the squared Newton decrement is what a step would still gain; a mode this close is close enough,
# because importance weights correct the rest.
CLOSE = 1e-5
ROUNDS = 100
# The least curvature of a direction beside the largest, where a density is not concave.
FLATTEST = 1e-8
LOG_SQRT_2PI = 0.5 * float(np.log(2.0 * np.pi))


@dataclass(frozen=True, slots=True)
class Target:
    """A joint density: coordinates and the cells of the likelihood."""

    coords: Coordinates
    data: Cells


@dataclass(frozen=True)
class Modes:
    """Conditional modes at n values of the hyperparameters.

    Attributes
    ----------
    u : (n, h) hyperparameters.
    x : (n, d) modes.
    lower : (n, d, d) lower triangular L with L L' = H.
    log_mass : (n,) Laplace approximation of the log marginal density of u.
    """

    u: FloatArray
    x: FloatArray
    lower: FloatArray
    log_mass: FloatArray

    @cached_property
    def factor(self) -> FloatArray:
        """(n, d, d) upper triangular R with R R' = inverse of H; made only for the nodes that are kept."""
        return np.linalg.inv(self.lower).transpose(0, 2, 1)


@dataclass(frozen=True, slots=True)
class Conditional:
    """The densities in x of n values of u."""

    target: Target
    loading: FloatArray
    offset: FloatArray
    likelihood: Likelihood

    def only(self, keep: IntArray) -> "Conditional":
        """Return the densities of some values of u."""
        return Conditional(self.target, self.loading[keep], self.offset[keep], self.likelihood.only(keep))

    def evaluate(self, x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return f (n,), its gradient (n, d) and H (n, d, d) at x (n, d), without the prior of u."""
        psi = (self.loading @ x[:, :, None])[:, :, 0] + self.offset
        with np.errstate(over="ignore", invalid="ignore"):
            found = self.likelihood.derivatives(psi)
            across = self.loading.transpose(0, 2, 1)
            gradient = (across @ found.gradient[:, :, None])[:, :, 0]
            information = across @ found.information @ self.loading
            value, gradient, information = with_prior(self.target.coords, x, found.value, gradient, information)
        # A span over several pieces is not concave: it does not say in which of them the event lies.
        return value, gradient, positive(information) if isinstance(self.target.data, WithTerms) else information


def positive(information: FloatArray) -> FloatArray:
    """Return matrices (n, d, d) with eigenvalues that are not positive turned round: a Newton step then still climbs.

    Nocedal & Wright 2006, Numerical Optimization, section 3.4.

    Examples
    --------
    >>> positive(np.array([[[2.0, 0.0], [0.0, -3.0]]])).tolist()
    [[[2.0, 0.0], [0.0, 3.0]]]
    """
    try:
        np.linalg.cholesky(information)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(np.nan_to_num(information))
        values = np.maximum(np.abs(values), FLATTEST * np.abs(values).max(axis=1, keepdims=True))
        return np.asarray((vectors * values[:, None, :]) @ vectors.transpose(0, 2, 1))
    return information


def with_prior(
    coords: Coordinates, x: FloatArray, value: FloatArray, gradient: FloatArray, information: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Add the log prior of x and its derivatives."""
    d = coords.latents
    first = 0 if coords.gamma is None else coords.pieces
    value = value - 0.5 * (x[:, first:] ** 2).sum(axis=1) - LOG_SQRT_2PI * (d - first)
    gradient[:, first:] -= x[:, first:]
    curvature = np.ones((x.shape[0], d))
    if coords.gamma is not None:
        rates = np.exp(x[:, :first])
        value = value + log_gamma_prior(coords.gamma, x[:, :first])
        gradient[:, :first] += coords.gamma.shape - coords.gamma.rate * rates
        curvature[:, :first] = coords.gamma.rate * rates
    diagonal = np.arange(d)
    information[:, diagonal, diagonal] += curvature
    return value, gradient, information


def problem_at(target: Target, u: FloatArray) -> Conditional:
    """Return the conditional densities at u (n, h)."""
    loading, offset = loadings(target.coords, u)
    return Conditional(target, loading, offset, target.data.given(log_shape(target.coords, u)))


def start(target: Target) -> FloatArray:
    """Return a first guess (1, d): 0, the prior mean; log rates with a gamma prior at their crude posterior mean."""
    coords, data = target.coords, target.data
    x = np.zeros((1, coords.latents))
    if coords.gamma is not None:
        events = coords.gamma.shape + data.piece_events
        x[0, : coords.pieces] = np.log(events / (coords.gamma.rate + data.piece_months))
    return x


def find_modes(target: Target, u: FloatArray, x: FloatArray) -> Modes:
    """Return the conditional modes at u (n, h), sought from x (n, d).

    Newton steps are shortened to a quarter until the density rises; after that, values of u that are done drop out.
    """
    problem = problem_at(target, u)
    x = x.copy()
    value, gradient, information = problem.evaluate(x)
    step = np.linalg.solve(information, gradient[:, :, None])[:, :, 0]
    gain = 0.5 * (step * gradient).sum(axis=1)
    length = np.ones(len(x))
    active: IntArray = np.flatnonzero(gain > CLOSE).astype(np.int64)
    for _ in range(ROUNDS):
        if active.size == 0:
            break
        tried = x[active] + length[active, None] * step[active]
        here = problem if active.size == len(x) else problem.only(active)
        new_value, new_gradient, new_information = here.evaluate(tried)
        rises = new_value >= value[active] - 1e-9 * np.abs(value[active])
        moved = active
        if not rises.all():
            length[active[~rises]] /= 4.0
            moved, tried, new_value = active[rises], tried[rises], new_value[rises]
            new_gradient, new_information = new_gradient[rises], new_information[rises]
        x[moved], value[moved], length[moved], information[moved] = tried, new_value, 1.0, new_information
        ahead = np.linalg.solve(new_information, new_gradient[:, :, None])[:, :, 0]
        step[moved], gain[moved] = ahead, 0.5 * (ahead * new_gradient).sum(axis=1)
        active = active[gain[active] > CLOSE]
    return finished(u, x + step, value + gain, information)


def finished(u: FloatArray, x: FloatArray, value: FloatArray, information: FloatArray) -> Modes:
    """Return modes with the factors of their covariance and the Laplace masses."""
    d, h = x.shape[1], u.shape[1]
    lower = np.linalg.cholesky(information)
    log_root = np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
    prior = -0.5 * (u**2).sum(axis=1) - h * LOG_SQRT_2PI
    return Modes(u, x, lower, value + prior + d * LOG_SQRT_2PI - log_root)
