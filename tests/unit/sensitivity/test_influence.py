"""Influence: exact leave-one-out beside PSIS, the smallest sets by brute force, informative censoring."""

from itertools import combinations

import numpy as np
import pytest

from escc_bayes.bayes.refits.requests import leave_one_out
from escc_bayes.bayes.refits.weighted_draws import weighted_draws, without
from escc_bayes.data.bundled import example_cohort
from escc_bayes.sensitivity.influence import censoring, part
from escc_bayes.sensitivity.influence.changed import CHANGES, RECODING, REMOVAL, Refits, one_step
from escc_bayes.sensitivity.influence.conclusion import limit_near, passed, towards
from escc_bayes.sensitivity.influence.fragility import Search, fragility, grow
from escc_bayes.sensitivity.part import number
from escc_bayes.sensitivity.subject import Asked, subject_of
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec
from tests.unit.sensitivity.small import cohort, model


def nobody(done, total):
    """Hear nothing."""


@pytest.fixture(scope="module")
def small():
    """26 patients whose answer a pair overturns and no single patient does."""
    return subject_of(cohort(26, seed=10), model(), Asked(seed=7))


def refits_of(subject):
    return Refits(subject.plan, subject.contrasts, lambda request: subject.refit(request, part="influence", draws=2000))


def search_of(subject, change):
    refits = refits_of(subject)
    drawn = weighted_draws(subject.plan, subject.stream("influence"), draws=2000)
    before = refits.of([subject.plan], ["nobody"]).numbers[0, :, 3]
    return Search(drawn, before, refits, change)


@pytest.mark.parametrize(("change", "seed"), [(REMOVAL, 10), (RECODING, 10)])
def test_smallest_set_is_that_of_brute_force_over_pairs(change, seed):
    """Every patient and all 325 pairs of 26 are refitted; the search finds a set of the same size."""
    subject = subject_of(cohort(26, seed=seed), model(), Asked(seed=7))
    search = search_of(subject, change)
    singles = [(i,) for i in range(26)]
    pairs = list(combinations(range(26), 2))
    by_one, by_two = search.of(singles), search.of(pairs)
    before = float(search.before[0])
    one = bool(passed(before, by_one[:, 0, 3]).any())
    two = bool(passed(before, by_two[:, 0, 3]).any())
    found = fragility(search, by_one, singles, most_pairs=200)[0]
    if one:
        assert (len(found.who), found.at_least) == (1, 1)
    elif two:
        assert len(found.who) == 2
        assert passed(before, by_two[pairs.index(found.who), 0, 3])
    else:
        assert len(found.who) not in (1, 2)


def test_sets_of_several_hazard_ratios_grow_together_to_what_each_grows_alone():
    """At most a round of refits for each size, whatever the number of hazard ratios."""
    subject = subject_of(example_cohort("larynx"), load_spec("larynx_piecewise"), Asked(seed=7))
    rounds = []

    def told(request):
        rounds.append(len(request))
        return subject.refit(request, part="influence", draws=1000)

    refits = Refits(subject.plan, subject.contrasts, told)
    drawn = weighted_draws(subject.plan, subject.stream("influence"), draws=1000)
    search = Search(drawn, refits.of([subject.plan], ["nobody"]).numbers[0, :, 3], refits, REMOVAL)
    singles = [(i,) for i in range(0, subject.plan.rows.n, 6)]
    by_one = search.of(singles)
    rounds.clear()
    together = {}
    grow(together, search, by_one, singles)
    assert len(rounds) <= 6
    assert together
    for q, (who, numbers) in together.items():
        others = {other: ((0,), by_one[0, other]) for other in range(search.before.size) if other != q}
        grow(others, search, by_one, singles)
        assert others[q][0] == who
        assert len(who) > 2
        np.testing.assert_array_equal(others[q][1], numbers)


def test_base_of_the_draws_is_the_refit_with_nobody_left_out(small):
    drawn = weighted_draws(small.plan, small.stream("influence"), draws=2000)
    table = refits_of(small).of([small.plan], ["nobody"])
    log_hr = drawn.coefficients[:, 0]
    # The refit's search starts at the fit's modes and stops within rounding of them: the numbers drawn are the same.
    assert float((log_hr > 0.0) @ drawn.weight) == pytest.approx(table.numbers[0, 0, 3], abs=1e-4)


def test_exact_leave_one_out_agrees_with_psis_where_k_is_small(small):
    """P(HR > 1) and log predictive densities of 26 patients; Monte Carlo error of 4,000 weighted draws."""
    drawn = weighted_draws(small.plan, small.stream("influence"), draws=4000)
    exact = small.refit(leave_one_out(small.spec, small.cohort), part="influence", draws=4000)
    left = without(drawn, drawn.log_likelihood)
    good = left.k < 0.5
    assert good.sum() > 20
    prob = (drawn.coefficients[:, 0] > 0.0) @ left.weight
    np.testing.assert_allclose(prob[good], exact.numbers[1:, 0, 3][good], atol=0.01)
    elpd = exact.checks[0, 3] - exact.checks[1:, 3]
    np.testing.assert_allclose(left.elpd[good], elpd[good], atol=0.02)


@pytest.mark.parametrize("change", [REMOVAL, RECODING])
def test_one_step_answers_are_near_the_exact_ones(small, change):
    search = search_of(small, change)
    quick = one_step(search.drawn, small.contrasts, change)
    exact = search.of([(i,) for i in range(26)] + [(2, 9), (4, 21)])[:, 0, 3]
    np.testing.assert_allclose(quick.single[0], exact[:26], atol=0.02)
    np.testing.assert_allclose([quick.pair[0, 2, 9], quick.pair[0, 4, 21]], exact[26:], atol=0.03)


def test_changes_do_what_they_say(small):
    gone = CHANGES[REMOVAL](small.plan, (3, 5)).rows
    assert np.flatnonzero(gone.weight == 0.0).tolist() == [3, 5]
    turned = CHANGES[RECODING](small.plan, (3, 5)).rows
    assert np.flatnonzero(turned.event != small.plan.rows.event).tolist() == [3, 5]


def test_side_of_the_limit():
    assert [limit_near(p) for p in (0.96, 0.7, 0.3)] == [0.95, 0.95, pytest.approx(0.05)]
    assert towards(0.7, np.array([0.8, 0.6])).tolist() == pytest.approx([0.3172, -0.2711], abs=1e-4)
    assert towards(0.97, np.array([0.9]))[0] > 0.0
    assert towards(0.02, np.array([0.1]))[0] > 0.0


@pytest.fixture(scope="module")
def censored():
    """60 patients, half of them censored early."""
    return make_plan(model(), cohort(60, seed=2, censored=(2.0, 25.0)))


@pytest.fixture(scope="module")
def observed(censored):
    return censoring.observed(weighted_draws(censored, 1, draws=4000))


def test_hazards_that_go_on_move_nothing(observed):
    everyone = np.ones(observed.time.size, dtype=bool)
    np.testing.assert_allclose(censoring.moved(observed, everyone, 1.0), observed.mean, atol=1e-9)


def test_higher_hazard_after_censoring_in_an_arm_raises_its_hazard_ratio(observed, censored):
    b = censored.rows.covariates["arm"].values == 1.0
    assert censoring.moved(observed, b, 3.0)[0] > observed.mean[0]
    assert censoring.moved(observed, ~b, 3.0)[0] < observed.mean[0]


def test_flat_prior_agrees_with_events_and_months_added_by_hand():
    """Closed form: with precision from the data alone, the arm's log rate is log of events over person-months.

    Observed D events in M months stand for the normal on log D / M with variance 1 / D; delta adds D* = delta r M*.
    The maximum of the normal plus Poisson terms is observed by bisection on the score.
    """
    rate, variance, delta = 0.05, 1.0 / 12.0, 4.0
    one = censoring.Observed(
        np.array([np.log(rate)]), np.array([[1.0 / variance]]), np.zeros((3, 0)), np.zeros(0),
        np.array([5.0, 9.0, 20.0]), np.array([True, True, False]),
    )  # fmt: skip
    left = np.array([15.0, 11.0])
    months = ((1 - np.exp(-delta * rate * left)) / (delta * rate)).sum()
    events = delta * rate * months
    low, high = np.log(rate), np.log(rate * delta)
    for _ in range(100):
        middle = (low + high) / 2
        score = events - months * np.exp(middle) - (middle - np.log(rate)) / variance
        low, high = (middle, high) if score > 0 else (low, middle)
    assert censoring.moved(one, np.ones(3, dtype=bool), delta)[0] == pytest.approx(low, abs=1e-8)


def test_tipping_delta_is_where_the_answer_changes(observed, censored):
    b = censored.rows.covariates["arm"].values == 1.0
    w, sd, start = np.array([1.0]), 0.3, 0.96
    delta = censoring.tipping_delta(observed, w, sd, start, b)
    near, far = delta**0.99, delta**1.01
    assert not passed(start, censoring.probability(observed, w, sd, start, b, near))
    assert passed(start, censoring.probability(observed, w, sd, start, b, far))


def test_sentences_change_with_the_table(small):
    rows = [dict(row) for row in part.run(small, nobody)]
    assert {row["kind"] for row in rows} == {
        part.PATIENT, "smallest removal", "smallest recoding", part.MISCLASSIFIED, part.CENSORING, part.TIPPING,
    }  # fmt: skip
    assert all(set(row) == set(part.COLUMNS) for row in rows)
    said = part.words(rows)
    changed = next(row for row in rows if row["kind"] == "smallest removal")
    changed["patients_changed"], changed["prob_gt_1"], changed["whom"] = 3, 0.123, "someone"
    other = part.words(rows)
    assert "3 patients (someone)" in other[0]
    assert "0.123" in other[0]
    assert said[1:] == other[1:]


def test_a_centre_left_out_is_a_refit_without_its_patients():
    """By the schema's clusters: second source, the removal of the same patients."""
    from dataclasses import replace

    base = cohort(26, seed=10)
    codes = np.arange(26) // 9
    clustered = replace(base, cluster=codes, schema=replace(base.schema, cluster="centre"))
    subject = subject_of(clustered, model(), Asked(seed=7))
    refits = refits_of(subject)
    rows = part.centre_rows(subject, refits, refits.of([subject.plan], ["nobody"]).numbers[0, :, 3])
    assert [row["who"] for row in rows] == ["centre 1", "centre 2", "centre 3"]
    gone = refits.of([CHANGES[REMOVAL](subject.plan, range(9, 18))], ["second"]).numbers[0, 0]
    assert number(rows[1], "prob_gt_1") == pytest.approx(gone[3])
    assert rows[1]["patients_changed"] == 9


def test_models_without_centres_have_no_such_rows():
    spec = load_spec("larynx_piecewise")
    subject = subject_of(example_cohort("larynx"), spec, Asked(seed=1))
    assert part.centre_rows(subject, refits_of(subject), np.zeros(4)) == []
