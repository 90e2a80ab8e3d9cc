"""Trials whose final events are set at the interim look, simulated and judged by three tests on the same patients.

``weighted`` and ``unweighted`` go to the re-estimated events, ``planned`` to those of the plan. Blocks have streams of
their own.
"""

import math
from dataclasses import dataclass
from functools import partial

import numpy as np

from escc_bayes.foundation.scheduler import Arrays
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.hazard.piecewise import BoolArray, FloatArray, IntArray
from escc_bayes.trial.looks.pairwise_scores import scores
from escc_bayes.trial.reestimation.design import ReestimationDesign
from escc_bayes.trial.reestimation.power import PLANNED, UNWEIGHTED, WEIGHTED, power_of
from escc_bayes.trial.simulation.decide import NULL, TRUTH
from escc_bayes.trial.simulation.kind_result import KindResult
from escc_bayes.trial.simulation.quantity import OverTrials, Quantity
from escc_bayes.trial.simulation.run import Run
from escc_bayes.trial.simulation.simulate import exponentials
from escc_bayes.trial.truth.data_generating import Effect, inverted

BLOCK = 250
TESTS = (WEIGHTED, UNWEIGHTED, PLANNED)
ZONES = ("unfavourable", "promising", "favourable", "stopped")

type ReestimationResult = KindResult[ReestimationDesign]


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """n trials of m patients without an end: ``entry``, months ``observed``, ``calendar`` of events, ``arm`` (m,)."""

    entry: FloatArray
    observed: FloatArray
    calendar: FloatArray
    arm: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What n trials show: Z at the interim look, and of each test its success, events and month at the end, (3, n).

    ``short``: the re-estimated events never came.
    """

    interim: FloatArray
    won: BoolArray
    events: FloatArray
    months: FloatArray
    short: BoolArray


def drawn(design: ReestimationDesign, effect: Effect, trials: int, seed: Seed, block: int) -> Trials:
    """Draw the patients of a block."""
    root = stream(seed, "re-estimation")
    random = np.random.default_rng(np.random.SeedSequence(root.entropy, spawn_key=(*root.spawn_key, block)))
    controls, treated = design.patients
    shape = (trials, controls + treated)
    entry = design.accrual.entry_months(random.random(shape))
    unit, lost = exponentials(random, shape), exponentials(random, shape)
    chosen = random.integers(design.control.draws, size=trials)
    arm = np.repeat([0, 1], [controls, treated])
    edges = design.control.cumulative_of(chosen, np.array(effect.cuts))
    unit[:, controls:] = inverted(unit[:, controls:], np.array([effect.hr]), edges)
    died = design.control.time_at(chosen, unit)
    rate = np.array(design.dropout)[arm]
    gone = np.where(rate > 0.0, lost / np.maximum(rate, 1e-300), np.inf)
    return Trials(entry, np.minimum(died, gone), np.where(died <= gone, entry + died, np.inf), arm)


def score_at(trials: Trials, month: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the log-rank score and variance at calendar ``month``, (n,) each."""
    time = np.maximum(np.minimum(month[:, None] - trials.entry, trials.observed), 0.0)
    arm = np.broadcast_to(trials.arm, time.shape)
    score, variance = scores(time, trials.calendar <= month[:, None], arm, 1)
    return score[:, 0], variance[:, 0]


def standardised(score: FloatArray, variance: FloatArray) -> FloatArray:
    """Return a score over its standard deviation; 0 where nothing is known."""
    return np.where(variance > 0.0, score / np.sqrt(np.maximum(variance, 1e-300)), 0.0)


def seen_of(design: ReestimationDesign, trials: Trials) -> Seen:
    """Return what trials show at the interim look, and at the end by each test."""
    rule, rows = design.rule, np.arange(trials.entry.shape[0])
    ordered = np.sort(trials.calendar, axis=1)
    stops = np.where(np.isfinite(trials.observed), trials.entry + trials.observed, trials.entry).max(axis=1)

    def month_of(events: FloatArray) -> FloatArray:
        at = ordered[rows, events.astype(np.int64) - 1]
        return np.where(np.isfinite(at), at, stops)

    first = month_of(np.full(rows.size, float(rule.interim)))
    before = score_at(trials, first)
    z = standardised(*before)
    early, wanted = z > rule.first, rule.events(z)
    won, events, months = np.empty((3, rows.size), dtype=np.bool_), np.empty((3, rows.size)), np.empty((3, rows.size))
    for place, (test, target) in enumerate(zip(TESTS, (wanted, wanted, np.full(z.shape, rule.planned)), strict=True)):
        last = month_of(target)
        after = score_at(trials, last)
        later = standardised(after[0] - before[0], after[1] - before[1])
        at_end = math.sqrt(rule.fraction) * z + math.sqrt(1.0 - rule.fraction) * later
        final = standardised(*after) if test == UNWEIGHTED else at_end
        won[place] = early | (final > rule.last)
        months[place] = np.where(early, first, last)
        events[place] = np.count_nonzero(ordered <= months[place][:, None], axis=1)
    return Seen(z, won, events, months, ~early & (events[0] < wanted))


def block_sums(design: ReestimationDesign, seed: Seed, block: int, trials: int) -> Arrays:
    """Return the sums of a block by scenario, in the order of ``fields_of``."""
    effects = {TRUTH: design.effect, NULL: Effect((1.0,))}
    return {
        name: counted(design, seen_of(design, drawn(design, effect, trials, seed, block)))
        for name, effect in effects.items()
    }


def counted(design: ReestimationDesign, seen: Seen) -> FloatArray:
    """Return successes by test; trials in each zone, and successes there; trials short; sums and squares of size."""
    zone = design.rule.zone(seen.interim)
    inside = [zone == place for place in range(len(ZONES))]
    counts = [*seen.won, *inside, *(of & won for of in inside for won in seen.won), seen.short]
    sizes = [*seen.events, *seen.months]
    sums = [float(of.sum()) for of in sizes] + [float((of**2).sum()) for of in sizes]
    return np.array([*(float(np.count_nonzero(of)) for of in counts), *sums])


def simulated(design: ReestimationDesign, run: Run) -> ReestimationResult:
    """Simulate a design under its effect and without one."""
    sums = run.summed(partial(block_sums, design, run.seed), size=BLOCK, part="re-estimation")
    found = [one for name in (TRUTH, NULL) for one in quantities_of(design, name, sums[name], run.trials)]
    return KindResult(design, tuple(found), run.record(design.digest, BLOCK))


def quantities_of(design: ReestimationDesign, scenario: str, sums: FloatArray, trials: int) -> list[Quantity]:
    """Return the quantities of a scenario."""
    null = "hazard ratio 1" if scenario == NULL else ""
    success = "power" if scenario == TRUTH else "type_one_error"
    ratio = design.effect.hr if scenario == TRUTH else (1.0,)
    values = iter(sums.tolist())

    def share(rule: str, quantity: str, of: int, closed: float | None = None) -> Quantity:
        hits = next(values)
        if of == 0:
            return Quantity(scenario, rule, quantity, 0.0, 0.0, of, closed, null)
        return OverTrials(scenario, of, null).share(rule, quantity, hits, closed)

    rows = []
    for test in TESTS:
        closed = power_of(design.rule, ratio[0], design.ratio, test) if len(ratio) == 1 else None
        rows.append(share(test, success, trials, closed))
    zones = [share(name, "share", trials) for name in ZONES]
    for of in zones:
        rows += [share(test, f"{success}_if_{of.rule}", round(of.value * trials)) for test in TESTS]
    rows += [*zones, share(WEIGHTED, "short_of_events", trials)]
    names = [(test, f"expected_{size}") for size in ("events", "months") for test in TESTS]
    totals = [next(values) for _ in names]
    seen = OverTrials(scenario, trials, null)
    return rows + [seen.mean(*name, total, next(values)) for name, total in zip(names, totals, strict=True)]
