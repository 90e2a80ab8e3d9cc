"""Guarantee time: months that a rule of inclusion lets nobody die in, and the hazard ratio that this alone makes.

Who is included only with so many cycles had to live for them: G = lead + cycles x interval x fraction. Where G differs
between groups, a hazard ratio from time zero differs from 1 without any effect. Simulated under one hazard for all; the
closed form of a constant one without censoring stands beside. docs/methods/time_zero.md.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from escc_bayes.classical.coding import classical_design, covariates_spec
from escc_bayes.classical.cox import cox
from escc_bayes.classical.newton import CollinearError
from escc_bayes.data.cohort import Cohort
from escc_bayes.data.covariates import CovariateData
from escc_bayes.estimand.contrast import standard_contrasts, weights
from escc_bayes.estimand.estimand import contrast_words
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import CohortError, some_of
from escc_bayes.foundation.seeds import Seed, generator
from escc_bayes.hazard.piecewise import FloatArray, cumulative_hazard, event_quantile_cuts, person_months, time_at
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.selection import select_rows
from escc_bayes.time_zero.views import naive_cohort

SIMULATIONS, PIECES = 2000, 4
# A hazard of 0 has no logarithm; beyond this many months nobody is simulated.
NO_HAZARD, LONGEST = -50.0, 1e4
GUARANTEE_COLUMNS = (
    *("endpoint", "term", "contrast", "guaranteed", "versus_guaranteed", "hr", "mc_error", "lower", "upper"),
    *("level", "false_positive", "false_positive_mc_error", "hr_closed_form", "simulations", "n", "events"),
    *("provenance", "note"),
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What patients had to receive to be included.

    Attributes
    ----------
    cycles : by level, "" for everybody; none of a number: its own values are the cycles.
    interval : months between cycles.
    fraction : share of the time of all cycles that a patient must at least live: of 4 cycles the last begins after 3/4.
    lead : by level, months before the first cycle that must be lived too.
    """

    cycles: Mapping[str, float]
    interval: float
    fraction: float = 1.0
    lead: Mapping[str, float] | None = None


def guaranteed_months(data: CovariateData, rules: Rules) -> FloatArray:
    """Return the months that each patient had to live to be included, (n,).

    Raises
    ------
    CohortError : a level that there is not; cycles by level of a number.

    Examples
    --------
    >>> from escc_bayes.data.bundled import example_cohort
    >>> stage = example_cohort("larynx").covariate("stage")
    >>> months = guaranteed_months(stage, Rules({"IV": 4.0}, interval=0.7, fraction=0.75))
    >>> sorted(set(months.round(2).tolist()))
    [0.0, 2.1]
    """
    length, lead = rules.interval * rules.fraction, rules.lead or {}
    name, levels = data.schema.name, data.schema.levels
    named = {level for level in (*rules.cycles, *lead) if level}
    unknown = sorted(named - set(levels))
    if unknown:
        known = suggestion(unknown[0], levels) if levels else f"'{name}' is a number: its values are the cycles"
        raise CohortError(f"guarantee time: '{name}' has no level '{unknown[0]}'; {known}")
    if not levels:
        cycles = rules.cycles.get("", np.maximum(data.values, 0.0))
        return np.broadcast_to(lead.get("", 0.0) + cycles * length, data.values.shape)
    by_level = np.array([lead.get(w, lead.get("", 0.0)) + cycles_of(rules, w) * length for w in levels])
    return np.where(np.isnan(data.values), 0.0, by_level[np.nan_to_num(data.values).astype(np.int64)])


def cycles_of(rules: Rules, level: str) -> float:
    """Return the cycles that a level had to receive."""
    return rules.cycles.get(level, rules.cycles.get("", 0.0))


@dataclass(frozen=True, slots=True)
class NoEffect:
    """One hazard of events and one of censoring for everybody beyond his guaranteed months."""

    cuts: FloatArray
    log_rates: FloatArray
    censoring: FloatArray

    @property
    def rates(self) -> tuple[FloatArray, FloatArray]:
        """Log rates of events and of censoring, (1, pieces) each."""
        return self.log_rates[None], self.censoring[None]


def no_effect(rows: AnalysisRows, guaranteed: FloatArray) -> NoEffect:
    """Return the hazards that fit everybody, with months counted from the end of each guarantee."""
    entry = np.maximum(np.where(guaranteed < rows.time, guaranteed, 0.0), rows.entry)
    cuts = event_quantile_cuts(rows.time, rows.event == 1.0, PIECES)
    months = person_months(rows.time, cuts, entry).sum(axis=0)
    place = np.searchsorted(cuts, rows.time, side="left")
    found = []
    for ended in (rows.event == 1.0, rows.event == 0.0):
        counts = np.bincount(place[ended], minlength=months.size)
        with np.errstate(divide="ignore"):
            logs = np.log(counts / np.maximum(months, np.finfo(float).tiny))
        found.append(np.where((counts > 0) & (months > 0.0), logs, NO_HAZARD))
    return NoEffect(cuts, *found)


def simulated_follow_up(
    hazards: NoEffect, guaranteed: FloatArray, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Return months and events (n,) of patients who outlive their guaranteed months and have no other difference."""
    times = []
    for rates in hazards.rates:
        passed = cumulative_hazard(rates, hazards.cuts, guaranteed)
        times.append(time_at(rates, hazards.cuts, passed + rng.exponential(size=(1, guaranteed.size)))[0])
    return np.minimum(np.minimum(*times), LONGEST), (times[0] <= np.minimum(times[1], LONGEST)).astype(np.float64)


def guarantee_rows(
    cohort: Cohort,
    endpoint: str,
    name: str,
    rules: Rules,
    *,
    level: float,
    seed: Seed,
    simulations: int = SIMULATIONS,
) -> list[Row]:
    """Return ``guarantee.csv``: for each contrast the hazard ratio from time zero that the rules make by themselves.

    Parameters
    ----------
    level : of the range over simulated cohorts, and of the tests whose false positives are counted.
    """
    data = cohort.covariate(name)
    seen = cohort if data.changes is None else naive_cohort(cohort, data)
    rows = select_rows(seen, endpoint, (name,), naive=True)
    spec = covariates_spec(endpoint, (name,), rows)
    design = classical_design(spec, rows)[0]
    guaranteed = guaranteed_months(rows.covariates[name], rules)
    hazards = no_effect(rows, guaranteed)
    rng = generator(seed, "guarantee", name)
    asked = standard_contrasts(design)
    logs, hits = simulated_ratios(
        design.columns, np.stack([weights(one, design) for one in asked]), hazards, guaranteed, rng, simulations, level
    )
    rate = float(rows.event.sum() / np.maximum(rows.time - guaranteed, 0.0).sum())
    found: list[Row] = []
    for place, one in enumerate(asked):
        drawn = logs[:, place][np.isfinite(logs[:, place])]
        mean, error = float(drawn.mean()), float(drawn.std(ddof=1) / math.sqrt(drawn.size))
        tail = 0.5 - level / 2.0
        low, high = np.exp(np.quantile(drawn, [tail, 1.0 - tail]))
        share = float(hits[:, place].mean())
        both = groups_guaranteed(rows, name, guaranteed, one.level, one.versus)
        found.append(
            {
                "endpoint": endpoint,
                "term": name,
                "contrast": contrast_words(one),
                "guaranteed": both[0],
                "versus_guaranteed": both[1],
                "hr": math.exp(mean),
                "mc_error": math.exp(mean) * error,
                "lower": float(low),
                "upper": float(high),
                "level": level,
                "false_positive": share,
                "false_positive_mc_error": math.sqrt(share * (1.0 - share) / len(hits)),
                "hr_closed_form": closed_form(rate, *both),
                "simulations": drawn.size,
                "n": rows.n,
                "events": rows.events,
                "provenance": cohort.provenance,
                "note": broken_words(rows, guaranteed),
            }
        )
    return found


def simulated_ratios(
    columns: FloatArray,
    contrasts: FloatArray,
    hazards: NoEffect,
    guaranteed: FloatArray,
    rng: np.random.Generator,
    simulations: int,
    level: float,
) -> tuple[FloatArray, FloatArray]:
    """Return naive log hazard ratios (simulations, contrasts) without an effect, and which a test would call one."""
    z = float(ndtri(0.5 + level / 2.0))
    logs, hits = (np.full((simulations, len(contrasts)), math.nan) for _ in range(2))
    for place in range(simulations):
        time, event = simulated_follow_up(hazards, guaranteed, rng)
        try:
            fit = cox(columns, time, event)
        except (CollinearError, ValueError):
            continue
        spread = np.sqrt(np.einsum("cp,pq,cq->c", contrasts, fit.covariance, contrasts))
        logs[place] = contrasts @ np.where(fit.infinite, np.nan, fit.coef)
        hits[place] = np.abs(logs[place]) > z * spread
    return logs, np.nan_to_num(hits)


def groups_guaranteed(
    rows: AnalysisRows, name: str, guaranteed: FloatArray, level: str | None, versus: str | None
) -> tuple[float, float]:
    """Return the guaranteed months of both groups of a contrast; of a number, their median and NaN."""
    data = rows.covariates[name]
    if level is None or versus is None:
        return float(np.median(guaranteed)), math.nan
    inside = (data.values == data.schema.levels.index(word) for word in (level, versus))
    first, second = (float(np.median(guaranteed[who])) for who in inside)
    return first, second


def closed_form(rate: float, guaranteed: float, versus: float) -> float:
    """Return the ratio of events per person-month under a constant hazard without censoring.

    A patient lives G + 1 / rate months on average, so that the ratio is (1 + rate G') / (1 + rate G).

    Examples
    --------
    >>> closed_form(0.05, 4.0, 0.0)
    0.8333333333333334
    """
    return (1.0 + rate * versus) / (1.0 + rate * guaranteed)


def broken_words(rows: AnalysisRows, guaranteed: FloatArray) -> str:
    """Say who ended follow-up before his guaranteed months: the rules cannot have held for them."""
    broken = np.flatnonzero(rows.time <= guaranteed)
    if not broken.size:
        return ""
    shown = some_of([f"{rows.ids[i]} ({rows.time[i]:.3g} of {guaranteed[i]:.3g})" for i in broken.tolist()], most=3)
    return f"{broken.size} patient(s) were followed for less than the rules guarantee: {shown}"
