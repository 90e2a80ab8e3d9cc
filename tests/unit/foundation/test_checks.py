"""Closed vocabularies: the suggestion is the nearest word, the message shows place, value and remedy."""

import math

import pytest

from escc_bayes.foundation import checks
from escc_bayes.foundation.errors import CutError, TomlError


def test_suggestion_ignores_case_before_it_compares_letters():
    # difflib alone finds nothing near 'ii' among 'II', 'III', 'IV': no letter is equal.
    assert checks.suggestion("ii", ["II", "III", "IV"]) == "did you mean 'II'?"


def test_suggestion_lists_every_word_when_none_is_near():
    assert checks.suggestion("zzz", ["days", "weeks"]) == "known: days, weeks"


def test_an_unknown_key_is_refused_with_the_nearest_key():
    with pytest.raises(TomlError, match=r"a\.toml: unknown key 'struture'; did you mean 'structure'\?"):
        checks.refuse_unknown_keys({"struture": 1}, ("structure", "prior"), "a.toml")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, True, "3", None, [1.0], 10**400])
def test_only_finite_numbers_pass_as_numbers(value):
    with pytest.raises(TomlError, match=r"here: expected a finite number, was given"):
        checks.number(value, "here")


def test_bounds_of_a_number_are_open():
    assert checks.number(0.5, "here", above=0.0, below=1.0) == 0.5
    with pytest.raises(TomlError, match="must be above 0, was given 0"):
        checks.number(0, "here", above=0.0)
    with pytest.raises(TomlError, match=r"must be below 1, was given 1\.0"):
        checks.number(1.0, "here", below=1.0)


@pytest.mark.parametrize("value", [0, -1, True, 2.0, "2"])
def test_whole_number_takes_no_truth_value_no_float_and_nothing_below_its_least(value):
    with pytest.raises(TomlError, match="whole number of at least 1"):
        checks.whole_number(value, "here", least=1)


@pytest.mark.parametrize(("value", "words"), [(["a", "a"], "twice"), ([1, "1"], "twice"), ([1.0], "whole numbers")])
def test_words_are_distinct_and_are_text_or_whole_numbers(value, words):
    with pytest.raises(TomlError, match=words):
        checks.words(value, "here")


def test_the_first_pair_that_does_not_increase_is_shown():
    with pytest.raises(CutError, match=r"12 is followed by 6; sort them"):
        checks.increasing([3.0, 12.0, 6.0, 1.0], "cuts", error=CutError)
    with pytest.raises(CutError, match=r"6 is followed by 6"):
        checks.increasing([6.0, 6.0], "cuts", error=CutError)


@pytest.mark.parametrize("name", ["../os", "a/b", "", ".hidden", "a\\b", "os\n", 3])
def test_a_name_that_would_leave_its_folder_is_no_file_name(name):
    with pytest.raises(TomlError, match="cannot name a file"):
        checks.file_name(name, "here")


@pytest.mark.parametrize("value", ["", "  ", 3, None])
def test_text_is_not_empty(value):
    with pytest.raises(TomlError, match="here: expected text, was given"):
        checks.text(value, "here")


@pytest.mark.parametrize("name", ["1os", "alc mid", "", "a-b", None])
def test_identifiers_are_letters_digits_and_underscores_after_a_letter(name):
    with pytest.raises(TomlError, match="a letter first"):
        checks.identifier(name, "here")
