"""Checks of a model of several transitions: who is in which state in replicated cohorts, and Cox in each transition.

Aalen-Johansen of replicates lies beside that of the data, for everybody and each level; the test of proportional
hazards is of each transition's own Cox model. docs/methods/checks_of_fit.md.
"""

from collections.abc import Iterator

import numpy as np

from escc_bayes.classical.baseline_ratios import ph_rows
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.sensitivity.checks.foretold import COX, LANDMARKS
from escc_bayes.sensitivity.checks.replicated_states import Courses, occupied, replicated_courses, seen_courses
from escc_bayes.sensitivity.checks.rows import (
    COLUMNS,
    EVERYBODY,
    PH,
    REPLICATED,
    REPLICATES,
    compared,
    groups,
    row,
)
from escc_bayes.sensitivity.not_computed import refusal
from escc_bayes.sensitivity.part import Row, Rows
from escc_bayes.sensitivity.subject import Subject, Tell
from escc_bayes.spec.one_transition import one_transition
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.transitions import STATES, in_words

NO_RESIDUALS = (
    "residuals, patients left out foretold, hazard ratios by period: each looks at one event of each patient; examine "
    "a model of each endpoint"
)


def state_checks(subject: Subject, tell: Tell) -> Rows:
    """Return the rows of ``checks.csv`` of a model of several transitions."""
    why = not_replicated(subject.plan)
    rows: list[Row] = [refusal(subject, f"replicated states: {why}", COLUMNS)] if why else list(replicated(subject))
    tell(1, 2)
    rows += proportional(subject)
    tell(2, 2)
    return [*rows, refusal(subject, NO_RESIDUALS, COLUMNS)]


def not_replicated(plan: ModelPlan) -> str:
    """Return why courses are not replicated; empty where they are."""
    first = plan.rows.in_transition(plan.rows.transition_names[0])
    late = first.delayed or first.n < plan.rows.n
    reasons = {
        "sampling weights, of which replicates know nothing": plan.rows.sampled,
        "who enters late is seen in part, and replicates are of whole courses": late,
        "covariates that change during follow-up": any(c.schema.changes for c in plan.rows.covariates.values()),
    }
    return "; ".join(reason for reason, holds in reasons.items() if holds)


def replicated(subject: Subject) -> Iterator[Row]:
    """Yield Aalen-Johansen and events of the data beside those of replicated cohorts, for everybody and each level."""
    rows = subject.plan.rows
    several = rows.transitions is not None and not rows.transitions.competing
    names = STATES if several else ("no event", *rows.transition_names)
    moves = 2 if several else len(rows.transition_names)
    seen, made = seen_courses(rows), replicated_courses(subject.posterior, REPLICATES)
    months = months_of(seen)
    first = rows.first_rows()
    for term, level, of_rows in groups(subject.plan):
        inside = of_rows[first]
        head = {"term": term, "who": level, "method": subject.posterior.method, "patients": int(inside.sum())}
        own, others = seen.of(inside), made.of(inside)
        here, there = (occupied(c, moves, months, progresses=several) for c in (own, others))
        for place, month in enumerate(months.tolist()):
            for state, name in enumerate(names):
                cells = compared(float(here[0, place, state]), there[:, place, state], subject.asked.level)
                yield row(subject, REPLICATED, quantity=f"state {name}", time=month, **head, **cells)
        for name, happened, again in zip(rows.transition_names, moved(own, rows), moved(others, rows), strict=True):
            events = int(happened[0])
            cells = compared(float(events), again.astype(np.float64), subject.asked.level)
            yield row(subject, REPLICATED, quantity=f"events of {in_words(name)}", events=events, **head, **cells)


def months_of(seen: Courses) -> FloatArray:
    """Return those of 12, 24 and 36 months that somebody was followed beyond; else the middle of follow-up."""
    found = [month for month in LANDMARKS if (seen.last > month).any()]
    return np.array(found or [round(float(np.median(seen.last)), 1)])


def moved(courses: Courses, rows: AnalysisRows) -> list[IntArray]:
    """Return the number of events (r,) of each transition."""
    several = rows.transitions is not None and not rows.transitions.competing
    first = range(1, 3 if several else len(rows.transition_names) + 1)
    found = [(courses.move == k).sum(axis=1) for k in first]
    return [*found, courses.died.sum(axis=1)] if several else found


def proportional(subject: Subject) -> Iterator[Row]:
    """Yield the test of proportional hazards of each term, and of all, in the Cox model of each transition."""
    plan = subject.classical.plan
    for name in plan.rows.transition_names:
        own = one_transition(plan, name)
        if not own.rows.events:
            yield row(subject, PH, who=EVERYBODY, contrast=name, method=COX, note="not tested: no event")
            continue
        for one in ph_rows(own):
            known = {"p_value": one["p_value"]} if one["df"] else {"note": "the data cannot say"}
            cells = {"term": one["term"], "value": one["chi2"], "expected": float(str(one["df"]))} | known
            yield row(subject, PH, who=EVERYBODY, contrast=name, method=COX, quantity="chi2", **cells)
