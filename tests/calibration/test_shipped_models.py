"""Simulation-based calibration of every shipped model: ranks of true values are uniform (``make calibrate``)."""

import json

import numpy as np
import pytest

from escc_bayes.data.shipped import models_folder
from tests.calibration.shipped_models import (
    KEPT,
    REPLICATES,
    STORED,
    drawn,
    holm,
    quantities,
    ranks_of,
    shipped,
    uniform_p,
)

FAILURES = 0.02


def p_values(studies):
    """Return Holm's P values over every quantity of every model, by both names."""
    found = {(name, key): uniform_p(ranks) for name, study in studies.items() for key, ranks in study["ranks"].items()}
    return dict(zip(found, holm(list(found.values())), strict=True))


def assert_calibrated(studies):
    """No quantity's ranks differ from uniform (Holm P > 0.01); at most 2 % of cohorts have no posterior for use."""
    for name, study in studies.items():
        assert study["refused"] <= FAILURES * study["replicates"], name
        assert all(len(ranks) == study["replicates"] - study["refused"] for ranks in study["ranks"].values()), name
    low = {which: p for which, p in p_values(studies).items() if not p > 0.01}
    assert not low


def test_every_shipped_model_is_in_the_study_with_each_of_its_quantities():
    """Each file of ``models/``; that of trajectories has its own (``test_trajectory``)."""
    studies = json.loads(STORED.read_text())
    assert set(studies) == set(shipped())
    assert {path.stem for path in models_folder().glob("*.toml")} - set(studies) == {"alc_trajectory"}
    for name, study in studies.items():
        plan, true, _ = drawn(name, 0)
        assert set(study["ranks"]) == set(quantities(plan, true)), name


def test_the_stored_study_is_uniform():
    studies = json.loads(STORED.read_text())
    assert all(study["replicates"] == REPLICATES for study in studies.values())
    assert_calibrated(studies)


def test_ranks_of_a_posterior_that_is_off_would_be_seen():
    """Exact draws pass 200 cohorts; draws two thirds as wide, or half an SD aside, do not."""
    rng = np.random.default_rng(1)
    truth, middle = rng.standard_normal((2, REPLICATES))
    for scale, shift, seen in ((1.0, 0.0, False), (2 / 3, 0.0, True), (1.0, 0.5, True)):
        draws = middle[:, None] + shift + scale * rng.standard_normal((REPLICATES, KEPT))
        ranks = (draws < (middle + truth)[:, None]).sum(axis=1)
        assert (uniform_p(ranks) < 0.01) is seen


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", shipped())
def test_each_shipped_model_repeats_its_stored_ranks(name):
    """Every file of ``models/`` is in the study; the same seeds give the same ranks."""
    stored = json.loads(STORED.read_text())
    assert name in stored, f"run python -m tests.calibration.shipped_models {name}"
    found = ranks_of(name)
    assert_calibrated({name: found})
    assert found["ranks"].keys() == stored[name]["ranks"].keys()
    for key, ranks in found["ranks"].items():
        assert np.mean(np.array(ranks) == np.array(stored[name]["ranks"][key])) >= 0.98, key
