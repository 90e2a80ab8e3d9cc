"""Refits, ensembles and left-out patients of changes over time, curves, strata and start-stop rows."""

from dataclasses import replace

import numpy as np
import pytest
from tests.reference import structure_plans
from tests.reference.structure_plans import model_of, split_cohort

from escc_bayes.bayes.posterior.ensemble import fit_ensemble
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.refits.refit_many import refit_many
from escc_bayes.bayes.refits.requests import each_cohort, leave_one_out, prior_grid, with_prior
from escc_bayes.data.endpoints import EndpointData
from escc_bayes.data.ensemble import Ensemble
from escc_bayes.spec.prior import HalfNormal

# Knots as values: without a patient quantiles would move.
KNOTS = (45.0, 55.0, 62.0, 74.0)
MODELS = {
    "rows": (("time_varying_off", "linear"), {"strata": "alc_mid"}, split_cohort()),
    "whole": (("time_varying", "random_intercept"), {}, structure_plans.cohort()),
    "curve": (("spline", "time_varying_off"), {}, structure_plans.cohort()),
}


@pytest.fixture(scope="module", params=MODELS)
def case(request):
    """Return a specification and its cohort."""
    effects, more, cohort = MODELS[request.param]
    spec = model_of(effects, "walk", **more)
    fixed = (replace(e, knots=KNOTS) if e.WORD == "spline" else e for e in spec.effects)
    return replace(spec, effects=tuple(fixed)), cohort


def log_means(posterior):
    """Return the mean log hazard ratio of each contrast shown."""
    return np.array([e.log_mean for e in posterior.hazard_ratios()])


def means_of(table, row):
    """Return the same of one refit."""
    return table.numbers[row, :, 4]


def test_a_patient_left_out_is_a_fit_without_the_patient(case):
    """Of weight 0 in every row. Means of 16,000 draws differ by less than 0.03; the columns' centres move a little."""
    spec, cohort = case
    table = refit_many(leave_one_out(spec, cohort), seed=1)
    assert table.asked[0].estimand == "hazard_ratio"
    assert len(table) == 61
    for who in ("P07", "P30"):
        row = [label[0] for label in table.labels].index(who)
        alone = fit(spec, cohort.subset(np.array([name != who for name in cohort.ids])), seed=2, engine="laplace")
        assert len(alone.plan.rows.ids) == 59
        np.testing.assert_allclose(means_of(table, row), log_means(alone), atol=0.03)


def test_other_priors_and_cohorts_are_fits_of_their_own(case):
    spec, cohort = case
    name = next(effect.name for effect in spec.effects if hasattr(effect, "sd") and effect.name in ("arm", "stage"))
    grid = refit_many(prior_grid(spec, cohort, {name: [HalfNormal(0.1), HalfNormal(1.0)]}), seed=1)
    alone = fit(with_prior(spec, name, HalfNormal(1.0)), cohort, seed=2, engine="laplace")
    np.testing.assert_allclose(means_of(grid, 1), log_means(alone), atol=0.03)
    each = refit_many(each_cohort(spec, {"one": cohort, "again": cohort}), seed=1)
    plain = fit(spec, cohort, seed=2, engine="laplace")
    np.testing.assert_allclose(each.numbers[:, :, 4], np.tile(log_means(plain), (2, 1)), atol=0.03)


def test_an_ensemble_pools_them(case):
    """Two members, one of them followed 1.3 times as long: the mean of the pool is the mean of their means."""
    spec, cohort = case[0], replace(case[1], provenance="reconstructed")
    os = cohort.endpoints["os"]
    longer = replace(cohort, endpoints={"os": EndpointData(1.3 * os.time, os.event, 1.3 * os.entry)})
    pooled = fit_ensemble(spec, Ensemble("two", (cohort, longer)), seed=1)
    members = np.array([log_means(member) for member in pooled.members])
    np.testing.assert_allclose(log_means(pooled), members.mean(axis=0), atol=1e-6)
