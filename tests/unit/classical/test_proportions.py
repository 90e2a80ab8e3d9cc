"""Shares and rates: R's binom.test and poisson.test (tests/reference/association.R), closed forms."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from escc_bayes.classical.proportions import pooled_share, rate, share

R = json.loads((Path(__file__).parents[2] / "reference" / "association.json").read_text())


@pytest.mark.parametrize("events", [0, 4, 79])
def test_exact_limits_are_those_of_r(events: int) -> None:
    found = share(events, 79, level=0.95)
    assert [found.lower, found.upper] == pytest.approx(R[f"binomial_{events}_of_79"], abs=1e-9)


def test_no_event_has_the_one_sided_limit_of_r() -> None:
    assert share(0, 79, level=0.95).none_upper == pytest.approx(R["binomial_none_one_sided"][0], abs=1e-9)
    assert np.isnan(share(1, 79, level=0.95).none_upper)


@pytest.mark.parametrize("events", [0, 4])
def test_rates_have_the_limits_of_r(events: int) -> None:
    assert list(rate(events, 168.0, level=0.95)[1:]) == pytest.approx(R[f"poisson_{events}_in_168"], abs=1e-9)


def test_several_posteriors_are_an_equal_mixture() -> None:
    found = pooled_share([2, 9], [20, 20], level=0.9)
    rng = np.random.default_rng(5)
    drawn = np.concatenate([rng.beta(3, 19, 400_000), rng.beta(10, 12, 400_000)])
    expected = np.quantile(drawn, [0.05, 0.5, 0.95])
    assert [found.low, found.median, found.high] == pytest.approx(expected, abs=2e-3)
    same = pooled_share([4, 4], [79, 79], level=0.95)
    assert same.median == pytest.approx(stats.beta.ppf(0.5, 5, 76))
