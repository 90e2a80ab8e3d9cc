"""Draws of an estimand from draws of coefficients and baseline: the same arithmetic for every engine."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

import numpy as np

from escc_bayes.estimand import marginal
from escc_bayes.estimand.contrast import complete, located, weights
from escc_bayes.estimand.estimand import (
    Estimand,
    HazardRatio,
    MedianSurvival,
    RMSTDifference,
    SurvivalAt,
)
from escc_bayes.estimand.one_endpoint import endpoint_asked, of_endpoint
from escc_bayes.foundation.errors import EstimandError
from escc_bayes.hazard.cells import distinct_rows
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.setting_levels import crossed_anew, setting_columns

NAMES = {
    HazardRatio: "hazard_ratio",
    SurvivalAt: "survival",
    MedianSurvival: "median",
    RMSTDifference: "rmst_difference",
}


# Kind of a curve, and its term, group and population.
type Key = tuple[type, str, str, str]
# Columns of the patients averaged over, and their weights.
type Averaged = tuple[FloatArray, FloatArray]

# Distinct patients of all groups whose curves are computed together, at most.
MOST_TOGETHER = 8_192


def draws_of(asked: Estimand, plan: ModelPlan, hazards: PatientHazards) -> FloatArray:
    """Return one value of one estimand for each draw; see ``draws_of_many``."""
    return draws_of_many([asked], plan, hazards)[0]


def draws_of_many(asked: Sequence[Estimand], plan: ModelPlan, hazards: PatientHazards) -> list[FloatArray]:
    """Return one value for each draw of every estimand; what several need of one group's curve is computed once.

    Parameters
    ----------
    asked : hazard ratios come back as logarithms.
    plan : whose rows are averaged over.
    hazards : of the patients, in D draws.

    Raises
    ------
    EstimandError : the model lacks the term, level or endpoint.
    """
    apart: dict[str, list[int]] = {}
    for place, one in enumerate(asked):
        apart.setdefault(endpoint_asked(one, plan), []).append(place)
    found: dict[int, FloatArray] = {}
    for endpoint, places in apart.items():
        own = draws_of_one([asked[place] for place in places], *of_endpoint(plan, hazards, endpoint))
        found |= dict(zip(places, own, strict=True))
    return [found[place] for place in range(len(asked))]


def draws_of_one(asked: Sequence[Estimand], plan: ModelPlan, hazards: PatientHazards) -> list[FloatArray]:
    """Return the same of hazard ratios, or of curves of one endpoint."""
    months: dict[Key, set[float]] = {}
    for one in asked:
        for key in curves_behind(one):
            months.setdefault(key, set()).add(month_read(one))
    alongside: dict[tuple[type, tuple[float, ...]], list[Key]] = {}
    for key, wanted in months.items():
        alongside.setdefault((key[0], tuple(sorted(wanted))), []).append(key)
    read: dict[tuple[Key, float], FloatArray] = {}
    patients = patterns_of(plan) if alongside else None
    for (kind, times), keys in alongside.items():
        whom = [averaged_over(plan, term, group, population, patients) for _, term, group, population in keys]
        found = averaged(kind, whom, times, hazards)
        for key, of_group in zip(keys, found, strict=True):
            read |= {(key, time): of_group[:, place] for place, time in enumerate(times)}
    return [one_of(one, read, plan, hazards) for one in asked]


def averaged(
    kind: type, groups: Sequence[Averaged], times: Sequence[float], hazards: PatientHazards
) -> Iterator[FloatArray]:
    """Yield survival at ``times``, restricted means to them or the median of each group's average curve, (D, times)."""
    for columns, weight in together(groups):
        if kind is MedianSurvival:
            yield from marginal.median(hazards, columns, weight)[:, :, None]
        else:
            curve = marginal.survival if kind is SurvivalAt else marginal.restricted_mean
            yield from curve(hazards, columns, weight, np.array(times))


def together(groups: Sequence[Averaged]) -> Iterator[Averaged]:
    """Yield columns (m, p) of the patients of several groups, and the weight of each in each group (g, m).

    Patients who are in several groups, as of different covariates, are one row: their curve is computed once. Groups of
    very many patients come one by one, so that what is held stays small.
    """
    if sum(columns.shape[0] for columns, _ in groups) > MOST_TOGETHER:
        yield from ((columns, weight[None]) for columns, weight in groups)
        return
    rows, place = distinct_rows(np.concatenate([columns for columns, _ in groups]))
    weight = np.zeros((len(groups), rows.shape[0]))
    whose = np.repeat(np.arange(len(groups)), [columns.shape[0] for columns, _ in groups])
    weight[whose, place] = np.concatenate([of_group for _, of_group in groups])
    yield rows, weight


def curves_behind(asked: Estimand) -> tuple[Key, ...]:
    """Name the averaged curves that an estimand is read from: kind, term, group, population."""
    match asked:
        case HazardRatio():
            return ()
        case RMSTDifference():
            return tuple((RMSTDifference, asked.term, level, asked.population) for level in (asked.level, asked.versus))
        case SurvivalAt() | MedianSurvival():
            return ((type(asked), asked.term, asked.group, asked.population),)
        case _:
            assert_never(asked)


def month_read(asked: Estimand) -> float:
    """Return the month that a curve is read at or to; 0 for medians, which have none."""
    return 0.0 if isinstance(asked, MedianSurvival) else time_of(asked)


def one_of(
    asked: Estimand, read: Mapping[tuple[Key, float], FloatArray], plan: ModelPlan, hazards: PatientHazards
) -> FloatArray:
    """Return the draws of one estimand from what was read of the curves behind it."""
    if isinstance(asked, HazardRatio):
        return hazards.coefficients @ weights(asked, plan.design)
    first, *second = (read[key, month_read(asked)] for key in curves_behind(asked))
    return first - second[0] if second else first


@dataclass(frozen=True, slots=True)
class Patterns:
    """Patients who are alike share a row: the first of each in the data, (c,), and which row each patient is, (n,)."""

    first: IntArray
    member: IntArray


def patterns_of(plan: ModelPlan) -> Patterns:
    """Return the covariate patterns of the patients analysed."""
    member = distinct_rows(plan.told_apart(plan.design.columns))[1]
    first = np.empty(int(member.max()) + 1, dtype=np.int64)
    first[member[::-1]] = np.arange(member.size - 1, -1, -1)
    return Patterns(first, member)


def averaged_over(
    plan: ModelPlan, term: str, group: str, population: str, patterns: Patterns | None = None
) -> tuple[FloatArray, FloatArray]:
    """Return columns (m, p) and weights (m,) of the patients to average over; patients who are alike share a row."""
    refuse_states(plan)
    found = patterns or patterns_of(plan)
    design, weight, rows = plan.design, plan.rows.weight, found.first.size
    # Patients with several rows are averaged over as they were in their first; of a group, in their first there.
    whole: IntArray | slice = slice(None) if plan.rows.patient is None else plan.rows.first_rows()
    if not term:
        columns = plan.told_apart(design.columns[found.first] - design.center, found.first)
        return columns, np.bincount(found.member[whole], weight[whole], rows)
    check_group(plan, term, group)
    if population == "everyone":
        changed = everyone_in(plan, term, group, found.first)
        return alike(changed, np.bincount(found.member[whole], weight[whole], rows))
    covariate = plan.rows.covariates[term]
    inside = plan.rows.first_rows(covariate.values == covariate.schema.levels.index(group))
    held = np.bincount(found.member[inside], minlength=rows) > 0
    columns = plan.told_apart(design.columns[found.first[held]] - design.center, found.first[held])
    return columns, np.bincount(found.member[inside], weight[inside], rows)[held]


def everyone_in(plan: ModelPlan, term: str, group: str, of: IntArray) -> FloatArray:
    """Return centred columns of the rows ``of`` as they would be in a group: of a covariate, or of the strata."""
    design, rows = plan.design, plan.rows
    if term != rows.strata:
        return plan.told_apart(setting_columns(design, rows, term, group, of) - design.center, of)
    code = np.full(of.size, rows.stratum_levels.index(group))
    columns = crossed_anew(np.array(design.columns[of]), design, rows, term, group, of)
    return np.column_stack([plan.with_profile(columns - design.center, of), code])


def alike(columns: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the distinct rows of ``columns`` (n, p) and the weight of each."""
    distinct, place = distinct_rows(columns)
    return distinct, np.bincount(place, weight)


def check_group(plan: ModelPlan, term: str, group: str) -> None:
    """Raise ``EstimandError`` if nobody analysed is in ``group`` of ``term``."""
    levels = plan.rows.stratum_levels
    if not term or term != plan.rows.strata:
        block, place = located(term, plan.design)
        levels = block.levels[place]
    if group not in levels:
        raise EstimandError(f"'{term}' has no group '{group}' among the patients analysed; it has: {', '.join(levels)}")


def refuse_states(plan: ModelPlan) -> None:
    """Raise ``EstimandError`` where a plan has states, and so no one survival."""
    if plan.rows.transitions is not None and plan.rows.transitions.competing:
        raise EstimandError(
            f"model '{plan.spec.name}' is of competing causes and answers how likely each is; ask "
            "posterior.cumulative_incidence(months), or fit the endpoint alone for survival and medians"
        )
    if plan.rows.transitions is not None:
        raise EstimandError(
            f"model '{plan.spec.name}' is an illness-death model and has no one survival, median or restricted mean; "
            "ask posterior.states(months) for the probability of each state (start: free of progression; start + "
            "progressed: alive), posterior.after_progression(months) for survival after progression, "
            "posterior.months_in_states(until) for the time in each"
        )


def completed(asked: Estimand, plan: ModelPlan) -> Estimand:
    """Return the estimand with defaults filled in: reference levels, units."""
    return complete(asked, plan.design) if isinstance(asked, HazardRatio) else asked


def time_of(asked: Estimand) -> float:
    """Return the month that belongs to an estimand; NaN where none does."""
    match asked:
        case SurvivalAt(time=time):
            return time
        case RMSTDifference(until=until):
            return until
        case HazardRatio(at=at) if at is not None:
            return at
        case HazardRatio() | MedianSurvival():
            return math.nan
        case _:
            assert_never(asked)
