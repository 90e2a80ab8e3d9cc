"""Rows of ``baselines`` that come from tests: all groups of a covariate, their trend, each pair."""

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from escc_bayes.classical.baseline_rows import origin
from escc_bayes.classical.cox_robust import robust_logrank, robust_score_test
from escc_bayes.classical.curves import (
    current_words,
    groups_of,
    members,
)
from escc_bayes.classical.logrank import LogRank, PairwiseLogRank, each_pair, logrank, pairwise
from escc_bayes.classical.permutation import FEW_EXPECTED, Permuted, permuted
from escc_bayes.classical.strata import Strata
from escc_bayes.classical.trend import trend
from escc_bayes.estimand.tables import Row
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.cautions import few_words
from escc_bayes.spec.rows import AnalysisRows

# Pairs of groups up to which each has a permutation test of its own.
MOST_PAIRS = 15
ROBUST_SCORE = "Cox's robust score test in place of the log-rank, whose variance does not hold here"


def logrank_rows(rows: AnalysisRows, term: str, strata: Strata | None = None) -> list[Row]:
    """Return ``logrank.csv``: all groups, the trend over ordered ones, each pair with raw and Holm P values."""
    covariate = rows.covariates[term]
    codes, levels = covariate.values.astype(np.int64), covariate.schema.levels
    within = None if strata is None else strata.codes
    whole, apart = rank_tests(rows, codes, within)
    # One comparison needs no correction: Holm's P equals the raw one.
    tests = [("overall", whole.chi2, whole.df, whole.p_value, whole.p_value)]
    if np.unique(codes).size > 2:
        if covariate.schema.kind == "ordered":
            tests.append(("trend", *trend_test(rows, codes, within)))
        tests += [
            (f"{levels[p.second]} vs {levels[p.first]}", p.chi2, 0 if math.isnan(p.p_value) else 1, p.p_value, p.p_holm)
            for p in apart
        ]
    beside = without_approximation(rows, codes, within, [comparison for comparison, *_ in tests], levels)
    thin = (*few_words(rows, term, groups_of(rows, term)), current_words(rows, term))
    notes = (*thin, *((ROBUST_SCORE,) if rows.cluster is not None else ()), rows.basis_note())
    return [
        {
            "endpoint": rows.endpoint,
            "term": term,
            "comparison": comparison,
            "chi2": chi2,
            "df": df,
            "p_value": p_value,
            "p_holm": p_holm,
            **compared(rows, codes, levels, comparison),
            "strata": "" if strata is None else strata.label,
            **permuted_columns(beside[comparison]),
            **origin(rows, *notes),
        }
        for comparison, chi2, df, p_value, p_holm in tests
    ]


def compared(rows: AnalysisRows, codes: IntArray, levels: Sequence[str], comparison: str) -> dict[str, object]:
    """Return patients, events and rows of the groups of a comparison, and each group with its own.

    Of a pair its two groups, as named; of everything else all groups that have someone.
    """
    met = np.unique(codes).tolist()
    pairs = {f"{levels[b]} vs {levels[a]}": (b, a) for a, b in combinations(met, 2)}
    asked = pairs.get(comparison, met)
    inside = np.isin(codes, asked)
    each = [
        f"{levels[code]}: {int(rows.event[codes == code].sum())} events in {rows.patients_in(codes == code)}"
        for code in asked
    ]
    return {
        "n": rows.patients_in(inside),
        "events": int(rows.event[inside].sum()),
        "rows": int(inside.sum()),
        "groups": "; ".join(each),
    }


def rank_tests(
    rows: AnalysisRows, codes: IntArray, strata: IntArray | None
) -> tuple[LogRank, tuple[PairwiseLogRank, ...]]:
    """Return the tests of all groups together and of each pair: log-rank, or robust score tests."""
    late, weight, unit = late_of(rows), weight_of(rows), rows.cluster
    if unit is None:
        whole = logrank(rows.time, rows.event, codes, entry=late, weight=weight, strata=strata)
        return whole, pairwise(rows.time, rows.event, codes, entry=late, weight=weight, strata=strata)

    def test(inside: NDArray[np.bool_]) -> LogRank:
        own, start = (None if of is None else of[inside] for of in (weight, late))
        within = None if strata is None else strata[inside]
        of = rows.time[inside], rows.event[inside], codes[inside]
        return robust_logrank(*of, entry=start, weight=own, strata=within, cluster=unit[inside])

    return test(members(rows, "", "")), each_pair(codes, test)


def without_approximation(
    rows: AnalysisRows, codes: IntArray, strata: IntArray | None, comparisons: Sequence[str], levels: Sequence[str]
) -> dict[str, Permuted | None]:
    """Return the test without a normal approximation of each comparison with few expected events; None: not needed."""
    found: dict[str, Permuted | None] = dict.fromkeys(comparisons)
    named = {levels[code]: code for code in np.unique(codes).tolist()}
    pairs = {f"{b} vs {a}": (named[a], named[b]) for a, b in combinations(named, 2)}
    for comparison in comparisons:
        pair = pairs.get(comparison)
        if comparison == "trend" or (pair is not None and len(pairs) > MOST_PAIRS):
            continue
        inside = np.ones(rows.time.size, dtype=bool) if pair is None else np.isin(codes, pair)
        found[comparison] = permuted_if_few(rows, codes, inside, strata)
    return found


def permuted_if_few(
    rows: AnalysisRows, codes: IntArray, inside: NDArray[np.bool_], strata: IntArray | None
) -> Permuted | None:
    """Return a test of some patients (n,) without a normal approximation, where fewer than 5 events are expected."""
    of = rows.time[inside], rows.event[inside], codes[inside]
    late, weight = (None if values is None else values[inside] for values in (late_of(rows), weight_of(rows)))
    test = logrank(*of, entry=late, weight=weight, strata=None if strata is None else strata[inside])
    if test.df == 0 or float(test.expected.min()) >= FEW_EXPECTED:
        return None
    if late is not None or weight is not None or rows.cluster is not None or strata is not None:
        return Permuted(
            math.nan, math.nan, "none with delayed entry, several rows of a patient, weights, clusters or strata"
        )
    return permuted(*of)


def permuted_columns(found: Permuted | None) -> dict[str, object]:
    """Return the columns of a test beside the log-rank; empty where none is needed."""
    if found is None:
        return {"p_permutation": math.nan, "p_permutation_error": math.nan, "permutation": ""}
    how = f"fewer than {FEW_EXPECTED:g} events expected in a group: {found.how}"
    return {"p_permutation": found.p_value, "p_permutation_error": found.error, "permutation": how}


def trend_test(rows: AnalysisRows, codes: IntArray, strata: IntArray | None) -> tuple[float, int, float, float]:
    """Return chi-squared, degrees of freedom and twice the P value of the trend: Tarone's, or a robust score test."""
    late, weight = late_of(rows), weight_of(rows)
    if rows.cluster is None:
        scores = np.unique(codes).astype(np.float64)
        found = trend(rows.time, rows.event, codes, scores, entry=late, weight=weight, strata=strata)
        return found.chi2, found.df, found.p_value, found.p_value
    ranks = codes[:, None].astype(np.float64)
    chi2, df, p_value = robust_score_test(
        ranks, rows.time, rows.event, entry=late, weight=weight, strata=strata, cluster=rows.cluster
    )
    return chi2, df, p_value, p_value


def late_of(rows: AnalysisRows) -> FloatArray | None:
    """Return entry times where anyone enters late."""
    return rows.entry if rows.delayed else None


def weight_of(rows: AnalysisRows) -> FloatArray | None:
    """Return weights where they are not all 1."""
    return rows.weight if (rows.weight != 1.0).any() else None
