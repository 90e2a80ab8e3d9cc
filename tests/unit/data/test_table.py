"""Words and numbers of raw cells."""

import numpy as np
import pandas as pd
import pytest

from escc_bayes.data.endpoints import significant
from escc_bayes.data.table import plain_numbers, read_table
from escc_bayes.data.words import as_number, coded, word, words


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (2, "2"),
        (2.0, "2"),
        ("2.0", "2"),
        (np.int64(2), "2"),
        (np.float64(2.5), "2.5"),
        (" II ", "II"),
        (True, "true"),
        (np.False_, "false"),
        (None, None),
        ("1_0", "1_0"),
        ("inf", "inf"),
        ("007", "7"),
    ],
)
def test_a_word_is_one_however_a_program_writes_it(value, meant):
    assert word(value) == meant


@pytest.mark.parametrize("value", ["1_0", "0x10", "1,5", "", "II", None, 10**400, [1.0]])
def test_what_is_no_plain_number_is_none(value):
    assert as_number(value) is None


def test_rounding_keeps_eleven_digits_of_any_size():
    # Python's own formatting with 11 significant digits is the second source.
    values = np.array([1 / 3, 200 / 3, 1e-9 / 7, 123456.7890123, 9.99999999999999, 1e12 / 3, 0.0])
    np.testing.assert_allclose(significant(values), [float(f"{v:.10e}") for v in values], rtol=1e-15)
    assert np.isnan(significant(np.array([np.nan]))[0])


def test_words_of_a_column_are_those_of_its_cells_whatever_the_types():
    """True, 1 and 1.0 are equal, and hash alike, and are two words."""
    values = [1, True, 1.0, "1", None, False, 0, "II", " II", np.int64(1), "1.0"]
    assert words(values) == [word(value) for value in values]
    assert words(["1.0", "1", None]) == ["1", "1", None]
    codes = {"1": 1.0, "0": 0.0, "true": 5.0, None: np.nan}
    np.testing.assert_array_equal(coded([1, True, 0.0, None], codes), [1.0, 5.0, 0.0, np.nan])
    np.testing.assert_array_equal(coded(["1.0", "0", None], codes), [1.0, 0.0, np.nan])
    assert coded(["1", "2"], codes) is None
    assert coded([1, "2"], codes) is None


@pytest.mark.parametrize(
    "values",
    [["1", "2.5", None], [1, 2.5, True], ["1_0", "1"], ["x"], [None], ["inf", "nan"], [10**400], [np.float64(2)]],
)
def test_numbers_at_once_are_those_of_single_cells(values):
    single = [np.nan if value is None else as_number(value) for value in values]
    found = plain_numbers(values)
    if None in single:
        assert found is None
    else:
        np.testing.assert_array_equal(found, single)


def test_a_frame_of_lists_and_mixed_types_is_told_in_text():
    frame = pd.DataFrame({"a": [[1, 2], {"x": 1}], "b": ["NA", 3]})
    table = read_table(frame)
    assert table.columns == {"a": ["[1, 2]", "{'x': 1}"], "b": [None, 3]}
