"""A covariate may be called by any text: it is fitted, saved and read again under its own name."""

import pandas as pd

import escc_bayes as eb
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.reading import spec_from

NAMES = ("放疗 范围", "ALC (10^9/L), pre.")


def test_any_text_names_a_covariate(tmp_path):
    rows = pd.DataFrame(
        {"t": [5.0, 9.0, 12.0, 20.0, 31.0, 8.0], "d": [1, 0, 1, 1, 0, 1], "a": [*"ABABAB"], "c": range(6)}
    )
    schema = schema_from(
        {
            "endpoints": {"os": {"time": "t", "event": "d"}},
            "covariates": {
                NAMES[0]: {"column": "a", "kind": "binary", "levels": ["A", "B"]},
                NAMES[1]: {"column": "c", "kind": "continuous"},
            },
        },
        "s.toml",
    )
    prior = {"normal": [0.0, 0.8]}
    spec = spec_from(
        {
            "name": "m",
            "outcome": {"endpoint": "os"},
            "baseline": {"family": "piecewise_exponential", "cuts": [12.0], "sd": {"halfnormal": 0.5}},
            "priors": {"baseline_survival": {"at": 12.0, "median": 0.5, "lower": 0.2}},
            "effect": [
                {"covariate": NAMES[0], "structure": "fixed", "prior": prior},
                {"covariate": NAMES[1], "structure": "linear", "prior": prior},
            ],
        },
        "m.toml",
    )
    posterior = eb.fit(spec, eb.read_cohort(rows, schema), engine="laplace", seed=1)
    posterior.save(tmp_path / "p.nc")
    again = eb.load_posterior(tmp_path / "p.nc")
    assert (
        again.estimate(eb.HazardRatio(NAMES[0], "B")).value == posterior.estimate(eb.HazardRatio(NAMES[0], "B")).value
    )
    assert "b_ALC (10^9∕L), pre." in again.to_datatree()["posterior"]
