"""Hazard ratios over time against a long run of a plainly written PyMC model (``bayes_time_varying.py``)."""

import json
from pathlib import Path

import numpy as np
import pytest
from arviz_stats.base import array_stats

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.data.bundled import example_cohort
from escc_bayes.spec.reading import spec_from

REFERENCE = json.loads(Path(__file__).with_name("bayes_time_varying.json").read_text())
FIRST = {"normal": [0.0, 5.0]}
SPEC = {
    "name": "over_time",
    "outcome": {"endpoint": "os"},
    "baseline": {
        "family": "piecewise_exponential",
        "cuts": [12.0, 36.0],
        "smoothing": "independent",
        "at": "reference",
    },
    "priors": {"baseline_log_rate": {"normal": [-4.0, 3.0]}},
    "effect": [
        {"covariate": "stage", "structure": "time_varying", "cuts": [20.0], "prior": FIRST, "sd": {"halfnormal": 1.0}},
        {"covariate": "age", "structure": "linear", "prior": FIRST},
    ],
}
NAMES = [*(f"first[{j}]" for j in range(3)), *(f"second[{j}]" for j in range(3)), "slope"]


@pytest.mark.parametrize("engine", ["laplace", "nuts"])
def test_posteriors_are_those_of_the_plain_model(engine):
    """Means within 4 joint Monte Carlo errors, SDs within 6 %."""
    posterior = fit(spec_from(SPEC, "reference"), example_cohort("larynx"), seed=8, engine=engine)
    drawn = posterior.coefficients.reshape(posterior.chains, -1, 7)
    for name, place in zip(NAMES, range(7), strict=True):
        expected, own = REFERENCE[name], drawn[:, :, place]
        error = float(array_stats.mcse(own, chain_axis=0, draw_axis=1, method="mean"))
        if engine == "laplace":
            error = own.std() / np.sqrt(posterior.stats["importance_ess"][0, 0])
        assert abs(own.mean() - expected["mean"]) < 4 * np.hypot(error, expected["mcse"]), name
        assert own.std() == pytest.approx(expected["sd"], rel=0.06), name
