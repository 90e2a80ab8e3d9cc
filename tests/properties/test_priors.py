"""A wider statement is a wider prior: on the level, and on survival at every month."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from escc_bayes.data.bundled import example_cohort
from escc_bayes.hazard.piecewise import cumulative_hazard
from escc_bayes.spec.baseline import normal_points, resolve_baseline
from escc_bayes.spec.prior import Z975, effect_prior
from escc_bayes.spec.reading import spec_from
from escc_bayes.spec.selection import select_rows

ROWS = select_rows(example_cohort("escc79"), "os", ())
CUTS = (6.0, 12.0, 18.0, 24.0)
MONTHS = np.array([3.0, 12.0, 36.0])
# The same points for both priors of a pair, so that the comparison has no noise of its own.
POINTS = normal_points(len(CUTS) + 2)


def resolved(family, statement, **baseline):
    shape = {"log_shape": {"normal": [0.0, 0.2]}} if family == "weibull" else {}
    body = {"reference_time": 24.0} if family == "weibull" else {"cuts": list(CUTS)}
    return resolve_baseline(
        spec_from(
            {
                "name": "m",
                "outcome": {"endpoint": "os"},
                "baseline": {"family": family} | body | baseline,
                "priors": {"baseline_survival": statement} | shape,
            },
            "m.toml",
        ),
        ROWS,
    )


def widths(prior):
    """Return the width of the 95 % prior interval of log H at each of the months."""
    level = prior.level.mean + prior.level.sd * POINTS[:, :1]
    if hasattr(prior, "log_shape"):
        shape = np.exp(prior.log_shape.mean + prior.log_shape.sd * POINTS[:, 1:2])
        log_hazard = level + shape * np.log(MONTHS / prior.reference_time)
    else:
        steps = np.abs(POINTS[:, 1:2]) * prior.sd.sd * prior.step_scale * POINTS[:, 2:]
        log_rates = level + np.concatenate([np.zeros_like(level), np.cumsum(steps, axis=1)], axis=1)
        log_hazard = np.log(cumulative_hazard(log_rates, prior.cuts, MONTHS))
    low, high = np.quantile(log_hazard, [0.025, 0.975], axis=0)
    return high - low


statements = st.tuples(st.floats(0.5, 0.9), st.floats(0.3, 0.6), st.floats(0.5, 0.9)).map(
    lambda t: (t[0], t[0] * t[1], t[0] * t[1] * t[2])
)


@given(statements, st.sampled_from(["piecewise_exponential", "weibull"]), st.sampled_from([6.0, 12.0, 24.0]))
def test_a_lower_bound_further_down_widens_survival_at_every_month(statement, family, at):
    median, lower, lowest = statement
    baseline = {"sd": {"halfnormal": 0.2}} if family == "piecewise_exponential" else {}
    narrow = resolved(family, {"at": at, "median": median, "lower": lower}, **baseline)
    wide = resolved(family, {"at": at, "median": median, "lower": lowest}, **baseline)
    assert wide.level.sd > narrow.level.sd
    assert (widths(wide) > widths(narrow)).all()


@given(statements, st.floats(0.1, 0.25), st.floats(1.3, 2.0))
def test_a_wider_smoothing_leaves_less_to_the_level_and_widens_survival_later(statement, sd, factor):
    """The statement at 12 months holds under both; beyond it the walk has more room."""
    median, lower, _ = statement
    stated = {"at": 12.0, "median": median, "lower": lower}
    narrow = resolved("piecewise_exponential", stated, sd={"halfnormal": sd})
    wide = resolved("piecewise_exponential", stated, sd={"halfnormal": sd * factor})
    assert wide.level.sd < narrow.level.sd
    assert widths(wide)[2] > widths(narrow)[2]


@given(st.floats(0.3, 3.0), st.floats(1.1, 10.0), st.floats(1.05, 3.0))
def test_a_higher_upper_hazard_ratio_widens_the_prior_around_the_same_median(median, ratio, factor):
    narrow = effect_prior({"hr_median": median, "hr_upper": median * ratio}, "here")
    wide = effect_prior({"hr_median": median, "hr_upper": median * ratio * factor}, "here")
    assert wide.mean == narrow.mean
    np.testing.assert_allclose(wide.sd - narrow.sd, np.log(factor) / Z975, rtol=1e-9)
