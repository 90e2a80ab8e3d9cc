"""``guarantee.csv``: what rules of inclusion make by themselves, contrast by contrast, of one cohort or of several.

Of reconstructions each member has simulations of its own, as many as the others: the ratio is the mean of the log
ratios over all, the range holds a share of all. docs/methods/time_zero.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from escc_bayes.classical.coding import classical_design, covariates_spec
from escc_bayes.data.cohort import Cohort
from escc_bayes.data.guarantee import GuaranteeRules
from escc_bayes.estimand.contrast import standard_contrasts, weights
from escc_bayes.estimand.estimand import contrast_words
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.errors import some_of
from escc_bayes.foundation.seeds import Seed, generator, stream
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.selection import select_rows
from escc_bayes.time_zero.guarantee import closed_form, guaranteed_months, no_effect, simulated_ratios
from escc_bayes.time_zero.views import naive_cohort

SIMULATIONS, FEWEST = 2000, 100


@dataclass(frozen=True, slots=True)
class Simulated:
    """One contrast of one cohort without an effect.

    Attributes
    ----------
    contrast : in words.
    logs, hits : (simulations,) naive log hazard ratios, NaN where there is none, and which a test calls an effect.
    guaranteed : months of both groups; of a number the median and NaN.
    closed : the closed form under a constant hazard.
    n, events : patients and events.
    note : whose follow-up the rules contradict.
    """

    contrast: str
    logs: FloatArray
    hits: FloatArray
    guaranteed: tuple[float, float]
    closed: float
    n: int
    events: int
    note: str

    @property
    def finite(self) -> FloatArray:
        """The log ratios that there are."""
        return np.asarray(self.logs[np.isfinite(self.logs)])


def guarantee_rows(
    cohorts: Sequence[Cohort],
    endpoint: str,
    name: str,
    rules: GuaranteeRules,
    *,
    level: float,
    seed: Seed,
    simulations: int = SIMULATIONS,
) -> list[Row]:
    """Return ``guarantee.csv``: for each contrast the hazard ratio from time zero that the rules make by themselves.

    Parameters
    ----------
    cohorts : one; or all reconstructions of one, which are pooled with equal weights.
    level : of the range over simulated cohorts, and of the tests whose false positives are counted.
    simulations : SIMULATED cohorts in all, 100 of each reconstruction at least.
    """
    several = len(cohorts) > 1
    each = max(simulations // len(cohorts), FEWEST) if several else simulations
    by_contrast: dict[str, list[Simulated]] = {}
    for place, cohort in enumerate(cohorts):
        own = stream(seed, str(place)) if several else seed
        for one in simulated(cohort, endpoint, name, rules, level=level, seed=own, simulations=each):
            by_contrast.setdefault(one.contrast, []).append(one)
    head = {"endpoint": endpoint, "term": name}
    provenance = cohorts[0].provenance
    return [
        {**head, **row_of(found, level), "provenance": provenance, "note": note_of(found, len(cohorts))}
        for found in by_contrast.values()
    ]


def simulated(
    cohort: Cohort, endpoint: str, name: str, rules: GuaranteeRules, *, level: float, seed: Seed, simulations: int
) -> list[Simulated]:
    """Return every contrast of one cohort, simulated under one hazard for all."""
    data = cohort.covariate(name)
    seen = cohort if data.changes is None else naive_cohort(cohort, data)
    rows = select_rows(seen, endpoint, (name,), naive=True)
    design = classical_design(covariates_spec(endpoint, (name,), rows), rows)[0]
    guaranteed = guaranteed_months(rows.covariates[name], rules)
    asked = standard_contrasts(design)
    logs, hits = simulated_ratios(
        design.columns,
        np.stack([weights(one, design) for one in asked]),
        no_effect(rows, guaranteed),
        guaranteed,
        generator(seed, "guarantee", name),
        simulations,
        level,
    )
    rate = float(rows.event.sum() / np.maximum(rows.time - guaranteed, 0.0).sum())
    both = [groups_guaranteed(rows, name, guaranteed, one.level, one.versus) for one in asked]
    note = broken_words(rows, guaranteed)
    return [
        Simulated(
            contrast_words(one),
            logs[:, place],
            hits[:, place],
            both[place],
            closed_form(rate, *both[place]),
            rows.n,
            rows.events,
            note,
        )
        for place, one in enumerate(asked)
    ]


def row_of(found: Sequence[Simulated], level: float) -> Row:
    """Return one contrast over all its cohorts."""
    logs = [one.finite for one in found]
    every = np.concatenate(logs)
    mean = float(np.mean([own.mean() for own in logs]))
    error = math.sqrt(sum(own.var(ddof=1) / own.size for own in logs)) / len(logs)
    tail = 0.5 - level / 2.0
    low, high = np.exp(np.quantile(every, [tail, 1.0 - tail])).tolist()
    hits = np.concatenate([one.hits for one in found])
    share = float(hits.mean())
    return {
        "contrast": found[0].contrast,
        "guaranteed": middle([one.guaranteed[0] for one in found]),
        "versus_guaranteed": middle([one.guaranteed[1] for one in found]),
        "hr": math.exp(mean),
        "mc_error": math.exp(mean) * error,
        "lower": low,
        "upper": high,
        "level": level,
        "false_positive": share,
        "false_positive_mc_error": math.sqrt(share * (1.0 - share) / hits.size),
        "hr_closed_form": math.exp(float(np.mean([math.log(one.closed) for one in found]))),
        "simulations": every.size,
        "n": round(middle([one.n for one in found])),
        "events": round(middle([one.events for one in found])),
    }


def middle(values: Sequence[float]) -> float:
    """Return the median over cohorts."""
    return float(np.median(values))


def note_of(found: Sequence[Simulated], cohorts: int) -> str:
    """Say over how many reconstructions a row is pooled and how far these lie apart; and whom the rules contradict."""
    broken = [one.note for one in found if one.note]
    if cohorts == 1:
        return broken[0] if broken else ""
    ratios = np.exp([one.finite.mean() for one in found])
    events = [one.events for one in found]
    parts = (
        f"{len(found)} of {cohorts} reconstructions pooled, ratios {ratios.min():.3f} to {ratios.max():.3f}",
        f"events {min(events)} to {max(events)}" if min(events) < max(events) else "",
        f"in {len(broken)} of {cohorts}, of the first: {broken[0]}" if broken else "",
    )
    return "; ".join(part for part in parts if part)


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


def broken_words(rows: AnalysisRows, guaranteed: FloatArray) -> str:
    """Say who ended follow-up before his guaranteed months: the rules cannot have held for them."""
    broken = np.flatnonzero(rows.time <= guaranteed)
    if not broken.size:
        return ""
    shown = some_of([f"{rows.ids[i]} ({rows.time[i]:.3g} of {guaranteed[i]:.3g})" for i in broken.tolist()], most=3)
    return f"{broken.size} patient(s) were followed for less than the rules guarantee: {shown}"
