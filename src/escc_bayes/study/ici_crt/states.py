"""Who is where: alive and free of progression, alive after progression, dead; by an illness-death model."""

from dataclasses import replace

import numpy as np

from escc_bayes.bayes.posterior.ensemble_posterior import EnsemblePosterior
from escc_bayes.plots.words import percent
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.reading import load_spec
from escc_bayes.spec.transitions import STATES, IllnessDeath
from escc_bayes.study.counted import HEAD, Counted, counted
from escc_bayes.study.ici_crt.causes import first_events, with_limits
from escc_bayes.study.middle import Middle, middle
from escc_bayes.study.of_draws import DRAWS, of_draws
from escc_bayes.study.part import Row, StudyTable, table_of
from escc_bayes.study.subject import Subject
from escc_bayes.study.whole_model import fitted

MONTHS = (12.0, 24.0, 36.0)
WORDS = {"start": "alive, free of progression", "progressed": "alive after progression", "dead": "dead"}
NOTE = (
    "Illness-death model without covariates, months since time zero (models/illness_death.toml); Aalen-Johansen of the "
    "same patients beside. Events: of those free of progression, progressions and deaths; else who came into the state."
)


def state_spec(subject: Subject) -> ModelSpec:
    """Return the shipped illness-death model on the endpoints of the cohort, without covariates."""
    shipped = load_spec("illness_death")
    states = IllnessDeath(subject.endpoints["pfs"], subject.endpoints["os"], "forward")
    outcome = replace(shipped.outcome, states=states)
    return replace(shipped, name="states_all_patients", outcome=outcome, effects=(), transitions=())


def state_table(subject: Subject) -> StudyTable:
    """Return the share of patients in each state at 12, 24 and 36 months."""
    posterior = fitted(subject, state_spec(subject), ())
    members = posterior.members if isinstance(posterior, EnsemblePosterior) else (posterior,)
    at = np.array(MONTHS)
    draws = posterior.thinned(DRAWS).states(at)
    observed = [with_limits(member.plan.rows, at, subject.level) for member in members]
    of = entered(subject)
    rows: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for place, month in enumerate(MONTHS):
        cells.append((f"{month:g} months",))
        for state, name in enumerate(STATES):
            bayes = of_draws(draws[:, place, state], subject.level)
            classical = middle([tuple(found[:, place, state].tolist()) for found in observed])
            cells.append((WORDS[name], of[name].words, f"{classical.words(percent)}", f"{bayes.words(percent)}"))
            rows += [
                row_of(subject, month, name, of[name], *which)
                for which in (("aalen_johansen", classical), ("bayes", bayes))
            ]
    level = f"{100 * subject.level:g} %"
    head = ("State", HEAD, f"Aalen-Johansen, % ({level} confidence)", f"Posterior, % ({level} credible)")
    return table_of("states", "who is where over time", rows, head, cells, note=NOTE, folded=True)


def entered(subject: Subject) -> dict[str, Counted]:
    """Return all patients, and how many left the first state (events of PFS) or entered each of the others."""
    first, death = (counted(subject, endpoint) for endpoint in ("pfs", "os"))
    alive = [float((code == 1.0).sum()) for code in first_events(subject)]
    return {"start": first, "progressed": Counted(first.n, tuple(alive)), "dead": death}


def row_of(subject: Subject, month: float, state: str, of: Counted, method: str, found: Middle) -> Row:
    """Return the numbers of one state at one month."""
    return {
        "time": month,
        "state": state,
        "method": method,
        **of.row,
        "probability": found.value,
        "lower": found.lower,
        "upper": found.upper,
        "level": subject.level,
        "members": len(subject.members),
    }
