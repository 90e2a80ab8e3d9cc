"""What a notebook shows, and tidy frames: the numbers of the estimates, provenance first, names escaped."""

import numpy as np
import pytest
from tests.unit.report.conftest import hostile as hostile
from tests.unit.report.conftest import naive as naive

import escc_bayes as eb


def test_tidy_frames_hold_the_estimates(naive):
    posterior = naive.posteriors["one"]
    table = posterior.table(level=0.9)
    asked = posterior.hazard_ratios(level=0.9)
    assert list(table.columns) == ["term", "contrast", "hr", "lower", "upper", "prob_gt_1", "n", "events"]
    assert table.hr.tolist() == [e.value for e in asked]
    assert table.upper.tolist() == [e.upper for e in asked]
    comparison = eb.compare([eb.MedianSurvival(), eb.SurvivalAt(12.0)], posterior, naive.classical["one"])
    tidy = comparison.table()
    assert len(tidy) == len(comparison.estimates)
    np.testing.assert_array_equal(tidy.value, [e.value for e in comparison.estimates])
    assert set(tidy.interval) == {"credible", "confidence"}


@pytest.mark.parametrize("which", ["cohort", "posterior", "comparison"])
def test_a_notebook_sees_provenance_first_and_a_table(naive, which):
    posterior = naive.posteriors["one"]
    found = {
        "cohort": naive.cohort,
        "posterior": posterior,
        "comparison": eb.compare([eb.SurvivalAt(12.0)], posterior),
    }[which]._repr_html_()
    assert found.startswith("<p>SIMULATED")
    assert found.count("<table>") == found.count("</table>") == 1


def test_names_from_data_are_escaped(hostile):
    text = hostile.posteriors["solo"]._repr_html_() + hostile.cohort._repr_html_()
    assert "<script>" not in text
    assert "<i>" not in text
    assert "&lt;script&gt;" in text
