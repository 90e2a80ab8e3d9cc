"""Limits of matched and weighted analyses hold what they say (``make calibrate`` repeats them; some minutes)."""

import json
from pathlib import Path

import pytest

from tests.calibration import matching_bootstrap, matching_coverage

HERE = Path(__file__).parent
COVERAGE = json.loads((HERE / "matching_coverage.json").read_text())
BOOTSTRAP = json.loads((HERE / "matching_bootstrap.json").read_text())


@pytest.mark.parametrize("design", COVERAGE["designs"])
@pytest.mark.parametrize("method", ["bayes_piecewise", "bayes_design", "cox"])
def test_limits_cover_the_known_effect(design, method):
    """Of 200 SIMULATED cohorts with one measured confounder 90 to 99 %, with the design's uncertainty and without."""
    found = COVERAGE["designs"][design]["methods"][method]
    assert found["cohorts"] == COVERAGE["cohorts"] == 200
    assert 0.90 <= found["coverage"] <= 0.99


@pytest.mark.parametrize("design", BOOTSTRAP["designs"])
def test_errors_that_count_the_weights_are_those_of_a_bootstrap(design):
    """Within 5 %; the Monte Carlo error of the bootstrap is 1.6 %."""
    found = BOOTSTRAP["designs"][design]
    assert found["cox_m_estimation"] == pytest.approx(found["bootstrap"], rel=0.05)


@pytest.mark.slow
def test_the_study_of_coverage_repeats(tmp_path):
    matching_coverage.main(tmp_path / "again.json")
    again = json.loads((tmp_path / "again.json").read_text())
    assert again["designs"] == COVERAGE["designs"]


@pytest.mark.slow
def test_the_bootstrap_repeats(tmp_path):
    matching_bootstrap.main(tmp_path / "again.json")
    again = json.loads((tmp_path / "again.json").read_text())
    for design, found in again["designs"].items():
        assert found == pytest.approx(BOOTSTRAP["designs"][design], rel=1e-6)
