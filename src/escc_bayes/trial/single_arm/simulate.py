"""Trials of a single arm, simulated and judged: every rule on the same patients, under every scenario.

Where the reference is known by draws, a draw is true for each trial, and the analysis takes their mean as known: what
it does not know of the reference then shows in the type I error. Blocks have streams of their own.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from escc_bayes.foundation.scheduler import Arrays
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.looks.patients import Patients
from escc_bayes.trial.looks.snapshot import look_months, snapshot
from escc_bayes.trial.simulation.decide import BELIEVED, NULL, TRUTH
from escc_bayes.trial.simulation.kind_result import KindResult
from escc_bayes.trial.simulation.quantity import OverTrials, Quantity
from escc_bayes.trial.simulation.run import Run
from escc_bayes.trial.simulation.simulate import drawn_log_ratios, exponentials
from escc_bayes.trial.single_arm.design import SingleArmDesign
from escc_bayes.trial.single_arm.power import power_of
from escc_bayes.trial.single_arm.rules import ArmSeen, SingleArmRule
from escc_bayes.trial.truth.data_generating import Effect, inverted

BLOCK = 1000
# Hazard of concurrent controls over the reference's: an arm that is as good as they are, and no better.
DRIFTS = (0.8, 1.25)
SUCCESS = {TRUTH: "power", BELIEVED: "assurance"}

type SingleArmResult = KindResult[SingleArmDesign]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A truth: an ``effect`` over the reference (None: drawn from what is believed), and the rules judged under it."""

    name: str
    effect: Effect | None
    rules: tuple[SingleArmRule, ...]


def scenarios_of(design: SingleArmDesign) -> tuple[Scenario, ...]:
    """Return the stated effect, the null of each rule, drifts of the reference, and what is believed."""
    found = [Scenario(TRUTH, design.effect, design.rules)]
    for ratio in dict.fromkeys(rule.criterion.null for rule in design.rules):
        mine = tuple(rule for rule in design.rules if rule.criterion.null == ratio)
        found.append(Scenario(NULL, Effect((ratio,)), mine))
    found += [Scenario(drift_name(factor), Effect((factor,)), design.rules) for factor in DRIFTS]
    if design.believed is not None:
        found.append(Scenario(BELIEVED, None, design.rules))
    return tuple(found)


def drift_name(factor: float) -> str:
    """Return the name of the scenario in which concurrent controls drift, and the arm is no better than they are."""
    return f"drift {factor:g}"


def simulated(design: SingleArmDesign, run: Run) -> SingleArmResult:
    """Simulate a design; every quantity with its Monte Carlo standard error."""
    sums = run.summed(partial(sums_of_block, design, run.seed), size=BLOCK, part="single arm")
    found = [
        quantity
        for place, scenario in enumerate(scenarios_of(design))
        for quantity in quantities_of(design, scenario, sums[str(place)], run.trials)
    ]
    return KindResult(design, tuple(found), run.record(design.digest, BLOCK))


def sums_of_block(design: SingleArmDesign, seed: Seed, block: int, trials: int) -> Arrays:
    """Return the sums of a block by the place of their scenario."""
    return {
        str(place): block_sums(design, scenario, trials, seed, block)
        for place, scenario in enumerate(scenarios_of(design))
    }


def block_sums(design: SingleArmDesign, scenario: Scenario, trials: int, seed: Seed, block: int) -> FloatArray:
    """Return successes of the scenario's rules, then sums and sums of squares of events, patients and months."""
    seen = arm_seen(design, scenario.effect, trials, seed, block)
    won = [float(np.count_nonzero(rule.criterion.holds(seen))) for rule in scenario.rules]
    sizes = [np.asarray(of, dtype=np.float64) for of in (seen.events, seen.shot.enrolled, seen.shot.month)]
    return np.array([*won, *(float(of.sum()) for of in sizes), *(float((of**2).sum()) for of in sizes)])


def arm_seen(design: SingleArmDesign, effect: Effect | None, trials: int, seed: Seed, block: int) -> ArmSeen:
    """Return what the analysis of a block of trials sees; ``effect`` None: drawn from what is believed."""
    return seen_at_analysis(design, arm_patients(design, effect, trials, seed, block))


def seen_at_analysis(design: SingleArmDesign, seen: Patients) -> ArmSeen:
    """Return what the analysis sees of trials."""
    shot = snapshot(seen, look_months(seen, (design.look,), design.lag)[0], design.lag)
    expected = design.reference.cumulative(shot.time).sum(axis=1)
    return ArmSeen(shot, shot.events.astype(np.float64), np.asarray(expected))


def arm_patients(design: SingleArmDesign, effect: Effect | None, trials: int, seed: Seed, block: int) -> Patients:
    """Return the patients of a block of trials without an end; ``effect`` None: drawn from what is believed."""
    root = stream(seed, "single arm")
    random = np.random.default_rng(np.random.SeedSequence(root.entropy, spawn_key=(*root.spawn_key, block)))
    shape = (trials, design.patients)
    entry = design.accrual.entry_months(random.random(shape))
    unit, lost = exponentials(random, shape), exponentials(random, shape)
    chosen = random.integers(design.reference.draws, size=trials)
    believed = random.random((trials, 2))
    if effect is None:
        assert design.believed is not None
        log_ratio = drawn_log_ratios(design.believed, believed)[:, None] * design.effect.shape
        cuts = design.effect.cuts
    else:
        log_ratio, cuts = np.log(np.array([effect.hr])), effect.cuts
    edges = design.reference.cumulative_of(chosen, np.array(cuts))
    died = design.reference.time_at(chosen, inverted(unit, np.exp(log_ratio), edges))
    gone = lost / design.dropout if design.dropout > 0.0 else np.full(shape, np.inf)
    if design.follow_up is not None:
        gone = np.minimum(gone, design.follow_up)
    calendar = np.where(died <= gone, entry + died, np.inf)
    return Patients(entry, np.minimum(died, gone), calendar, 0)


def quantities_of(design: SingleArmDesign, scenario: Scenario, sums: FloatArray, trials: int) -> list[Quantity]:
    """Return the quantities of a scenario, rule by rule."""
    rules, found = len(scenario.rules), []
    means, squares = sums[rules : rules + 3] / trials, sums[rules + 3 :] / trials
    errors = np.sqrt(np.maximum(squares - means**2, 0.0) / trials)
    for rule, won in zip(scenario.rules, sums[:rules].tolist(), strict=True):
        null = null_words(rule.criterion.null) if scenario.name == NULL else ""
        closed = None if scenario.effect is None else power_of(design, rule.criterion, scenario.effect)
        success = SUCCESS.get(scenario.name, "type_one_error")
        found.append(OverTrials(scenario.name, trials, null).share(rule.name, success, won, closed))
        for name, mean, spread in zip(("events", "patients", "months"), means.tolist(), errors.tolist(), strict=True):
            found.append(Quantity(scenario.name, rule.name, f"expected_{name}", mean, spread, trials, None, null))
    return found


def null_words(ratio: float) -> str:
    """Say a null."""
    return f"hazard ratio {ratio:.4g} over the reference"
