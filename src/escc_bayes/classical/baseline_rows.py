"""Rows of ``baselines`` that come from curves and their tests, one group of one covariate after the other."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from escc_bayes.classical.cox_robust import robust_logrank
from escc_bayes.classical.curves import group_curve, groups_of, members, part
from escc_bayes.classical.km import follow_up, quantile, survival_at
from escc_bayes.classical.logrank import LogRank, PairwiseLogRank, each_pair, logrank, pairwise
from escc_bayes.classical.rmst import rmst
from escc_bayes.estimand.estimate import joined_notes
from escc_bayes.estimand.tables import Row
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.rows import AnalysisRows

EVERYONE = "all"
SCALED = "numbers at risk, events and censored are sums of weights scaled to the number of patients"
ROBUST_SCORE = "Cox's robust score test in place of the log-rank, whose variance does not hold here"


def origin(rows: AnalysisRows, *notes: str) -> dict[str, object]:
    """Return the columns that say where a row comes from, and what a reader must know of it."""
    return {"provenance": rows.provenance, "clock": rows.clock, "note": joined_notes(*notes)}


def term_groups(rows: AnalysisRows, term: str) -> tuple[tuple[str, str], ...]:
    """Return (argument of ``group_curve``, label) of each group; one of all for no term."""
    return tuple((group, group) for group in groups_of(rows, term)) if term else (("", EVERYONE),)


def km_rows(rows: AnalysisRows, term: str, level: float) -> list[Row]:
    """Return ``km.csv``: one row for each distinct exit time of each group."""
    found: list[Row] = []
    for group, label in term_groups(rows, term):
        curve = group_curve(rows, term, group, level)
        notes = (rows.robust_note(members(rows, term, group)), SCALED if rows.sampled else "")
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
                    "level": level,
                    **origin(rows, *notes),
                }
            )
    return found


def landmark_rows(rows: AnalysisRows, term: str, level: float, times: tuple[float, ...]) -> list[Row]:
    """Return ``landmarks.csv``: survival at stated months; empty beyond follow-up."""
    found: list[Row] = []
    for group, label in term_groups(rows, term):
        at = survival_at(group_curve(rows, term, group, level), np.array(times))
        notes = (rows.robust_note(members(rows, term, group)), SCALED if rows.sampled else "")
        for i, time in enumerate(times):
            found.append(
                {
                    "endpoint": rows.endpoint,
                    "term": term,
                    "group": label,
                    "time": time,
                    "survival": float(at.survival[i]),
                    "lower": float(at.lower[i]),
                    "upper": float(at.upper[i]),
                    "at_risk": float(at.at_risk[i]),
                    "level": level,
                    **origin(rows, *notes),
                }
            )
    return found


def median_rows(rows: AnalysisRows, term: str, level: float) -> list[Row]:
    """Return ``medians.csv``: median survival with limits; empty where not reached."""
    found: list[Row] = []
    for group, label in term_groups(rows, term):
        inside = members(rows, term, group)
        middle = quantile(group_curve(rows, term, group, level))
        found.append(
            {
                "endpoint": rows.endpoint,
                "term": term,
                "group": label,
                "n": int(inside.sum()),
                "events": int(rows.event[inside].sum()),
                "median": middle.value,
                "lower": middle.lower,
                "upper": middle.upper,
                "level": level,
                **origin(rows, rows.robust_note(inside)),
            }
        )
    return found


def logrank_rows(rows: AnalysisRows, term: str) -> list[Row]:
    """Return ``logrank.csv``: all groups together, then each pair with raw and Holm P values."""
    groups = groups_of(rows, term)
    codes = rows.covariates[term].values.astype(np.int64)
    whole, apart = rank_tests(rows, codes)
    notes = (ROBUST_SCORE, rows.robust_note()) if rows.cluster is not None else ()
    head = {"endpoint": rows.endpoint, "term": term}
    # One comparison needs no correction: Holm's P equals the raw one.
    overall: Row = {
        **head,
        "comparison": "overall",
        "chi2": whole.chi2,
        "df": whole.df,
        "p_value": whole.p_value,
        "p_holm": whole.p_value,
        **origin(rows, *notes),
    }
    if len(groups) == 2:
        return [overall]
    levels = rows.covariates[term].schema.levels
    pairs: list[Row] = [
        {
            **head,
            "comparison": f"{levels[pair.second]} vs {levels[pair.first]}",
            "chi2": pair.chi2,
            "df": 1,
            "p_value": pair.p_value,
            "p_holm": pair.p_holm,
            **origin(rows, *notes),
        }
        for pair in apart
    ]
    return [overall, *pairs]


def rank_tests(rows: AnalysisRows, codes: IntArray) -> tuple[LogRank, tuple[PairwiseLogRank, ...]]:
    """Return the tests of all groups together and of each pair: log-rank, or robust score tests."""
    late = rows.entry if rows.delayed else None
    weight = rows.weight if (rows.weight != 1.0).any() else None
    unit = rows.cluster
    if unit is None:
        whole = logrank(rows.time, rows.event, codes, entry=late, weight=weight)
        return whole, pairwise(rows.time, rows.event, codes, entry=late, weight=weight)

    def test(inside: NDArray[np.bool_]) -> LogRank:
        own, start = (None if of is None else of[inside] for of in (weight, late))
        of = rows.time[inside], rows.event[inside], codes[inside]
        return robust_logrank(*of, entry=start, weight=own, cluster=unit[inside])

    return test(members(rows, "", "")), each_pair(codes, test)


def rmst_rows(rows: AnalysisRows, term: str, level: float, wanted: float) -> list[Row]:
    """Return ``rmst.csv``: restricted means to ``wanted`` months, or to the shortest group's longest follow-up."""
    z = float(ndtri(0.5 + level / 2.0))
    until = common_horizon(rows, term, wanted)
    found: list[Row] = []
    for group, label in term_groups(rows, term):
        inside = members(rows, term, group)
        area = rmst(rows.time[inside], rows.event[inside], until=until, **part(rows, inside))
        found.append(
            {
                "endpoint": rows.endpoint,
                "term": term,
                "group": label,
                "until": until,
                "rmst": area.value,
                "lower": area.value - z * area.std_error,
                "upper": area.value + z * area.std_error,
                "std_error": area.std_error,
                "level": level,
                **origin(rows, rows.robust_note(inside)),
            }
        )
    return found


def common_horizon(rows: AnalysisRows, term: str, wanted: float) -> float:
    """Return the latest month, at most ``wanted``, to which every group's curve is known."""
    ends = [float(rows.time[members(rows, term, group)].max()) for group, _ in term_groups(rows, term)]
    return min(wanted, *ends)


def follow_up_row(rows: AnalysisRows, level: float) -> Row:
    """Return ``followup.csv``: the reverse Kaplan-Meier median."""
    inside: FloatArray = members(rows, "", "")
    found = follow_up(rows.time, rows.event, level=level, **part(rows, inside))
    return {
        "endpoint": rows.endpoint,
        "median": found.value,
        "lower": found.lower,
        "upper": found.upper,
        "level": level,
        **origin(rows, rows.robust_note()),
    }
