"""Levels given the other covariates: logistic regression of two, cumulative of ordered, multinomial of nominal ones.

Coefficients are drawn from the normal approximation at the mode, by Fisher scoring, under normal priors with SD 2.5 for
slopes (per level, or per SD of a number) and 10 for intercepts: separation, common at 79 patients, then has a mode.
Gelman, Jakulin, Pittau & Su 2008, Ann Appl Stat 2:1360.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray, IntArray

SLOPE_SD, INTERCEPT_SD = 2.5, 10.0
STEPS, HALVINGS, CLOSE = 50, 20, 1e-8
LEAST = 1e-12

type Probabilities = Callable[[FloatArray], tuple[FloatArray, FloatArray]]


@dataclass(frozen=True, slots=True)
class Regression:
    """A regression of levels.

    Attributes
    ----------
    probabilities : of parameters (k,): those of each level (n, L), and their derivatives (n, L, k).
    prior_sd : (k,) of each parameter.
    """

    probabilities: Probabilities
    prior_sd: FloatArray

    def log_posterior(self, theta: FloatArray, level: IntArray) -> float:
        """Return the log posterior density without its constant."""
        p = self.probabilities(theta)[0][np.arange(level.size), level]
        return float(np.log(np.maximum(p, LEAST)).sum() - 0.5 * ((theta / self.prior_sd) ** 2).sum())

    def slope(self, theta: FloatArray, level: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return score (k,) and expected information (k, k), the prior's included."""
        p, d = self.probabilities(theta)
        scaled = d / np.maximum(p, LEAST)[:, :, None]
        score = scaled[np.arange(level.size), level].sum(axis=0) - theta / self.prior_sd**2
        return score, np.einsum("nlk,nlm->km", scaled, d) + np.diag(self.prior_sd**-2.0)


def multinomial(x: FloatArray, levels: int) -> Regression:
    """Return the regression of nominal levels: log odds of each over the first are linear; of two levels logistic."""
    n, q = x.shape

    def probabilities(theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        eta = np.column_stack([np.zeros(n), x @ theta.reshape(levels - 1, q).T])
        p = np.exp(eta - eta.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        own = p[:, :, None] * (np.eye(levels)[None, :, 1:] - p[:, None, 1:])
        return p, (own[:, :, :, None] * x[:, None, None, :]).reshape(n, levels, -1)

    return Regression(probabilities, np.tile(prior_sds(q), levels - 1))


def cumulative(x: FloatArray, levels: int) -> Regression:
    """Return the regression of ordered levels: logit P(level <= l) = c_l - x b, c_1 and log(c_l - c_{l-1}) free."""
    n, gaps = x.shape[0], levels - 2
    slopes = x[:, 1:]

    def probabilities(theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        steps = np.exp(theta[1 : 1 + gaps])
        cuts = theta[0] + np.append(0.0, np.cumsum(steps))
        below = 1.0 / (1.0 + np.exp(-(cuts - (slopes @ theta[1 + gaps :])[:, None])))
        density = below * (1.0 - below)
        by_cut = np.zeros((levels - 1, theta.size))
        by_cut[:, 0] = 1.0
        for k in range(gaps):
            by_cut[k + 1 :, 1 + k] = steps[k]
        d = density[:, :, None] * by_cut
        d[:, :, 1 + gaps :] = -density[:, :, None] * slopes[:, None, :]
        edge, flat = np.zeros((n, 1)), np.zeros((n, 1, theta.size))
        p = np.diff(np.concatenate([edge, below, edge + 1.0], axis=1), axis=1)
        return p, np.diff(np.concatenate([flat, d, flat], axis=1), axis=1)

    intercepts = np.append(INTERCEPT_SD, np.full(gaps, SLOPE_SD))
    return Regression(probabilities, np.append(intercepts, np.full(slopes.shape[1], SLOPE_SD)))


def prior_sds(q: int) -> FloatArray:
    """Return the prior SDs of an intercept and its slopes."""
    return np.append(INTERCEPT_SD, np.full(q - 1, SLOPE_SD))


def mode(model: Regression, level: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return the posterior mode (k,) and the information there (k, k): Fisher scoring with halved steps."""
    theta = np.zeros(model.prior_sd.size)
    value = model.log_posterior(theta, level)
    for _ in range(STEPS):
        score, information = model.slope(theta, level)
        step = np.linalg.solve(information, score)
        for _ in range(HALVINGS):
            new = model.log_posterior(theta + step, level)
            if new >= value:
                break
            step = step / 2.0
        theta, gained, value = theta + step, new - value, new
        if abs(gained) < CLOSE:
            break
    return theta, model.slope(theta, level)[1]


def draw_probabilities(
    x: FloatArray, level: IntArray, levels: int, *, ordered: bool, rng: np.random.Generator
) -> FloatArray:
    """Return the probability of each level (n, L) under coefficients drawn from their posterior.

    Parameters
    ----------
    x : (n, q) predictors, the first column 1.
    level : (n,) places of the levels, 0 to L - 1, complete.
    """
    model = cumulative(x, levels) if ordered and levels > 2 else multinomial(x, levels)
    centre, information = mode(model, level)
    root = np.linalg.cholesky(information)
    return model.probabilities(centre + np.linalg.solve(root.T, rng.standard_normal(centre.size)))[0]
