"""Several endpoints of the same patients equal Wei, Lin & Weissfeld's Cox in R on mgus2 (``several_endpoints.R``)."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio, SurvivalAt
from escc_bayes.spec.reading import spec_from

pytestmark = pytest.mark.filterwarnings("ignore:.*duplicate row")
R = json.loads(Path(__file__).with_name("several_endpoints.json").read_text(encoding="utf-8"))
COVARIANCE = np.array(R["covariance"]).reshape(4, 4)
SCHEMA = {
    "endpoints": {
        "os": {"time": "os", "event": "died"},
        "pfs": {"time": "pfs", "event": "failed", "not_after": "os"},
    },
    "covariates": {"age": {"kind": "continuous"}, "male": {"kind": "binary", "levels": ["no", "yes"]}},
}


def cohort():
    frame = pd.DataFrame(R["data"])
    frame = frame.assign(male=np.where(frame["male"] == 1, "yes", "no"))
    return read_cohort(frame, schema_from(SCHEMA, "mgus2"), provenance="observed", name="mgus2")


PIECEWISE = {
    "baseline": {
        "family": "piecewise_exponential",
        "cuts": [6.0, 12.0, 24.0, 48.0, 72.0, 96.0, 120.0, 160.0, 200.0, 250.0],
        "smoothing": "independent",
    },
    "priors": {"baseline_log_rate": {"normal": [-4.0, 5.0]}},
}
WEIBULL = {
    "baseline": {"family": "weibull", "reference_time": 60.0},
    "priors": {"baseline_log_cumulative_hazard": {"normal": [0.0, 10.0]}, "log_shape": {"normal": [0.0, 5.0]}},
}


STRATA = {**PIECEWISE, "baseline": {**PIECEWISE["baseline"], "strata": "male"}}
AGE = {"covariate": "age", "structure": "linear", "prior": {"normal": [0.0, 1.0]}}
NO_YES = ("no", "yes")
MALE = {"covariate": "male", "structure": "fixed", "prior": {"normal": [0.0, 5.0]}}


def model(family=PIECEWISE, effects=(AGE, MALE), **more):
    """Age and sex on both endpoints, priors so wide that they say nothing."""
    raw = {"name": "mgus2", "outcome": {"endpoints": ["os", "pfs"]}, "effect": [{**one, **more} for one in effects]}
    return spec_from({**raw, **family}, "mgus2.toml")


def asked():
    """Return the hazard ratios in the order of R's coefficients."""
    levels = {"age": (), "male": ("yes", "no")}
    return [HazardRatio(term, *levels[term], transition=name) for name in ("os", "pfs") for term in ("age", "male")]


@pytest.fixture(scope="module")
def mgus2():
    return cohort()


def test_cox_is_that_of_wei_lin_and_weissfeld(mgus2):
    classical = fit_classical(model(), mgus2)
    found = [next(e for e in classical.estimate(one, level=0.95) if e.method == "cox") for one in asked()]
    assert [e.log_mean for e in found] == pytest.approx(R["coef"], rel=1e-7)
    assert [e.log_sd for e in found] == pytest.approx(np.sqrt(np.diag(COVARIANCE)), rel=1e-6)
    assert [e.endpoint for e in found] == ["os", "os", "pfs", "pfs"]
    shared = fit_classical(model(shared=True), mgus2)
    both = [next(e for e in shared.estimate(one, level=0.95) if e.method == "cox") for one in asked()[:2]]
    assert [e.log_mean for e in both] == pytest.approx(R["shared_coef"], rel=1e-7)
    assert [e.log_sd for e in both] == pytest.approx(np.sqrt(R["shared_covariance"][::3]), rel=1e-6)


def test_draws_go_together_as_the_estimates_do(mgus2):
    """Of 1,384 patients: SDs of each endpoint alone and correlations of WLW, to what 20,000 draws and pieces leave."""
    posterior = fit(model(), mgus2, seed=1, engine="laplace")
    drawn = np.stack([posterior.draws(one).ravel() for one in asked()])
    sd = np.sqrt(np.diag(COVARIANCE))
    assert drawn.std(axis=1) == pytest.approx(sd, rel=0.06)
    assert drawn.std(axis=1)[:2] == pytest.approx(R["alone_se"], rel=0.03)
    assert np.abs(np.corrcoef(drawn) - COVARIANCE / np.outer(sd, sd)).max() < 0.05
    assert drawn.mean(axis=1) == pytest.approx(R["coef"], abs=0.3 * sd.max())


def test_a_common_effect_is_no_better_known_than_by_wlw(mgus2):
    """Two cohorts would know it with 0.72 of the SD that these patients leave."""
    posterior = fit(model(shared=True), mgus2, seed=1, engine="laplace")
    sd = np.array([posterior.draws(one).std() for one in asked()[:2]])
    expected = np.sqrt(R["shared_covariance"][::3])
    assert sd == pytest.approx(expected, rel=0.05)


def weibull_covariance():
    """Return what R's Weibull regressions say (4, 4): SDs of each model, correlations by patient."""
    sd = np.sqrt(np.concatenate([R[f"weibull_{name}_covariance"][::3] for name in ("os", "pfs")]))
    robust = np.array(R["weibull_robust"]).reshape(4, 4)
    apart = np.sqrt(np.diag(robust))
    return robust / np.outer(apart, apart) * np.outer(sd, sd)


def test_weibull_draws_go_together_as_the_estimates_do(mgus2):
    """survreg of each endpoint: its SDs, and the correlations of its influences by patient."""
    posterior = fit(model(WEIBULL), mgus2, seed=1, engine="laplace")
    drawn = np.stack([posterior.draws(one).ravel() for one in asked()])
    sd = np.sqrt(np.diag(weibull_covariance()))
    assert drawn.mean(axis=1) == pytest.approx(R["weibull_coef"], abs=0.1 * sd[::2].max())
    assert drawn.std(axis=1) == pytest.approx(sd, rel=0.03)
    assert np.abs(np.corrcoef(drawn) - weibull_covariance() / np.outer(sd, sd)).max() < 0.05


def test_a_common_weibull_effect_is_no_better_known_than_by_both_regressions(mgus2):
    """Two estimates of each effect, weighed by what each model knows, with the covariance of one patient's."""
    posterior = fit(model(WEIBULL, shared=True), mgus2, seed=1, engine="laplace")
    known = [np.linalg.inv(np.array(R[f"weibull_{name}_covariance"]).reshape(2, 2)) for name in ("os", "pfs")]
    mean = np.linalg.solve(sum(known), np.hstack(known))
    expected = np.sqrt(np.diag(mean @ weibull_covariance() @ mean.T))
    drawn = np.stack([posterior.draws(one).ravel() for one in asked()[:2]])
    assert drawn.std(axis=1) == pytest.approx(expected, rel=0.05)
    assert drawn.mean(axis=1) == pytest.approx(mean @ R["weibull_coef"], abs=0.1 * expected.min())


def test_strata_have_baselines_of_each_endpoint(mgus2):
    """Cox of both endpoints within sexes: digits of R beside, and its SDs and correlation in the draws."""
    spec, ages = model(STRATA, (AGE,)), [HazardRatio("age", transition=name) for name in ("os", "pfs")]
    classical = fit_classical(spec, mgus2)
    found = [next(e for e in classical.estimate(one, level=0.95) if e.method == "cox") for one in ages]
    covariance = np.array(R["strata_covariance"]).reshape(2, 2)
    assert [e.log_mean for e in found] == pytest.approx(R["strata_coef"], rel=1e-7)
    assert [e.log_sd for e in found] == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-6)
    posterior = fit(spec, mgus2, seed=1, engine="laplace")
    assert posterior.plan.baseline.strata == tuple(f"{name} (male {sex})" for name in ("os", "pfs") for sex in NO_YES)
    drawn = np.stack([posterior.draws(one).ravel() for one in ages])
    assert drawn.std(axis=1) == pytest.approx(R["strata_alone_se"], rel=0.03)
    correlation = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
    assert np.corrcoef(drawn)[0, 1] == pytest.approx(correlation, abs=0.05)
    assert drawn.mean(axis=1) == pytest.approx(R["strata_coef"], abs=0.3 * drawn.std())


def influences(time, event, month):
    """Return what each patient does to Kaplan-Meier at a month, (n,): the martingale form, in plain numpy."""
    months = np.unique(time[(event == 1) & (time <= month)])
    at_risk = (time[:, None] >= months).sum(axis=0)
    died = ((time[:, None] == months) & (event[:, None] == 1)).astype(float)
    return (died / at_risk - (time[:, None] >= months) * died.sum(axis=0) / at_risk**2).sum(axis=1)


def test_curves_go_together_as_kaplan_meier_of_the_same_patients(mgus2):
    """Correlation of survival and of survival free of progression at 5 years; means beside Kaplan-Meier."""
    posterior = fit(model(), mgus2, seed=1, engine="laplace")
    drawn = np.stack([posterior.draws(SurvivalAt(60.0, endpoint=name)) for name in ("os", "pfs")])
    data = {name: np.array(values) for name, values in R["data"].items()}
    moved = np.stack([influences(data[t], data[e], 60.0) for t, e in (("os", "died"), ("pfs", "failed"))])
    sizes = np.sqrt((moved**2).sum(axis=1))
    expected = float(moved[0] @ moved[1] / sizes.prod())
    assert np.corrcoef(drawn)[0, 1] == pytest.approx(expected, abs=0.03)
    classical = fit_classical(model(), mgus2)
    for name, own in zip(("os", "pfs"), drawn, strict=True):
        (km,) = classical.estimate(SurvivalAt(60.0, endpoint=name), level=0.95)
        assert own.mean() == pytest.approx(km.value, abs=0.005)
