"""Rows at risk: parts of a row and sums over a patient's rows."""

import numpy as np

from escc_bayes.hazard.at_risk import AtRisk, by_patient, split_at


def test_a_part_at_risk_keeps_event_and_stratum():
    start, stop = np.array([2.0, 0.0]), np.array([9.0, 4.0])
    whole = AtRisk(np.array([0, 1]), start, stop, np.array([1.0, 0.0]), np.ones(2), np.array([1, 0]))
    parts, of = split_at(whole, np.array([2.0, 4.0, 6.0]))
    assert of.tolist() == [0, 0, 0, 1, 1]
    assert parts.start.tolist() == [2, 4, 6, 0, 2]
    assert parts.stop.tolist() == [4, 6, 9, 2, 4]
    assert parts.event.tolist() == [0, 0, 1, 0, 0]
    assert parts.stratum.tolist() == [1, 1, 1, 0, 0]


def test_sums_of_patients_in_any_order():
    values = np.array([[1.0, 2.0, 4.0, 8.0]])
    np.testing.assert_array_equal(by_patient(values, np.array([2, 0, 2, 0]), 3), [[10.0, 0.0, 5.0]])
