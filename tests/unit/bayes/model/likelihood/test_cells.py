"""Cells of any plan: product form, general cells and Weibull months state one likelihood, with its derivatives."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.bayes.densities import equals_pymc
from tests.unit.bayes.laplace.test_density import FORMS
from tests.unit.bayes.model.likelihood.segmented import Segmented
from tests.unit.bayes.model.test_likelihood import small_cohort
from tests.unit.bayes.native.test_density import density_of

from escc_bayes.bayes.model.likelihood.counted import Counted
from escc_bayes.bayes.model.likelihood.of_plan import cells_of, cells_of_rows, collapsed, counted_of
from escc_bayes.bayes.model.likelihood.product import Product, product_of
from escc_bayes.bayes.model.likelihood.protocol import Together
from escc_bayes.bayes.modes.coordinates import log_scales, log_shape, parameter_values, predictors
from escc_bayes.bayes.modes.layout import coordinates
from escc_bayes.bayes.posterior.inference_groups import patient_log_likelihood
from escc_bayes.hazard.at_risk import split_at
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.prior import Normal
from escc_bayes.spec.reading import spec_from
from escc_bayes.spec.risk_rows import RiskRows, risk_rows

EFFECTS = [
    {"covariate": "grade", "structure": "exchangeable", "sd": {"halfnormal": 0.3}},
    {"covariate": "arm", "structure": "fixed", "prior": {"normal": [0, 1]}},
]


def plan_with_segments(form, ends=(5.0, 12.0)):
    """An effect of arm that changes at months on and off the cuts, first in the model, and one that does not."""
    spec = spec_from({"name": "m", "outcome": {"endpoint": "os"}, **form, "effect": EFFECTS}, "m")
    changing = Segmented("arm", ("arm",), Normal(0.1, 0.8), ends)
    return make_plan(replace(spec, effects=(changing, spec.effects[0])), small_cohort())


def points(coords, draws=3):
    rng = np.random.default_rng(7)
    x, u = rng.standard_normal((draws, coords.latents)), rng.standard_normal((draws, len(coords.hypers)))
    if coords.gamma is not None:
        x[:, : coords.pieces] -= 3.0
    return x, u


@pytest.mark.parametrize("form", FORMS)
def test_density_with_segments_equals_pymc(form):
    """Second source: PyMC's compiled log density on rows cut at the segments' ends; to 1e-6."""
    plan = plan_with_segments(FORMS[form])
    coords = coordinates(plan)[0]
    for x, u in zip(*points(coords), strict=True):
        equals_pymc(plan, coords, x[None], u[None])


@pytest.mark.parametrize("form", FORMS)
def test_native_density_with_segments_is_that_of_laplace(form):
    """Second source: the cells of ``laplace`` at the same parameters; gradients by central differences."""
    plan = plan_with_segments(FORMS[form])
    found, coords = density_of(plan), coordinates(plan)[0]
    q = 0.3 * np.random.default_rng(2).standard_normal((2, found.size))
    ours = [found(one)[0] for one in q]
    values = found.values(q)
    apart = [ours[n] - total_log_density(plan, coords, values, n) for n in (0, 1)]
    jacobian = [log_jacobian(found, one) for one in q]
    assert apart[0] - jacobian[0] == pytest.approx(apart[1] - jacobian[1], abs=1e-6)
    gradient = found(q[0])[1].copy()
    for j, e in enumerate(np.eye(found.size)):
        assert gradient[j] == pytest.approx((found(q[0] + 1e-5 * e)[0] - found(q[0] - 1e-5 * e)[0]) / 2e-5, abs=1e-4)


def total_log_density(plan, coords, values, place):
    """Log-likelihood per patient, summed, and the log prior of the free parameters."""
    from escc_bayes.bayes.model.prior import log_prior

    one = {name: value[place : place + 1] for name, value in values.items()}
    likelihood = patient_log_likelihood(plan, {name: value[None] for name, value in one.items()}).sum()
    return float(likelihood + sum(part.sum() for part in log_prior(plan, one).values()))


def log_jacobian(found, q):
    """Log |d free parameters / d q|, by central differences."""

    def vector(at):
        return np.concatenate([value[0] for value in found.values(at[None]).values()])

    moved = [(vector(q + 1e-5 * e) - vector(q - 1e-5 * e)) / 2e-5 for e in np.eye(found.size)]
    return np.linalg.slogdet(np.array(moved))[1]


@pytest.mark.parametrize("form", FORMS)
def test_cells_with_segments_are_the_sum_of_patients(form):
    """Second source: the log-likelihood patient by patient; and one value for each patient, whatever the rows."""
    plan = plan_with_segments(FORMS[form])
    coords, cells = coordinates(plan)[0], cells_of(plan)
    x, u = points(coords)
    ours = cells.given(log_shape(coords, u)).value(predictors(coords, x, u, log_scales(coords, u)))
    by_patient = patient_log_likelihood(plan, {k: v[None] for k, v in parameter_values(coords, x, u).items()})[0]
    assert by_patient.shape == (3, plan.rows.n)
    np.testing.assert_allclose(ours, by_patient.sum(axis=1), rtol=1e-12)


def test_product_form_and_general_cells_are_one_likelihood():
    plan = plan_with_segments(FORMS["walk"])
    held = collapsed(risk_rows(plan.rows, plan.design), plan)
    product, counted = product_of(held), counted_of(held)
    psi = np.random.default_rng(3).normal(-1.0, 0.4, (4, counted.design.shape[1]))
    np.testing.assert_allclose(counted.value(psi), product.value(psi), rtol=1e-13)
    one, other = product.derivatives(psi), counted.derivatives(psi)
    for name in ("value", "gradient", "information"):
        np.testing.assert_allclose(getattr(other, name), getattr(one, name), rtol=1e-11, atol=1e-10)
    beta = psi[:, : plan.design.size]
    np.testing.assert_allclose(counted.spent(beta), product.spent(beta), rtol=1e-13)
    np.testing.assert_allclose(counted.piece_events, product.piece_events)
    np.testing.assert_allclose(counted.piece_months, product.piece_months)
    twice = Together([product, counted]).derivatives(psi)
    np.testing.assert_allclose(twice.information, 2.0 * one.information, rtol=1e-11, atol=1e-10)


def test_general_cells_in_blocks_equal_those_at_once(monkeypatch):
    from escc_bayes.bayes.model.likelihood import counted as module

    plan = plan_with_segments(FORMS["walk"])
    held = collapsed(risk_rows(plan.rows, plan.design), plan)
    whole = counted_of(held)
    psi = np.random.default_rng(3).normal(-1.0, 0.4, (2, whole.design.shape[1]))
    one = whole.derivatives(psi)
    monkeypatch.setattr(module, "HELD", 1)
    monkeypatch.setattr(module, "WIDTH", 3)
    other = counted_of(held).derivatives(psi)
    np.testing.assert_allclose(other.value, one.value, rtol=1e-12)
    np.testing.assert_allclose(other.information, one.information, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(counted_of(held).value(psi), one.value, rtol=1e-12)


def test_general_cells_have_the_closed_form_of_two_rates():
    """Events over months in either cell is the mode, events the information there."""
    cells = Counted(np.eye(2), np.array([3.0, 8.0]), np.array([10.0, 4.0]), pieces=2)
    found = cells.derivatives(np.log([[0.3, 2.0]]))
    np.testing.assert_allclose(found.gradient, 0.0, atol=1e-12)
    np.testing.assert_allclose(found.information, [np.diag([3.0, 8.0])], atol=1e-12)
    assert found.value[0] == pytest.approx(3 * np.log(0.3) + 8 * np.log(2.0) - 11.0)


def test_cells_choose_their_form():
    """Every pattern in every piece: the product; many patterns with a piece each: general cells."""
    assert isinstance(cells_of(make_plan(plan_with_segments(FORMS["walk"]).spec, small_cohort())), Product)
    rare = plan_with_segments(FORMS["walk"], ends=tuple(float(month) for month in range(1, 30)))
    assert isinstance(cells_of(rare), Counted)


def test_rows_cut_anywhere_have_the_likelihood_of_the_whole():
    """Cut at 40 months, on and off the cuts of the baseline; to 1e-10, piecewise and Weibull."""
    months = np.sort(np.random.default_rng(1).uniform(0.1, 30.0, 40))
    for form in FORMS.values():
        plan = plan_with_segments(form)
        coords = coordinates(plan)[0]
        x, u = points(coords)
        psi, shape = predictors(coords, x, u, log_scales(coords, u)), log_shape(coords, u)
        whole = cells_of(plan).given(shape).value(psi)
        risk = risk_rows(plan.rows, plan.design)
        parts, of = split_at(risk.at_risk, months)
        cut = cells_of_rows(RiskRows(parts, risk.of[of], risk.columns[of]), plan).given(shape).value(psi)
        np.testing.assert_allclose(cut, whole, rtol=0, atol=1e-10)
