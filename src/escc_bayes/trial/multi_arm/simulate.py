"""Trials of several treatments, simulated and judged: patients of dropped arms end, later ones go to those that stay.

Blocks have streams of their own; every scenario has the same patients.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from escc_bayes.foundation.scheduler import Arrays
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.hazard.piecewise import BoolArray, FloatArray, IntArray
from escc_bayes.trial.looks.pairwise_scores import scores
from escc_bayes.trial.multi_arm.closed import Stages, rejected_at
from escc_bayes.trial.multi_arm.design import ALL, ANY, MultiArmDesign, Selection
from escc_bayes.trial.multi_arm.power import power_of_any
from escc_bayes.trial.simulation.decide import NULL, TRUTH
from escc_bayes.trial.simulation.kind_result import KindResult
from escc_bayes.trial.simulation.quantity import OverTrials, Quantity
from escc_bayes.trial.simulation.run import Run
from escc_bayes.trial.simulation.simulate import exponentials

BLOCK = 250
# Sums of a block that are means of a trial, after the counts.
MEANS = ("events", "patients", "months")

type MultiArmResult = KindResult[MultiArmDesign]


def scenarios_of(design: MultiArmDesign) -> dict[str, tuple[float, ...]]:
    """Return the hazard ratios of each scenario: as stated, none works, and each treatment alone does not."""
    found = {TRUTH: design.ratios, NULL: tuple(1.0 for _ in design.ratios)}
    for place, arm in enumerate(design.treatments):
        found[null_of(arm)] = tuple(1.0 if k == place else hr for k, hr in enumerate(design.ratios))
    return found


def null_of(arm: str) -> str:
    """Return the name of the scenario in which one treatment does not work and the others do as stated."""
    return f"null {arm}"


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What n trials go through.

    Attributes
    ----------
    stages : Z of each stage's own increments, and the arms in it.
    kept : (n, k) treatments that go on after the selection.
    events, months : (looks, n) events counted and calendar month of each look.
    entry : (n, m) calendar month of entry.
    reached : (n,) whether the final events came, or the trial ended before.
    """

    stages: Stages
    kept: BoolArray
    events: FloatArray
    months: FloatArray
    entry: FloatArray
    reached: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Random numbers of n trials of m patients: entry, exponentials of event and loss, allocation after a selection."""

    entry: FloatArray
    unit: FloatArray
    lost: FloatArray
    again: FloatArray
    control: IntArray


def drawn(design: MultiArmDesign, trials: int, seed: Seed, block: int) -> Drawn:
    """Draw the patients of a block."""
    root = stream(seed, "several arms")
    random = np.random.default_rng(np.random.SeedSequence(root.entropy, spawn_key=(*root.spawn_key, block)))
    shape = (trials, sum(design.patients))
    entry = design.accrual.entry_months(random.random(shape))
    unit, lost = exponentials(random, shape), exponentials(random, shape)
    again = random.random(shape)
    return Drawn(entry, unit, lost, again, random.integers(design.control.draws, size=trials))


def course(design: MultiArmDesign, ratios: tuple[float, ...], draws: Drawn) -> Course:
    """Return what trials go through under hazard ratios."""
    trials, arms = draws.entry.shape[0], len(ratios)
    # Entries are in no order: columns allot patients at random.
    arm = np.broadcast_to(np.repeat(np.arange(arms + 1), design.patients), draws.entry.shape).copy()
    kept = np.ones((trials, arms), dtype=np.bool_)
    active = np.ones((len(design.looks), trials, arms), dtype=np.bool_)
    z, before = np.empty((len(design.looks), trials, arms)), (np.zeros((trials, arms)), np.zeros((trials, arms)))
    events, months = np.empty((2, len(design.looks), trials))
    ended = np.full(draws.entry.shape, np.inf)
    for place, wanted in enumerate(design.looks):
        died, gone = ends(design, ratios, draws, arm)
        calendar = np.where((died <= gone) & (draws.entry + died <= ended), draws.entry + died, np.inf)
        stops = np.minimum(draws.entry + np.minimum(died, gone), ended)
        # The cured are followed for ever: the last event, loss or entry is the end of all news.
        last = np.where(np.isfinite(stops), stops, draws.entry).max(axis=1)
        at = np.sort(calendar, axis=1)[:, wanted - 1]
        months[place] = np.maximum(np.where(np.isfinite(at), at, last), months[place - 1] if place else 0.0)
        shown = np.maximum(np.minimum(months[place][:, None] - draws.entry, np.minimum(died, gone)), 0.0)
        seen = calendar <= months[place][:, None]
        events[place] = np.count_nonzero(seen, axis=1)
        active[place] = kept
        now = scores(shown, seen, np.where(in_trial(arm, kept), arm, -1), arms)
        z[place] = increment(now, before)
        before = now
        if design.selection is not None and design.selection.look == place:
            kept = selected(design.selection, z_of(now), kept)
            out, month = ~in_trial(arm, kept), months[place][:, None]
            arm = np.where(out & (draws.entry > month), allotted(design, kept, draws.again), arm)
            ended = np.where(~in_trial(arm, kept), month, np.inf)
    return Course(Stages(z, active), kept, events, months, draws.entry, events[-1] >= design.looks[-1])


def ends(
    design: MultiArmDesign, ratios: tuple[float, ...], draws: Drawn, arm: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Return months from entry to the event and to the loss of every patient in the arm that he or she is in."""
    died = design.control.time_at(draws.control, draws.unit / np.array([1.0, *ratios])[arm])
    rates = np.array([design.dropout[0], *[design.dropout[1]] * len(ratios)])[arm]
    gone = np.where(rates > 0.0, draws.lost / np.maximum(rates, 1e-300), np.inf)
    return died, gone


def in_trial(arm: IntArray, kept: BoolArray) -> BoolArray:
    """Return who is in the control or in a treatment that is kept, (n, m)."""
    every = np.concatenate([np.ones((kept.shape[0], 1), dtype=np.bool_), kept], axis=1)
    return np.asarray(np.take_along_axis(every, arm, axis=1))


def allotted(design: MultiArmDesign, kept: BoolArray, again: FloatArray) -> IntArray:
    """Return the arm of every patient if allotted anew, (n, m): control and kept treatments by their parts."""
    every = np.concatenate([np.ones((kept.shape[0], 1), dtype=np.bool_), kept], axis=1)
    parts = np.cumsum(every * np.array(design.allocation), axis=1)
    ends = parts / parts[:, -1:]
    return np.asarray(np.sum(again[:, :, None] >= ends[:, None, :], axis=2))


def increment(now: tuple[FloatArray, FloatArray], before: tuple[FloatArray, FloatArray]) -> FloatArray:
    """Return Z of what scores and variances gained since the look before, 0 where nothing."""
    score, variance = now[0] - before[0], now[1] - before[1]
    return np.where(variance > 0.0, score / np.sqrt(np.maximum(variance, 1e-300)), 0.0)


def z_of(now: tuple[FloatArray, FloatArray]) -> FloatArray:
    """Return the log-rank Z of all that is seen."""
    return increment(now, (np.zeros(now[0].shape), np.zeros(now[0].shape)))


def selected(selection: Selection, z: FloatArray, kept: BoolArray) -> BoolArray:
    """Return which treatments go on, (n, k)."""
    ranked = np.where(kept, z, -np.inf)
    if selection.keep is not None:
        place = np.argsort(np.argsort(-ranked, axis=1, kind="stable"), axis=1)
        kept = kept & (place < selection.keep)
    return kept if selection.least is None else kept & (z >= selection.least)


def outcomes(design: MultiArmDesign, seen: Course) -> tuple[BoolArray, IntArray]:
    """Return which treatments succeed, (n, k), and the look at which each trial ends, (n,), from 0."""
    at = rejected_at(seen.stages, design.loads, design.fractions, design.boundaries)
    end = np.full(at.shape[0], len(design.looks) - 1)
    for look in reversed(range(len(design.looks) - 1)):
        won, going = at <= look, np.ones(at.shape, dtype=np.bool_)
        if design.selection is not None and design.selection.look <= look:
            going = seen.kept
        over = won.any(axis=1) | ~going.any(axis=1) if design.stop == ANY else (won | ~going).all(axis=1)
        end[over] = look
    return at <= end[:, None], end


def block_sums(design: MultiArmDesign, seed: Seed, block: int, trials: int) -> Arrays:
    """Return the sums of a block by scenario, in the order of ``fields_of`` and MEANS with their squares."""
    draws = drawn(design, trials, seed, block)
    return {name: counted(design, course(design, ratios, draws)) for name, ratios in scenarios_of(design).items()}


def counted(design: MultiArmDesign, seen: Course) -> FloatArray:
    """Return counts of success, of treatments kept, of stops and of trials short of events; then sums and squares."""
    won, end = outcomes(design, seen)
    rows, last = np.arange(end.size), len(design.looks) - 1
    hits = [*won.T, won.any(axis=1), won.all(axis=1), *seen.kept.T, end < last, (end == last) & ~seen.reached]
    months = seen.months[end, rows]
    patients = np.count_nonzero(seen.entry <= months[:, None], axis=1).astype(np.float64)
    means = (seen.events[end, rows], patients, months)
    counts = [float(np.count_nonzero(of)) for of in hits]
    return np.array([*counts, *(float(of.sum()) for of in means), *(float((of**2).sum()) for of in means)])


def fields_of(design: MultiArmDesign, scenario: str) -> list[tuple[str, str]]:
    """Return rule and quantity of each count."""
    none = scenario == NULL
    success = {arm: "type_one_error" if none or scenario == null_of(arm) else "power" for arm in design.treatments}
    fields = [(arm, success[arm]) for arm in design.treatments]
    fields += [(of, "type_one_error" if none else "power") for of in (ANY, ALL)]
    return [*fields, *((arm, "kept") for arm in design.treatments), (ANY, "stop_early"), (ANY, "short_of_events")]


def simulated(design: MultiArmDesign, run: Run) -> MultiArmResult:
    """Simulate a design under every scenario."""
    sums = run.summed(partial(block_sums, design, run.seed), size=BLOCK, part="several arms")
    found = [one for name in scenarios_of(design) for one in quantities_of(design, name, sums[name], run.trials)]
    return KindResult(design, tuple(found), run.record(design.digest, BLOCK))


def quantities_of(design: MultiArmDesign, scenario: str, sums: FloatArray, trials: int) -> list[Quantity]:
    """Return the quantities of a scenario."""
    fields, ratios = fields_of(design, scenario), scenarios_of(design)[scenario]
    null = "" if scenario == TRUTH else f"hazard ratios {', '.join(f'{hr:g}' for hr in ratios)}"
    seen, rows = OverTrials(scenario, trials, null), []
    for (rule, quantity), hits in zip(fields, sums[: len(fields)].tolist(), strict=True):
        if quantity == "kept" and design.selection is None:
            continue
        asked = rule == ANY and quantity in {"power", "type_one_error"}
        rows.append(seen.share(rule, quantity, hits, power_of_any(design, ratios) if asked else None))
    count = len(MEANS)
    for name, total, square in zip(MEANS, sums[-2 * count : -count].tolist(), sums[-count:].tolist(), strict=True):
        rows.append(seen.mean(ANY, f"expected_{name}", total, square))
    return rows
