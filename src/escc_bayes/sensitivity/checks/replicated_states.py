"""Courses of patients through states, replicated under a posterior, and Aalen-Johansen of them.

From its own hazards each patient leaves the start state at the smallest of the times of its moves; of those who
progress the time of death follows, given survival to then (clock forward) or counted from then (reset). Follow-up ends
as in ``replicates``: where a patient was censored, and, for those who died, where the censoring of the others would
have put it.
Gelman, Meng & Stern 1996, Stat Sinica 6:733; docs/methods/checks_of_fit.md.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.estimand.states import in_each, patient_columns
from escc_bayes.foundation.seeds import generator
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.sensitivity.checks.replicates import censoring_limits
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.transitions import DEATH_AFTER


@dataclass(frozen=True, slots=True)
class Courses:
    """Courses of n patients, in each of r replicates.

    Attributes
    ----------
    left : (r, n) months at which the start state was left, or last seen in it.
    move : (r, n) the move that left it, from 1; 0: none was seen.
    last, died : (r, n) end of follow-up, and whether by death after progression; of causes as ``left``, and False.
    """

    left: FloatArray
    move: IntArray
    last: FloatArray
    died: NDArray[np.bool_]

    def of(self, inside: NDArray[np.bool_]) -> "Courses":
        """Return the courses of some patients."""
        return Courses(self.left[:, inside], self.move[:, inside], self.last[:, inside], self.died[:, inside])


def seen_courses(rows: AnalysisRows) -> Courses:
    """Return the courses of the data, as one replicate; nobody enters late, and each patient has a row a transition."""
    several = rows.transitions is not None and not rows.transitions.competing
    first = [rows.in_transition(name) for name in rows.transition_names[: 2 if several else None]]
    moved = [own.event == 1.0 for own in first]
    move = np.select(moved, np.arange(1, len(moved) + 1), 0)
    left = first[0].time
    last, died = left.copy(), np.zeros(left.size, dtype=bool)
    if several:
        after = rows.in_transition(DEATH_AFTER)
        place = {name: k for k, name in enumerate(rows.ids)}
        who = np.array([place[after.ids[i]] for i in after.whose.tolist()], dtype=np.int64)
        ago = left[who] if rows.transitions is not None and rows.transitions.clock == "reset" else 0.0
        last[who], died[who] = after.time + ago, after.event == 1.0
    return Courses(left[None], move[None], last[None], died[None])


def replicated_courses(posterior: Posterior, count: int) -> Courses:
    """Return a replicate of every patient for each of ``count`` draws."""
    plan, seen = posterior.plan, seen_courses(posterior.plan.rows)
    rng = generator(posterior.seed, "replicated states")
    total = posterior.coefficients.shape[0]
    chosen = np.sort(rng.choice(total, size=min(count, total), replace=False))
    hazards, columns = posterior.hazards.part(chosen), in_each(plan, patient_columns(plan))
    several = plan.rows.transitions is not None and not plan.rows.transitions.competing
    unit = rng.standard_exponential((len(columns), chosen.size, plan.rows.n))
    none = np.zeros(plan.rows.n)
    times = np.array([hazards.event_times(columns[k], none, unit[k]) for k in range(2 if several else len(columns))])
    end = limits(plan.rows, seen, rng.uniform(size=unit.shape[1:]))
    left = np.minimum(times.min(axis=0), end)
    move = np.where(times.min(axis=0) <= end, times.argmin(axis=0) + 1, 0)
    if not several:
        return Courses(left, move, left, np.zeros(left.shape, dtype=bool))
    reset = plan.rows.transitions is not None and plan.rows.transitions.clock == "reset"
    # Survival to progression is given: the hazard of death after it has been passed until then, or starts there.
    passed = np.zeros_like(left) if reset else hazards.cumulative_at(columns[2], left)
    death = hazards.event_times(columns[2], none, passed + unit[2]) + (left if reset else 0.0)
    progressed = move == 1
    return Courses(left, move, np.where(progressed, np.minimum(death, end), left), progressed & (death <= end))


def limits(rows: AnalysisRows, seen: Courses, unit: FloatArray) -> FloatArray:
    """Return the month at which each patient of each replicate would be censored, (r, n), from uniform numbers."""
    several = rows.transitions is not None and not rows.transitions.competing
    dead = seen.died[0] | (seen.move[0] == 2) if several else seen.move[0] > 0
    whole = rows.in_transition(rows.transition_names[0]).one_each
    return censoring_limits(replace(whole, time=seen.last[0], event=dead.astype(np.float64)), unit)


def occupied(courses: Courses, moves: int, months: FloatArray, *, progresses: bool) -> FloatArray:
    """Return Aalen-Johansen of each replicate at months (t,), (r, t, states).

    Parameters
    ----------
    moves : out of the start state.
    progresses : whether the first move leads to a state that is left by death, the second to death; else each move
        leads to a state of its own.
    """
    each = zip(courses.left, courses.move, courses.last, courses.died, strict=True)
    return np.array([of_replicate(*one, moves, months, progresses=progresses) for one in each])


def of_replicate(
    left: FloatArray,
    move: IntArray,
    last: FloatArray,
    died: NDArray[np.bool_],
    moves: int,
    months: FloatArray,
    *,
    progresses: bool,
) -> FloatArray:
    """Return Aalen-Johansen of one replicate at months, (t, states)."""
    times = np.unique(np.concatenate([left[move > 0], last[died]]))
    out = np.array([counts(left[move == k], times) for k in range(1, moves + 1)]) / np.maximum(at_risk(left, times), 1)
    start = np.cumprod(1.0 - out.sum(axis=0))
    before = np.concatenate([[1.0], start[:-1]])
    entered = before * out
    if progresses:
        after = (move == 1) & (last > left)
        risk = at_risk(last[after], times) - at_risk(left[after], times)
        lost = counts(last[died], times) / np.maximum(risk, 1)
        alive = np.zeros(times.size)
        held = 0.0
        for place in range(times.size):
            held = alive[place] = held * (1.0 - lost[place]) + entered[0, place]
        states = np.stack([start, alive, 1.0 - start - alive], axis=1)
    else:
        states = np.column_stack([start, np.cumsum(entered, axis=1).T])
    first = np.zeros((1, states.shape[1]))
    first[0, 0] = 1.0
    found = np.concatenate([first, states])[np.searchsorted(times, months, side="right")]
    return np.where((months > last.max())[:, None], np.nan, found)


def at_risk(ends: FloatArray, times: FloatArray) -> IntArray:
    """Return how many ends lie at or beyond each of some times."""
    return np.asarray(ends.size - np.searchsorted(np.sort(ends), times, side="left"))


def counts(ends: FloatArray, times: FloatArray) -> IntArray:
    """Return how many ends lie at each of some times, (t,)."""
    ordered = np.sort(ends)
    return np.asarray(np.searchsorted(ordered, times, "right") - np.searchsorted(ordered, times, "left"))
