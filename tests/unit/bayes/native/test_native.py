"""Backend ``native`` end to end: closed form, PyMC and laplace as second sources, seeds, words, groups."""

import re

import numpy as np
import pytest
from scipy import stats
from tests.unit.bayes.laplace.test_density import MANY, POOLED, pooled_plan
from tests.unit.bayes.model.test_likelihood import EFFECTS, GAMMA, WALK, WEIBULL, small_cohort

from escc_bayes.bayes.engines.registry import check_engine
from escc_bayes.bayes.native import nutpie_core
from escc_bayes.bayes.native.native import sample
from escc_bayes.bayes.numeric.convergence import ess_bulk
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.sampling.draws import checked
from escc_bayes.bayes.sampling.settings import NutsSettings, RunSettings
from escc_bayes.foundation.errors import SamplingError, SpecError
from escc_bayes.spec.reading import load_spec, spec_from


def spec_of(form, *effects):
    return spec_from({"name": "m", "outcome": {"endpoint": "os"}, **form, "effect": list(effects)}, "m")


def assert_same(ours, theirs, effective, *, errors=5.0):
    """Means of (draws, q) within some Monte Carlo errors, SDs within as many of theirs."""
    sd = np.hypot(ours.std(axis=0), theirs.std(axis=0)) / np.sqrt(2.0)
    error = sd * np.sqrt(2.0 / effective)
    assert (np.abs(ours.mean(axis=0) - theirs.mean(axis=0)) < errors * error).all()
    # The error of an SD is that of the mean over the square root of 2 for a normal; skewed ones are granted twice.
    assert (np.abs(ours.std(axis=0) - theirs.std(axis=0)) < 2.0 * errors * error / np.sqrt(2.0)).all()


@pytest.fixture(scope="module")
def larynx_pymc(larynx):
    """The model of ``larynx_posterior`` by the other backend."""
    return fit(load_spec("larynx_piecewise"), larynx, seed=11, backend="pymc")


def test_native_agrees_with_pymc(larynx_posterior, larynx_pymc):
    """Second source: PyMC's compiled density under the same sampler; log hazard ratios, log rates, the walk's SD."""
    assert larynx_posterior.diagnostics.verdict == larynx_pymc.diagnostics.verdict == "ok"
    for quantity in (
        lambda p: p.coefficients,
        lambda p: p.hazard.log_rates,
        lambda p: p.flat["sd_baseline"],
    ):
        effective = min(p.diagnostics.min_ess_bulk for p in (larynx_posterior, larynx_pymc))
        assert_same(quantity(larynx_posterior), quantity(larynx_pymc), effective)
    for level in (0.025, 0.975):
        ours, theirs = (np.quantile(p.coefficients, level, axis=0) for p in (larynx_posterior, larynx_pymc))
        sd = larynx_pymc.coefficients.std(axis=0)
        # A tail quantile of a normal has 2.7 times the error of the mean: 0.09 SD at 1,000 effective draws.
        np.testing.assert_array_less(np.abs(ours - theirs), 0.3 * sd)


def test_groups_are_those_of_pymc(larynx_posterior, larynx_pymc):
    """Same groups, variables and dimensions; of the statistics, those that say whether the run may be trusted."""
    ours, theirs = larynx_posterior.to_datatree(), larynx_pymc.to_datatree()
    assert set(ours.children) == set(theirs.children)
    for name in set(ours.children) - {"sample_stats"}:
        assert {k: v.dims for k, v in ours[name].data_vars.items()} == {
            k: v.dims for k, v in theirs[name].data_vars.items()
        }
    statistics = set(ours["sample_stats"].data_vars)
    assert {"diverging", "energy", "depth", "n_steps", "step_size"} <= statistics
    assert statistics <= set(theirs["sample_stats"].data_vars)


def test_second_fit_of_a_structure_compiles_nothing(larynx, larynx_pymc, monkeypatch):
    """Other rows, other priors: the compiled density is used again, and a full refit gives the same draws."""
    from escc_bayes.bayes.pymc import nuts

    def refuse(*_, **__):
        raise AssertionError("compiled again")

    monkeypatch.setattr(nuts.nutpie, "compile_pymc_model", refuse)
    fewer = larynx.subset(np.arange(0, 90, 2))
    other = fit(load_spec("larynx_piecewise", variant="sceptical"), fewer, seed=2, backend="pymc")
    assert other.plan.rows.n == 45
    again = fit(load_spec("larynx_piecewise"), larynx, seed=11, backend="pymc")
    np.testing.assert_array_equal(again.coefficients, larynx_pymc.coefficients)


def test_gamma_rates_have_their_closed_form(larynx):
    """Conjugate: shape + events in rate + person-months; means within 5 errors, 2.5 % and 97.5 % points within 6 %."""
    posterior = fit(spec_of(GAMMA), larynx, seed=3)
    rows, cuts = posterior.plan.rows, posterior.plan.baseline.cuts
    from escc_bayes.hazard.piecewise import person_months, piece_of

    months = person_months(rows.time, cuts).sum(axis=0)
    events = np.bincount(piece_of(rows.time, cuts), weights=rows.event, minlength=months.size)
    exact = stats.gamma(0.5 + events, scale=1.0 / (10.0 + months))
    rates = np.exp(posterior.flat["baseline"])
    error = exact.std() / np.sqrt(ess_bulk(np.moveaxis(np.exp(posterior.values["baseline"]), 2, 0)))
    assert (np.abs(rates.mean(axis=0) - exact.mean()) < 5.0 * error).all()
    for level in (0.025, 0.975):
        np.testing.assert_allclose(np.quantile(rates, level, axis=0), exact.ppf(level), rtol=0.06)


STRUCTURES = {
    "walk-intercepts": (WALK, EFFECTS),
    "gamma-many": (GAMMA, MANY),
    "weibull-intercepts": (WEIBULL, EFFECTS),
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_native_agrees_with_laplace(name):
    """Second source: importance weighted draws of ``laplace``, 20,000 of them."""
    form, effects = STRUCTURES[name]
    spec, cohort = spec_of(form, *effects), small_cohort()
    native = fit(spec, cohort, seed=4, draws=1000, tune=800)
    laplace = fit(spec, cohort, seed=4, engine="laplace")
    assert native.diagnostics.divergences == 0
    effective = min(native.diagnostics.min_ess_bulk, laplace.diagnostics.importance_ess)
    assert_same(native.coefficients, laplace.coefficients, effective)


def test_pooled_and_ordered_effects_agree_with_laplace():
    """The same, for effects whose coefficients share a mean, and for a simplex of three steps."""
    from escc_bayes.bayes.laplace import laplace
    from escc_bayes.bayes.model import parameters

    plan = pooled_plan(WALK)
    assert {block.effect.WORD for block in plan.design.blocks} == {raw["structure"] for raw in POOLED}
    native = sample(plan, NutsSettings(1000, 800, 4, 0.9, "native"), 6, lambda *_: None)
    fast = laplace.sample(plan, laplace.LaplaceSettings(5000, 4), 6)
    found = []
    for drawn in (native, fast):
        flat = {name: values.reshape(-1, values.shape[-1]) for name, values in drawn.values.items()}
        found.append(parameters.coefficients(plan.design.blocks, flat, len(flat["baseline"])))
    assert_same(*found, checked(plan, native).min_ess_bulk)


def test_same_seed_same_draws_and_more_chains_keep_the_first(larynx):
    """A chain's stream is its own: it depends neither on other chains nor on what ran before."""
    spec = load_spec("larynx_piecewise")
    lengths = {"draws": 60, "tune": 60}
    with pytest.warns(UserWarning, match="NOT FIT FOR USE"):
        one, other = fit(spec, larynx, seed=5, **lengths), fit(spec, larynx, seed=6, **lengths)
    with pytest.warns(UserWarning, match="NOT FIT FOR USE"):
        more = fit(spec, larynx, seed=5, chains=5, **lengths)
    for name, values in one.values.items():
        np.testing.assert_array_equal(more.values[name][:4], values)
        assert not np.array_equal(other.values[name], values)
    assert dict(one.record.settings)["backend"] == "native"


def test_backend_words():
    """A wrong word lists the right ones; laplace has no backend."""
    with pytest.raises(SpecError, match="backend 'nativ' is not possible.*native"):
        check_engine(RunSettings("nuts", "nativ"))
    with pytest.raises(SpecError, match=re.escape("belongs to engine nuts, not to engine laplace")):
        check_engine(RunSettings("laplace", "pymc"))
    check_engine(RunSettings("nuts", "pymc"))


def test_density_that_is_never_finite_cannot_start():
    """The error says so; the process lives."""
    with pytest.raises(SamplingError, match="could not start"):
        nutpie_core.run_chain(
            lambda q: (float("nan"), q),
            lambda seed: np.zeros(2),
            size=2,
            draws=5,
            tune=5,
            target_accept=0.9,
            seed=1,
            watch=lambda *_: None,
        )


def test_sampler_core_is_the_one_that_nutpie_uses():
    """Whichever is loaded first, there is one compiled module."""
    core = nutpie_core.sampler_core()
    import nutpie

    assert core is nutpie._lib is nutpie_core.sampler_core()
