"""Covariates that look wrong are said with their rows; sound ones are not."""

import numpy as np
import pytest

from escc_bayes.data.covariate_schema import covariate_from
from escc_bayes.data.suspicious_values import suspicious_values, unit_split
from escc_bayes.data.table import RawTable


def said(values, **keys):
    table = RawTable("c.csv", "line", list(range(2, len(values) + 2)), {"alc": list(values)})
    return suspicious_values(table, covariate_from("alc", {"kind": "continuous", **keys}, "s.toml"))


def sound(n=60, seed=3):
    return np.round(np.random.default_rng(seed).lognormal(0.1, 0.5, n), 2)


def test_sound_counts_say_nothing():
    for seed in range(300):
        assert said(sound(seed=seed).tolist()) == []


def test_ages_say_nothing():
    for seed in range(300):
        rng = np.random.default_rng(seed)
        assert said(np.rint(rng.normal(62, 9, 79)).tolist()) == []


@pytest.mark.parametrize("moved", [3, 15, 30, 57])
def test_two_units_are_seen(moved):
    values = sound()
    values[:moved] = np.rint(values[:moved] * 1000)
    (sentence,) = said(values.tolist())
    assert f"{moved} values lie at" in sentence
    assert "multiply = { above =" in sentence


def test_one_unit_with_a_few_outliers_is_no_second_unit():
    values = sound()
    values[:2] = values[:2] * 1000
    assert unit_split(values) is None


@pytest.mark.parametrize("code", [999.0, -9.0, 99.0])
def test_codes_of_missing_values_are_seen_with_what_to_declare(code):
    (sentence,) = said([*sound().tolist(), code, code])
    assert f'missing_values = ["{code:g}"]' in sentence
    assert said([*sound().tolist(), code, code], missing_values=[f"{code:g}"]) == []


def test_both_at_once():
    values = sound()
    values[:15] = np.rint(values[:15] * 1000)
    values[20] = 99999.0
    code, units = said(values.tolist())
    assert "code of a missing one" in code
    assert "two units" in units


def test_an_age_of_99_among_old_people_is_an_age():
    assert said([*np.arange(50.0, 98.0).tolist(), 99.0]) == []


def test_values_outside_the_declared_range_are_named():
    (sentence,) = said([*sound().tolist(), 11.0], range=[0, 10])
    assert "line 62, column 'alc': 11 lie(s) outside the range 0 to 10" in sentence


def test_a_cell_filled_down_and_heaped_digits_are_seen():
    values = sound().tolist()
    values[10:18] = [1.5] * 8
    assert "1.5 stands in 8 neighbouring rows" in said(values)[0]
    heaped = [60, 65, 70, 55, 50, 45, 75, 80, 40, 62, 85] * 5
    assert "last digit is 0 or 5 in 91 %" in said(heaped)[0]


def test_scores_around_zero_have_one_unit_however_small_some_are():
    for seed in range(300):
        assert said(np.random.default_rng(seed).normal(size=40).round(3).tolist()) == []


def test_markers_with_long_tails_say_nothing():
    for seed in range(300):
        assert said(np.random.default_rng(seed).lognormal(2.0, 1.2, 79).round(1).tolist()) == []


@pytest.mark.parametrize("slip", [1e90, 12000.0, -4000.0])
def test_a_value_far_from_all_others_is_shown(slip):
    sentences = said([*sound().tolist(), slip])
    assert any(f"line 62, column 'alc': {slip:g} lie(s) far from all other values" in each for each in sentences)
