"""Means by the whole trajectory: the exact posterior, counts missing at random; what a printed t implies."""

import numpy as np
import pytest
from scipy import stats

from escc_bayes.study.part import StudyChapter
from escc_bayes.study.trajectory import mean_draws, patients_implied
from tests.unit.study.conftest import table_named


def test_the_posterior_of_complete_data_is_exact() -> None:
    """Of two times the difference is t with n - 2 degrees of freedom about the mean difference."""
    rng = np.random.default_rng(2)
    values = rng.multivariate_normal([1.4, 1.0], [[0.36, 0.2], [0.2, 0.27]], size=40)
    apart = values[:, 1] - values[:, 0]
    draws = mean_draws(values, 200_000, 3)
    scale = apart.std(ddof=1) * np.sqrt(39 / 38) / np.sqrt(40)
    expected = stats.t.ppf([0.025, 0.5, 0.975], 38, apart.mean(), scale)
    assert np.quantile(draws[:, 1] - draws[:, 0], [0.025, 0.5, 0.975]) == pytest.approx(expected, abs=2e-3)


def test_counts_missing_at_random_do_not_move_the_mean() -> None:
    """Later counts are missing where the first was low: the mean of those with one is off, the model's is not."""
    rng = np.random.default_rng(4)
    values = rng.multivariate_normal([1.4, 1.0], [[0.36, 0.28], [0.28, 0.36]], size=1500)
    held = values.copy()
    held[values[:, 0] < 1.2, 1] = np.nan
    assert np.nanmean(held[:, 1]) > values[:, 1].mean() + 0.1
    draws = mean_draws(held, 300, 5)
    assert draws[:, 1].mean() == pytest.approx(values[:, 1].mean(), abs=0.05)
    assert draws[:, 1].std() > values[:, 1].std() / np.sqrt(1500)


def test_the_printed_t_says_how_many_had_later_counts(chapter: StudyChapter) -> None:
    rows = table_named(chapter, "table2_missing").rows
    assert [round(r["n_implied"]) for r in rows] == [58, 48]
    assert all(r["fall_if_unchanged"] < r["fall"] < r["fall_if_low"] for r in rows)
    n = patients_implied(0.4, 0.6, 0.5, 70, 0.4 / np.sqrt(0.36 / 70 + 0.25 / 50))
    assert n == pytest.approx(50.0)
    means = table_named(chapter, "table2_trajectory").rows
    assert all(r["lower_credible"] < r["mean"] < r["upper_credible"] and r["n"] == 79 for r in means)
