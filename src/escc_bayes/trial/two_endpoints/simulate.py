"""Trials of two endpoints, simulated and judged. Both arms' patients pass through the illness-death model.

Boundaries stand at the events of either endpoint that the planned effect brings at each look, found from trials of
their own: the mean of what 2,000 of them show.
"""

import math
from dataclasses import dataclass

import numpy as np

from escc_bayes.foundation.record import Record, seed_label, versions
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.looks.patients import Patients
from escc_bayes.trial.looks.risk_sets import risk_sets, stratified_z
from escc_bayes.trial.looks.snapshot import snapshot
from escc_bayes.trial.simulation.decide import NULL, TRUTH
from escc_bayes.trial.simulation.operating_characteristics import Quantity
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
class TwoEndpointResult:
    """What a design does: planned ``events`` (2, looks) and ``months`` (looks,), boundaries, quantities, record."""

    design: TwoEndpointDesign
    events: FloatArray
    months: FloatArray
    hypotheses: tuple[Hypothesis, Hypothesis]
    quantities: tuple[Quantity, ...]
    record: Record

    def of(self, scenario: str, rule: str, quantity: str) -> Quantity:
        """Return one quantity."""
        wanted = (scenario, rule, quantity)
        return next(q for q in self.quantities if (q.scenario, q.rule, q.quantity) == wanted)


def course(
    design: TwoEndpointDesign, truth: tuple[Transitions, Transitions], trials: int, seed: Seed, name: str, block: int
) -> Course:
    """Simulate a block of trials."""
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
    seen = [
        Patients(entry, np.minimum(at, gone), np.where(at <= gone, entry + at, np.inf), controls) for at in (pfs, os)
    ]
    return course_of(design, seen)


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


def simulated(design: TwoEndpointDesign, *, trials: int, seed: Seed) -> TwoEndpointResult:
    """Simulate a design under its effect and without one."""
    plan = [course(design, design.truth, size, seed, "planning", block) for block, size in enumerate(blocks(PLANNING))]
    events = np.mean(np.concatenate([of.events for of in plan], axis=2), axis=2)
    months = np.mean(np.concatenate([of.month for of in plan], axis=1), axis=1)
    refuse_rare(design, events)
    hypotheses = design.hypotheses(events)
    refuse_falling(design, hypotheses)
    found = []
    for name, truth in ((TRUTH, design.truth), (NULL, (design.truth[0], design.truth[0]))):
        parts = [
            outcomes(design, hypotheses, course(design, truth, size, seed, "two endpoints", block))
            for block, size in enumerate(blocks(trials))
        ]
        found += quantities_of(design, name, np.concatenate(parts, axis=1))
    settings = (("trials", trials), ("block", BLOCK))
    record = Record(design.digest, "", seed_label(seed), "simulated", "plan", settings, versions())
    return TwoEndpointResult(design, events, months, hypotheses, tuple(found), record)


def refuse_rare(design: TwoEndpointDesign, events: FloatArray) -> None:
    """Raise if the events of a look hardly ever come under the planned effect."""
    for place, look in enumerate(design.looks):
        expected = float(events[ENDPOINTS.index(look.endpoint)][place])
        if expected < OFTEN * look.events:
            raise DesignError(
                f"{design.name}: look {place + 1} waits for {look.words()}, and {expected:.0f} are expected at most "
                "under the planned effect; enter more patients, or ask for fewer"
            )


def refuse_falling(design: TwoEndpointDesign, hypotheses: tuple[Hypothesis, Hypothesis]) -> None:
    """Raise if more alpha makes a look harder to win: the graph's tests would not be those of a closed procedure."""
    for test, hypothesis in zip(design.tests, hypotheses, strict=True):
        if not monotone(hypothesis):
            raise DesignError(
                f"{design.name}, {test.endpoint}: its spending gives a look less with more alpha, so alpha cannot be "
                "passed on to it; choose another function"
            )


def blocks(trials: int) -> list[int]:
    """Return the sizes of the blocks."""
    return [min(BLOCK, trials - start) for start in range(0, trials, BLOCK)]


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


def quantities_of(design: TwoEndpointDesign, scenario: str, found: FloatArray) -> list[Quantity]:
    """Return shares of success of each endpoint, of any and of both, by look too, and months to the last decision."""
    pfs, os = np.isfinite(found[0]), np.isfinite(found[1])
    name, trials = "power" if scenario == TRUTH else "type_one_error", pfs.size
    null = "the control's hazards in both arms" if scenario == NULL else ""

    def share(rule: str, quantity: str, hits: FloatArray) -> Quantity:
        p = float(np.mean(hits))
        return Quantity(scenario, rule, quantity, p, math.sqrt(p * (1.0 - p) / trials), trials, None, null)

    rows = [share(ENDPOINTS[this], name, won) for this, won in enumerate((pfs, os))]
    rows += [share(ANY, name, pfs | os), share(BOTH, name, pfs & os)]
    for this, endpoint in enumerate(ENDPOINTS):
        rows += [
            share(endpoint, f"success_at_look_{place + 1}", found[this] == place) for place in range(len(design.looks))
        ]
    rows.append(share(OS, "against_where_pfs_wins", found[3] > 0.0))
    month = found[2]
    error = float(month.std()) / math.sqrt(trials)
    rows.append(Quantity(scenario, ANY, "expected_months", float(month.mean()), error, trials, None, null))
    return rows
