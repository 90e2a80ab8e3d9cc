"""A binary confounder that nobody measured, inside the model: summed over, patient by patient.

U_i is 1 with probability p_i, which depends on the group, and multiplies the hazard by gamma. Given baseline and
effects a patient with events d and cumulative hazard H (at U = 0) contributes (1 - p) exp(-H) + p gamma^d
exp(-gamma H). The maximum with the model's priors is found by Newton steps, SDs, shares and shape as at their mode;
the information is the complete one less what U hides (Louis 1982, J R Stat Soc B 44:226). docs/methods/confounding.md.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from escc_bayes.bayes.laplace import laplace
from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.modes.coordinates import loadings
from escc_bayes.foundation.errors import SamplingError
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.sensitivity.poisson_data import poisson_data
from escc_bayes.spec.plan import ModelPlan

STEPS, CLOSE = 40, 1e-8


@dataclass(frozen=True, slots=True)
class Found:
    """Mode of log hazard ratios and log rates (q,), their covariance (q, q), and the log evidence (Laplace)."""

    psi: FloatArray
    covariance: FloatArray
    log_evidence: float


@dataclass(frozen=True, slots=True)
class Hidden:
    """A plan's data and priors, ready for a hidden confounder.

    Attributes
    ----------
    columns : (n, p) centred.
    events, exposure : (n, k) of each patient in each piece, unweighted.
    weight : (n,).
    loading, offset : psi = loading @ x + offset, x standard normal.
    start : (d,) x at the mode without a confounder.
    """

    columns: FloatArray
    events: FloatArray
    exposure: FloatArray
    weight: FloatArray
    loading: FloatArray
    offset: FloatArray
    start: FloatArray

    def with_confounder(self, prevalence: FloatArray, log_gamma: float) -> Found:
        """Return the mode when the confounder has a prevalence (n,) and multiplies the hazard by exp(log_gamma)."""
        x = self.start
        value, gradient, information = self.likelihood(x, prevalence, log_gamma)
        for _ in range(STEPS):
            step = np.linalg.solve(positive(information), gradient)
            for _ in range(30):
                # A step too long overflows: no number is no rise, and the step is halved.
                with np.errstate(over="ignore", invalid="ignore"):
                    ahead = self.likelihood(x + step, prevalence, log_gamma)
                if ahead[0] >= value - 1e-12:
                    break
                step = step / 2.0
            gain = float(gradient @ step)
            x = x + step
            value, gradient, information = ahead
            if gain < CLOSE:
                break
        inverse = np.linalg.inv(positive(information))
        _, log_det = np.linalg.slogdet(inverse)
        return Found(
            self.loading @ x + self.offset, self.loading @ inverse @ self.loading.T, float(value + 0.5 * log_det)
        )

    def likelihood(self, x: FloatArray, p: FloatArray, log_gamma: float) -> tuple[float, FloatArray, FloatArray]:
        """Return log posterior density, gradient (d,) and negative Hessian (d, d) at x."""
        psi, width = self.loading @ x + self.offset, self.columns.shape[1]
        log_rate = psi[width:] + (self.columns @ psi[:width])[:, None]
        hazard = self.exposure * np.exp(log_rate)
        spent, died = hazard.sum(axis=1), self.events.sum(axis=1)
        extra = np.expm1(log_gamma)
        one = expit(logit(p) + log_gamma * died - extra * spent)
        # log((1 - p) exp(-H) + p gamma^d exp(-gamma H)), from the larger of both.
        mixed = np.logaddexp(np.log1p(-p) - spent, np.log(p) + log_gamma * died - (1.0 + extra) * spent)
        value = self.weight @ ((self.events * log_rate).sum(axis=1) + mixed)
        times = self.weight * (1.0 + one * extra)
        residual = self.weight[:, None] * self.events - times[:, None] * hazard
        score = np.concatenate([self.columns.T @ residual.sum(axis=1), residual.sum(axis=0)])
        # What a patient's cumulative hazard gains from each parameter, (n, q).
        gains = np.concatenate([spent[:, None] * self.columns, hazard], axis=1)
        hidden = self.weight * one * (1.0 - one) * extra**2
        information = self.complete(times, hazard) - gains.T @ (hidden[:, None] * gains)
        own = self.loading.T @ information @ self.loading + np.eye(x.size)
        return float(value - 0.5 * x @ x), self.loading.T @ score - x, own

    def complete(self, times: FloatArray, hazard: FloatArray) -> FloatArray:
        """Return the information (q, q) of patients whose hazards are multiplied by ``times`` (n,)."""
        expected = times[:, None] * hazard
        among = self.columns.T @ (expected.sum(axis=1)[:, None] * self.columns)
        crossed = self.columns.T @ expected
        return np.block([[among, crossed], [crossed.T, np.diag(expected.sum(axis=0))]])


def positive(information: FloatArray) -> FloatArray:
    """Return a matrix as it is where it is positive definite, else with its negative curvature turned round."""
    values, vectors = np.linalg.eigh(information)
    if values[0] > 0.0:
        return information
    return np.asarray((vectors * np.maximum(np.abs(values), 1e-6)) @ vectors.T)


def hidden_of(plan: ModelPlan) -> Hidden | None:
    """Return a plan's data and priors at the mode of its SDs, shares and shape.

    None where rates have gamma priors, and where there are more SDs and shares than a grid of nodes holds.
    """
    try:
        parts = laplace.explored(plan, cells_of(plan))
    except SamplingError:
        return None
    part = max(parts, key=lambda one: one.share)
    if part.target.coords.gamma is not None:
        return None
    best = int(np.argmax(part.grid.modes.log_mass))
    loading, offset = loadings(part.target.coords, part.grid.modes.u[[best]])
    data = poisson_data(plan)
    weight = plan.rows.weight
    each = np.where(weight > 0.0, weight, 1.0)[:, None]
    return Hidden(
        plan.design.centred,
        data.whole(data.events) / each,
        data.whole(data.exposure) / each,
        weight,
        loading[0],
        offset[0],
        part.grid.modes.x[best],
    )
