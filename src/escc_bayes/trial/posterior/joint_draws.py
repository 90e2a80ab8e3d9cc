"""Joint draws of log hazard ratio and hazards of one trial in pieces, from their exact posterior."""

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.mixture import NormalMixture
from escc_bayes.trial.looks.sufficient_statistics import ArmData
from escc_bayes.trial.posterior.exact_posterior import SHARE, GammaBaseline, integrals, log_density, mode, reach

# Points of the grid on which one posterior is inverted.
GRID = 2001
NODES = 60


def posterior_draws(
    data: ArmData, prior: NormalMixture, baseline: GammaBaseline, count: int, generator: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Draw log hazard ratio (count,) and hazards (count, J) of one trial from their exact joint posterior."""
    weights = integrals(data, prior, baseline, np.zeros(1), NODES)[1][0]
    part = generator.choice(weights.size, size=count, p=weights / weights.sum())
    unit, beta = generator.random(count), np.empty(count)
    for k in range(weights.size):
        here = part == k
        if here.any():
            beta[here] = inverse_cdf(data, baseline, float(prior.means[k]), float(prior.sds[k]), unit[here])
    share = SHARE[baseline.at]
    exposure = data.control_months * np.exp(-share * beta)[:, None]
    exposure = exposure + data.treated_months * np.exp((1.0 - share) * beta)[:, None] + baseline.rate
    events = data.control_events + data.treated_events + baseline.shape
    return beta, generator.standard_gamma(np.broadcast_to(events, exposure.shape)) / exposure


def inverse_cdf(data: ArmData, baseline: GammaBaseline, mean: float, sd: float, unit: FloatArray) -> FloatArray:
    """Return the quantiles ``unit`` of the log hazard ratio under one normal prior, by the trapezoidal rule."""
    density = log_density(data, baseline, mean, sd)
    centre, spread = mode(density)
    peak = density(centre[:, None])[:, 0]
    low, high = reach(density, centre, spread, peak)
    values = np.linspace(low[0], high[0], GRID)
    height = np.exp(density(values[None, :])[0] - peak[0])
    cumulative = np.concatenate([[0.0], np.cumsum((height[1:] + height[:-1]) / 2.0)])
    return np.interp(unit, cumulative / cumulative[-1], values)
