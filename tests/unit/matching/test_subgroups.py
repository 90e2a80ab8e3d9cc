"""Effects within levels: unshrunk as Cox of each level alone, shrunk as the structure of models says."""

import tomllib
from dataclasses import replace

import numpy as np
import pytest

import escc_bayes as eb
from escc_bayes.classical.cox import cox
from escc_bayes.foundation.errors import CohortError, InputError
from escc_bayes.matching.design import design_of, scores_of
from escc_bayes.matching.followed import followed
from escc_bayes.matching.patients import patients_of
from escc_bayes.matching.pooling import pool_rows
from escc_bayes.matching.request import Request
from escc_bayes.matching.subgroups import SHRUNK, Levels, interaction, subgroup_rows, subgroup_words, within_levels
from escc_bayes.spec.reading import spec_from
from tests.unit.matching.cohorts import cohort, frame

ASKED = Request("os", "arm", ("x",), method="overlap", designs=0, subgroups=("stage",), seed=5)
MODEL = """
name = "by hand"
[outcome]
endpoint = "os"
[baseline]
family = "piecewise_exponential"
pieces = 4
sd = { halfnormal = 0.5 }
[priors]
baseline_log_rate = { normal = [-3.5, 1.5] }
[[effect]]
covariate = "stage"
structure = "fixed"
prior = { normal = [0.0, 1.0] }
[[effect]]
covariate = "arm"
structure = "subgroup"
within = "stage"
prior = { normal = [0.0, 1.0] }
sd = { halfnormal = 0.5 }
"""


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
    """Importance sampling of m, s and z under Cox's normal likelihood: 1,200 patients, 400,000 draws, error below 0.01.

    The posterior has a piecewise baseline and takes hazards of the levels as proportional, as they were simulated.
    """
    patients, design = made(frame(1200, 8))
    code = patients.cohort.covariate("stage").values.astype(int)
    found = within_levels(followed(patients, "os", design), code, 3)
    rng = np.random.default_rng(2)
    m, s = rng.standard_normal(400_000), np.abs(0.5 * rng.standard_normal(400_000))
    levels = m[:, None] + s[:, None] * rng.standard_normal((m.size, 3))
    away = levels - found.log_hr
    log_weight = -0.5 * np.einsum("ni,ij,nj->n", away, np.linalg.inv(found.covariance), away)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    every = np.column_stack([levels, m])
    mean = weight @ every
    sd = np.sqrt(weight @ (every - mean) ** 2)
    rows = [row for row in subgroup_rows(patients, design, ASKED) if row["method"] == SHRUNK]
    np.testing.assert_allclose(np.log([row["hr"] for row in rows]), mean, atol=0.04)
    width = np.log([row["upper"] / row["lower"] for row in rows])
    np.testing.assert_allclose(width / (2 * 1.96), sd, rtol=0.12)


def test_shrunk_levels_are_those_of_the_structure_in_a_model_file():
    """A specification written out by hand, fitted to the weighted cohort that ``match`` returns."""
    found = eb.match(cohort(), "os", "arm", ["x"], method="overlap", designs=0, subgroups=["stage"], seed=5)
    spec = spec_from(tomllib.loads(MODEL), "by hand")
    posterior = eb.fit(spec, found.cohort, engine="nuts", seed=3)
    row = next(r for r in found.subgroups if (r["within"], r["method"]) == ("stage: IV", SHRUNK))
    e = posterior.estimate(eb.HazardRatio("arm", "yes", "no", within="IV"), level=0.95)
    assert np.log(row["hr"]) == pytest.approx(np.log(e.value), abs=0.03)
    assert np.log(row["upper"] / row["lower"]) == pytest.approx(np.log(e.upper / e.lower), rel=0.06)


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


def test_a_level_that_nobody_of_the_design_is_in_is_said():
    table = frame()
    table.loc[table["stage"] == "II", "x"] = np.nan
    patients, design = made(table)
    rows = subgroup_rows(patients, design, ASKED)
    empty = [row for row in rows if row["within"] == "stage: II"]
    assert [row["n"] for row in empty] == [0, 0]
    assert all(np.isnan(row["hr"]) for row in empty)
    assert all(np.isfinite(row["hr"]) for row in rows if row["within"] == "stage: common")


def test_the_interaction_of_several_reconstructions_is_their_median_and_range():
    members = [subgroup_rows(*made(frame(90, seed)), ASKED) for seed in (4, 5, 6)]
    found = pool_rows(members, 0.95)
    alone = sorted(rows[0]["p_interaction"] for rows in members)
    assert [found[0][word] for word in ("p_low", "p_interaction", "p_high")] == pytest.approx(alone)
    assert "median of the reconstructions" in subgroup_words(found, cohort())[0]
