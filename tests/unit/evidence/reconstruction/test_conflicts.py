"""What is set aside, and when: the lowest rank first, a curve of some whole, what one cohort in four has not at all."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from escc_bayes.evidence.reconstruction import problem as kinds
from escc_bayes.evidence.reconstruction import target
from escc_bayes.evidence.reconstruction.assemble import Asked
from escc_bayes.evidence.reconstruction.conflicts import (
    Conflicts,
    had_after_all,
    lowest_missed,
    lowest_rank,
    opponents,
    worst_of,
)


@dataclass
class Aimed:
    """As much of a target as ranks need."""

    kind: int
    key: object
    tolerance: float = 0.05


@dataclass
class Ended:
    """As much of a cohort as its distances."""

    gaps: list[float]
    loss: float = 0.0

    def distance(self, targets):
        assert len(targets) == len(self.gaps)
        return np.array(self.gaps)


@dataclass
class Study:
    """As much of a plan as its targets: a rate, a test, a hazard ratio, its z, two numbers of those who progressed."""

    targets: tuple[Aimed, ...] = (
        Aimed(kinds.SURVIVAL, target.CurveKey("os")),
        Aimed(kinds.LOG_RANK, target.TestKey("os", 0)),
        Aimed(kinds.LOG_HR, target.ModelKey("os", (0,))),
        Aimed(kinds.WALD_Z, target.ModelKey("os", (0,))),
        Aimed(kinds.SURVIVAL, target.CurveKey("os", subset=2)),
        Aimed(kinds.MEDIAN, target.CurveKey("os", subset=2)),
    )
    asked: Asked = field(default_factory=lambda: Asked(np.ones(6), np.ones(6, dtype=bool)))


RATE, TEST, RATIO, Z, SOME, SOME_MEDIAN = range(6)


def gaps(**far):
    """Return distances: those named, else 0."""
    names = ("rate", "test", "ratio", "z", "some", "some_median")
    return [far.get(name, 0.0) for name in names]


def numbers(found):
    return np.flatnonzero(found).tolist()


def test_the_lowest_rank_goes_first():
    everything = np.array([True, True, True, True, False, False])
    assert numbers(lowest_rank(everything, Study())) == [Z]
    assert numbers(lowest_rank(everything & (np.arange(6) != Z), Study())) == [TEST, RATIO]
    assert numbers(lowest_rank(np.zeros(6, dtype=bool), Study())) == []


def test_pilots_set_aside_what_three_in_four_miss_by_far():
    """By 1.5 tolerances of 0.05 or more; one pilot that has it is one too few to save it, two are not."""
    far, near = Ended(gaps(test=0.2, ratio=0.2)), Ended(gaps(test=0.05, ratio=0.2))
    assert numbers(worst_of([far, far, far, Ended(gaps())], Study())) == [TEST, RATIO]
    assert numbers(worst_of([near, near, near, near], Study())) == [RATIO]
    assert numbers(worst_of([far, far, Ended(gaps()), Ended(gaps())], Study())) == []


def test_a_curve_of_some_is_set_aside_before_all_others_and_whole():
    pilot = Ended(gaps(z=1.0, some=0.5))
    assert numbers(worst_of([pilot] * 4, Study())) == [SOME, SOME_MEDIAN]


def test_whole_searches_set_aside_what_both_miss_or_what_the_nearest_does():
    both = [Ended(gaps(test=0.06, z=0.1)), Ended(gaps(test=0.06))]
    assert numbers(lowest_missed(Study(), both)) == [TEST]
    apart = [Ended(gaps(test=0.06), loss=0.3), Ended(gaps(z=0.01), loss=0.1)]
    assert numbers(lowest_missed(Study(), apart)) == [Z]


@pytest.mark.parametrize(("having", "left"), [(1, [Z]), (2, [])])
def test_what_a_fourth_of_the_cohorts_have_is_required_of_all(having, left):
    """Five cohorts: one in five is too few, two are enough."""
    plan = Study()
    aside = np.arange(6) == Z
    plan.asked.required[:] = ~aside
    cohorts = [Ended(gaps())] * having + [Ended(gaps(z=0.1))] * (5 - having)
    found = had_after_all(plan, Conflicts(aside, {Z: (TEST,)}), cohorts)
    assert numbers(found.unreachable) == left
    assert list(found.fights) == left


def test_opponents_are_the_three_required_targets_that_give_way_most():
    plan = Study()
    plan.asked.required[SOME] = False
    ended = Ended(gaps(rate=0.01, test=0.3, ratio=0.2, z=0.1, some=9.0))
    assert opponents(plan, ended) == (TEST, RATIO, Z)
