"""What borrowing buys and costs when the trial's controls drift from the historical ones.

At each drift r the trial's control hazard is r times the historical one; the same trials are judged with and without
borrowing. Gain: sum of (SD alone / SD borrowed)^2 - 1 over trials, times their events.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import numpy as np

from escc_bayes.foundation.chunks import Progress, Store, run_chunks
from escc_bayes.foundation.scheduler import Arrays, Scheduler
from escc_bayes.foundation.seeds import Seed
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.null import Null
from escc_bayes.trial.design.null_truth import hazard_ratio_of
from escc_bayes.trial.design.rule import DecisionRule
from escc_bayes.trial.design.rule_plan import RulePlan
from escc_bayes.trial.design.trial_plan import planned
from escc_bayes.trial.posterior.borrowing import Borrowing
from escc_bayes.trial.simulation.decide import TRUTH, Criteria, Evidence, Shown, criteria_of, ended, shown
from escc_bayes.trial.simulation.tally import chunk_count, chunk_evidence
from escc_bayes.trial.truth.data_generating import PiecewiseControl

COLUMNS = (
    "rule",
    "drift",
    "type_one_error",
    "type_one_error_alone",
    "power",
    "power_alone",
    "bias",
    "bias_alone",
    "events_gained",
    "trials",
)


@dataclass(frozen=True, slots=True)
class MapPoint:
    """One rule at one drift.

    Attributes
    ----------
    drift : control hazard of the trial over the historical one.
    type_one_error, power : with borrowing, and without (``_alone``).
    bias : mean posterior mean of the log hazard ratio less the true one, at the rule's own null.
    events_gained : events that a trial without borrowing would need beside its own for the same SD.
    """

    rule: str
    drift: float
    type_one_error: float
    type_one_error_alone: float
    power: float
    power_alone: float
    bias: float
    bias_alone: float
    events_gained: float
    trials: int


@dataclass(frozen=True, slots=True)
class BorrowingMap:
    """All points, by rule and drift; ``tolerated``: the type I error that counts as tipped."""

    points: tuple[MapPoint, ...]
    tolerated: float

    def of(self, rule: str) -> tuple[MapPoint, ...]:
        """Return the points of one rule, by drift."""
        return tuple(point for point in self.points if point.rule == rule)

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that borrow."""
        return tuple(dict.fromkeys(point.rule for point in self.points))


def borrowing_map(
    design: TrialDesign,
    *,
    seed: Seed,
    scheduler: Scheduler,
    store: Store | None = None,
    progress: Progress | None = None,
) -> BorrowingMap | None:
    """Draw the map of a design; None where no rule borrows."""
    borrowing = design.borrowing
    rules = [rule for rule in design.rules if rule.borrows]
    if borrowing is None or not rules:
        return None
    work = partial(map_point, design, seed)
    found = run_chunks(work, len(borrowing.drifts), scheduler=scheduler, store=store, progress=progress)
    points = [
        MapPoint(rule.name, drift, **dict(zip(COLUMNS[2:-1], values.tolist(), strict=True)), trials=borrowing.trials)
        for drift, of_drift in zip(borrowing.drifts, found, strict=True)
        for rule, values in zip(rules, of_drift["values"], strict=True)
    ]
    return BorrowingMap(tuple(points), borrowing.tolerated)


def map_point(design: TrialDesign, seed: Seed, place: int) -> Arrays:
    """Return the numbers of every borrowing rule at one drift, (rules, 7) in the order of ``MapPoint``."""
    assert design.borrowing is not None
    there = drifted_design(design, design.borrowing, design.borrowing.drifts[place])
    criteria, trials = criteria_of(planned(there)), design.borrowing.trials
    nulls = tuple(dict.fromkeys(criteria.nulls))
    sums = np.zeros((len(there.rules) // 2, 7))
    for chunk in range(chunk_count(trials)):
        truth, *found = chunk_evidence(there, criteria, (TRUTH, *(null.truth for null in nulls)), trials, seed, chunk)
        sums += chunk_sums(there, criteria, dict(zip(nulls, found, strict=True)), truth)
    return {"values": sums / trials}


def drifted_design(design: TrialDesign, borrowing: Borrowing, drift: float) -> TrialDesign:
    """Return the design with drifted controls, every borrowing rule followed by itself without borrowing."""
    prior = design.analysis_prior
    rules = [rule for rule in design.rules if rule.borrows]
    both = tuple(twin for rule in rules for twin in (rule, replace(rule, borrows=False)))
    control = PiecewiseControl(drift * borrowing.rates[None, :], prior.cuts or ())
    return replace(design, control=control, rules=both, design_prior=None)


def chunk_sums(
    design: TrialDesign, criteria: Criteria, nulls: Mapping[Null, list[Evidence]], truth: list[Evidence]
) -> FloatArray:
    """Return sums over the trials of a chunk, (rules, 7); each rule at its own null, and under the stated effect."""
    won = both_ways(design, criteria, truth)
    lost = {null: both_ways(design, criteria, looks) for null, looks in nulls.items()}
    found = []
    for pair, null in enumerate(criteria.nulls[::2]):
        judged = lost[null]
        with_it, alone = (judged[borrows][-1].posterior for borrows in (True, False))
        assert with_it is not None
        assert alone is not None
        gained = nulls[null][-1].events * ((alone.sd / with_it.sd) ** 2 - 1.0)
        true = math.log(hazard_ratio_of(null, design))
        sizes = [float(values.sum()) for values in (with_it.mean - true, alone.mean - true, gained)]
        rules = [(design.rules[place], criteria.plans[place]) for place in (2 * pair, 2 * pair + 1)]
        found.append([wins(rule, plan, of[rule.borrows]) for of in (judged, won) for rule, plan in rules] + sizes)
    return np.array(found)


def both_ways(design: TrialDesign, criteria: Criteria, looks: list[Evidence]) -> dict[bool, list[Shown]]:
    """Return what the looks show with borrowing (true) and without (false)."""
    return {borrows: [shown(design, criteria, look, borrows=borrows) for look in looks] for borrows in (True, False)}


def wins(rule: DecisionRule, plan: RulePlan, looks: list[Shown]) -> float:
    """Return the number of trials that end in success."""
    return float(np.count_nonzero(ended(rule, plan, looks).success))


def tipping_drifts(points: tuple[MapPoint, ...], tolerated: float) -> tuple[float, ...]:
    """Return the drifts at which the type I error passes ``tolerated``, between points by its log-linear course."""
    found = []
    for one, other in pairwise(points):
        if (one.type_one_error - tolerated) * (other.type_one_error - tolerated) < 0.0:
            share = (tolerated - one.type_one_error) / (other.type_one_error - one.type_one_error)
            found.append(math.exp(math.log(one.drift) + share * math.log(other.drift / one.drift)))
    return tuple(found)


def map_sentences(found: BorrowingMap) -> tuple[str, ...]:
    """Say for each rule what borrowing gains without drift, and at which drift its type I error tips."""
    said = []
    for rule in found.rules:
        points = found.of(rule)
        nearest = min(points, key=lambda point: abs(math.log(point.drift)))
        tips = tipping_drifts(points, found.tolerated)
        where = " and ".join(f"{drift:.2f}" for drift in tips)
        ends = f"{points[0].drift:g} to {points[-1].drift:g}"
        said.append(
            f"{rule}: at a control hazard {nearest.drift:g} times the historical one borrowing is worth "
            f"{nearest.events_gained:.0f} events (power {nearest.power:.3f} instead of {nearest.power_alone:.3f}, type "
            f"I error {nearest.type_one_error:.4f} instead of {nearest.type_one_error_alone:.4f}); type I error passes "
            + (f"{found.tolerated:g} at {where} times." if tips else f"{found.tolerated:g} nowhere from {ends} times.")
        )
    return tuple(said)
