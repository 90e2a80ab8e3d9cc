"""How centres enter the classical methods, on simulated cohorts of many and of odd centres."""

import math

import numpy as np
import pandas as pd
import pytest

from escc_bayes.classical.cox import partial_likelihood, risk_sets
from escc_bayes.classical.fit import fit_classical
from escc_bayes.classical.frailty import cox_frailty, grouped_likelihood
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio, SurvivalAt
from escc_bayes.spec.reading import spec_from

WEIBULL = {"family": "weibull", "reference_time": 12.0}
PIECEWISE = {
    "family": "piecewise_exponential",
    "cuts": [6.0, 12.0],
    "at": "mean",
    "smoothing": "random_walk",
    "steps": "length",
    "sd": {"halfnormal": 0.5},
}


def patients(centres, sd=0.7, seed=3):
    """Return simulated patients of the centres given, one for each entry; arm B has twice the hazard."""
    rng = np.random.default_rng(seed)
    arm = np.arange(len(centres)) % 2
    effect = rng.normal(0.0, sd, max(centres) + 1)[list(centres)]
    death = rng.exponential(20.0 * np.exp(-0.7 * arm - effect))
    end = rng.uniform(6.0, 40.0, len(centres))
    return pd.DataFrame(
        {
            "t": np.minimum(death, end).round(2) + 0.01,
            "d": (death <= end).astype(int),
            "arm": np.where(arm, "B", "A"),
            "age": rng.normal(60.0, 8.0, len(centres)).round(),
            "centre": [f"c{c}" for c in centres],
        }
    )


def cohort_of(frame):
    levels = sorted(set(frame["centre"]))
    covariates = {
        "arm": {"kind": "binary", "levels": ["A", "B"]},
        "age": {"kind": "continuous", "scale": 10.0, "center": 60.0},
        "centre": {"kind": "nominal", "levels": levels},
    }
    raw = {"endpoints": {"os": {"time": "t", "event": "d"}}, "covariates": covariates}
    return read_cohort(frame, schema_from(raw, "simulated"), provenance="simulated")


def model(baseline=WEIBULL):
    prior = {"normal": [0.0, 1.0]}
    priors = {"baseline_survival": {"at": 12.0, "median": 0.7, "lower": 0.3}}
    priors |= {"log_shape": prior} if baseline is WEIBULL else {}
    effects = [
        {"covariate": "arm", "structure": "fixed", "prior": prior},
        {"covariate": "age", "structure": "linear", "prior": prior},
        {"covariate": "centre", "structure": "random_intercept", "sd": {"halfnormal": 1.0}},
    ]
    return spec_from(
        {"name": "m", "outcome": {"endpoint": "os"}, "baseline": baseline, "priors": priors, "effect": effects}, "m"
    )


def ratios_of(frame, asked=None):
    fitted = fit_classical(model(), cohort_of(frame))
    return {e.method: e for e in fitted.estimate(asked or HazardRatio("arm", "B"), level=0.95)}


LARGE = [i % 5 for i in range(100)]
SMALL = sorted([*range(50), *range(25)])


def test_every_row_says_how_centres_entered():
    found = ratios_of(patients(LARGE))
    assert list(found)[:3] == ["cox_stratified", "cox_frailty_gamma", "cox_frailty_normal"]
    assert found["cox_stratified"].strata == "centre"
    assert found["cox_stratified"].remark.startswith("stratified by centre (5 strata")
    assert found["cox_frailty_gamma"].remark.startswith("gamma frailty of centre (variance ")
    assert found["cox_frailty_normal"].remark.startswith("normal frailty of centre (SD of the log HR ")
    for method in ("cox", "cox_firth", "cox_univariable", "weibull_mle"):
        assert found[method].remark == "centre left out"
        assert found[method].strata == ""
    curves = ratios_of(patients(LARGE), SurvivalAt(12.0, "arm", "B"))
    assert {method: e.remark for method, e in curves.items()} == {
        "km": "centre left out",
        "weibull_mle": "centre left out",
    }


def test_print_of_a_fit_says_how_centres_entered():
    lines = repr(fit_classical(model(), cohort_of(patients(LARGE)))).splitlines()
    ratios = [line for line in lines if line.startswith("  HR arm")]
    assert len(ratios) == 7
    assert all("centre" in line for line in ratios)


def test_small_centres_name_the_events_that_nobody_stands_beside():
    """Count by hand: an event without another patient of its centre followed as long."""
    frame = patients(SMALL)
    followed = frame.groupby("centre")["t"].transform("max")
    alone = int(((frame["d"] == 1) & (frame["t"] == followed)).sum())
    words = ratios_of(frame)["cox_stratified"].remark
    assert f"50 strata, {alone} of {frame['d'].sum()} events with nobody at risk beside them" in words


@pytest.mark.parametrize("odd", ["no events", "one arm"])
def test_a_centre_without_events_or_with_one_arm_says_nothing_within_centres(odd):
    """Limit: such a centre has no part in the comparison of arms; the other centres alone give the same ratio."""
    frame = patients(LARGE).assign(age=60.0 + (np.arange(100) // 5) % 2)
    inside = frame["centre"] == "c2"
    if odd == "no events":
        frame.loc[inside, "d"] = 0
    else:
        frame.loc[inside, ["arm", "age"]] = ["B", 60.0]
    every, others = ratios_of(frame), ratios_of(frame[~inside])
    assert every["cox_stratified"].value == pytest.approx(others["cox_stratified"].value, rel=1e-9)
    for method in ("cox_frailty_gamma", "cox_frailty_normal"):
        assert math.isfinite(every[method].upper)


def test_arms_that_meet_in_no_centre_have_no_ratio_within_centres():
    frame = patients(LARGE)
    frame["arm"] = np.where(frame["centre"].isin(["c0", "c1"]), "A", "B")
    found = ratios_of(frame)
    assert math.isnan(found["cox_stratified"].value)
    assert found["cox_stratified"].note.startswith("not estimable: nobody at risk at an event differs")
    assert math.isfinite(found["cox_frailty_normal"].value)


def test_centres_that_are_alike_have_variance_0_and_the_ratio_of_cox():
    """Limit: with the same patients in every centre nothing lies between them."""
    one = patients([0] * 20)
    frame = pd.concat([one.assign(centre=f"c{c}", t=one["t"] + 0.001 * c) for c in range(4)], ignore_index=True)
    found = ratios_of(frame)
    for method in ("cox_frailty_gamma", "cox_frailty_normal"):
        assert found[method].value == pytest.approx(found["cox"].value, rel=1e-9)
        assert "variance 0" in found[method].remark


def test_two_random_intercepts_are_strata_and_no_frailty():
    raw = cohort_of(patients(LARGE))
    spec = model()
    both = spec.effects[2]
    twice = type(both)("arm", ("arm",), both.sd)
    fitted = fit_classical(type(spec)("m", spec.outcome, spec.baseline, (spec.effects[1], twice, both)), raw)
    found = {e.method: e for e in fitted.estimate(HazardRatio("age"), level=0.95)}
    assert found["cox_stratified"].strata == "arm, centre"
    assert found["cox_frailty_gamma"].note.startswith("not available: one frailty is fitted")


def test_likelihood_of_groups_equals_that_of_their_indicator_columns():
    """Second source: the sums over risk sets in ``cox``, with ties, late entry and weights."""
    rng = np.random.default_rng(5)
    time, entry = np.ceil(rng.exponential(8.0, 60)) + 1.0, rng.integers(0, 2, 60).astype(float)
    event, weight, z = rng.random(60) < 0.7, rng.integers(1, 4, 60).astype(float), rng.normal(size=(60, 3))
    risk = risk_sets(time, event, entry=entry, weight=weight)
    member = rng.integers(0, 4, 60)
    point = np.array([0.3, -0.5, 0.2, 0.1, -0.4, 0.6, 0.0])
    wide = np.hstack([z, (member[:, None] == np.arange(4)).astype(float)])
    few = partial_likelihood(risk, wide, point, weight)
    for one, other in zip(few, grouped_likelihood(risk, z, member, point, weight), strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-11, atol=1e-12)


def test_a_frailty_without_events_is_refused():
    with pytest.raises(ValueError, match="at least one event"):
        cox_frailty(np.array([[0.0], [1.0]]), np.array([1.0, 2.0]), np.zeros(2), np.array([0, 1]), frailty="gamma")
