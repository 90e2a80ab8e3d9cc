"""Exact Kaplan-Meier limits hold the truth at least as often as they say; a short run agrees with the stored table."""

import importlib.util
import json
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "kaplan_meier_coverage.py"
STORED = json.loads(SCRIPT.with_suffix(".json").read_text())


def benchmark():
    """Load the benchmark script as a module."""
    spec = importlib.util.spec_from_file_location("kaplan_meier_coverage", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_stored_coverage_of_exact_limits_is_at_least_the_level():
    # 20,000 samples at 0.95: a Monte Carlo error of 0.0015.
    for rates in STORED["coverage"].values():
        assert min(rates["exact"]) > 0.95 - 3 * 0.0015


@pytest.mark.parametrize("n", [6, 23])
def test_a_short_run_with_another_seed_agrees_with_the_stored_table(n):
    # 400 samples: at most 4 Monte Carlo errors, of the binomial with the stored rate, apart.
    again = benchmark().study(n, censored=True, trials=400, seed=1)
    stored = STORED["coverage"][f"{n}, censored"]
    for method in ("log_log", "exact"):
        for now, then in zip(again[method], stored[method], strict=True):
            assert now == pytest.approx(then, abs=4 * max(then * (1 - then) / 400, 1e-4) ** 0.5)
