"""The reason why a ratio is infinite is the one that the data show: levels counted, orders seen, by hand."""

import numpy as np
import pandas as pd
import pytest
from tests.unit.classical.test_ratios import LEVELS, cohort_of, weibull

from escc_bayes.classical.fit import fit_classical
from escc_bayes.estimand.estimand import HazardRatio

NUMBER = {"kind": "continuous", "center": 0.0, "scale": 1.0}


def notes_of(frame, covariate, asked, structure="fixed"):
    fitted = fit_classical(weibull(list(covariate), structure), cohort_of(frame, covariate))
    return {e.method: e for e in fitted.estimate(asked, level=0.95)}


def months(n):
    return np.arange(1.0, n + 1.0)


def test_number_that_orders_the_events_is_named_so():
    frame = pd.DataFrame({"t": months(8), "d": [1, 1, 1, 1, 1, 1, 1, 0], "x": -months(8)})
    found = notes_of(frame, {"x": NUMBER}, HazardRatio("x"), "linear")
    for method in ("cox", "cox_univariable"):
        assert found[method].note == (
            "no finite estimate: a coefficient is infinite: order in time: at every event those who have it have the "
            "highest 'x' of all at risk"
        )
    assert found["cox_firth"].note.startswith(
        "finite by the penalty alone; without it a coefficient is infinite: order"
    )
    assert found["cox_firth"].value > 1.0


def test_level_whose_patients_all_die_first_is_an_order_in_time():
    frame = pd.DataFrame({"t": months(8), "d": [1, 1, 1, 1, 0, 1, 0, 1], "x": list("bbbbaaaa")})
    note = notes_of(frame, {"x": LEVELS}, HazardRatio("x", "b"))["cox"].note
    assert note.endswith("order in time: at every event those who have it have the highest 'x' of all at risk")


def test_both_levels_are_named_when_neither_has_an_event():
    frame = pd.DataFrame({"t": months(9), "d": [1, 0, 0, 1, 0, 0, 1, 0, 0], "x": list("cabcabcab")})
    levels = {"kind": "nominal", "levels": ["a", "b", "c"]}
    note = notes_of(frame, {"x": levels}, HazardRatio("x", "b"))["cox"].note
    assert note.endswith("a coefficient is infinite: no events in 'b' and in 'a' of 'x'")


def test_weibull_infinite_for_a_number_names_where_the_events_lie():
    # All events at the highest value: the hazard of everyone below falls to 0.
    frame = pd.DataFrame({"t": months(8), "d": [1, 0, 0, 1, 0, 0, 1, 0], "x": [3.0, 1, 2, 3, 1.5, 0.5, 3, 2.5]})
    found = notes_of(frame, {"x": NUMBER}, HazardRatio("x"), "linear")
    assert found["weibull_mle"].note.endswith("all events are at the highest 'x'")
    assert found["weibull_mle"].value == np.inf


@pytest.mark.parametrize("factor", [1e12, 1e-9])
def test_unit_does_not_change_the_reason(factor):
    frame = pd.DataFrame({"t": months(8), "d": [1, 1, 1, 1, 1, 1, 1, 0], "x": -factor * months(8)})
    assert "order in time" in notes_of(frame, {"x": NUMBER}, HazardRatio("x"), "linear")["cox"].note
