"""Patients of each trial in the order of their follow-up, and what is counted along that order.

Positive floating-point numbers sort as the integers that hold them; arm and event ride in the two lowest bits (a
relative change of 1e-15 in time), so that one plain sort replaces an indirect one.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import BoolArray, FloatArray, IntArray
from escc_bayes.trial.looks.patients import Snapshot
from escc_bayes.trial.looks.sufficient_statistics import ArmData, event_ranks

TREATED, EVENT, TIME = np.int64(1), np.int64(2), ~np.int64(3)


@dataclass(frozen=True, slots=True, eq=False)
class RiskSets:
    """n trials, m patients each, by increasing ``time``; ``places`` of the events in the flattened arrays, in order.

    ``first`` (n,) is where in ``places`` each trial begins, ``events`` (n,) how many it has.
    """

    time: FloatArray
    treated: BoolArray
    event: BoolArray
    places: IntArray
    first: IntArray
    events: IntArray


def risk_sets(shot: Snapshot) -> RiskSets:
    """Sort the patients of every trial."""
    keys = shot.time.view(np.int64) & TIME
    keys[:, shot.controls :] |= TREATED
    keys |= shot.event.view(np.int8).astype(np.int64) << np.int64(1)
    keys.sort(axis=1)
    event = (keys & EVENT).astype(np.bool_)
    treated = (keys & TREATED).astype(np.bool_)
    first = np.cumsum(shot.events) - shot.events
    return RiskSets((keys & TIME).view(np.float64), treated, event, np.flatnonzero(event), first, shot.events)


@dataclass(frozen=True, slots=True, eq=False)
class AtEvents:
    """At each event, in the order of the flat arrays: its trial, ``died`` on treatment (0 or 1), patients at risk,
    and the ``share`` of them on treatment.
    """

    row: IntArray
    died: FloatArray
    at_risk: FloatArray
    share: FloatArray


def at_events(patients: RiskSets) -> AtEvents:
    """Return who is at risk at each event."""
    trials, size = patients.time.shape
    row = np.repeat(np.arange(trials), patients.events)
    gone = np.cumsum(patients.treated, axis=1, dtype=np.int32)
    died = patients.treated.reshape(-1)[patients.places]
    treated_at_risk = gone[:, -1][row] - gone.reshape(-1)[patients.places] + died
    at_risk = ((row + 1) * size - patients.places).astype(np.float64)
    return AtEvents(row, died.astype(np.float64), at_risk, treated_at_risk / at_risk)


def logrank_score(patients: RiskSets, margin: float = 1.0) -> tuple[FloatArray, FloatArray]:
    """Return the log-rank score E1 - O1 of every trial, (n,), and its variance. Mantel 1966.

    Over events, with Y0 and Y1 at risk and p = m Y1 / (Y0 + m Y1) the chance that it is a treated one's under a hazard
    ratio of ``margin`` m: E1 = sum p, O1 the events on treatment, V = sum p (1 - p). Simulated times have no ties.
    """
    at = at_events(patients)
    share = at.share if margin == 1.0 else margin * at.share / (1.0 + (margin - 1.0) * at.share)

    def added(values: FloatArray) -> FloatArray:
        return row_sums(values, patients.first, patients.events)

    expected = added(share)
    return expected - added(at.died), expected - added(share * share)


def stratified_z(strata: tuple[RiskSets, ...], margin: float = 1.0) -> FloatArray:
    """Return the log-rank Z of every trial, (n,), positive where treatment does better; 0 without a comparison.

    Scores and variances are added up over strata; one stratum is the test without.
    """
    parts = [logrank_score(patients, margin) for patients in strata]
    score, variance = (np.sum([part[k] for part in parts], axis=0) for k in (0, 1))
    return np.where(variance > 0.0, score / np.sqrt(np.maximum(variance, 1e-300)), 0.0)


def row_sums(values: FloatArray, first: IntArray, count: IntArray) -> FloatArray:
    """Return sums of ``count`` (n,) values from place ``first`` (n,) of a flat array; 0 over none."""
    if not values.size:
        return np.zeros(first.size)
    sums = np.add.reduceat(values, np.minimum(first, values.size - 1))
    return np.where(count > 0, sums, 0.0)


def sufficient(patients: RiskSets, pieces: int, cuts: tuple[float, ...] | None) -> ArmData:
    """Reduce every trial to events and person-months of each arm in each piece.

    Parameters
    ----------
    pieces : ending at quantiles of each trial's pooled event times, unless
    cuts : months, the same for all trials.
    """
    return reduced_at(patients, *piece_ends(patients, pieces, cuts))


def piece_ends(patients: RiskSets, pieces: int, cuts: tuple[float, ...] | None) -> tuple[IntArray, FloatArray]:
    """Return how many patients each piece but the last leaves behind, and the months that end it: (n, J - 1)."""
    if cuts is None:
        return quantile_stops(patients, pieces)
    trials = patients.time.shape[0]
    # An event on a cut belongs to the piece that ends there.
    stops = np.array([np.count_nonzero(patients.time <= cut, axis=1) for cut in cuts], dtype=np.int64)
    return stops.reshape(len(cuts), trials).T, np.tile(np.array(cuts, dtype=np.float64), (trials, 1))


def reduced_at(patients: RiskSets, stops: IntArray, edges: FloatArray) -> ArmData:
    """Reduce every trial to pieces that end at given patients and months.

    A piece adds up its own patients' time beyond its start, and its whole length for each patient who goes on.
    """
    trials, size = patients.time.shape
    inner = np.concatenate([np.zeros((trials, 1), dtype=np.int64), stops], axis=1)
    count = np.diff(inner, axis=1, append=size)
    starts = np.concatenate([np.zeros((trials, 1)), edges], axis=1)
    length = np.diff(edges, axis=1, prepend=0.0)

    def added(values: FloatArray) -> FloatArray:
        return segment_sums(values, inner, count)

    treated = patients.treated.astype(np.float64)
    died = patients.event.astype(np.float64)
    treated_count, treated_events = added(treated), added(treated * died)
    treated_months = months(added(patients.time * treated), treated_count, starts, length)
    all_months = months(added(patients.time), count.astype(np.float64), starts, length)
    return ArmData(added(died) - treated_events, treated_events, all_months - treated_months, treated_months)


def quantile_stops(patients: RiskSets, pieces: int) -> tuple[IntArray, FloatArray]:
    """Return how many patients each piece but the last leaves behind, and the event times that end it: (n, J - 1)."""
    trials, size = patients.time.shape
    if not patients.places.size:
        return np.zeros((trials, pieces - 1), dtype=np.int64), np.zeros((trials, pieces - 1))
    ranks = event_ranks(patients.events, pieces)
    some = patients.events[:, None] > 0
    places = patients.places[np.where(some, patients.first[:, None] + ranks, 0)]
    stops = np.where(some, places % size + 1, 0)
    return stops, np.where(some, patients.time.reshape(-1)[places], 0.0)


def segment_sums(values: FloatArray, inner: IntArray, count: IntArray) -> FloatArray:
    """Return sums of ``values`` (n, m) over ``count`` (n, J) columns from ``inner`` (n, J); 0 over none."""
    begin = inner + np.arange(inner.shape[0])[:, None] * values.shape[1]
    return row_sums(values.reshape(-1), begin.reshape(-1), count.reshape(-1)).reshape(inner.shape)


def months(own: FloatArray, count: FloatArray, starts: FloatArray, length: FloatArray) -> FloatArray:
    """Return person-months (n, J): times of those who end in the piece, and its length for those who go on."""
    found = own - count * starts
    going_on = count.sum(axis=1, keepdims=True) - np.cumsum(count, axis=1)[:, :-1]
    found[:, :-1] += length * going_on
    return found
