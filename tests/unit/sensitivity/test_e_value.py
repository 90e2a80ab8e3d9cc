"""E-values held to the bias that a confounder of that strength can do."""

import pytest

from escc_bayes.sensitivity.e_value import e_value, e_value_of_limit, risk_ratio


@pytest.mark.parametrize("hr", [0.25, 0.7, 1.3, 2.957, 10.0])
@pytest.mark.parametrize("rare", [True, False])
def test_a_confounder_as_strong_as_the_e_value_biases_by_the_risk_ratio(hr, rare):
    """Ding & VanderWeele 2016: the largest bias of a confounder with risk ratios a and b is a b / (a + b - 1)."""
    e = e_value(hr, rare=rare)
    away = risk_ratio(max(hr, 1 / hr), rare=rare)
    assert e * e / (2 * e - 1) == pytest.approx(away, rel=1e-12)


def test_inverse_ratios_have_one_e_value():
    assert e_value(0.374) == pytest.approx(e_value(1 / 0.374), rel=1e-12)


def test_a_common_outcome_has_half_its_controls_failing():
    """Risks 1 - 0.5^sqrt(HR) and 1 - 0.5^(1 / sqrt(HR)): hazards HR apart around one that half survive."""
    for hr in (1.5, 3.0):
        risk, control = 1 - 0.5 ** (hr**0.5), 1 - 0.5 ** (hr**-0.5)
        assert risk_ratio(hr, rare=False) == pytest.approx(risk / control, rel=1e-12)


def test_an_interval_that_holds_one_needs_no_confounder():
    assert e_value_of_limit(0.8, 1.2) == 1.0
    assert e_value_of_limit(1.1, 3.0) == e_value(1.1)
    assert e_value_of_limit(0.2, 0.9, rare=True) == e_value(0.9, rare=True)
