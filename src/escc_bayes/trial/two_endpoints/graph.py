"""Two hypotheses that share alpha by a graph over looks: what one wins is passed on to the other.

A hypothesis has weight w of alpha; once it is rejected the share g of it goes to the other, whose boundaries are then
those of its spending function at the larger alpha, from that look on, or at its last look where none is left. Valid
where nominal levels rise with alpha at every look. Maurer & Bretz 2013, Stat Biopharm Res 5:311; Bretz et al. 2009,
Stat Med 28:586. ``docs/methods/two_endpoints.md``.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Hypothesis:
    """``looks`` (k,) at which it is tested, from 0; boundaries of Z there with its ``own`` alpha and with ``more``."""

    looks: tuple[int, ...]
    own: FloatArray
    more: FloatArray

    def crossed(self, z: FloatArray, look: int, passed: BoolArray) -> BoolArray:
        """Return whether Z crosses at ``look``; where alpha was ``passed``, also at its last look before, (n,).

        Parameters
        ----------
        z : (all looks, n).
        """
        if look in self.looks:
            place = self.looks.index(look)
            return np.asarray(z[look] > np.where(passed, self.more[place], self.own[place]))
        if look > self.looks[-1]:
            return np.asarray(passed & (z[self.looks[-1]] > self.more[-1]))
        return np.zeros(passed.shape, dtype=np.bool_)


def rejected_at(first: Hypothesis, second: Hypothesis, z: tuple[FloatArray, FloatArray], looks: int) -> FloatArray:
    """Return the look at which each hypothesis is rejected, (2, n), from 0; infinite where never.

    Within a look one rejection may bring the other, so that both are asked twice.

    Examples
    --------
    >>> pfs = Hypothesis((0,), np.array([2.6]), np.array([1.96]))
    >>> os = Hypothesis((0, 1), np.array([4.0, 2.06]), np.array([3.0, 1.97]))
    >>> z = np.array([[2.7, 2.0], [0.0, 0.0]]), np.array([[0.0, 1.0], [2.0, 2.1]])
    >>> rejected_at(pfs, os, z, looks=2)
    array([[0., 1.],
           [1., 1.]])
    """
    found = np.full((2, z[0].shape[1]), np.inf)
    for look in range(looks):
        for _ in range(2):
            for this, (hypothesis, mine) in enumerate(zip((first, second), z, strict=True)):
                passed = np.isfinite(found[1 - this])
                won = np.isinf(found[this]) & hypothesis.crossed(mine, look, passed)
                found[this][won] = look
    return found


def both_at(first: Hypothesis, second: Hypothesis, z: tuple[FloatArray, FloatArray], looks: int) -> FloatArray:
    """Return the look by which co-primary hypotheses are both rejected, each at its own alpha, (n,)."""
    each = np.full((2, z[0].shape[1]), np.inf)
    nothing = np.zeros(z[0].shape[1], dtype=np.bool_)
    for look in range(looks):
        for this, (hypothesis, mine) in enumerate(zip((first, second), z, strict=True)):
            won = np.isinf(each[this]) & hypothesis.crossed(mine, look, nothing)
            each[this][won] = look
    return np.asarray(each.max(axis=0))


def monotone(hypothesis: Hypothesis) -> bool:
    """Return whether more alpha lowers no boundary's chance: nominal levels rise with alpha at every look."""
    return bool(np.all(hypothesis.more <= hypothesis.own))
