"""The engine ``laplace`` end to end: closed forms, quadrature, the same outputs as ``nuts``."""

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
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.inference_groups import patient_log_likelihood
from escc_bayes.bayes.posterior.reload import load_posterior
from escc_bayes.bayes.sampling.diagnose import Diagnostics, diagnose_weights
from escc_bayes.data.bundled import example_cohort
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec.plan import make_plan
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
