"""The engine ``laplace`` end to end: closed forms, quadrature, hard cases, the same outputs as ``nuts``."""

import subprocess
import sys
import warnings
from dataclasses import replace

import arviz as az
import numpy as np
import pytest
from scipy import stats
from scipy.special import gammaln, logsumexp

from escc_bayes.bayes.laplace import laplace
from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.model.prior import log_prior
from escc_bayes.bayes.modes.grid import explore
from escc_bayes.bayes.modes.layout import coordinates
from escc_bayes.bayes.modes.modes import Target
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.inference_groups import patient_log_likelihood
from escc_bayes.bayes.posterior.reload import load_posterior
from escc_bayes.bayes.refits.requests import with_prior
from escc_bayes.bayes.sampling.diagnose import Diagnostics, diagnose_weights
from escc_bayes.data.bundled import example_cohort
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import CohortError, NotFitForUseWarning, SpecError
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.prior import HalfNormal
from escc_bayes.spec.reading import load_spec, spec_from

GAMMA = {
    "baseline": {"family": "piecewise_exponential", "cuts": [12.0, 24.0, 48.0], "smoothing": "independent"},
    "priors": {"baseline_rate": {"gamma": [0.5, 10.0]}},
}
ONE_PIECE = {
    "baseline": {"family": "piecewise_exponential", "cuts": [], "smoothing": "independent"},
    "priors": {"baseline_log_rate": {"normal": [-4.0, 1.0]}},
}
WALK = {
    "baseline": {"family": "piecewise_exponential", "cuts": [12.0], "sd": {"halfnormal": 0.5}},
    "priors": {"baseline_log_rate": {"normal": [-4.0, 1.0]}},
}
WEIBULL = {
    "baseline": {"family": "weibull", "reference_time": 24.0},
    "priors": {"baseline_log_cumulative_hazard": {"normal": [-1.0, 1.0]}, "log_shape": {"normal": [0.0, 0.5]}},
}
AGE = {"covariate": "age", "structure": "linear", "prior": {"normal": [0.0, 1.0]}}


def spec_of(form, *effects):
    return spec_from({"name": "m", "outcome": {"endpoint": "os"}, **form, "effect": list(effects)}, "m")


def log_marginal_likelihood(posterior):
    return float(posterior.stats["log_marginal_likelihood"][0, 0])


def test_gamma_rates_are_the_conjugate_posterior(larynx):
    """Closed form: rate_k | data ~ Gamma(a + events_k, b + months_k); exact draws, and the marginal likelihood."""
    posterior = fit(spec_of(GAMMA), larynx, seed=5, engine="laplace")
    data = cells_of(posterior.plan)
    events, months = data.piece_events, data.piece_months
    rates = np.exp(posterior.flat["baseline"])
    for k in range(4):
        exact = stats.gamma(0.5 + events[k], scale=1.0 / (10.0 + months[k]))
        assert stats.kstest(rates[:, k], exact.cdf).pvalue > 1e-4
    expected = (
        0.5 * np.log(10.0) - gammaln(0.5) + gammaln(0.5 + events) - (0.5 + events) * np.log(10.0 + months)
    ).sum()
    assert log_marginal_likelihood(posterior) == pytest.approx(expected, abs=1e-9)
    assert posterior.diagnostics.importance_ess == pytest.approx(32_000.0)
    assert posterior.diagnostics.verdict == "ok"


def log_posterior(plan, values):
    """Log likelihood times prior of points (m,) by name, patient by patient, in chunks."""
    size = next(iter(values.values())).size
    found = np.empty(size)
    for low in range(0, size, 20_000):
        part = {name: value[None, low : low + 20_000, None] for name, value in values.items()}
        with np.errstate(over="ignore", invalid="ignore"):
            log_p = patient_log_likelihood(plan, part)[0].sum(axis=1)
        log_p += sum(density[0].reshape(log_p.size, -1).sum(axis=1) for density in log_prior(plan, part).values())
        found[low : low + 20_000] = np.nan_to_num(log_p, nan=-np.inf)
    return found


def grid_posterior(plan, axes):
    """Points (m,) by name, normalised weights and log normaliser of a posterior on a tensor grid."""
    mesh = np.meshgrid(*axes.values(), indexing="ij")
    values = {name: m.ravel() for name, m in zip(axes, mesh, strict=True)}
    log_p = log_posterior(plan, values) + sum(np.log(axis[1] - axis[0]) for axis in axes.values())
    total = float(logsumexp(log_p))
    return values, np.exp(log_p - total), total


QUADRATURE = {
    "one_piece": (
        ONE_PIECE,
        [AGE],
        {"baseline": np.linspace(-6.5, -3.0, 161), "b_age": np.linspace(-1.2, 1.6, 161)},
    ),
    "weibull": (WEIBULL, [], {"baseline": np.linspace(-2.5, 1.0, 161), "log_shape": np.linspace(-1.0, 1.2, 161)}),
    "walk": (
        WALK,
        [],
        {
            "baseline": np.linspace(-5.6, -3.6, 61),
            "sd_baseline": np.linspace(0.0, 2.4, 121)[1:] - 0.01,
            "z_baseline": np.linspace(-4.5, 4.5, 61),
        },
    ),
}


@pytest.mark.parametrize("name", QUADRATURE)
def test_small_models_equal_quadrature(name, larynx):
    """Second source: a tensor grid over every parameter; means, SDs, and the marginal likelihood."""
    form, effects, axes = QUADRATURE[name]
    posterior = fit(spec_of(form, *effects), larynx, seed=6, engine="laplace", draws=10_000)
    values, weight, total = grid_posterior(posterior.plan, axes)
    for parameter, exact in values.items():
        mean = weight @ exact
        sd = np.sqrt(weight @ (exact - mean) ** 2)
        drawn = posterior.flat[parameter][:, 0]
        # 40,000 draws: 0.005 SD and 0.4 % are one standard error.
        assert abs(drawn.mean() - mean) < 0.025 * sd
        assert drawn.std() == pytest.approx(sd, rel=0.02)
    assert log_marginal_likelihood(posterior) == pytest.approx(total, abs=0.01)


def test_two_modes_of_a_mixture_prior_are_both_found(larynx):
    """Quadrature on a prior whose sharp component conflicts with the data: share of draws in each mode."""
    from escc_bayes.spec.evidence_prior import EvidencePrior

    prior = EvidencePrior("age", "OS", ((0.95, -0.25, 0.05), (0.05, 0.4, 0.2)))
    plan = make_plan(spec_of(ONE_PIECE, AGE), larynx)
    (block,) = plan.design.blocks
    block = replace(block, effect=replace(block.effect, prior=prior))
    plan = replace(plan, design=replace(plan.design, blocks=(block,)))
    found = laplace.sample(plan, laplace.LaplaceSettings(10_000, 4), 2)
    axes = {"baseline": np.linspace(-6.5, -3.0, 161), "b_age": np.linspace(-1.3, 1.6, 291)}
    values, weight, total = grid_posterior(plan, axes)
    drawn = found.values["b_age"].ravel()
    assert 0.1 < float(weight[values["b_age"] < -0.05].sum()) < 0.9  # two modes of some weight
    for limit in (-0.255, -0.205, 0.005, 0.305):  # between points of the grid
        expected = float(weight[values["b_age"] < limit].sum())
        assert (drawn < limit).mean() == pytest.approx(expected, abs=0.012)
    assert found.stats["log_marginal_likelihood"][0, 0] == pytest.approx(total, abs=0.02)
    assert found.stats["pareto_k"][0, 0] < 0.5


def test_same_seed_same_draws_and_other_seed_other_draws(larynx):
    spec = load_spec("larynx_piecewise")
    one, two, other = (fit(spec, larynx, seed=s, engine="laplace", draws=100, chains=4) for s in (1, 1, 2))
    np.testing.assert_array_equal(one.coefficients, two.coefficients)
    assert not np.array_equal(one.coefficients, other.coefficients)
    assert one.values["baseline"].shape == (4, 100, 1)
    assert dict(one.record.settings)["draws"] == 100
    assert one.method == "bayes_laplace"


def test_default_is_twenty_thousand_draws(larynx):
    posterior = fit(load_spec("larynx_piecewise"), larynx, seed=1, engine="laplace")
    assert posterior.values["baseline"].shape[:2] == (4, 5000)


def test_unknown_engine_is_refused(larynx):
    with pytest.raises(SpecError, match="laplace"):
        fit(load_spec("larynx_piecewise"), larynx, seed=1, engine="laplce")


def test_arviz_runs_on_the_tree_and_after_netcdf(larynx, tmp_path):
    """The same groups as nuts; summary, loo and psense_summary; diagnostics survive the file."""
    spec = load_spec("larynx_piecewise")
    posterior = fit(spec, larynx, seed=1, engine="laplace", draws=1000)
    tree = posterior.to_datatree()
    assert {"posterior", "prior", "log_likelihood", "log_prior", "sample_stats", "observed_data"} <= set(tree.children)
    table = az.summary(tree, var_names=["beta"], round_to="none")
    np.testing.assert_allclose(table["mean"], posterior.coefficients.mean(axis=0), rtol=1e-6)
    assert table["r_hat"].max() < 1.01
    assert az.loo(tree, var_name="time").n_data_points == 90
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # advice on prior-data conflict is no failure
        assert az.psense_summary(tree, var_names=["beta"]).index[0] == "beta[stage[II]]"
    path = tmp_path / "posterior.nc"
    posterior.save(path)
    again = load_posterior(path, spec, larynx)
    np.testing.assert_array_equal(again.coefficients, posterior.coefficients)
    assert again.diagnostics.pareto_k_max == posterior.diagnostics.pareto_k_max
    assert again.diagnostics.verdict == "ok"


def test_time_unit_leaves_hazard_ratios_unchanged(larynx):
    """Symmetry: the same patients in days, to 1e-6."""
    import pandas as pd

    data, age = larynx.endpoints["os"], larynx.covariates["age"]
    frame = pd.DataFrame({"t": data.time * 30.4375, "d": data.event.astype(int), "age": age.values})
    schema = schema_from(
        {
            "time_unit": "days",
            "endpoints": {"os": {"time": "t", "event": "d"}},
            "covariates": {"age": {"kind": "continuous", "center": 65.0, "scale": 10.0}},
        },
        "days",
    )
    spec = spec_of(WALK, AGE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # without stage two patients are alike
        cohort = read_cohort(frame, schema)
    days = fit(spec, cohort, seed=3, engine="laplace", draws=500)
    months = fit(spec, larynx, seed=3, engine="laplace", draws=500)
    np.testing.assert_allclose(days.coefficients, months.coefficients, atol=1e-6)


def hard_cohort(columns, time, event):
    """Patients with columns x0, x1, .. as they are."""
    import pandas as pd

    names = [f"x{j}" for j in range(columns.shape[1])]
    frame = pd.DataFrame(columns, columns=names).assign(t=time, d=event.astype(int))
    raw = {
        "endpoints": {"os": {"time": "t", "event": "d"}},
        "covariates": {name: {"kind": "continuous"} for name in names},
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an outlying time is what one of them is about
        return read_cohort(frame, schema_from(raw, "hard"))


def hard_cases():
    """Cohorts on which maximum likelihood fails."""
    rng = np.random.default_rng(3)
    n = 79
    arm = (np.arange(n) % 2).astype(float)[:, None]
    time, event = rng.exponential(25.0, n) + 0.1, rng.random(n) < 0.45
    early = (time < np.median(time)).astype(float)[:, None]
    single = np.arange(n) == 5
    x = rng.standard_normal(n)
    alone = (np.arange(n) == 0).astype(float)[:, None]
    return {
        "no_events_in_group": (arm, time, event & (arm[:, 0] == 0)),
        "separation": (early, time, event & (early[:, 0] == 1)),
        "one_event": (np.c_[arm, rng.standard_normal((n, 2))], time, single),
        "two_patients": (np.array([[0.0], [1.0]]), np.array([5.0, 9.0]), np.array([True, False])),
        "collinear": (np.c_[x, x], time, event),
        "group_of_one": (alone, time, event),
        "time_outlier": (arm, np.r_[time[:-1], 2000.0], event),
    }


@pytest.mark.parametrize("form", [WALK, GAMMA, WEIBULL], ids=["walk", "gamma", "weibull"])
@pytest.mark.parametrize("name", hard_cases())
def test_hard_cohorts_stay_finite_and_fit_for_use(name, form):
    """Finite draws and an honest verdict where maximum likelihood has no answer; 2.5 is a wide prior."""
    columns, time, event = hard_cases()[name]
    effects = [
        {"covariate": f"x{j}", "structure": "linear", "prior": {"normal": [0.0, 2.5]}} for j in range(columns.shape[1])
    ]
    posterior = fit(spec_of(form, *effects), hard_cohort(columns, time, event), seed=1, engine="laplace")
    assert np.isfinite(posterior.coefficients).all()
    assert np.isfinite(posterior.values["baseline"]).all()
    assert posterior.diagnostics.fit_for_use


@pytest.mark.parametrize("name", ["no_events_in_group", "separation", "two_patients", "group_of_one"])
def test_hard_cohorts_equal_quadrature(name):
    """Second source: a grid over level and coefficient, under a prior of SD 10 that leaves the tail to the data."""
    columns, time, event = hard_cases()[name]
    effect = {"covariate": "x0", "structure": "linear", "prior": {"normal": [0.0, 10.0]}}
    posterior = fit(spec_of(ONE_PIECE, effect), hard_cohort(columns, time, event), seed=1, engine="laplace")
    axes = {"baseline": np.linspace(-16.0, 1.0, 341), "b_x0": np.linspace(-45.0, 45.0, 601)}
    values, weight, total = grid_posterior(posterior.plan, axes)
    drawn, points = posterior.flat["b_x0"][:, 0], axes["b_x0"]
    for probability in (0.025, 0.25, 0.5, 0.75, 0.975):
        # Between two points of the grid: each point's mass reaches half way to its neighbours.
        limit = points[np.searchsorted(points, np.quantile(drawn, probability))] - 0.5 * (points[1] - points[0])
        exact = float(weight[values["b_x0"] < limit].sum())
        # 20,000 draws, some 12,000 effective: 0.0046 is one standard error at the median.
        assert (drawn < limit).mean() == pytest.approx(exact, abs=0.018)
    assert log_marginal_likelihood(posterior) == pytest.approx(total, abs=0.03)
    assert posterior.diagnostics.verdict == "ok"


@pytest.mark.parametrize("structure", ["fixed", "ordered", "exchangeable", "random_intercept"])
def test_a_level_without_events_stays_finite_and_fit_for_use(structure):
    """Three levels, the last without an event: every structure of levels, under wide priors."""
    import pandas as pd

    rng = np.random.default_rng(6)
    n = 60
    level = np.arange(n) % 3
    frame = pd.DataFrame({"g": np.array(["a", "b", "c"])[level], "t": rng.exponential(20.0, n) + 0.1})
    frame["d"] = ((level != 2) & (rng.random(n) < 0.6)).astype(int)
    schema = schema_from(
        {
            "endpoints": {"os": {"time": "t", "event": "d"}},
            "covariates": {"g": {"kind": "ordered", "levels": ["a", "b", "c"]}},
        },
        "levels",
    )
    wide = {"sd": {"halfnormal": 3.0}} if structure in ("exchangeable", "random_intercept") else {}
    prior = wide or {"prior": {"normal": [0.0, 5.0]}}
    effect = {"covariate": "g", "structure": structure, **prior}
    posterior = fit(spec_of(WALK, effect), read_cohort(frame, schema), seed=1, engine="laplace")
    assert np.isfinite(posterior.coefficients).all()
    assert posterior.diagnostics.verdict == "ok"
    ratios = np.exp(
        posterior.coefficients[:, -1] - (0.0 if structure in ("fixed", "ordered") else posterior.coefficients[:, 0])
    )
    assert (ratios < 1.0).mean() > 0.97  # twenty patients without an event against twelve events in twenty


def test_no_event_at_all_is_refused_with_the_remedy(larynx):
    """At the door: a cohort without events has no hazard ratios."""
    columns, time, event = hard_cases()["two_patients"]
    effect = {"covariate": "x0", "structure": "linear", "prior": {"normal": [0.0, 1.0]}}
    with pytest.raises(CohortError, match="hazard ratios need events"):
        fit(spec_of(WALK, effect), hard_cohort(columns, time, event & False), seed=1, engine="laplace")


def test_no_event_at_all_gives_the_prior_shifted_by_exposure(larynx):
    """Weight 0 for those with events: rates are Gamma(a, b + months of the others)."""
    plan = make_plan(spec_of(GAMMA), larynx)
    plan = replace(plan, rows=replace(plan.rows, weight=1.0 - plan.rows.event))
    drawn = laplace.sample(plan, laplace.LaplaceSettings(2000, 4), 1)
    months = cells_of(plan).piece_months
    for k in range(4):
        exact = stats.gamma(0.5, scale=1.0 / (10.0 + months[k]))
        assert stats.kstest(np.exp(drawn.values["baseline"][..., k].ravel()), exact.cdf).pvalue > 1e-4


def test_more_columns_than_patients_under_a_flat_prior_is_not_fit_for_use():
    """22 columns, 12 patients, prior SD 10: the verdict says so, warns, and names the other engine."""
    rng = np.random.default_rng(3)
    columns, time = rng.standard_normal((12, 22)), rng.exponential(25.0, 12) + 0.1
    effects = [{"covariate": f"x{j}", "structure": "linear", "prior": {"normal": [0.0, 10.0]}} for j in range(22)]
    cohort = hard_cohort(columns, time, np.arange(12) % 2 == 0)
    with pytest.warns(NotFitForUseWarning, match="use engine nuts"):
        posterior = fit(spec_of(WALK, *effects), cohort, seed=1, engine="laplace", draws=500)
    assert np.isfinite(posterior.coefficients).all()
    assert posterior.diagnostics.verdict.startswith("NOT FIT FOR USE")


def test_grid_reaches_a_standard_deviation_far_below_its_prior(larynx):
    """A half-normal of scale 50 on a walk that hardly moves: the grid still ends where mass has run out."""
    # A file may not state so wide a prior; a specification may hold it.
    plan = make_plan(with_prior(spec_of(WALK), "baseline_sd", HalfNormal(50.0)), larynx)
    grid = explore(Target(coordinates(plan)[0], cells_of(plan)))
    assert grid.edge_mass < 1e-3
    axes = (np.linspace(-5.6, -3.6, 41), np.geomspace(1e-4, 200.0, 300), np.linspace(-1.0, 1.0, 61))
    level, sd, part = (m.ravel() for m in np.meshgrid(*axes, indexing="ij"))
    # A step sd z beyond 1.6 has no likelihood: z reaches just that far. On log sd the Jacobian is sd itself.
    reach = np.minimum(4.5, 1.6 / sd)
    values = {"baseline": level, "sd_baseline": sd, "z_baseline": part * reach}
    log_p = log_posterior(plan, values) + np.log(sd) + np.log(reach)
    weight = np.exp(log_p - logsumexp(log_p))
    drawn = laplace.sample(plan, laplace.LaplaceSettings(10_000, 4), 1).values["sd_baseline"].ravel()
    for limit in (0.1, 0.5, 2.0, 10.0):
        expected = float(weight[values["sd_baseline"] < limit].sum())
        assert (drawn < limit).mean() == pytest.approx(expected, abs=0.015)


def test_grid_climbs_to_a_mode_that_is_far_and_narrow():
    """40,000 patients: the log shape's posterior is 1/100 of its prior wide. Closed form: Fisher information."""
    rng = np.random.default_rng(4)
    n = 40_000
    time = 24.0 * rng.weibull(1.4, n)
    cohort = hard_cohort((np.arange(n) % 2).astype(float)[:, None], time, np.ones(n, dtype=bool))
    effect = {"covariate": "x0", "structure": "linear", "prior": {"normal": [0.0, 1.0]}}
    posterior = fit(spec_of(WEIBULL, effect), cohort, seed=1, engine="laplace")
    assert posterior.diagnostics.verdict == "ok"
    shape = posterior.flat["log_shape"][:, 0]
    assert shape.mean() == pytest.approx(np.log(1.4), abs=3.0 * 0.78 / np.sqrt(n))
    # The information on log shape of n uncensored Weibull times, b0 profiled out, is n pi^2 / 6.
    assert shape.std() == pytest.approx(np.sqrt(6.0 / n) / np.pi, rel=0.03)


@pytest.mark.parametrize("name", ["os_piecewise", "os_weibull", "pfs_piecewise", "pfs_weibull"])
def test_shipped_models_are_fit_for_use(name):
    """Ordered, exchangeable and pooled effects together: four hyperparameters."""
    posterior = fit(load_spec(name), example_cohort("escc79"), seed=1, engine="laplace", draws=1000)
    assert posterior.diagnostics.verdict == "ok"
    assert posterior.diagnostics.pareto_k_max < 0.5
    np.testing.assert_allclose(posterior.values["share_stage"].sum(axis=-1), 1.0, atol=1e-12)


def test_verdicts_of_weighted_draws():
    """Each fault alone is named; R-hat and bulk sizes do not apply."""
    assert diagnose_weights(0.3, 5000.0, 0.0).verdict == "ok"
    assert diagnose_weights(float("nan"), 5000.0, 0.0).verdict == "ok"
    assert "Pareto k 0.81 above 0.7" in diagnose_weights(0.81, 5000.0, 0.0).verdict
    assert "importance sample size 120 below 400" in diagnose_weights(0.3, 120.0, 0.0).verdict
    assert "importance sample size 1500 below 1600" in diagnose_weights(0.3, 1500.0, 0.0, 8000).verdict
    assert diagnose_weights(0.3, 1700.0, 0.0, 8000).verdict == "ok"
    assert "below 4000" in diagnose_weights(0.3, 3900.0, 0.0, 100_000).verdict
    assert "2.0 % of the mass beyond" in diagnose_weights(0.3, 5000.0, 0.02).verdict
    assert Diagnostics(0, 1.0, 500.0, 500.0, "b").verdict == "ok"


def test_engine_imports_no_sampler_and_no_scipy_stats():
    """Start-up: the fit of a bundled cohort loads neither PyMC nor ArviZ nor scipy.stats."""
    code = (
        "import sys, escc_bayes as eb; "
        "eb.fit(eb.load_spec('larynx_piecewise'), eb.example_cohort('larynx'), seed=1, engine='laplace', draws=100); "
        "print([m for m in ('pymc', 'pytensor', 'arviz', 'arviz_stats', 'scipy.stats', 'xarray', 'numba') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
