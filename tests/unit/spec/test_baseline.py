"""The statement on survival is honoured: the resolved prior, drawn from by plain Monte Carlo, has its quantiles.

Second source: numpy draws and a survival curve written out here. Monte Carlo error: the share of draws below a stated
quantile is binomial, so 400,000 draws have standard errors of 0.0008 at the median and 0.00025 at the 2.5 % point;
four of them are allowed.
"""

import numpy as np
import pytest

from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec.baseline import normal_points, resolve_baseline
from escc_bayes.spec.baseline_worth import baseline_worth
from escc_bayes.spec.selection import select_rows
from tests.reference.heart import cohort_of, cut_frame, heart_frame
from tests.unit.spec.conftest import PIECEWISE, WEIBULL, model

DRAWS = 400_000


@pytest.fixture
def rows(cohort):
    return select_rows(cohort, "os", ())


def drawn_log_rates(prior, rng):
    """Draw log rates from a resolved piecewise prior, a random walk or independent pieces."""
    if prior.sd is None:
        return rng.normal(prior.level.mean, prior.level.sd, (DRAWS, prior.pieces))
    log_rate = rng.normal(prior.level.mean, prior.level.sd, DRAWS)
    sd = np.abs(rng.normal(0.0, prior.sd.sd, DRAWS))
    found = [log_rate]
    for scale in prior.step_scale:
        log_rate = log_rate + sd * scale * rng.standard_normal(DRAWS)
        found.append(log_rate)
    return np.stack(found, axis=1)


def survival_of(log_rates, cuts, at):
    H, start = 0.0, 0.0
    for k, stop in enumerate([*cuts, np.inf]):
        if at > start:
            H = H + np.exp(log_rates[:, k]) * (min(at, stop) - start)
        start = stop
    return np.exp(-H)


def assert_honoured(survival, statement, *, promised=0.0):
    """Compare shares of draws; ``promised`` is the error that the solver itself admits."""
    below_median, below_lower = (survival < statement["median"]).mean(), (survival < statement["lower"]).mean()
    assert below_median == pytest.approx(0.5, abs=promised + 4 * np.sqrt(0.25 / DRAWS))
    assert below_lower == pytest.approx(0.025, abs=promised / 2 + 4 * np.sqrt(0.025 * 0.975 / DRAWS))


STATEMENTS = [
    {"at": 12.0, "median": 0.8, "lower": 0.5},
    {"at": 3.0, "median": 0.95, "lower": 0.85},
    {"at": 36.0, "median": 0.4, "lower": 0.02},
    {"at": 18.0, "median": 0.6, "lower": 0.25},
]


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda s: f"{s['at']:g} months")
@pytest.mark.parametrize(
    "baseline",
    [
        {"cuts": [6.0, 12.0, 18.0, 24.0, 36.0]},
        {"cuts": [6.0, 12.0, 18.0, 24.0, 36.0], "steps": "equal", "sd": {"halfnormal": 0.2}},
        {"cuts": [2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 15.0, 18.0, 24.0, 30.0, 36.0]},
        {"pieces": 4},
        {"pieces": 1},
        {"cuts": []},
    ],
    ids=["length", "equal steps", "twelve pieces", "event quantiles", "one piece", "no cuts"],
)
def test_a_random_walk_honours_the_statement_on_survival(rows, baseline, statement):
    base = {"family": "piecewise_exponential", "sd": {"halfnormal": 0.5}} | baseline
    prior = resolve_baseline(model(baseline=base, priors={"baseline_survival": statement}), rows)
    log_rates = drawn_log_rates(prior, np.random.default_rng(101))
    assert_honoured(survival_of(log_rates, prior.cuts, statement["at"]), statement)


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda s: f"{s['at']:g} months")
@pytest.mark.parametrize("cuts", [[6.0, 12.0, 18.0, 24.0, 36.0], [12.0], []], ids=len)
def test_independent_pieces_honour_the_statement_on_survival(rows, cuts, statement):
    base = {"family": "piecewise_exponential", "smoothing": "independent", "cuts": cuts}
    prior = resolve_baseline(model(baseline=base, priors={"baseline_survival": statement}), rows)
    log_rates = drawn_log_rates(prior, np.random.default_rng(102))
    assert_honoured(survival_of(log_rates, prior.cuts, statement["at"]), statement, promised=0.001)


@pytest.mark.parametrize("shape", [[0.0, 0.5], [0.3, 0.2]], ids=["wide", "narrow"])
@pytest.mark.parametrize(("at", "reference"), [(12.0, 12.0), (12.0, 24.0), (12.0, 6.0), (24.0, 12.0), (60.0, 1.0)])
def test_a_weibull_honours_the_statement_also_away_from_its_reference_month(rows, at, reference, shape):
    statement = {"at": at, "median": 0.7, "lower": 0.2}
    spec = model(
        base=WEIBULL,
        baseline={"family": "weibull", "reference_time": reference},
        priors={"baseline_survival": statement, "log_shape": {"normal": shape}},
    )
    prior = resolve_baseline(spec, rows)
    rng = np.random.default_rng(103)
    b0 = rng.normal(prior.level.mean, prior.level.sd, DRAWS)
    k = np.exp(rng.normal(prior.log_shape.mean, prior.log_shape.sd, DRAWS))
    assert_honoured(np.exp(-np.exp(b0) * (at / prior.reference_time) ** k), statement)
    # At every other month the statement's spread is there, and that of the shape beside it.
    stated = (np.log(-np.log(0.2)) - np.log(-np.log(0.7))) / 1.959963985
    for month in (at / 4.0, at / 2.0, 2.0 * at):
        spread = np.hypot(stated, np.log(month / at) * k.std())
        assert (b0 + k * np.log(month / prior.reference_time)).std() == pytest.approx(spread, rel=0.01)


def test_a_weibull_stated_elsewhere_keeps_the_spread_that_was_stated(rows):
    """Two quantiles in closed form: SD 0.430 of log H(24), worth 5.4 events, where solving at 12 left 0.11."""
    spec = model(
        base=WEIBULL,
        baseline={"family": "weibull", "reference_time": 12.0},
        priors={"baseline_survival": {"at": 24.0, "median": 0.5, "lower": 0.2}, "log_shape": {"normal": [0.0, 0.4]}},
    )
    prior = resolve_baseline(spec, rows)
    assert prior.level.mean == pytest.approx(np.log(np.log(2.0)), rel=1e-12)
    assert prior.level.sd == pytest.approx((np.log(np.log(5.0)) - np.log(np.log(2.0))) / 1.959963985, rel=1e-9)
    assert baseline_worth(spec, prior, rows).events == pytest.approx(5.4133, abs=1e-4)
    assert baseline_worth(spec, prior, rows).month == 24.0


def test_at_the_reference_month_the_level_is_the_closed_form(rows):
    # log H(t0) = b0: median log(-log 0.8), and 1.96 SD up to log(-log 0.5).
    prior = resolve_baseline(model(base=WEIBULL, baseline={"family": "weibull", "reference_time": 12.0}), rows)
    assert prior.level.mean == pytest.approx(np.log(-np.log(0.8)), rel=1e-12)
    assert prior.level.sd == pytest.approx((np.log(-np.log(0.5)) - np.log(-np.log(0.8))) / 1.959963985, rel=1e-9)


def test_priors_given_as_numbers_are_taken_as_they_are(rows):
    walk = resolve_baseline(model(priors={"baseline_log_rate": {"normal": [-4.18, 2.0]}}), rows)
    assert (walk.level.mean, walk.level.sd) == (-4.18, 2.0)
    stated = {"baseline_log_cumulative_hazard": {"normal": [-0.7, 1.5]}, "log_shape": {"normal": [0.1, 0.4]}}
    weibull = resolve_baseline(model(base=WEIBULL, priors=stated), rows)
    assert (weibull.level.mean, weibull.level.sd, weibull.reference_time) == (-0.7, 1.5, 24.0)
    assert (weibull.log_shape.mean, weibull.log_shape.sd) == (0.1, 0.4)
    independent = {"family": "piecewise_exponential", "smoothing": "independent", "pieces": 3}
    gamma = resolve_baseline(model(baseline=independent, priors={"baseline_rate": {"gamma": [0.5, 10.0]}}), rows)
    assert (gamma.level.shape, gamma.level.rate, gamma.sd) == (0.5, 10.0, None)


def test_steps_have_the_variance_of_the_years_between_midpoints(rows):
    # Midpoints 3, 9, 18 and, the last piece as long as the one before, 30 months.
    prior = resolve_baseline(model(), rows)
    np.testing.assert_allclose(prior.step_scale**2, np.array([6.0, 9.0, 12.0]) / 12.0, rtol=1e-12)
    equal = resolve_baseline(model(baseline=PIECEWISE["baseline"] | {"steps": "equal"}), rows)
    np.testing.assert_array_equal(equal.step_scale, 1.0)


def test_pieces_are_cut_at_event_quantiles_of_the_rows_analysed(rows):
    prior = resolve_baseline(
        model(baseline={"family": "piecewise_exponential", "pieces": 4, "sd": {"halfnormal": 0.5}}), rows
    )
    events = np.sort(rows.time[rows.event == 1.0])
    counts = np.histogram(events, [0.0, *np.nextafter(prior.cuts, np.inf), np.inf])[0]
    assert counts.max() - counts.min() <= 1


def walk(at, lower, sd=0.5, cuts=(6.0, 12.0, 24.0)):
    base = {"family": "piecewise_exponential", "cuts": list(cuts), "sd": {"halfnormal": sd}}
    return model(baseline=base, priors={"baseline_survival": {"at": at, "median": 0.5, "lower": lower}})


def test_a_statement_narrower_than_smoothing_alone_is_refused(rows):
    with pytest.raises(SpecError, match=r"at 60 months .* beyond 0\.49 to 0\.5; .*lower the smoothing sd.*'lower'"):
        resolve_baseline(walk(60.0, 0.49), rows)


def test_a_late_statement_that_smoothing_would_use_up_is_refused_with_what_serves(rows):
    """The month and the smoothing SD that the message names are taken, and leave the level half of the spread."""
    with pytest.raises(
        SpecError, match=r"at 36 months .*SD 0\.16 on the log scale, 0\.61 stated.*at = 24 serves.*halfnormal = 0\.4 }"
    ):
        resolve_baseline(walk(36.0, 0.1), rows)
    stated = (np.log(np.log(10.0)) - np.log(np.log(2.0))) / 1.959963985
    for spec in (walk(24.0, 0.1), walk(36.0, 0.1, sd=0.4)):
        assert resolve_baseline(spec, rows).level.sd >= 0.5 * stated


@pytest.mark.parametrize(
    ("baseline", "priors", "month", "events"),
    [
        ({"smoothing": "independent", "cuts": [6.0]}, {"baseline_rate": {"gamma": [0.5, 10.0]}}, 6.0, 0.5),
        ({"smoothing": "independent", "cuts": [6.0]}, {"baseline_log_rate": {"normal": [-4.0, 0.5]}}, 6.0, 4.0),
        ({"sd": {"halfnormal": 0.5}, "cuts": [9.0]}, {"baseline_log_rate": {"normal": [-4.0, 0.2]}}, 9.0, 25.0),
    ],
    ids=["gamma", "independent", "walk"],
)
def test_priors_on_rates_are_worth_events_at_the_end_of_the_first_piece(rows, baseline, priors, month, events):
    # Gamma(a, b) is a events in b person-months; log of a Poisson rate from D events has variance 1 / D.
    spec = model(baseline={"family": "piecewise_exponential"} | baseline, priors=priors)
    found = baseline_worth(spec, resolve_baseline(spec, rows), rows)
    assert (found.month, found.events) == (month, pytest.approx(events, rel=1e-12))
    assert found.seen == ((rows.time <= month) & (rows.event == 1.0)).sum()


@pytest.mark.parametrize("dimensions", [1, 2, 6, 12])
def test_the_fixed_points_are_standard_normal(dimensions):
    # Means and variances are closer than half a standard error of a random sample of that size; correlations, five.
    points = normal_points(dimensions)
    n = len(points)
    np.testing.assert_allclose(points.mean(axis=0), 0.0, atol=0.5 / np.sqrt(n))
    np.testing.assert_allclose(points.var(axis=0), 1.0, atol=0.5 * np.sqrt(2 / n))
    if dimensions > 1:
        assert np.abs(np.corrcoef(points.T) - np.eye(dimensions)).max() < 5 / np.sqrt(n)


def test_pieces_are_cut_where_a_covariate_changes_and_not_where_a_row_is_merely_cut():
    """Rows of the heart transplants as they are and cut every 30 days: the same cuts; stated cuts stay."""
    whole, split = cohort_of(heart_frame()), cohort_of(cut_frame(heart_frame(), np.arange(30.0, 1800.0, 30.0)))
    assert split.rows > 2 * whole.rows
    rows = [select_rows(cohort, "os", ("transplant", "age")) for cohort in (whole, split)]
    spec = model(baseline={"family": "piecewise_exponential", "pieces": 4, "smoothing": "independent"})
    first, second = (resolve_baseline(spec, one).cuts for one in rows)
    np.testing.assert_array_equal(first, second)
    later = rows[0].entry[rows[0].entry > 0.0]
    events = np.sort(rows[0].time[rows[0].event == 1.0])
    assert first.size == 6
    assert np.isin(first, np.concatenate([events, later])).all()
    assert np.isin(first, later).sum() >= 3
    still = [select_rows(cohort, "os", ("age",)) for cohort in (whole, split)]
    assert [resolve_baseline(spec, one).cuts.size for one in still] == [3, 3]
