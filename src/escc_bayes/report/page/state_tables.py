"""The tables of several transitions: states over time, survival after progression, months in states, incidences.

Each posterior with Aalen-Johansen, or Kaplan-Meier since progression, beside. docs/methods/illness_death.md,
docs/methods/competing_causes.md.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from scipy.special import ndtri

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.classical.aalen_johansen import (
    aalen_johansen,
    limits,
    months_in_states,
    since_progression,
    stays,
)
from escc_bayes.classical.curves import km_answer
from escc_bayes.classical.fit import fit_classical_plan
from escc_bayes.estimand.behind import of_group
from escc_bayes.estimand.estimand import MedianSurvival, SurvivalAt
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.estimand.states import median_after
from escc_bayes.estimand.tables import Row
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.report.page.state_groups import (
    EVERYONE,
    GROUP,
    Asked,
    Fitted,
    asked_of,
    cohorts_of,
    counted,
    fewer_draws,
    head_of,
    members,
    months_of,
    quantiles,
)
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.transitions import DEATH_AFTER, PROGRESSION, STATES

# Months after progression at which survival is read.
LATER = (12.0, 24.0)
READ = (36.0, 24.0, 12.0)


def state_tables(posteriors: Iterable[Fitted], level: float) -> dict[str, list[Row]]:
    """Return the tables of illness-death models and of competing causes; none of models of one endpoint."""
    found: dict[str, list[Row]] = {}
    for posterior in posteriors:
        transitions = posterior.plan.rows.transitions
        if transitions is not None and not transitions.marginal:
            own = incidences(posterior, level) if transitions.competing else tables_of(posterior, level)
            for name, rows in own.items():
                found.setdefault(name, []).extend(rows)
    return found


def incidences(posterior: Fitted, level: float) -> Mapping[str, list[Row]]:
    """Return ``cumulative_incidence`` of one model of competing causes, each group standardised over everyone.

    Aalen-Johansen beside it is of groups as they are.
    """
    own, months = fewer_draws(posterior), months_of(posterior)
    groups = [one for one in asked_of(posterior.plan) if one.population == EVERYONE]
    rows = [
        row
        for one in groups
        for row in incidence_rows(
            head_of(posterior.plan, posterior.method, one),
            posterior.plan.rows.transition_names,
            months,
            quantiles(own.cumulative_incidence(months, **one.options), level),
            level,
        )
    ]
    for one in groups if isinstance(posterior, Posterior) else ():
        if one.throughout:
            continue
        probability, error = aalen_johansen(posterior.plan.rows, members(posterior.plan.rows, one)).at(months)
        found = np.stack([probability, *limits(probability, error, level)])[..., 1:]
        head, names = head_of(posterior.plan, "aalen_johansen", one), posterior.plan.rows.transition_names
        rows += incidence_rows(head, names, months, found, level)
    return {"cumulative_incidence": rows}


def incidence_rows(
    head: Mapping[str, object], causes: Sequence[str], months: FloatArray, found: FloatArray, level: float
) -> Iterator[Row]:
    """Yield a row for each cause and month (t,) of value and limits (3, t, causes)."""
    for which, cause in enumerate(causes):
        for place, month in enumerate(months.tolist()):
            value, lower, upper = found[:, place, which].tolist()
            yield {
                **head,
                "cause": cause,
                "time": month,
                "probability": value,
                "lower": lower,
                "upper": upper,
                "level": level,
            }


def tables_of(posterior: Fitted, level: float) -> Mapping[str, list[Row]]:
    """Return the tables of one illness-death model; of an ensemble posteriors alone, as what is beside has no pool."""
    own = fewer_draws(posterior)
    groups = asked_of(posterior.plan)
    beside = isinstance(posterior, Posterior)
    as_they_are = [one for one in groups if beside and (one.population == GROUP or not one.term)]
    return {
        "states": [
            *(row for one in groups for row in bayes_states(own, one, level)),
            *(row for one in as_they_are for row in classical_states(own, one, level)),
        ],
        "after_progression": [
            *(row for one in groups for row in bayes_after(own, one, level)),
            *(row for one in as_they_are for row in classical_after(own.plan, one, level)),
        ],
        "time_in_states": [
            *(row for one in groups for row in bayes_months(own, one, level)),
            *(row for one in as_they_are for row in classical_months(own, one, level)),
        ],
    }


def bayes_states(posterior: Fitted, asked: Asked, level: float) -> Iterator[Row]:
    """Yield rows of ``states.csv`` of a posterior."""
    months = months_of(posterior)
    found = quantiles(posterior.states(months, **asked.options), level)
    yield from state_rows(head_of(posterior.plan, posterior.method, asked), months, found, level, asked.population)


def classical_states(posterior: Fitted, asked: Asked, level: float) -> Iterator[Row]:
    """Yield rows of ``states.csv`` of Aalen-Johansen."""
    plan, months = posterior.plan, months_of(posterior)
    rows = plan.rows
    probability, error = aalen_johansen(rows, members(rows, asked)).at(months)
    found = np.stack([probability, *limits(probability, error, level)])
    yield from state_rows(head_of(plan, "aalen_johansen", asked), months, found, level, asked.population)


def state_rows(
    head: Mapping[str, object], months: FloatArray, found: FloatArray, level: float, population: str
) -> Iterator[Row]:
    """Yield a row for each month (t,) and state of value and limits (3, t, states)."""
    for place, month in enumerate(months.tolist()):
        for state, name in enumerate(STATES):
            value, lower, upper = found[:, place, state].tolist()
            yield {
                **head,
                "time": month,
                "state": name,
                "probability": value,
                "lower": lower,
                "upper": upper,
                "level": level,
                "population": population,
            }


def bayes_after(posterior: Fitted, asked: Asked, level: float) -> Iterator[Row]:
    """Yield rows of ``after_progression.csv`` of a posterior: survival at months after progression, and the median."""
    plan = posterior.plan
    longest = min(float(since_progression(rows).time.max()) for rows in cohorts_of(posterior))

    def curve(months: FloatArray) -> FloatArray:
        return posterior.after_progression(months, **asked.options)

    alive = quantiles(curve(np.array(LATER)), level)
    median = quantiles(median_after(curve, longest), level)
    numbers = [("survival", month, alive[:, place]) for place, month in enumerate(LATER)]
    for estimand, month, found in [*numbers, ("median", math.nan, median)]:
        value, lower, upper = (math.nan if math.isinf(x) else x for x in found.tolist())
        far = f"beyond the longest follow-up after progression, {longest:.1f} months: extrapolated"
        yield {
            **head_of(plan, posterior.method, asked),
            "estimand": estimand,
            "time": month,
            "value": value,
            "lower": lower,
            "upper": upper,
            "level": level,
            "interval": "credible",
            "population": asked.population,
            **counted(posterior, asked, DEATH_AFTER),
            "provenance": posterior.record.provenance,
            "clock": plan.rows.clock,
            "verdict": posterior.verdict,
            "note": far if month > longest else "",
        }


def classical_after(plan: ModelPlan, asked: Asked, level: float) -> Iterator[Row]:
    """Yield rows of ``after_progression.csv`` of Kaplan-Meier in months since progression, of a group as it is."""
    rows = since_progression(plan.rows)
    behind = of_group(plan.rows, asked.term, asked.group, transition=DEATH_AFTER)
    if not behind.n:
        return
    questions: list[SurvivalAt | MedianSurvival] = [SurvivalAt(month, asked.term, asked.group) for month in LATER]
    for question in [*questions, MedianSurvival(asked.term, asked.group)]:
        found = km_answer(question, rows, level)
        yield {
            **head_of(plan, "km", asked),
            "estimand": "survival" if isinstance(question, SurvivalAt) else "median",
            "time": question.time if isinstance(question, SurvivalAt) else math.nan,
            "value": found.value,
            "lower": found.lower,
            "upper": found.upper,
            "level": level,
            "interval": "confidence",
            "population": asked.population,
            "n": behind.n,
            "events": behind.events,
            "provenance": plan.rows.provenance,
            "clock": "progression",
            "verdict": "ok",
            "note": found.note,
        }


def bayes_months(posterior: Fitted, asked: Asked, level: float) -> Iterator[Row]:
    """Yield rows of ``time_in_states.csv``: mean months in each state to the last of 12, 24 and 36 that was reached."""
    until = last_read(posterior)
    found = quantiles(posterior.months_in_states(until, **asked.options), level)
    head = head_of(posterior.plan, posterior.method, asked)
    yield from month_rows(head, posterior, asked, found, level, "credible")


def classical_months(posterior: Fitted, asked: Asked, level: float) -> Iterator[Row]:
    """Yield the same of Aalen-Johansen, of a group as it is that was followed so far."""
    rows, until = posterior.plan.rows, last_read(posterior)
    inside = members(rows, asked)
    whose = np.ones(rows.n, dtype=bool) if inside is None else inside
    if max((float(stay.time[whose[stay.patient]].max(initial=0.0)) for stay in stays(rows)), default=0.0) < until:
        return
    value, error = months_in_states(rows, until, inside)
    half = float(ndtri(0.5 + level / 2.0)) * error
    found = np.stack([value, np.maximum(value - half, 0.0), np.minimum(value + half, until)])
    yield from month_rows(
        head_of(posterior.plan, "aalen_johansen", asked), posterior, asked, found, level, "confidence"
    )


def last_read(posterior: Fitted) -> float:
    """Return the last of 12, 24 and 36 months that follow-up reaches; else its end."""
    last = float(months_of(posterior)[-1])
    return next((month for month in READ if month <= last), last or 1.0)


def month_rows(
    head: Mapping[str, object], posterior: Fitted, asked: Asked, found: FloatArray, level: float, kind: str
) -> Iterator[Row]:
    """Yield a row for each state of value and limits (3, states)."""
    n, until = counted(posterior, asked, PROGRESSION)["n"], last_read(posterior)
    for state, name in enumerate(STATES):
        value, lower, upper = found[:, state].tolist()
        yield {
            **head,
            "state": name,
            "until": until,
            "months": value,
            "lower": lower,
            "upper": upper,
            "level": level,
            "interval": kind,
            "population": asked.population,
            "n": n,
            "provenance": posterior.record.provenance,
            "clock": posterior.plan.rows.clock,
            "verdict": posterior.verdict if kind == "credible" else "ok",
        }


def cause_specific(posteriors: Sequence[Posterior], level: float) -> list[Estimate]:
    """Return Cox's hazard ratios of each transition or endpoint, of the models of several."""
    return [
        e
        for posterior in posteriors
        if posterior.plan.rows.transitions is not None
        for e in fit_classical_plan(posterior.plan).hazard_ratios(level=level)
        if e.method == "cox"
    ]
