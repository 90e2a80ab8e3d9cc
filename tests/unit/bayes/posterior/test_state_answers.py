"""A posterior of an illness-death model is kept, refitted, pooled and sampled as any other is."""

import numpy as np
import pytest

from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.bayes.posterior.ensemble import fit_ensemble
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.prior_check import prior_check
from escc_bayes.bayes.posterior.reload import load_posterior
from escc_bayes.bayes.refits.refit_many import refit_many
from escc_bayes.bayes.refits.requests import leave_one_out, prior_grid
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.bundled import example_cohort, example_ensemble
from escc_bayes.data.ensemble import Ensemble
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.spec.prior import Normal
from escc_bayes.spec.reading import load_spec, spec_from

MONTHS = np.array([6.0, 12.0, 24.0])
ASKED = HazardRatio("coverage", "RPL", "RAL", transition="progression")


@pytest.fixture(scope="module")
def cohort():
    return example_cohort("escc79")


@pytest.fixture(scope="module", params=["", "reset"])
def spec(request):
    return load_spec("illness_death", variant=request.param or None)


def test_a_saved_posterior_answers_the_same(spec, cohort, tmp_path):
    found = fit(spec, cohort, seed=2, engine="laplace", draws=100)
    found.save(tmp_path / "x.nc")
    again = load_posterior(tmp_path / "x.nc")
    assert again.plan.spec == spec
    assert again.plan.rows.sentence() == found.plan.rows.sentence()
    np.testing.assert_array_equal(again.states(MONTHS), found.states(MONTHS))
    assert repr(again) == repr(found)
    assert "posterior_predictive" not in found.to_datatree().children


def test_nuts_agrees_with_laplace(spec, cohort):
    first = fit(spec, cohort, seed=3, engine="laplace")
    second = fit(spec, cohort, seed=4, engine="nuts")
    assert second.verdict == "ok"
    ess = second.diagnostics.min_ess_bulk
    for place in range(first.plan.design.size):
        one, two = first.coefficients[:, place], second.coefficients[:, place]
        assert abs(one.mean() - two.mean()) < 4.0 * np.sqrt(one.var() / 4000 + two.var() / ess)
    one, two = (p.states(MONTHS)[:, 2, 1] for p in (first, second))
    assert abs(one.mean() - two.mean()) < 4.0 * np.sqrt(one.var() / 4000 + two.var() / ess)


def test_refits_under_other_priors_are_the_fits_under_them(cohort):
    spec = load_spec("illness_death")
    grid = prior_grid(spec, cohort, {"coverage_progression": [Normal(0.0, 0.1), Normal(0.0, 0.7)]})
    other = HazardRatio("coverage", "RPL", "RAL", transition="death_after_progression")
    table = refit_many(grid, asked=[ASKED, other], seed=5)
    for place, plan in enumerate(grid.plans):
        alone = fit(plan.spec, cohort, seed=6, engine="laplace").estimate(ASKED)
        assert table.column("value", contrast="RPL vs RAL, progression")[place] == pytest.approx(alone.value, rel=0.06)


def test_each_patient_is_left_out_with_all_rows(cohort):
    request = leave_one_out(load_spec("illness_death"), cohort)
    assert len(request) == 80
    plan = request.plans[1]
    gone = plan.rows.weight == 0.0
    assert (plan.rows.whose[gone] == 0).all()
    assert gone.sum() == (plan.rows.whose == 0).sum() > 1


def test_an_ensemble_pools_the_states_of_its_members(cohort):
    whole = example_ensemble("escc79")
    few = Ensemble(whole.name, whole.members[:2])
    pooled = fit_ensemble(load_spec("illness_death"), few, seed=7, draws=100)
    found = pooled.states(MONTHS)
    np.testing.assert_array_equal(found, np.concatenate([m.states(MONTHS) for m in pooled.members]))
    assert "death after progression" in pooled.sentences()[0]
    few = "stage = III: fewer than 5 events of death without progression in 2 of 2 cohorts"
    assert few in "".join(pooled.sentences())
    assert len(pooled.thinned(100).states(MONTHS)) == pytest.approx(100, rel=0.1)


def test_a_prior_check_says_both_survivals_and_every_transition(spec, cohort):
    """The curves are those of a posterior's hazards at the prior's draws; one hazard without effects in closed form."""
    check = prior_check(spec, cohort, seed=1, draws=2000)
    free, alive = check.curves["Survival free of progression"], check.curves["Overall survival"]
    assert free.shape == alive.shape == (2000, check.times.size)
    assert (free <= alive + 1e-12).all()
    said = " ".join(check.sentences())
    assert "Overall survival of the average patient at 12 months" in said
    assert "HR coverage RPL vs RAL, progression:" in said
    # Constant rates within 6 months: leaving at r1 + r2, dying after it at r3.
    plan = check.plan
    rates = np.exp(prior_draws(plan, 2000, 1)["baseline"]).reshape(2000, 3, -1)[:, :, 0]
    at = int(np.argmin(np.abs(check.times - 5.0)))
    month, out = check.times[at], rates[:, 0] + rates[:, 1]
    np.testing.assert_allclose(free[:, at], np.exp(-out * month), rtol=1e-10)
    after = rates[:, 0] * (np.exp(-rates[:, 2] * month) - np.exp(-out * month)) / (out - rates[:, 2])
    np.testing.assert_allclose(alive[:, at] - free[:, at], after, rtol=1e-7)


def test_effects_of_several_columns_or_none_for_cox_act_in_transitions_too(cohort):
    """A pooled effect is three plain ones to Cox, a random intercept none: neither shifts the transitions of others."""
    raw = {
        "name": "m",
        "outcome": {"kind": "illness_death", "progression": "pfs", "death": "os", "clock": "forward", "landmark": 3.0},
        "baseline": {"family": "piecewise_exponential", "cuts": [12.0], "sd": {"halfnormal": 0.5}},
        "priors": {"baseline_log_rate": {"normal": [-3.5, 1.0]}},
        "effect": [
            {
                "name": "alc",
                "covariates": ["alc_baseline", "alc_mid", "alc_post"],
                "structure": "pooled",
                "prior": {"normal": [0.0, 0.7]},
                "sd": {"halfnormal": 0.3},
                "transitions": ["progression", "death_after_progression"],
                "shared": True,
            },
            {"covariate": "sequence", "structure": "random_intercept", "sd": {"halfnormal": 0.3}},
            {"covariate": "coverage", "structure": "fixed", "prior": {"normal": [0.0, 0.7]}},
        ],
    }
    spec = spec_from(raw, "m")
    found = fit(spec, cohort, seed=8, engine="laplace", draws=100)
    design = fit_classical(spec, cohort).plan.design
    assert [block.within for block in design.blocks[:3]] == [("progression", "death_after_progression")] * 3
    assert [block.within for block in design.blocks[3:]] == [(name,) for name in found.plan.rows.transition_names]
    asked = HazardRatio("alc_mid", "low", "high", transition="death_after_progression")
    same = HazardRatio("alc_mid", "low", "high", transition="progression")
    assert found.estimate(asked).value == found.estimate(same).value
