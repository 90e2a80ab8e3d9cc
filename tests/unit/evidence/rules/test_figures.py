"""Numbers at risk, baseline P values, means of whole numbers and ranges: simulated honest papers, and closed forms.

The second source is a simulation of patients; its Monte Carlo error is stated where a share is compared.
"""

import math
from collections import Counter

import numpy as np
import pytest
from scipy import stats

from escc_bayes.evidence.audit import audit
from escc_bayes.evidence.rules.baseline_p import baseline_p_values
from escc_bayes.evidence.rules.numbers_at_risk import numbers_at_risk
from escc_bayes.evidence.rules.precision import little_information
from escc_bayes.evidence.rules.ranges import largest_sd, smallest_sd
from escc_bayes.evidence.rules.whole_number_means import means_of_whole_numbers
from tests.unit.evidence.studies import study_of

MONTHS = (0, 6, 12, 18, 24, 36)


def kaplan_meier(time, event, at):
    """Return survival at a time, events at the time included."""
    steps = [(np.sum((time == t) & event), np.sum(time >= t)) for t in np.unique(time[event]) if t <= at]
    return math.prod(1 - d / y for d, y in steps)


def honest_figure(rng, *, scans):
    """A curve with rates and numbers at risk of simulated patients; times in tenths of months, months or scans."""
    n = int(rng.integers(20, 150))
    shape, scale = rng.choice([0.7, 1.0, 1.6]), rng.uniform(8, 60)
    event = scale * rng.weibull(shape, n)
    censored = np.minimum(rng.uniform(6, 60, n), rng.exponential(rng.choice([60, 1e6]), n))
    step = rng.choice([2.0, 3.0]) if scans else rng.choice([0.1, 1.0])
    event, censored = (
        np.maximum(step, step * np.round(event / step)),
        np.maximum(step, step * np.round(censored / step)),
    )
    time, died = np.minimum(event, censored), event <= censored
    return {
        "n": n,
        "endpoint": "PFS" if scans else "OS",
        "at_risk": [{"t": t, "n": int(np.sum(time >= t))} for t in MONTHS],
        "landmarks": [{"t": t, "s": f"{kaplan_meier(time, died, t):.3f}"} for t in (12, 24) if time.max() >= t],
        "quote": "numbers at risk",
    }


@pytest.mark.parametrize("scans", [False, True])
def test_honest_numbers_at_risk_are_rarely_accused(scans):
    """400 figures: none impossible, at most 0.5 % very unlikely (0.2 % are stated; Monte Carlo error 0.3 %)."""
    rng = np.random.default_rng(7 + scans)
    found = Counter(
        finding.severity
        for _ in range(400)
        for finding in numbers_at_risk(study_of(survivals=[honest_figure(rng, scans=scans)]))
    )
    assert found["impossible"] == 0
    assert found["very unlikely"] <= 2


def test_missing_patients_are_asked_about():
    """79 of 100 survive 12 months, and all were followed for 14."""
    curve = {"n": 100, "at_risk": [{"t": 0, "n": 97}, {"t": 12, "n": 70}], "landmarks": [{"t": 12, "s": "0.79"}]}
    minimum = {"name": "followup_min", "value": 14, "quote": "minimum follow-up 14 months", "unit": "months"}
    found = list(numbers_at_risk(study_of(survivals=[curve], numbers=[minimum])))
    assert [finding.severity for finding in found] == ["ask the authors", "ask the authors"]
    assert "3 are missing" in found[0].arithmetic
    assert "9 are missing" in found[1].arithmetic


def baseline_table(rng, *, k, correlation):
    """P values of k correlated covariates of a randomised trial: t tests, chi-square plain and corrected, Fisher."""
    n = 2 * int(rng.integers(20, 200))
    common = rng.standard_normal(n)
    treated = rng.permutation(np.repeat([False, True], n // 2))
    ps = []
    for _ in range(k):
        x = math.sqrt(correlation) * common + math.sqrt(1 - correlation) * rng.standard_normal(n)
        if rng.random() < 0.4:
            ps.append(stats.ttest_ind(x[treated], x[~treated]).pvalue)
            continue
        high = x > rng.uniform(-1, 1)
        table = [[np.sum(high & treated), np.sum(~high & treated)], [np.sum(high & ~treated), np.sum(~high & ~treated)]]
        form = rng.integers(3)
        if form == 2 or min(map(min, table)) < 1:
            ps.append(stats.fisher_exact(table)[1])
        else:
            ps.append(stats.chi2_contingency(table, correction=bool(form)).pvalue)
    return ps


def trial_with(ps):
    tests = [{"effect": f"x{i}", "endpoint": "baseline", "measure": "test", "p": f"{p:.3f}"} for i, p in enumerate(ps)]
    return study_of(design="randomised open-label phase 3", estimates=tests)


@pytest.mark.parametrize("correlation", [0.0, 0.3])
def test_baseline_p_of_honest_trials_are_not_asked_about(correlation):
    """300 tables of 8 to 20 covariates: at most 0.7 % are asked about (0.2 % are meant; Monte Carlo error 0.3 %)."""
    rng = np.random.default_rng(11)
    tables = [baseline_table(rng, k=int(rng.integers(8, 21)), correlation=correlation) for _ in range(300)]
    asked = sum(bool(list(baseline_p_values(trial_with(table)))) for table in tables)
    assert asked <= 2


@pytest.mark.parametrize(
    ("ps", "word"),
    [
        ([0.93, 0.97, 0.91, 0.95, 0.98, 0.94, 0.96, 0.92, 0.97, 0.95], "alike"),
        ([0.01, 0.03, 0.02, 0.06, 0.04, 0.01, 0.02, 0.05, 0.03, 0.02], "different"),
    ],
)
def test_baseline_p_too_alike_or_too_different_are_asked_about(ps, word):
    """Phi^-1(0.95) = 1.64 on average, SD of the mean sqrt(2.8 / 10) = 0.53: 0.2 % beyond 3.09 SD."""
    (found,) = baseline_p_values(trial_with(ps))
    assert found.severity == "ask the authors"
    assert f"too {word} at baseline" in found.statement


def test_baseline_p_that_correlated_covariates_could_give_are_not_asked_about():
    """Ten P of 0.88: mean z 1.17 is 3.7 SD of independent ones, 2.2 at a mean correlation of 0.2."""
    assert list(baseline_p_values(trial_with([0.88] * 10))) == []


def test_baseline_p_of_matched_patients_are_left_alone():
    tests = [{"effect": f"x{i}", "endpoint": "baseline", "measure": "test", "p": "0.97"} for i in range(12)]
    assert list(baseline_p_values(study_of(design="propensity-matched cohort", estimates=tests))) == []


def test_sd_bounds_hold_for_random_samples_and_are_reached():
    """Bhatia & Davis 2000; half of the values at each end, and all but two halfway, reach the bounds."""
    from escc_bayes.data.rounding import Interval

    rng = np.random.default_rng(3)
    for _ in range(300):
        x = rng.beta(*rng.uniform(0.1, 3, 2), int(rng.integers(3, 40)))
        mean = Interval(x.mean(), x.mean())
        assert x.std(ddof=1) <= largest_sd(x.min(), x.max(), mean, len(x)) + 1e-9
        low, high = Interval(x.min(), x.min()), Interval(x.max(), x.max())
        assert x.std(ddof=1) >= smallest_sd(low, high, len(x)) - 1e-9
    ends = np.repeat([0.0, 1.0], 5)
    assert ends.std(ddof=1) == pytest.approx(largest_sd(0.0, 1.0, None, 10))
    halfway = np.array([0.0, 1.0, *[0.5] * 8])
    assert halfway.std(ddof=1) == pytest.approx(smallest_sd(Interval(0.0, 0.0), Interval(1.0, 1.0), 10))


def test_every_true_mean_of_whole_numbers_is_clean():
    """Sums of whole numbers over n, printed with one to three decimals."""
    rng = np.random.default_rng(5)
    for _ in range(400):
        n, decimals = int(rng.integers(2, 90)), int(rng.integers(1, 4))
        mean = f"{rng.poisson(4.0, n).mean():.{decimals}f}"
        number = {"name": "cycles_mean", "value": mean, "quote": f"mean {mean} cycles (n = {n})"}
        assert list(means_of_whole_numbers(study_of(n=120, numbers=[number]))) == []


def test_age_that_no_whole_years_give_is_a_question():
    """Ages may be recorded with decimals: 61.23 of 20 patients is asked about."""
    number = {"name": "age_mean", "value": "61.23", "quote": "mean age 61.23 years (n = 20)", "unit": "years"}
    assert [finding.severity for finding in audit(study_of(numbers=[number]))] == ["ask the authors"]


def test_wide_limits_and_few_events_are_notices():
    """12.4 / 1.1 = 11.3; 30 deaths for four covariates are 7.5 each."""
    model = [
        {"effect": name, "value": "2.1", "ci_low": "1.1", "ci_high": high, "adjusted": True, "events": 30}
        for name, high in (("stage", "4.0"), ("sex", "4.0"), ("age", "4.0"), ("alc", "12.4"))
    ]
    found = list(little_information(study_of(estimates=model)))
    assert [finding.severity for finding in found] == ["notice", "notice"]
    assert "11-fold" in found[0].statement
    assert "7.5 each" in found[1].statement
