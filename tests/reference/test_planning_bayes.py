"""Exact posteriors and probabilities of success against hdbayes, RBesT and goldilocks: PLANNING.md rows 18 to 40.

RBesT rows: phase III trials with 379 events each, unit-information prior N(0, 2) on the log hazard ratio; interim data
A 162 events at 0.83, B 150 at 0.78; before them PoC 8 events at 0.70 and phase II 85 at 0.75 (vignette PoS_codata).
"""

import csv
import math

import numpy as np
import pytest

from escc_bayes.evidence.pooling.exact import pool_exact
from escc_bayes.spec.mixture import blurred, mixture_of, updated
from escc_bayes.spec.prior import HalfNormal, Normal
from escc_bayes.trial.design.criterion import PosteriorCriterion
from escc_bayes.trial.design.normal_power import NormalRule
from escc_bayes.trial.looks.sufficient_statistics import ArmData, reduced
from escc_bayes.trial.posterior.borrowing import Source, borrowed
from escc_bayes.trial.posterior.commensurate_prior import PrecisionDrift
from escc_bayes.trial.posterior.exact_posterior import GammaBaseline, moments, probability_below
from escc_bayes.trial.posterior.historical import Historical
from escc_bayes.trial.posterior.marginal_posterior import posterior
from escc_bayes.trial.posterior.power_prior import PowerPrior
from escc_bayes.trial.reading.truth import control_from

SUCCESS = PosteriorCriterion(hr=1.0, above=True, threshold=0.975)
UNIT_INFORMATION = Normal(0.0, 2.0)
INTERIM = {"A": (162, 0.83), "B": (150, 0.78)}
E1690_CUTS = np.array([0.262284, 0.53662, 0.888156, 1.626834])


def row(*numbers):
    return np.array([numbers])


E1690 = ArmData(
    row(31.0, 25.0, 20.0, 24.0, 26.0),
    row(17.0, 24.0, 27.0, 24.0, 22.0),
    row(49.353512, 42.70551, 46.913098, 80.9649, 222.585882),
    row(53.475009, 50.343118, 54.4525, 93.425518, 270.396942),
)


def test_e1690_by_its_sufficient_statistics():
    """Row 32: exact mean, SD, limits and probability; the coding is the control's, Gamma(1, ~0), N(0, 10)."""
    prior, baseline = mixture_of([(1.0, 0.0, 10.0)]), GammaBaseline(1.0, 1e-9, "reference")
    mean, sd = moments(E1690, prior, baseline)
    assert (mean[0], sd[0]) == pytest.approx((-0.28594, 0.12836), abs=6e-6)
    below = probability_below(E1690, prior, baseline, np.array([-0.5381, -0.0348, 0.0]))[0]
    assert below == pytest.approx((0.025, 0.975, 0.98719), abs=3e-5)


def test_e1690_from_its_patients(shared_data):
    """The same statistics from the patients of hdbayes, which gives times of 0 half a day.

    Years serve as well as months: only ratios of hazards count.
    """
    with (shared_data / "ecog_e1690_melanoma.csv").open(newline="", encoding="utf-8") as stream:
        patients = list(csv.DictReader(stream))
    time, event, treated = (
        np.array([float(p[key]) for p in patients]) for key in ("failtime", "failcens", "treatment")
    )
    time[time == 0.0] = 0.5 / 365.25
    found = reduced(time, event == 1.0, treated == 1.0, E1690_CUTS)
    for name in ("control_events", "treated_events"):
        assert np.array_equal(getattr(found, name), getattr(E1690, name))
    for name in ("control_months", "treated_months"):
        assert getattr(found, name) == pytest.approx(getattr(E1690, name), abs=1e-6)


def melanoma(shared_data, trial):
    """Time in years, event, treated of a trial of hdbayes, times of 0 taken as half a day as its vignette does."""
    with (shared_data / f"ecog_{trial}_melanoma.csv").open(newline="", encoding="utf-8") as stream:
        patients = list(csv.DictReader(stream))
    time, event, treated = (
        np.array([float(p[key]) for p in patients]) for key in ("failtime", "failcens", "treatment")
    )
    return np.where(time == 0.0, 0.5 / 365.25, time), event == 1.0, treated == 1.0


@pytest.mark.parametrize(
    ("pieces", "discount", "mean", "sd", "limits"),
    [
        (2, 0.0, -0.27, 0.13, (-0.52, -0.02)),
        (5, 0.0, -0.29, 0.13, (-0.54, -0.03)),
        (2, 0.5, -0.32, 0.11, (-0.53, -0.10)),
        (5, 0.5, -0.32, 0.11, (-0.53, -0.10)),
    ],
)
def test_power_prior_of_e1684_is_hdbayess(shared_data, pieces, discount, mean, sd, limits):
    """hdbayes 0.2 vignette "Model-Averaging-Demonstration": both arms of E1684 count as ``discount``.

    MCMC, printed to two digits. Cuts at quantiles of the events of E1690.
    """
    current, older = melanoma(shared_data, "e1690"), melanoma(shared_data, "e1684")
    cuts = np.quantile(current[0][current[1]], np.arange(1, pieces) / pieces)
    data, old = reduced(*current, cuts), reduced(*older, cuts)
    study = Historical(
        old.control_events[0], old.control_months[0], old.treated_events[0], old.treated_months[0], "E1684"
    )
    prior, baseline = mixture_of([(1.0, 0.0, 10.0)]), GammaBaseline(1.0, 1e-9, "reference")
    with_it = borrowed(data, (Source(study, PowerPrior(discount)),), baseline, prior)
    found = posterior(with_it, prior, baseline, np.array(limits))
    assert (found.mean[0], found.sd[0]) == pytest.approx((mean, sd), abs=0.0056)
    # Limits are rounded to two digits, 0.04 of a standard deviation.
    assert found.below[0] == pytest.approx((0.025, 0.975), abs=0.006)


PSBORROW2 = ArmData(row(39.0), row(75.0), row(1136.233), row(2502.056))
EXTERNAL = Historical(np.array([326.0]), np.array([3575.664]))


def test_commensurate_prior_is_psborrow2s():
    """psborrow2 vignette "dataset": exponential, precision Gamma(.001, .001), 200,000 draws by Stan.

    Log hazard ratio -.155 (.199), median -.158, 5 and 95 % -.477 and .174, 10 and 90 % -.408 and .100.
    """
    prior, baseline = mixture_of([(1.0, 0.0, math.sqrt(1000.0))]), GammaBaseline(1e-6, 1e-6, "reference")
    sources = (Source(EXTERNAL, PrecisionDrift(0.001, 0.001)),)
    at = np.array([-0.477, -0.408, -0.158, 0.100, 0.174])
    found = posterior(borrowed(PSBORROW2, sources, baseline, prior), prior, baseline, at)
    assert found.mean[0] == pytest.approx(-0.155, rel=0.03)
    assert found.sd[0] == pytest.approx(0.199, rel=0.03)
    assert found.below[0] == pytest.approx((0.05, 0.1, 0.5, 0.9, 0.95), abs=0.004)


def test_power_and_critical_value_of_379_events():
    """Row 20, exact: .7989111 and -.2016186."""
    critical = SUCCESS.critical_log_ratio(UNIT_INFORMATION, 379.0 / 4.0)
    assert critical == pytest.approx(-0.2016186, abs=1e-7)
    root = math.sqrt(379.0 / 4.0)
    rule = NormalRule(np.array([379.0 / 4.0]), np.array([-critical * root]), np.array([-np.inf]))
    assert rule.power(math.log(0.75)) == pytest.approx(0.7989111, abs=1e-7)


def interim(name):
    events, hr = INTERIM[name]
    return events, math.log(hr), math.sqrt(4.0 / events)


def final_criterion(name):
    """Return the critical estimate of the second stage, and its standard error."""
    events, estimate, se = interim(name)
    posterior = updated(mixture_of([(1.0, UNIT_INFORMATION.mean, UNIT_INFORMATION.sd)]), estimate, se)
    rest = 379 - events
    return SUCCESS.critical_log_ratio(Normal(posterior.mean, posterior.sd), rest / 4.0), math.sqrt(4.0 / rest)


def test_conditional_power_of_trial_a():
    """Row 21, exact: .7087812 at hazard ratio 0.75."""
    critical, se = final_criterion("A")
    assert mixture_of([(1.0, math.log(0.75), se)]).cdf(critical) == pytest.approx(0.7087812, abs=1e-7)


@pytest.mark.parametrize(("name", "expected"), [("A", 0.4465716), ("B", 0.6412943)])
def test_probability_of_success_at_the_interim(name, expected):
    """Row 21, exact: the interim posterior alone."""
    _, estimate, se = interim(name)
    believed = updated(mixture_of([(1.0, 0.0, 2.0)]), estimate, se)
    critical, rest_se = final_criterion(name)
    assert blurred(believed, rest_se).cdf(critical) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize(("name", "expected"), [("A", 0.489482), ("B", 0.671552)])
def test_probability_of_success_with_the_earlier_trials(name, expected):
    """Row 22, exact: the pool of PoC and phase II (tau half-normal 0.5, mean N(0, 2)) as prior."""
    estimates, ses = np.log([0.70, 0.75]), np.sqrt([4.0 / 8.0, 4.0 / 85.0])
    earlier = pool_exact(estimates, ses, tau_prior=HalfNormal(0.5), mean_prior=Normal(0.0, 2.0), level=0.95)
    _, estimate, se = interim(name)
    believed = updated(earlier.new_study, estimate, se)
    critical, rest_se = final_criterion(name)
    assert blurred(believed, rest_se).cdf(critical) == pytest.approx(expected, abs=2e-6)


def test_assurance_and_ceiling_of_the_only_evidence():
    """Row 40: hazard ratio 0.7 with P = 0.32, 247 events: .61096; the limit is 1 - P/2, .83992 at 1e9 events."""
    se = 0.35866
    believed = mixture_of([(1.0, math.log(0.7), se)])
    rule = NormalRule(np.array([247.0 / 4.0]), np.array([1.959963984540054]), np.array([-np.inf]))
    assert rule.assurance(believed) == pytest.approx(0.61096, abs=1e-5)
    assert believed.cdf(0.0) == pytest.approx(0.84, abs=3e-6)
    endless = NormalRule(np.array([1e9 / 4.0]), rule.upper, rule.lower)
    assert endless.assurance(believed) == pytest.approx(0.83992, abs=1e-5)


@pytest.mark.parametrize(
    ("survival", "rates"),
    [
        ({"6": 0.70, "24": 0.50}, (0.05945, 0.01869)),
        ({"6": 0.82, "24": 0.60}, (0.03308, 0.01735)),
        ({"12": 0.3}, (0.1003,)),
        ({"12": 0.5}, (0.05776,)),
    ],
)
def test_landmarks_become_the_hazards_of_goldilocks(survival, rates, tmp_path):
    """Row 18: prop_to_haz."""
    control, _ = control_from({"survival": survival}, "here", tmp_path)
    assert control.rates[0] == pytest.approx(rates, abs=6e-6 if len(rates) > 1 else 5e-5)
