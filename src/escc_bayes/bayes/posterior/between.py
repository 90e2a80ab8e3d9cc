"""What varies inside the members of an ensemble and what between them, and as many draws of each.

Var(theta) = mean of Var(theta | m) + Var of E(theta | m): the law of total variance. docs/methods/ensembles.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray


@dataclass(frozen=True, slots=True)
class VarianceParts:
    """The law of total variance: ``within`` = mean variance inside a member, ``between`` = variance of the means."""

    within: float
    between: float

    @property
    def share(self) -> float:
        """The part of the variance that lies between members."""
        total = self.within + self.between
        return self.between / total if total > 0.0 else 0.0


def evenly(drawn: Sequence[FloatArray]) -> list[FloatArray]:
    """Return as many draws of each member as the shortest has, evenly taken, so that members weigh the same."""
    least = min(values.shape[0] for values in drawn)
    return [values[np.linspace(0, values.shape[0] - 1, least).round().astype(np.int64)] for values in drawn]


def variance_parts(by_member: FloatArray) -> VarianceParts:
    """Split the variance of a mixture.

    Parameters
    ----------
    by_member : (members, draws).

    Returns
    -------
    VarianceParts whose sum is the variance of all draws together.

    Examples
    --------
    >>> variance_parts(np.array([[0.0, 2.0], [4.0, 6.0]]))
    VarianceParts(within=1.0, between=4.0)
    """
    return VarianceParts(float(by_member.var(axis=1).mean()), float(by_member.mean(axis=1).var()))


def between_words(by_member: FloatArray, kind: str, *, ratio: bool) -> str:
    """Say which share of the variance lies between the members of an ensemble of a kind."""
    members = by_member.shape[0]
    if members == 1:
        return "one reconstruction: what was never printed is taken as known"
    parts = variance_parts(by_member)
    scale = " of the log" if ratio else ""
    return (
        f"{100.0 * parts.share:.0f} % of the variance{scale} lies between {members} {kind} "
        f"(sd within {math.sqrt(parts.within):.3g}, between {math.sqrt(parts.between):.3g})"
    )


def over_words(members: int, share: float, of: str, kind: str) -> str:
    """Say over how many members a number is, and which share of the variance of what lies between them.

    Empty of one cohort.

    Examples
    --------
    >>> over_words(20, 0.123, "its log odds", "reconstructions")
    ', over 20 reconstructions (12 % of the variance of its log odds lies between them)'
    """
    lies = f"{100.0 * share:.0f} % of the variance of {of} lies between them"
    return "" if members == 1 else f", over {members} {kind} ({lies})"
