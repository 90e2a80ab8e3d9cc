"""The tables of several transitions: states over time, survival after progression, months in states, incidences.

Each posterior with Aalen-Johansen, or Kaplan-Meier since progression, beside. docs/methods/illness_death.md,
docs/methods/competing_causes.md.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from escc_bayes.bayes.posterior.ensemble_posterior import EnsemblePosterior
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.classical.aalen_johansen import aalen_johansen, limits, since_progression, stays
from escc_bayes.classical.curves import km_answer
from escc_bayes.classical.fit import fit_classical_plan
from escc_bayes.estimand.behind import of_group
from escc_bayes.estimand.estimand import MedianSurvival, SurvivalAt
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.estimand.states import averaged_over, median_after
from escc_bayes.estimand.tables import Row
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.transitions import DEATH_AFTER, PROGRESSION, STATES

type Fitted = Posterior | EnsemblePosterior

# Draws that states are computed of: limits are right to about 0.04 of a posterior SD; of many patients who differ,
# followed for many months, as few as ``FEWEST``, and limits are right to 0.09.
DRAWS, FEWEST = 4000, 1000
# Patients who differ x months x draws of one table: about a second of one core.
MOST = 60_000_000
# Months after progression at which survival is read.
LATER = (12.0, 24.0)
READ = (36.0, 24.0, 12.0)
EVERYONE, GROUP = "everyone", "group"
# What a covariate that changes is set to, from the start of the clock to the end of follow-up.
THROUGHOUT = ", throughout"


@dataclass(frozen=True, slots=True)
class Asked:
    """A group of a covariate, or all patients, in one population.

    ``throughout``: a value of a covariate that changes, held from the start of the clock to the end of follow-up.
    """

    term: str
    group: str
    population: str
    throughout: bool = False

    @property
    def label(self) -> str:
        """What tables call the group."""
        return f"{self.group}{THROUGHOUT}" if self.throughout else self.group

    @property
    def options(self) -> dict[str, str]:
        """The group and population as a posterior's methods take them."""
        return {"term": self.term, "group": self.group, "population": self.population}


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
        "time_in_states": [row for one in groups for row in bayes_months(own, one, level)],
    }


def asked_of(plan: ModelPlan) -> tuple[Asked, ...]:
    """Return all patients, then every group: standardised over everyone, and as it is.

    A covariate that changes during follow-up has no groups, as who is in one now was in another before: everyone is set
    to each of its values throughout.
    """
    found = [Asked("", "", EVERYONE)]
    for block in plan.design.blocks:
        if block.shown:
            for term, levels in zip(block.effect.covariates, block.levels, strict=True):
                if plan.design.schemas[term].changes:
                    found += [Asked(term, level, EVERYONE, throughout=True) for level in levels]
                    continue
                found += [Asked(term, level, whose) for whose in (EVERYONE, GROUP) for level in levels]
    return tuple(dict.fromkeys(found))


def cohorts_of(posterior: Fitted) -> tuple[AnalysisRows, ...]:
    """Return the rows of the cohort, or of each member of an ensemble."""
    members = posterior.members if isinstance(posterior, EnsemblePosterior) else (posterior,)
    return tuple(member.plan.rows for member in members)


def fewer_draws(posterior: Fitted) -> Fitted:
    """Return the posterior with the draws that states are computed of."""
    first = posterior.members[0] if isinstance(posterior, EnsemblePosterior) else posterior
    differ = averaged_over(first.plan, "", "", EVERYONE).share.size
    return posterior.thinned(min(DRAWS, max(FEWEST, MOST // (differ * months_of(posterior).size))))


def months_of(posterior: Fitted) -> FloatArray:
    """Return the months 0, 1, 2, ... to the end of follow-up since time zero; the shortest of an ensemble's."""
    last = min(max(float(stay.time.max()) for stay in stays(rows)) for rows in cohorts_of(posterior))
    return np.arange(math.floor(last) + 1.0)


def counted(posterior: Fitted, asked: Asked, transition: str) -> dict[str, int]:
    """Return patients at risk of a transition and its events in a group; the means of an ensemble's."""
    found = [of_group(rows, asked.term, asked.group, transition=transition) for rows in cohorts_of(posterior)]
    return {"n": round(np.mean([one.n for one in found])), "events": round(np.mean([one.events for one in found]))}


def quantiles(draws: FloatArray, level: float) -> FloatArray:
    """Return median and limits of draws (D, ...), (3, ...); those beyond every number are infinite."""
    tail = (1.0 - level) / 2.0
    return np.asarray(np.quantile(draws, [0.5, tail, 1.0 - tail], axis=0, method="nearest"))


def head_of(plan: ModelPlan, method: str, asked: Asked) -> dict[str, object]:
    """Return the columns that every row begins with."""
    model = plan.spec.name
    return {
        "endpoint": plan.rows.endpoint,
        "model": model,
        "method": method,
        "term": asked.term,
        "group": asked.label,
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


def members(rows: AnalysisRows, asked: Asked) -> np.ndarray | None:
    """Return which patients are in a group; None: all."""
    if not asked.term:
        return None
    covariate = rows.covariates[asked.term]
    return np.asarray(covariate.values[rows.first_rows()] == covariate.schema.levels.index(asked.group))


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
    plan = posterior.plan
    last = float(months_of(posterior)[-1])
    until = next((month for month in READ if month <= last), last or 1.0)
    found = quantiles(posterior.months_in_states(until, **asked.options), level)
    n = counted(posterior, asked, PROGRESSION)["n"]
    for state, name in enumerate(STATES):
        value, lower, upper = found[:, state].tolist()
        yield {
            **head_of(plan, posterior.method, asked),
            "state": name,
            "until": until,
            "months": value,
            "lower": lower,
            "upper": upper,
            "level": level,
            "interval": "credible",
            "population": asked.population,
            "n": n,
            "provenance": posterior.record.provenance,
            "clock": plan.rows.clock,
            "verdict": posterior.verdict,
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
