"""The prior that tips a conclusion, by refits: its SD around HR 1, or its mean, at which P(HR on its side) is 0.95.

A coarse path of refits is shared by all contrasts of an effect; the crossing is then closed in on by secants of the
normal score of P, which is nearly a straight line, each round one batch of refits for all contrasts.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from escc_bayes.bayes.refits.table import NUMBERS
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.sensitivity.dials import Dial, Point, turned_refits
from escc_bayes.sensitivity.subject import Subject, Tell

PROB = NUMBERS.index("prob_gt_1")
COARSE, ROUNDS = 11, 3
# P that no draw contradicts is no number to interpolate.
EDGE = 1e-4

# A prior as a function of where the dial stands.
type Way = Callable[[float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Search:
    """One crossing to find.

    Attributes
    ----------
    place : of the contrast among the subject's.
    dial, way : which prior is turned, and how: mean and SD at a position.
    side : 1 where the conclusion is HR > 1, -1 where it is HR < 1.
    target : the probability to reach.
    """

    place: int
    dial: Dial
    way: Way
    side: float
    target: float

    def score(self, probabilities: FloatArray) -> FloatArray:
        """Return how far P on the conclusion's side lies above the target, in normal scores."""
        own = probabilities if self.side > 0.0 else 1.0 - probabilities
        return np.asarray(ndtri(np.clip(own, EDGE, 1.0 - EDGE)) - ndtri(self.target))


def crossings(
    subject: Subject, searches: Sequence[Search], positions: Mapping[str, FloatArray], tell: Tell | None, part: str
) -> list[float]:
    """Return the position at which each search crosses its target; NaN where it does not.

    Parameters
    ----------
    positions : for each effect, where the coarse path stands, rising.
    """
    paths = coarse_paths(subject, searches, positions, tell, part)
    brackets = [bracket(search, positions[search.dial.effect], paths) for search in searches]
    for _ in range(ROUNDS):
        open_ones = [place for place, found in enumerate(brackets) if found is not None]
        if not open_ones:
            break
        trial = [secant(brackets[place]) for place in open_ones]
        points: list[Point] = [(searches[p].dial, *searches[p].way(at)) for p, at in zip(open_ones, trial, strict=True)]
        found_table = turned_refits(subject, points, None, part)
        for row, (place, at) in enumerate(zip(open_ones, trial, strict=True)):
            score = float(searches[place].score(found_table.numbers[row, searches[place].place, PROB]))
            brackets[place] = narrowed(brackets[place], at, score)
    return [math.nan if found is None else secant(found) for found in brackets]


# Positions and scores on both sides of a crossing.
type Bracket = tuple[float, float, float, float]


def coarse_paths(
    subject: Subject, searches: Sequence[Search], positions: Mapping[str, FloatArray], tell: Tell | None, part: str
) -> dict[tuple[str, int], FloatArray]:
    """Return P(HR > 1) of every contrast along the path of each search's prior; a path is refitted once."""
    points: list[Point] = []
    begins: dict[tuple[str, Way], int] = {}
    for search in searches:
        key = (search.dial.effect, search.way)
        if key not in begins:
            begins[key] = len(points)
            points += [(search.dial, *search.way(float(at))) for at in positions[search.dial.effect]]
    if not points:
        return {}
    table = turned_refits(subject, points, tell, part)
    found = {}
    for number, search in enumerate(searches):
        begin = begins[search.dial.effect, search.way]
        inside = slice(begin, begin + positions[search.dial.effect].size)
        found[search.dial.effect, number] = table.numbers[inside, search.place, PROB]
    return {(effect, id(searches[number])): path for (effect, number), path in found.items()}


def bracket(search: Search, positions: FloatArray, paths: Mapping[tuple[str, int], FloatArray]) -> Bracket | None:
    """Return the first two neighbouring positions between which the score changes sign."""
    scores = search.score(paths[search.dial.effect, id(search)])
    for low in range(positions.size - 1):
        if (scores[low] < 0.0) != (scores[low + 1] < 0.0):
            return float(positions[low]), float(scores[low]), float(positions[low + 1]), float(scores[low + 1])
    return None


def secant(found: Bracket | None) -> float:
    """Return where the straight line through a bracket crosses 0."""
    assert found is not None
    low, score_low, high, score_high = found
    return low + (high - low) * score_low / (score_low - score_high)


def narrowed(found: Bracket | None, at: float, score: float) -> Bracket:
    """Return the bracket with one end moved to a point within it."""
    assert found is not None
    low, score_low, high, score_high = found
    if (score < 0.0) == (score_low < 0.0):
        return at, score, high, score_high
    return low, score_low, at, score


def side_of(subject: Subject, asked: HazardRatio) -> float:
    """Return 1 where the posterior mean of a log hazard ratio is above 0, else -1."""
    return 1.0 if float(subject.posterior.draws(asked).mean()) > 0.0 else -1.0
