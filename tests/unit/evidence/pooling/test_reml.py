"""REML against metafor (tests/reference/evidence_pools.R), the printed pools, and closed forms."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from escc_bayes.evidence.pooling.reml import pool_reml, reml_tau
from tests.unit.evidence.published import POOLS, arrays

REFERENCE = json.loads((Path(__file__).parents[3] / "reference" / "evidence_pools.json").read_text())


@pytest.mark.parametrize("name", POOLS)
def test_every_number_equals_metafor(name):
    found, expected = pool_reml(*arrays(name), level=0.95), REFERENCE[name]
    for field, value in expected.items():
        if value is not None:
            assert getattr(found, field) == pytest.approx(value, rel=1e-6, abs=1e-7), field
    assert (expected["prediction"] is None) == math.isnan(found.prediction[0])


PRINTED = {
    "rt_added": ("0.62", "0.45", "0.85", "0.18", ("0.33", "1.16")),
    "alc_low": ("1.52", "1.31", "1.76", "0.00", None),
    "ici_added": ("0.69", "0.64", "0.74", "0.00", None),
}


@pytest.mark.parametrize("name", PRINTED)
def test_pools_print_as_in_the_evidence_notes(name):
    hr, lower, upper, tau, hartung_knapp = PRINTED[name]
    pool = pool_reml(*arrays(name), level=0.95)
    printed = [f"{math.exp(x):.2f}" for x in (pool.mu, *pool.wald)]
    assert (*printed, f"{pool.tau:.2f}") == (hr, lower, upper, tau)
    if hartung_knapp is not None:
        assert tuple(f"{math.exp(x):.2f}" for x in pool.hartung_knapp) == hartung_knapp


def test_one_study_is_returned_as_it_is():
    pool = pool_reml(np.array([-0.5]), np.array([0.25]), level=0.95)
    assert (pool.mu, pool.se) == (-0.5, 0.25)
    assert pool.wald == pytest.approx((-0.5 - 1.959964 * 0.25, -0.5 + 1.959964 * 0.25), abs=1e-6)
    assert all(math.isnan(x) for x in (pool.tau, pool.i2, pool.q, *pool.hartung_knapp, *pool.prediction))


def test_equal_errors_have_a_closed_form():
    # With one common standard error REML is max(0, sample variance - se^2), and Hartung-Knapp is the t interval.
    y, s = np.array([-1.0, 0.2, 0.5, -0.3]), np.full(4, 0.2)
    pool = pool_reml(y, s, level=0.95)
    assert pool.tau == pytest.approx(math.sqrt(y.var(ddof=1) - 0.04), rel=1e-9)
    assert pool.hartung_knapp_se == pytest.approx(y.std(ddof=1) / 2.0, rel=1e-12)
    assert pool.hartung_knapp[1] - pool.mu == pytest.approx(3.182446305284263 * y.std(ddof=1) / 2.0, rel=1e-9)


def test_identical_studies_have_no_heterogeneity():
    assert reml_tau(np.full(5, -0.3), np.linspace(0.1, 0.5, 5)) == 0.0
