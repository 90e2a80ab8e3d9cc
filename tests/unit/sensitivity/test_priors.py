"""Other priors: ladder and grid are exact refits, powers are what they say, tipping priors tip."""

import math
from dataclasses import replace

import numpy as np
import pytest

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.refits.requests import with_prior
from escc_bayes.data.bundled import example_cohort
from escc_bayes.sensitivity import reverse_bayes
from escc_bayes.sensitivity.dials import dials_of, turned_refits
from escc_bayes.sensitivity.pooled import DIFFER, pooled_rows
from escc_bayes.sensitivity.power_scaling import power_rows
from escc_bayes.sensitivity.priors import COLUMNS, GRID, PART, grid
from escc_bayes.sensitivity.reverse_fitted import PART as REVERSE
from escc_bayes.sensitivity.subject import Asked, subject_of
from escc_bayes.sensitivity.tipping import PROB
from escc_bayes.spec.prior import Normal
from escc_bayes.spec.reading import load_spec
from tests.unit.sensitivity.test_attribution import cohort_of, model, simulated


def silent(done, total):
    pass


@pytest.fixture(scope="module")
def larynx():
    return subject_of(example_cohort("larynx"), load_spec("larynx_piecewise"), Asked(seed=1))


@pytest.fixture(scope="module")
def reverse(larynx):
    return REVERSE.run(larynx, silent)


def test_at_least_500_priors_over_all_effects_and_hr_1_among_their_means():
    for name, cohort in (("os_piecewise", "escc79"), ("larynx_piecewise", "larynx")):
        subject = subject_of(example_cohort(cohort), load_spec(name), Asked(seed=1))
        dials = dials_of(subject)
        points = [point for dial in dials for point in grid(dial, dials, thorough=False)]
        assert GRID <= len(points) <= 1.3 * GRID
        assert len(set(points)) == len(points)
        for dial in dials:
            assert any(mean == pytest.approx(0.0, abs=1e-12) for own, mean, _ in points if own is dial)


def test_rungs_and_powers_are_the_refits_they_say(larynx, monkeypatch):
    """Second source: fits of their own, by the engine of ``fit``, with 20,000 draws."""
    from escc_bayes.sensitivity import priors

    monkeypatch.setattr(priors, "GRID", 40)
    rows = [row for row in PART.run(larynx, silent) if row["term"] == "age"]
    assert all(tuple(row) == COLUMNS for row in rows)
    dial = next(dial for dial in dials_of(larynx) if dial.effect == "age")
    (sceptic,) = (row for row in rows if row["prior"] == "sceptical")
    spec = with_prior(larynx.spec, "age", Normal(sceptic["prior_mean"], sceptic["prior_sd"]))
    alone = fit(spec, larynx.cohort, seed=9, engine="laplace").hazard_ratios()[-1]
    assert sceptic["hr"] == pytest.approx(alone.value, rel=0.01)
    assert sceptic["prob_gt_1"] == pytest.approx(alone.prob_gt_1, abs=0.03)
    assert sceptic["prior_sd"] == pytest.approx(dial.unit * math.log(1.8) / 1.959964)
    # Twice the likelihood: every patient twice.
    doubled = replace(larynx.plan, rows=replace(larynx.plan.rows, weight=2.0 * larynx.plan.rows.weight))
    from escc_bayes.bayes.posterior.fit import fit_plan
    from escc_bayes.bayes.sampling.settings import RunSettings

    twice = fit_plan(doubled, RunSettings("laplace"), seed=4).hazard_ratios()[-1]
    (row,) = (r for r in rows if r["kind"] == "power" and r["prior"] == "likelihood" and r["alpha"] == 2.0)
    assert row["hr"] == pytest.approx(twice.value, rel=0.01)
    assert row["upper"] == pytest.approx(twice.upper, rel=0.02)


def test_the_power_index_sees_a_prior_that_matters(larynx):
    """A tight prior far away moves under a power of it; a vague one does not."""
    found = {}
    for sd in (0.05, 3.0):
        spec = with_prior(larynx.spec, "age", Normal(1.0, sd))
        subject = subject_of(larynx.cohort, spec, Asked(seed=1))
        rows = [r for r in power_rows(subject, COLUMNS) if r["term"] == "age" and r["prior"] == "prior"]
        found[sd] = rows[0]["sensitivity"]
    assert found[0.05] > 0.1
    assert found[3.0] < 0.05


def test_a_tipping_prior_tips(larynx, reverse):
    """Second source: refits under the priors found."""
    row = next(row for row in reverse if row["term"] == "stage" and row["contrast"] == "IV vs I")
    dial = next(dial for dial in dials_of(larynx) if dial.effect == "stage")
    points = [(dial, 0.0, row["tipping_sd"]), (dial, 0.0, row["tipping_sd_975"]), (dial, row["tipping_mean"], dial.sd)]
    found = turned_refits(larynx, points, None, "again")
    place = next(i for i, asked in enumerate(larynx.contrasts) if asked.level == "IV")
    np.testing.assert_allclose(found.numbers[:, place, PROB], [0.95, 0.975, 0.95], atol=0.012)
    assert row["scepticism_limit"] == pytest.approx(math.exp(1.959964 * row["tipping_sd_975"]), rel=1e-3)


def test_where_the_likelihood_is_normal_refits_find_what_formulas_say():
    """Second source: Matthews' and the tipping formulas on Cox's estimate and error; 800 patients, one arm."""
    cohort = cohort_of(simulated(1, 800, 0.32, 0.0), {"arm": ("A", "B")})
    subject = subject_of(cohort, model("arm", prior={"normal": [0.0, 0.15]}), Asked(seed=1))
    (row,) = REVERSE.run(subject, silent)
    cox = subject.classical.cox
    x, s = float(cox.coef[0]), math.sqrt(float(cox.covariance[0, 0]))
    for name, p in (("tipping_sd", 0.95), ("tipping_sd_975", 0.975)):
        assert row[name] == pytest.approx(reverse_bayes.tipping_sd(x, s, probability=p), rel=0.1)
    expected = reverse_bayes.tipping_mean(x, s, prior_sd=0.15, probability=0.95)
    assert row["tipping_mean"] == pytest.approx(expected, abs=0.02)
    assert row["scepticism_limit"] == pytest.approx(reverse_bayes.scepticism_limit(x, s, level=0.95), rel=0.05)


def test_no_prior_tips_what_is_not_there(reverse):
    """Stage II over I: neither side is convincing under any prior around HR 1."""
    row = next(row for row in reverse if row["contrast"] == "II vs I")
    assert math.isnan(row["tipping_sd"])
    assert math.isnan(row["scepticism_limit"])
    assert "no prior around HR 1" in REVERSE.words([row])[0]


def test_sentences_follow_the_tables(reverse):
    row = dict(next(row for row in reverse if row["contrast"] == "IV vs I"))
    assert "of SD 7.77 (" in REVERSE.words([{**row, "tipping_sd": 7.77}])[0]
    assert "E-value 9.99" in REVERSE.words([{**row, "e_value": 9.99}])[0]
    base = {"endpoint": "os", "model": "m", "term": "a", "contrast": "B vs A", "kind": "grid", "prior": ""}
    rows = [
        {**base, "prior_mean": 0.0, "prior_sd": sd, "conclusion": "holds" if sd > 1 else "open"}
        for sd in (1.0, 1.5, 2.0)
    ]
    ladder = {**base, "kind": "ladder", "prior": "sceptical", "hr": 1.23, "prob_gt_1": 0.9}
    (said,) = PART.words([ladder, *rows])
    assert said == (
        "a B vs A: sceptical HR 1.23 (P(HR > 1) 0.900). The conclusion holds (P at least 0.95) under 2 of 3 priors, "
        "around HR 1 from SD 1.50 on."
    )


def test_reverse_bayes_of_reconstructions_is_averaged_though_their_names_differ(reverse):
    other = [{**row, "study": "another", "hr": 3.0 * row["hr"]} for row in reverse]
    pooled = pooled_rows(REVERSE, [reverse, other])
    assert [row["hr"] for row in pooled] == pytest.approx([2.0 * row["hr"] for row in reverse])
    assert {(row["members"], row["study"]) for row in pooled} == {(2, DIFFER)}
