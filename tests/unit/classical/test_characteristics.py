"""Characteristics and follow-up count patients, whatever number of rows each has."""

import numpy as np
import pandas as pd

from escc_bayes.classical.characteristics import by_group, characteristics, followed
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from

COVARIATES = {
    "arm": {"kind": "binary", "levels": ["a", "b"]},
    "stage": {"kind": "ordered", "levels": ["I", "II"]},
    "bilirubin": {"kind": "continuous"},
}


def patients(n=40):
    """SIMULATED patients seen every half year: one row each, and rows in which the stage and a number change."""
    rng = np.random.default_rng(2)
    last, died = rng.uniform(3.0, 50.0, n).round(2), rng.integers(0, 2, n)
    whole, rows = [], []
    for i in range(n):
        arm, turns, number = "ab"[i % 2], rng.uniform(0.0, 40.0), float(rng.integers(1, 9))
        starts = np.arange(0.0, last[i], 6.0)
        stops = np.append(starts[1:], last[i])
        for place, (start, stop) in enumerate(zip(starts, stops, strict=True)):
            stage = "II" if start > turns else "I"
            event = int(died[i] and stop == last[i])
            rows.append((f"P{i}", arm, stage, number + place, start, stop, event))
        whole.append((f"P{i}", arm, "I", number, last[i], int(died[i])))
    long = pd.DataFrame(rows, columns=["id", "arm", "stage", "bilirubin", "start", "stop", "died"])
    return pd.DataFrame(whole, columns=["id", "arm", "stage", "bilirubin", "months", "died"]), long


def cohorts():
    whole, long = patients()
    ends = {"time": "months", "event": "died"}, {"start": "start", "stop": "stop", "event": "died"}
    return tuple(
        read_cohort(
            table.sample(frac=1.0, random_state=1),
            schema_from({"id": "id", "endpoints": {"os": own}, "covariates": COVARIATES}, "s"),
            provenance="simulated",
        )
        for table, own in zip((whole, long), ends, strict=True)
    )


def test_follow_up_of_rows_is_that_of_their_patients():
    """n, events, reverse Kaplan-Meier and median survival: as from one row each."""
    one, several = cohorts()
    assert several.rows > 3 * len(several)
    assert followed(several) == followed(one)


def test_characteristics_are_those_of_first_rows_and_say_in_how_many_they_change():
    (whole, long), (one, several) = patients(), cohorts()
    found, expected = characteristics(several), characteristics(one)
    assert [row for row in found if row[0] in ("arm", "") and row[1] in "ab"] == expected[:2]
    numbers = {row[0]: row[2] for row in found}
    assert numbers["bilirubin (first row)"] == expected[-1][2]
    turned = int((long.groupby("id")["stage"].nunique() > 1).sum())
    assert 0 < turned < len(whole)
    assert numbers["stage (changes later)"].startswith(f"{turned} (")
    assert by_group(several, "arm") == by_group(one, "arm")
