"""Patients from a curve. Second sources: hand arithmetic, lifelines, IPDfromKM's printed results, and round trips."""

import numpy as np
import pytest

from escc_bayes.classical.cox import cox
from escc_bayes.classical.km import kaplan_meier, quantile, survival_at
from escc_bayes.classical.logrank import logrank
from escc_bayes.data.simulate import simulate_cohort
from escc_bayes.evidence.curve_cohort import cohort_from_curves
from escc_bayes.evidence.digitised import (
    digitised_curve,
    printed_at_risk,
    read_digitised_curves,
    read_numbers_at_risk,
)
from escc_bayes.evidence.guyot import patients_from_curve
from escc_bayes.foundation.errors import CohortError
from escc_bayes.hazard.baseline import PiecewiseHazard

HAZARD = PiecewiseHazard(np.log([[0.03, 0.05, 0.02]]), np.array([6.0, 18.0]))


@pytest.fixture(scope="module")
def bonner(shared_data):
    """Arms of Bonner 2006 (N Engl J Med 354:567), loco-regional control, read from the figure."""
    curves = read_digitised_curves(shared_data / "bonner_lrc_digitised_curve.csv")
    at_risk = read_numbers_at_risk(shared_data / "bonner_lrc_numbers_at_risk.csv")
    return {arm: patients_from_curve(curves[arm], at_risk[arm]) for arm in curves}


def test_hand_worked_example():
    """Of 10, 2 die at 3 (S = 0.8); 7 at risk at 5, so 1 left at the middle of (0, 5); 7 (1 - 0.6/0.8) = 1.75 die."""
    arm = patients_from_curve(digitised_curve([3.0, 6.0], [0.8, 0.6]), printed_at_risk([0.0, 5.0], [10, 7]), events=4)
    np.testing.assert_allclose(arm.time[arm.event == 1], [3.0, 3.0, 6.0, 6.0])
    np.testing.assert_allclose(arm.time[arm.event == 0], [2.5, 6.0, 6.0, 6.0, 6.0, 6.0])


def test_censoring_after_the_last_number_follows_the_mean_rate():
    """Of 10, 3 die at 1 (2.5 rounds up); 6 at risk at 5 leave 1 censored in 5 months, so 2 in the 10 months after."""
    arm = patients_from_curve(digitised_curve([1.0, 15.0], [0.75, 0.75]), printed_at_risk([0.0, 5.0], [10, 6]))
    np.testing.assert_array_equal(arm.reproduced, [10, 6])
    np.testing.assert_allclose(arm.time[arm.event == 1], [1.0, 1.0, 1.0])
    np.testing.assert_allclose(arm.time[arm.event == 0], [2.5, 5 + 10 / 3, 5 + 20 / 3, 15.0, 15.0, 15.0, 15.0])


def test_bonner_gives_what_ipdfromkm_gives(bonner):
    """../shared/reference/PLANNING.md row 35, IPDfromKM on the same points: 134/213, 110/211; medians 14.8, 25.4."""
    control, treated = bonner["radio"], bonner["radioplus"]
    assert (control.time.size, treated.time.size) == (213, 211)
    assert abs(control.events - 134) <= 1
    assert abs(treated.events - 110) <= 1
    expected = {"radio": (14.8, 0.547, 0.415), "radioplus": (25.4, 0.622, 0.506)}
    for arm, (median, at_12, at_24) in expected.items():
        curve = kaplan_meier(bonner[arm].time, bonner[arm].event, level=0.95)
        assert quantile(curve).value == pytest.approx(median, abs=1.0)
        np.testing.assert_allclose(survival_at(curve, np.array([12.0, 24.0])).survival, [at_12, at_24], atol=0.005)


def test_bonner_hazard_ratio_is_near_the_published_one(bonner):
    """Published 0.69 (0.52-0.89); IPDfromKM 0.71694 (0.55706-0.92271); lifelines on the reconstructed rows."""
    import pandas as pd
    from lifelines import CoxPHFitter

    cohort = cohort_from_curves(list(bonner.values()), name="bonner", endpoint="lrc")
    data, arm = cohort.endpoint("lrc"), cohort.covariate("arm").values
    fitted = cox(arm[:, None], data.time, data.event)
    error = np.sqrt(fitted.covariance[0, 0])
    found = np.exp(fitted.coef[0] + np.array([0.0, -1.96, 1.96]) * error)
    np.testing.assert_allclose(found, [0.71694, 0.55706, 0.92271], rtol=0.01)
    np.testing.assert_allclose(found, [0.69, 0.52, 0.89], atol=0.05)
    frame = pd.DataFrame({"t": data.time, "d": data.event, "arm": arm})
    assert fitted.coef[0] == pytest.approx(float(CoxPHFitter().fit(frame, "t", "d").params_["arm"]), abs=1e-5)


def test_bonner_is_reproduced_within_one_patient(bonner):
    """The curve of the reconstructed rows stays within one patient of those at risk; every printed number comes out."""
    for arm in bonner.values():
        np.testing.assert_array_equal(arm.reproduced, arm.at_risk.count)
        assert arm.largest_gap < 1.0 / (arm.time >= arm.gap_at).sum()
        assert arm.sentences()[0].startswith("RECONSTRUCTED arm radio")


def arms_of(cohort, *, totals):
    """Print the exact Kaplan-Meier curve and numbers at risk every 6 months of both arms, and reconstruct."""
    data, group = cohort.endpoint("os"), cohort.covariate("arm").values
    found = []
    for code, label in enumerate(("a", "b")):
        time, event = data.time[group == code], data.event[group == code]
        curve = kaplan_meier(time, event, level=0.95)
        grid = np.arange(0.0, time.max(), 6.0)
        at_risk = printed_at_risk(grid.tolist(), [int((time >= t).sum()) for t in grid], arm=label)
        points = digitised_curve(curve.time.tolist(), curve.survival.tolist(), arm=label)
        found.append(patients_from_curve(points, at_risk, events=int(event.sum()) if totals else None))
    return found


@pytest.mark.filterwarnings("ignore::escc_bayes.foundation.errors.DataWarning")
@pytest.mark.parametrize("totals", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_round_trip_keeps_curve_events_and_tests(seed, totals):
    """Two arms of about 100: events within 1, numbers at risk exact, log HR within 0.05, log-rank z within 0.2.

    Where at least 10 patients are at risk the curves agree within 0.02; within 0.025 where the events are printed, as a
    total that is kept exactly moves the curve by a part of one of these ten patients.
    """
    cohort = simulate_cohort(
        200,
        HAZARD,
        levels={"arm": {"a": 0.0, "b": -0.5}},
        shares={"arm": (0.5, 0.5)},
        follow_up=(10.0, 48.0),
        seed=seed,
    )
    data, group = cohort.endpoint("os"), cohort.covariate("arm").values
    arms = arms_of(cohort, totals=totals)
    for code, arm in enumerate(arms):
        time, event = data.time[group == code], data.event[group == code]
        assert abs(arm.events - event.sum()) <= (0 if totals else 1)
        np.testing.assert_array_equal(arm.reproduced, arm.at_risk.count)
        month = np.sort(time)[-10]
        grid = np.linspace(0.0, month, 200)
        true, found = (survival_at(kaplan_meier(*x, level=0.95), grid) for x in ((time, event), (arm.time, arm.event)))
        np.testing.assert_allclose(found.survival, true.survival, atol=0.025 if totals else 0.02)
    again = cohort_from_curves(arms, name="again")
    rows, arm = again.endpoint("os"), again.covariate("arm").values
    log_hr = [
        cox(x[:, None], t, d).coef[0] for x, t, d in ((group, data.time, data.event), (arm, rows.time, rows.event))
    ]
    assert log_hr[1] == pytest.approx(log_hr[0], abs=0.05)
    tests = [
        logrank(t, d, x.astype(int)).chi2 for x, t, d in ((group, data.time, data.event), (arm, rows.time, rows.event))
    ]
    assert np.sqrt(tests[1]) == pytest.approx(np.sqrt(tests[0]), abs=0.2)


def test_uncensored_curve_comes_back_exactly():
    """Without censoring S = k/n fixes every time: the reconstruction is the data."""
    time = np.array([1.0, 2.0, 2.0, 5.0, 7.5, 9.0])
    curve = kaplan_meier(time, np.ones(6), level=0.95)
    arm = patients_from_curve(
        digitised_curve(curve.time.tolist(), curve.survival.tolist()), printed_at_risk([0.0, 3.0], [6, 3]), events=6
    )
    np.testing.assert_array_equal(arm.time, time)
    assert arm.events == 6
    assert arm.largest_gap < 1e-12


def test_one_number_at_risk_and_the_events_are_enough():
    """Only n at month 0: censoring is chosen so that the printed events come out."""
    curve = digitised_curve([4.0, 8.0, 12.0, 20.0], [0.9, 0.8, 0.7, 0.55])
    arm = patients_from_curve(curve, printed_at_risk([0.0], [100]), events=30)
    assert (arm.time.size, arm.events) == (100, 30)
    assert patients_from_curve(curve, printed_at_risk([0.0], [100])).events == 45


def test_numbers_at_risk_win_over_the_curve_and_a_contradiction_is_named():
    """From 10 patients the curve takes 5 by month 3: 8 at risk at month 5 leave two events, 0.3 from the curve."""
    arm = patients_from_curve(digitised_curve([3.0, 6.0], [0.5, 0.4]), printed_at_risk([0.0, 5.0], [10, 8]))
    assert arm.reproduced.tolist() == [10, 8]
    assert arm.largest_gap == pytest.approx(0.3)
    assert "contradict each other by 0.30; the numbers were kept" in arm.sentences()[1]


@pytest.mark.parametrize("seed", range(6))
def test_a_curve_read_month_by_month_gives_back_its_events(seed):
    """100 patients drawn, read on a monthly grid; numbers at risk every six months are exact, events within one or two
    without their printed total and exact with it, readings noisy or not."""
    random = np.random.default_rng(seed)
    failed, left = random.exponential(20.0, 100), random.uniform(10.0, 40.0, 100)
    time, event = np.minimum(failed, left), (failed <= left).astype(float)
    curve = kaplan_meier(time, event, level=0.95)
    grid, months = np.arange(1.0, 38.0), np.arange(0.0, 37.0, 6.0)
    read = np.concatenate(([1.0], curve.survival))[np.searchsorted(curve.time, grid, side="right")]
    risk = printed_at_risk(months.tolist(), [int((time >= month).sum()) for month in months])
    seen = int(event[time <= 37.0].sum())
    plain = patients_from_curve(digitised_curve(grid.tolist(), read.tolist()), risk)
    assert abs(plain.events - seen) <= 2
    assert plain.reproduced.tolist() == risk.count.tolist()
    noisy = np.clip(read + random.normal(0.0, 0.01, grid.size), 0.0, 1.0)
    told = patients_from_curve(digitised_curve(grid.tolist(), noisy.tolist()), risk, events=seen)
    assert told.events == seen
    assert told.reproduced.tolist() == risk.count.tolist()
    assert told.largest_gap < 0.05


@pytest.mark.parametrize(
    ("table", "curve", "words"), [(12.0, 1.0, "in years"), (1.0, 12.0, "in months and the curve in years")]
)
def test_another_unit_is_refused_with_both_readings(table, curve, words):
    """83 exponential patients followed 44 months: their table divided by twelve, or their curve."""
    random = np.random.default_rng(2)
    failed, left = random.exponential(30.0, 83), random.uniform(24.0, 44.0, 83)
    time, event = np.minimum(failed, left), (failed <= left).astype(float)
    found, months = kaplan_meier(time, event, level=0.95), np.arange(0.0, 37.0, 6.0 if curve > 1.0 else 12.0)
    count = [int((time >= month).sum()) for month in months]
    read = digitised_curve((found.time / curve).tolist(), found.survival.tolist())
    with pytest.raises(CohortError, match="not in one unit") as told:
        patients_from_curve(read, printed_at_risk((months / table).tolist(), count))
    assert "As given (both in months)" in str(told.value)
    assert words in str(told.value)
    patients_from_curve(
        digitised_curve(found.time.tolist(), found.survival.tolist()), printed_at_risk(months.tolist(), count)
    )


def test_events_that_were_over_before_the_last_number_end_there():
    """2 of 10 die by month 5; a print of 2 events leaves none for the drop at 6, and the sentence shows the gap."""
    arm = patients_from_curve(digitised_curve([3.0, 6.0], [0.8, 0.6]), printed_at_risk([0.0, 5.0], [10, 8]), events=2)
    assert arm.events == 2
    assert arm.largest_gap == pytest.approx(0.2)
    assert "2 events (2 printed)" in arm.sentences()[0]


def test_cohort_says_reconstructed_and_keeps_the_reference():
    arm = patients_from_curve(digitised_curve([3.0], [0.8], arm="control"), printed_at_risk([0.0], [10]))
    other = patients_from_curve(digitised_curve([3.0], [0.6], arm="treated"), printed_at_risk([0.0], [10]))
    cohort = cohort_from_curves([arm, other], name="figure 2", endpoint="pfs")
    assert cohort.provenance == "reconstructed"
    assert repr(cohort).startswith("RECONSTRUCTED cohort figure 2: 20 patients")
    assert cohort.covariate("arm").schema.levels == ("control", "treated")
    assert cohort.notes == (*arm.sentences(), *other.sentences())
    with pytest.raises(CohortError, match="two arms are called alike"):
        cohort_from_curves([arm, arm], name="x")


def test_more_events_than_patients_are_refused():
    with pytest.raises(CohortError, match="arm 'all': 11 events cannot happen to 10 patients"):
        patients_from_curve(digitised_curve([3.0], [0.8]), printed_at_risk([0.0], [10]), events=11)
