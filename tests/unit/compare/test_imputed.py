"""A model on completed cohorts, its complete cases beside."""

import math

import numpy as np
import pytest
from tests.unit.gaps import imputing, larynx_with_gaps

from escc_bayes.compare.imputed import fit_imputed
from escc_bayes.estimand.estimand import HazardRatio


@pytest.fixture(scope="module")
def found():
    return fit_imputed(imputing(), larynx_with_gaps(), seed=5, sweeps=2)


def test_every_question_is_answered_by_both(found):
    """Completed cohorts of all 90; complete cases are the 73 who lack nothing."""
    rows = found.comparison().of("hazard_ratio")
    assert {(e.model, e.method, e.n) for e in rows} == {
        ("larynx_piecewise", "bayes_laplace", 90),
        ("larynx_piecewise", "cox", 90),
        ("larynx_piecewise", "weibull_mle", 90),
        *(
            ("larynx_piecewise@complete_cases", method, 73)
            for method in ("bayes_laplace", "cox", "cox_firth", "cox_univariable", "weibull_mle")
        ),
    }
    assert all("values imputed" in e.note for e in rows if e.n == 90)
    assert "Complete cases beside: OBSERVED: 73 of 90 patients" in found.sentences()[-1]
    assert set(found.verdicts.values()) == {"ok"}


def test_cox_is_pooled_by_rubins_rules(found):
    """Mean, W + (1 + 1/3) B by hand from the three fits."""
    (pooled, _) = found.by_rubin(HazardRatio("age"), 0.95)
    fits = [fit.cox for fit in found.classical]
    values, errors = np.array([f.coef[3] for f in fits]), np.array([f.covariance[3, 3] for f in fits])
    assert pooled.log_mean == pytest.approx(values.mean(), abs=1e-12)
    total = errors.mean() + 4.0 / 3.0 * values.var(ddof=1)
    assert pooled.log_sd == pytest.approx(math.sqrt(total), abs=1e-12)
    assert "(Rubin's rules, " in pooled.note


def test_survival_of_completed_cohorts_has_no_kaplan_meier(found):
    rows = found.comparison().of("survival")
    assert {e.method for e in rows if e.model == "larynx_piecewise"} == {"bayes_laplace"}
    assert "km" in {e.method for e in rows if e.model != "larynx_piecewise"}
