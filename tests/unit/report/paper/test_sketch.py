"""The sketch of a next trial: its events and patients, and that it is a design."""

import numpy as np
import pytest
from scipy import integrate

from escc_bayes.foundation.errors import InputError
from escc_bayes.report.paper.sketch import ACCRUAL, FOLLOW_UP, Sketch, design_toml, with_event
from escc_bayes.trial.reading.design import load_design


def sketch(hr=0.70, median=13.7):
    return Sketch("next", 'A "B"', "A + C", "OS", hr, "{ normal = [-0.36, 0.1] }", "a pool", median, "printed")


@pytest.mark.parametrize(("hr", "events"), [(0.70, 247), (0.60, 121), (0.80, 631)])
def test_events_are_those_of_schoenfeld(hr, events):
    """rpact 3.3.4, getSampleSizeSurvival(typeOfComputation = "Schoenfeld"): 246.8, 120.3, 630.5."""
    assert sketch(hr).events == events


def test_share_with_the_event_is_the_average_over_entry():
    found = integrate.quad(lambda entry: 1.0 - np.exp(-0.04 * (ACCRUAL + FOLLOW_UP - entry)), 0.0, ACCRUAL)[0]
    assert with_event(0.04) == pytest.approx(found / ACCRUAL, abs=1e-10)


def test_a_sketch_is_a_design(tmp_path):
    (tmp_path / "design.toml").write_text(design_toml(sketch()), encoding="utf-8")
    design = load_design(tmp_path / "design.toml")
    assert design.arms == ('A "B"', "A + C")
    assert design_toml(sketch()).count("CHECK") > 8


@pytest.mark.parametrize(("hr", "said"), [(1.10, "too near 1"), (0.97, "too near 1"), (0.92, "needs 4,516 events")])
def test_no_trial_is_sketched_of_next_to_nothing(hr, said):
    with pytest.raises(InputError, match=said):
        _ = sketch(hr).events
