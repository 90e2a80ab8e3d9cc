"""Where Kaplan-Meier lies in the prior predictive: held against cohorts simulated from the prior."""

from dataclasses import replace

import numpy as np
import pytest

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.posterior.prior_check import prior_check
from escc_bayes.bayes.posterior.prior_conflict import prior_conflict, probability_below
from escc_bayes.data.bundled import example_cohort
from escc_bayes.estimand.estimand import HazardRatio, SurvivalAt
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec, spec_from

STAGE = {"covariate": "stage", "structure": "fixed", "prior": {"normal": [0.0, 1.0]}}


def weibull(at: float, median: float, lower: float, *effects) -> ModelSpec:
    return spec_from(
        {
            "name": "w",
            "outcome": {"endpoint": "os"},
            "baseline": {"family": "weibull", "reference_time": 12.0},
            "priors": {
                "baseline_survival": {"at": at, "median": median, "lower": lower},
                "log_shape": {"normal": [0.0, 0.4]},
            },
            "effect": list(effects),
        },
        "w",
    )


def of_reference(*effects) -> ModelSpec:
    spec = weibull(24.0, 0.5, 0.2, *effects)
    return replace(spec, baseline=replace(spec.baseline, at="reference"))


def with_follow_up(plan, time, event):
    return replace(plan, rows=replace(plan.rows, time=np.asarray(time), event=np.asarray(event, dtype=float)))


@pytest.mark.parametrize("dead", [0, 20, 45, 70, 90])
def test_the_tail_is_that_of_cohorts_simulated_from_the_prior(dead):
    """All followed to month 24: survival there is binomial. 40,000 cohorts, SE 0.0025; 2,000 draws add 0.01."""
    plan = make_plan(weibull(24.0, 0.5, 0.2), example_cohort("larynx"))
    n = plan.rows.n
    time = np.where(np.arange(n) < dead, 5.0, 30.0)
    found = prior_conflict(with_follow_up(plan, time, time < 24.0))
    rng = np.random.default_rng(5)
    m, sd = np.log(np.log(2.0)), (np.log(np.log(5.0)) - np.log(np.log(2.0))) / 1.959963985
    alive = rng.binomial(n, np.exp(-np.exp(rng.normal(m, sd, 40_000))))
    below = (alive < n - dead).mean() + 0.5 * (alive == n - dead).mean()
    assert found.observed == pytest.approx((n - dead) / n, rel=1e-12)
    assert found.below == pytest.approx(below, abs=0.04)
    assert found.tail == pytest.approx(2 * min(below, 1 - below), abs=0.08)
    assert found.found == (dead in (0, 20, 90))


def test_half_of_the_observed_count_lies_on_either_side():
    # Binomial(3, 0.4): P(0), .., P(3) = 0.216, 0.432, 0.288, 0.064.
    for count, below in enumerate([0.108, 0.432, 0.792, 0.968]):
        assert probability_below(count / 3.0, 3.0, np.array([0.4]))[0] == pytest.approx(below, rel=1e-12)


def test_effects_widen_what_the_reference_patient_promises_for_the_cohort():
    plain, effects = (prior_conflict(make_plan(of_reference(*e), example_cohort("larynx"))) for e in ((), (STAGE,)))
    assert effects.upper - effects.lower > plain.upper - plain.lower


def test_a_prior_far_from_the_data_is_said_where_survival_is():
    spec, cohort = weibull(24.0, 0.1, 0.05, STAGE), example_cohort("larynx")
    posterior = fit(spec, cohort, seed=1, engine="laplace", draws=200)
    assert posterior.prior_conflict.tail < 0.01
    assert "PRIOR-DATA CONFLICT" in repr(posterior)
    survival, ratio = posterior.estimates([SurvivalAt(24.0), HazardRatio("stage", "IV")], level=0.95)
    assert "prior-data conflict on the baseline: Kaplan-Meier 0.73 at 24 months" in survival.note
    assert "prior-data conflict" not in ratio.note
    assert "PRIOR-DATA CONFLICT" in repr(prior_check(spec, cohort, seed=1, draws=100))


def test_agreement_and_a_month_nobody_reaches_are_said():
    cohort = example_cohort("larynx")
    agreeing = prior_conflict(make_plan(load_spec("larynx_piecewise"), cohort))
    assert "worth 4.32 events" in agreeing.sentence()
    assert "CONFLICT" not in agreeing.sentence()
    assert agreeing.note == ""
    late = prior_conflict(make_plan(weibull(500.0, 0.1, 0.01), cohort))
    assert "nobody is followed so far" in late.sentence()
    assert np.isnan(late.tail)
    assert late.note == ""


def test_a_saved_posterior_says_the_same_and_one_of_another_pivot_is_refused(tmp_path):
    from escc_bayes.bayes.posterior.reload import load_posterior
    from escc_bayes.foundation.errors import InputError

    spec, cohort = weibull(24.0, 0.5, 0.2), example_cohort("larynx")
    posterior = fit(spec, cohort, seed=1, engine="laplace", draws=200)
    posterior.save(tmp_path / "w.nc")
    again = load_posterior(tmp_path / "w.nc", spec, cohort)
    assert again.prior_conflict == posterior.prior_conflict
    tree = posterior.to_datatree()
    # log H at the specification's own month, 12: b0 - k log 2.
    b0 = tree["posterior"]["baseline"] - tree["posterior"]["shape"] * np.log(2.0)
    np.testing.assert_allclose(tree["posterior"]["b0"].values, b0.values, rtol=1e-10)
    earlier = posterior_at_twelve(posterior)
    earlier.save(tmp_path / "old.nc")
    with pytest.raises(InputError, match=r"level at 12 months, this one at 24, .* fit again"):
        load_posterior(tmp_path / "old.nc", spec, cohort)


def posterior_at_twelve(posterior: Posterior) -> Posterior:
    plan = posterior.plan
    return replace(posterior, plan=replace(plan, baseline=replace(plan.baseline, reference_time=12.0)))
