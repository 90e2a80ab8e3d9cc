"""The smallest set of patients whose removal, or whose event's recoding, moves P(HR > 1) through 0.95.

Single patients are refitted exactly. Where none suffices, pairs are refitted in the order of their one-step influence,
up to a number of them, or all; where no pair suffices, patients are added one by one in the order of their own
influence (greedy): the size found is then an upper bound. docs/methods/influence.md. Broderick, Giordano & Meager 2020,
arXiv:2011.14999; Walsh et al. 2014, J Clin Epidemiol 67:622 (fragility index).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from escc_bayes.bayes.refits.weighted_draws import WeightedDraws
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.sensitivity.influence.changed import CHANGES, OneStep, Refits, Set, one_step
from escc_bayes.sensitivity.influence.conclusion import passed, towards

# Pairs refitted between looks at whether any of them suffices.
BATCH = 25
# Patients that greedy search adds, at most.
MOST = 8


@dataclass(frozen=True, slots=True)
class Fragile:
    """The smallest set found for one hazard ratio.

    Attributes
    ----------
    who : positions among the patients analysed; empty: no set of up to ``MOST`` patients was found.
    ratio : median, limits, P(HR > 1), mean and SD of the log after the change; NaN without a set.
    at_least : no smaller set exists than this many patients, as far as was refitted exactly.
    pairs : pairs refitted.
    """

    who: Set
    ratio: FloatArray
    at_least: int
    pairs: int

    @property
    def exact(self) -> bool:
        """Whether no smaller set exists."""
        return bool(self.who) and len(self.who) == self.at_least


@dataclass(frozen=True, slots=True)
class Search:
    """What a search knows: the fit, P(HR > 1) of each hazard ratio in it (q,), and how to refit a change."""

    drawn: WeightedDraws
    before: FloatArray
    refits: Refits
    change: str

    def of(self, sets: Sequence[Set]) -> FloatArray:
        """Return the numbers (sets, q, 6) of refits with sets of patients changed."""
        ids = self.refits.base.rows.ids
        plans = [CHANGES[self.change](self.refits.base, who) for who in sets]
        return self.refits.of(plans, [", ".join(ids[i] for i in who) for who in sets]).numbers


def fragility(search: Search, singles: FloatArray, single_sets: Sequence[Set], *, most_pairs: int) -> list[Fragile]:
    """Return the smallest set for every hazard ratio.

    Parameters
    ----------
    singles : (n, q, 6) numbers of exact refits with one patient changed.
    single_sets : who that was.
    most_pairs : pairs to refit, at most, over all hazard ratios together.
    """
    quick = one_step(search.drawn, search.refits.asked, search.change)
    found: dict[int, tuple[Set, FloatArray]] = {}
    keep_best(found, search.before, singles, single_sets)
    at_least = np.where([q in found for q in range(search.before.size)], 1, 2)
    open_questions = [q for q in range(search.before.size) if q not in found]
    used, every = 0, 0
    n = search.refits.base.rows.n
    if open_questions:
        every = n * (n - 1) // 2
        for sets in batches(ranked_pairs(quick, search.before, open_questions, most_pairs)):
            keep_best(found, search.before, search.of(sets), sets)
            used += len(sets)
            if all(q in found for q in open_questions):
                break
    for q in open_questions:
        if q not in found and used == every:
            at_least[q] = 3
    grow(found, search, singles, single_sets)
    nothing = np.full(singles.shape[-1], np.nan)
    every_answer = []
    for q in range(search.before.size):
        who, ratio = found.get(q, ((), nothing))
        every_answer.append(Fragile(who, ratio, int(at_least[q]), used if q in open_questions else 0))
    return every_answer


def keep_best(
    found: dict[int, tuple[Set, FloatArray]], before: FloatArray, numbers: FloatArray, sets: Sequence[Set]
) -> None:
    """Keep, for each hazard ratio without a set, the change that moves P(HR > 1) furthest past its limit."""
    for q, start in enumerate(before.tolist()):
        after = numbers[:, q, 3]
        works = np.flatnonzero(passed(start, after))
        if q not in found and works.size:
            best = int(works[np.argmax(towards(start, after[works]))])
            found[q] = (tuple(sets[best]), numbers[best, q])


def ranked_pairs(quick: OneStep, before: FloatArray, questions: Sequence[int], most: int) -> Iterator[Set]:
    """Yield pairs, the hazard ratios taking turns, each with its own most influential pair that is left."""
    n = quick.single.shape[1]
    upper = np.triu_indices(n, 1)
    orders = [np.argsort(-towards(float(before[q]), quick.pair[q][upper]), kind="stable") for q in questions]
    seen: set[int] = set()
    for place in range(upper[0].size):
        for order in orders:
            pair = int(order[place])
            if pair not in seen:
                seen.add(pair)
                yield int(upper[0][pair]), int(upper[1][pair])
            if len(seen) == most:
                return


def batches(sets: Iterator[Set]) -> Iterator[list[Set]]:
    """Yield sets, some at a time."""
    held: list[Set] = []
    for one in sets:
        held.append(one)
        if len(held) == BATCH:
            yield held
            held = []
    if held:
        yield held


def grow(
    found: dict[int, tuple[Set, FloatArray]], search: Search, singles: FloatArray, single_sets: Sequence[Set]
) -> None:
    """Add patients to the set of every hazard ratio that has none, in the order of their exact influence.

    All hazard ratios grow together, one patient at a time, until each has passed its limit.
    """
    ranked = {
        q: [single_sets[i][0] for i in np.argsort(-towards(start, singles[:, q, 3]), kind="stable").tolist()]
        for q, start in enumerate(search.before.tolist())
        if q not in found
    }
    for size in range(3, min(MOST, len(single_sets)) + 1):
        growing = {q: tuple(who[:size]) for q, who in ranked.items() if q not in found}
        if not growing:
            break
        sets = list(dict.fromkeys(growing.values()))
        numbers = search.of(sets)
        for q, chosen in growing.items():
            own = numbers[sets.index(chosen), q]
            if bool(passed(float(search.before[q]), float(own[3]))):
                found[q] = (chosen, own)
