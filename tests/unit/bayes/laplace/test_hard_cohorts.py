"""The engine ``laplace`` on cohorts where maximum likelihood fails: separation, one event, two patients, no event."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scipy.special import logsumexp
from tests.unit.bayes.laplace.test_laplace import (
    GAMMA,
    ONE_PIECE,
    WALK,
    WEIBULL,
    grid_posterior,
    log_marginal_likelihood,
    log_posterior,
    spec_of,
)

from escc_bayes.bayes.laplace import laplace
from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.modes.grid import explore
from escc_bayes.bayes.modes.layout import coordinates
from escc_bayes.bayes.modes.modes import Target
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.refits.requests import with_prior
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import CohortError, NotFitForUseWarning
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.prior import HalfNormal


def hard_cohort(columns, time, event):
    """Patients with columns x0, x1, .. as they are."""
    import pandas as pd

    names = [f"x{j}" for j in range(columns.shape[1])]
    frame = pd.DataFrame(columns, columns=names).assign(t=time, d=event.astype(int))
    raw = {
        "endpoints": {"os": {"time": "t", "event": "d"}},
        "covariates": {name: {"kind": "continuous"} for name in names},
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an outlying time is what one of them is about
        return read_cohort(frame, schema_from(raw, "hard"))


def hard_cases():
    """Cohorts on which maximum likelihood fails."""
    rng = np.random.default_rng(3)
    n = 79
    arm = (np.arange(n) % 2).astype(float)[:, None]
    time, event = rng.exponential(25.0, n) + 0.1, rng.random(n) < 0.45
    early = (time < np.median(time)).astype(float)[:, None]
    single = np.arange(n) == 5
    x = rng.standard_normal(n)
    alone = (np.arange(n) == 0).astype(float)[:, None]
    return {
        "no_events_in_group": (arm, time, event & (arm[:, 0] == 0)),
        "separation": (early, time, event & (early[:, 0] == 1)),
        "one_event": (np.c_[arm, rng.standard_normal((n, 2))], time, single),
        "two_patients": (np.array([[0.0], [1.0]]), np.array([5.0, 9.0]), np.array([True, False])),
        "collinear": (np.c_[x, x], time, event),
        "group_of_one": (alone, time, event),
        "time_outlier": (arm, np.r_[time[:-1], 2000.0], event),
    }


@pytest.mark.parametrize("form", [WALK, GAMMA, WEIBULL], ids=["walk", "gamma", "weibull"])
@pytest.mark.parametrize("name", hard_cases())
def test_hard_cohorts_stay_finite_and_fit_for_use(name, form):
    """Finite draws and an honest verdict where maximum likelihood has no answer; 2.5 is a wide prior."""
    columns, time, event = hard_cases()[name]
    effects = [
        {"covariate": f"x{j}", "structure": "linear", "prior": {"normal": [0.0, 2.5]}} for j in range(columns.shape[1])
    ]
    posterior = fit(spec_of(form, *effects), hard_cohort(columns, time, event), seed=1, engine="laplace")
    assert np.isfinite(posterior.coefficients).all()
    assert np.isfinite(posterior.values["baseline"]).all()
    assert posterior.diagnostics.fit_for_use


@pytest.mark.parametrize("name", ["no_events_in_group", "separation", "two_patients", "group_of_one"])
def test_hard_cohorts_equal_quadrature(name):
    """Second source: a grid over level and coefficient, under a prior of SD 10 that leaves the tail to the data."""
    columns, time, event = hard_cases()[name]
    effect = {"covariate": "x0", "structure": "linear", "prior": {"normal": [0.0, 10.0]}}
    posterior = fit(spec_of(ONE_PIECE, effect), hard_cohort(columns, time, event), seed=1, engine="laplace")
    axes = {"baseline": np.linspace(-16.0, 1.0, 341), "b_x0": np.linspace(-45.0, 45.0, 601)}
    values, weight, total = grid_posterior(posterior.plan, axes)
    drawn, points = posterior.flat["b_x0"][:, 0], axes["b_x0"]
    for probability in (0.025, 0.25, 0.5, 0.75, 0.975):
        # Between two points of the grid: each point's mass reaches half way to its neighbours.
        limit = points[np.searchsorted(points, np.quantile(drawn, probability))] - 0.5 * (points[1] - points[0])
        exact = float(weight[values["b_x0"] < limit].sum())
        # 20,000 draws, some 12,000 effective: 0.0046 is one standard error at the median.
        assert (drawn < limit).mean() == pytest.approx(exact, abs=0.018)
    assert log_marginal_likelihood(posterior) == pytest.approx(total, abs=0.03)
    assert posterior.diagnostics.verdict == "ok"


@pytest.mark.parametrize("structure", ["fixed", "ordered", "exchangeable", "random_intercept"])
def test_a_level_without_events_stays_finite_and_fit_for_use(structure):
    """Three levels, the last without an event: every structure of levels, under wide priors."""
    import pandas as pd

    rng = np.random.default_rng(6)
    n = 60
    level = np.arange(n) % 3
    frame = pd.DataFrame({"g": np.array(["a", "b", "c"])[level], "t": rng.exponential(20.0, n) + 0.1})
    frame["d"] = ((level != 2) & (rng.random(n) < 0.6)).astype(int)
    schema = schema_from(
        {
            "endpoints": {"os": {"time": "t", "event": "d"}},
            "covariates": {"g": {"kind": "ordered", "levels": ["a", "b", "c"]}},
        },
        "levels",
    )
    wide = {"sd": {"halfnormal": 3.0}} if structure in ("exchangeable", "random_intercept") else {}
    prior = wide or {"prior": {"normal": [0.0, 5.0]}}
    effect = {"covariate": "g", "structure": structure, **prior}
    posterior = fit(spec_of(WALK, effect), read_cohort(frame, schema), seed=1, engine="laplace")
    assert np.isfinite(posterior.coefficients).all()
    assert posterior.diagnostics.verdict == "ok"
    ratios = np.exp(
        posterior.coefficients[:, -1] - (0.0 if structure in ("fixed", "ordered") else posterior.coefficients[:, 0])
    )
    assert (ratios < 1.0).mean() > 0.97  # twenty patients without an event against twelve events in twenty


def test_no_event_at_all_is_refused_with_the_remedy(larynx):
    """At the door: a cohort without events has no hazard ratios."""
    columns, time, event = hard_cases()["two_patients"]
    effect = {"covariate": "x0", "structure": "linear", "prior": {"normal": [0.0, 1.0]}}
    with pytest.raises(CohortError, match="hazard ratios need events"):
        fit(spec_of(WALK, effect), hard_cohort(columns, time, event & False), seed=1, engine="laplace")


def test_no_event_at_all_gives_the_prior_shifted_by_exposure(larynx):
    """Weight 0 for those with events: rates are Gamma(a, b + months of the others)."""
    plan = make_plan(spec_of(GAMMA), larynx)
    plan = replace(plan, rows=replace(plan.rows, weight=1.0 - plan.rows.event))
    drawn = laplace.sample(plan, laplace.LaplaceSettings(2000, 4), 1)
    months = cells_of(plan).piece_months
    for k in range(4):
        exact = stats.gamma(0.5, scale=1.0 / (10.0 + months[k]))
        assert stats.kstest(np.exp(drawn.values["baseline"][..., k].ravel()), exact.cdf).pvalue > 1e-4


def test_more_columns_than_patients_under_a_flat_prior_is_not_fit_for_use():
    """22 columns, 12 patients, prior SD 10: the verdict says so, warns, and names the other engine."""
    rng = np.random.default_rng(3)
    columns, time = rng.standard_normal((12, 22)), rng.exponential(25.0, 12) + 0.1
    effects = [{"covariate": f"x{j}", "structure": "linear", "prior": {"normal": [0.0, 10.0]}} for j in range(22)]
    cohort = hard_cohort(columns, time, np.arange(12) % 2 == 0)
    with pytest.warns(NotFitForUseWarning, match="use engine nuts"):
        posterior = fit(spec_of(WALK, *effects), cohort, seed=1, engine="laplace", draws=500)
    assert np.isfinite(posterior.coefficients).all()
    assert posterior.diagnostics.verdict.startswith("NOT FIT FOR USE")


def test_grid_reaches_a_standard_deviation_far_below_its_prior(larynx):
    """A half-normal of scale 50 on a walk that hardly moves: the grid still ends where mass has run out."""
    # A file may not state so wide a prior; a specification may hold it.
    plan = make_plan(with_prior(spec_of(WALK), "baseline_sd", HalfNormal(50.0)), larynx)
    grid = explore(Target(coordinates(plan)[0], cells_of(plan)))
    assert grid.edge_mass < 1e-3
    axes = (np.linspace(-5.6, -3.6, 41), np.geomspace(1e-4, 200.0, 300), np.linspace(-1.0, 1.0, 61))
    level, sd, part = (m.ravel() for m in np.meshgrid(*axes, indexing="ij"))
    # A step sd z beyond 1.6 has no likelihood: z reaches just that far. On log sd the Jacobian is sd itself.
    reach = np.minimum(4.5, 1.6 / sd)
    values = {"baseline": level, "sd_baseline": sd, "z_baseline": part * reach}
    log_p = log_posterior(plan, values) + np.log(sd) + np.log(reach)
    weight = np.exp(log_p - logsumexp(log_p))
    drawn = laplace.sample(plan, laplace.LaplaceSettings(10_000, 4), 1).values["sd_baseline"].ravel()
    for limit in (0.1, 0.5, 2.0, 10.0):
        expected = float(weight[values["sd_baseline"] < limit].sum())
        assert (drawn < limit).mean() == pytest.approx(expected, abs=0.015)


def test_grid_climbs_to_a_mode_that_is_far_and_narrow():
    """40,000 patients: the log shape's posterior is 1/100 of its prior wide. Closed form: Fisher information."""
    rng = np.random.default_rng(4)
    n = 40_000
    time = 24.0 * rng.weibull(1.4, n)
    cohort = hard_cohort((np.arange(n) % 2).astype(float)[:, None], time, np.ones(n, dtype=bool))
    effect = {"covariate": "x0", "structure": "linear", "prior": {"normal": [0.0, 1.0]}}
    posterior = fit(spec_of(WEIBULL, effect), cohort, seed=1, engine="laplace")
    assert posterior.diagnostics.verdict == "ok"
    shape = posterior.flat["log_shape"][:, 0]
    assert shape.mean() == pytest.approx(np.log(1.4), abs=3.0 * 0.78 / np.sqrt(n))
    # The information on log shape of n uncensored Weibull times, b0 profiled out, is n pi^2 / 6.
    assert shape.std() == pytest.approx(np.sqrt(6.0 / n) / np.pi, rel=0.03)
