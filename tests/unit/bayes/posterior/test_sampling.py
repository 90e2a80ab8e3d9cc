"""Posteriors from NUTS: closed forms, invariances, ArviZ, reload. Fits are shared; structures compile once."""

import warnings

import arviz as az
import numpy as np
import pytest
from arviz_stats.base import array_stats

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.loo import compare_loo
from escc_bayes.bayes.posterior.reload import load_posterior
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio, MedianSurvival, SurvivalAt
from escc_bayes.foundation.errors import InputError, NotFitForUseWarning
from escc_bayes.spec.reading import load_spec, spec_from

pytestmark = pytest.mark.sampling
UNITS = {"days": 30.4375, "weeks": 30.4375 / 7.0, "months": 1.0, "years": 1.0 / 12.0}


def raw_piecewise(name="m", **changes):
    raw = {
        "name": name,
        "outcome": {"endpoint": "os"},
        "baseline": {
            "family": "piecewise_exponential",
            "cuts": [12.0, 24.0, 48.0],
            "smoothing": "independent",
        },
        "priors": {"baseline_rate": {"gamma": [0.5, 10.0]}},
        "effect": [],
    }
    return raw | changes


def test_one_sample_gamma_posterior_is_the_conjugate_one(larynx):
    """Closed form: rate_k | data ~ Gamma(a + events_k, b + person-months_k); mean within 4 Monte Carlo errors."""
    posterior = fit(spec_from(raw_piecewise(), "m"), larynx, seed=5)
    rows = posterior.plan.rows
    rates = np.exp(posterior.values["baseline"])
    edges = [0.0, 12.0, 24.0, 48.0, np.inf]
    for k in range(4):
        events = sum(edges[k] < t <= edges[k + 1] and d for t, d in zip(rows.time, rows.event, strict=True))
        months = sum(max(0.0, min(t, edges[k + 1]) - edges[k]) for t in rows.time)
        expected = (0.5 + events) / (10.0 + months)
        error = float(array_stats.mcse(rates[..., k], chain_axis=0, draw_axis=1, method="mean"))
        assert abs(rates[..., k].mean() - expected) < 4.0 * error
        assert rates[..., k].std() == pytest.approx(np.sqrt(0.5 + events) / (10.0 + months), rel=0.06)


def test_time_unit_leaves_hazard_ratios_unchanged(larynx, larynx_posterior):
    """Symmetry: the same cohort in days, weeks, months and years gives the same draws, to 1e-6."""
    import pandas as pd

    stage, age = larynx.covariates["stage"], larynx.covariates["age"]
    data = larynx.endpoints["os"]
    for unit, factor in UNITS.items():
        frame = pd.DataFrame(
            {
                "time": data.time * factor,
                "death": data.event.astype(int),
                "stage": [stage.schema.levels[int(c)] for c in stage.values],
                "age": age.values,
            }
        )
        covariates = {
            "stage": {"kind": "ordered", "levels": ["I", "II", "III", "IV"]},
            "age": {"kind": "continuous", "center": 65.0, "scale": 10.0},
        }
        endpoints = {"os": {"time": "time", "event": "death"}}
        schema = schema_from({"time_unit": unit, "endpoints": endpoints, "covariates": covariates}, "unit")
        again = fit(load_spec("larynx_piecewise"), read_cohort(frame, schema), seed=11)
        np.testing.assert_allclose(again.coefficients, larynx_posterior.coefficients, rtol=0, atol=1e-6)


def test_arviz_runs_on_the_tree_and_after_netcdf(larynx, larynx_posterior, tmp_path):
    """summary, loo, compare, psense_summary and plot_forest run unchanged, also on the tree read back."""
    import matplotlib as mpl
    import xarray as xr

    mpl.use("Agg")
    path = tmp_path / "posterior.nc"
    larynx_posterior.save(path)
    with xr.open_datatree(path, engine="h5netcdf") as opened:
        tree = opened.load()
    fresh = larynx_posterior.to_datatree()
    for candidate in (fresh, tree):
        table = az.summary(candidate, var_names=["HR"], ci_prob=0.95, ci_kind="eti", round_to="none")
        ratio = np.exp(larynx_posterior.coefficients)
        np.testing.assert_allclose(table["mean"], ratio.mean(axis=0), rtol=1e-6)
        assert az.loo(candidate, var_name="time").n_data_points == 90
        table = az.compare({"a": candidate, "b": fresh}, var_name="time")
        assert list(table["rank"]) == [0, 1]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # advice on prior-data conflict is no failure
            assert az.psense_summary(candidate, var_names=["beta"]).index[0] == "beta[stage[II]]"
        az.plot_forest(candidate, var_names=["HR"], ci_probs=(0.5, 0.95))
    assert tree.attrs["provenance"] == "observed"
    assert set(fresh.children) == {
        "posterior",
        "prior",
        "prior_predictive",
        "posterior_predictive",
        "log_likelihood",
        "log_prior",
        "observed_data",
        "constant_data",
        "sample_stats",
    }
    again = load_posterior(path, load_spec("larynx_piecewise"), larynx)
    np.testing.assert_array_equal(again.coefficients, larynx_posterior.coefficients)
    with pytest.raises(InputError, match="belongs to another specification"):
        load_posterior(path, load_spec("larynx_piecewise", variant="sceptical"), larynx)


def test_models_on_the_same_patients_compare_by_loo(larynx_posterior, larynx_weibull):
    """Second source: az.loo of each tree, which smooths one weight fewer or, by efficiency, some more.

    The difference is that of the pointwise values.
    """
    table = {row.model: row for row in compare_loo([larynx_posterior, larynx_weibull])}
    for posterior in (larynx_posterior, larynx_weibull):
        expected = az.loo(posterior.to_datatree(), var_name="time")
        assert table[posterior.plan.spec.name].elpd == pytest.approx(float(expected.elpd), abs=1e-3)
        assert table[posterior.plan.spec.name].elpd_se == pytest.approx(float(expected.se), abs=1e-3)
    best, worst = sorted(table.values(), key=lambda row: row.rank)
    assert worst.elpd_diff == pytest.approx(worst.elpd - best.elpd, abs=1e-6)


@pytest.mark.parametrize("which", ["larynx_posterior", "larynx_weibull"])
def test_predictive_draws_follow_the_survival_curve(which, request):
    """Closed form: the share of predictive times beyond 24 months equals mean exp(-H), within 5 Monte Carlo errors."""
    posterior = request.getfixturevalue(which)
    predicted = posterior.to_datatree()["posterior_predictive"]["time"].to_numpy()
    expected = posterior.draws(SurvivalAt(24.0)).mean()
    error = np.sqrt(expected * (1 - expected) / predicted.size) + posterior.draws(SurvivalAt(24.0)).std() / 40
    assert abs((predicted > 24.0).mean() - expected) < 5.0 * error


def test_median_solves_the_marginal_curve(larynx_weibull):
    """Definition: the survival curve of each draw at its median is one half, to 1e-9."""
    medians = larynx_weibull.draws(MedianSurvival("stage", "III"))
    for draw in (0, 77, 901):
        curve = larynx_weibull.survival(medians[[draw]], term="stage", group="III")
        assert curve[draw, 0] == pytest.approx(0.5, abs=1e-9)


def test_any_contrast_of_two_levels_is_their_quotient(larynx_posterior):
    """Algebra: HR(IV vs II) = HR(IV vs I) / HR(II vs I), draw by draw."""
    direct = larynx_posterior.draws(HazardRatio("stage", "IV", "II"))
    quotient = larynx_posterior.draws(HazardRatio("stage", "IV")) - larynx_posterior.draws(HazardRatio("stage", "II"))
    np.testing.assert_allclose(direct, quotient, atol=1e-12)
    ten, one = HazardRatio("age", per=10.0), HazardRatio("age", per=1.0)
    np.testing.assert_allclose(larynx_posterior.draws(ten), 10.0 * larynx_posterior.draws(one), atol=1e-12)


def separated(scale: float):
    """Thirty patients, no event in one level, a covariate of any scale."""
    import pandas as pd

    rng = np.random.default_rng(4)
    arm = np.array(["a", "b"] * 15)
    frame = pd.DataFrame(
        {
            "t": rng.uniform(5.0, 40.0, 30).round(3),
            "d": np.where(arm == "a", rng.integers(0, 2, 30), 0),
            "arm": arm,
            "x": rng.standard_normal(30) * scale,
        }
    )
    raw = {
        "endpoints": {"os": {"time": "t", "event": "d"}},
        "covariates": {"arm": {"kind": "binary", "levels": ["a", "b"]}, "x": {"kind": "continuous", "scale": scale}},
    }
    return read_cohort(frame, schema_from(raw, "separated"))


def test_separation_and_extreme_scales_stay_finite():
    """No event in a level: finite, far below 1; scales of 1e12 and 1e-9 give the draws of scale 1."""
    effects = [
        {"covariate": "arm", "structure": "fixed", "prior": {"normal": [0.0, 1.5]}},
        {"covariate": "x", "structure": "linear", "prior": {"normal": [0.0, 1.0]}},
    ]
    raw = raw_piecewise("separated", effect=effects) | {
        "baseline": {"family": "weibull", "reference_time": 24.0},
        "priors": {"baseline_survival": {"at": 24.0, "median": 0.6, "lower": 0.3}, "log_shape": {"normal": [0.0, 0.5]}},
    }
    spec = spec_from(raw, "separated")
    plain = fit(spec, separated(1.0), seed=8)
    assert np.isfinite(plain.coefficients).all()
    assert plain.estimate(HazardRatio("arm", "b"), level=0.95).value < 0.5
    for scale in (1e12, 1e-9):
        np.testing.assert_allclose(fit(spec, separated(scale), seed=8).coefficients, plain.coefficients, atol=1e-6)


def test_short_run_is_not_fit_for_use(larynx):
    """Ten draws cannot have an effective sample of 400: the verdict says so, on the estimates too."""
    with pytest.warns(NotFitForUseWarning, match="NOT FIT FOR USE"):
        short = fit(load_spec("larynx_piecewise"), larynx, seed=1, draws=10, tune=20)
    assert not short.diagnostics.fit_for_use
    assert short.values["baseline"].shape[:2] == (4, 10)  # the length asked for is kept
    assert short.estimate(HazardRatio("age"), level=0.95).verdict.startswith("NOT FIT FOR USE")


def test_covariate_of_raw_scale_is_sampled_in_its_own_units():
    """A covariate measured in 1e-6 units with a prior per unit: posterior = that of the rescaled covariate / 1e6."""
    effects = [{"covariate": "x", "structure": "linear", "prior": {"normal": [0.0, 1e6]}}]
    weibull = {
        "baseline": {"family": "weibull", "reference_time": 24.0},
        "priors": {"baseline_survival": {"at": 24.0, "median": 0.6, "lower": 0.3}, "log_shape": {"normal": [0.0, 0.5]}},
    }
    tiny = separated(1e-6)
    schema = schema_from(
        {
            "endpoints": {"os": {"time": "t", "event": "d"}},
            "covariates": {"x": {"kind": "continuous"}},
        },
        "tiny",
    )
    import pandas as pd

    data, x = tiny.endpoints["os"], tiny.covariates["x"].values
    cohort = read_cohort(pd.DataFrame({"t": data.time, "d": data.event.astype(int), "x": x}), schema)
    posterior = fit(spec_from(raw_piecewise("tiny", effect=effects) | weibull, "tiny"), cohort, seed=9)
    assert posterior.plan.design.blocks[0].unit != 1.0
    rescaled = [{"covariate": "x", "structure": "linear", "prior": {"normal": [0.0, 1.0]}}]
    scaled_schema = schema_from(
        {
            "endpoints": {"os": {"time": "t", "event": "d"}},
            "covariates": {"x": {"kind": "continuous", "scale": 1e-6}},
        },
        "scaled",
    )
    scaled = read_cohort(pd.DataFrame({"t": data.time, "d": data.event.astype(int), "x": x}), scaled_schema)
    expected = fit(spec_from(raw_piecewise("tiny", effect=rescaled) | weibull, "tiny"), scaled, seed=9)
    ours, theirs = posterior.coefficients[:, 0] * 1e-6, expected.coefficients[:, 0]
    error = 4.0 * np.hypot(ours.std(), theirs.std()) / np.sqrt(1000.0)
    assert abs(ours.mean() - theirs.mean()) < error
