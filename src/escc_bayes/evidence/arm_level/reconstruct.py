"""An ensemble of cohorts that give back what a trial prints of its arms, built and not searched for.

docs/methods/arm_level.md.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from escc_bayes.evidence.arm_level.curve import Anchor, Curve, anchors_of, curve_through
from escc_bayes.evidence.arm_level.effect import implied_events, tilted, wanted_from
from escc_bayes.evidence.arm_level.events import Arm, arm_through
from escc_bayes.evidence.arm_level.follow_up import FollowUp, solve_follow_up
from escc_bayes.evidence.arm_level.progression import progression_of
from escc_bayes.evidence.arm_level.published import ArmPrint, EndpointPrint
from escc_bayes.evidence.arm_level.value import value_of
from escc_bayes.evidence.reconstruction import problem as kinds
from escc_bayes.evidence.reconstruction.automatic import BOUNDED
from escc_bayes.evidence.reconstruction.target import Target
from escc_bayes.foundation.seeds import Seed, stream

type Maker = Callable[[int, float], Arm]

# Months are written so.
DECIMALS = 4
# Cohorts to try, the most that one statistic counts against one, and what the limits of a median count: they follow
# from the curve and its numbers at risk, and are not aimed at.
ATTEMPTS, FEW, FAR, OF_LIMITS = 16, 3, 200.0, 0.05
LIMITS = (kinds.MEDIAN_LOW, kinds.MEDIAN_HIGH)
# Longest follow-up where nothing says it, as a multiple of the last printed point.
BEYOND = 1.6


@dataclass(frozen=True, slots=True)
class Member:
    """One cohort: for each endpoint, the patients of every arm in one order."""

    outcomes: dict[str, tuple[Arm, ...]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One endpoint of one member before events are placed: anchors and curve of each arm, follow-up and events."""

    anchors: tuple[tuple[Anchor, ...], ...]
    curves: tuple[Curve, ...]
    follow_up: FollowUp
    events: tuple[int | None, ...]
    scale: float

    def events_at(self, k: int, n: int, tilt: float) -> int:
        """Return the events of one arm of ``n`` patients: printed, or those expected at a tilt, scaled to the total."""
        printed = self.events[k]
        if printed is not None:
            return printed
        expected = n * (1.0 - self.follow_up.censored_share(self.curves[k].tilted(tilt)))
        return int(np.clip(round(expected * self.scale), 1, n))


def reconstruct_arms(
    printed: ArmPrint, *, seed: Seed, replicates: int, progress: Callable[[str, int, int], None] | None = None
) -> tuple[Member, ...]:
    """Return cohorts whose arms have the printed rates, medians, events and hazard ratio.

    Parameters
    ----------
    seed : the same seed gives the same cohorts.
    replicates : how many.
    progress : called with (what, done, total).
    """
    members = []
    for k in range(replicates):
        members.append(best_of(printed, stream(seed, "arms", str(k))))
        if progress is not None:
            progress("Cohorts", k + 1, replicates)
    return tuple(members)


def best_of(printed: ArmPrint, seed: Seed) -> Member:
    """Return the first cohort that has every printed statistic, or the nearest of some.

    Where the median follow-up of a cohort is off, the next one aims beside it by as much. What is not aimed at, and
    a follow-up that a few cohorts did not have, is not worth more of them.
    """
    targets = printed.targets()
    best, least, aim = None, (np.inf, np.inf), 1.0
    for attempt in range(ATTEMPTS):
        member = member_of(printed, stream(seed, "attempt", str(attempt)), aim)
        missed, core, share = misses(printed, targets, member)
        if (core, missed) < least:
            best, least = member, (core, missed)
        if missed == 0.0 or (core == 0.0 and attempt >= FEW):
            break
        aim = float(np.clip(aim * share, 0.8, 1.25))
    assert best is not None
    return best


def misses(printed: ArmPrint, targets: tuple[Target, ...], member: Member) -> tuple[float, float, float]:
    """Return how far a cohort is from the print, in tolerances, in all and without follow-up and limits of medians.

    The third is printed over achieved median follow-up.
    """
    total, core, share = 0.0, 0.0, 1.0
    for target in targets:
        value = value_of(target, printed.arms, member.outcomes[printed.word_of(target)])
        if value is None:
            continue
        off = min(target.distance(value) / max(target.tolerance, 0.5), 1e3) if np.isfinite(value) else 1e3
        scaled = min(target.distance(value) / target.tolerance, FAR) if target.tolerance > 0.0 else off
        total += scaled * (OF_LIMITS if target.kind in LIMITS else 1.0)
        core += 0.0 if target.kind in (*LIMITS, kinds.FOLLOW_UP) else scaled
        if target.kind == kinds.FOLLOW_UP and value > 0.0:
            share = target.aim / value
    return total, core, share


def member_of(printed: ArmPrint, seed: Seed, aim: float = 1.0) -> Member:
    """Return one cohort; a bounded endpoint is made after the one that bounds it.

    ``aim`` : multiple of the printed median follow-up to aim at.
    """
    outcomes: dict[str, tuple[Arm, ...]] = {}
    drawn: dict[str, Drawn] = {}
    for endpoint in printed.endpoints:
        own = stream(seed, endpoint.word)
        drawn[endpoint.word] = draw(endpoint, printed.sizes, own, drawn.get(BOUNDED.get(endpoint.word, "")), aim)
        outer = BOUNDED.get(endpoint.word, "")
        make = (
            within_maker(drawn[endpoint.word], drawn[outer], outcomes[outer], own)
            if outer in outcomes
            else maker(drawn[endpoint.word], printed.sizes, own)
        )
        outcomes[endpoint.word] = both_arms(make, endpoint) if len(printed.arms) == 2 else alone(make, printed)
    return Member({word: tuple(rounded(arm) for arm in arms) for word, arms in outcomes.items()})


def rounded(arm: Arm) -> Arm:
    """Return an arm with months as they are written."""
    return Arm(np.round(arm.time, DECIMALS), arm.event)


def both_arms(make: Maker, endpoint: EndpointPrint) -> tuple[Arm, Arm]:
    """Return two arms at the tilt that gives the printed effect."""

    def arms_tilted(tilt: float) -> tuple[Arm, Arm]:
        return make(0, -tilt), make(1, tilt)

    return tilted(arms_tilted, wanted_from(endpoint.effect))


def alone(make: Maker, printed: ArmPrint) -> tuple[Arm, ...]:
    """Return arms that nothing compares."""
    return tuple(make(k, 0.0) for k in range(len(printed.arms)))


def draw(endpoint: EndpointPrint, sizes: tuple[int, ...], seed: Seed, outer: Drawn | None, aim: float) -> Drawn:
    """Return anchors, curves, follow-up and number of events of one endpoint."""
    rng = np.random.default_rng(stream(seed, "curve"))
    anchors = tuple(anchors_of(curve, rng) for curve in endpoint.curves)
    last = max((a.month for of_arm in anchors for a in of_arm), default=24.0)
    medians = [float(c.followup_median) for c in endpoint.curves if c.followup_median is not None]
    median = aim * float(np.mean(medians)) if medians else None
    end = 2.0 * median if median is not None else BEYOND * last
    curves = tuple(
        curve_through(of_arm, end, rng, above_half=curve.median_reached is False)
        for of_arm, curve in zip(anchors, endpoint.curves, strict=True)
    )
    if outer is not None:
        follow_up = outer.follow_up
    else:
        follow_up = solve_follow_up(curves, sizes, total_events(endpoint, sizes), median, end)
    return Drawn(anchors, curves, follow_up, printed_events(endpoint), scale_of(endpoint, sizes, curves, follow_up))


def total_events(endpoint: EndpointPrint, sizes: tuple[int, ...]) -> float | None:
    """Return the events of all arms: printed, or implied by the interval of their effect; None: unknown."""
    printed = [events for events in printed_events(endpoint) if events is not None]
    if len(printed) == len(sizes):
        return float(sum(printed))
    return implied_events(endpoint.effect, sizes)


def printed_events(endpoint: EndpointPrint) -> tuple[int | None, ...]:
    """Return the events of each arm, as its curve or the effect prints them."""
    effect = endpoint.effect
    stated = [c.events for c in endpoint.curves]
    if effect is not None and len(stated) == 2:
        both = (effect.events_versus, effect.events_hazard_of)
        stated = [s if s is not None else b for s, b in zip(stated, both, strict=True)]
    return tuple(stated)


def scale_of(endpoint: EndpointPrint, sizes: tuple[int, ...], curves: tuple[Curve, ...], follow_up: FollowUp) -> float:
    """Return by how much the expected events of an arm must be multiplied to give the total that is implied.

    1 where the total is unknown, or less than what the printed curves need by their last point: an interval is often
    wider than its events alone would make it.
    """
    total = total_events(endpoint, sizes)
    each = list(zip(sizes, curves, strict=True))
    expected = sum(n * (1.0 - follow_up.censored_share(curve)) for n, curve in each)
    needed = sum(n * follow_up.events_by(curve, float(curve.months[-1])) for n, curve in each)
    return total / expected if total is not None and total >= needed and expected > 0.0 else 1.0


def maker(drawn: Drawn, sizes: tuple[int, ...], seed: Seed) -> Maker:
    """Return a function that makes one arm at a tilt, with the same random numbers each time."""

    def make(k: int, tilt: float) -> Arm:
        rng = np.random.default_rng(stream(seed, "arm", str(k)))
        curve = drawn.curves[k].tilted(tilt)
        censored = drawn.follow_up.censored_months(curve, sizes[k] - drawn.events_at(k, sizes[k], tilt), rng)
        return arm_through(drawn.anchors[k], sizes[k], censored, curve.tail, drawn.follow_up, tilt, rng)

    return make


def within_maker(drawn: Drawn, outer: Drawn, arms: tuple[Arm, ...], seed: Seed) -> Maker:
    """Return a function that makes PFS of one arm whose OS is given."""

    def make(k: int, tilt: float) -> Arm:
        rng = np.random.default_rng(stream(seed, "arm", str(k)))
        events = max(drawn.events_at(k, arms[k].time.size, tilt), int(arms[k].event.sum()))
        return progression_of(
            arms[k], drawn.anchors[k], drawn.curves[k], outer.curves[k], drawn.follow_up, events, tilt, rng
        )

    return make
