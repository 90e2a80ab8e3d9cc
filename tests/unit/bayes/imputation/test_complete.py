"""Completed cohorts: what is drawn, what stays, and what belongs to which model."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.gaps import imputing, larynx_with_gaps

from escc_bayes.bayes.imputation.complete import complete_cohorts
from escc_bayes.bayes.posterior.ensemble import fit_ensemble
from escc_bayes.bayes.posterior.ensemble_reload import load_ensemble_posterior
from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec


@pytest.fixture(scope="module")
def completed():
    return complete_cohorts(imputing(), larynx_with_gaps(), seed=5, sweeps=3)


def test_observed_values_stay_and_missing_ones_are_filled_and_differ(completed, larynx):
    cohort = larynx_with_gaps()
    for name in ("stage", "age"):
        gone = cohort.covariate(name).missing
        values = np.array([member.covariate(name).values for member in completed])
        assert (values[:, ~gone] == larynx.covariate(name).values[~gone]).all()
        assert np.isfinite(values).all()
        assert np.ptp(values[:, gone], axis=0).max() > 0.0
    assert set(np.unique(completed.members[0].covariate("stage").values)) <= {0.0, 1.0, 2.0, 3.0}
    assert [member.endpoints["os"].events for member in completed] == [50, 50, 50]


def test_a_seed_gives_the_same_cohorts_and_another_seed_others(completed):
    again, other = (complete_cohorts(imputing(), larynx_with_gaps(), seed=s, sweeps=3) for s in (5, 6))
    assert again.digest == completed.digest != other.digest
    assert repr(completed).startswith("OBSERVED ensemble larynx: 3 completed cohorts of 90 patients")


def test_the_posterior_says_what_is_imputed_and_which_share_lies_between(completed, tmp_path):
    pooled = fit_ensemble(imputing(), completed, seed=5)
    (first, *_) = pooled.hazard_ratios()
    assert "of the variance of the log lies between 3 completed cohorts" in first.note
    assert "stage: 10 of 90 values imputed (11 %)" in first.note
    assert "age: 9 of 90 values imputed (10 %)" in pooled.sentences()[0]
    assert (first.n, first.events, first.model) == (90, 50, "larynx_piecewise")
    pooled.save(tmp_path / "pool")
    again = load_ensemble_posterior(tmp_path / "pool")
    assert again.hazard_ratios()[0].note == first.note
    assert (again.kind, again.about) == (pooled.kind, pooled.about)


@pytest.mark.parametrize("variant", [None, "sceptical"])
def test_completed_cohorts_belong_to_the_model_under_which_they_were_completed(completed, variant):
    """Complete cases of it, or other priors: values imputed under one model are foreign to another."""
    with pytest.raises(SpecError, match="not the one under which the cohorts of 'larynx' were completed"):
        fit_ensemble(load_spec("larynx_piecewise", variant=variant), completed, seed=1)


def test_a_model_that_imputes_has_no_plan_of_a_cohort_with_gaps():
    with pytest.raises(SpecError, match=r"\[missing\] imputes, and one cohort with missing values has no plan"):
        make_plan(imputing(), larynx_with_gaps())


def test_a_model_of_complete_cases_completes_nothing():
    with pytest.raises(SpecError, match="is of complete cases"):
        complete_cohorts(replace(imputing(), missing=None), larynx_with_gaps(), seed=1)
