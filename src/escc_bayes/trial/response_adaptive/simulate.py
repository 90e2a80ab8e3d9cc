"""Trials with allocation that follows the data, simulated under trends in time, and judged with and without strata.

A trend multiplies the hazard of both arms by a factor for each year of entry. The log-rank test of all patients mixes
periods in which different shares were on treatment; stratified by period of entry it compares patients who were
randomised alike. Beside both, one to one allocation of the same patients. Blocks have streams of their own.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import ndtri

from escc_bayes.foundation.scheduler import Arrays
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.hazard.piecewise import BoolArray, FloatArray, IntArray
from escc_bayes.trial.looks.pairwise_scores import scores, scores_by
from escc_bayes.trial.response_adaptive.design import AdaptiveDesign
from escc_bayes.trial.response_adaptive.rule import probability_better
from escc_bayes.trial.simulation.kind_result import KindResult
from escc_bayes.trial.simulation.quantity import OverTrials, Quantity
from escc_bayes.trial.simulation.run import Run
from escc_bayes.trial.simulation.simulate import exponentials

BLOCK = 250
PLAIN, STRATIFIED, EQUAL = "unstratified", "stratified", "one_to_one"
TESTS = (PLAIN, STRATIFIED, EQUAL)
MONTHS_PER_YEAR = 12.0

type AdaptiveResult = KindResult[AdaptiveDesign]


def scenario_name(trend: float, *, works: bool) -> str:
    """Return the name of a scenario: whether treatment works as planned, and the trend."""
    return f"{'truth' if works else 'null'}, trend {trend:g}"


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Random numbers of n trials of m patients: entry, exponentials of event and loss, allocation; draws of control."""

    entry: FloatArray
    unit: FloatArray
    lost: FloatArray
    allotted: FloatArray
    chosen: IntArray


def drawn(design: AdaptiveDesign, trials: int, seed: Seed, block: int) -> Drawn:
    """Draw the patients of a block."""
    root = stream(seed, "response-adaptive")
    random = np.random.default_rng(np.random.SeedSequence(root.entropy, spawn_key=(*root.spawn_key, block)))
    shape = (trials, design.patients)
    entry = design.accrual.entry_months(random.random(shape))
    unit, lost = exponentials(random, shape), exponentials(random, shape)
    return Drawn(entry, unit, lost, random.random(shape), random.integers(design.control.draws, size=trials))


@dataclass(frozen=True, slots=True, eq=False)
class Lives:
    """Months from entry to the end of follow-up, and whether in an event, of every patient on each arm, (2, n, m)."""

    observed: FloatArray
    event: BoolArray


def lives(design: AdaptiveDesign, draws: Drawn, ratio: float, trend: float) -> Lives:
    """Return what would be seen of every patient on either arm."""
    drift = trend ** (draws.entry / MONTHS_PER_YEAR)
    died = np.stack([design.control.time_at(draws.chosen, draws.unit / (drift * hr)) for hr in (1.0, ratio)])
    gone = np.stack([draws.lost / rate if rate > 0.0 else np.full(draws.lost.shape, np.inf) for rate in design.dropout])
    return Lives(np.minimum(died, gone), died <= gone)


def allocated(design: AdaptiveDesign, draws: Drawn, seen: Lives) -> tuple[BoolArray, IntArray]:
    """Return who is on treatment, and in which period each enters, (n, m), from 0."""
    period = np.searchsorted(np.array(design.adaptation.updates), draws.entry, side="right")
    treated = draws.allotted < 0.5
    for place, month in enumerate(design.adaptation.updates, start=1):
        before = period < place
        time = np.where(treated, seen.observed[1], seen.observed[0])
        event = np.where(treated, seen.event[1], seen.event[0]) & (draws.entry + time <= month) & before
        known = np.where(before, np.minimum(time, month - draws.entry), 0.0)
        arms = (~treated, treated)
        events = np.stack([np.count_nonzero(event & mine, axis=1) for mine in arms]).astype(np.float64)
        months = np.stack([np.where(mine, known, 0.0).sum(axis=1) for mine in arms])
        entered = np.count_nonzero(before, axis=1).astype(np.float64)
        share = design.adaptation.share(probability_better(events, months), entered, design.patients)
        treated = np.where(period == place, draws.allotted < share[:, None], treated)
    return treated, period


@dataclass(frozen=True, slots=True, eq=False)
class Analysed:
    """The final look of n trials: months ``shown`` and who ``died`` by then, ``arm`` (n, m); ``month``, ``events``."""

    shown: FloatArray
    died: BoolArray
    arm: IntArray
    month: FloatArray
    events: FloatArray

    def plain(self) -> FloatArray:
        """Return the log-rank Z of all patients, (n,)."""
        return z_of(scores(self.shown, self.died, self.arm, 1))


def analysed(design: AdaptiveDesign, draws: Drawn, seen: Lives, treated: BoolArray) -> Analysed:
    """Return trials at the planned events, or at the end of all follow-up."""
    time = np.where(treated, seen.observed[1], seen.observed[0])
    event = np.where(treated, seen.event[1], seen.event[0])
    calendar = np.where(event, draws.entry + time, np.inf)
    at = np.partition(calendar, design.events - 1, axis=1)[:, design.events - 1]
    last = np.where(np.isfinite(time), draws.entry + time, draws.entry).max(axis=1)
    month = np.where(np.isfinite(at), at, last)
    shown = np.maximum(np.minimum(month[:, None] - draws.entry, time), 0.0)
    died = calendar <= month[:, None]
    return Analysed(shown, died, treated.astype(np.int64), month, np.count_nonzero(died, axis=1).astype(np.float64))


def stratified(design: AdaptiveDesign, of: Analysed, period: IntArray) -> FloatArray:
    """Return the log-rank Z stratified by period of entry, (n,)."""
    parts = scores_by(of.shown, of.died, of.arm, 1, period, len(design.adaptation.updates) + 1)
    return z_of((np.sum([part[0] for part in parts], axis=0), np.sum([part[1] for part in parts], axis=0)))


def z_of(score: tuple[FloatArray, FloatArray]) -> FloatArray:
    """Return Z of the one treatment; 0 where nothing is compared."""
    return np.where(score[1] > 0.0, score[0] / np.sqrt(np.maximum(score[1], 1e-300)), 0.0)[:, 0]


def sums_of_block(design: AdaptiveDesign, seed: Seed, block: int, trials: int) -> Arrays:
    """Return the sums of a block by scenario, in the order of ``quantities_of``."""
    draws, found = drawn(design, trials, seed, block), {}
    for works in (True, False):
        for trend in design.trends:
            seen = lives(design, draws, design.ratio if works else 1.0, trend)
            found[scenario_name(trend, works=works)] = counted(design, draws, seen)
    return found


def counted(design: AdaptiveDesign, draws: Drawn, seen: Lives) -> FloatArray:
    """Return successes by test, trials with fewer than half on treatment; sums and squares of share, events, months."""
    bound = float(ndtri(1.0 - design.alpha))
    treated, period = allocated(design, draws, seen)
    here, there = (analysed(design, draws, seen, on) for on in (treated, draws.allotted < 0.5))
    share = treated.mean(axis=1)
    statistics = (here.plain(), stratified(design, here, period), there.plain())
    hits = (*(z > bound for z in statistics), share < 0.5)
    sizes = (share, here.events, here.month, there.month)
    return np.array(
        [
            *(float(np.count_nonzero(of)) for of in hits),
            *(float(of.sum()) for of in sizes),
            *(float((of**2).sum()) for of in sizes),
        ]
    )


def simulated(design: AdaptiveDesign, run: Run) -> AdaptiveResult:
    """Simulate a design under its effect and without one, with every trend."""
    sums = run.summed(partial(sums_of_block, design, run.seed), size=BLOCK, part="response-adaptive")
    found = [
        one
        for works in (True, False)
        for trend in design.trends
        for one in quantities_of(scenario_name(trend, works=works), sums, run.trials, works=works)
    ]
    return KindResult(design, tuple(found), run.record(design.digest, BLOCK))


def quantities_of(scenario: str, sums: dict[str, FloatArray], trials: int, *, works: bool) -> list[Quantity]:
    """Return the quantities of a scenario."""
    null = "" if works else "hazard ratio 1, the trend in both arms"
    values, success = sums[scenario].tolist(), "power" if works else "type_one_error"
    names = [*((test, success) for test in TESTS), (PLAIN, "fewer_than_half_on_treatment")]
    means = [(PLAIN, "share_on_treatment"), (PLAIN, "expected_events"), (PLAIN, "expected_months")]
    means.append((EQUAL, "expected_months"))
    seen = OverTrials(scenario, trials, null)
    shares = [seen.share(*name, hits) for name, hits in zip(names, values[:4], strict=True)]
    return shares + [seen.mean(*name, *of) for name, *of in zip(means, values[4:8], values[8:12], strict=True)]
