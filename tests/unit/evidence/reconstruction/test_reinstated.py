"""What is asked for again: in which order, what counts as one, and that nothing comes back without a cohort."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from escc_bayes.evidence.reconstruction import problem as kinds
from escc_bayes.evidence.reconstruction import reinstated as module
from escc_bayes.evidence.reconstruction.assemble import Asked, in_order
from escc_bayes.evidence.reconstruction.reinstated import from_each, taken_back, units
from escc_bayes.evidence.reconstruction.search import Plan, has_all, missed, search
from escc_bayes.evidence.reconstruction.target import CurveKey
from escc_bayes.evidence.reconstruction.target_weights import demanding, without
from escc_bayes.evidence.reconstruction.targets import targets_of
from escc_bayes.foundation.seeds import stream


@pytest.fixture(scope="module")
def plan(printed):
    study, layout, _ = printed
    targets = in_order(targets_of(study, layout)[0])
    size = len(targets)
    return Plan(study, layout, targets, 50, Asked(np.ones(size), np.ones(size, dtype=bool)), 40_000)


def silent(what, done, total):
    """Report nothing."""


def numbers_of(plan, kind):
    return [k for k, target in enumerate(plan.targets) if target.kind == kind]


def test_tests_and_ratios_are_asked_for_before_wald_statistics(plan):
    aside = np.zeros(len(plan.targets), dtype=bool)
    z, ratio = numbers_of(plan, kinds.WALD_Z)[0], numbers_of(plan, kinds.LOG_HR)[-1]
    aside[[z, ratio]] = True
    assert units(plan, aside) == [[ratio], [z]]


def test_a_curve_of_some_is_asked_for_whole_and_last():
    def target(kind, subset=0):
        return SimpleNamespace(kind=kind, key=CurveKey("os", subset=subset))

    targets = (target(kinds.SURVIVAL, 2), target(kinds.WALD_Z), target(kinds.MEDIAN, 2), target(kinds.LOG_RANK))
    assert units(SimpleNamespace(targets=targets), np.array([True, True, True, False])) == [[1], [0, 2]]


def test_nothing_is_taken_back_without_a_cohort(plan):
    aside = np.zeros(len(plan.targets), dtype=bool)
    aside[numbers_of(plan, kinds.LOG_HR)] = True
    assert np.array_equal(taken_back(plan, aside, aside, [], stream(1), 1, silent), aside)


def test_what_the_cohorts_have_already_is_taken_back(plan):
    """Everything but counts is set aside; what a cohort has by luck costs no search."""
    aside = np.array([target.kind != kinds.PROGRESSED for target in plan.targets])
    cohort = search(without(plan, aside), stream(4))
    lucky = aside & (cohort.distance(plan.targets) == 0.0)
    number = int(np.flatnonzero(lucky)[0])
    only = np.zeros(aside.size, dtype=bool)
    only[number] = True
    asked = without(plan, only | (cohort.distance(plan.targets) > 0.0))
    assert has_all(demanding(asked, [number]), cohort)
    found = from_each(demanding(asked, [number]), [cohort, cohort], stream(5), 1)
    assert found[0] is cohort
    assert found[1] is cohort


def test_searches_go_on_only_where_none_has_everything_and_one_is_near(plan, monkeypatch):
    """Attempts: one where everybody is far or one has it, all of them where one is near and never gets there."""
    has, near, far = (SimpleNamespace(loss=loss) for loss in (0.0, 1.0, 2.0))
    calls = []
    monkeypatch.setattr(module, "has_all", lambda plan, cohort: cohort is has)
    for found, times in (([far, far], 1), ([has, near], 1), ([near, far], module.TRIES), ([has, has], 1)):
        calls.clear()
        monkeypatch.setattr(module, "each", lambda *_, found=found: calls.append(1) or found)
        from_each(plan, [far, far], stream(6), 1)
        assert len(calls) == times


def test_what_is_not_required_is_not_missed(plan):
    aside = np.ones(len(plan.targets), dtype=bool)
    cohort = search(without(plan, ~aside), stream(7))
    assert not missed(without(plan, aside), cohort).any()
    assert has_all(without(plan, aside), cohort)


def test_targets_out_of_order_are_refused_before_anything_compiled_runs(plan):
    with pytest.raises(ValueError, match="out of order"):
        search(replace(plan, targets=plan.targets[::-1]), stream(8))
