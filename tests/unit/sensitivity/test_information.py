"""Information behind hazard ratios: the floor of standard errors, nesting, shares of prior and data."""

import math

import numpy as np
import pytest

from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.classical.cox import cox
from escc_bayes.data.bundled import example_cohort
from escc_bayes.estimand.contrast import weights
from escc_bayes.sensitivity.crossed import Crossed, fitted, least_resistance, resistance, slope
from escc_bayes.sensitivity.information import COLUMNS, PART
from escc_bayes.sensitivity.prior_spread import prior_sd
from escc_bayes.sensitivity.subject import Asked, subject_of
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec

PAIR = (0, 1)


@pytest.fixture(scope="module")
def subject():
    return subject_of(example_cohort("escc79"), load_spec("os_piecewise"), Asked(seed=1))


@pytest.fixture(scope="module")
def rows(subject):
    return {(row["term"], row["contrast"]): row for row in PART.run(subject, lambda done, total: None)}


def test_nested_levels_have_the_floor_of_the_cells_that_carry_the_contrast():
    """Second source: the closed form of a level wholly inside another, 1 / d1 + 1 / d2 (evidence/rules/nesting.py)."""
    patients = np.array([[0.0, 0.0, 23.0], [14.0, 36.0, 6.0]])
    events = np.array([[0.0, 0.0, 14.0], [6.0, 9.0, 2.0]])
    table = Crossed("coverage", "stage", ("RPL", "RAL"), ("II", "III", "IV"), patients, events)
    assert table.floor("RPL", "RAL") == pytest.approx(math.sqrt(1 / 14 + 1 / 2), rel=1e-6)
    assert table.inside("RPL") == "IV"
    assert [part.tolist() for part in table.carrying("RPL", "RAL")] == [[23.0, 6.0], [14.0, 2.0]]


def test_a_full_table_has_the_floor_of_two_groups():
    """Second source: 1 / d1 + 1 / d2 of the log-rank test; the search agrees with the closed form of a full table."""
    patients, events = np.full((2, 3), 5.0), np.array([[1.0, 2.0, 3.0], [4.0, 3.0, 2.0]])
    table = Crossed("a", "b", ("x", "y"), ("u", "v", "w"), patients, events)
    expected = math.sqrt(1 / 6 + 1 / 9)
    assert table.floor("x", "y") == pytest.approx(expected)
    assert math.sqrt(least_resistance(events / 15, patients > 0, PAIR) / 15) == pytest.approx(expected, rel=1e-6)


def test_no_chain_of_cells_is_no_information():
    patients = np.array([[5.0, 0.0], [0.0, 7.0]])
    table = Crossed("a", "b", ("x", "y"), ("u", "v"), patients, patients - 2.0)
    assert math.isinf(table.floor("x", "y"))


def test_the_slope_of_a_resistance_is_that_of_differences():
    rng = np.random.default_rng(5)
    table = rng.uniform(0.1, 1.0, (3, 4))
    step = 1e-6
    for cell in ((0, 0), (1, 2), (2, 3)):
        more = table.copy()
        more[cell] += step
        apart = (resistance(more, PAIR) - resistance(table, PAIR)) / step
        assert slope(table, PAIR)[cell] == pytest.approx(apart, rel=1e-4)


def test_no_table_conducts_better_than_the_best():
    """Second source: 150 random tables with the margins, by proportional fitting of random cells."""
    rng = np.random.default_rng(8)
    filled = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]], dtype=float)
    shares = filled * rng.uniform(0.5, 1.0, (3, 3))
    shares /= shares.sum()
    least = least_resistance(shares, filled > 0, PAIR)
    tried = (fitted(filled * rng.gamma(1.0, size=(3, 3)), shares.sum(axis=1), shares.sum(axis=0)) for _ in range(150))
    found = [resistance(table, PAIR) for table in tried if np.allclose(table.sum(axis=1), shares.sum(axis=1))]
    assert len(found) > 100
    assert min(found) >= least * (1 - 1e-9)
    assert min(found) == pytest.approx(least, rel=0.1)


@pytest.mark.parametrize("seed", range(12))
def test_no_cox_standard_error_lies_below_the_floor(seed):
    """Simulated cohorts with empty cells: 200 patients, two factors, effects of any size."""
    rng = np.random.default_rng(seed)
    cells = np.array([(0, 0), (0, 1), (1, 1), (1, 2), (2, 2)])
    who = cells[rng.integers(0, 5, 200)]
    columns = np.column_stack([who[:, 0] == 1, who[:, 0] == 2, who[:, 1] == 1, who[:, 1] == 2]).astype(float)
    time = rng.exponential(np.exp(-columns @ rng.normal(0, 0.7, 4)))
    event = time < 1.5
    fit = cox(columns, np.minimum(time, 1.5), event)
    count = lambda counted: np.array(  # noqa: E731
        [[(counted & (who == (a, b)).all(axis=1)).sum() for b in range(3)] for a in range(3)], dtype=float
    )
    table = Crossed("a", "b", ("0", "1", "2"), ("0", "1", "2"), count(np.ones(200, bool)), count(event))
    for place, level in ((0, "1"), (1, "2")):
        floor, se = table.floor(level, "0"), math.sqrt(fit.covariance[place, place])
        assert floor <= se * 1.001, (level, floor, se)
        assert floor > 0.6 * se


def test_columns_are_those_promised(rows):
    assert ",".join(COLUMNS) == (
        "endpoint,model,term,contrast,patients,events,versus_patients,versus_events,nested_in,se_floor,se_cox,"
        "posterior_sd,prior_sd,data_share,prior_events,events_per_parameter,warning"
    )
    assert all(tuple(row) == COLUMNS for row in rows.values())


def test_rpl_lies_wholly_in_stage_iv(rows):
    """The 79-patient study: 6 v 23 patients carry the contrast of coverage."""
    row = rows["coverage", "RPL vs RAL"]
    assert row["nested_in"] == "stage = IV"
    assert "23 v 6 patients (14 v 2 events) carry the contrast" in row["warning"]
    assert row["se_floor"] == pytest.approx(math.sqrt(1 / 14 + 1 / 2), rel=1e-6)
    assert row["se_floor"] < row["se_cox"]
    # hr_upper 4: log 4 / 1.96; worth 4 / sd^2 events; precision of both alone.
    assert row["prior_sd"] == pytest.approx(math.log(4.0) / 1.959964, rel=1e-6)
    assert row["prior_events"] == pytest.approx(4.0 / row["prior_sd"] ** 2)
    data, prior = row["se_cox"] ** -2, row["prior_sd"] ** -2
    assert row["data_share"] == pytest.approx(data / (data + prior))


def test_a_contrast_without_finite_estimate_says_so_and_no_bare_number(subject):
    """A level without events: no share of data, and the first words of the warning say why."""
    cohort = example_cohort("larynx")
    only = subject_of(cohort, load_spec("larynx_piecewise"), Asked(seed=1))
    fitted = only.classical.cox
    fitted.infinite[:] = True
    found = PART.run(only, lambda done, total: None)
    stage = [row for row in found if row["term"] == "stage"]
    assert stage
    assert all(row["data_share"] == 0.0 and row["warning"].startswith("NO INFORMATION") for row in stage)


def test_prior_sd_of_shrunk_levels_agrees_with_draws(subject):
    """Second source: 200,000 prior draws of the whole model."""
    from escc_bayes.bayes.model.parameters import coefficients

    plan = make_plan(load_spec("os_piecewise"), example_cohort("escc79"))
    drawn = coefficients(plan.design.blocks, prior_draws(plan, 200_000, 7), 200_000)
    for asked in subject.contrasts:
        w = weights(asked, plan.design)
        assert prior_sd(plan, w, 3) == pytest.approx((drawn @ w).std(), rel=0.03), asked


def test_sentences_follow_the_table(rows):
    row = dict(rows["coverage", "RPL vs RAL"])
    (before,) = PART.words([row])
    (after,) = PART.words([{**row, "events": 99, "data_share": 0.123}])
    assert "14 events in 23" in before
    assert "99 events in 23" in after
    assert "12 % of the precision is data" in after
