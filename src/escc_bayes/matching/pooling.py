"""The matched analyses of several reconstructions of one print as one.

Cox and its kin by Rubin's rules; posteriors as equal mixtures, each taken to be normal on the log scale; probabilities
as means. docs/methods/ensembles.md.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from scipy.special import ndtri

from escc_bayes.data.cohort import Cohort
from escc_bayes.estimand.printed import number
from escc_bayes.estimand.tables import Row
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.matching.answer import Answer
from escc_bayes.matching.over_time import FEWEST, usual_cuts
from escc_bayes.matching.posterior import counted, mixture
from escc_bayes.matching.run import Match

OF_FIRST = "design, balance, pairs, weights and cohort.csv are those of the first"
# Quantities whose limits lie symmetrically about the logarithm.
ON_LOG = ("hazard_ratio", "median")
LIMITS = ("lower", "upper")


def pooled(members: Sequence[Match]) -> Match:
    """Return the first member's match with the hazard ratios, contrasts and subgroups of all.

    Its design, balance, pairs, weights and cohort stay those of the first.
    """
    first = members[0]
    if len(members) == 1:
        return first
    answers = tuple(pool_answers([m.answer(one.method) for m in members]) for one in first.answers)
    return replace(
        first,
        answers=answers,
        contrasts=tuple(pool_rows([m.contrasts for m in members], first.asked.level)),
        subgroups=tuple(pool_rows([m.subgroups for m in members], first.asked.level)),
        sentences=(*first.sentences, words(first, len(members))),
    )


def common_cuts(cohorts: Sequence[Cohort], endpoint: str) -> tuple[float, ...]:
    """Return ends of periods for all members alike: those with events enough in the average member."""
    own = [cohort.endpoint(endpoint) for cohort in cohorts]
    months = np.concatenate([data.time[data.event == 1.0] for data in own])
    return usual_cuts(months, FEWEST * len(cohorts))


def words(first: Match, count: int) -> str:
    """Say what is of all members, and what of the first."""
    said = f"Hazard ratios, contrasts and subgroups are pooled over {count} reconstructions, each analysed by itself"
    return f"{said}; all else is of the first." if first.asked.method == "none" else f"{said}; {OF_FIRST}."


def pool_answers(found: Sequence[Answer]) -> Answer:
    """Return the row of one method over the members that have it."""
    known = [one for one in found if not math.isnan(one.hr)]
    if not known:
        return found[0]
    first, level = known[0], known[0].level
    log_hr, se = np.log([one.hr for one in known]), np.array([one.se for one in known])
    middle, error, limits = combine(log_hr, se, level, credible=first.interval == "credible")
    n, events = ([getattr(one, word) for one in known] for word in ("n", "events"))
    said = (f"{len(known)} of {len(found)} reconstructions pooled", counted("n", n), counted("events", events))
    bad = [one.verdict for one in known if one.verdict != "ok"]
    return replace(
        first,
        hr=math.exp(middle),
        lower=math.exp(limits[0]),
        upper=math.exp(limits[1]),
        se=error,
        n=round(float(np.median(n))),
        events=round(float(np.median(events))),
        prob_lt_1=float(np.mean([one.prob_lt_1 for one in known])),
        prob_lt_08=float(np.mean([one.prob_lt_08 for one in known])),
        verdict=bad[0] if bad else "ok",
        note="; ".join(part for part in said if part),
    )


def combine(
    value: FloatArray, se: FloatArray, level: float, *, credible: bool
) -> tuple[float, float, tuple[float, float]]:
    """Return estimate, error and limits of several: a mixture of normals, or Rubin's rules.

    Examples
    --------
    >>> round(combine(np.array([0.0, 1.0]), np.array([1.0, 1.0]), 0.95, credible=False)[1] ** 2, 6)
    1.75
    """
    tail = (1.0 - level) / 2.0
    if credible:
        drawn = mixture(value, se)
        lower, middle, upper = np.quantile(drawn, [tail, 0.5, 1.0 - tail]).tolist()
        return middle, float(drawn.std()), (lower, upper)
    between = float(value.var(ddof=1)) if value.size > 1 else 0.0
    error = math.sqrt(float(np.mean(se**2)) + (1.0 + 1.0 / value.size) * between)
    middle, reach = float(value.mean()), float(ndtri(1.0 - tail)) * error
    return middle, error, (middle - reach, middle + reach)


def pool_rows(members: Sequence[Sequence[Row]], level: float) -> list[Row]:
    """Return rows of several members as one table: those that say the same thing become one row."""
    by_key: dict[tuple[str, ...], list[Row]] = {}
    for rows in members:
        for row in rows:
            by_key.setdefault(key_of(row), []).append(row)
    return [pool_row(found, len(members), level) for found in by_key.values()]


def key_of(row: Row) -> tuple[str, ...]:
    """Return what rows of several members have in common."""
    return tuple(str(row.get(word, "")) for word in ("quantity", "group", "within", "time", "method"))


def pool_row(found: Sequence[Row], count: int, level: float) -> Row:
    """Return several rows as one; members without a number are left out, and counted."""
    name = "value" if "value" in found[0] else "hr"
    log = name == "hr" or found[0]["quantity"] in ON_LOG
    to: Callable[[float], float] = math.log if log else float
    back: Callable[[float], float] = math.exp if log else float
    values = [number(row[name]) for row in found]
    known = [row for row, value in zip(found, values, strict=True) if math.isfinite(value) and (value > 0.0 or not log)]
    said = [f"{len(known)} of {count} reconstructions pooled"]
    note = "; ".join([*said, str(found[0]["note"])]).rstrip("; ")
    pooled_row = {**found[0], **counts(found), **tests_of(found), "note": note}
    if not known or (found[0].get("quantity") == "median" and 2 * len(known) <= count):
        return {**pooled_row, name: math.nan, "lower": usual_lower(found), "upper": math.nan}
    middles = np.array([to(number(row[name])) for row in known])
    credible = found[0]["interval"] == "credible"
    z = float(ndtri(0.5 + level / 2.0))
    sides = [np.array([abs(to_scale(row[word], to) - to(number(row[name]))) for row in known]) / z for word in LIMITS]
    reached = [np.isfinite(side) for side in sides]
    at = [limit_of(middles, side, k, level, credible=credible) for k, side in enumerate(sides)]
    # Probabilities have no limits: their mean.
    spread = credible and any(side.any() for side in reached)
    middle = float(np.median(mixture(middles, both(sides)))) if spread else float(middles.mean())
    few = min(int(side.sum()) for side in reached)
    if few < len(known):
        pooled_row["note"] = f"{pooled_row['note']}; both limits are reached in {few}"
    numbers = {name: back(middle), "lower": back(at[0]), "upper": back(at[1])}
    return {**pooled_row, **numbers, **counts(known)}


def limit_of(middles: FloatArray, side: FloatArray, place: int, level: float, *, credible: bool) -> float:
    """Return the lower (0) or upper (1) limit of several, of errors that are NaN where a member does not reach it.

    Not reached, NaN, where half of the members or more do not; else those are taken to be as far off as the others.
    """
    if 2 * int(np.isfinite(side).sum()) <= side.size:
        return math.nan
    return combine(middles, filled(side), level, credible=credible)[2][place]


def both(sides: Sequence[FloatArray]) -> FloatArray:
    """Return the mean error of both sides, or that of the one that is known; 0 where neither is."""
    known = np.array([np.where(np.isfinite(side), side, np.nan) for side in sides])
    there = np.isfinite(known)
    return np.asarray(np.nansum(known, axis=0) / np.maximum(there.sum(axis=0), 1))


def filled(side: FloatArray) -> FloatArray:
    """Return errors (k,) with the root mean square of those known in place of NaN."""
    known = np.isfinite(side)
    return np.where(known, side, math.sqrt(float(np.mean(side[known] ** 2))))


def to_scale(value: object, to: Callable[[float], float]) -> float:
    """Return a limit on the scale of pooling; NaN where it is not reached, or is 0 on a log."""
    limit = number(value)
    return math.nan if not math.isfinite(limit) or (to is math.log and limit <= 0.0) else to(limit)


def usual_lower(found: Sequence[Row]) -> float:
    """Return the median lower limit of rows whose number is not reached; NaN where half or more have none."""
    lower = [number(row["lower"]) for row in found]
    middle = float(np.median([math.inf if math.isnan(one) else one for one in lower]))
    return middle if math.isfinite(middle) else math.nan


def tests_of(found: Sequence[Row]) -> dict[str, float | int]:
    """Return the test of interaction of several rows: medians, and the range of P; nothing where rows have none."""
    if "p_interaction" not in found[0]:
        return {}
    tested = [row for row in found if math.isfinite(number(row["p_interaction"]))]
    if not tested:
        return {}
    p = [number(row["p_interaction"]) for row in tested]
    chi2, df = (float(np.median([number(row[word]) for row in tested])) for word in ("chi2", "df"))
    return {"chi2": chi2, "df": round(df), "p_interaction": float(np.median(p)), "p_low": min(p), "p_high": max(p)}


def counts(found: Sequence[Row]) -> dict[str, int]:
    """Return median patients and events of several rows."""
    return {word: round(float(np.median([number(row[word]) for row in found]))) for word in ("n", "events")}
