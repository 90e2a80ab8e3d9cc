"""Every public name meets arguments of every wrong kind: one sentence that says what to write, never a traceback.

What is called, with arguments that serve, stands in ``tests/unit/public_calls.py``; each argument in turn is replaced.
"""

import math
import warnings
from pathlib import Path

import numpy as np
import pytest

import escc_bayes as eb
from tests.unit.public_calls import calls

WRONG = {
    "None": None,
    "word": "x",
    "empty word": "",
    "number in quotes": "0.5",
    "95": 95,
    "-1": -1,
    "0": 0,
    "2.5": 2.5,
    "nan": math.nan,
    "inf": math.inf,
    "True": True,
    "path": Path("nowhere/x.csv"),
    "bytes": b"x",
    "object": object(),
    "empty list": [],
    "list of words": ["x"],
    "list of numbers": [1, 2.5, -3],
    "list of None": [None],
    "list of lists": [[1], [2, 3]],
    "dictionary": {},
    "dictionary of numbers": {"x": 1},
    "dictionary by number": {1: "x"},
    "set": {"x"},
    "function": len,
    "class": eb.Cohort,
    "array": np.array([1.0, -2.0]),
    "array of words": np.array([["x"]]),
    "estimand": eb.SurvivalAt(12.0),
    "numpy number": np.float64(3.5),
    "1e400": 10**400,
}
CALLS = calls()
# What is of the right kind, and costs more than a test may: 95 processes; a function that fails when it is called.
RIGHT = {("workers", "95"), ("progress", "function")}


@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_kind_ends_in_one_sentence(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    call, given = CALLS[name]
    faults = []
    for argument in given:
        for kind, wrong in WRONG.items():
            if (argument, kind) in RIGHT:
                continue
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                try:
                    call(**{**given, argument: wrong})
                except eb.InputError as error:
                    if "\n" in str(error) or not str(error):
                        faults.append(f"{argument} = {kind}: {error!r}")
                except Exception as error:  # noqa: BLE001 - any other is what the test looks for
                    faults.append(f"{argument} = {kind}: {type(error).__name__}: {error}")
    assert not faults, "\n".join(faults)
