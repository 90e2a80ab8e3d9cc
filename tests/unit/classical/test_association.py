"""Tests of characteristics between groups: R's stats (tests/reference/association.R)."""

import json
from pathlib import Path

import numpy as np
import pytest

from escc_bayes.classical import association
from escc_bayes.classical.association import compositions, fisher, of_levels, of_numbers

R = json.loads((Path(__file__).parents[2] / "reference" / "association.json").read_text())
RESPONSE = np.array([[1, 2, 1], [16, 20, 25], [2, 6, 3], [1, 1, 1]])
ONE, TWO, THREE = ([7.0, 6, 7, 5, 5, 6, 5, 9, 6, 6], [4.0, 5, 5, 8, 12, 4, 6], [9.0, 10, 8, 8])


def test_fishers_test_of_a_table_of_any_size_is_that_of_r() -> None:
    found = of_levels(RESPONSE)
    assert found.test == "Fisher"
    assert found.p_value == pytest.approx(R["fisher_response"][0], abs=1e-9)
    assert of_levels(np.array([[9, 2], [5, 7]])).p_value == pytest.approx(R["fisher_small"][0], abs=1e-9)
    assert fisher(RESPONSE.T) == pytest.approx(R["fisher_response"][0], abs=1e-9)


def test_fishers_test_by_drawn_tables_comes_near(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(association, "MOST_TABLES", 1)
    p = R["fisher_response"][0]
    assert fisher(RESPONSE) == pytest.approx(p, abs=4 * (p * (1 - p) / association.RANDOM_TABLES) ** 0.5)


def test_chi_square_has_no_correction_and_serves_where_counts_are_large() -> None:
    found = of_levels(np.array([[20, 21, 30], [15, 12, 18]]))
    assert found.test == "chi-square"
    assert [found.statistic, found.df, found.p_value] == pytest.approx(R["chi_square"], rel=1e-9)


def test_levels_that_nobody_has_do_not_count() -> None:
    with_empty = np.array([[20, 21, 30], [0, 0, 0], [15, 12, 18]])
    assert of_levels(with_empty).p_value == pytest.approx(R["chi_square"][2], rel=1e-9)
    assert of_levels(np.array([[3, 4], [0, 0]])).test == ""


def test_numbers_by_mann_whitney_or_kruskal_wallis() -> None:
    two = of_numbers([np.array(ONE), np.array(TWO)])
    assert [two.statistic, two.p_value] == pytest.approx(R["mann_whitney"], rel=1e-9)
    three = of_numbers([np.array(ONE), np.array(TWO), np.array(THREE)])
    assert [three.statistic, three.df, three.p_value] == pytest.approx(R["kruskal_wallis"], rel=1e-9)
    assert of_numbers([np.array([1.0, 1.0]), np.array([1.0])]).test == ""


def test_compositions_are_all_and_each_once() -> None:
    found = compositions(4, np.array([2, 3, 4]))
    by_hand = {(a, b, 4 - a - b) for a in range(3) for b in range(4) if 0 <= 4 - a - b <= 4}
    assert {tuple(row) for row in found.tolist()} == by_hand
    assert len(found) == len(by_hand)
