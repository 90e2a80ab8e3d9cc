"""The exact posterior of small trials against NUTS: thirty trials in one PyMC model, 4 Monte Carlo errors."""

import arviz as az
import numpy as np
import pymc as pm
import pytest

from escc_bayes.spec.mixture import mixture_of
from escc_bayes.trial.looks.sufficient_statistics import reduced
from escc_bayes.trial.posterior.exact_posterior import GammaBaseline, moments, probability_below

pytestmark = [pytest.mark.slow, pytest.mark.sampling]

TRIALS, PATIENTS, CUTS = 30, 30, np.array([6.0, 14.0])
BASELINE, PRIOR_SD = GammaBaseline(0.5, 10.0), 1.0


def small_trials():
    """Return the sufficient statistics (trials, 3) of 15 patients an arm, from next to no events to nearly all."""
    generator, parts = np.random.default_rng(21), []
    for k in range(TRIALS):
        treated = np.arange(PATIENTS) % 2 == 1
        time = generator.exponential(14.0, PATIENTS) * np.where(treated, 1.4, 1.0)
        last = 1.0 + 1.5 * k
        parts.append(reduced(np.minimum(time, last), time <= last, treated, CUTS))
    return [np.concatenate(columns) for columns in zip(*(fields(part) for part in parts), strict=True)], parts


def fields(part):
    return part.control_events, part.treated_events, part.control_months, part.treated_months


@pytest.mark.filterwarnings("ignore")
def test_thirty_small_trials_agree_with_nuts():
    """Mean, SD and P(HR < 1), P(HR < 0.7) of each; empty pieces and an arm without events are among them.

    A piece that nobody reached has no likelihood, and its Poisson mean must be above 0.
    """
    (d0, d1, y0, y1), parts = small_trials()
    assert (d1.sum(axis=1) == 0.0).any()
    with pm.Model():
        beta = pm.Normal("beta", 0.0, PRIOR_SD, shape=(TRIALS, 1))
        rate = pm.Gamma("rate", alpha=BASELINE.shape, beta=BASELINE.rate, shape=(TRIALS, 3))
        for name, events, months, sign in (("control", d0, y0, -0.5), ("treated", d1, y1, 0.5)):
            pm.Poisson(name, rate * pm.math.exp(sign * beta) * np.maximum(months, 1e-12), observed=events)
        settings = {"tune": 1500, "chains": 4, "cores": 1, "random_seed": 5, "target_accept": 0.9}
        draws = pm.sample(4000, nuts_sampler="nutpie", progressbar=False, **settings)
    found = draws.posterior["beta"].values[..., 0]
    prior = mixture_of([(1.0, 0.0, PRIOR_SD)])
    for k, part in enumerate(parts):
        mean, sd = moments(part, prior, BASELINE)
        below = probability_below(part, prior, BASELINE, np.log([0.7, 1.0]))[0]
        here = found[:, :, k]
        assert here.mean() == pytest.approx(mean[0], abs=4.0 * error_of(here))
        square = here**2
        assert square.mean() == pytest.approx(sd[0] ** 2 + mean[0] ** 2, abs=4.0 * error_of(square))
        for ratio, exact in zip((0.7, 1.0), below.tolist(), strict=True):
            share = (here < np.log(ratio)).astype(float)
            assert share.mean() == pytest.approx(exact, abs=4.0 * error_of(share) + 1e-6)


def error_of(values):
    """Return the Monte Carlo standard error of the mean of draws (chains, draws)."""
    return float(az.mcse(values, method="mean"))
