"""Trials of two endpoints, simulated and judged. Both arms' patients pass through the illness-death model.

Boundaries stand at the events of either endpoint that the planned effect brings at each look, found from trials of
their own: the mean of what 2,000 of them show.
"""

from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np

from escc_bayes.foundation.scheduler import Arrays
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.looks.patients import Patients
from escc_bayes.trial.looks.risk_sets import risk_sets, stratified_z
from escc_bayes.trial.looks.snapshot import snapshot
from escc_bayes.trial.simulation.decide import NULL, TRUTH
from escc_bayes.trial.simulation.kind_result import KindResult
from escc_bayes.trial.simulation.quantity import OverTrials, Quantity
from escc_bayes.trial.simulation.run import Run
from escc_bayes.trial.simulation.simulate import exponentials
from escc_bayes.trial.two_endpoints.design import ENDPOINTS, OS, TwoEndpointDesign
from escc_bayes.trial.two_endpoints.graph import Hypothesis, both_at, monotone, rejected_at
from escc_bayes.trial.two_endpoints.truth import Transitions

BLOCK, PLANNING = 500, 2000
# Mean events over wanted ones below which a look hardly ever comes as planned.
OFTEN = 0.98
ANY, BOTH = "any", "both"


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What n trials show at each look: ``z`` and ``events`` (2, looks, n) of PFS and OS, ``month`` (looks, n)."""

    z: FloatArray
    events: FloatArray
    month: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class TwoEndpointResult(KindResult[TwoEndpointDesign]):
    """What a design does, with planned ``events`` (2, looks) and ``months`` (looks,), and boundaries."""

    events: FloatArray
    months: FloatArray
    hypotheses: tuple[Hypothesis, Hypothesis]


def course(
    design: TwoEndpointDesign, truth: tuple[Transitions, Transitions], trials: int, seed: Seed, name: str, block: int
) -> Course:
    """Return what the looks of a simulated block of trials show."""
    return course_of(design, both_seen(design, truth, trials, seed, name, block))


def both_seen(
    design: TwoEndpointDesign, truth: tuple[Transitions, Transitions], trials: int, seed: Seed, name: str, block: int
) -> list[Patients]:
    """Simulate a block of trials: its patients without an end, as PFS and as OS see them."""
    root = stream(seed, name)
    random = np.random.default_rng(np.random.SeedSequence(root.entropy, spawn_key=(*root.spawn_key, block)))
    controls, treated = design.patients
    shape = (trials, controls + treated)
    entry = design.accrual.entry_months(random.random(shape))
    unit, lost = np.stack([exponentials(random, shape) for _ in range(3)]), exponentials(random, shape)
    pfs, os, gone = np.empty(shape), np.empty(shape), np.full(shape, np.inf)
    for arm, columns in ((0, slice(0, controls)), (1, slice(controls, None))):
        pfs[:, columns], os[:, columns] = truth[arm].times(unit[:, :, columns])
        if design.dropout[arm] > 0.0:
            gone[:, columns] = lost[:, columns] / design.dropout[arm]
    return [
        Patients(entry, np.minimum(at, gone), np.where(at <= gone, entry + at, np.inf), controls) for at in (pfs, os)
    ]


def course_of(design: TwoEndpointDesign, seen: list[Patients]) -> Course:
    """Return what the looks of trials show; a look comes at its event, or when all follow-up has ended."""
    trials = seen[0].entry.shape[0]
    ordered = [np.sort(of.calendar, axis=1) for of in seen]
    last = np.max([(of.entry + of.observed).max(axis=1) for of in seen], axis=0)
    months, earliest = [], np.zeros(trials)
    for look in design.looks:
        at = ordered[ENDPOINTS.index(look.endpoint)][:, look.events - 1]
        # A look never precedes the one before.
        earliest = np.maximum(np.where(np.isfinite(at), at, last), earliest)
        months.append(earliest)
    z, events = np.empty((2, len(months), trials)), np.empty((2, len(months), trials))
    for this, of in enumerate(seen):
        for place, month in enumerate(months):
            shot = snapshot(of, month)
            events[this, place] = shot.events
            z[this, place] = stratified_z((risk_sets(shot),))
    return Course(z, events, np.array(months))


def simulated(design: TwoEndpointDesign, run: Run) -> TwoEndpointResult:
    """Simulate a design under its effect and without one."""
    events, months = planned_looks(design, run.seed)
    refuse_rare(design, events)
    refuse_standing(design, events)
    hypotheses = design.hypotheses(events)
    refuse_falling(design, hypotheses)
    sums = run.summed(partial(sums_of_block, design, hypotheses, run.seed), size=BLOCK, part="two endpoints")
    found = [one for name in (TRUTH, NULL) for one in quantities_of(design, name, sums[name], run.trials)]
    return TwoEndpointResult(design, tuple(found), run.record(design.digest, BLOCK), events, months, hypotheses)


def planned_looks(design: TwoEndpointDesign, seed: Seed) -> tuple[FloatArray, FloatArray]:
    """Return the mean events (2, looks) and months (looks,) of the looks under the planned effect."""
    sizes = [min(BLOCK, PLANNING - start) for start in range(0, PLANNING, BLOCK)]
    plan = [course(design, design.truth, size, seed, "planning", block) for block, size in enumerate(sizes)]
    events = np.mean(np.concatenate([of.events for of in plan], axis=2), axis=2)
    return events, np.mean(np.concatenate([of.month for of in plan], axis=1), axis=1)


def sums_of_block(
    design: TwoEndpointDesign, hypotheses: tuple[Hypothesis, Hypothesis], seed: Seed, block: int, trials: int
) -> Arrays:
    """Return the sums of a block by scenario, in the order of ``fields_of``."""
    truths = {TRUTH: design.truth, NULL: (design.truth[0], design.truth[0])}
    return {
        name: counted(outcomes(design, hypotheses, course(design, truth, trials, seed, "two endpoints", block)), design)
        for name, truth in truths.items()
    }


def refuse_rare(design: TwoEndpointDesign, events: FloatArray) -> None:
    """Raise if the events of a look hardly ever come under the planned effect."""
    for place, look in enumerate(design.looks):
        expected = float(events[ENDPOINTS.index(look.endpoint)][place])
        if expected < OFTEN * look.events:
            raise DesignError(
                f"{design.name}: look {place + 1} waits for {look.words()}, and {expected:.0f} are expected at most "
                "under the planned effect; enter more patients, or ask for fewer"
            )


def refuse_standing(design: TwoEndpointDesign, events: FloatArray) -> None:
    """Raise if a test gains no event from one of its looks to the next: both come at once."""
    for this, test in enumerate(design.tests):
        for before, look in pairwise(test.looks):
            if events[this][look] < events[this][before] + 1.0:
                raise DesignError(
                    f"{design.name}: look {look + 1} waits for {design.looks[look].words()}, which are there by look "
                    f"{before + 1} under the planned effect ({events[this][before]:.0f} {test.endpoint.upper()} "
                    "events); ask for more, or leave it out"
                )


def refuse_falling(design: TwoEndpointDesign, hypotheses: tuple[Hypothesis, Hypothesis]) -> None:
    """Raise if more alpha makes a look harder to win: the graph's tests would not be those of a closed procedure."""
    for test, hypothesis in zip(design.tests, hypotheses, strict=True):
        if not monotone(hypothesis):
            raise DesignError(
                f"{design.name}, {test.endpoint}: its spending gives a look less with more alpha, so alpha cannot be "
                "passed on to it; choose another function"
            )


def outcomes(design: TwoEndpointDesign, hypotheses: tuple[Hypothesis, Hypothesis], seen: Course) -> FloatArray:
    """Return, of each trial: look of PFS and of OS success, month of the last, whether OS contradicts PFS; (4, n).

    A look is infinite where an endpoint never wins; the month is then that of the last look.
    """
    looks, trials = len(design.looks), seen.month.shape[1]
    z = (seen.z[0], seen.z[1])
    if design.co_primary:
        at = both_at(*hypotheses, z, looks)
        won = np.stack([at, at])
    else:
        won = rejected_at(*hypotheses, z, looks)
    rows = np.arange(trials)
    place = np.where(np.isfinite(won), won, looks - 1).astype(np.int64)
    month = seen.month[place.max(axis=0), rows]
    # OS is looked at for safety where PFS wins: does it point against treatment there?
    against = np.isfinite(won[0]) & (seen.z[1][place[0], rows] < 0.0)
    return np.stack([won[0], won[1], month, against.astype(np.float64)])


def counted(found: FloatArray, design: TwoEndpointDesign) -> FloatArray:
    """Return sums over trials: months and their squares, then the counts of ``fields_of``."""
    pfs, os = np.isfinite(found[0]), np.isfinite(found[1])
    looks = range(len(design.looks))
    by_look = [found[this] == place for this in (0, 1) for place in looks]
    hits = [pfs, os, pfs | os, pfs & os, *by_look, found[3] > 0.0]
    months = found[2]
    return np.array([months.sum(), (months**2).sum(), *(float(np.count_nonzero(of)) for of in hits)])


def fields_of(design: TwoEndpointDesign, success: str) -> tuple[tuple[str, str], ...]:
    """Return rule and quantity of each count, in the order of ``counted``."""
    by_look = [(of, f"success_at_look_{place + 1}") for of in ENDPOINTS for place in range(len(design.looks))]
    whole = [(of, success) for of in (*ENDPOINTS, ANY, BOTH)]
    return (*whole, *by_look, (OS, "against_where_pfs_wins"))


def quantities_of(design: TwoEndpointDesign, scenario: str, sums: FloatArray, trials: int) -> list[Quantity]:
    """Return shares of success of each endpoint, of any and of both, by look too, and months to the last decision."""
    success = "power" if scenario == TRUTH else "type_one_error"
    null = "the control's hazards in both arms" if scenario == NULL else ""
    seen, (total, squares, *counts) = OverTrials(scenario, trials, null), sums.tolist()
    shares = [seen.share(*field, hits) for field, hits in zip(fields_of(design, success), counts, strict=True)]
    return [*shares, seen.mean(ANY, "expected_months", total, squares)]
