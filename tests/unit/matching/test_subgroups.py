"""Effects within levels: unshrunk as Cox of each level alone, shrunk as prior draws weighted by the likelihood."""

from dataclasses import replace

import numpy as np
import pytest

from escc_bayes.classical.cox import cox
from escc_bayes.foundation.errors import CohortError, InputError
from escc_bayes.matching.design import design_of, scores_of
from escc_bayes.matching.followed import followed
from escc_bayes.matching.patients import patients_of
from escc_bayes.matching.request import Request
from escc_bayes.matching.subgroups import Levels, interaction, shrunk, subgroup_rows, within_levels
from tests.unit.matching.cohorts import cohort, frame

ASKED = Request("os", "arm", ("x",), method="overlap", designs=0, subgroups=("stage",), seed=5)


def made(table=None):
    patients = patients_of(cohort(table), ASKED)
    return patients, design_of(patients, ASKED, scores_of(patients, ASKED).score)


def test_each_level_is_weighted_cox_of_it_alone():
    patients, design = made()
    own = followed(patients, "os", design)
    code = patients.cohort.covariate("stage").values.astype(int)
    found = within_levels(own, code, 3)
    for level in range(3):
        inside = code == level
        alone = cox(own.column[inside], own.time[inside], own.event[inside], weight=own.weight[inside])
        assert found.log_hr[level] == pytest.approx(alone.coef[0], abs=1e-8)


def test_shrunk_levels_are_prior_draws_weighted_by_the_likelihood():
    """Importance sampling from the prior: 400,000 draws, Monte Carlo error below 0.01."""
    b, V = np.array([-0.9, 0.2, np.nan]), np.array([[0.09, 0.01, np.nan], [0.01, 0.16, np.nan], [np.nan] * 3])
    drawn = shrunk(Levels(b, V), ASKED, "stage")
    rng = np.random.default_rng(2)
    m, s = rng.standard_normal(400_000), np.abs(0.5 * rng.standard_normal(400_000))
    levels = m[:, None] + s[:, None] * rng.standard_normal((m.size, 3))
    away = levels[:, :2] - b[:2]
    log_weight = -0.5 * np.einsum("ni,ij,nj->n", away, np.linalg.inv(V[:2, :2]), away)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    every = np.column_stack([levels, m])
    mean = weight @ every
    np.testing.assert_allclose(drawn.mean(axis=0), mean, atol=0.03)
    np.testing.assert_allclose(drawn.std(axis=0), np.sqrt(weight @ (every - mean) ** 2), atol=0.03)


def test_the_interaction_is_the_wald_test_of_a_difference():
    found = Levels(np.array([-0.5, 0.3]), np.diag([0.1, 0.06]))
    assert interaction(found)[:2] == (pytest.approx(0.64 / 0.16), 1)


def test_a_level_without_events_of_a_group_has_no_estimate_and_says_so():
    table = frame()
    table.loc[(table["stage"] == "II") & (table["arm"] == "yes"), "death"] = 0
    patients, design = made(table)
    rows = subgroup_rows(patients, design, ASKED)
    assert [row["within"] for row in rows] == [
        f"stage: {word}" for word in ("II", "II", "III", "III", "IV", "IV", "common")
    ]
    assert np.isnan(rows[0]["hr"])
    assert rows[0]["note"] == "a group has no events in this level"
    assert rows[1]["lower"] < rows[3]["lower"]


def test_numbers_have_no_subgroups():
    patients, design = made()
    with pytest.raises(CohortError, match="subgroups of 'x', which is a number"):
        subgroup_rows(patients, design, replace(ASKED, subgroups=("x",)))
    with pytest.raises(InputError, match="no effect within itself"):
        replace(ASKED, subgroups=("arm",))
