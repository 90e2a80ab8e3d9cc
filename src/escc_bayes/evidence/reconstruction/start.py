"""Where the search starts: outcomes drawn from the printed curves, before any of them is matched.

Cumulative hazards are linear between the printed landmarks and medians; endpoints of one patient are correlated.
"""

import numpy as np

from escc_bayes.evidence.reconstruction import problem as kinds
from escc_bayes.evidence.reconstruction.layout import EndpointLayout, Layout
from escc_bayes.evidence.reconstruction.problem import TICKS_PER_MONTH, IntArray
from escc_bayes.evidence.reconstruction.target import CurveKey, Target
from escc_bayes.hazard.piecewise import FloatArray

# What nobody prints: how alike two endpoints of one patient are, and the hazard after the last landmark, as a share
# of the mean hazard before it.
CORRELATION = 0.6
TAIL_HAZARD = (0.6, 1.5)
# Share of patients lost before the data cut-off; a printed rate between two multiples of 1/n needs some.
LOST = (0.02, 0.05)
# Shortest follow-up of a patient who is not lost, as a share of the median.
LEAST_FOLLOW_UP = (0.7, 0.95)


def longest_months(endpoint: EndpointLayout, targets: tuple[Target, ...]) -> float:
    """Return the longest follow-up: stated, or from the last landmark and the median follow-up."""
    if endpoint.longest is not None:
        return endpoint.longest
    reached = [1.0]
    for target in targets:
        if isinstance(target.key, CurveKey) and target.key.endpoint == endpoint.name:
            if target.kind == kinds.SURVIVAL:
                reached.append(1.3 * target.arg / TICKS_PER_MONTH)
            elif target.kind in (kinds.MEDIAN, kinds.MEDIAN_HIGH):
                reached.append(1.5 * target.aim)
            elif target.kind == kinds.FOLLOW_UP:
                reached.append(2.0 * target.aim)
    return max(reached)


def anchors(key: CurveKey, targets: tuple[Target, ...]) -> tuple[FloatArray, FloatArray]:
    """Return times in months and cumulative hazards of one printed curve, from 0 on."""
    points = {0.0: 1.0}
    for target in targets:
        if target.key == key and target.kind == kinds.SURVIVAL:
            points[target.arg / TICKS_PER_MONTH] = max(target.aim, 0.01)
        elif target.key == key and target.kind == kinds.MEDIAN:
            points[target.aim] = 0.5
    times = np.array(sorted(points))
    survival = np.minimum.accumulate(np.array([points[t] for t in times]))
    return times, -np.log(survival)


def event_times(
    uniforms: FloatArray, key: CurveKey, targets: tuple[Target, ...], longest: float, rng: np.random.Generator
) -> FloatArray:
    """Return event times in months with the printed curve; those beyond the longest follow-up are larger than it."""
    times, hazards = anchors(key, targets)
    if times.size == 1:
        return longest * (0.3 - np.log(uniforms))
    slope = rng.uniform(*TAIL_HAZARD) * max(hazards[-1] / times[-1], 1e-4)
    asked = -np.log(uniforms)
    inside = np.interp(asked, hazards + 1e-9 * np.arange(hazards.size), times)
    return np.where(asked > hazards[-1], times[-1] + (asked - hazards[-1]) / slope, inside)


def censoring_times(
    key: CurveKey, targets: tuple[Target, ...], longest: float, n: int, rng: np.random.Generator
) -> FloatArray:
    """Return months to the data cut-off, their median near the printed median follow-up."""
    known = [t.aim for t in targets if t.key == key and t.kind == kinds.FOLLOW_UP]
    middle = known[0] if known else rng.uniform(0.55, 0.8) * longest
    share, least = rng.beta(2.0, 2.0, n), rng.uniform(*LEAST_FOLLOW_UP)
    months = np.where(
        share < 0.5, middle * (least + 2.0 * share * (1.0 - least)), middle + (2.0 * share - 1.0) * (longest - middle)
    )
    return np.where(rng.random(n) < rng.uniform(*LOST), rng.uniform(0.0, middle, n), months)


def groups_of(
    layout: Layout, endpoint: EndpointLayout, targets: tuple[Target, ...], codes: dict[str, IntArray], n: int
) -> list[tuple[CurveKey, IntArray]]:
    """Return the curves that together hold every patient: by arm where arms are printed, else of all."""
    keys = list(
        dict.fromkeys(
            t.key
            for t in targets
            if isinstance(t.key, CurveKey) and t.key.endpoint == endpoint.name and t.key.subset == 0
        )
    )
    found, left = [], np.ones(n, dtype=bool)
    for key in keys:
        if key.covariate:
            levels = layout.covariate(key.covariate).levels
            inside = np.isin(codes[key.covariate], [levels.index(level) for level in key.levels]) & left
            found.append((key, np.flatnonzero(inside)))
            left &= ~inside
    whole = CurveKey(endpoint.name)
    if left.any():
        found.append((whole if whole in keys or not keys else keys[0], np.flatnonzero(left)))
    return found


def draw_outcomes(
    layout: Layout, targets: tuple[Target, ...], codes: dict[str, IntArray], n: int, rng: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Return ticks and events (E, n) from the printed curves; records stand at the slots of the same number."""
    latent = rng.standard_normal(n)
    ticks, events = np.zeros((2, len(layout.endpoints), n), dtype=np.int64)
    for position, endpoint in enumerate(layout.endpoints):
        longest = longest_months(endpoint, targets)
        own = np.sqrt(CORRELATION) * latent + np.sqrt(1.0 - CORRELATION) * rng.standard_normal(n)
        months, cut_off = np.empty(n), np.empty(n)
        for key, rows in groups_of(layout, endpoint, targets, codes, n):
            # Ranks within the group, so that even a small arm starts near its curve.
            ranks = np.argsort(np.argsort(own[rows])) + rng.uniform(0.2, 0.8, rows.size)
            uniforms = np.clip(1.0 - ranks / rows.size, 1e-6, 1.0 - 1e-6)
            months[rows] = event_times(uniforms, key, targets, longest, rng)
            cut_off[rows] = censoring_times(key, targets, longest, rows.size, rng)
        if endpoint.within:
            outer = next(k for k, e in enumerate(layout.endpoints) if e.name == endpoint.within)
            place_within(position, outer, months, ticks, events, endpoint)
        else:
            longest_tick = round(longest * TICKS_PER_MONTH)
            found = np.rint(np.minimum(months, cut_off) * TICKS_PER_MONTH).astype(np.int64)
            ticks[position] = np.clip(found, round(endpoint.shortest * TICKS_PER_MONTH), longest_tick)
            events[position] = months <= cut_off
            ticks[position] = without_ties(ticks[position], longest_tick)
    return ticks, events


def place_within(
    position: int, outer: int, months: FloatArray, ticks: IntArray, events: IntArray, endpoint: EndpointLayout
) -> None:
    """Write an endpoint that ends with its outer one at the latest."""
    early = np.maximum(np.rint(months * TICKS_PER_MONTH).astype(np.int64), round(endpoint.shortest * TICKS_PER_MONTH))
    before = early < ticks[outer]
    ticks[position], events[position] = ticks[outer], events[outer]
    for slot in np.flatnonzero(before):
        used = set(np.delete(ticks[position], slot).tolist())
        tick = early[slot]
        while tick in used and tick > 1:
            tick -= 1
        ticks[position, slot], events[position, slot] = tick, 1


def without_ties(ticks: IntArray, longest: int) -> IntArray:
    """Return the ticks with repeats moved to the nearest free ones."""
    used: set[int] = set()
    found = ticks.copy()
    for slot, tick in enumerate(ticks.tolist()):
        step = 0
        while tick + step in used or not 1 <= tick + step <= longest:
            step = -step if step > 0 else 1 - step
        found[slot] = tick + step
        used.add(tick + step)
    return found
