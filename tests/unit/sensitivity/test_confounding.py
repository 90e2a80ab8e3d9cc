"""An unmeasured confounder inside the model; E-values beside it."""

import math
import pickle

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from escc_bayes.data.bundled import example_cohort
from escc_bayes.foundation.errors import SpecError
from escc_bayes.sensitivity.confounder import hidden_of
from escc_bayes.sensitivity.confounding import COLUMNS, PART
from escc_bayes.sensitivity.subject import Asked, subject_of
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec
from tests.unit.sensitivity.test_attribution import cohort_of, model


def confounded(n, seed=2):
    """Return arms without effect; a factor with hazard ratio 4 in 70 % of B and 20 % of A, which nobody records."""
    rng = np.random.default_rng(seed)
    arm = np.arange(n) % 2
    factor = rng.random(n) < np.where(arm, 0.7, 0.2)
    death = rng.exponential(24.0 / np.where(factor, 4.0, 1.0))
    return pd.DataFrame(
        {"t": np.minimum(death, 24.0), "d": (death <= 24.0).astype(int), "arm": np.where(arm, "B", "A")}
    )


def test_the_confounder_that_made_an_effect_takes_it_away():
    """6,000 patients; the truth is HR 1."""
    cohort = cohort_of(confounded(6000), {"arm": ("A", "B")})
    plan = make_plan(model("arm", prior={"normal": [0.0, 2.0]}), cohort)
    hidden, arm = hidden_of(plan), plan.rows.covariates["arm"].values
    crude = hidden.with_confounder(np.full(6000, 0.5), 0.0)
    found = hidden.with_confounder(np.where(arm == 1, 0.7, 0.2), math.log(4.0))
    assert crude.psi[0] > 0.45
    assert found.psi[0] == pytest.approx(0.0, abs=3.0 * math.sqrt(found.covariance[0, 0]))


def test_the_mode_is_that_of_the_mixture_likelihood():
    """Second source: scipy's maximum of the density written out, its Hessian by differences."""
    cohort = cohort_of(confounded(120), {"arm": ("A", "B")})
    plan = make_plan(model("arm", prior={"normal": [0.0, 1.0]}), cohort)
    hidden, arm = hidden_of(plan), plan.rows.covariates["arm"].values
    p, gamma, time, event = np.where(arm == 1, 0.6, 0.3), 3.0, plan.rows.time, plan.rows.event
    edges, column = np.array([0.0, 6.0, 12.0, np.inf]), plan.design.centred[:, 0]
    months = np.clip(time[:, None] - edges[:-1], 0.0, np.diff(edges))
    piece = np.searchsorted(edges[1:-1], time)

    def minus_log_density(psi):
        spent = (months * np.exp(psi[1:])).sum(axis=1) * np.exp(column * psi[0])
        own = event * (psi[1:][piece] + column * psi[0])
        mixed = np.log((1 - p) * np.exp(-spent) + p * gamma**event * np.exp(-gamma * spent))
        return -(own + mixed).sum() + psi[0] ** 2 / 2.0 + (((psi[1:] + 3.0) / 10.0) ** 2).sum() / 2.0

    best = optimize.minimize(
        minus_log_density, np.array([0.3, -3.0, -3.0, -3.0]), method="BFGS", options={"gtol": 1e-7}
    ).x
    found = hidden.with_confounder(p, math.log(gamma))
    np.testing.assert_allclose(found.psi, best, atol=2e-4)
    step = 1e-3 * np.eye(4)
    hessian = [
        [sum(s * t * minus_log_density(best + s * a + t * b) for s in (1, -1) for t in (1, -1)) / 4e-6 for b in step]
        for a in step
    ]
    np.testing.assert_allclose(found.covariance, np.linalg.inv(hessian), rtol=2e-3, atol=1e-5)


@pytest.fixture(scope="module")
def rows():
    asked = Asked(seed=1, controls=(("stage", 1.0), ("age", 1.5)))
    return PART.run(
        subject_of(example_cohort("larynx"), load_spec("larynx_piecewise"), asked), lambda done, total: None
    )


def test_a_tipping_confounder_tips_and_a_stronger_one_does_more(rows):
    own = [row for row in rows if row["contrast"] == "IV vs I"]
    assert all(tuple(row) == COLUMNS for row in rows)
    tips = [row for row in own if row["kind"] == "tipping" and row["method"] == "P = 0.95" and row["hr"] > 0]
    assert tips
    assert all(row["prob_gt_1"] == pytest.approx(0.95, abs=0.005) for row in tips)
    for pair in {(row["prevalence"], row["versus_prevalence"]) for row in own if row["kind"] == "surface"}:
        ratios = [r["hr"] for r in own if r["kind"] == "surface" and (r["prevalence"], r["versus_prevalence"]) == pair]
        assert ratios == sorted(ratios, reverse=True)


def test_controls_are_held_against_what_is_known(rows):
    age = next(row for row in rows if row["kind"] == "positive_control")
    assert age["z"] == pytest.approx((math.log(age["hr"]) - math.log(1.5)) / 0.13, abs=0.5)
    assert {row["term"] for row in rows if row["kind"] == "negative_control"} == {"stage"}


def test_an_unknown_control_is_refused_before_anything_is_fitted():
    asked = Asked(seed=1, controls=(("sex", 1.0),))
    with pytest.raises(SpecError, match="control 'sex': model 'larynx_piecewise' has no such term; it has age, stage"):
        subject_of(example_cohort("larynx"), load_spec("larynx_piecewise"), asked)


def test_sentences_follow_the_table(rows):
    own = [dict(row) for row in rows if row["contrast"] == "IV vs I" and not str(row["kind"]).endswith("control")]
    own[0]["e_value"] = 9.87
    for row in own:
        if row["kind"] == "tipping" and row["method"] == "P = 0.95" and row["prevalence"] == 0.75:
            row["confounder_hr"] = 1.01
    (said,) = PART.words(own)
    assert "E-value 9.87" in said
    assert "a confounder with HR 1.01 in 75 % against 25 %" in said


def test_rows_of_reconstructions_meet_though_they_come_from_other_processes(rows):
    """NaN of a table that was sent equals no other; where a conclusion tips is averaged; prevalences may be turned."""
    second = pickle.loads(pickle.dumps(rows))
    for row in second:
        if row["kind"] == "tipping":
            row["confounder_hr"] = row["confounder_hr"] * 1.5
    pooled = PART.pool([rows, second])
    assert len(pooled) == len(rows)
    assert {row["members"] for row in pooled} == {2}
    tips = [[r for r in table if r["kind"] == "tipping"] for table in (rows, pooled)]
    first, both = (next(r for r in own if not math.isnan(r["confounder_hr"])) for own in tips)
    assert both["confounder_hr"] == pytest.approx(1.25 * first["confounder_hr"])
    turned = [{**row, "prevalence": row["versus_prevalence"]} if row["kind"] == "tipping" else row for row in second]
    said = PART.words(PART.pool([rows, turned]))
    assert len(said) == len(PART.words(rows))
