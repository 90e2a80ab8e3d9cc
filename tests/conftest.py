"""Fixtures that several folders share: real data, and posteriors that are sampled once."""

from pathlib import Path

import pytest

from escc_bayes.data.bundled import example_cohort
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.shipped import find_schema
from escc_bayes.spec.reading import load_spec

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data():
    """Return the folder of real data; skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("real patient data are not beside this checkout (../shared/data)")
    return SHARED


@pytest.fixture(scope="session")
def simulated79():
    """79 SIMULATED patients, fixed for good: what tests expect of them does not move with a reconstruction."""
    file = Path(__file__).resolve().parents[1] / "benchmarks" / "simulated79.csv"
    return read_cohort(file, find_schema("escc"), provenance="simulated", name="simulated79")


@pytest.fixture(scope="session")
def larynx():
    return example_cohort("larynx")


@pytest.fixture(scope="session")
def larynx_posterior(larynx):
    """A piecewise model with a random walk, fixed and linear effects."""
    from escc_bayes.bayes.posterior.fit import fit

    return fit(load_spec("larynx_piecewise"), larynx, seed=11)


@pytest.fixture(scope="session")
def larynx_weibull(larynx):
    """The same patients under a Weibull baseline, in reference coding."""
    from escc_bayes.bayes.posterior.fit import fit

    return fit(weibull_spec(), larynx, seed=12)


def weibull_spec():
    from escc_bayes.spec.reading import spec_from

    return spec_from(
        {
            "name": "larynx_weibull",
            "outcome": {"endpoint": "os"},
            "baseline": {"family": "weibull", "reference_time": 24.0, "at": "reference"},
            "priors": {
                "baseline_log_cumulative_hazard": {"normal": [-1.0, 1.0]},
                "log_shape": {"normal": [0.0, 0.5]},
            },
            "effect": [
                {"covariate": "stage", "structure": "fixed", "prior": {"normal": [0.0, 1.0]}},
                {"covariate": "age", "structure": "linear", "prior": {"normal": [0.0, 0.5]}},
            ],
        },
        "larynx_weibull",
    )
