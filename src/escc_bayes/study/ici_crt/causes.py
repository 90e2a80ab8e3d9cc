"""Cumulative incidence of failure by pattern, and of death without failure, as competing causes."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from escc_bayes.bayes.posterior.ensemble_posterior import EnsemblePosterior
from escc_bayes.classical.aalen_johansen import aalen_johansen, limits
from escc_bayes.foundation.sentence import capital
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.words import percent
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.reading import load_spec
from escc_bayes.spec.request import Outcome
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.transitions import COMPETING, CompetingCauses
from escc_bayes.study.coded import Coded
from escc_bayes.study.counted import HEAD, Counted, counted
from escc_bayes.study.middle import Middle, middle
from escc_bayes.study.of_draws import DRAWS, of_draws
from escc_bayes.study.part import Row, StudyTable, table_of
from escc_bayes.study.subject import Subject
from escc_bayes.study.whole_model import fitted

MONTHS = (12.0, 24.0, 36.0)
FAILURE, DEATH, UNKNOWN = "failure", "death without failure", "failure, pattern not known"
NOTE = (
    "Posterior: piecewise hazards of each cause, without covariates; Aalen-Johansen of the same patients beside. Death "
    "competes with failure: one minus Kaplan-Meier would count those who died as if they could still fail."
)


def first_events(subject: Subject) -> list[FloatArray]:
    """Return of each member who failed (1), died without failure (2) or neither (0); death at the month of PFS is one.

    As the illness-death model reads them: an event of PFS is a death where the patient died in that month.
    """
    found = []
    for death, first in zip(subject.followed("os"), subject.followed("pfs"), strict=True):
        died = (first.event == 1.0) & (death.event == 1.0) & (first.time >= death.time)
        found.append(np.where(died, 2.0, np.where(first.event == 1.0, 1.0, 0.0)))
    return found


def cause_factor(subject: Subject) -> Coded:
    """Return the cause of each event of PFS: a pattern that the cohort has, or failure; death without failure."""
    firsts = first_events(subject)
    labels: dict[str, str] = {}
    if subject.has("failure"):
        patterns = subject.column("failure").schema.levels
        labels = dict(zip(patterns, subject.levels_read("failure"), strict=True))
        values, missing = [], False
        for first, data in zip(firsts, subject.columns("failure"), strict=True):
            unknown = (first == 1.0) & data.missing
            missing = missing or bool(unknown.any())
            code = np.where(first == 1.0, np.where(unknown, len(patterns) + 1, data.values), len(patterns))
            values.append(np.where(first == 0.0, np.nan, code))
        groups = (*patterns, DEATH, *((UNKNOWN,) if missing else ()))
    else:
        values = [np.where(first == 0.0, np.nan, first - 1.0) for first in firsts]
        groups = (FAILURE, DEATH)
    seen = [place for place in range(len(groups)) if all((v == place).any() for v in values)]
    kept = [sum(np.where(v == old, new, 0.0) for new, old in enumerate(seen)) for v in values]
    coded = [np.where(np.isin(v, seen), k, np.nan) for v, k in zip(values, kept, strict=True)]
    kept_groups = tuple(groups[place] for place in seen)
    return Coded("cause", "cause", "First event", kept_groups, tuple(coded), 0.0, ordered=False, labels=labels)


def cause_spec(subject: Subject) -> ModelSpec:
    """Return piecewise hazards of each cause, the baseline that of the shipped illness-death model."""
    shipped = load_spec("illness_death")
    outcome = Outcome(COMPETING, states=CompetingCauses(subject.endpoints["pfs"], "cause"))
    return replace(shipped, name="causes_all_patients", outcome=outcome, effects=(), transitions=())


def incidence_table(subject: Subject) -> StudyTable:
    """Return the share of patients who had each first event by 12, 24 and 36 months."""
    factor = cause_factor(subject)
    posterior = fitted(subject, cause_spec(subject), (factor,))
    members = posterior.members if isinstance(posterior, EnsemblePosterior) else (posterior,)
    at = np.array(MONTHS)
    draws = posterior.thinned(DRAWS).cumulative_incidence(at)
    names = members[0].plan.rows.transition_names
    observed = [with_limits(member.plan.rows, at, subject.level)[..., 1:] for member in members]
    rows: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for which, name in enumerate(names):
        had = tuple(float((values == which).sum()) for values in factor.values)
        of = Counted(counted(subject, "pfs").n, had)
        cells.append((capital(factor.labels.get(name, name)),))
        for place, month in enumerate(MONTHS):
            bayes = of_draws(draws[:, place, which], subject.level)
            classical = middle([tuple(found[:, place, which].tolist()) for found in observed])
            cells.append((f"by {month:g} months", of.words, classical.words(percent), bayes.words(percent)))
            rows += [{**row, **of.row} for row in rows_of(subject, name, month, classical, bayes)]
    level = f"{100 * subject.level:g} %"
    head = ("First event", HEAD, f"Aalen-Johansen, % ({level} confidence)", f"Posterior, % ({level} credible)")
    return table_of("table6_incidence", "cumulative incidence of first events", rows, head, cells, note=NOTE)


def with_limits(rows: AnalysisRows, at: FloatArray, level: float) -> FloatArray:
    """Return Aalen-Johansen's probability of each state at months (t,) with its limits, (3, t, states)."""
    probability, error = aalen_johansen(rows).at(at)
    return np.stack([probability, *limits(probability, error, level)])


def rows_of(subject: Subject, cause: str, month: float, classical: Middle, bayes: Middle) -> Sequence[Row]:
    """Return the numbers of one cause at one month by both methods."""
    return [
        {
            "cause": cause,
            "time": month,
            "method": method,
            "probability": found.value,
            "lower": found.lower,
            "upper": found.upper,
            "level": subject.level,
            "members": len(subject.members),
        }
        for method, found in (("aalen_johansen", classical), ("bayes", bayes))
    ]
