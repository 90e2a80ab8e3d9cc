"""Permutation beside the log-rank: every arrangement by itself, closed forms, and the size under unequal follow-up."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from tests.unit.classical.test_ratios import LEVELS, cohort_of

import escc_bayes.classical.permutation as module
from escc_bayes.classical.baselines import baselines
from escc_bayes.classical.logrank import logrank
from escc_bayes.classical.permutation import permuted

TIME = np.array([30, 28, 26, 31, 29, 33, 12, 14, 26, 9, 31, 5, 29, 18, 22, 35], dtype=float)
EVENT = np.array([0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 1, 0, 1, 1, 0])


def test_exact_p_is_the_share_of_arrangements_whose_log_rank_differs_as_much():
    # Each of the 8,008 arrangements by the log-rank test itself: |O - E| of the first group.
    group = (np.arange(16) >= 6).astype(np.int64)
    test = logrank(TIME, EVENT, group)
    observed = abs(test.observed[0] - test.expected[0])
    extreme = total = 0
    for chosen in combinations(range(16), 6):
        labels = np.ones(16, dtype=np.int64)
        labels[list(chosen)] = 0
        again = logrank(TIME, EVENT, labels)
        extreme += abs(again.observed[0] - again.expected[0]) >= observed - 1e-9
        total += 1
    found = permuted(TIME, EVENT, group)
    assert found.p_value == pytest.approx(extreme / total, abs=1e-12)
    assert (found.error, found.how) == (0.0, "permutation, all 8008 arrangements")


def test_three_groups_that_die_one_after_the_other_are_one_of_90_arrangements():
    # 6! / (2! 2! 2!) = 90; 3! ways to name the groups are as extreme.
    found = permuted(np.arange(1.0, 7.0), np.ones(6), np.array([0, 0, 1, 1, 2, 2]))
    assert found.p_value == pytest.approx(6 / 90)


def test_drawn_arrangements_agree_with_all_of_them(monkeypatch):
    group = (np.arange(16) >= 6).astype(np.int64)
    exact = permuted(TIME, EVENT, group)
    monkeypatch.setattr(module, "MOST_EXACT", 10)
    drawn = permuted(TIME, EVENT, group)
    assert drawn.p_value == pytest.approx(exact.p_value, abs=4 * drawn.error)
    assert drawn.error == pytest.approx(np.sqrt(drawn.p_value * (1 - drawn.p_value) / 9999))
    assert "9999 arrangements drawn, seed 2003" in drawn.how


def test_unequal_follow_up_takes_the_other_test_and_keeps_its_size(monkeypatch):
    # 60 trials of 8 patients followed 2-8 months and 40 followed 10-40, no difference: at most 4 errors over 5 %.
    monkeypatch.setattr(module, "DRAWN_UNEQUAL", 99)
    rng = np.random.default_rng(1)
    rejected = 0
    for _ in range(60):
        lived = rng.exponential(20.0, 48)
        followed = np.concatenate((rng.uniform(2.0, 8.0, 8), rng.uniform(10.0, 40.0, 40)))
        found = permuted(np.minimum(lived, followed), lived <= followed, np.repeat([0, 1], [8, 40]))
        assert found.how.startswith("Heinze, Gnant & Schemper 2003, 99 draws, seed 2003; follow-up differs")
        rejected += found.p_value <= 0.05
    assert rejected / 60 < 0.05 + 4 * 0.028


def test_a_difference_under_unequal_follow_up_is_found():
    # Six of six die within 3 months where follow-up is short; of forty followed for years, none so early.
    time = np.concatenate((np.linspace(0.5, 3.0, 6), [6.0, 7.0], np.linspace(20.0, 40.0, 40)))
    event = np.concatenate((np.ones(6), np.zeros(42)))
    event[20:24] = 1
    found = permuted(time, event, np.repeat([0, 1], [8, 40]))
    assert found.how.startswith("Heinze")
    assert found.p_value < 0.01


def test_table_has_it_beside_only_where_few_events_are_expected():
    frame = pd.DataFrame(
        {"i": range(16), "t": TIME, "d": np.maximum(EVENT, np.arange(16) == 0), "g": ["a"] * 6 + ["b"] * 10}
    )
    row = baselines(cohort_of(frame, {"g": LEVELS}), "os", level=0.95).tables["logrank"][0]
    own = permuted(TIME, frame["d"].to_numpy(), (np.arange(16) >= 6).astype(np.int64))
    assert row["p_permutation"] == pytest.approx(own.p_value)
    assert row["permutation"] == "fewer than 5 events expected in a group: permutation, all 8008 arrangements"
    many = pd.concat([frame.assign(t=frame["t"] + k / 10) for k in range(8)]).reset_index()
    row = baselines(cohort_of(many, {"g": LEVELS}), "os", level=0.95).tables["logrank"][0]
    assert np.isnan(row["p_permutation"])
    assert row["permutation"] == ""


def test_late_entry_has_none_and_says_so():
    frame = pd.DataFrame(
        {"i": range(16), "t": TIME, "d": np.maximum(EVENT, np.arange(16) == 0), "g": ["a"] * 6 + ["b"] * 10, "e": 1.0}
    )
    row = baselines(cohort_of(frame, {"g": LEVELS}, entry="e"), "os", level=0.95).tables["logrank"][0]
    assert np.isnan(row["p_permutation"])
    assert row["permutation"].endswith(
        "none with delayed entry, several rows of a patient, weights, clusters or strata"
    )
