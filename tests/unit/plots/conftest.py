"""Axes without a screen, and estimates made by hand."""

import math

import pytest
from matplotlib.figure import Figure

from escc_bayes.estimand.estimate import Estimate
from escc_bayes.foundation.record import Record

RECORD = Record("spec", "data", 1, "simulated", "nuts")


@pytest.fixture
def ax():
    return Figure(figsize=(6.0, 4.0)).subplots()


@pytest.fixture
def hazard_ratio():
    """A function that makes a hazard ratio of stage IV over II; keywords change it."""

    def make(value, lower, upper, *, method="cox", model="m", **changes):
        bayes = method.startswith("bayes_")
        fields = {
            "endpoint": "os",
            "estimand": "hazard_ratio",
            "term": "stage",
            "contrast": "IV vs II",
            "level": 0.95,
            "interval_kind": "credible" if bayes else "confidence",
            "prob_gt_1": 0.9 if bayes else math.nan,
            "n": 79,
            "rows": 79,
            "events": 33,
            "clock": "time zero",
            "record": RECORD,
        }
        return Estimate(method=method, model=model, value=value, lower=lower, upper=upper, **{**fields, **changes})

    return make
