"""Weights: frequency weights are rows, sampling weights have no unit, and what is neither is asked about."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.classical.baselines import baselines
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.data.weights import effective_size
from escc_bayes.foundation.errors import CohortError, InputError
from escc_bayes.spec.reading import spec_from
from escc_bayes.spec.selection import select_rows

ENDPOINTS = {"os": {"time": "t", "event": "d"}}
COVARIATES = {"arm": {"kind": "binary", "levels": ["old", "new"]}, "age": {"kind": "continuous", "center": 60.0}}
MODEL = {
    "name": "small",
    "outcome": {"endpoint": "os"},
    "baseline": {"family": "piecewise_exponential", "pieces": 3, "smoothing": "independent", "at": "mean"},
    "priors": {"baseline_rate": {"gamma": [0.5, 10.0]}},
    "effect": [
        {"covariate": "arm", "structure": "fixed", "prior": {"normal": [0.0, 1.0]}},
        {"covariate": "age", "structure": "linear", "prior": {"normal": [0.0, 1.0]}},
    ],
}


def schema(**more):
    return schema_from({"endpoints": ENDPOINTS, "covariates": COVARIATES, **more}, "weights.toml")


def patients(n, seed=4):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "t": np.ceil(rng.exponential(20.0, n)),
            "d": (rng.random(n) < 0.7).astype(int),
            "arm": np.array(["old", "new"])[np.arange(n) % 2],
            "age": rng.normal(60.0, 8.0, n).round(1),
            "w": rng.integers(1, 4, n),
            "ward": np.arange(n) // 5,
        }
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 1), st.integers(1, 5)), min_size=1, max_size=12))
def test_a_frequency_weight_of_k_is_the_row_k_times(rows):
    """Second source: the rows written out by hand. Equal arrays and digest: no verb can tell them apart."""
    frame = pd.DataFrame(rows, columns=["t", "d", "w"])
    by_hand = frame.loc[frame.index.repeat(frame.w)].reset_index(drop=True)
    plain = schema_from({"endpoints": ENDPOINTS}, "plain.toml")
    for kind in ({}, {"weight_kind": "frequency"}):
        weighted = schema_from({"endpoints": ENDPOINTS, "weight": "w", **kind}, "weighted.toml")
        found = read_cohort(frame, weighted, provenance="simulated")
        expected = read_cohort(by_hand, plain, provenance="simulated")
        assert found.digest == expected.digest
        assert len(set(found.ids)) == len(found) == int(frame.w.sum())
        for name, values in expected.arrays().items():
            np.testing.assert_array_equal(found.arrays()[name], values)


def test_fits_and_tables_of_frequency_weights_are_those_of_the_rows_written_out():
    frame = patients(24)
    by_hand = frame.loc[frame.index.repeat(frame.w)].reset_index(drop=True)
    spec = spec_from(MODEL, "small.toml")
    weighted = read_cohort(frame, schema(weight="w"), provenance="simulated")
    written = read_cohort(by_hand, schema(), provenance="simulated")
    posteriors = [fit(spec, cohort, seed=1, engine="laplace", draws=500) for cohort in (weighted, written)]
    for name, values in posteriors[0].values.items():
        np.testing.assert_array_equal(values, posteriors[1].values[name])
    tables = [baselines(cohort, "os", level=0.95).tables for cohort in (weighted, written)]
    for name, rows in tables[0].items():
        for row, expected in zip(rows, tables[1][name], strict=True):
            assert repr(dict(row)) == repr(dict(expected)), name
    said = posteriors[0].plan.rows.sentence()
    assert "24 rows stand for" in said
    assert "weight_kind is not declared" in said


@pytest.mark.parametrize("kind", [None, "frequency"])
def test_weights_that_are_no_whole_numbers_are_asked_about(kind):
    frame = patients(6).assign(w=[1.0, 2.0, 1.3, 1.0, 0.25, 1.0])
    more = {} if kind is None else {"weight_kind": kind}
    with pytest.raises(CohortError) as raised:
        read_cohort(frame, schema(weight="w", **more), provenance="simulated")
    for words in ("rows 2, 4", "column 'w'", "1.3, 0.25", "which kind", 'weight_kind = "sampling"', "pseudo-posterior"):
        assert words in str(raised.value)


def test_frequency_weights_that_count_a_population_are_refused():
    frame = patients(6).assign(w=10**9)
    with pytest.raises(CohortError, match=r"sum to 6,000,000,000 patients.*weight_kind = \"sampling\""):
        read_cohort(frame, schema(weight="w"), provenance="simulated")


@pytest.mark.parametrize("factor", [8.0, 1e-9, 1234.567])
def test_the_unit_of_sampling_weights_leaves_no_trace_in_the_analysis(factor):
    frame = patients(30).assign(w=np.random.default_rng(1).uniform(0.2, 4.0, 30))
    first, second = (
        read_cohort(frame.assign(w=frame.w * by), schema(weight="w", weight_kind="sampling"), provenance="simulated")
        for by in (1.0, factor)
    )
    assert first.digest == second.digest
    rows = [select_rows(cohort, "os", ("arm",)) for cohort in (first, second)]
    np.testing.assert_array_equal(rows[0].weight, rows[1].weight)
    assert rows[0].weight.sum() == pytest.approx(30.0, rel=1e-10)
    assert rows[1].weighting.unit * rows[1].weight.sum() == pytest.approx(factor * frame.w.sum(), rel=1e-10)


def test_sum_effective_n_and_weighted_events_stand_in_the_sentence():
    """By hand: (1 + 2 + 3)^2 / (1 + 4 + 9) = 2.6; events of weight 1 and 3."""
    frame = patients(3).assign(w=[1.5, 3.0, 4.5], d=[1, 0, 1])
    rows = select_rows(read_cohort(frame, schema(weight="w", weight_kind="sampling"), provenance="simulated"), "os", ())
    assert "sampling weights: sum 9, effective n 2.6 (Kish), weighted events 6" in rows.sentence()
    assert effective_size(rows.weight) == pytest.approx(36.0 / 14.0)
    assert "few patients carry" not in rows.sentence()


def test_a_few_patients_who_carry_the_weight_are_said():
    frame = patients(30).assign(w=[1000.5] + [0.01] * 29)
    rows = select_rows(read_cohort(frame, schema(weight="w", weight_kind="sampling"), provenance="simulated"), "os", ())
    assert "few patients carry nearly all the weight, and limits are too narrow" in rows.sentence()


def test_clusters_are_read_by_equal_words_and_follow_their_patients():
    cohort = read_cohort(patients(20), schema(cluster="ward"), provenance="simulated")
    np.testing.assert_array_equal(cohort.cluster, np.arange(20) // 5)
    kept = cohort.subset(np.arange(5, 20))
    rows = select_rows(kept, "os", ("arm",))
    np.testing.assert_array_equal(rows.cluster, np.arange(15) // 5)
    assert "3 clusters by 'ward'; robust errors from fewer than 30 clusters are too small" in rows.sentence()


@pytest.mark.parametrize(
    ("wards", "words"),
    [([1] * 6, "every row is in the cluster '1'"), ([1, 2, None, 1, 2, 2], "row 2.*no cluster; fill it in")],
)
def test_clusters_that_cannot_be_compared_are_refused(wards, words):
    with pytest.raises(CohortError, match=words):
        read_cohort(patients(6).assign(ward=wards), schema(cluster="ward"), provenance="simulated")


def test_one_cluster_among_the_patients_analysed_is_refused():
    frame = patients(10).assign(age=[60.0] * 5 + [None] * 5)
    cohort = read_cohort(frame, schema(cluster="ward"), provenance="simulated")
    with pytest.raises(CohortError, match="all 5 patients left to analyse are in one cluster of 'ward'"):
        select_rows(cohort, "os", ("age",))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"weight_kind": "sampling"}, "stands without weight"),
        ({"weight": "w", "weight_kind": "iptw"}, "frequency, sampling"),
    ],
)
def test_a_schema_says_a_kind_of_the_weights_it_names(more, words):
    with pytest.raises(InputError, match=words):
        schema(**more)
