"""Rows of ``baselines`` that come from curves and their tests, one group of one covariate after the other."""

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from escc_bayes.classical.cox_robust import robust_logrank, robust_score_test
from escc_bayes.classical.curves import (
    NOT_REACHED,
    conditional_words,
    exact_at,
    exact_quantile_limits,
    exact_words,
    group_curve,
    group_rmst,
    groups_of,
    members,
    no_event_words,
    part,
    points_at,
    survival_words,
    watched,
)
from escc_bayes.classical.km import follow_up, quantile
from escc_bayes.classical.logrank import LogRank, PairwiseLogRank, each_pair, logrank, pairwise
from escc_bayes.classical.permutation import FEW_EXPECTED, Permuted, permuted
from escc_bayes.classical.rmst import Rmst, RmstDifference, rmst_difference
from escc_bayes.classical.strata import Strata
from escc_bayes.classical.trend import trend
from escc_bayes.estimand.behind import of_group
from escc_bayes.estimand.estimate import joined_notes
from escc_bayes.estimand.tables import Row
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.cautions import few_words
from escc_bayes.spec.rows import AnalysisRows

EVERYONE = "all"
# Pairs of groups up to which each has a permutation test of its own.
MOST_PAIRS = 15
SCALED = "numbers at risk, events and censored are sums of weights scaled to the number of patients"
ROBUST_SCORE = "Cox's robust score test in place of the log-rank, whose variance does not hold here"


def origin(rows: AnalysisRows, *notes: str) -> dict[str, object]:
    """Return the columns that say where a row comes from, and what a reader must know of it."""
    return {"provenance": rows.provenance, "clock": rows.clock, "note": joined_notes(*notes)}


def group_notes(rows: AnalysisRows, term: str, group: str) -> tuple[str, ...]:
    """Return what a group's numbers rest on: few events, and weights or clusters."""
    return (*few_words(rows, term, (group,)), rows.robust_note(members(rows, term, group)))


def term_groups(rows: AnalysisRows, term: str) -> tuple[tuple[str, str], ...]:
    """Return (argument of ``group_curve``, label) of each group; one of all for no term."""
    return tuple((group, group) for group in groups_of(rows, term)) if term else (("", EVERYONE),)


def group_columns(rows: AnalysisRows, term: str, group: str, *, events: str = "events") -> dict[str, object]:
    """Return the columns that say who stands behind a row of a group, and how far they were followed."""
    found = of_group(rows, term, group)
    return {"n": found.n, events: found.events, "last_follow_up": found.last_follow_up}


def km_rows(rows: AnalysisRows, term: str, level: float) -> list[Row]:
    """Return ``km.csv``: one row for each distinct exit time of each group, with log-log and with exact limits."""
    found: list[Row] = []
    for group, label in term_groups(rows, term):
        curve = group_curve(rows, term, group, level)
        exact_lower, exact_upper = exact_at(rows, curve, curve.time)
        notes = (
            conditional_words(rows, term, group),
            exact_words(rows),
            *group_notes(rows, term, group),
            SCALED if rows.sampled else "",
        )
        whose = group_columns(rows, term, group, events="group_events")
        for i in range(curve.time.size):
            found.append(
                {
                    "endpoint": rows.endpoint,
                    "term": term,
                    "group": label,
                    "time": float(curve.time[i]),
                    "survival": float(curve.survival[i]),
                    "lower": float(curve.lower[i]),
                    "upper": float(curve.upper[i]),
                    "at_risk": float(curve.at_risk[i]),
                    "events": float(curve.events[i]),
                    "censored": float(curve.censored[i]),
                    "lower_exact": float(exact_lower[i]),
                    "upper_exact": float(exact_upper[i]),
                    "level": level,
                    **whose,
                    **origin(rows, *notes),
                }
            )
    return found


def landmark_rows(rows: AnalysisRows, term: str, level: float, times: tuple[float, ...]) -> list[Row]:
    """Return ``landmarks.csv``: survival at stated months; empty beyond follow-up, with the reason."""
    found: list[Row] = []
    for group, label in term_groups(rows, term):
        curve = group_curve(rows, term, group, level)
        at = points_at(curve, np.array(times))
        exact_lower, exact_upper = exact_at(rows, curve, np.array(times))
        notes = (
            conditional_words(rows, term, group),
            exact_words(rows),
            *group_notes(rows, term, group),
            SCALED if rows.sampled else "",
        )
        for i, time in enumerate(times):
            survival = float(at.survival[i])
            found.append(
                {
                    "endpoint": rows.endpoint,
                    "term": term,
                    "group": label,
                    "time": time,
                    "survival": survival,
                    "lower": float(at.lower[i]),
                    "upper": float(at.upper[i]),
                    "at_risk": float(at.at_risk[i]),
                    "lower_exact": float(exact_lower[i]),
                    "upper_exact": float(exact_upper[i]),
                    "level": level,
                    **group_columns(rows, term, group),
                    **origin(rows, survival_words(rows, term, group, time, survival), *notes),
                }
            )
    return found


def median_rows(rows: AnalysisRows, term: str, level: float) -> list[Row]:
    """Return ``medians.csv``: median survival with log-log and with exact limits; empty where not reached."""
    found: list[Row] = []
    for group, label in term_groups(rows, term):
        curve = group_curve(rows, term, group, level)
        middle = quantile(curve)
        exact_lower, exact_upper = exact_quantile_limits(rows, curve)
        whose = group_columns(rows, term, group)
        reached = NOT_REACHED if np.isnan(middle.value) else ""
        found.append(
            {
                "endpoint": rows.endpoint,
                "term": term,
                "group": label,
                "n": whose["n"],
                "events": whose["events"],
                "median": middle.value,
                "lower": middle.lower,
                "upper": middle.upper,
                "lower_exact": exact_lower,
                "upper_exact": exact_upper,
                "level": level,
                **group_columns(rows, term, group),
                **origin(
                    rows,
                    reached,
                    conditional_words(rows, term, group),
                    exact_words(rows),
                    *group_notes(rows, term, group),
                ),
            }
        )
    return found


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
    thin = few_words(rows, term, groups_of(rows, term))
    notes = (*thin, ROBUST_SCORE, rows.robust_note()) if rows.cluster is not None else thin
    return [
        {
            "endpoint": rows.endpoint,
            "term": term,
            "comparison": comparison,
            "chi2": chi2,
            "df": df,
            "p_value": p_value,
            "p_holm": p_holm,
            "strata": "" if strata is None else strata.label,
            **permuted_columns(beside[comparison]),
            **origin(rows, *notes),
        }
        for comparison, chi2, df, p_value, p_holm in tests
    ]


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
        inside = np.ones(rows.n, dtype=bool) if pair is None else np.isin(codes, pair)
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
        return Permuted(math.nan, math.nan, "none with delayed entry, weights, clusters or strata")
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


def rmst_rows(rows: AnalysisRows, term: str, level: float, wanted: float) -> list[Row]:
    """Return ``rmst.csv``: restricted means to ``wanted`` months, or to the shortest group's longest follow-up.

    Each group after the first has the difference to the first, with limits and a two-sided P value. Without an event
    before its end a restricted mean has no standard error and no limits; where nobody is under observation so early
    there is none.
    """
    z = float(ndtri(0.5 + level / 2.0))
    until = common_horizon(rows, term, wanted)
    found: list[Row] = []
    first: Rmst | None = None
    for group, label in term_groups(rows, term):
        area, notes = rmst_of(rows, term, group, until)
        difference = None if first is None else rmst_difference(area, first, level)
        first = area if first is None else first
        std_error = area.std_error if area.std_error > 0.0 else np.nan
        found.append(
            {
                "endpoint": rows.endpoint,
                "term": term,
                "group": label,
                "until": until,
                "rmst": area.value,
                "lower": area.value - z * std_error,
                "upper": area.value + z * std_error,
                "std_error": std_error,
                "level": level,
                **difference_columns(difference),
                **group_columns(rows, term, group),
                **origin(rows, *notes, *group_notes(rows, term, group)),
            }
        )
    return found


def rmst_of(rows: AnalysisRows, term: str, group: str, until: float) -> tuple[Rmst, tuple[str, ...]]:
    """Return a group's restricted mean, NaN where it is not known, and what a reader must know of it."""
    conditional = conditional_words(rows, term, group)
    try:
        area = group_rmst(rows, term, group, until)
    except ValueError as error:
        return Rmst(math.nan, math.nan), (str(error), conditional)
    return area, (no_event_words(area, ""), conditional)


def difference_columns(difference: RmstDifference | None) -> dict[str, float]:
    """Return the difference to the first group with its limits and P value; empty cells where there is none."""
    absent = RmstDifference(*[math.nan] * 6) if difference is None else difference
    return {
        "difference": absent.value,
        "difference_lower": absent.lower,
        "difference_upper": absent.upper,
        "p_value": absent.p_value,
    }


def common_horizon(rows: AnalysisRows, term: str, wanted: float) -> float:
    """Return the latest month, at most ``wanted``, to which every group's curve is known."""
    ends = [of_group(rows, term, group).last_follow_up for group, _ in term_groups(rows, term)]
    return min(wanted, *ends)


def follow_up_row(rows: AnalysisRows, level: float) -> Row:
    """Return ``followup.csv``: the reverse Kaplan-Meier median, those who have the event at a month at risk in it.

    ``median_deaths_first`` takes them as gone before others are censored at that month.
    """
    inside = watched(rows, "", "")
    of_rows = (rows.time[inside], rows.event[inside])
    late = part(rows, inside)
    found = follow_up(*of_rows, level=level, **late)
    gone = follow_up(*of_rows, level=level, **late, deaths_first=True)
    differs = "" if found.value == gone.value or np.isnan(found.value) else f" (deaths first: {gone.value:.1f})"
    return {
        "endpoint": rows.endpoint,
        "median": found.value,
        "lower": found.lower,
        "upper": found.upper,
        "median_deaths_first": gone.value,
        "level": level,
        **group_columns(rows, "", ""),
        **origin(
            rows,
            f"those with the event at a month are at risk of being censored in it, as in R{differs}",
            conditional_words(rows, "", ""),
            rows.robust_note(),
        ),
    }
