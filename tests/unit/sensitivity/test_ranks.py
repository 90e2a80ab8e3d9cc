"""Levels that enter by their rank, as under a horseshoe: a hazard ratio per rank is that of a number."""

import numpy as np
import pytest

from escc_bayes.data.bundled import example_cohort
from escc_bayes.sensitivity.confounding import PART as CONFOUNDING
from escc_bayes.sensitivity.influence.part import arms
from escc_bayes.sensitivity.information import PART as INFORMATION
from escc_bayes.sensitivity.subject import Asked, subject_of
from escc_bayes.spec.reading import spec_from

MODEL = {
    "name": "many",
    "outcome": {"endpoint": "os"},
    "baseline": {"family": "piecewise_exponential", "cuts": [12.0], "sd": {"halfnormal": 0.5}},
    "priors": {"baseline_log_rate": {"normal": [-3.5, 1.0]}},
    "effect": [
        {"name": "m", "covariates": ["stage", "coverage", "age"], "structure": "horseshoe", "expected": 1, "slab": 1.0}
    ],
}


def silent(done, total):
    pass


@pytest.fixture(scope="module")
def subject():
    return subject_of(example_cohort("escc79"), spec_from(MODEL, "many"), Asked(seed=1))


def test_everybody_stands_behind_a_ratio_per_rank(subject):
    (row,) = [row for row in INFORMATION.run(subject, silent) if row["term"] == "stage"]
    assert (row["contrast"], row["patients"], row["versus_patients"]) == ("per 1", 79, None)
    ranks = subject.plan.rows.covariates["stage"].values
    mean = ranks[subject.plan.rows.event == 1.0].mean()
    # Bhatia & Davis: no variance of ranks 0 to 2 is larger than mean (2 - mean).
    assert row["se_floor"] == pytest.approx(1.0 / np.sqrt(row["events"] * mean * (2.0 - mean)))


def test_a_confounder_and_censoring_take_ranks_as_numbers(subject):
    asked = next(one for one in subject.contrasts if one.term == "stage")
    assert [name for name, _ in arms(subject, asked)] == ["everybody"]
    assert any(row["term"] == "stage" and row["kind"] != "e_value" for row in CONFOUNDING.run(subject, silent))
