"""Events between two months: what left and right mean, and how what they cannot mean is refused."""

import numpy as np
import pandas as pd
import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import CohortError, SchemaError
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.selection import select_rows

ENDS = {"endpoints": {"pfs": {"left": "l", "right": "r"}}}


def read(left, right, schema=ENDS, **columns):
    """A cohort of these columns."""
    frame = pd.DataFrame({"l": left, "r": right, **columns})
    return read_cohort(frame, schema_from(schema, "s"), provenance="simulated")


def test_every_kind_of_patient():
    """Between two months, from the start (empty and 0), known, censored: by hand."""
    data = read([3.0, None, 0.0, 7.0, 9.0], [6.0, 4.0, 5.0, 7.0, None]).endpoint("pfs")
    assert data.left.tolist() == [3.0, 0.0, 0.0, 7.0, 9.0]
    assert data.time.tolist() == [6.0, 4.0, 5.0, 7.0, 9.0]
    assert data.event.tolist() == [1.0, 1.0, 1.0, 1.0, 0.0]


def test_known_months_alone_are_the_cohort_of_times_and_events():
    held = read([3.0, 5.0], [3.0, None]).endpoint("pfs")
    assert held.left is None
    schema = schema_from({"endpoints": {"pfs": {"time": "t", "event": "d"}}}, "s")
    plain = read_cohort(pd.DataFrame({"t": [3.0, 5.0], "d": [1, 0]}), schema, provenance="simulated")
    assert plain.digest == read([3.0, 5.0], [3.0, None]).digest


def test_units_and_entry():
    """Years become months; who enters within a span is known free of the event at entry."""
    schema = {"time_unit": "years", "endpoints": {"pfs": {"left": "l", "right": "r", "entry": "e"}}}
    data = read([0.25, 1.0], [1.0, 1.5], schema, e=[0.5, 0.5]).endpoint("pfs")
    assert data.left.tolist() == [6.0, 12.0]
    assert data.time.tolist() == [12.0, 18.0]
    assert data.entry.tolist() == [6.0, 6.0]


BAD = {
    "left after right": ([1.0, 8.0], [3.0, 6.0], r"row 1, columns 'l' and 'r': .* lies after .* given 8.0 to 6.0"),
    "left negative": ([1.0, -1.0], [3.0, 6.0], r"row 1, column 'l': a month cannot be negative, was given -1"),
    "right negative": ([1.0, None], [3.0, -6.0], r"row 1, column 'r': a month cannot be negative"),
    "no number": (["1", "soon"], ["3", "6"], r"row 1, column 'l': 'soon'"),
    "infinite": ([1.0, 2.0], [3.0, np.inf], r"row 1, column 'r': a month must be finite.*leave right empty"),
    "event at the start": ([1.0, 0.0], [3.0, 0.0], r"row 1, columns 'l' and 'r': an event at month 0"),
    "nothing": ([1.0, 0.0], [3.0, None], r"row 1, column 'l': left and right are missing"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_is_refused_with_row_and_column(name):
    left, right, words = BAD[name]
    with pytest.raises(CohortError, match=words):
        read(left, right)


def test_missing_patients_may_be_dropped():
    schema = {"endpoints": {"pfs": {"left": "l", "right": "r", "missing": "drop"}}}
    data = read([1.0, None], [3.0, None], schema).endpoint("pfs")
    assert data.present.tolist() == [True, False]


@pytest.mark.parametrize("key", ["time", "event", "start", "start_date", "event_values"])
def test_other_words_for_the_end_are_refused(key):
    value = ["dead"] if key == "event_values" else "x"
    with pytest.raises(SchemaError, match=f"'{key}' stands beside left and right"):
        schema_from({"endpoints": {"pfs": {"left": "l", "right": "r", key: value}}}, "s")


def test_one_of_the_two_is_not_enough():
    with pytest.raises(SchemaError, match="'right' is missing"):
        schema_from({"endpoints": {"pfs": {"left": "l"}}}, "s")


def test_values_that_change_and_sampling_weights_are_refused():
    change = {"covariates": {"on": {"kind": "binary", "levels": ["no", "yes"], "starts_at": "w"}}}
    with pytest.raises(SchemaError, match="'on' changes during follow-up"):
        schema_from({**ENDS, **change}, "s")
    with pytest.raises(SchemaError, match="sampling weights"):
        schema_from({**ENDS, "weight": "w", "weight_kind": "sampling"}, "s")


def test_order_of_endpoints_looks_at_right_ends():
    schema = {"endpoints": {"pfs": {"left": "l", "right": "r"}, "os": {"time": "t", "event": "d"}}}
    with pytest.raises(CohortError, match="pfs ends after os"):
        read([3.0, 5.0], [9.0, None], schema, t=[8.0, 9.0], d=[1, 0])


def test_subsets_and_digests_know_the_left_end():
    one, two = read([3.0, 5.0, 1.0], [6.0, None, 2.0]), read([2.0, 5.0, 1.0], [6.0, None, 2.0])
    assert one.digest != two.digest
    assert one.subset(np.array([2, 0])).endpoint("pfs").left.tolist() == [1.0, 3.0]


def test_the_sentence_counts_spans():
    rows = select_rows(read([3.0, 5.0, 1.0], [6.0, None, 2.0]), "pfs", ())
    assert isinstance(rows, AnalysisRows)
    assert "2 of 2 events lie between two months, 2 apart in the median" in rows.sentence()
    assert rows.right_end_words().startswith("RIGHT END: classical methods take the later month")
