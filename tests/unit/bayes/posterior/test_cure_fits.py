"""A cure fraction in fits: engines agree, posteriors reload, and the share stands beside its prior."""

from dataclasses import replace

import numpy as np
import pytest
from tests.calibration.cure_recovery import ASKED, cohort, drawn, patients

import escc_bayes as eb
from escc_bayes.bayes.model.parameters import CURE
from escc_bayes.bayes.posterior.cure_fraction import cure_fraction, ends_of_follow_up, told_apart
from escc_bayes.bayes.posterior.fit import fit_plan
from escc_bayes.bayes.posterior.reload import load_posterior
from escc_bayes.bayes.refits.refit_many import refit_many
from escc_bayes.bayes.refits.requests import leave_one_out
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.report.page.term_blocks import cured_words
from escc_bayes.report.page.term_rows import cure_rows
from escc_bayes.spec.cure import Cure
from escc_bayes.spec.prior import Normal

PLAN = drawn("weibull", 79, 3)[0]


@pytest.fixture(scope="module")
def fitted():
    """The posterior by ``laplace``."""
    return fit_plan(PLAN, RunSettings("laplace", draws=1000), seed=1)


def test_both_engines_agree(fitted):
    """Within 4 Monte Carlo errors: 1,000 independent draws beside NUTS of 4,000, of which a quarter count."""
    sampled = fit_plan(PLAN, RunSettings("nuts", draws=1000, chains=4), seed=2)
    assert fitted.verdict == sampled.verdict == "ok"
    pairs = [(fitted.draws(one), sampled.draws(one)) for one in ASKED.values()]
    for mine, theirs in [*pairs, (fitted.flat[CURE][:, 0], sampled.flat[CURE][:, 0])]:
        error = np.hypot(mine.std(), theirs.std()) / np.sqrt(1000.0)
        assert abs(mine.mean() - theirs.mean()) < 4 * error


def test_it_is_saved_and_read_back(fitted, tmp_path):
    fitted.save(tmp_path / "m.nc")
    again = load_posterior(tmp_path / "m.nc")
    assert again.plan.spec == fitted.plan.spec
    assert cure_fraction(again, 0.95) == cure_fraction(fitted, 0.95)


def test_the_share_stands_beside_its_prior(fitted):
    found = cure_fraction(fitted, 0.95)
    assert found.prior == pytest.approx((0.25, 0.045, 0.7), abs=0.003)
    log_odds = fitted.flat[CURE][:, 0]
    assert found.value == pytest.approx(1.0 / (1.0 + np.exp(-np.median(log_odds))))
    assert found.data_share > 0.8
    assert found.still_free < 0.05
    assert found.told_apart > 0.8
    assert not found.short
    assert found.sentence() in fitted.sentences()
    row = cure_rows(fitted, 0.95)[0]
    assert (row["value"], row["prior_upper"]) == (found.value, found.prior[2])
    assert row["told_apart"] == found.told_apart


def test_a_short_follow_up_is_said():
    """Followed for 3 to 9 months, many of those not cured are free of the event still: the prior speaks."""
    plan = drawn("weibull", 79, 3, follow_up=(3.0, 9.0))[0]
    posterior = fit_plan(plan, RunSettings("laplace", draws=500), seed=1)
    found = cure_fraction(posterior, 0.95)
    assert found.still_free > 0.15
    assert found.told_apart < 0.5
    assert "SHORT FOLLOW-UP" in found.sentence()
    assert "SHORT FOLLOW-UP" in cured_words(posterior, 0.95)[0]


def longest(plan, month):
    """Return the plan with the follow-up of one patient without the event drawn out to a month."""
    time = plan.rows.time.copy()
    time[np.flatnonzero(plan.rows.event == 0.0)[0]] = month
    return replace(plan, rows=replace(plan.rows, time=time))


def test_one_patient_seen_for_long_does_not_vouch_for_the_plateau():
    """Followed for 3 to 9 months, but one for 200: at the last month nobody is free, and it is short all the same."""
    plan = longest(drawn("weibull", 79, 3, follow_up=(3.0, 9.0))[0], 200.0)
    found = cure_fraction(fit_plan(plan, RunSettings("laplace", draws=500), seed=1), 0.95)
    assert found.last == 200.0
    assert found.short
    assert "SHORT FOLLOW-UP" in found.sentence()


def test_still_free_is_the_average_over_ends_of_follow_up():
    """Second source: Weibull survival of each patient at each end, by hand, of every draw."""
    plan = drawn("weibull", 79, 3, follow_up=(3.0, 9.0))[0]
    posterior = fit_plan(plan, RunSettings("laplace", draws=400, chains=1), seed=1)
    flat, ends = posterior.flat, plan.rows.time[plan.rows.event == 0.0]
    beta = np.concatenate([flat["b_arm"], flat["b_age"]], axis=1)
    level = np.exp(flat["baseline"] + beta @ plan.design.centred.T)
    powers = (ends[:, None] / 12.0) ** np.exp(flat["log_shape"][:, 0])
    expected = np.exp(-level[None] * powers[:, :, None]).mean()
    found = cure_fraction(posterior, 0.95)
    assert found.still_free == pytest.approx(float(expected), abs=1e-9)
    assert found.median == pytest.approx(float(np.median(ends)))


@pytest.mark.parametrize(("follow_up", "low", "high"), [((24.0, 84.0), 0.8, 1.0), ((6.0, 24.0), 0.1, 0.5)])
def test_told_apart_is_the_variance_that_is_left_where_it_is_known_who_is_cured(follow_up, low, high):
    """Second source: who is cured drawn for each draw, and the variance of the log odds given their number, on a grid.

    Var(log odds) = E Var(log odds | who is cured) + Var E(log odds | who is cured): Rubin 1987, chapter 3.
    """
    plan = drawn("weibull", 79, 3, follow_up=follow_up)[0]
    posterior = fit_plan(plan, RunSettings("laplace", draws=2000, chains=1), seed=1)
    flat, prior, event = posterior.flat, plan.spec.cure.prior, plan.rows.event
    beta = np.concatenate([flat["b_arm"], flat["b_age"]], axis=1)
    months = (plan.rows.time / 12.0) ** np.exp(flat["log_shape"])
    late = np.exp(-np.exp(flat["baseline"] + beta @ plan.design.centred.T) * months)
    odds = np.exp(flat[CURE])
    cured = (np.random.default_rng(1).random(late.shape) < odds / (odds + late)) & (event == 0.0)
    grid = np.linspace(-6.0, 4.0, 2001)[:, None]
    count = cured.sum(axis=1)
    log_density = count * grid - 79 * np.logaddexp(0.0, grid) - 0.5 * ((grid - prior.mean) / prior.sd) ** 2
    weight = np.exp(log_density - log_density.max(axis=0))
    weight /= weight.sum(axis=0)
    left = (weight * grid**2).sum(axis=0) - (weight * grid).sum(axis=0) ** 2
    found = cure_fraction(posterior, 0.95).told_apart
    assert found == pytest.approx(float(left.mean() / flat[CURE].var(ddof=1)), abs=0.05)
    assert low < found < high


def test_of_an_unknown_share_it_is_what_the_prior_says_beside_all_patients():
    """Draws of the prior: its precision over that and n pi (1 - pi); and what is more precise than all is all."""
    prior = np.random.default_rng(1).normal(0.0, 0.01, 100_000)
    assert told_apart(prior, 0.01, 400) == pytest.approx(1e4 / (1e4 + 100.0), rel=0.01)
    assert told_apart(prior / 10.0, 0.01, 400) == 1.0


def test_with_one_end_of_follow_up_it_is_survival_then():
    """The limit in which the end is one month; and of 60 such ends, 50 of which stand for all."""
    plan = drawn("weibull", 400, 3, follow_up=(6.0, 6.0000001))[0]
    assert ends_of_follow_up(plan) == pytest.approx(np.full(50, 6.0))
    dead = replace(plan, rows=replace(plan.rows, event=np.ones(400)))
    assert ends_of_follow_up(dead).tolist() == [plan.rows.time.max()]


def test_without_events_to_come_the_prior_decides():
    """Two priors far apart move the share by much under the short follow-up, and by little under the long."""
    moved = {}
    for name, follow_up in (("short", (3.0, 9.0)), ("long", (24.0, 84.0))):
        plan = drawn("weibull", 79, 3, follow_up=follow_up)[0]
        shares = []
        for mean in (-2.0, 0.0):
            spec = replace(plan.spec, cure=Cure(Normal(mean, 0.8)))
            posterior = fit_plan(replace(plan, spec=spec), RunSettings("laplace", draws=500), seed=1)
            shares.append(cure_fraction(posterior, 0.95).value)
        moved[name] = shares[1] - shares[0]
    assert moved["short"] > 0.2
    assert moved["long"] < 0.06


def test_refits_leave_patients_out():
    """The hazard ratio without the first patient is that of a fit without them."""
    frame = patients("weibull", 79, 3)[0]
    table = refit_many(leave_one_out(PLAN.spec, cohort(frame)), seed=3, draws=2000)
    row = next(row for row in table.rows() if row["term"] == "arm" and row["left_out"] == PLAN.rows.ids[0])
    less = eb.fit(PLAN.spec, cohort(frame.drop(index=0)), seed=5, engine="laplace", draws=1000)
    mine = less.draws(ASKED["arm"])
    assert float(str(row["log_mean"])) == pytest.approx(mine.mean(), abs=4 * mine.std() / 30)


def test_medians_that_most_never_reach(fitted):
    """Half are cured a posteriori: the upper limit is infinite, and it is said in words."""
    spec = replace(PLAN.spec, cure=Cure(Normal(0.4, 0.1)))
    posterior = fit_plan(replace(PLAN, spec=spec), RunSettings("laplace", draws=500), seed=1)
    assert np.isinf(posterior.estimate(eb.MedianSurvival()).upper)
    assert np.isfinite(fitted.estimate(eb.MedianSurvival()).lower)
