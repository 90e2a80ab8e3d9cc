"""Errors and warnings: what the user can mend is an InputError, and lists in messages end."""

import inspect

import pytest

from escc_bayes.foundation import errors


@pytest.mark.parametrize("name", ["Toml", "Schema", "Cohort", "Spec", "Landmark", "Cut", "Estimand", "Output"])
def test_what_the_user_gave_wrong_is_an_input_error(name):
    assert issubclass(getattr(errors, f"{name}Error"), errors.InputError)


def test_every_class_here_descends_from_our_two_bases():
    classes = [c for _, c in inspect.getmembers(errors, inspect.isclass) if c.__module__ == errors.__name__]
    assert all(issubclass(c, errors.EsccBayesError | errors.EsccBayesWarning) for c in classes)


def test_long_lists_are_cut_and_counted():
    assert errors.some_of(range(1, 11), most=8) == "1, 2, 3, 4, 5, 6, 7, 8 and 2 more"
    assert errors.some_of([1, 2], most=2) == "1, 2"
