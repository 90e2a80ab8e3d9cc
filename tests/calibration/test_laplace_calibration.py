"""Simulation-based calibration of the engine ``laplace``: Talts et al. 2018, arXiv 1804.06788.

Parameters from the prior, event times from the parameters, posterior from the times: the rank of the true value among
posterior draws is uniform if prior, likelihood and engine agree.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from escc_bayes.bayes.laplace import laplace
from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.data.bundled import example_cohort
from escc_bayes.hazard.baseline import event_times
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec

DATA_SETS = 400
KEPT = 99


def simulated(plan, values, rng):
    """Return the plan with times drawn under one set of parameters, censored between 24 and 60 months."""
    beta = parameters.coefficients(plan.design.blocks, values, 1)
    eta = beta @ plan.design.centred.T
    entry = np.zeros(plan.rows.n)
    hazard = parameters.baseline_hazard(plan.baseline, values)
    drawn = event_times(hazard, eta, entry, rng.standard_exponential(eta.shape))[0]
    censored = rng.uniform(24.0, 60.0, plan.rows.n)
    time, event = np.clip(np.minimum(drawn, censored), 1e-6, None), (drawn <= censored).astype(float)
    return replace(plan, rows=replace(plan.rows, time=time, event=event, entry=entry))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["os_piecewise", "os_weibull"])
def test_ranks_of_true_values_are_uniform(name):
    """Chi-squared over 10 bins for every coefficient, SD, share and shape; none below 0.001, and k at most 0.7."""
    plan = make_plan(load_spec(name), example_cohort("escc79"))
    truth = prior_draws(plan, DATA_SETS, seed=31)
    ranks: dict[str, list[int]] = {}
    fit_for_use = 0
    for i in range(DATA_SETS):
        true = {key: value[i : i + 1] for key, value in truth.items()}
        data = simulated(plan, true, np.random.default_rng([31, i]))
        drawn = laplace.sample(data, laplace.LaplaceSettings(1000, 4), i)
        fit_for_use += bool(drawn.stats["pareto_k"][0, 0] < 0.7)
        for key, value in quantities(plan, drawn.values).items():
            kept = value.ravel()[:: value.size // KEPT][:KEPT]
            exact = float(quantities(plan, {k: v[None] for k, v in true.items()})[key].ravel()[0])
            ranks.setdefault(key, []).append(int((kept < exact).sum()))
    assert fit_for_use >= 0.99 * DATA_SETS
    for key, found in ranks.items():
        counts = np.bincount(np.array(found) // 10, minlength=10)
        assert stats.chisquare(counts).pvalue > 1e-3, (key, counts)


def quantities(plan, values):
    """Return coefficients, SDs, shape and the first share by name, (chains, draws) each."""
    chains, draws = values["baseline"].shape[:2]
    flat = {name: value.reshape(chains * draws, -1) for name, value in values.items()}
    beta = parameters.coefficients(plan.design.blocks, flat, chains * draws)
    found = {label: beta[:, j] for j, label in enumerate(plan.design.labels)}
    singles = ("sd_", "share_", "log_shape", "baseline")
    return found | {name: value[:, 0] for name, value in flat.items() if name.startswith(singles)}
