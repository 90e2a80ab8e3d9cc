"""A small model that tests in other processes import without anything heavy."""

from escc_bayes.spec.reading import spec_from


def small_spec(at="mean"):
    return spec_from(
        {
            "name": "small",
            "outcome": {"endpoint": "os"},
            "baseline": {"family": "piecewise_exponential", "cuts": [12.0, 24.0], "sd": {"halfnormal": 0.5}, "at": at},
            "priors": {"baseline_log_rate": {"normal": [-4.0, 1.0]}},
            "effect": [
                {"covariate": "stage", "structure": "fixed", "prior": {"normal": [0.0, 1.0]}},
                {"covariate": "age", "structure": "linear", "prior": {"normal": [0.0, 0.5]}},
            ],
        },
        "small",
    )
