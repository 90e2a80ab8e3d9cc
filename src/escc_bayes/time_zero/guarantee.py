"""Guarantee time: months that a rule of inclusion lets nobody die in, and the hazard ratio that this alone makes.

Who is included only with so many cycles had to live for them: G = lead + cycles x interval x fraction. Where G differs
between groups, a hazard ratio from time zero differs from 1 without any effect. Simulated under one hazard for all; the
closed form of a constant one without censoring stands beside. docs/methods/time_zero.md.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from escc_bayes.classical.cox import cox
from escc_bayes.classical.newton import CollinearError
from escc_bayes.data.covariates import CovariateData
from escc_bayes.data.guarantee import EVERY, GuaranteeRules
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import CohortError
from escc_bayes.hazard.piecewise import FloatArray, cumulative_hazard, event_quantile_cuts, person_months, time_at
from escc_bayes.spec.rows import AnalysisRows

PIECES = 4
# A hazard of 0 has no logarithm; beyond this many months nobody is simulated.
NO_HAZARD, LONGEST = -50.0, 1e4


def guaranteed_months(data: CovariateData, rules: GuaranteeRules) -> FloatArray:
    """Return the months that each patient had to live to be included, (n,).

    Raises
    ------
    CohortError : a level that there is not; cycles by level of a number.

    Examples
    --------
    >>> from escc_bayes.data.bundled import example_cohort
    >>> stage = example_cohort("larynx").covariate("stage")
    >>> months = guaranteed_months(stage, GuaranteeRules({"IV": 4.0}, interval=0.7, fraction=0.75))
    >>> sorted(set(months.round(2).tolist()))
    [0.0, 2.1]
    """
    length, name, levels = rules.interval * rules.fraction, data.schema.name, data.schema.levels
    unknown = sorted(set(rules.levels) - set(levels))
    if unknown:
        known = suggestion(unknown[0], levels) if levels else f"'{name}' is a number: its values are the cycles"
        raise CohortError(f"guarantee time: '{name}' has no level '{unknown[0]}'; {known}")
    if not levels:
        cycles = rules.cycles.get(EVERY, np.maximum(data.values, 0.0))
        return np.broadcast_to(rules.lead_of(EVERY) + cycles * length, data.values.shape)
    by_level = np.array([rules.lead_of(level) + rules.cycles_of(level) * length for level in levels])
    return np.where(np.isnan(data.values), 0.0, by_level[np.nan_to_num(data.values).astype(np.int64)])


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
    logs, hits = (np.full((simulations, len(contrasts)), np.nan) for _ in range(2))
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


def closed_form(rate: float, guaranteed: float, versus: float) -> float:
    """Return the ratio of events per person-month under a constant hazard without censoring.

    A patient lives G + 1 / rate months on average, so that the ratio is (1 + rate G') / (1 + rate G).

    Examples
    --------
    >>> closed_form(0.05, 4.0, 0.0)
    0.8333333333333334
    """
    return (1.0 + rate * versus) / (1.0 + rate * guaranteed)
