"""Rubin's rules against mice: tests/reference/missing.R."""

import json
from pathlib import Path

import numpy as np
import pytest

from escc_bayes.classical.rubin import rubin

REFERENCE = Path(__file__).parents[2] / "reference" / "missing.json"


def test_value_error_degrees_of_freedom_and_limit_are_those_of_mice():
    """mice 3.15 pool.scalar, to 8 digits."""
    known = json.loads(REFERENCE.read_text())["rubin"]
    found = rubin(np.array(known["q"]), np.array(known["u"]), known["complete"])
    assert found.value == pytest.approx(known["qbar"], rel=1e-8)
    assert found.std_error**2 == pytest.approx(known["t"], rel=1e-8)
    assert found.df == pytest.approx(known["df"], rel=1e-8)
    assert found.limits(0.95)[0] == pytest.approx(known["low"], rel=1e-8)


def test_equal_estimates_have_no_variance_between():
    found = rubin(np.full(4, 0.3), np.full(4, 0.04), 40.0)
    assert (found.share, found.std_error) == (0.0, pytest.approx(0.2))
