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
    if not known:
        return pooled_row
    z = float(ndtri(0.5 + level / 2.0))
    width = np.array([to_width(row, to) for row in known]) / (2.0 * z)
    reached = np.isfinite(width)
    middles = np.array([to(number(row[name])) for row in known])
    if not reached.any():
        return {**pooled_row, name: back(float(middles.mean())), "lower": math.nan, "upper": math.nan, **counts(known)}
    # A limit that some members do not reach is taken to be as far off in them as in the others, and the note says so.
    se = np.where(reached, width, math.sqrt(float(np.mean(width[reached] ** 2))))
    middle, _, (lower, upper) = combine(middles, se, level, credible=found[0]["interval"] == "credible")
    if not reached.all():
        pooled_row["note"] = f"{pooled_row['note']}; limits are those of the {int(reached.sum())} that reach both"
    return {**pooled_row, name: back(middle), "lower": back(lower), "upper": back(upper), **counts(known)}


def to_width(row: Row, to: Callable[[float], float]) -> float:
    """Return the distance of both limits on the scale of pooling; NaN where one is not reached, or is 0 on a log."""
    lower, upper = number(row["lower"]), number(row["upper"])
    if not (math.isfinite(lower) and math.isfinite(upper)) or (to is math.log and lower <= 0.0):
        return math.nan
    return to(upper) - to(lower)


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
