"""The way from Cox to a posterior with a random intercept passes through the centres, and adds up."""

import math

import numpy as np
import pandas as pd
import pytest

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.classical.fit import fit_classical
from escc_bayes.compare.comparison import compare
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.sensitivity.attribution import attribute
from escc_bayes.spec.reading import spec_from


def frame_of(arms_meet):
    """120 patients of six centres whose hazards differ twofold and more; sicker centres use arm B more often."""
    rng = np.random.default_rng(8)
    centre = np.arange(120) % 6
    often = centre / 6.0 if arms_meet else (centre > 2).astype(float)
    arm = rng.random(120) < often
    death = rng.exponential(25.0 * np.exp(-0.4 * centre + 1.0))
    end = rng.uniform(10.0, 40.0, 120)
    return pd.DataFrame(
        {
            "t": np.minimum(death, end).round(2) + 0.01,
            "d": (death <= end).astype(int),
            "arm": np.where(arm, "B", "A"),
            "centre": [f"c{c}" for c in centre],
        }
    )


def cohort_of(frame):
    covariates = {
        "arm": {"kind": "binary", "levels": ["A", "B"]},
        "centre": {"kind": "nominal", "levels": sorted(set(frame["centre"]))},
    }
    raw = {"endpoints": {"os": {"time": "t", "event": "d"}}, "covariates": covariates}
    return read_cohort(frame, schema_from(raw, "simulated"), provenance="simulated")


def model():
    prior = {"normal": [0.0, 2.0]}
    return spec_from(
        {
            "name": "m",
            "outcome": {"endpoint": "os"},
            "baseline": {
                "family": "piecewise_exponential",
                "cuts": [6.0, 12.0, 24.0],
                "at": "mean",
                "smoothing": "random_walk",
                "steps": "length",
                "sd": {"halfnormal": 0.5},
            },
            "priors": {"baseline_survival": {"at": 12.0, "median": 0.7, "lower": 0.3}},
            "effect": [
                {"covariate": "arm", "structure": "fixed", "prior": prior},
                {"covariate": "centre", "structure": "random_intercept", "sd": {"halfnormal": 1.0}},
            ],
        },
        "m",
    )


@pytest.fixture(scope="module", params=[True, False], ids=["arms meet", "one arm in each centre"])
def way(request):
    cohort = cohort_of(frame_of(request.param))
    posterior, classical = fit(model(), cohort, seed=1, engine="laplace"), fit_classical(model(), cohort)
    return request.param, posterior, classical, attribute(posterior, classical, cohort)


def test_steps_add_up_from_cox_to_the_posterior(way):
    """Second source: the ends, asked of the fits themselves."""
    _arms_meet, posterior, classical, steps = way
    asked = HazardRatio("arm", "B")
    ends = {e.method: e.log_mean for e in classical.estimate(asked, level=0.95)}
    words = ["dropped_rows", "likelihood_form", "small_sample_bias", "smoothing", "centres"]
    assert [s.step for s in steps] == [*words, "baseline_prior", "effect_prior", "mode_to_mean"]
    whole = posterior.estimate(asked, level=0.95).log_mean - ends["cox_univariable"]
    assert sum(s.difference for s in steps) == pytest.approx(whole, abs=1e-10)


def test_what_centres_do_is_no_longer_called_prior(way):
    """The prior is vague and 120 patients are many: it moves little, and within centres nearly all of the way.

    Second source: Cox within centres, and Cox with a frailty, from the classical fit.
    """
    arms_meet, _, classical, steps = way
    moved = {s.step: s.difference for s in steps}
    assert abs(moved["effect_prior"]) < 0.1
    methods = {e.method: e.log_mean for e in classical.estimate(HazardRatio("arm", "B"), level=0.95)}
    frailty = methods["cox_frailty_normal"] - methods["cox_univariable"]
    assert moved["centres"] == pytest.approx(frailty, abs=0.25)
    assert abs(moved["centres"]) > (0.8 if arms_meet else 0.0)
    assert not any(math.isnan(s.difference) for s in steps)


def test_rows_of_a_comparison_say_how_centres_entered(way):
    _, posterior, classical, _ = way
    found = compare([HazardRatio("arm", "B")], posterior, classical, level=0.95)
    assert all("centre" in e.remark for e in found.estimates)
    assert all("centre" in line for line in repr(found).splitlines()[2:])
    assert list(found.frame["note"]) == [e.remark for e in found.estimates]
