"""A gamma frailty of centres: density by scipy, posterior by quadrature with frailties integrated out, beside R's."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import gammaln

from escc_bayes.bayes.model.prior import log_prior, prior_draws
from escc_bayes.bayes.numeric.log_gamma import beside_normal, third_order, with_slopes
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.foundation.errors import SpecError, TomlError
from escc_bayes.spec.describe import describe
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

CENTRES, MONTH = 8, 12.0
SCHEMA = {
    "endpoints": {"os": {"time": "t", "event": "d"}},
    "covariates": {
        "arm": {"kind": "binary", "levels": ["a", "b"]},
        "centre": {"kind": "nominal", "levels": [f"c{k}" for k in range(CENTRES)]},
    },
}


def patients():
    """150 SIMULATED patients of 8 centres, whose hazards differ by a gamma with variance 0.5."""
    rng = np.random.default_rng(6)
    frailty, centre, arm = rng.gamma(2.0, 0.5, CENTRES), rng.integers(0, CENTRES, 150), rng.integers(0, 2, 150)
    died = MONTH * (rng.exponential(size=150) / (0.7 * frailty[centre] * np.exp(0.5 * arm))) ** (1 / 1.2)
    stop = rng.uniform(10.0, 40.0, 150)
    return arm, centre, np.minimum(died, stop), (died <= stop).astype(int)


def cohort():
    arm, centre, time, event = patients()
    frame = pd.DataFrame({"t": time, "d": event, "arm": np.array(["a", "b"])[arm], "centre": [f"c{k}" for k in centre]})
    return read_cohort(frame, schema_from(SCHEMA, "simulated"), provenance="simulated")


def model(**more):
    """The Weibull model of the reference patient, with a frailty."""
    centre = {"covariate": "centre", "structure": "random_intercept", "sd": {"halfnormal": 0.6}}
    return spec_from(
        {
            "name": "frailty",
            "outcome": {"endpoint": "os"},
            "baseline": {"family": "weibull", "at": "reference", "reference_time": MONTH},
            "priors": {
                "baseline_log_cumulative_hazard": {"normal": [-0.3, 0.5]},
                "log_shape": {"normal": [0.0, 0.4]},
            },
            "effect": [{"covariate": "arm", "structure": "fixed", "prior": {"normal": [0.0, 0.7]}}, centre | more],
        },
        "frailty.toml",
    )


GAMMA = model(distribution="gamma")


@pytest.mark.parametrize("sd", [1e-3, 0.1, 0.249, 0.251, 1.0, 3.0])
def test_prior_is_that_of_the_logarithm_of_a_gamma(sd):
    """Second source: scipy's log gamma, to 8 digits; log z = s t has the density of t over s."""
    t = np.array([-3.0, -0.4, -1e-9, 0.0, 0.3, 2.0])
    plan = make_plan(GAMMA, cohort())
    values = prior_draws(plan, 1, 1) | {"sd_centre": np.array([[sd]]), "z_centre": t[None]}
    ours = log_prior(plan, values)["z_centre"][0]
    shape = sd**-2
    theirs = shape * np.log(shape) - gammaln(shape) + shape * (sd * t - np.exp(sd * t)) + np.log(sd)
    # The plain formula loses digits as its terms grow.
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=max(1e-8, 1e-15 * shape * np.log(shape)))
    if sd >= 0.1:
        library = stats.loggamma(shape, loc=-np.log(shape)).logpdf(sd * t) + np.log(sd)
        np.testing.assert_allclose(ours, library, rtol=0, atol=1e-8)


@pytest.mark.parametrize("sd", [1e-6, 0.2, 0.24999, 0.25001, 1.3])
def test_slopes_equal_central_differences(sd):
    b = sd * np.array([-2.0, 0.1, 1.7])
    value, by_b, by_log_sd = with_slopes(b, sd)
    assert value == pytest.approx(beside_normal(b, np.array([sd])).sum(), abs=1e-12)
    h = 1e-5
    for j, e in enumerate(np.eye(3)):
        up, down = (with_slopes(b + way * h * sd * e, sd)[0] for way in (1, -1))
        assert by_b[j] * sd == pytest.approx((up - down) / (2 * h), abs=1e-7)
    up, down = (with_slopes(b, sd * np.exp(way * h))[0] for way in (1, -1))
    assert by_log_sd == pytest.approx((up - down) / (2 * h), abs=1e-7)


def test_no_seam_where_the_series_ends():
    around = np.array([0.5 - 1e-9, 0.5 + 1e-9])
    for side in (1.0, -1.0):
        one, other = third_order(side * around)
        assert one == pytest.approx(other, rel=1e-8)


def test_prior_draws_have_mean_1_and_their_sd():
    """Frailties of the prior, at one SD; also where the shape is so small that gammas underflow."""
    plan = make_plan(GAMMA, cohort())
    values = prior_draws(plan, 40_000, 3)
    sd = values["sd_centre"]
    frailty, near = np.exp(sd * values["z_centre"]), np.abs(sd[:, 0] - 0.5) < 0.05
    of = frailty[near].ravel()
    assert of.mean() == pytest.approx(1.0, abs=0.02)
    assert of.std() == pytest.approx(0.5, abs=0.02)
    assert np.isfinite(values["z_centre"]).all()


def integrated():
    """Means and SDs of (level, log shape, log hazard ratio, SD) by quadrature: each centre's frailty is integrated out.

    A centre with D events and cumulative hazard A has nu^nu Gamma(nu + D) / Gamma(nu) / (nu + A)^(nu + D).
    """
    arm, centre, time, event = patients()
    grids = [np.linspace(-1.9, 1.5, 41), np.linspace(-0.3, 0.75, 36), np.linspace(-0.6, 1.6, 35)]
    grids.append((np.arange(48) + 0.5) * 2.2 / 48)
    level, log_shape, beta, sd = np.meshgrid(*grids, indexing="ij", sparse=True)
    found = -0.5 * ((level + 0.3) / 0.5) ** 2 - 0.5 * (log_shape / 0.4) ** 2 - 0.5 * (beta / 0.7) ** 2
    found = found - 0.5 * (sd / 0.6) ** 2
    found = found + event.sum() * (level + log_shape) + beta * (event @ arm)
    found = found + np.exp(log_shape) * (event @ np.log(time / MONTH))
    nu = sd**-2.0
    for code in range(CENTRES):
        spent = np.zeros_like(log_shape + beta)
        for a in (0, 1):
            of = time[(centre == code) & (arm == a)] / MONTH
            power = (of ** np.exp(log_shape.ravel())[:, None]).sum(axis=1).reshape(log_shape.shape)
            spent = spent + power * np.exp(beta * a)
        count = event[centre == code].sum()
        found = found + nu * np.log(nu) + gammaln(nu + count) - gammaln(nu)
        found = found - (nu + count) * np.log(nu + np.exp(level) * spent)
    mass = np.exp(found - found.max())
    mass /= mass.sum()
    means = [float((mass * one).sum()) for one in (level, log_shape, beta, sd)]
    parts = zip((level, log_shape, beta, sd), means, strict=True)
    edges = [np.take(mass, k, axis=axis).sum() for axis in range(4) for k in (0, -1)][:-2]
    assert max(edges) < 1e-4
    return np.array(means), np.array([float((mass * (one - mean) ** 2).sum()) ** 0.5 for one, mean in parts])


@pytest.mark.parametrize(("engine", "draws"), [("laplace", 4000), ("nuts", 1500)])
def test_posterior_is_that_of_quadrature(engine, draws):
    """Means within 4 Monte Carlo errors; SDs within 4 of theirs."""
    means, sds = integrated()
    found = fit(GAMMA, cohort(), seed=2, engine=engine, draws=draws)
    assert found.diagnostics.fit_for_use
    names = ("baseline", "log_shape", "b_arm", "sd_centre")
    values = np.stack([np.asarray(found.values[name]).ravel() for name in names], axis=1)
    # At least a third of NUTS's draws are effective, and of the weighted ones most.
    error = sds / np.sqrt(values.shape[0] / 3.0)
    assert (np.abs(values.mean(axis=0) - means) < 4.0 * error).all()
    assert (np.abs(values.std(axis=0) - sds) < 4.0 * error).all()


def test_beside_maximum_likelihood():
    """Roughly R's coxph(frailty(distribution = "gamma")), to whose digits ours is held elsewhere."""
    found = fit(GAMMA, cohort(), seed=2, engine="laplace", draws=2000)
    asked = HazardRatio("arm", "b", "a")
    ours = found.estimate(asked, level=0.95)
    beside = {e.method: e for e in fit_classical(GAMMA, cohort()).estimate(asked, level=0.95)}
    # R: coefficient 0.635 (se 0.212), variance of random effect 1.07. The prior pulls the coefficient towards 0.
    assert np.log(beside["cox_frailty_gamma"].value) == pytest.approx(0.635, abs=5e-4)
    pulled = 0.635 / (1.0 + (0.212 / 0.7) ** 2)
    assert ours.log_mean == pytest.approx(pulled, abs=0.2 * ours.log_sd)
    assert np.mean(np.asarray(found.values["sd_centre"]) ** 2) == pytest.approx(1.07, rel=0.1)


def test_the_file_and_the_card_say_it():
    assert 'distribution = "gamma"' in GAMMA.toml
    assert "distribution" not in model().toml
    assert model().digest == model(distribution="normal").digest != GAMMA.digest
    assert "gamma with mean 1 (a gamma frailty); SD of the factor half-normal" in " ".join(
        describe(make_plan(GAMMA, cohort()))
    )


def test_tables_say_which_it_is():
    assert GAMMA.centre_words == "gamma frailty of centre"
    assert model().centre_words == "random intercept of centre"


def test_what_the_card_says_of_two_levels_holds():
    """Ratios of two gammas at the median SD: 95 % within what is said, by simulation."""
    words = next(line for line in describe(make_plan(GAMMA, cohort())) if "frailty" in line)
    low, high = (float(part) for part in words.split("lies within ")[1].split(" with")[0].split(" to "))
    shape = (0.6744898 * 0.6) ** -2
    two = np.random.default_rng(1).gamma(shape, size=(2, 200_000))
    assert np.mean((two[0] / two[1] > low) & (two[0] / two[1] < high)) == pytest.approx(0.95, abs=0.004)


@pytest.mark.parametrize("given", ["lognormal", "Gamma", 1, ""])
def test_other_distributions_are_refused(given):
    with pytest.raises((SpecError, TomlError), match=r"effect 'centre', distribution"):
        model(distribution=given)


def test_only_intercepts_have_a_distribution():
    with pytest.raises(SpecError, match="'distribution' does not belong to structure 'exchangeable'"):
        model(structure="exchangeable", distribution="gamma")
