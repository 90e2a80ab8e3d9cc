"""Standardised differences: closed forms, any reference level, and their standard error by simulation."""

import numpy as np
import pytest

from escc_bayes.classical.balance import of_levels, of_numbers, standardised_difference
from escc_bayes.classical.characteristics import by_group, characteristics, group_of
from escc_bayes.data.bundled import example_cohort
from escc_bayes.foundation.errors import CohortError


def test_two_levels_have_the_closed_form_of_shares():
    """Austin 2009: (p1 - p2) / sqrt((p1 (1 - p1) + p2 (1 - p2)) / 2)."""
    one, two = np.repeat([1.0, 0.0], [30, 70]), np.repeat([1.0, 0.0], [20, 20])
    expected = 0.2 / np.sqrt((0.3 * 0.7 + 0.5 * 0.5) / 2.0)
    assert of_levels(one, two, 2) == pytest.approx(expected, rel=1e-12)


def test_it_does_not_matter_which_level_is_left_out():
    rng = np.random.default_rng(2)
    one, two = rng.integers(0, 4, 90).astype(float), rng.choice(4, 70, p=[0.1, 0.2, 0.3, 0.4]).astype(float)
    found = [of_levels((one + k) % 4, (two + k) % 4, 4) for k in range(4)]
    assert found == pytest.approx([found[0]] * 4, rel=1e-9)


def test_numbers_do_not_depend_on_their_unit():
    rng = np.random.default_rng(3)
    one, two = rng.normal(60.0, 9.0, 40), rng.normal(65.0, 9.0, 50)
    assert of_numbers(12.0 * one, 12.0 * two) == pytest.approx(of_numbers(one, two), rel=1e-12)


def test_the_standard_error_of_equal_groups_is_the_root_of_two_over_n():
    """Hedges & Olkin 1985: var(d) = 2/n at d = 0; |d| of a normal has mean sqrt(2/pi) SD. 4,000 pairs: 1.2 %."""
    rng = np.random.default_rng(4)
    n = 100
    found = [of_numbers(*rng.normal(size=(2, n))) for _ in range(4000)]
    assert np.mean(found) == pytest.approx(np.sqrt(2.0 / np.pi) * np.sqrt(2.0 / n), rel=0.05)


def test_groups_of_different_single_levels_do_not_overlap():
    assert of_levels(np.zeros(5), np.ones(5), 2) == np.inf
    assert of_levels(np.ones(5), np.ones(5), 2) == 0.0


def test_of_several_groups_the_largest_pair_is_told():
    cohort = example_cohort("larynx")
    stage, age = group_of(cohort, "stage"), cohort.covariates["age"]
    pairs = [of_numbers(age.values[stage == i], age.values[stage == j]) for i in range(4) for j in range(i + 1, 4)]
    assert standardised_difference(age, stage) == pytest.approx(max(pairs), rel=1e-12)


def test_columns_of_groups_add_up_to_all():
    cohort = example_cohort("escc79")
    rows = by_group(cohort, "coverage")
    assert {row[0] for row in rows} - {""} == {row[0] for row in characteristics(cohort)} - {"", "coverage"}
    for _, level, everyone, *groups, _, _ in rows:
        if level:
            assert int(everyone.split()[0]) == sum(int(cell.split()[0]) for cell in groups)


def test_a_number_makes_no_groups():
    with pytest.raises(CohortError, match=r"grouping 'age' is no covariate with levels"):
        group_of(example_cohort("larynx"), "age")
