"""Draws from the mixture that stands in for the posterior, and their importance weights against the exact density.

A draw takes a node of the grid, a place in the node's box, the conditional mode there (``grid_cells``) and a
multivariate t step with the node's covariance, from numbers that fill the space more evenly than random ones do
(``quasi_random``).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from escc_bayes.bayes.laplace.grid_cells import GridCells, allocated, jittered
from escc_bayes.bayes.model.likelihood.with_terms import WithTerms
from escc_bayes.bayes.modes.coordinates import log_prior, log_scales, log_shape, predictors
from escc_bayes.bayes.modes.grid import Grid
from escc_bayes.bayes.modes.modes import Target
from escc_bayes.bayes.numeric.quasi_random import Numbers
from escc_bayes.hazard.matrix_product import ONE_THREAD, on_one_thread
from escc_bayes.hazard.piecewise import FloatArray, IntArray

# Degrees of freedom of the t steps: 4 + d within these. Tails cost few draws in low dimensions and many in high ones.
DEGREES = (5.0, 12.0)
# Draws times patterns, and draws, that are weighed at once: what fits the cache, and no more memory than that.
CHUNK, LEAST_ROWS, MOST_ROWS = 2**17, 4, 4096


@dataclass(frozen=True, slots=True)
class Shift:
    """A change of the standardised steps, learned from a first round: t' = ``mean`` + ``spread`` t.

    ``spread`` is upper triangular, as the factors of the nodes are; ``freedom`` the degrees of freedom of t.
    """

    mean: FloatArray
    spread: FloatArray
    freedom: float


@dataclass(frozen=True, slots=True)
class Proposed:
    """Weighted draws.

    Attributes
    ----------
    x, u : (m, d) latents and (m, h) hyperparameters.
    log_weight : (m,) log exact density minus log proposal density; the mean of their exponentials is the
        marginal likelihood.
    log_density : (m,) log exact density in (x, u).
    steps : (m, d') standardised steps from the mode.
    node : (m,) nodes.
    """

    x: FloatArray
    u: FloatArray
    log_weight: FloatArray
    log_density: FloatArray
    steps: FloatArray
    node: IntArray


def learned(steps: FloatArray, weight: FloatArray, effective: float, freedom: float) -> Shift:
    """Return mean and spread of weighted steps (m, d), shrunk towards the standard ones.

    The prior guess counts as 2 d draws for the mean and as d squared draws for the covariance.
    """
    d = steps.shape[1]
    mean = weight @ steps
    apart = steps - mean
    trust = effective / (effective + d * d)
    spread = trust * np.einsum("ij,ik->jk", weight[:, None] * apart, apart) + (1.0 - trust) * np.eye(d)
    upper = np.linalg.cholesky(spread[::-1, ::-1])[::-1, ::-1]
    return Shift(mean * effective / (effective + 2.0 * d), upper, freedom)


def propose(
    target: Target,
    grid: Grid,
    held: GridCells,
    numbers: Numbers,
    rng: np.random.Generator,
    shift: Shift | None = None,
) -> Proposed:
    """Draw from the proposal and weigh the draws.

    Parameters
    ----------
    target : coordinates and data.
    grid, held : nodes and their boxes.
    numbers : of the draws; their steps have the dimensions of ``moved``.
    rng : of gamma rates.
    shift : change of the standardised steps; None: none.
    """
    node = allocated(held.share, len(numbers.steps), numbers.place)
    delta, log_q = jittered(held, node, numbers.jitter)
    u = grid.modes.u[node] + delta * grid.step
    steps = numbers.steps
    log_q = log_q + numbers.log_t
    if shift is not None:
        steps = shift.mean + on_one_thread(steps, shift.spread.T)
        log_q -= np.log(np.diagonal(shift.spread)).sum()
    x, scales, log_volume = placed(target, grid, held, node, delta, u, steps)
    log_q -= log_volume
    log_p = weighed(target, x, u, scales, log_q, rng)
    return Proposed(x, u, log_p - log_q, log_p, steps, node)


def moved(target: Target) -> int:
    """Return the number of latents that are moved by t steps: all but gamma rates that have their own draws."""
    return target.coords.latents - (target.coords.pieces if conjugate(target) else 0)


def conjugate(target: Target) -> bool:
    """Whether rates have an exact conditional: a gamma prior, and events with their months alone."""
    return target.coords.gamma is not None and not isinstance(target.data, WithTerms)


def degrees(dimensions: int) -> float:
    """Return the degrees of freedom of steps in so many dimensions."""
    return float(np.clip(4.0 + dimensions, *DEGREES))


def placed(
    target: Target,
    grid: Grid,
    held: GridCells,
    node: IntArray,
    delta: FloatArray,
    u: FloatArray,
    steps: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return latents (m, d), log scales at u (m, d) and the log volume of a step (m,).

    With gamma rates the steps are those of the other latents; the rates are drawn later.
    """
    first = target.coords.latents - steps.shape[1]
    scales = log_scales(target.coords, u)
    varied = np.flatnonzero(held.centring.any(axis=0))
    own, at_node, centring = scales[:, varied], held.scales[:, varied], held.centring[:, varied]
    features = np.concatenate([np.ones((node.size, 1)), delta, delta**2, steps], axis=1)
    x = moved_along(grid, held, node, features, first)
    stretch = centring[node] * (at_node[node] - own)
    x[:, varied] *= np.exp(stretch)
    roots = np.log(np.diagonal(grid.modes.factor, axis1=1, axis2=2)[:, first:]).sum(axis=1)
    return x, scales, roots[node] + stretch.sum(axis=1)


def moved_along(grid: Grid, held: GridCells, node: IntArray, features: FloatArray, first: int) -> FloatArray:
    """Return latents (m, d) before the scales: mode, bends and steps of each draw's node times its features (m, f).

    One product for each node, and nodes with as many draws in one call: many nodes have a handful each.
    """
    m, f = features.shape
    found = np.empty((m, grid.modes.x.shape[1]))
    counts = np.bincount(node, minlength=len(held.share))
    starts = np.cumsum(counts) - counts
    for count in np.unique(counts[counts > 0]):
        alike = np.flatnonzero(counts == count)
        together = max(1, ONE_THREAD // (f * found.shape[1]))
        for low in range(0, alike.size, together):
            nodes = alike[low : low + together]
            rows = starts[nodes][:, None] + np.arange(count)
            along = directions(grid, held, nodes, first)
            if count * f * found.shape[1] > ONE_THREAD:
                for of_node, matrix in zip(rows, along, strict=True):
                    found[of_node] = on_one_thread(features[of_node], matrix)
            else:
                found[rows] = features[rows] @ along
    return found


def directions(grid: Grid, held: GridCells, nodes: IntArray, first: int) -> FloatArray:
    """Return mode, linear and quadratic bends and the factor's columns from ``first`` of some nodes, (n, f, d)."""
    across = grid.modes.factor[nodes, :, first:].transpose(0, 2, 1)
    return np.concatenate([grid.modes.x[nodes, None], held.bend[nodes, :, 0], held.bend[nodes, :, 1], across], axis=1)


def weighed(
    target: Target, x: FloatArray, u: FloatArray, scales: FloatArray, log_q: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Return the log exact density of draws (m,); gamma rates are drawn first, and ``log_q`` gains their density."""
    coords, data = target.coords, target.data
    found = np.empty(x.shape[0])
    along = data.along(log_shape(coords, u))
    rows = int(np.clip(CHUNK // data.width, LEAST_ROWS, MOST_ROWS))
    for low in range(0, x.shape[0], rows):
        part = slice(low, low + rows)
        if conjugate(target):
            draw_rates(target, x[part], u[part], scales[part], log_q[part], rng)
        psi = predictors(coords, x[part], u[part], scales[part])
        # A draw whose hazard overflows has density 0, which is its right value.
        with np.errstate(over="ignore", invalid="ignore"):
            value = along(part).value(psi)
        found[part] = np.where(np.isnan(value), -np.inf, value)
    return found + log_prior(coords, x, u)


def draw_rates(
    target: Target, x: FloatArray, u: FloatArray, scales: FloatArray, log_q: FloatArray, rng: np.random.Generator
) -> None:
    """Draw the log rates of independent gamma pieces from their exact conditional, in place.

    rate_k | beta ~ Gamma(shape + events_k, rate + sum_c E_ck exp(x_c beta)).
    """
    coords, data = target.coords, target.data
    assert coords.gamma is not None
    beta = predictors(coords, x, u, scales)[:, : coords.columns]
    rate = coords.gamma.rate + data.spent(beta)
    shape = coords.gamma.shape + data.piece_events
    drawn = rng.standard_gamma(np.broadcast_to(shape, rate.shape))
    # A gamma variable with a small shape can underflow; its logarithm then is as good as any so low.
    log_drawn = np.log(np.maximum(drawn, np.finfo(float).tiny))
    x[:, : coords.pieces] = log_drawn - np.log(rate)
    log_q += (shape * log_drawn - drawn - gammaln(shape)).sum(axis=1)
