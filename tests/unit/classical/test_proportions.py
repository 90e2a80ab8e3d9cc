"""Proportions of few patients: R 4's ``binom.test`` (two-sided, and alternative = "less") and ``qbeta``."""

import math

import pytest
from scipy.stats import binom

from escc_bayes.classical.proportions import exact_share, exact_upper, posterior_share

# for (x in list(c(0, 32), c(4, 79), c(9, 37), c(79, 79), c(3, 64))) {
#   cat(binom.test(x[1], x[2])$conf.int, binom.test(x[1], x[2], alternative = "less")$conf.int[2],
#       qbeta(c(.025, .5, .975), x[1] + .5, x[2] - x[1] + .5), "\n") }
R = {
    (0, 32): (0, 0.1088811607, 0.08936819899, 1.522530432e-05, 0.007028219587, 0.07492776343),
    (4, 79): (0.01396611789, 0.124594798, 0.1121278678, 0.01732926677, 0.05257896399, 0.1158865629),
    (9, 37): (0.1177251743, 0.4119916924, 0.3860808724, 0.1277291484, 0.2455783539, 0.3971499693),
    (79, 79): (0.9543787472, 1, 1, 0.9688010325, 0.9971338703, 0.999993804),
    (3, 64): (0.009773074954, 0.1309357372, 0.1167165879, 0.01337672322, 0.04931689971, 0.1198245177),
}


@pytest.mark.parametrize(("counts", "of_r"), R.items())
def test_limits_are_those_of_r(counts, of_r):
    exact, bayes = exact_share(*counts, 0.95), posterior_share(*counts, 0.95)
    found = (exact.lower, exact.upper, exact_upper(*counts, 0.95), bayes.lower, bayes.value, bayes.upper)
    assert found == pytest.approx(of_r, rel=1e-8, abs=1e-12)


@pytest.mark.parametrize(("count", "of"), [(0, 32), (4, 79), (9, 37)])
def test_at_the_upper_limit_so_few_are_seen_with_the_probability_of_the_tail(count, of):
    assert binom.cdf(count, of, exact_share(count, of, 0.9).upper) == pytest.approx(0.05, rel=1e-9)
    assert binom.cdf(count, of, exact_upper(count, of, 0.9)) == pytest.approx(0.1, rel=1e-9)


def test_of_nobody_nothing_is_known():
    assert math.isnan(exact_share(0, 0, 0.95).value)
    assert math.isnan(exact_upper(0, 0, 0.95))
