"""How hazards go on beyond what is seen: by the design's own shape, times what the data say of its height.

The clock of an arm is v(t) = -log[(S(t) - p) / (1 - p)], S its survival by the design and p what it levels off at (0
without cure): the cumulative hazard of those who are not cured. A drawn hazard is

S(t) = p + (1 - p) exp(-G(v(t))),    G piecewise linear with slopes g_j,

so a factor 1 is the design, and a cured share stays what the design says. The g_j of a draw bring as many events to the
patients seen as its rates of the pieces do, lambda_j times their person-months; from the last cut on the slope is that
of all events together, drawn towards the last piece's own where the pieces differ beyond chance.
``docs/methods/trial_design.md``.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri

from escc_bayes.hazard.piecewise import FloatArray, person_months, piece_of
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.truth.data_generating import ArmHazard, TreatedHazard, inverted

# The clock is tabulated to this month, closer where hazards are steep; beyond it goes on at its last slope.
FARTHEST, NODES, NEAREST = 1200.0, 1500, 1e-3
LEAST = 1e-12
ROUNDS = 6


@dataclass(frozen=True, slots=True, eq=False)
class DesignClock:
    """v of the design, ``values`` (m,) at ``months`` (m,), linear between; both increase from 0. ``cured``: p."""

    months: FloatArray
    values: FloatArray
    cured: float

    def at(self, times: FloatArray) -> FloatArray:
        """Return v at ``times``."""
        beyond = np.maximum(times - self.months[-1], 0.0)
        return np.asarray(np.interp(times, self.months, self.values) + beyond * self.last_slope)

    def months_at(self, values: FloatArray) -> FloatArray:
        """Return the months at which v reaches ``values``; infinite where it never does."""
        found = np.interp(values, self.values, self.months)
        past = values - self.values[-1]
        with np.errstate(divide="ignore", invalid="ignore"):
            late = self.months[-1] + past / self.last_slope if self.last_slope > LEAST else np.inf
        return np.where(past > 0.0, late, found)

    @property
    def last_slope(self) -> float:
        """The hazard at the end of the table."""
        return float((self.values[-1] - self.values[-2]) / (self.months[-1] - self.months[-2]))

    def hazard_of(self, uncured: FloatArray) -> FloatArray:
        """Return the cumulative hazard of all patients from that of the uncured."""
        return np.asarray(-np.log(self.cured + (1.0 - self.cured) * np.exp(-uncured))) if self.cured else uncured

    def uncured_of(self, hazard: FloatArray) -> FloatArray:
        """Return the cumulative hazard of the uncured from that of all patients; infinite beyond the cured."""
        if not self.cured:
            return hazard
        left = (np.exp(-hazard) - self.cured) / (1.0 - self.cured)
        with np.errstate(divide="ignore"):
            return np.asarray(-np.log(np.maximum(left, 0.0)))


def clock_of(*arms: tuple[float, ArmHazard]) -> DesignClock:
    """Return the clock of patients of several hazards, each with its share: of their mixed survival."""
    cuts = {cut for _, hazard in arms for cut in hazard.cuts}
    spaced = np.geomspace(NEAREST, FARTHEST, NODES)
    months = np.array(sorted({0.0, *spaced.tolist(), *(cut for cut in cuts if 0.0 < cut < FARTHEST)}))
    whole = sum(share for share, _ in arms)

    def survival(times: FloatArray) -> FloatArray:
        return np.sum([share / whole * np.exp(-hazard.cumulative(times)) for share, hazard in arms], axis=0)

    cured = float(survival(np.array([1e6]))[0])
    cured = cured if cured > LEAST else 0.0
    left = (survival(months) - cured) / (1.0 - cured)
    known = left > LEAST
    return DesignClock(months[known], np.maximum.accumulate(np.maximum(-np.log(left[known]), 0.0)), cured)


def arm_clocks(design: TrialDesign) -> tuple[DesignClock, DesignClock]:
    """Return the clocks of control and treatment."""
    return clock_of((1.0, design.control)), clock_of((1.0, TreatedHazard(design.control, design.effect)))


def pooled_clock(design: TrialDesign) -> DesignClock:
    """Return the clock of both arms mixed as allocated: that of a patient whose arm nobody tells."""
    control, treated = (float(count) for count in design.patients)
    return clock_of((control, design.control), (treated, TreatedHazard(design.control, design.effect)))


@dataclass(frozen=True, slots=True, eq=False)
class DrawnShape:
    """Hazards of many draws: slopes ``factors`` (count, J) of G between ``edges`` (J - 1,) of v."""

    factors: FloatArray
    edges: FloatArray
    clock: DesignClock

    def scaled(self, factor: FloatArray) -> "DrawnShape":
        """Return the hazard of the uncured times ``factor`` (count,)."""
        return DrawnShape(self.factors * factor[:, None], self.edges, self.clock)

    def cumulative(self, times: FloatArray) -> FloatArray:
        """Return H (count, m) of all patients at ``times`` (m,)."""
        return self.clock.hazard_of(self.factors @ person_months(self.clock.at(times), self.edges).T)

    def time_at(self, target: FloatArray) -> FloatArray:
        """Return the months at which H reaches ``target`` (count, m); infinite for the cured."""
        edges = np.broadcast_to(self.edges, (self.factors.shape[0], self.edges.size))
        uncured = self.clock.uncured_of(target)
        never = ~np.isfinite(uncured)
        found = self.clock.months_at(inverted(np.where(never, 0.0, uncured), self.factors, edges))
        return np.where(never, np.inf, found)


def shaped(
    rates: FloatArray, cuts: FloatArray, clock: DesignClock, followed: FloatArray, events: FloatArray
) -> DrawnShape:
    """Return drawn rates in pieces as slopes on the design's clock.

    Parameters
    ----------
    rates : (count, J) per month between ``cuts`` (J - 1,) months.
    followed : (n,) months for which the patients were followed that the rates rest on.
    events : (J,) seen of them.
    """
    edges = clock.at(cuts)
    moves = np.diff(edges, prepend=0.0) > LEAST
    if not moves.all():
        # Cuts between which the design's clock stands still would be one place on it.
        events = np.add.reduceat(events, np.flatnonzero(np.append(True, moves)))
        rates, cuts, edges = rates[:, np.append(moves, True)], cuts[moves], edges[moves]
    wanted = rates * person_months(followed, cuts).sum(axis=0)
    factors = solved_factors(wanted, edges, clock, followed)
    last = going_on(factors, wanted, events)
    return DrawnShape(np.concatenate([factors[:, :-1], last[:, None]], axis=1), edges, clock)


def solved_factors(wanted: FloatArray, edges: FloatArray, clock: DesignClock, followed: FloatArray) -> FloatArray:
    """Return slopes (count, J) under which the patients followed expect ``wanted`` (count, J) events in the pieces.

    Each round multiplies a slope by wanted over expected events: at once right without cure, within 1e-3 with it.
    """
    at = clock.at(followed)
    spent, ends = person_months(at, edges), piece_of(np.maximum(at, LEAST), edges)
    inside = np.eye(edges.size + 1)[ends]
    beyond = np.array([np.count_nonzero(ends > piece) for piece in range(edges.size + 1)], dtype=np.float64)
    passed = np.tril(np.ones((edges.size, edges.size))) * np.diff(edges, prepend=0.0)
    factors = np.ones(wanted.shape)
    for _ in range(ROUNDS if clock.cured else 1):
        starts = np.concatenate([np.zeros((wanted.shape[0], 1)), factors[:, :-1] @ passed.T], axis=1)
        low = clock.hazard_of(starts)
        gained = clock.hazard_of(factors @ spent.T) @ inside - low * inside.sum(axis=0)
        gained[:, :-1] += beyond[:-1] * (low[:, 1:] - low[:, :-1])
        step = np.divide(wanted, gained, out=np.ones(wanted.shape), where=gained > LEAST)
        factors = factors * step
    return factors


def going_on(factors: FloatArray, wanted: FloatArray, events: FloatArray) -> FloatArray:
    """Return the slope (count,) from the last cut on: all pieces' together, unless they differ beyond chance.

    Log slopes of the pieces vary about their mean with chance 1 / events. What their Cochran's Q exceeds its 99.9 %
    point by is variance t2 between pieces (DerSimonian & Laird 1986, Control Clin Trials 7:177), and draws the slope
    towards the last piece's own. Cuts at quantiles of the events make pieces differ more than chance, hence 99.9 %.
    """
    weight = np.maximum(events, 0.5)
    logs = np.log(np.maximum(factors, LEAST))
    # Events of all pieces over those that the design expects of the same patients.
    whole = wanted.sum(axis=1) / np.maximum((wanted / np.maximum(factors, LEAST)).sum(axis=1), LEAST)
    together = np.log(np.maximum(whole, LEAST))
    centre = logs.mean(axis=0)
    spread = float(weight @ (centre - float(centre @ weight) / weight.sum()) ** 2)
    scale = float(weight.sum() - weight @ weight / weight.sum())
    usual = float(chdtri(weight.size - 1, 0.001)) if weight.size > 1 else 0.0
    between = max(spread - usual, 0.0) / scale if scale > 0.0 else 0.0
    share = between / (between + 1.0 / weight[-1])
    return np.asarray(np.exp(together + share * (logs[:, -1] - together)))
