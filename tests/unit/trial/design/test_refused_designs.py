"""Designs that cannot stand or are outside are refused in words."""

import pytest

from escc_bayes.trial.errors import DesignError
from tests.unit.trial.designs import small


def rules(**success):
    return [{"name": name, "success": words} for name, words in success.items()]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rule": rules(a="P(HR < 1 | data) < 0.98")}, "wrong way round: success asks for a large"),
        ({"rule": rules(a="P(RMST difference to 12 > 1 | data) < 0.9")}, "wrong way round"),
        (
            {
                "analyses": {"events": [30, 60]},
                "rule": [{"name": "a", "success": "P(HR < 1 | data) > 0.98", "futility": "P(HR < 0.8 | data) > 0.1"}],
            },
            "futility asks for a small",
        ),
        (
            {
                "analyses": {"events": [30, 60]},
                "rule": [{"name": "a", "success": "P(HR < 1 | data) > 0.9", "futility": "P(HR < 1 | data) < 0.95"}],
            },
            "hold together",
        ),
        (
            {
                "analyses": {"events": [30, 60]},
                "rule": [{"name": "a", "success": "P(HR < 1 | data) > 0.9", "futility": "P(HR < 1.1 | data) < 0.95"}],
            },
            "hold together",
        ),
        ({"rule": rules(a="log-rank one-sided 0.025 margin 0")}, "a margin is a hazard ratio above 0"),
        ({"rule": rules(a="survival difference at 12 one-sided 0.025 margin -10")}, "5 % is 0.05"),
        ({"rule": rules(a="P(survival difference at 12 > 0.6 | data) > 0.9")}, "differences lie between -0.5 and 0.5"),
        (
            {"rule": rules(a="P(HR < 1.3 | data) > 0.9"), "effect": {"hr": 1.4}, "sizing": {"rule": "a", "power": 0.8}},
            "none beyond hazard ratio 1.3",
        ),
        (
            {
                "rule": rules(a="P(HR < 1.3 | data) > 0.9"),
                "threshold": {"rule": "a", "error": 0.1},
                "null": [{"name": "x", "effect": {"hr": 1.0}}],
            },
            "success there is no error",
        ),
    ],
)
def test_what_cannot_stand_is_refused(changes, words):
    with pytest.raises(DesignError, match=words.replace("(", r"\(")):
        small(**changes)


def test_futility_that_only_stops_what_cannot_succeed_is_accepted():
    """Two thresholds of one probability that do not overlap, and a pair of criteria kept apart by one of them."""
    two = {"analyses": {"events": [30, 60]}}
    for success, futility in (
        ("P(HR < 1 | data) > 0.98", "P(HR < 0.8 | data) < 0.1"),
        (
            "P(HR < 1 | data) > 0.9 and P(HR < 0.75 | data) > 0.5",
            "P(HR < 1 | data) < 0.95 and P(HR < 0.75 | data) < 0.4",
        ),
    ):
        small(**two, rule=[{"name": "a", "success": success, "futility": futility}])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"arms": {"control": "a", "treatment": "b", "allocation": [1, 1, 1]}}, "more than two arms"),
        ({"arms": {"control": "a", "treatment": "b", "treatment_2": "c"}}, "'treatment_2' is a third arm"),
        ({"arms": {"control": "a", "treatment": ["b", "c"]}}, "more than two arms"),
        ({"arms": {"control": "a", "treatment": "b", "allocation": "adaptive"}}, "no fixed allocation"),
        ({"adaptation": {"burn_in": 20}}, "an adaptation"),
        ({"analyses": {"events": [60], "sample_size_reestimation": True}}, "an adaptation"),
        ({"endpoints": {"pfs": 1}}, "more than one endpoint"),
        ({"co_primary": ["OS", "PFS"]}, "more than one endpoint"),
        ({"rule": [{"name": "a", "success": "log-rank one-sided 0.025", "endpoint": "pfs"}]}, "more than one endpoint"),
        ({"rule": rules(a="PFS log-rank one-sided 0.02")}, "names an endpoint"),
        ({"cluster": {"size": 5}}, "clusters of patients"),
    ],
)
def test_what_is_outside_is_said_in_words(changes, words):
    with pytest.raises(DesignError, match="two arms, one endpoint, fixed allocation") as told:
        small(**changes)
    assert words in str(told.value)


def test_a_misspelt_key_is_still_a_misspelt_key():
    with pytest.raises(Exception, match="did you mean 'hr'"):
        small(effect={"hrr": 0.7})
