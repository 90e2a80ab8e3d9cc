"""Effects shrunk across transitions: each copy acts in its own rows; at the limits lie ``own`` and ``shared``."""

import numpy as np
import pytest

from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.reload import load_posterior
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.bundled import example_cohort
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec.describe import describe
from escc_bayes.spec.one_transition import one_transition
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec, spec_from

NAMES = ("progression", "death_without_progression", "death_after_progression")
OUTCOME = {"kind": "illness_death", "progression": "pfs", "death": "os", "clock": "forward"}


def model(*effects, name="m", outcome=OUTCOME):
    return spec_from(
        {
            "name": name,
            "outcome": outcome,
            "baseline": {"family": "piecewise_exponential", "cuts": [12.0], "sd": {"halfnormal": 0.5}},
            "priors": {"baseline_log_rate": {"normal": [-3.5, 1.0]}},
            "effect": list(effects),
        },
        name,
    )


def shrunk(sd, covariate="coverage", prior=1.0):
    return {
        "covariate": covariate,
        "structure": "across_transitions",
        "prior": {"normal": [0.0, prior]},
        "sd": {"halfnormal": sd},
    }


def fixed(**keys):
    return {"covariate": "coverage", "structure": "fixed", "prior": {"normal": [0.0, 1.0]}, **keys}


@pytest.fixture(scope="module")
def cohort():
    return example_cohort("escc79")


def ratios(posterior):
    asked = [HazardRatio("coverage", "RPL", "RAL", transition=name) for name in NAMES]
    return np.stack([posterior.draws(one) for one in asked])


def test_each_copy_acts_in_the_rows_of_its_transition(cohort):
    plan = make_plan(model(shrunk(0.5, "stage"), fixed()), cohort)
    design, rows = plan.design, plan.rows
    assert design.labels[:4] == (
        *("stage[III], progression", "stage[IV], progression"),
        *("stage[III], death_without_progression", "stage[IV], death_without_progression"),
    )
    for code, name in enumerate(NAMES):
        own, inside = design.columns_of("stage", name), rows.stratum == code
        levels = rows.covariates["stage"].values[:, None] == np.array([1.0, 2.0])
        np.testing.assert_array_equal(design.columns[:, own], levels * inside[:, None])
        alone = one_transition(plan, name)
        np.testing.assert_array_equal(alone.design.columns[:, :2], levels[inside])


def test_the_effects_are_a_common_one_and_what_is_added_to_it(cohort):
    """psi_k = mean + sd z_k, from the draws themselves; the prior's variance is that of both."""
    plan = make_plan(model(shrunk(0.5)), cohort)
    values = prior_draws(plan, 40_000, 1)
    found = parameters.coefficients(plan.design.blocks, values, 40_000)
    np.testing.assert_allclose(found, values["mean_coverage"] + values["sd_coverage"] * values["z_coverage"])
    np.testing.assert_allclose(found.var(axis=0), 1.0 + 0.25, rtol=0.05)
    np.testing.assert_allclose(np.corrcoef(found.T)[0, 1], 1.0 / 1.25, atol=0.02)


def test_without_an_sd_it_is_a_shared_effect_and_with_a_wide_one_each_has_its_own(cohort):
    """Means and SDs within 0.1 SD, far above the Monte Carlo error of either posterior."""
    tied = fit(model(shrunk(0.001)), cohort, seed=1, engine="laplace", draws=1000)
    common = fit(model(fixed(shared=True)), cohort, seed=2, engine="laplace", draws=1000)
    one, same = ratios(tied), ratios(common)
    np.testing.assert_allclose(one.mean(axis=1), same.mean(axis=1), atol=0.1 * same.std())
    np.testing.assert_allclose(one.std(axis=1), same.std(axis=1), rtol=0.1)
    months = np.array([12.0, 24.0])
    for group in ("RAL", "RPL"):
        first, second = (p.states(months, term="coverage", group=group) for p in (tied, common))
        apart = np.abs(first.mean(axis=0) - second.mean(axis=0))
        assert (apart < 0.1 * second.std(axis=0)).all()
    between = ratios(fit(model(shrunk(0.4)), cohort, seed=3, engine="laplace", draws=1000))
    own = ratios(fit(model(fixed()), cohort, seed=4, engine="laplace", draws=1000))
    assert np.ptp(one.mean(axis=1)) < np.ptp(between.mean(axis=1)) < np.ptp(own.mean(axis=1))


def test_both_engines_states_cox_and_a_saved_posterior_know_it(cohort, tmp_path):
    spec = model(shrunk(0.5))
    first = fit(spec, cohort, seed=5, engine="laplace")
    second = fit(spec, cohort, seed=6, engine="nuts")
    one, two = ratios(first), ratios(second)
    error = np.sqrt(one.var(axis=1) / 4000 + two.var(axis=1) / second.diagnostics.min_ess_bulk)
    assert (np.abs(one.mean(axis=1) - two.mean(axis=1)) < 4.0 * error).all()
    cox = fit_classical(spec, cohort).plan.design
    assert [block.within for block in cox.blocks] == [(name,) for name in NAMES]
    first.save(tmp_path / "x.nc")
    np.testing.assert_array_equal(ratios(load_posterior(tmp_path / "x.nc")), one)
    (tmp_path / "m.toml").write_text(spec.toml, encoding="utf-8")
    assert load_spec(tmp_path / "m.toml").digest == spec.digest
    assert "shrunk towards a common effect, RPL over RAL" in " ".join(describe(first.plan))


def test_it_is_refused_for_one_endpoint_and_with_transitions_named(cohort):
    with pytest.raises(SpecError, match="belongs to an outcome of kind"):
        make_plan(model(shrunk(0.5), outcome={"endpoint": "os"}), cohort)
    for key, value in (("transitions", ["progression"]), ("shared", True)):
        with pytest.raises(SpecError, match=f"leave '{key}' out"):
            model({**shrunk(0.5), key: value})


def test_a_number_is_shrunk_too(cohort):
    found = fit(model(shrunk(0.5, "age")), cohort, seed=8, engine="laplace", draws=500)
    assert {e.transition for e in found.hazard_ratios()} == set(NAMES)
    assert found.verdict == "ok"
