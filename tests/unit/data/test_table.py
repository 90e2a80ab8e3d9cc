"""Words and numbers of raw cells."""

import numpy as np
import pytest

from escc_bayes.data.endpoints import significant
from escc_bayes.data.table import as_number, word


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
