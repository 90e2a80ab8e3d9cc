"""The coordinates in which the engine ``laplace`` works: latent x and hyperparameters u, all standard normal a priori.

Given u, log hazard ratios beta and log rates are linear in x: psi = (beta, log rates) = T(u) x + o(u). Symbols:

normal             b = m + s x
half-normal sd     sd = s Q(u), Q the half-normal quantile function after Phi: sqrt(2) erfinv(Phi(u))
half-Cauchy scale  s C(u), C the half-Cauchy quantile function after Phi: tan(pi Phi(u) / 2)
z                  z = x, and T holds sd
log shape          kappa = m + s u
simplex of shares  stick breaking: 1 - v_j = (1 - Phi(u_j))^(1 / (steps - j)); uniform on the simplex
gamma rates        x = log rate, with its gamma prior
log gamma z        z = x, with the density of ``numeric/log_gamma``; counted as a normal but in ``log_prior``

Which of them a plan has is laid out in ``layout``. See docs/methods/laplace.md.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import erfcinv, erfinv, gammaln, ndtr

from escc_bayes.bayes.numeric.log_gamma import beside_normal
from escc_bayes.hazard.matrix_product import on_one_thread
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.prior import Gamma

SQRT2 = float(np.sqrt(2.0))
LOG_SQRT_2PI = 0.5 * float(np.log(2.0 * np.pi))
# Keeps a ratio to the SD of a frailty a number where that is 0 to the last digit.
LEAST_SD = 1e-150


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale ``name`` = ``sd`` Q(u) that multiplies latents ``start`` to ``stop``, as others may too.

    ``cauchy``: ``sd`` C(u). Several of one name are the elements of one parameter.
    """

    name: str
    sd: float
    start: int
    stop: int
    cauchy: bool = False

    def values(self, u: FloatArray) -> FloatArray:
        """Return the scale from its coordinate u, of any shape."""
        return self.sd * (half_cauchy_score(u) if self.cauchy else half_normal_score(u))


@dataclass(frozen=True, slots=True)
class Slab:
    """The product s of the scales of latents ``start`` to ``stop`` is limited to 1 / sqrt(1 / s^2 + 1 / ``sd``^2)."""

    start: int
    stop: int
    sd: float


@dataclass(frozen=True, slots=True)
class Frailty:
    """Latents ``start`` to ``stop`` are log gammas over their SD, the scale that is hyperparameter ``hyper``."""

    hyper: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Shape:
    """The log shape of a Weibull baseline, ``mean`` + ``sd`` u."""

    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class Stick:
    """One break of the simplex ``name``, with ``remaining`` steps after it."""

    name: str
    remaining: int


type Hyper = Scale | Shape | Stick


@dataclass(frozen=True, slots=True)
class Parameter:
    """A free parameter that is linear in latents: ``mean`` + ``sd`` x[start:stop]."""

    name: str
    start: int
    stop: int
    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class Shares:
    """A simplex ``name``, one share for each of ``steps``: sticks from hyperparameter ``first`` on.

    Rows ``start`` to ``stop`` of psi hold the shares up to the steps ``ranks``, counted from 1; the last is the whole.
    """

    name: str
    start: int
    stop: int
    first: int
    ranks: tuple[int, ...]

    @property
    def steps(self) -> int:
        """Number of shares."""
        return self.ranks[-1]


@dataclass(frozen=True, slots=True)
class Coordinates:
    """How x (d,) and u (h,) become parameters of a plan.

    Attributes
    ----------
    loading, offset : (q, d) and (q,), psi = (loading scaled by u) x + offset; rows of a simplex times its
        cumulative shares. q = columns + pieces (for Weibull strata) + besides.
    hypers : what each u stands for.
    parameters : the free parameters that are linear in x.
    simplexes : the shares of ordered effects.
    gamma : prior of the first latents where they are log rates of independent pieces; else None.
    pieces : rows of psi after the columns, those of the baseline; the first latents.
    log_weight : log prior weight of this component of the priors that are mixtures.
    slabs : limits of the scales of some latents.
    frailties : latents that are no normals but logarithms of gamma variables.
    besides : rows of psi after those of the baseline.
    """

    loading: FloatArray
    offset: FloatArray
    hypers: tuple[Hyper, ...]
    parameters: tuple[Parameter, ...]
    simplexes: tuple[Shares, ...]
    gamma: Gamma | None
    pieces: int
    log_weight: float
    slabs: tuple[Slab, ...] = ()
    frailties: tuple[Frailty, ...] = ()
    besides: int = 0

    @property
    def shapes(self) -> int:
        """Number of shapes of a Weibull baseline; 0 of pieces."""
        return sum(isinstance(hyper, Shape) for hyper in self.hypers)

    @property
    def latents(self) -> int:
        """Number of latents d."""
        return int(self.loading.shape[1])

    @property
    def columns(self) -> int:
        """Number of log hazard ratios."""
        return int(self.loading.shape[0]) - self.pieces - self.besides


def half_normal_score(u: FloatArray) -> FloatArray:
    """Return Q(u), which turns a standard normal into a standard half-normal variable.

    Examples
    --------
    >>> half_normal_score(np.array([0.0])).round(4)
    array([0.6745])
    """
    tail, below = ndtr(-np.abs(u)), u < 0.0
    found = np.empty(tail.shape)
    erfinv(tail, out=found, where=below)
    erfcinv(tail, out=found, where=~below)
    return found * SQRT2


def half_cauchy_score(u: FloatArray) -> FloatArray:
    """Return C(u), which turns a standard normal into a standard half-Cauchy variable.

    Examples
    --------
    >>> half_cauchy_score(np.array([0.0])).round(4)
    array([1.])
    """
    tail = np.tan(0.5 * np.pi * ndtr(-np.abs(u)))
    return np.where(u < 0.0, tail, 1.0 / tail)


def log_scales(coords: Coordinates, u: FloatArray) -> FloatArray:
    """Return log sd of what multiplies each latent, (n, d) from u (n, h); 0 where nothing does."""
    found = np.zeros((u.shape[0], coords.latents))
    for h, hyper in enumerate(coords.hypers):
        if isinstance(hyper, Scale):
            found[:, hyper.start : hyper.stop] += np.log(hyper.values(u[:, [h]]))
    for slab in coords.slabs:
        product = found[:, slab.start : slab.stop]
        product -= 0.5 * np.logaddexp(0.0, 2.0 * (product - np.log(slab.sd)))
    return found


def shares(simplex: Shares, u: FloatArray) -> FloatArray:
    """Return the shares (n, steps) of a simplex from u (n, h)."""
    steps = simplex.steps
    left = np.ones(u.shape[0])
    found = np.empty((u.shape[0], steps))
    for j in range(steps - 1):
        kept = ndtr(-u[:, simplex.first + j]) ** (1.0 / (steps - 1 - j))
        found[:, j] = left * (1.0 - kept)
        left = left * kept
    found[:, -1] = left
    return found


def row_factors(coords: Coordinates, u: FloatArray) -> FloatArray | None:
    """Return what multiplies each row of psi, (n, q): cumulative shares of ordered effects; None without any."""
    if not coords.simplexes:
        return None
    found = np.ones((u.shape[0], coords.offset.size))
    for simplex in coords.simplexes:
        found[:, simplex.start : simplex.stop] = np.cumsum(shares(simplex, u), axis=1)[:, np.array(simplex.ranks) - 1]
    return found


def loadings(coords: Coordinates, u: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return T(u) (n, q, d) and o(u) (n, q)."""
    matrix = coords.loading * np.exp(log_scales(coords, u))[:, None, :]
    offset = np.broadcast_to(coords.offset, (u.shape[0], coords.offset.size))
    factors = row_factors(coords, u)
    if factors is None:
        return matrix, offset
    return matrix * factors[:, :, None], offset * factors


def predictors(coords: Coordinates, x: FloatArray, u: FloatArray, scales: FloatArray) -> FloatArray:
    """Return psi (n, q) of draws x (n, d), u (n, h) with their log scales (n, d)."""
    psi = on_one_thread(x * np.exp(scales), coords.loading.T) + coords.offset
    factors = row_factors(coords, u)
    return psi if factors is None else psi * factors


def log_shape(coords: Coordinates, u: FloatArray) -> FloatArray | None:
    """Return the Weibull log shapes (n, strata), or None for piecewise baselines."""
    found = [hyper.mean + hyper.sd * u[:, h] for h, hyper in enumerate(coords.hypers) if isinstance(hyper, Shape)]
    return np.stack(found, axis=1) if found else None


def log_prior(coords: Coordinates, x: FloatArray, u: FloatArray) -> FloatArray:
    """Return the log prior density of draws in these coordinates, (n,)."""
    free = x if coords.gamma is None else x[:, coords.pieces :]
    total = coords.log_weight - 0.5 * (free**2).sum(axis=1) - 0.5 * (u**2).sum(axis=1)
    total -= LOG_SQRT_2PI * (free.shape[1] + u.shape[1])
    for frailty in coords.frailties:
        total += log_frailties(coords, frailty, x, u)
    return total if coords.gamma is None else total + log_gamma_prior(coords.gamma, x[:, : coords.pieces])


def log_frailties(coords: Coordinates, frailty: Frailty, x: FloatArray, u: FloatArray) -> FloatArray:
    """Return by how much the log density of log gammas differs from that of the normals that they are counted as, (n,).

    A frailty whose exponential overflows has density 0.
    """
    scale = coords.hypers[frailty.hyper]
    assert isinstance(scale, Scale)
    sd = np.maximum(scale.values(u[:, [frailty.hyper]]), LEAST_SD)
    with np.errstate(over="ignore"):
        return np.asarray(beside_normal(sd * x[:, frailty.start : frailty.stop], sd).sum(axis=1))


def log_gamma_prior(gamma: Gamma, log_rates: FloatArray) -> FloatArray:
    """Return the log density of log rates (n, pieces) whose exponentials are gamma, (n,)."""
    constant = log_rates.shape[1] * (gamma.shape * np.log(gamma.rate) - gammaln(gamma.shape))
    return np.asarray(constant + gamma.shape * log_rates.sum(axis=1) - gamma.rate * np.exp(log_rates).sum(axis=1))


def parameter_values(coords: Coordinates, x: FloatArray, u: FloatArray) -> dict[str, FloatArray]:
    """Return the free parameters of ``bayes/model/parameters.py``, (n, size) by name."""
    found = {p.name: p.mean + p.sd * x[:, p.start : p.stop] for p in coords.parameters}
    for h, hyper in enumerate(coords.hypers):
        if isinstance(hyper, Scale):
            before = [found[hyper.name]] if hyper.name in found else []
            found[hyper.name] = np.concatenate([*before, hyper.values(u[:, [h]])], axis=1)
    shapes = log_shape(coords, u)
    if shapes is not None:
        found["log_shape"] = shapes
    for simplex in coords.simplexes:
        found[simplex.name] = shares(simplex, u)
    return found
