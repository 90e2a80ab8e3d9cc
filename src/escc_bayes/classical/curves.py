"""Kaplan-Meier of groups: curves, survival at a month, medians, restricted means as Estimates."""

from typing import TypedDict

import numpy as np

from escc_bayes.classical.km import KaplanMeier, kaplan_meier, quantile, survival_at
from escc_bayes.classical.rmst import rmst, rmst_difference
from escc_bayes.estimand.estimand import Estimand, HazardRatio, MedianSurvival, RMSTDifference, SurvivalAt
from escc_bayes.foundation.errors import EstimandError
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.rows import AnalysisRows


class Part(TypedDict):
    """Follow-up of some patients as ``kaplan_meier``, ``follow_up`` and ``rmst`` take it."""

    entry: FloatArray | None
    weight: FloatArray | None
    cluster: IntArray | None


def members(rows: AnalysisRows, term: str, group: str) -> np.ndarray:
    """Return who belongs to a group; everyone for no term.

    Raises
    ------
    EstimandError : nobody analysed is in the group.
    """
    if not term:
        return np.ones(rows.n, dtype=bool)
    covariate = rows.covariates[term]
    if group not in covariate.schema.levels:
        raise EstimandError(f"'{term}' has no group '{group}'; it has: {', '.join(covariate.schema.levels)}")
    inside = covariate.values == covariate.schema.levels.index(group)
    if not inside.any():
        raise EstimandError(f"nobody analysed for '{rows.endpoint}' has '{group}' of '{term}'")
    return np.asarray(inside)


def part(rows: AnalysisRows, inside: np.ndarray) -> Part:
    """Return the follow-up of some patients as the keyword arguments of ``kaplan_meier``."""
    weighted = bool((rows.weight != 1.0).any())
    return {
        "entry": rows.entry[inside] if rows.delayed else None,
        "weight": rows.weight[inside] if weighted else None,
        "cluster": None if rows.cluster is None else rows.cluster[inside],
    }


def group_curve(rows: AnalysisRows, term: str, group: str, level: float) -> KaplanMeier:
    """Return the Kaplan-Meier curve of a group, or of everyone."""
    inside = members(rows, term, group)
    return kaplan_meier(rows.time[inside], rows.event[inside], level=level, **part(rows, inside))


def groups_of(rows: AnalysisRows, term: str) -> tuple[str, ...]:
    """Return the levels of a covariate that occur among the rows analysed."""
    covariate = rows.covariates[term]
    codes = np.unique(covariate.values)
    return tuple(covariate.schema.levels[int(code)] for code in codes)


def km_interval(asked: Estimand, rows: AnalysisRows, level: float) -> tuple[float, float, float]:
    """Return value and limits of an estimand from Kaplan-Meier curves; NaN = not reached or beyond follow-up."""
    match asked:
        case SurvivalAt(time=time):
            curve = group_curve(rows, asked.term, asked.group, level)
            at = survival_at(curve, np.array([time]))
            return float(at.survival[0]), float(at.lower[0]), float(at.upper[0])
        case MedianSurvival():
            found = quantile(group_curve(rows, asked.term, asked.group, level))
            return found.value, found.lower, found.upper
        case RMSTDifference(until=until):
            areas = []
            for group in (asked.level, asked.versus):
                inside = members(rows, asked.term, group)
                areas.append(rmst(rows.time[inside], rows.event[inside], until=until, **part(rows, inside)))
            difference = rmst_difference(areas[0], areas[1], level)
            return difference.value, difference.lower, difference.upper
        case HazardRatio():
            raise EstimandError("Kaplan-Meier curves give no hazard ratio; ask Cox")
