"""Roots: closed forms, scipy's brentq, and functions that mislead interpolation."""

import math

import pytest
from scipy.optimize import brentq

from escc_bayes.foundation.root import root

KNOWN = {
    "parabola": (lambda x: x * x - 2.0, 0.0, 2.0, math.sqrt(2.0)),
    "decreasing": (lambda x: 1.0 - math.exp(x), -3.0, 5.0, 0.0),
    "line": (lambda x: 3.0 * x - 1.0, -10.0, 10.0, 1.0 / 3.0),
    "cosine": (lambda x: math.cos(x) - x, 0.0, 1.0, 0.7390851332151607),
    "flat at both ends": (lambda x: math.tanh(40.0 * (x - 0.3)), -50.0, 60.0, 0.3),
    "steep": (lambda x: math.copysign(abs(x - 1.0) ** (1.0 / 3.0), x - 1.0), -4.0, 8.0, 1.0),
    "jump": (lambda x: 1.0 if x > 0.7 else -1.0, 0.0, 1.0, 0.7),
    "cube": (lambda x: (x - 2.0) ** 3, -1.0, 4.5, 2.0),
}


@pytest.mark.parametrize("name", KNOWN)
def test_roots_of_closed_form_are_found(name):
    """To 1e-10; the cube is so flat that its value vanishes first."""
    function, low, high, expected = KNOWN[name]
    assert root(function, low, high) == pytest.approx(expected, abs=1e-4 if name == "cube" else 1e-10)


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize(("absolute", "relative"), [(1e-12, 1e-12), (1e-6, 1e-9)])
def test_digits_are_those_of_scipy(name, absolute, relative):
    """Second source: scipy.optimize.brentq, to the last digit; so plans and seeded draws keep theirs."""
    function, low, high, _ = KNOWN[name]
    expected = brentq(function, low, high, xtol=absolute, rtol=relative, maxiter=200)
    assert root(function, low, high, absolute=absolute, relative=relative) == expected


def test_a_root_at_an_end_is_returned():
    assert root(lambda x: x, 0.0, 1.0) == 0.0
    assert root(lambda x: x - 1.0, 0.0, 1.0) == 1.0
    assert root(lambda x: x - 0.25, 1.0, 0.0) == pytest.approx(0.25)


@pytest.mark.parametrize("function", [lambda x: x + 5.0, lambda x: math.nan])
def test_no_change_of_sign_is_refused(function):
    with pytest.raises(ValueError, match="no change of sign"):
        root(function, 0.0, 1.0)
