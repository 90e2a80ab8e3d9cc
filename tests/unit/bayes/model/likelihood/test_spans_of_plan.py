"""Events between two months and survivors of other sources: one density in every engine, with its right derivatives."""

import numpy as np
import pytest
from scipy import stats
from tests.unit.bayes.densities import (
    equals_pymc,
    nuts_is_laplace,
    patients_add_up_to_the_cells,
    point,
)
from tests.unit.bayes.model.likelihood.term_plans import EXTERNAL, FORMS, FRAME, term_plan
from tests.unit.bayes.native.test_density import density_of

from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.model.likelihood.spans_of_plan import terms_of
from escc_bayes.bayes.modes.coordinates import log_scales, log_shape, parameter_values, predictors
from escc_bayes.bayes.modes.layout import coordinates
from escc_bayes.bayes.modes.modes import Target, find_modes, problem_at, start
from escc_bayes.bayes.posterior.inference_groups import patient_log_likelihood


@pytest.mark.parametrize("name", FORMS)
def test_density_equals_pymc_at_random_points(name):
    """Second source: PyMC's compiled log density minus the volume of the change of coordinates; to 1e-6."""
    plan = term_plan(name)
    equals_pymc(plan, *point(plan, 7))


@pytest.mark.parametrize("name", FORMS)
def test_density_of_nuts_is_that_of_laplace(name):
    """One point, in rows, against the cells, with the volume of partial centring; its gradient by differences."""
    plan = term_plan(name)
    nuts_is_laplace(plan, density_of(plan))


@pytest.mark.parametrize("external", [False, True])
@pytest.mark.parametrize("name", FORMS)
def test_derivatives_equal_central_differences(name, external):
    """The gradient of the conditional density; what a Newton step divides by is positive wherever it stands."""
    plan = term_plan(name, external=external)
    target = Target(coordinates(plan)[0], cells_of(plan))
    rng = np.random.default_rng(5)
    u = 0.5 * rng.standard_normal((1, len(target.coords.hypers)))
    problem = problem_at(target, u)
    x = start(target) + 0.3 * rng.standard_normal((1, target.coords.latents))
    _, gradient, information = problem.evaluate(x)
    for j, e in enumerate(np.eye(x.shape[1])):
        up, down = problem.evaluate(x + 1e-5 * e), problem.evaluate(x - 1e-5 * e)
        assert gradient[0, j] == pytest.approx((up[0][0] - down[0][0]) / 2e-5, abs=2e-5)
    assert np.linalg.eigvalsh(information[0]).min() > 0.0
    found = find_modes(target, u, start(target))
    assert np.abs(problem.evaluate(found.x)[1]).max() < 1e-2


@pytest.mark.parametrize("name", FORMS)
def test_hessian_of_spans_equals_central_differences(name):
    """In psi, of the events between two months."""
    plan = term_plan(name, external=False)
    coords, x, u = point(plan, 6)
    psi = predictors(coords, x, u, log_scales(coords, u))
    passed = terms_of(plan)[0].given(log_shape(coords, u))
    found = passed.derivatives(psi).information[0]
    for j, e in enumerate(np.eye(psi.shape[1])):
        up, down = passed.derivatives(psi + 1e-5 * e), passed.derivatives(psi - 1e-5 * e)
        np.testing.assert_allclose(found[j], -(up.gradient[0] - down.gradient[0]) / 2e-5, atol=2e-5)


@pytest.mark.parametrize("name", FORMS)
def test_log_likelihood_of_patients_adds_up_to_the_cells(name):
    """Second source: hazards of patients, which know no cells."""
    plan = term_plan(name, external=False)
    patients_add_up_to_the_cells(plan)


def test_patient_between_two_months_in_closed_form():
    """Patient 2, not in a stratum, under constant rates: S(3) - S(9) over S(1), by hand."""
    plan = term_plan("walk", external=False)
    coords, x, u = point(plan, 3)
    values = {k: v[None] for k, v in parameter_values(coords, x, u).items()}
    rates = np.exp(values["baseline"][0, 0, 0] + np.concatenate([[0.0], walk_of(plan, values)]))
    beta = np.concatenate([values["b_arm"][0, 0], values["b_grade"][0, 0] * np.cumsum(values["share_grade"][0, 0])])
    eta = float(plan.design.centred[1] @ beta)

    def survival(t):
        return np.exp(-np.exp(eta) * (rates * np.clip(t - np.array([0.0, 4.0, 9.0]), 0.0, [4.0, 5.0, np.inf])).sum())

    expected = np.log((survival(3.0) - survival(9.0)) / survival(1.0))
    assert patient_log_likelihood(plan, values)[0, 0, 1] == pytest.approx(expected, rel=1e-12)


def walk_of(plan, values):
    """The steps of the random walk, cumulated."""
    return np.cumsum(values["sd_baseline"][0, 0] * plan.baseline.step_scale * values["z_baseline"][0, 0])


def test_survivors_are_binomial_on_standardised_survival():
    """Second source: scipy's binomial on the mean of patients' survival, for every count."""
    plan = term_plan("weibull")
    coords, x, u = point(plan, 4)
    values = parameter_values(coords, x, u)
    beta = np.concatenate([values["b_arm"][0], values["b_grade"][0] * np.cumsum(values["share_grade"][0])])
    level, shape = values["baseline"][0, 0], np.exp(values["log_shape"][0, 0])
    relative = np.exp(plan.design.centred @ beta)
    expected = 0.0
    for one in EXTERNAL:
        group = one.get("group", {})
        inside = np.all([FRAME[key] == value for key, value in group.items()] or [np.ones(len(FRAME), bool)], axis=0)
        start_, stop = (
            np.exp(-relative[inside] * np.exp(level) * (one[end] / 6.0) ** shape).mean() for end in ("start", "stop")
        )
        expected += stats.binom.logpmf(one["alive"], one["at_risk"], stop / start_)
    survivors = terms_of(plan)[-1].given(log_shape(coords, u))
    assert survivors.value(predictors(coords, x, u, log_scales(coords, u)))[0] == pytest.approx(expected, rel=1e-11)


def test_patients_alike_are_one_group():
    """Patients 6 and 7 have the same interval, arm and grade: one group of two."""
    passed = terms_of(term_plan("walk", external=False))[0]
    assert sorted(passed.failed.tolist()) == [1.0, 1.0, 1.0, 1.0, 1.0, 2.0]
