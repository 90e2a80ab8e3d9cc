"""Readings of a figure: what is put right and said, what is refused and where."""

import numpy as np
import pytest

from escc_bayes.evidence.digitised import (
    digitised_curve,
    printed_at_risk,
    read_digitised_curves,
    read_numbers_at_risk,
)
from escc_bayes.foundation.errors import CohortError


def written(tmp_path, text):
    path = tmp_path / "figure.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_order_and_percent_of_points_do_not_matter():
    """Symmetry: the same points shuffled, or in percent, give the same curve; percent is said."""
    plain = digitised_curve([1.0, 4.0, 9.0], [0.9, 0.7, 0.2])
    shuffled = digitised_curve([9.0, 1.0, 4.0], [20.0, 90.0, 70.0])
    np.testing.assert_array_equal(plain.time, shuffled.time)
    np.testing.assert_allclose(plain.survival, shuffled.survival, rtol=1e-15)
    assert plain.notes == ()
    assert shuffled.notes == ("survival reaches 90: read as percent and divided by 100",)


def test_small_rise_becomes_the_mean_of_its_neighbours():
    """Least squares under order: 0.70 and 0.72 pool to 0.71, by hand."""
    curve = digitised_curve([1.0, 2.0, 3.0], [0.70, 0.72, 0.60])
    np.testing.assert_allclose(curve.survival, [1.0, 0.71, 0.71, 0.60])
    assert "rose" in curve.notes[0]


def test_vertical_line_counts_with_its_lower_end():
    curve = digitised_curve([2.0, 2.0, 5.0], [0.95, 0.80, 0.80])
    np.testing.assert_allclose(curve.time, [0.0, 2.0, 5.0])
    np.testing.assert_allclose(curve.survival, [1.0, 0.80, 0.80])


def test_points_before_time_zero_are_left_out_and_said():
    curve = digitised_curve([-0.4, 0.0, 12.0], [0.99, 1.0, 0.5])
    np.testing.assert_allclose(curve.time, [0.0, 12.0])
    assert curve.notes == ("points at or before month 0 left out (1): every curve starts at (0, 1)",)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("1,0.9\n2,0.4\n3,0.8\n", "line 4, column 'survival': survival rises by 0.400"),
        ("1,0.9\n2,-0.4\n", "line 3, column 'survival': -0.4 lies outside 0 to 1"),
        ("1,90\n2,140\n", "line 3, column 'survival': 1.4 lies outside 0 to 1"),
        ("-8,0.9\n20,0.4\n", "line 2, column 'months': -8 lies below month 0"),
        ("1,\n2,0.4\n", "line 2, column 'survival': no finite number"),
        ("1,x\n2,0.4\n", "line 2, column 'survival': 'x' is not a number"),
        ("0,1\n", "arm 'all' has no point after month 0"),
    ],
)
def test_bad_reading_is_refused_with_its_line(tmp_path, body, message):
    with pytest.raises(CohortError, match=message):
        read_digitised_curves(written(tmp_path, "months,survival\n" + body))


def test_fractions_in_a_percent_column_are_refused(tmp_path):
    with pytest.raises(CohortError, match="look like fractions; name the column 'survival'"):
        read_digitised_curves(written(tmp_path, "months,survival_percent\n1,0.9\n2,0.8\n"))


def test_line_numbers_of_the_second_arm_are_those_of_the_file(tmp_path):
    body = "arm,months,survival\na,1,0.9\nb,1,0.8\na,2,0.8\nb,2,7\n"
    with pytest.raises(CohortError, match="line 5"):
        read_digitised_curves(written(tmp_path, body.replace("0.8\nb,2,7", "0.8\nb,2,-7")))
    with pytest.raises(CohortError, match="line 3, column 'arm': is empty"):
        read_digitised_curves(written(tmp_path, "arm,months,survival\na,1,0.9\n,1,0.8\n"))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("6,50\n12,40\n", "line 2, column 'months': the first number at risk must be that of month 0"),
        ("0,50\n6,51\n", "line 3, column 'nrisk_a': the number at risk cannot rise, was given 51"),
        ("0,50\n6,40.5\n", "line 3, column 'nrisk_a': numbers at risk are whole and not negative, was given 40.5"),
        ("0,50\n6,40\n6,30\n", "line 4, column 'months': months must increase, was given 6"),
        ("0,0\n6,0\n", "line 2, column 'nrisk_a': nobody is at risk at month 0"),
    ],
)
def test_bad_numbers_at_risk_are_refused_with_their_line(tmp_path, body, message):
    with pytest.raises(CohortError, match=message):
        read_numbers_at_risk(written(tmp_path, "months,nrisk_a\n" + body))


def test_numbers_at_risk_need_their_column(tmp_path):
    with pytest.raises(CohortError, match="no column 'nrisk_ARM'"):
        read_numbers_at_risk(written(tmp_path, "months,control\n0,10\n"))
    assert list(read_numbers_at_risk(written(tmp_path, "months,nrisk\n0,10\n"))) == ["all"]


def test_arrays_are_frozen():
    assert not digitised_curve([1.0], [0.5]).survival.flags.writeable
    assert not printed_at_risk([0.0], [5]).count.flags.writeable
