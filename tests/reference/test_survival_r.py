"""Agreement with R's survival package (survival.R, survival.json) on published data sets."""

import numpy as np
import pytest
from scipy.special import chdtrc

from escc_bayes.classical.cox import breslow, cox
from escc_bayes.classical.km import follow_up, kaplan_meier, quantile, survival_at
from escc_bayes.classical.logrank import logrank, pairwise
from escc_bayes.classical.ph_test import ph_test
from escc_bayes.classical.rmst import rmst
from escc_bayes.classical.weibull import weibull_mle

EVERY = ("larynx", "lung", "lung_weighted", "ovarian", "kidney", "heart", "tcga_os", "tcga_pfi")
WITHOUT_ENTRY = tuple(name for name in EVERY if name != "heart")
UNWEIGHTED = ("larynx", "lung", "ovarian", "kidney", "tcga_os", "tcga_pfi")
SMALL = {
    "small": (None, [0, 1, 0, 1, 0, 1]),
    "small_entry": ([0, 0, 2.5, 3.5, 1.5, 2.5], [1, 0, 1, 1, 0, 1]),
    "small_emptied": ([0, 0, 0, 3.5, 3.5, 3.5], [1, 0, 1, 1, 0, 1]),
}
AGREE = {"rtol": 1e-8, "atol": 1e-12}


def same(ours, theirs):
    """R writes NA as null and infinity as text."""
    np.testing.assert_allclose(ours, np.array(theirs, dtype=float), **AGREE)


def curve_of(data, level=0.95):
    return kaplan_meier(data.time, data.event, entry=data.entry, weight=data.weight, level=level)


def fit_of(data):
    return cox(data.X, data.time, data.event, entry=data.entry, weight=data.weight)


@pytest.mark.parametrize("name", EVERY)
def test_curve_at_fixed_times_equals_survfit(name, patients, reference):
    r = reference[name]["kaplan_meier"]
    points = survival_at(curve_of(patients(name)), np.array(r["at_time"], dtype=float))
    same(points.survival, r["at_survival"])
    same(points.lower, r["at_lower"])
    same(points.upper, r["at_upper"])
    same(points.at_risk, r["at_n_risk"])


@pytest.mark.parametrize("name", EVERY)
def test_median_and_its_limits_equal_survfit(name, patients, reference):
    r = reference[name]["kaplan_meier"]
    median = quantile(curve_of(patients(name)))
    same([median.value, median.lower, median.upper], [r["median"], r["median_lower"], r["median_upper"]])


@pytest.mark.parametrize("name", EVERY)
def test_quartiles_equal_quantile_survfit(name, patients, reference):
    r, curve = reference[name]["kaplan_meier"], curve_of(patients(name))
    found = [quantile(curve, p) for p in (0.25, 0.5, 0.75)]
    same([q.value for q in found], r["quantile"])
    same([q.lower for q in found], r["quantile_lower"])
    same([q.upper for q in found], r["quantile_upper"])


@pytest.mark.parametrize("name", EVERY)
def test_restricted_mean_and_its_error_equal_survfit(name, patients, reference):
    r, data = reference[name]["kaplan_meier"], patients(name)
    area = rmst(data.time, data.event, until=r["until"], entry=data.entry, weight=data.weight)
    same([area.value, area.std_error], [r["rmst"], r["rmst_std_error"]])


@pytest.mark.parametrize("name", ["lung", "tcga_os", "tcga_pfi"])
def test_follow_up_equals_survfit_with_the_event_turned_round(name, patients, reference):
    r, data = reference[name]["follow_up"], patients(name)
    median = follow_up(data.time, data.event, level=0.95)
    same([median.value, median.lower, median.upper], [r["median"], r["median_lower"], r["median_upper"]])


def test_every_row_of_the_larynx_curve_equals_survfit(patients, reference):
    r, curve = reference["larynx"]["kaplan_meier"], curve_of(patients("larynx"))
    for field in ("time", "at_risk", "events", "censored", "survival", "log_std_error", "lower", "upper"):
        same(getattr(curve, field), r[field])


@pytest.mark.parametrize("name", SMALL)
def test_limits_at_survival_0_and_1_equal_survfit(name, reference):
    """Six patients, by hand: first exit a censoring, last an event; a risk set that empties and fills again."""
    r, (entry, event) = reference[name], SMALL[name]
    start = None if entry is None else np.array(entry)
    curve = kaplan_meier(np.arange(1.0, 7.0), np.array(event), entry=start, level=0.95)
    for field in ("at_risk", "survival", "log_std_error", "lower", "upper"):
        same(getattr(curve, field), r[field])
    points = survival_at(curve, np.array(r["at_time"], dtype=float))
    same(points.survival, r["at_survival"])
    same(points.lower, r["at_lower"])
    same(points.upper, r["at_upper"])
    same(points.at_risk, r["at_n_risk"])


@pytest.mark.parametrize("name", UNWEIGHTED)
def test_logrank_equals_survdiff(name, patients, reference):
    r, data = reference[name]["logrank"], patients(name)
    test = logrank(data.time, data.event, data.group)
    same([test.chi2, test.df, test.p_value], [r["chi2"], r["df"], r["p_value"]])
    same(test.observed, r["observed"])
    same(test.expected, r["expected"])


def test_logrank_with_delayed_entry_equals_the_exact_score_test(patients, reference):
    r, data = reference["heart"]["logrank"], patients("heart")
    test = logrank(data.time, data.event, data.group, entry=data.entry)
    same([test.chi2, test.df, test.p_value], [r["chi2"], r["df"], chdtrc(r["df"], r["chi2"])])


@pytest.mark.parametrize("name", ["larynx", "lung", "tcga_os", "tcga_pfi"])
def test_pairwise_logrank_and_holm_equal_survdiff_and_p_adjust(name, patients, reference):
    r, data = reference[name]["pairwise"], patients(name)
    tests = pairwise(data.time, data.event, data.group)
    for field in ("first", "second", "chi2", "p_value", "p_holm"):
        same([getattr(test, field) for test in tests], r[field])


@pytest.mark.parametrize("name", EVERY)
def test_cox_equals_coxph(name, patients, reference):
    r, fit = reference[name]["cox"], fit_of(patients(name))
    same(fit.coef, r["coef"])
    same(np.sqrt(np.diag(fit.covariance)), r["std_error"])
    same([fit.log_likelihood, fit.null_log_likelihood], [r["log_likelihood"], r["null_log_likelihood"]])
    assert fit.converged


@pytest.mark.parametrize("name", ["larynx", "lung", "lung_weighted", "heart"])
def test_baseline_hazard_equals_survfit_coxph(name, patients, reference):
    r, data = reference[name]["cox"], patients(name)
    times = np.array(r["baseline_time"], dtype=float)
    hazard = breslow(fit_of(data), data.X, data.time, data.event, times, entry=data.entry, weight=data.weight)
    same(hazard, r["baseline"])


@pytest.mark.parametrize("name", EVERY)
def test_proportional_hazards_test_equals_cox_zph(name, patients, reference):
    r, data = reference[name]["zph"], patients(name)
    coef = fit_of(data).coef
    tests = ph_test(data.X, data.time, data.event, coef, data.terms, entry=data.entry, weight=data.weight)
    same([test.chi2 for test in tests], r["chi2"])
    same([test.df for test in tests], r["df"])
    same([test.p_value for test in tests], r["p_value"])


@pytest.mark.parametrize("name", WITHOUT_ENTRY)
def test_weibull_equals_survreg_in_hazard_ratio_form(name, patients, reference):
    r, data = reference[name]["weibull"], patients(name)
    fit = weibull_mle(data.X, data.time, data.event, weight=data.weight, reference_time=1.0)
    same(fit.coef, r["coef"])
    same([fit.log_cumulative_hazard, fit.log_shape], [r["log_cumulative_hazard"], r["log_shape"]])
    same(np.sqrt(np.diag(fit.covariance)), r["std_error"])
    same(fit.log_likelihood, r["log_likelihood"])
    assert fit.converged
