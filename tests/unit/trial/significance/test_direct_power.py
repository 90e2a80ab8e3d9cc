"""The expected log-rank score: limits, and simulated trials."""

import math

import pytest

from escc_bayes.trial.significance.closed_forms import schoenfeld_power
from escc_bayes.trial.significance.direct_power import direct_power, expected_score
from escc_bayes.trial.simulation.decide import TRUTH
from escc_bayes.trial.simulation.operating_characteristics import operating_characteristics
from escc_bayes.trial.simulation.outcomes import successes
from escc_bayes.trial.simulation.summary import summary
from tests.unit.trial.designs import small

LOG_RANK = [{"name": "logrank", "success": "log-rank one-sided 0.025"}]


def test_without_an_effect_the_score_is_nothing_and_the_variance_a_quarter_of_the_events():
    """Equal arms: V = d / 4 exactly; power is the level."""
    design = small(effect={"hr": 1.0}, control={"hazard": [0.1, 0.03], "cuts": [5.0]})
    arms, month = design.arms_under(design.effect), design.month_of(design.looks[0], design.effect)
    score, variance = expected_score(month, *arms)
    assert score == pytest.approx(0.0, abs=1e-12)
    assert variance == pytest.approx(60.0 / 4.0, rel=1e-8)
    assert direct_power(month, *arms, alpha=0.025) == pytest.approx(0.025, abs=1e-12)


def test_for_a_small_effect_it_is_schoenfelds():
    design = small(effect={"hr": 0.98}, accrual={"patients": 20_000, "months": 12.0}, analyses={"events": [12_000]})
    arms, month = design.arms_under(design.effect), design.month_of(design.looks[0], design.effect)
    expected = schoenfeld_power(0.98, 12_000.0, alpha=0.025)
    assert direct_power(month, *arms, alpha=0.025) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(
    "changes",
    [
        {"arms": {"control": "none", "treatment": "RT", "allocation": [1, 3]}},
        {"effect": {"hr": [1.0, 0.4], "cuts": [4.0]}},
        {"effect": {"hr": [0.4, 1.0], "cuts": [6.0]}},
        {"control": {"weibull": {"shape": 0.7, "scale": 12.0}}, "dropout": {"control": 0.2, "treatment": 0.05}},
    ],
)
def test_it_foretells_simulated_trials(changes):
    """240 patients, 150 events: within three Monte Carlo errors and one point for the approximation itself."""
    design = small(
        accrual={"patients": 240, "rates": [10.0, 25.0], "cuts": [4.0]},
        analyses={"events": [150]},
        rule=LOG_RANK,
        **changes,
    )
    arms, month = design.arms_under(design.effect), design.month_of(design.looks[0], design.effect)
    simulated = successes(design, TRUTH, 6_000, 5)[0].mean()
    error = math.sqrt(simulated * (1.0 - simulated) / 6_000)
    assert direct_power(month, *arms, alpha=0.025) == pytest.approx(simulated, abs=3.0 * error + 0.01)


def test_unequal_arms_are_explained_and_equal_ones_are_not():
    """rpact 3.3.4, 60,000 trials of 400 patients at 2:1, 247 events, hazard ratio 1: 0.0266 of them."""
    unequal = small(arms={"control": "none", "treatment": "RT", "allocation": [1, 2]}, rule=LOG_RANK)
    for design, said in ((unequal, True), (small(rule=LOG_RANK), False)):
        lines = summary(operating_characteristics(design, trials=500, seed=1))
        assert any("lies a little above its level 0.025" in line for line in lines) is said
        assert any("by its expected score" in line for line in lines)
