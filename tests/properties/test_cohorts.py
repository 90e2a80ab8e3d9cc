"""Symmetries of reading and of design: units, order of rows, names and order of levels."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.landmark import restart_clock
from escc_bayes.data.schema import MONTHS_PER, schema_from
from escc_bayes.spec.design import build_design
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from
from escc_bayes.spec.selection import select_rows

LEVELS = ("a", "b", "c")
# Between 2 and 50 months in hundredths, different from each other: nothing here looks like a slip of the pen.
hundredths = st.lists(st.integers(200, 5000), min_size=6, max_size=9, unique=True)


def read(times, *, unit="months", levels=LEVELS, words=None, order=None):
    """Read a cohort of those months, written in ``unit``; patients take the levels in turn."""
    n = len(times)
    frame = pd.DataFrame(
        {
            "id": [f"P{i}" for i in range(n)],
            "t": np.array(times) / 100 / MONTHS_PER[unit],
            "d": 1 - np.arange(n) % 2,
            "x": np.array(words or levels)[np.arange(n) % 3],
            "age": 50.0 + np.arange(n) ** 2,
        }
    )
    raw = {
        "id": "id",
        "time_unit": unit,
        "endpoints": {"os": {"time": "t", "event": "d"}},
        "covariates": {"x": {"kind": "ordered", "levels": list(levels)}, "age": {"kind": "continuous"}},
    }
    return read_cohort(frame if order is None else frame.iloc[list(order)], schema_from(raw, "drawn"))


def model(structure, *, at="mean"):
    needs = {"sd": {"halfnormal": 0.5}} if structure == "exchangeable" else {"prior": {"normal": [0.0, 1.0]}}
    return spec_from(
        {
            "name": "m",
            "outcome": {"endpoint": "os"},
            "baseline": {"family": "piecewise_exponential", "pieces": 3, "at": at, "sd": {"halfnormal": 0.5}},
            # Of any times: survival at a month before the first cut is refused where smoothing takes up its spread.
            "priors": {"baseline_log_rate": {"normal": [-4.0, 1.0]}},
            "effect": [{"covariate": "x", "structure": structure, **needs}],
        },
        "m.toml",
    )


@pytest.mark.filterwarnings("ignore:.*is time_unit right")
@given(hundredths, st.sampled_from(["days", "weeks", "years"]))
def test_the_time_unit_changes_no_bit(times, unit):
    other, plain = read(times, unit=unit), read(times)
    assert other.endpoint("os").time.tobytes() == plain.endpoint("os").time.tobytes()
    assert other.digest == plain.digest
    plan, given_in_months = make_plan(model("fixed"), other), make_plan(model("fixed"), plain)
    assert plan.baseline.cuts.tobytes() == given_in_months.baseline.cuts.tobytes()
    assert plan.baseline.level == given_in_months.baseline.level


@given(hundredths, st.data())
def test_the_order_of_rows_is_the_order_of_the_plan_and_changes_no_number(times, choice):
    order = np.array(choice.draw(st.permutations(range(len(times)))))
    plan, shuffled = make_plan(model("fixed"), read(times)), make_plan(model("fixed"), read(times, order=order))
    assert shuffled.rows.ids == tuple(plan.rows.ids[i] for i in order)
    np.testing.assert_array_equal(shuffled.design.columns, plan.design.columns[order])
    np.testing.assert_allclose(shuffled.design.center, plan.design.center, rtol=1e-12)
    np.testing.assert_array_equal(shuffled.baseline.cuts, plan.baseline.cuts)


@given(hundredths, st.permutations(LEVELS))
def test_another_order_of_levels_permutes_the_columns_of_an_exchangeable_effect(times, levels):
    design = make_plan(model("exchangeable"), read(times)).design
    other = make_plan(model("exchangeable"), read(times, levels=levels, words=LEVELS)).design
    place = [levels.index(level) for level in LEVELS]
    np.testing.assert_array_equal(other.columns[:, place], design.columns)
    np.testing.assert_array_equal(other.center[place], design.center)


@given(hundredths, st.permutations(LEVELS), st.sampled_from(["fixed", "ordered"]))
def test_another_reference_spans_the_same_contrasts(times, levels, structure):
    """Indicators of either coding, with a constant, are linear functions of each other: the residual is zero."""
    design = make_plan(model(structure), read(times)).design
    other = make_plan(model(structure), read(times, levels=levels, words=LEVELS)).design
    with_constant = np.column_stack([np.ones(len(times)), design.columns])
    fitted, *_ = np.linalg.lstsq(with_constant, other.columns)
    np.testing.assert_allclose(with_constant @ fitted, other.columns, atol=1e-12)


@given(hundredths)
def test_other_words_for_the_levels_change_the_labels_alone(times):
    design = make_plan(model("fixed"), read(times)).design
    renamed = make_plan(model("fixed"), read(times, levels=("alpha", "beta", "gamma"))).design
    np.testing.assert_array_equal(renamed.columns, design.columns)
    assert renamed.labels == ("x[beta]", "x[gamma]")


@given(hundredths, st.integers(1, 3000))
def test_a_landmark_keeps_months_and_events_after_it_and_counts_the_rest(times, landmark):
    data = read(times).endpoint("os")
    clock = restart_clock(data, landmark / 100)
    after = [t - landmark for t in times if t > landmark]
    assert int(clock.keep.sum()) == len(after)
    assert clock.events_before + clock.censored_before == len(times) - len(after)
    np.testing.assert_array_equal(clock.data.time[clock.keep], np.array(after) / 100)


@given(hundredths, st.integers(100, 1500), st.integers(100, 1500))
def test_two_landmarks_in_a_row_are_one(times, first, second):
    data = read(times).endpoint("os")
    assume(max(times) > first + second)
    once = restart_clock(data, (first + second) / 100).data
    twice = restart_clock(restart_clock(data, first / 100).data, second / 100).data
    np.testing.assert_array_equal(once.time, twice.time)
    np.testing.assert_array_equal(once.event, twice.event)


@given(hundredths, st.data())
def test_a_subset_is_the_cohort_of_those_rows(times, choice):
    keep = sorted(choice.draw(st.sets(st.integers(0, len(times) - 1), min_size=2)))
    cut = read(times).subset(np.array(keep))
    assert cut.digest == read(times, order=keep).digest


@given(hundredths)
def test_centring_does_not_change_the_differences_between_patients(times):
    rows = select_rows(read(times), "os", ("x",))
    centred = build_design(model("fixed"), rows).centred
    plain = build_design(model("fixed", at="reference"), rows).centred
    np.testing.assert_allclose(np.diff(centred, axis=0), np.diff(plain, axis=0), atol=1e-12)
