"""The hazard ratio of a trial that stops, adjusted for the looks: when it is told, and what it is."""

import math

import numpy as np
import pytest

from escc_bayes.foundation.errors import InputError
from escc_bayes.trial.design.trial_plan import planned
from escc_bayes.trial.monitoring.interim_rules import log_rank_now
from escc_bayes.trial.requests.estimation import estimates_at_stop
from escc_bayes.trial.significance.boundaries import spending_boundaries
from escc_bayes.trial.significance.spending_functions import obrien_fleming
from escc_bayes.trial.significance.stagewise import stagewise_estimate
from tests.unit.trial.designs import small
from tests.unit.trial.monitoring.test_verdict import findings, interim_with, three_looks


def told(found, quantity):
    return {of.rule: of for of in found.findings if of.quantity == quantity}


def test_nothing_is_adjusted_while_the_trial_goes_on():
    assert told(findings(three_looks(), interim_with(44, ratio=0.55)), "adjusted_hazard_ratio") == {}


def test_the_first_look_needs_no_adjustment():
    """Stage-wise ordering of a trial that stops at its first look gives the ordinary estimate."""
    interim = interim_with(40, ratio=0.2)
    found = told(findings(three_looks(), interim), "adjusted_hazard_ratio")
    z = log_rank_now(interim, three_looks().analysis_prior)
    assert set(found) == {"obf"}
    assert found["obf"].value == pytest.approx(math.exp(-z / math.sqrt(10.0)), rel=1e-6)
    assert (found["obf"].interval, found["obf"].level) == ("confidence", 0.95)


@pytest.mark.parametrize("events", [80, 86])
def test_the_final_estimate_knows_of_the_looks(events):
    interim = interim_with(events, ratio=0.5)
    found = findings(three_looks(), interim)
    looks = np.array([40.0, 60.0, events])
    # Boundaries at the looks' own share of the events seen.
    upper = spending_boundaries(tuple((looks / events).tolist()), 0.025, obrien_fleming)
    z = log_rank_now(interim, three_looks().analysis_prior)
    wanted = stagewise_estimate(looks / 4.0, np.full(2, -np.inf), upper[:2], z, 0.95)
    ratio = told(found, "adjusted_hazard_ratio")["obf"]
    assert [ratio.value, ratio.lower, ratio.upper] == pytest.approx(
        [math.exp(-of) for of in (wanted.estimate, wanted.upper, wanted.lower)], rel=1e-6
    )
    assert told(found, "adjusted_p_value")["obf"].value == pytest.approx(wanted.p_value, rel=1e-6)
    assert "median unbiased, by stage-wise ordering" in ratio.words


def test_a_design_asks_for_its_estimates():
    design = three_looks(estimation={"hazard_ratios": [0.7], "level": 0.9})
    found = {of.estimator: of for of in estimates_at_stop(planned(design)) if of.rule == "obf"}
    assert (found["naive"].hazard_ratio, found["naive"].level) == (0.7, 0.9)
    assert found["naive"].bias < found["median_unbiased"].bias
    assert {of.rule for of in estimates_at_stop(planned(design))} == {"obf", "bayes"}


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"estimation": {}}, "nothing to adjust"),
        ({"analyses": {"events": [30, 60]}, "estimation": {"level": 1.0}}, "below 1"),
        (
            {
                "analyses": {"events": [30, 60]},
                "estimation": {},
                "rule": [{"name": "late", "success": "MaxCombo one-sided 0.025"}],
            },
            "no rule is a boundary",
        ),
    ],
)
def test_what_cannot_be_estimated_is_refused(sections, said):
    with pytest.raises(InputError, match=said):
        small(**sections)
