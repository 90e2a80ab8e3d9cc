"""Averages over groups of patients: against plain loops, whether groups are computed together or one by one."""

import numpy as np
import pytest
from scipy import integrate, optimize

from escc_bayes.estimand import evaluate, marginal
from escc_bayes.estimand.estimand import MedianSurvival, RMSTDifference, SurvivalAt
from escc_bayes.hazard.baseline import PiecewiseHazard, WeibullHazard
from escc_bayes.hazard.proportional import Proportional

RNG = np.random.default_rng(11)
BETA = RNG.normal(0.0, 0.6, size=(300, 2))
COLUMNS = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [-1.0, 0.5], [0.0, 0.0]])
# Two groups of these patients; the third patient is in both, the last in none.
WEIGHT = np.array([[2.0, 1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 3.0, 1.0, 0.0]])
HAZARDS = {
    "piecewise": PiecewiseHazard(RNG.normal(-3.0, 0.4, size=(300, 3)), np.array([6.0, 18.0])),
    "weibull": WeibullHazard(RNG.normal(-0.5, 0.3, 300), RNG.normal(0.1, 0.2, 300), 24.0),
}


@pytest.fixture(params=HAZARDS)
def hazard(request):
    return HAZARDS[request.param]


def average(hazard, draw, group):
    """Return the average survival of one group in one draw as a function of the month."""
    relative, share = np.exp(COLUMNS @ BETA[draw]), WEIGHT[group] / WEIGHT[group].sum()
    one = hazard.part(np.array([draw]))
    return lambda month: float(share @ np.exp(-relative * one.cumulative(np.array([month]))[0, 0]))


@pytest.mark.parametrize("draw", [0, 77, 299])
@pytest.mark.parametrize("group", [0, 1])
def test_averages_are_those_of_a_plain_loop(hazard, draw, group):
    asked = (Proportional(BETA, hazard), COLUMNS, WEIGHT)
    curve, months = average(hazard, draw, group), np.array([12.0, 30.0])
    np.testing.assert_allclose(marginal.survival(*asked, months)[group, draw], [curve(12.0), curve(30.0)], rtol=1e-13)
    half = optimize.brentq(lambda t: curve(t) - 0.5, 1e-6, 1e6, xtol=1e-12, rtol=1e-13)
    assert marginal.median(*asked)[group, draw] == pytest.approx(half, rel=1e-10)
    areas = [integrate.quad(curve, 0.0, u, points=[6.0, 18.0], epsabs=1e-11, limit=200)[0] for u in months.tolist()[1:]]
    np.testing.assert_allclose(marginal.restricted_mean(*asked, months)[group, draw, 1:], areas, rtol=0, atol=2e-7)


def test_the_size_of_a_block_changes_nothing(hazard, monkeypatch):
    asked, months = (Proportional(BETA, hazard), COLUMNS, WEIGHT), np.array([5.0, 24.0])
    whole = [marginal.survival(*asked, months), marginal.median(*asked), marginal.restricted_mean(*asked, months)]
    monkeypatch.setattr(marginal, "FEWEST", 7)
    monkeypatch.setattr(marginal, "BLOCK", 35)
    parts = [marginal.survival(*asked, months), marginal.median(*asked), marginal.restricted_mean(*asked, months)]
    for one, other in zip(whole, parts, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


@pytest.mark.parametrize("kind", [SurvivalAt, MedianSurvival, RMSTDifference])
def test_groups_together_are_groups_one_by_one(hazard, kind, monkeypatch):
    groups = [(COLUMNS[[0, 1, 2]], np.array([2.0, 1.0, 1.0])), (COLUMNS[[2, 3]], np.array([3.0, 1.0]))]
    months = (0.0,) if kind is MedianSurvival else (9.0, 30.0)
    together = list(evaluate.averaged(kind, groups, months, Proportional(BETA, hazard)))
    monkeypatch.setattr(evaluate, "MOST_TOGETHER", 4)
    apart = list(evaluate.averaged(kind, groups, months, Proportional(BETA, hazard)))
    assert [found.shape for found in together] == [(300, len(months))] * 2
    np.testing.assert_allclose(together, apart, rtol=1e-9)


def test_patients_of_several_groups_are_one_row():
    rows, weight = next(evaluate.together([(COLUMNS[[0, 2]], np.array([1.0, 5.0])), (COLUMNS[[2]], np.array([2.0]))]))
    assert rows.tolist() == [[0.0, 1.0], [1.0, 1.0]]
    assert weight.tolist() == [[1.0, 5.0], [0.0, 2.0]]
