"""``operating_characteristics.csv``: how every method does in cohorts of this size, cross-table and censoring.

docs/methods/operating_characteristics.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.bayes.modes.warm_start import Start
from escc_bayes.estimand.contrast import weights
from escc_bayes.estimand.estimand import contrast_words
from escc_bayes.foundation.memory import keep_freed_memory
from escc_bayes.foundation.scheduler import Arrays
from escc_bayes.foundation.seeds import Seed, spawned
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.sensitivity.not_computed import (
    CROSSED,
    NOT_ONE_EVENT_EACH,
    OVER_TIME,
    OWN_SCALES,
    OWN_TERMS,
    WEIGHTED,
    except_of,
    or_refusal,
    refusal,
)
from escc_bayes.sensitivity.operating.methods import (
    COX,
    FIRTH,
    METHODS,
    SCREENED,
    Questions,
    every_method,
    with_outcomes,
)
from escc_bayes.sensitivity.operating.summary import summary, theory
from escc_bayes.sensitivity.operating.truths import SCENARIOS, Outcomes, Truth, simulated, truth
from escc_bayes.sensitivity.operating.words import words
from escc_bayes.sensitivity.part import Part, Row, Rows, number
from escc_bayes.sensitivity.pooled import MEMBERS, pooled_rows
from escc_bayes.sensitivity.subject import Asked, Subject, Tell
from escc_bayes.spec.plan import ModelPlan

COLUMNS = (
    "scenario", "endpoint", "model", "term", "contrast", "method", "true_hr", "cohorts", "finite", "selected", "bias",
    "bias_mc", "sd", "mean_se", "rmse", "coverage", "coverage_mc", "power", "power_mc", "power_theory", "type_s",
    "type_s_theory", "type_m", "type_m_theory", "level", "note",
)  # fmt: skip
ERRORS = ("bias_mc", "coverage_mc", "power_mc")
KEYS = ("scenario", "endpoint", "model", "term", "contrast", "method")
# Simulated in all; of several reconstructions each has its share, but no fewer than LEAST.
COHORTS, LEAST = 100, 25
# Cohorts of one chunk.
CHUNK = 5


def run(subject: Subject, tell: Tell) -> Rows:
    """Return the rows of ``operating_characteristics.csv``."""
    if subject.plan.rows.sampled:
        return [refusal(subject, WEIGHTED, COLUMNS)]
    count = cohorts(subject.asked)
    asked, seed = questions(subject), subject.stream("operating characteristics")
    truths = [truth(s, subject.posterior, subject.classical, subject.contrasts, count, seed) for s in SCENARIOS]
    outcomes = [simulated(one, subject.plan, seed) for one in truths]
    time, event = (np.concatenate([getattr(o, name) for o in outcomes]) for name in ("time", "event"))
    work = CohortWork(subject.plan, subject.classical.plan, subject.starts, asked, Outcomes(time, event), seed)
    found: dict[int, Arrays] = {}
    for chunk, arrays in subject.asked.scheduler.finished(work, range(len(work))):
        found[chunk] = arrays
        tell(len(found), len(work))
    numbers = np.concatenate([found[chunk]["numbers"] for chunk in range(len(work))])
    parts = np.split(numbers, len(SCENARIOS))
    return [row for one, part in zip(truths, parts, strict=True) for row in scenario_rows(subject, one, part, asked)]


def cohorts(asked: Asked) -> int:
    """Return how many cohorts are simulated under each truth.

    Examples
    --------
    >>> cohorts(Asked(1)), cohorts(Asked(1, thorough=True)), cohorts(Asked(1, reconstructions=20))
    (100, 1000, 25)
    """
    whole = COHORTS * (10 if asked.thorough else 1)
    return whole if asked.reconstructions == 1 else max(LEAST, -(-whole // asked.reconstructions))


def questions(subject: Subject) -> Questions:
    """Return the contrasts of a subject as weights."""
    design = subject.classical.plan.design
    names = [name for block in design.blocks for name in block.effect.covariates]
    inside = [design.columns_of(name) for name in names]
    contrasts = subject.contrasts
    return Questions(
        bayes=np.array([weights(one, subject.plan.design) for one in contrasts]),
        classical=np.array([weights(one, design) for one in contrasts]),
        terms=tuple(tuple(range(place.start, place.stop)) for place in inside),
        of_term=tuple(names.index(one.term) for one in contrasts),
        level=subject.asked.level,
    )


@dataclass(frozen=True, slots=True)
class CohortWork:
    """Every method on simulated cohorts, chunk by chunk.

    Attributes
    ----------
    bayes, classical : plans of the observed cohort.
    starts : its modes, where searches start.
    asked : contrasts.
    outcomes : of all cohorts.
    seed : of the posteriors' draws.
    """

    bayes: ModelPlan
    classical: ModelPlan
    starts: tuple[Start, ...]
    asked: Questions
    outcomes: Outcomes
    seed: Seed

    def __len__(self) -> int:
        return -(-len(self.outcomes.time) // CHUNK)

    def __call__(self, chunk: int) -> Arrays:
        """Return numbers (cohorts, methods, q, 4) of a chunk."""
        keep_freed_memory()
        found = []
        for place in range(chunk * CHUNK, min((chunk + 1) * CHUNK, len(self.outcomes.time))):
            time, event = self.outcomes.time[place], self.outcomes.event[place]
            bayes, classical = (with_outcomes(plan, time, event) for plan in (self.bayes, self.classical))
            found.append(every_method(bayes, classical, self.asked, self.starts, spawned(self.seed, place)))
        return {"numbers": np.array(found)}


def scenario_rows(subject: Subject, found: Truth, numbers: FloatArray, asked: Questions) -> list[Row]:
    """Return the rows of one scenario from numbers (cohorts, methods, q, 4)."""
    rows: list[Row] = []
    for q, one in enumerate(subject.contrasts):
        for m, method in enumerate(METHODS):
            own, true = numbers[:, m, q], found.log_hr[:, q]
            cells = summary(own, true)
            if method in (COX, FIRTH):
                cells |= theory(true, own[:, 1], asked.half)
            if method == SCREENED:
                cells |= {"selected": float(np.isfinite(own[:, 0]).mean()), "note": "where selected"}
            head: dict[str, object] = {
                "scenario": found.scenario,
                "endpoint": subject.plan.rows.endpoint,
                "model": subject.spec.name,
                "term": one.term,
                "contrast": contrast_words(one),
                "method": method,
                "level": asked.level,
            }
            rows.append({name: (head | cells).get(name, "") for name in COLUMNS})
    return rows


def pooled(each: Sequence[Rows]) -> Rows:
    """Return averages over reconstructions: of all cohorts simulated, with Monte Carlo errors of the averages."""
    return [in_all(row) for row in pooled_rows(replace(PART, pool=None), each)]


def in_all(row: Row) -> Row:
    """Return an averaged row with the cohorts of all reconstructions, and Monte Carlo errors that know of them."""
    if row["cohorts"] == "":
        return row
    members = number(row, MEMBERS)
    errors = {name: number(row, name) / math.sqrt(members) for name in ERRORS if row[name] != ""}
    return {**row, "cohorts": number(row, "cohorts") * members, **errors}


PART = Part(
    "operating_characteristics",
    "operating characteristics at this n",
    COLUMNS,
    KEYS,
    except_of((*NOT_ONE_EVENT_EACH, *OWN_TERMS, OVER_TIME, CROSSED, OWN_SCALES), run, COLUMNS),
    or_refusal(words),
    pooled,
)
