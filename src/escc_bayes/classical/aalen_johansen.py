"""Aalen-Johansen: who is in which state of an illness-death model, or had which cause, without a model.

    p(t) = (1, 0, 0) product over event months s of (I + dA(s)),   dA_jk(s) = dN_jk(s) / Y_j(s)

with errors from the infinitesimal jackknife, which are those of R's ``survfit``: the influence of a patient follows
the same recursion, dU_i = p(s-) dD_i(s) where D_i holds w_i (dN_ijk - Y_ij dA_jk) / Y_j; of clusters, influences are
added up within each before they are squared. N and Y count sampling weights w. Limits on the log scale, as there.
Right also where the hazard after progression depends on when it came (Datta & Satten 2001, Stat Probab Lett 55:403).
Aalen & Johansen 1978, Scand J Stat 5:141; docs/methods/illness_death.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from escc_bayes.classical.robust import cluster_sums
from escc_bayes.data.endpoints import snap_ties
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.transitions import DEATH_AFTER, DEATH_WITHOUT, PROGRESSION

# Which state each transition leaves and enters.
MOVES = {PROGRESSION: (0, 1), DEATH_WITHOUT: (0, 2), DEATH_AFTER: (1, 2)}


@dataclass(frozen=True, slots=True)
class StateCurves:
    """Probabilities of the states (k, states) from each month (k,) on, the first of which is 0, and standard errors."""

    months: FloatArray
    probability: FloatArray
    std_error: FloatArray

    def at(self, times: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return probabilities and standard errors at months, (t, states) each."""
        place = np.searchsorted(self.months, times, side="right") - 1
        return self.probability[place], self.std_error[place]


@dataclass(frozen=True, slots=True)
class Stay:
    """Rows at risk of moves out of a state, in months since time zero, with their patients and weights."""

    patient: NDArray[np.int64]
    entry: FloatArray
    time: FloatArray
    weight: FloatArray
    into: dict[int, NDArray[np.bool_]]


def stays(rows: AnalysisRows) -> tuple[Stay, ...]:
    """Return the time that each patient spent in each state that can be left, in months since time zero.

    Of a clock that is reset, patients who were never seen in the start state have no month of progression, and are
    left out. Competing causes leave one state.
    """
    if rows.transitions is not None and rows.transitions.competing:
        every = [rows.in_transition(name).one_each for name in rows.transitions.names]
        into = {state: own.event == 1.0 for state, own in enumerate(every, start=1)}
        return (Stay(every[0].whose, every[0].entry, every[0].time, every[0].weight, into),)
    first, second, third = (rows.in_transition(name).one_each for name in MOVES)
    place = {name: k for k, name in enumerate(rows.ids)}
    whose = [np.array([place[own.ids[i]] for i in own.whose.tolist()], dtype=np.int64) for own in (first, third)]
    start = Stay(whose[0], first.entry, first.time, first.weight, {1: first.event == 1.0, 2: second.event == 1.0})
    month = np.full(rows.n, np.nan)
    month[whose[0]] = first.time
    entry, time = third.entry, third.time
    if rows.transitions is not None and rows.transitions.clock == "reset":
        entry, time = entry + month[whose[1]], time + month[whose[1]]
    known = ~np.isnan(time)
    start, entry, time = one_clock(start, entry[known], time[known])
    into = {2: (third.event == 1.0)[known]}
    return start, Stay(whose[1][known], entry, time, third.weight[known], into)


def one_clock(start: Stay, entry: FloatArray, time: FloatArray) -> tuple[Stay, FloatArray, FloatArray]:
    """Return the stays in the start state, and months after progression: moves of one month in both are one month."""
    exits, entries = np.concatenate([start.time, time]), np.concatenate([start.entry, entry])
    exits, entries = snap_ties(exits, entries, of=exits)
    split = start.time.size
    return replace(start, time=exits[:split], entry=entries[:split]), entries[split:], exits[split:]


def since_progression(rows: AnalysisRows) -> AnalysisRows:
    """Return the rows after progression as follow-up of one endpoint, in months since progression."""
    after = rows.in_transition(DEATH_AFTER).one_each
    if rows.transitions is not None and rows.transitions.clock == "forward":
        begun = rows.in_transition(PROGRESSION).one_each
        month = dict(zip((begun.ids[i] for i in begun.whose.tolist()), begun.time.tolist(), strict=True))
        ago = np.array([month.get(after.ids[i], entry) for i, entry in zip(after.whose, after.entry, strict=True)])
        time, entry = snap_ties(after.time - ago, np.maximum(after.entry - ago, 0.0), of=after.time)
        after = replace(after, time=time, entry=entry)
    return replace(after, strata="", transitions=None, patient=None)


def aalen_johansen(rows: AnalysisRows, inside: NDArray[np.bool_] | None = None) -> StateCurves:
    """Return the state probabilities of all patients, or of those in a mask.

    Parameters
    ----------
    rows : of an illness-death model, or of competing causes: the states are then no event, and each cause.
    inside : (patients,) who belongs to the group; None: everyone.

    Returns
    -------
    StateCurves.
    """
    months, probability, error = [], [], []
    for month, held, influence in product_limit(rows, inside):
        months.append(month)
        probability.append(held)
        error.append(np.sqrt((influence**2).sum(axis=0)))
    return StateCurves(np.array(months), np.array(probability), np.array(error))


def months_in_states(
    rows: AnalysisRows, until: float, inside: NDArray[np.bool_] | None = None
) -> tuple[FloatArray, FloatArray]:
    """Return mean months in each state to a month, and standard errors: areas below the curves and their influences.

    As R's ``summary(survfit(..), rmean = until)``; the last step is held to ``until``.
    """
    begun, spent, moved = 0.0, np.zeros(1), np.zeros(1)
    held, influence = np.zeros(1), np.zeros(1)
    for month, probability, now in product_limit(rows, inside):
        width = max(0.0, min(month, until) - begun)
        spent, moved = spent + width * held, moved + width * influence
        begun, held, influence = min(month, until), probability, now
    spent, moved = spent + (until - begun) * held, moved + (until - begun) * influence
    return spent, np.sqrt((moved**2).sum(axis=0))


def product_limit(
    rows: AnalysisRows, inside: NDArray[np.bool_] | None
) -> Iterator[tuple[float, FloatArray, FloatArray]]:
    """Yield month 0 and each month with a move, probabilities (states,), and the influence of each unit (g, states)."""
    kept = np.ones(rows.n, dtype=bool) if inside is None else inside
    own = [taken(stay, kept) for stay in stays(rows)]
    moved = [stay.time[event] for stay in own for event in stay.into.values()]
    count = 1 + max(state for stay in own for state in stay.into)
    held, unit = np.eye(count)[0], units(rows)
    influence = np.zeros((rows.n, count))
    yield 0.0, held, cluster_sums(influence, unit)
    for month in np.unique(np.concatenate(moved)).tolist():
        step, shift = np.eye(count), np.zeros((rows.n, count))
        for state, stay in enumerate(own):
            one_month(stay, state, month, held[state], step, shift)
        held, influence = held @ step, influence @ step + shift
        yield month, held, cluster_sums(influence, unit)


def units(rows: AnalysisRows) -> IntArray:
    """Return the independent unit (patients,) of each patient: a cluster, or the patient."""
    return np.arange(rows.n) if rows.cluster is None else rows.cluster[rows.first_rows()]


def taken(stay: Stay, kept: NDArray[np.bool_]) -> Stay:
    """Return the stays of some patients."""
    own = kept[stay.patient]
    into = {state: event[own] for state, event in stay.into.items()}
    return Stay(stay.patient[own], stay.entry[own], stay.time[own], stay.weight[own], into)


def one_month(stay: Stay, state: int, month: float, held: float, step: FloatArray, shift: FloatArray) -> None:
    """Add the moves out of one state at one month to the step, and to the influences (patients, states)."""
    at_risk = (stay.entry < month) & (stay.time >= month)
    weight = stay.weight[at_risk]
    number = float(weight.sum())
    if not number:
        return
    for target, event in stay.into.items():
        moves = (event & (stay.time == month))[at_risk]
        share = float(weight @ moves) / number
        step[state, target] += share
        step[state, state] -= share
        own = held * weight * (moves - share) / number
        np.add.at(shift[:, target], stay.patient[at_risk], own)
        np.add.at(shift[:, state], stay.patient[at_risk], -own)


def limits(probability: FloatArray, error: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """Return confidence limits on the log scale, at most 1; NaN where the probability or its error is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        half = float(ndtri(0.5 + level / 2.0)) * np.where(error > 0.0, error, np.nan) / probability
        return probability * np.exp(-half), np.minimum(probability * np.exp(half), 1.0)
