"""The PyMC backend fits changes over time, curves, strata and start-stop rows as `laplace` (``make calibrate``)."""

import arviz as az
import numpy as np
import pytest

from escc_bayes.bayes.posterior.fit import fit
from tests.reference import structure_plans

LATER = {
    name: (plan, cohort)
    for name, plan, cohort in structure_plans.plans()
    if any(word in name for word in ("time_varying", "spline", "strata", "rows"))
}


@pytest.mark.slow
@pytest.mark.parametrize("name", LATER)
def test_its_posterior_is_that_of_laplace(name):
    """Every parameter's mean within 4 Monte Carlo errors; log-likelihood and predicted times are of patients."""
    plan, cohort = LATER[name]
    fast = fit(plan.spec, cohort, seed=3, engine="laplace", draws=4000)
    exact = fit(plan.spec, cohort, seed=3, engine="nuts", backend="pymc", draws=500)
    assert exact.diagnostics.fit_for_use
    for parameter, drawn in exact.values.items():
        chains = drawn.reshape(*drawn.shape[:2], -1)
        other = fast.values[parameter].reshape(-1, chains.shape[2])
        for place in range(chains.shape[2]):
            one, two = chains[:, :, place], other[:, place]
            # 2,000 of the 16,000 draws of laplace are effective at the least.
            error = np.hypot(one.std() / np.sqrt(float(az.ess(one))), two.std() / np.sqrt(2000.0))
            assert abs(one.mean() - two.mean()) < 4.0 * error, (parameter, place)
    tree = exact.to_datatree()
    for group in ("log_likelihood", "posterior_predictive"):
        assert tree[group].sizes["patient"] == len(cohort)
