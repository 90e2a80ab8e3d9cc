"""Curves, follow-up, events and progression, each against a closed form or lifelines."""

from decimal import Decimal

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from escc_bayes.data.published import Landmark, PublishedEstimate, PublishedSurvival
from escc_bayes.data.rounding import Interval
from escc_bayes.evidence.arm_level.curve import Anchor, Curve, anchors_of, curve_through
from escc_bayes.evidence.arm_level.effect import implied_events, wanted_from
from escc_bayes.evidence.arm_level.events import arm_through
from escc_bayes.evidence.arm_level.follow_up import FollowUp, solve_follow_up
from escc_bayes.evidence.arm_level.progression import given_to, progression_of

RATE = 0.05
EXPONENTIAL = Curve(np.array([0.0]), np.array([0.0]), RATE)


def curve_of(**words):
    return PublishedSurvival("survival 1", "a", "OS", "quote", **words)


def test_curve_is_log_linear_between_what_is_printed():
    """S(6) of a curve with S(12) = 0.6 alone is sqrt(0.6); after 12 months the drawn hazard holds."""
    anchors = (Anchor(12.0, Interval(0.6, 0.6)),)
    curve = curve_through(anchors, 30.0, np.random.default_rng(1), above_half=False)
    assert curve.survival(np.array([6.0])) == pytest.approx(np.sqrt(0.6), rel=1e-12)
    assert curve.survival(np.array([20.0])) == pytest.approx(0.6 * np.exp(-8.0 * curve.tail), rel=1e-12)
    assert curve.tail == pytest.approx(-np.log(0.6) / 12.0, rel=0.8)


def test_a_median_that_was_not_reached_keeps_the_curve_above_one_half():
    curve = curve_through((Anchor(12.0, Interval(0.55, 0.55)),), 40.0, np.random.default_rng(1), above_half=True)
    assert curve.survival(np.array([40.0]))[0] > 0.5


def test_a_median_lies_on_the_right_side_of_a_rate_at_the_same_month():
    """S(12) = 0.498 and a median that prints 12.0: the curve crosses one half at or before 12 months."""
    printed = curve_of(
        median=Decimal("12.0"),
        landmarks=(Landmark(Decimal("12"), Decimal("0.498")), Landmark(Decimal("6"), Decimal("0.9"))),
    )
    for seed in range(20):
        anchors = anchors_of(printed, np.random.default_rng(seed))
        assert [a.crossing for a in anchors] == [False, True, False]
        assert 11.95 <= anchors[1].month <= 12.0
    above = curve_of(median=Decimal("12.0"), landmarks=(Landmark(Decimal("12"), Decimal("0.502")),))
    assert 12.0 <= anchors_of(above, np.random.default_rng(1))[1].month <= 12.05


def test_censored_share_is_the_mean_of_survival_over_follow_up():
    """Exponential events, follow-up uniform on [a, b]: (e^-ra - e^-rb) / (r (b - a))."""
    a, b = 4.0, 20.0
    expected = (np.exp(-RATE * a) - np.exp(-RATE * b)) / (RATE * (b - a))
    assert FollowUp(a, b).censored_share(EXPONENTIAL) == pytest.approx(expected, rel=1e-5)
    assert FollowUp(a, b).events_by(EXPONENTIAL, 100.0) == pytest.approx(1.0 - expected, rel=1e-5)


def test_follow_up_gives_the_events_and_the_median():
    """100 patients: 55 events around a median follow-up of 18 months; without the median, the events alone."""
    found = solve_follow_up((EXPONENTIAL,), (100,), 55.0, 18.0, 40.0)
    assert (found.shortest + found.longest) / 2.0 == pytest.approx(18.0, rel=1e-9)
    assert 100 * (1.0 - found.censored_share(EXPONENTIAL)) == pytest.approx(55.0, rel=1e-6)
    alone = solve_follow_up((EXPONENTIAL,), (100,), 55.0, None, 40.0)
    assert 100 * (1.0 - alone.censored_share(EXPONENTIAL)) == pytest.approx(55.0, rel=1e-6)
    # 1 - exp(-0.05 x 5) = 22 % by a median of 5 months: 55 events cannot be had, and they decide.
    beside = solve_follow_up((EXPONENTIAL,), (100,), 55.0, 5.0, 40.0)
    assert beside == alone


@pytest.mark.parametrize("seed", range(6))
def test_kaplan_meier_passes_through_rates_and_median(seed):
    """lifelines 0.30.3 on the patients: rates within printed rounding, the median where it was put, events exact."""
    rng = np.random.default_rng(seed)
    anchors = (
        Anchor(6.0, Interval(0.8545, 0.8555)),
        Anchor(11.97, Interval(0.0, 0.5), crossing=True),
        Anchor(18.0, Interval(0.2945, 0.2955)),
    )
    follow_up = FollowUp(6.0, 24.0)
    curve = curve_through(anchors, 24.0, rng, above_half=False)
    censored = follow_up.censored_months(curve, 124, rng)
    arm = arm_through(anchors, 298, censored, curve.tail, follow_up, 0.0, rng)
    assert arm.time.size == 298
    assert arm.event.sum() == 174
    fitted = KaplanMeierFitter().fit(arm.time, arm.event)
    assert 0.8545 <= fitted.predict(6.0) <= 0.8555
    assert 0.2945 <= fitted.predict(18.0) <= 0.2955
    assert fitted.median_survival_time_ == pytest.approx(11.97, abs=1e-9)


def test_a_tilt_moves_events_after_the_last_rate_and_keeps_the_rates():
    anchors = (Anchor(12.0, Interval(0.5995, 0.6005)),)
    follow_up = FollowUp(8.0, 40.0)
    for tilt in (-1.0, 1.0):
        rng = np.random.default_rng(3)
        curve = curve_through(anchors, 40.0, rng, above_half=False).tilted(tilt)
        arm = arm_through(anchors, 200, follow_up.censored_months(curve, 60, rng), curve.tail, follow_up, tilt, rng)
        assert KaplanMeierFitter().fit(arm.time, arm.event).predict(12.0) == pytest.approx(0.6, abs=0.0005 + 1e-9)


def test_nobody_progresses_after_death_and_every_death_counts():
    rng = np.random.default_rng(8)
    follow_up = FollowUp(6.0, 24.0)
    os_curve = curve_through((Anchor(12.0, Interval(0.6, 0.6)),), 24.0, rng, above_half=False)
    os = arm_through(
        (Anchor(12.0, Interval(0.5995, 0.6005)),),
        150,
        follow_up.censored_months(os_curve, 80, rng),
        0.04,
        follow_up,
        0,
        rng,
    )
    anchors = (Anchor(6.5, Interval(0.0, 0.5), crossing=True),)
    curve = curve_through(anchors, 24.0, rng, above_half=False)
    pfs = progression_of(os, anchors, curve, os_curve, follow_up, 110, 0.0, rng)
    assert (pfs.time <= os.time).all()
    assert pfs.event.sum() == 110
    assert (pfs.event[os.event == 1.0] == 1.0).all()
    np.testing.assert_array_equal(pfs.time[pfs.event == 0.0], os.time[pfs.event == 0.0])
    assert KaplanMeierFitter().fit(pfs.time, pfs.event).median_survival_time_ == pytest.approx(6.5, abs=0.05)


def test_months_beyond_every_life_end_with_it():
    """Two patients who live 3 and 9 months, events printed at 5 and 12: 3 and 9."""
    found = given_to(np.array([5.0, 12.0]), np.array([3.0, 9.0]), np.random.default_rng(1))
    np.testing.assert_array_equal(found, [3.0, 9.0])


def estimate(**words):
    return PublishedEstimate("estimate 1", "e", "OS", "HR", "quote", **words)


def test_events_that_an_interval_implies():
    """SE = log(0.88 / 0.56) / (2 x 1.95996); 4 / SE^2 events in equal arms (Schoenfeld 1983)."""
    effect = estimate(value=Decimal("0.70"), ci_low=Decimal("0.56"), ci_high=Decimal("0.88"))
    se = np.log(0.88 / 0.56) / (2.0 * 1.959964)
    assert wanted_from(effect).se == pytest.approx(se, rel=1e-6)
    assert implied_events(effect, (298, 298)) == pytest.approx(4.0 / se**2, rel=1e-6)
    # At most nearly everyone.
    assert implied_events(effect, (60, 60)) == pytest.approx(0.98 * 120)
    assert implied_events(estimate(value=Decimal("0.70")), (60, 60)) is None
    assert wanted_from(None) is None


def test_a_test_without_a_ratio_is_aimed_at_by_its_p_value():
    """P 0.05 is a chi-square of 3.8415; the second arm does better."""
    wanted = wanted_from(PublishedEstimate("estimate 1", "e", "OS", "logrank", "quote", p=Decimal("0.05")))
    assert wanted.value == pytest.approx(-np.sqrt(3.841459), rel=1e-5)
