"""Every analysis side by side: rows, counts, refusals, pools."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from escc_bayes.classical.cox import cox
from escc_bayes.foundation.errors import CohortError, SpecError
from escc_bayes.spec.reading import load_spec
from escc_bayes.time_zero.answers import pool, rubin
from escc_bayes.time_zero.clones import Starters, clones_of, logistic, weights
from escc_bayes.time_zero.emulation import emulate
from escc_bayes.time_zero.model import checked_model, default_model
from escc_bayes.time_zero.request import Request
from escc_bayes.time_zero.run import time_zero
from escc_bayes.time_zero.views import ANALYSES, UPDATED
from tests.unit.time_zero.patients import YES_NO, cohort, frame

METHODS = ("cox", "bayes_laplace")
COLUMNS = (
    *("endpoint", "term", "contrast", "analysis", "landmark", "method", "hr", "lower", "upper", "level", "interval"),
    *("n", "events", "dropped"),
)


@pytest.fixture(scope="module")
def found():
    return time_zero((cohort(),), Request("os", "treated", (2.0, 60.0), grace=3.0, seed=3))


def rows_of(found, analysis, method="cox"):
    return [row for row in found.rows if row["analysis"] == analysis and row["method"] == method]


def test_rows_have_the_columns_stated_and_every_analysis(found):
    assert tuple(found.rows[0])[: len(COLUMNS)] == COLUMNS
    assert {row["analysis"] for row in found.rows} == set(ANALYSES)
    for analysis in ("naive", "landmark", "time_updated"):
        for method, interval in (("cox", "confidence"), ("bayes_laplace", "credible")):
            (row,) = rows_of(found, analysis, method)
            assert row["interval"] == interval
            assert row["lower"] < row["hr"] < row["upper"]


def test_naive_is_plain_cox_of_ever_against_never(found):
    table = frame()
    fit = cox(
        (table["treated"] == "yes").to_numpy(float)[:, None], table["months"].to_numpy(), table["death"].to_numpy()
    )
    assert rows_of(found, "naive")[0]["hr"] == pytest.approx(math.exp(fit.coef[0]), rel=1e-9)
    assert rows_of(found, "naive")[0]["clock"].startswith("NAIVE")


def test_landmark_is_plain_cox_of_survivors_and_counts_who_is_gone(found):
    table = frame()
    kept = table[table["months"] > 2.0]
    x = (kept["wait"] <= 2.0).to_numpy(float)[:, None]
    fit = cox(x, kept["months"].to_numpy() - 2.0, kept["death"].to_numpy())
    (row,) = rows_of(found, "landmark")
    assert row["hr"] == pytest.approx(math.exp(fit.coef[0]), rel=1e-9)
    assert (row["n"], row["events"]) == (len(kept), kept["death"].sum())
    assert row["dropped"] == len(table) - len(kept)


def test_what_there_is_not_has_one_row_and_its_reason(found):
    absent = {row["analysis"]: row["note"] for row in found.rows if not row["method"]}
    assert set(absent) == {"landmark", "delayed_entry"}
    assert "the last event is at" in absent["landmark"]


def test_strategies_say_contrast_grace_starters_and_bootstrap(found):
    (row,) = rows_of(found, "clone_censor_weight", "bayes_bootstrap")
    assert (row["contrast"], row["grace"], row["n"]) == ("yes by 3 months vs no throughout", 3.0, 120)
    assert "start by 3 months" in row["note"]
    assert "1000 bootstrap samples of patients, weights fitted anew" in row["note"]


def test_risks_and_months_lived_of_strategies_add_up(found):
    at = {(row["quantity"], row["time"], row["method"], row["group"]): row["value"] for row in found.clone_rows}
    for quantity in ("risk", "rmst"):
        ever, never = (at[quantity, 12.0, "cox", group] for group in ("yes by 3 months", "no throughout"))
        both = at[f"{quantity}_difference", 12.0, "cox", "yes by 3 months minus no throughout"]
        assert both == pytest.approx(ever - never, abs=1e-12)


def test_a_seed_gives_the_same_numbers(found):
    again = time_zero((cohort(),), Request("os", "treated", (2.0, 60.0), grace=3.0, seed=3))
    assert str(again.rows) == str(found.rows)


def test_without_grace_there_are_no_clones():
    found = time_zero((cohort(),), Request("os", "low"))
    assert found.clone_rows == []
    assert "clone_censor_weight" not in {row["analysis"] for row in found.rows}


def test_few_events_are_said_with_numbers():
    found = time_zero((cohort(frame(40)),), Request("os", "treated", (0.7,)))
    notes = [row["note"] for row in found.rows if row["analysis"] == "landmark" and row["method"] == "bayes_laplace"]
    assert "few data: treated = " in notes[0]


def test_a_model_must_be_of_the_endpoint_and_hold_the_covariate():
    with pytest.raises(SpecError, match="has no effect of 'treated'"):
        time_zero((cohort(),), Request("os", "treated", model=load_spec("os_piecewise")))
    with pytest.raises(SpecError, match="is of 'pfs'"):
        time_zero((cohort(),), Request("os", "treated", model=load_spec("pfs_piecewise")))


@pytest.mark.parametrize("name", ["drug 'A'", 'drug "A"', "治疗", "a\\b"])
def test_a_covariate_may_be_called_by_any_text(name):
    assert default_model(replace(cohort().covariate("treated").schema, name=name), "os").covariates == (name,)


def test_rubin_pools_the_variance_within_and_between():
    """Three estimates by hand: mean 2, within 1, between 1, times 4 / 3."""
    assert rubin([1.0, 2.0, 3.0], [1.0, 1.0, 1.0]) == (2.0, pytest.approx(math.sqrt(1.0 + 4.0 / 3.0)))


def test_reconstructions_are_pooled_and_say_from_where_to_where_counts_go():
    members = [cohort(frame(seed=seed)) for seed in (5, 6)]
    one, other = (time_zero((member,), Request("os", "low")) for member in members)
    both = time_zero(members, Request("os", "low"))
    apart = [rows_of(found, "naive")[0]["hr"] for found in (one, other)]
    row = rows_of(both, "naive")[0]
    assert math.log(row["hr"]) == pytest.approx(np.mean(np.log(apart)), rel=1e-9)
    assert "2 of 2 reconstructions pooled, events " in row["note"]


def test_one_reconstruction_without_an_estimate_does_not_end_the_pool(found):
    answer = next(one for one in found.answers if one.method == "cox")
    pooled = pool([answer, answer], 2)
    assert pooled.hr == pytest.approx(answer.hr)
    assert "2 of 2 reconstructions" in pooled.note


@pytest.mark.parametrize(
    ("name", "grace", "words"),
    [("low", 3.0, "has no starts_at"), ("treated", 39.0, "choose another grace period")],
)
def test_what_cannot_be_cloned_is_refused(name, grace, words):
    with pytest.raises(CohortError, match=words):
        emulate(cohort(), "os", name, grace=grace, adjust=(), times=(12.0,), draws=5, seed=1)


def test_weights_without_covariates_are_those_of_a_covariate_that_says_nothing():
    """Logistic regression and Cox on a balanced, unrelated column come near share and product limit."""
    table = frame(400)
    start = np.nan_to_num(table["wait"].to_numpy(), nan=np.inf)
    z = np.tile([-1.0, 1.0], 200)[:, None]
    plain, with_z = (
        clones_of(Starters(table["months"].to_numpy(), table["death"].to_numpy(float), start, column), 3.0, "x")
        for column in (z[:, :0], z)
    )
    for own, other in zip(weights(plain, np.ones(400)), weights(with_z, np.ones(400)), strict=True):
        np.testing.assert_allclose(np.broadcast_to(own, other.shape), other, rtol=0.25)


def test_logistic_regression_of_two_groups_gives_their_shares():
    z = np.column_stack([np.ones(10), np.repeat([0.0, 1.0], 5)])
    y = np.array([1, 0, 0, 0, 0, 1, 1, 1, 0, 0], dtype=float)
    chance = 1.0 / (1.0 + np.exp(-z @ logistic(z, y, np.ones(10))))
    np.testing.assert_allclose(chance, np.repeat([0.2, 0.6], 5), rtol=1e-9)


def test_pieces_are_cut_where_a_treatment_starts_as_well_so_that_the_baseline_takes_none_of_it():
    """A rising hazard, starts before most events, no effect: posterior beside Cox over 20 SIMULATED cohorts."""
    apart = []
    for place in range(20):
        rng = np.random.default_rng([17, place])
        latent, lost = 24.0 * rng.weibull(1.6, 79), rng.uniform(10.0, 50.0, 79)
        wish = np.where(rng.random(79) < 0.7, rng.gamma(2.0, 2.2, 79), np.inf)
        months = np.minimum(latent, lost)
        ever = wish < months
        columns = {"id": range(79), "months": months, "death": (latent <= lost).astype(int)}
        columns |= {"treated": np.where(ever, "yes", "no"), "wait": np.where(ever, wish, np.nan)}
        own = cohort(pd.DataFrame(columns), covariates={"treated": {**YES_NO, "starts_at": "wait"}})
        found = time_zero((own,), Request("os", "treated"))
        cox, bayes = (next(a for a in found.answers if (a.analysis, a.method) == (UPDATED, m)) for m in METHODS)
        apart.append((bayes.log_hr - cox.log_hr) / cox.log_sd)
    assert abs(np.mean(apart)) < 0.2


def test_a_trajectory_is_no_value_as_measured():
    with pytest.raises(SpecError, match='and alc has a trajectory; state structure = "per_doubling" for it'):
        checked_model(load_spec("alc_trajectory"), "alc", "os")
