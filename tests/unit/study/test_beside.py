"""Survival beside other studies: printed numbers, closed forms, simulated studies."""

import numpy as np
import pytest

from escc_bayes.spec.prior import HalfNormal
from escc_bayes.study import beside
from escc_bayes.study.beside import Arm, Beside, alive_at, implied, pooled_arms, printed_survival, survival_draws
from escc_bayes.study.ici_crt.others import ARMS
from escc_bayes.study.part import StudyChapter
from tests.unit.study.conftest import part_of, table_named

TITLE = "Beside other studies"


def arm(value: float, n: int) -> Beside:
    return Beside(Arm("s", "a", "k"), n, None, "OS", 12.0, value, *implied(value, n, 0.95), "implied by n")


def test_every_arm_named_is_in_the_bundled_studies() -> None:
    found = printed_survival(ARMS, ("OS", "PFS"), (12.0, 24.0, 36.0), 0.95)
    assert {one.arm for one in found} == set(ARMS)
    printed = [one for one in found if one.limits == "printed"]
    assert {(one.arm.study, one.month, one.lower, one.upper) for one in printed if one.endpoint == "OS"} == {
        ("ec_crt_001", 36.0, 0.319, 0.628)
    }


def test_without_drift_the_mean_is_the_weighted_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "DRIFT", HalfNormal(1e-4))
    arms = [arm(0.8, 60), arm(0.7, 90)]
    pools = pooled_arms(arms, 0.95)
    assert pools is not None
    y = np.log(-np.log([0.8, 0.7]))
    limits = np.log(-np.log([[one.lower, one.upper] for one in arms]))
    weight = ((limits[:, 0] - limits[:, 1]) / (2 * 1.959964)) ** -2
    assert pools[0].mean == pytest.approx((weight @ y) / weight.sum(), abs=1e-4)
    assert pools[0].sd == pytest.approx(weight.sum() ** -0.5, rel=1e-3)
    assert pools[1].sd == pytest.approx(pools[0].sd, rel=1e-3)


def test_a_new_study_lies_within_its_limits_as_often_as_they_say() -> None:
    """Studies drawn with drift from the prior, 12 arms of 80 patients, and one new: 90 % limits hold its survival."""
    rng = np.random.default_rng(6)
    inside = []
    for k in range(150):
        tau, mu = abs(rng.normal(0.0, 0.35)), rng.normal(-1.2, 0.3)
        truth = np.exp(-np.exp(rng.normal(mu, tau, 13)))
        arms = [arm(min(max(rng.binomial(80, s) / 80, 0.02), 0.98), 80) for s in truth[:12]]
        pools = pooled_arms(arms, 0.95)
        assert pools is not None
        draws = survival_draws(pools[1], 2000, k)
        low, high = np.quantile(draws, [0.05, 0.95])
        inside.append(low <= truth[12] <= high)
    assert np.mean(inside) == pytest.approx(0.90, abs=0.07)


def test_those_alive_at_a_month_have_the_rest_of_a_constant_hazard() -> None:
    rate, month, guaranteed = 0.04, 24.0, 2.76
    found = alive_at(np.exp(np.array([-rate * month])), month, guaranteed)
    assert found[0] == pytest.approx(np.exp(-rate * (month - guaranteed)))
    assert alive_at(np.array([0.5]), 2.0, 3.0)[0] == 1.0


def test_the_difference_adds_up_and_selection_lifts_the_others(chapter: StudyChapter) -> None:
    rows = table_named(chapter, "others_difference").rows
    by_name = {(r["endpoint"], r["time"], r["quantity"]): r for r in rows}
    keys = {(r["endpoint"], r["time"]) for r in rows}
    assert keys == {(name, month) for name in ("os", "pfs") for month in (12.0, 24.0, 36.0)}
    for key in keys:
        here, new, apart = (by_name[(*key, what)] for what in ("here", "new_study", "difference"))
        assert apart["value"] == pytest.approx(here["value"] - new["value"], abs=0.04)
        assert apart["upper"] - apart["lower"] > here["upper"] - here["lower"]
        assert by_name[(*key, "selected")]["value"] > new["value"]
        assert by_name[(*key, "all_stage_iv")]["value"] < here["value"] < by_name[(*key, "no_stage_iv")]["value"]
    mean, new = (by_name["os", 12.0, what] for what in ("mean", "new_study"))
    assert new["upper"] - new["lower"] > mean["upper"] - mean["lower"]


def test_ones_own_cohort_stands_beside_the_others_without_pfs(own: StudyChapter) -> None:
    assert {r["endpoint"] for r in table_named(own, "others").rows} == {"os"}
    assert {r["quantity"] for r in table_named(own, "others_response").rows} == {
        "complete response",
        "oesophageal fistula",
    }
    assert len(part_of(own, TITLE).figures[0].panels) == 2
