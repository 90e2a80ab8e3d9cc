"""Survival of events that lie between two months, without a model: the maximum likelihood estimate of Turnbull.

Mass can lie only in the innermost spans, from a left end to the right end next after it; where in a span it lies, the
data do not say. Turnbull 1976, J R Stat Soc B 38:290; Gentleman & Geyer 1994, Biometrika 81:618 for what a maximum is.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray

# What the directional derivatives may exceed their bound by, of 1, at a maximum.
ENOUGH = 1e-9
ROUNDS, STEPS = 2000, 40
# A span with less mass than this, and no pull to have more, has none.
NOTHING = 1e-12


@dataclass(frozen=True, slots=True)
class Turnbull:
    """Spans (k,) that hold mass, in order.

    Attributes
    ----------
    start, stop : months of each span; equal where the month is known; the last may end at infinity.
    mass : probability of the event in each span.
    """

    start: FloatArray
    stop: FloatArray
    mass: FloatArray

    @property
    def after(self) -> FloatArray:
        """Survival after each span, (k,)."""
        return np.clip(1.0 - np.cumsum(self.mass), 0.0, 1.0)

    def bounds(self, months: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the least and the largest survival at months (t,) that fit the estimate: they differ inside a span."""
        before, ended = np.concatenate([[1.0], self.after]), self.ended(months)
        return before[np.maximum(np.searchsorted(self.start, months, side="left"), ended)], before[ended]

    def ended(self, months: FloatArray) -> np.ndarray:
        """Return how many spans have ended by months (t,)."""
        return np.asarray(np.searchsorted(self.stop, months, side="right"))

    def survival(self, months: FloatArray) -> FloatArray:
        """Return survival at months (t,), the mass of a span spread evenly over it; of an endless one it stays."""
        low, high = self.bounds(months)
        place = np.minimum(self.ended(months), self.mass.size - 1)
        begin, end = self.start[place], self.stop[place]
        inside = (months > begin) & (months < end) & np.isfinite(end)
        share = np.where(inside, (months - begin) / np.where(inside, end - begin, 1.0), 0.0)
        return np.asarray(high - share * (high - low))

    @property
    def median(self) -> tuple[float, float]:
        """The span in which survival comes down to 1/2; infinite where it does not."""
        reached = np.flatnonzero(self.after <= 0.5 + ENOUGH)
        if not reached.size:
            return np.inf, np.inf
        return float(self.start[reached[0]]), float(self.stop[reached[0]])


def turnbull(left: FloatArray, right: FloatArray) -> Turnbull:
    """Return the estimate.

    Parameters
    ----------
    left, right : (n,) the last month without the event and the first with it; equal where the month is known, right
        infinite where the event was not seen.

    Examples
    --------
    >>> found = turnbull(np.array([0.0, 2.0, 3.0, 5.0]), np.array([3.0, 4.0, 6.0, np.inf]))
    >>> found.start.tolist(), found.stop.tolist(), found.mass.round(3).tolist()
    ([2.0, 5.0], [3.0, 6.0], [0.5, 0.5])
    """
    pairs, weight = np.unique(np.column_stack([left, right]), axis=0, return_counts=True)
    start, stop = innermost(pairs[:, 0], pairs[:, 1])
    known = (start == stop)[None]
    # A span lies inside a patient's where it begins no earlier and ends no later; a known month inside (l, r].
    inside = (start >= pairs[:, :1]) & (stop <= pairs[:, 1:])
    inside &= ~known | (start > pairs[:, :1]) | (pairs[:, :1] == pairs[:, 1:])
    mass = largest(inside.astype(np.float64), weight / weight.sum())
    kept = mass > 0.0
    return Turnbull(start[kept], stop[kept], mass[kept])


def innermost(left: FloatArray, right: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the ends of the spans that begin at a left end and end at the right end next after it."""
    exact = left == right
    # At one month: known events begin, then spans end (they hold their right end), then spans begin (left end outside).
    month = np.concatenate([left, right])
    kind = np.concatenate([np.where(exact, 0, 2), np.ones(right.size, dtype=np.int64)])
    order = np.lexsort((kind, month))
    begins, months = kind[order] != 1, month[order]
    at = np.flatnonzero(begins[:-1] & ~begins[1:])
    spans = np.unique(np.column_stack([months[at], months[at + 1]]), axis=0)
    return spans[:, 0], spans[:, 1]


def largest(inside: FloatArray, share: FloatArray) -> FloatArray:
    """Return the masses (k,) that maximise sum of share_i log(inside_i mass), by Newton on the spans that have any.

    At the maximum the derivative towards each span, sum of share_i inside_ij / (inside_i mass), is at most 1.
    """
    mass = np.full(inside.shape[1], 1.0 / inside.shape[1])
    for _ in range(ROUNDS):
        pull = (share / (inside @ mass)) @ inside
        if pull.max() < 1.0 + ENOUGH and np.abs(mass * (pull - 1.0)).max() < ENOUGH:
            break
        # A step of self-consistency never falls, and gives back mass to spans that a Newton step emptied.
        mass = np.maximum(mass, np.where(pull > 1.0 + ENOUGH, NOTHING, 0.0)) * pull
        mass = newton(inside, share, mass / mass.sum())
    mass = np.where(mass > 10.0 * NOTHING, mass, 0.0)
    return np.asarray(mass / mass.sum())


def newton(inside: FloatArray, share: FloatArray, mass: FloatArray) -> FloatArray:
    """Return masses after a Newton step within the simplex, shortened until the likelihood does not fall."""
    held = np.flatnonzero(mass > NOTHING)
    own, now = inside[:, held], mass[held]
    seen = own @ now
    scaled = own * (np.sqrt(share) / seen)[:, None]
    pull = (share / seen) @ own
    k = held.size
    system = np.block([[scaled.T @ scaled, np.ones((k, 1))], [np.ones((1, k)), np.zeros((1, 1))]])
    step = np.linalg.lstsq(system, np.concatenate([pull, [0.0]]), rcond=None)[0][:k]
    falls = step < 0.0
    length = min(1.0, float((now[falls] / -step[falls]).min(initial=np.inf)))
    before = share @ np.log(seen)
    for _ in range(STEPS):
        moved = np.maximum(now + length * step, 0.0)
        reached = own @ moved
        if (reached > 0.0).all() and share @ np.log(reached) >= before:
            found = np.zeros(mass.size)
            found[held] = moved / moved.sum()
            return found
        length /= 2.0
    return mass
