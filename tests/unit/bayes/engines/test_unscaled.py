"""Covariates of any size and place give one posterior by every engine; a run that fails says why and what serves."""

import numpy as np
import pandas as pd
import pytest

from escc_bayes.bayes.engines import native
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.bundled import example_cohort
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.foundation.errors import NotFitForUseWarning, SamplingError
from escc_bayes.spec.describe import describe
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec, spec_from


def patients():
    rng = np.random.default_rng(7)
    z, arm = rng.normal(size=70), rng.integers(0, 2, 70)
    alive, seen = rng.exponential(20.0 * np.exp(-0.5 * z - 0.4 * arm)), rng.uniform(4.0, 36.0, 70)
    time, event = np.minimum(alive, seen).round(2), (alive <= seen).astype(int)
    return pd.DataFrame({"t": time, "d": event, "z": z, "arm": np.array(["a", "b"])[arm]})


def cohort_of(frame):
    covariates = {"x": {"kind": "continuous"}, "arm": {"kind": "binary", "levels": ["a", "b"]}}
    return read_cohort(
        frame, schema_from({"endpoints": {"os": {"time": "t", "event": "d"}}, "covariates": covariates}, "x")
    )


def scaled(size, place):
    frame = patients()
    return cohort_of(frame.assign(x=frame.z * size + place))


def model(prior_sd, at="mean"):
    effects = [
        {"covariate": "x", "structure": "linear", "prior": {"normal": [0.0, prior_sd]}},
        {"covariate": "arm", "structure": "fixed", "prior": {"normal": [0.0, 1.0]}},
    ]
    return spec_from(
        {
            "name": "m",
            "outcome": {"endpoint": "os"},
            "baseline": {"family": "weibull", "reference_time": 12.0, "at": at},
            "priors": {
                "baseline_survival": {"at": 12.0, "median": 0.6, "lower": 0.2},
                "log_shape": {"normal": [0.0, 0.4]},
            },
            "effect": effects,
        },
        "m",
    )


SIZES = [(1e6, 0.0), (1e4, 3e5), (1e-6, 0.0), (1e-6, 1e-3)]


@pytest.mark.parametrize(("size", "place"), SIZES)
def test_native_samples_the_posterior_of_the_scaled_column(size, place):
    """The prior scales with the column, so that the posterior does. 3,000 effective draws: 0.02 SD; 0.12 allowed."""
    reference = fit(model(2.0), scaled(1.0, 0.0), seed=1, engine="laplace")
    found = fit(model(2.0 / size), scaled(size, place), seed=1)
    assert found.diagnostics.verdict == "ok"
    mean, sd = reference.coefficients.mean(axis=0), reference.coefficients.std(axis=0)
    own = found.coefficients * np.array([size, 1.0])
    np.testing.assert_allclose(own.mean(axis=0), mean, atol=0.12 * sd.max())
    np.testing.assert_allclose(own.std(axis=0), sd, rtol=0.08)


def test_pymc_samples_columns_of_any_size_and_far_from_the_baseline():
    """One compiled density; the last is a column 1,000 SDs from where the reference patient stands."""
    for size, place, at in [*((size, place, "mean") for size, place in SIZES), (1.0, 1000.0, "reference")]:
        reference = fit(model(2.0 / size, at), scaled(size, place), seed=1, engine="laplace")
        found = fit(model(2.0 / size, at), scaled(size, place), seed=1, backend="pymc")
        assert found.diagnostics.verdict == "ok"
        sd = reference.coefficients.std(axis=0)
        apart = (found.coefficients.mean(axis=0) - reference.coefficients.mean(axis=0)) / sd
        assert np.abs(apart).max() < 0.12


def test_a_failing_run_names_few_events_and_scale_and_the_engine_that_serves():
    frame = patients()
    frame["d"] = (np.arange(70) < 4).astype(int)
    frame.loc[frame.d == 1, "arm"] = "a"
    spec, cohort = model(1e-4), cohort_of(frame.assign(x=frame.z * 1e4))
    with pytest.warns(NotFitForUseWarning, match="few events") as caught:
        found = fit(spec, cohort, seed=1, draws=20, tune=20)
    said = str(caught[0].message)
    assert said.endswith(found.diagnostics.verdict)
    assert "likely causes: few events (4 for 2 coefficients), the scale of x (SD " in said
    assert "no event in arm = b" in said
    assert "; use --engine laplace, which is fit for use here, raise draws and tune, or state narrower priors" in said


def test_a_cause_that_is_not_there_is_not_named():
    with pytest.warns(NotFitForUseWarning) as caught:
        fit(load_spec("larynx_piecewise"), example_cohort("larynx"), seed=1, draws=20, tune=20)
    assert "likely causes" not in str(caught[0].message)
    assert "use --engine laplace, which is fit for use here" in str(caught[0].message)


def test_a_saved_run_that_failed_still_says_why(tmp_path):
    from escc_bayes.bayes.posterior.reload import load_posterior

    spec, cohort = load_spec("larynx_piecewise"), example_cohort("larynx")
    with pytest.warns(NotFitForUseWarning):
        found = fit(spec, cohort, seed=1, draws=20, tune=20)
    found.save(tmp_path / "m.nc")
    assert load_posterior(tmp_path / "m.nc", spec, cohort).diagnostics.verdict == found.diagnostics.verdict


def test_a_sampler_that_cannot_start_names_the_engine_that_serves(monkeypatch):
    def refused(*_):
        raise SamplingError("model 'm': the sampler could not start (no finite density)")

    monkeypatch.setattr(native, "sample", refused)
    with pytest.raises(SamplingError, match=r"could not start .*the scale of x .*use --engine laplace, which is fit"):
        fit(model(1e-6), scaled(1e6, 0.0), seed=1)


def test_the_sampling_unit_is_the_size_of_the_column_about_where_the_baseline_stands():
    frame = patients()
    far = make_plan(model(10.0, "reference"), scaled(1.0, 1000.0)).design.blocks[0].unit
    assert far == pytest.approx(1.0 / np.sqrt(((frame.z + 1000.0) ** 2).mean()), rel=1e-9)
    assert make_plan(model(10.0), scaled(1.0, 1000.0)).design.blocks[0].unit == 1.0


def test_a_ratio_per_unit_that_no_number_holds_is_said_and_its_logarithm_is_right():
    """A column of 1e-6: the log hazard ratio per unit is a million times that of the scaled one."""
    reference = fit(model(1.0), scaled(1.0, 0.0), seed=1, engine="laplace")
    found = fit(model(1e6), scaled(1e-6, 0.0), seed=1, engine="laplace")
    ratio, right = (p.estimate(HazardRatio("x"), level=0.95) for p in (found, reference))
    assert ratio.log_mean == pytest.approx(1e6 * right.log_mean, rel=0.02)
    assert ratio.prob_gt_1 == pytest.approx(right.prob_gt_1, abs=0.01)
    assert (ratio.value, ratio.upper) == (np.inf, np.inf)
    assert "no number holds this hazard ratio per unit of x: state its scale in the schema" in ratio.note
    assert "log hazard ratio with mean 0 and SD 1e+06" in " ".join(describe(found.plan))
    assert "HR x per 1: inf" in repr(found)
    assert right.note == ""


def test_cox_says_so_too():
    (x, _) = fit_classical(model(1.0), scaled(1e-6, 0.0)).hazard_ratios(level=0.95)[:2]
    assert "no number holds this hazard ratio per unit of x" in x.note
