"""P of tests of a 2x2 table beside Woolf's and Katz's limits: five tests of scipy stay within the bounds."""

import numpy as np
import pytest
from scipy import stats

from escc_bayes.data.rounding import Interval
from escc_bayes.evidence.rules.p_interval import p_against_interval
from escc_bayes.evidence.rules.table_tests import table_tests
from tests.unit.evidence.studies import study_of


def five_tests(a, b, c, d):
    """Return |z| of chi-square (plain, Yates), likelihood ratio, Fisher and the unpooled difference."""
    table = np.array([[a, b], [c, d]])
    ps = [
        stats.chi2_contingency(table, correction=False).pvalue,
        stats.chi2_contingency(table).pvalue,
        stats.chi2_contingency(table, correction=False, lambda_="log-likelihood").pvalue,
        stats.fisher_exact(table).pvalue,
    ]
    n1, n2 = a + b, c + d
    unpooled = abs(a / n1 - c / n2) / np.sqrt(a * b / n1**3 + c * d / n2**3)
    return [*(float(stats.norm.isf(max(p, 1e-300) / 2)) for p in ps), float(unpooled)]


def test_five_tests_of_random_tables_lie_within():
    rng = np.random.default_rng(2013)
    tried = 0
    for _ in range(400):
        n = int(np.exp(rng.uniform(3.0, 6.4)))
        n1 = max(5, int(n * rng.uniform(0.25, 0.75)))
        logit = rng.normal(0, 1.5)
        a, c = (rng.binomial(m, 1 / (1 + np.exp(-x))) for m, x in ((n1, logit), (n - n1, logit + rng.normal(0, 1))))
        b, d = n1 - a, n - n1 - c
        if min(a, b, c, d) < 1:
            continue
        tried += 1
        odds, risk = np.log(a * d / (b * c)), np.log(a * (n - n1) / (c * n1))
        woolf, katz = np.sqrt(1 / a + 1 / b + 1 / c + 1 / d), np.sqrt(1 / a - 1 / n1 + 1 / c - 1 / (n - n1))
        for kind, log_ratio, se in (("OR", odds, woolf), ("RR", risk, katz)):
            z = abs(log_ratio) / se
            within = table_tests(kind, log_ratio, Interval(z, z))
            assert all(within.holds(one) for one in five_tests(a, b, c, d)), (kind, a, b, c, d)
    assert tried > 300


@pytest.mark.parametrize(
    ("measure", "value", "low", "high", "p", "words"),
    [
        ("RR", "0.62", "0.50", "0.77", "0.41", "RR 0.62, 95 % CI 0.50-0.77, P = 0.41"),
        ("OR", "2.10", "1.42", "3.11", "0.38", "OR 2.10 (1.42-3.11), P = 0.38"),
        ("OR", "0.92", "0.61", "1.39", "0.002", "OR 0.92 (0.61-1.39), Fisher's exact P = 0.002"),
        ("NMA HR", "0.60", "0.48", "0.75", "0.33", "NMA HR 0.60 (95% CrI 0.48-0.75), P = 0.33"),
        ("pooled HR", "0.98", "0.82", "1.17", "0.004", "pooled HR 0.98 (0.82-1.17), P = 0.004"),
    ],
)
def test_p_far_from_its_interval_is_very_unlikely(measure, value, low, high, p, words):
    printed = {"measure": measure, "value": value, "ci_low": low, "ci_high": high, "p": p, "quote": words}
    (found,) = p_against_interval(study_of(estimates=[printed]))
    assert found.severity == "very unlikely"
    assert found.probability == 0.0003


@pytest.mark.parametrize(
    "words",
    ["OR 0.62 (exact 95% CI 0.50-0.77), P = 0.41", "pooled OR 0.62 (0.50-0.77, Hartung-Knapp), P = 0.41"],
)
def test_limits_that_are_no_wald_limits_leave_a_question(words):
    printed = {"measure": "OR", "value": "0.62", "ci_low": "0.50", "ci_high": "0.77", "p": "0.41", "quote": words}
    (found,) = p_against_interval(study_of(estimates=[printed]))
    assert found.severity == "ask the authors"


@pytest.mark.parametrize("words", ["OR 0.62 (0.50-0.77); P for trend = 0.41", "0.62 (0.50-0.77; I2 = 12 %, P = 0.41)"])
def test_p_of_a_trend_or_of_heterogeneity_is_compared_with_nothing(words):
    printed = {"measure": "OR", "value": "0.62", "ci_low": "0.50", "ci_high": "0.77", "p": "0.41", "quote": words}
    assert list(p_against_interval(study_of(estimates=[printed]))) == []
