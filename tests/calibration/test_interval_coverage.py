"""Credible intervals cover known effects as often as they say (``make calibrate``; some minutes)."""

import importlib.util
import warnings
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "interval_coverage.py"


def benchmark():
    """Load the benchmark script as a module."""
    spec = importlib.util.spec_from_file_location("interval_coverage", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.parametrize("family", ["piecewise_exponential", "weibull"])
def test_intervals_cover_known_effects(family):
    """Simulation: 100 cohorts of 79 patients; the Monte Carlo error of one rate is 0.022, of four about 0.011."""
    study = benchmark()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = study.study(family)
    assert 0.90 <= found["hazard_ratios_together"] <= 0.99
    for name, rate in found["coverage"].items():
        # 3 Monte Carlo errors below 95 %; a single true effect may well be covered 100 times of 100.
        assert rate >= 0.95 - 3 * found["mc_error_of_one"], name
