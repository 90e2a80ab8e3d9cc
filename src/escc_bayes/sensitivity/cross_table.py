"""Every factor crossed with every other: patients and events in each cell (``cross_table.csv``)."""

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.sensitivity.crossed import Crossed
from escc_bayes.sensitivity.part import Part, Row, Rows
from escc_bayes.sensitivity.subject import Subject, Tell
from escc_bayes.spec.one_transition import one_transition
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.coding import present_levels
from escc_bayes.spec.transitions import ENDPOINT, TRANSITION

COLUMNS = ("endpoint", "model", "term", "level", "other", "other_level", "patients", "events")


def crossings(plan: ModelPlan, term: str) -> tuple[Crossed, ...]:
    """Return a factor crossed with every other factor of a model; nothing for a number."""
    known = plan.rows.covariates.items()
    factors = [name for name, covariate in known if covariate.schema.categorical and name not in (TRANSITION, ENDPOINT)]
    if term not in factors:
        return ()
    return tuple(crossed(plan, term, other) for other in factors if other != term)


def crossed(plan: ModelPlan, term: str, other: str) -> Crossed:
    """Return two factors crossed."""
    rows = plan.rows
    (levels, codes), (other_levels, other_codes) = (present_levels(rows.covariates[name]) for name in (term, other))
    member = rows.covariates[term].values[None] == np.array(codes)[:, None]
    other_member = rows.covariates[other].values[None] == np.array(other_codes)[:, None]
    counted, had = rows.weight if rows.sampled else first_in_cell(rows, (term, other)), rows.event
    events = rows.weight * had if rows.sampled else had
    return Crossed(
        term,
        other,
        levels,
        other_levels,
        (member * counted) @ other_member.T,
        (member * events) @ other_member.T,
    )


def first_in_cell(rows: AnalysisRows, factors: tuple[str, str]) -> FloatArray:
    """Return 1 for the first row of each patient in each combination of levels, (n,), else 0."""
    values = np.column_stack([rows.whose, *(rows.covariates[name].values for name in factors)])
    found = np.zeros(rows.time.size)
    found[np.unique(values, axis=0, return_index=True)[1]] = 1.0
    return found


def cross_table(subject: Subject, tell: Tell) -> Rows:
    """Return a row for every cell of every pair of factors; of several transitions, of those at risk of each."""
    plan, found = subject.plan, []
    names = [name for name, c in plan.rows.covariates.items() if c.schema.categorical and name != TRANSITION]
    for done, name in enumerate(names, start=1):
        for transition in plan.rows.transition_names or ("",):
            own = one_transition(plan, transition)
            found += [row for table in crossings(own, name) for row in cell_rows(own, table)]
        tell(done, len(names))
    return found


def cell_rows(plan: ModelPlan, table: Crossed) -> list[Row]:
    """Return the cells of one pair."""
    return [
        {
            "endpoint": plan.rows.endpoint,
            "model": plan.spec.name,
            "term": table.term,
            "level": level,
            "other": table.other,
            "other_level": other_level,
            "patients": float(table.patients[i, j]),
            "events": float(table.events[i, j]),
        }
        for i, level in enumerate(table.levels)
        for j, other_level in enumerate(table.other_levels)
    ]


def cross_words(rows: Rows) -> tuple[str, ...]:
    """Say which combinations nobody has: there a model extrapolates."""
    pairs = {
        frozenset({(row["term"], row["level"]), (row["other"], row["other_level"])}): row
        for row in rows
        if not row["patients"]
    }
    named = "; ".join(f"{r['term']} {r['level']} with {r['other']} {r['other_level']}" for r in pairs.values())
    return (f"Nobody has: {named}; there the model extrapolates.",) if named else ()


PART = Part(
    "cross_table",
    "cross-tables",
    COLUMNS,
    ("endpoint", "model", "term", "level", "other", "other_level"),
    cross_table,
    cross_words,
)
