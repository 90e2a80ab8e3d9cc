"""Events between two months equal R's survreg and survfit, closed forms, and the posterior of a plain PyMC model.

interval_censoring.R made interval_censoring.json and simulated its patients: deaths with their month, progressions
between visits or before the first, censored patients. interval_censoring_pymc.py sampled the plain model.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

import escc_bayes as eb
from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.data.schema import schema_from
from escc_bayes.hazard.turnbull import turnbull
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "interval_censoring.json").read_text(encoding="utf-8"))
PLAIN = json.loads((HERE / "interval_censoring_pymc.json").read_text(encoding="utf-8"))
WEIBULL = {
    "name": "weibull",
    "outcome": {"endpoint": "pfs"},
    "baseline": {"family": "weibull", "reference_time": 12.0},
    "priors": {
        "baseline_log_cumulative_hazard": {"normal": [-0.5, 1.0]},
        "log_shape": {"normal": [0.0, 0.5]},
    },
    "effect": [
        {"covariate": "arm", "structure": "fixed", "prior": {"normal": [0.0, 0.8]}},
        {"covariate": "age", "structure": "linear", "prior": {"normal": [0.0, 0.5]}},
    ],
}


def frame(case):
    """The patients as a table."""
    held = pd.DataFrame(REFERENCE[case]["data"]).astype(float)
    return held.assign(arm=np.where(held["arm"] == 1.0, "b", "a"))


def cohort(case, *, time=None):
    """The patients as a cohort; with events at known months where ``time`` says so."""
    held = frame(case)
    ends = {"left": "left", "right": "right"}
    if time is not None:
        held = held.assign(time=time(held), event=held["right"].notna().astype(int))
        ends = {"time": "time", "event": "event"}
    schema = {
        "endpoints": {"pfs": ends},
        "covariates": {
            "arm": {"kind": "binary", "levels": ["a", "b"]},
            "age": {"kind": "continuous", "scale": 10.0},
        },
    }
    return eb.read_cohort(held, schema_from(schema, case), provenance="simulated")


def in_our_terms(case, plan):
    """R's accelerated failure times as log hazard ratios, log H at 12 months of the average patient, and log shape."""
    found = REFERENCE[case]["weibull"]
    (intercept, arm, age), scale = found["coef"], found["scale"]
    beta = np.array([-arm / scale, -10.0 * age / scale])
    level = (np.log(12.0) - intercept) / scale
    return np.concatenate([beta, [level + plan.design.center @ beta]]), -np.log(scale)


@pytest.mark.parametrize("case", ["small", "large"])
def test_weibull_log_likelihood_equals_survreg(case):
    plan = make_plan(spec_from(WEIBULL, "w"), cohort(case))
    psi, log_shape = in_our_terms(case, plan)
    value = cells_of(plan).given(np.array([[log_shape]])).value(psi[None])[0]
    assert value == pytest.approx(REFERENCE[case]["weibull"]["loglik"], rel=1e-9)


@pytest.mark.parametrize("case", ["small", "large"])
def test_weibull_maximum_equals_survreg(case):
    """Estimates to 8 digits, and the standard error of the arm's effect from both informations."""
    plan = make_plan(spec_from(WEIBULL, "w"), cohort(case))
    cells, (psi, log_shape) = cells_of(plan), in_our_terms(case, plan)
    expected = np.append(psi, log_shape)

    def negative(point):
        return -float(cells.given(point[None, -1:]).value(point[None, :-1])[0])

    start = minimize(negative, np.zeros(expected.size), method="BFGS").x
    for _ in range(6):
        # Newton from there; of the shape by differences of the exact gradient and value.
        gradient, hessian = slopes(cells, start)
        start = start - np.linalg.solve(hessian, gradient)
    np.testing.assert_allclose(start, expected, rtol=1e-8, atol=1e-8)
    variance = np.reshape(REFERENCE[case]["weibull"]["var"], (4, 4))
    scale = REFERENCE[case]["weibull"]["scale"]
    jump = np.array([0.0, -1.0 / scale, 0.0, REFERENCE[case]["weibull"]["coef"][1] / scale])
    ours = np.linalg.inv(-hessian)[0, 0]
    assert ours == pytest.approx(jump @ variance @ jump, rel=1e-5)


def slopes(cells, point):
    """Gradient and Hessian of the log-likelihood in (psi, log shape): in psi as the engines have them."""
    step, q = 1e-5, point.size - 1

    def at(moved):
        return cells.given(moved[None, -1:]).derivatives(moved[None, :-1])

    here, up, down = at(point), at(point + step * np.eye(q + 1)[q]), at(point - step * np.eye(q + 1)[q])
    by_shape = (up.value[0] - down.value[0]) / (2 * step)
    hessian = np.empty((q + 1, q + 1))
    hessian[:q, :q] = -here.information[0]
    hessian[q, :q] = hessian[:q, q] = (up.gradient[0] - down.gradient[0]) / (2 * step)
    wide = 1e-3
    far = [at(point + s * wide * np.eye(q + 1)[q]).value[0] for s in (1.0, -1.0)]
    hessian[q, q] = (far[0] + far[1] - 2 * here.value[0]) / wide**2
    return np.append(here.gradient[0], by_shape), hessian


@pytest.mark.parametrize("case", ["small", "large"])
def test_exponential_equals_survreg(case):
    """A piecewise baseline without cuts: value at R's estimates, where its gradient is 0."""
    one = {"family": "piecewise_exponential", "cuts": [], "pieces": 1, "smoothing": "independent"}
    raw = WEIBULL | {"baseline": {k: v for k, v in one.items() if k != "cuts"}, "effect": WEIBULL["effect"][:1]}
    raw["priors"] = {"baseline_log_rate": {"normal": [-3.0, 1.0]}}
    plan = make_plan(spec_from(raw, "e"), cohort(case))
    intercept, arm = REFERENCE[case]["exponential"]["coef"]
    psi = np.array([[-arm, -intercept - arm * plan.design.center[0]]])
    found = cells_of(plan).given(None).derivatives(psi)
    assert found.value[0] == pytest.approx(REFERENCE[case]["exponential"]["loglik"], rel=1e-9)
    np.testing.assert_allclose(found.gradient, 0.0, atol=1e-6)


def test_exponential_in_closed_form():
    """d of n with the event between 0 and r, the others free of it at r: rate -log(1 - d / n) / r."""
    table = pd.DataFrame({"left": [0.0] * 7 + [6.0] * 13, "right": [6.0] * 7 + [np.nan] * 13})
    schema = schema_from({"endpoints": {"pfs": {"left": "left", "right": "right"}}}, "current status")
    raw = WEIBULL | {"baseline": {"family": "piecewise_exponential", "pieces": 1, "smoothing": "independent"}}
    raw = raw | {"priors": {"baseline_log_rate": {"normal": [-3.0, 1.0]}}, "effect": []}
    plan = make_plan(spec_from(raw, "e"), eb.read_cohort(table, schema, provenance="simulated"))
    found = cells_of(plan).given(None).derivatives(np.log([[-np.log(13 / 20) / 6.0]]))
    assert found.gradient[0, 0] == pytest.approx(0.0, abs=1e-12)
    assert found.value[0] == pytest.approx(7 * np.log(7 / 20) + 13 * np.log(13 / 20), rel=1e-12)


@pytest.mark.parametrize("engine", ["laplace", "nuts"])
def test_posterior_equals_plain_pymc(engine):
    """Second source: differences of survival as potentials; means within 4 Monte Carlo errors, SDs within 3 %."""
    posterior = eb.fit(spec_from(WEIBULL, "w"), cohort("small"), seed=4, engine=engine)
    drawn = {"b_arm": "b_arm", "b_age": "b_age", "log_shape": "log_shape", "level": "baseline"}
    for name, expected in PLAIN["small"].items():
        values = posterior.values[drawn[name]].ravel()
        error = np.hypot(expected["mcse"], values.std() / np.sqrt(min(values.size, 3000)))
        assert abs(values.mean() - expected["mean"]) < 4 * error
        assert values.std() == pytest.approx(expected["sd"], rel=0.03)


@pytest.mark.parametrize("case", ["small", "large"])
def test_turnbull_equals_survfit(case):
    """R's curve lies between the least and the largest survival that fit ours, and is ours where the two are one.

    R stops its iterations sooner than ours, which satisfies the conditions of a maximum to 1e-9: to 2e-4 of survival.
    """
    held, expected = frame(case), REFERENCE[case]["turnbull"]
    found = turnbull(held["left"].to_numpy(), held["right"].fillna(np.inf).to_numpy())
    assert_same_curve(found, expected)


def test_turnbull_of_diabetes_equals_survfit_and_lifelines():
    """731 patients of lifelines' data. lifelines stops early: its log-likelihood is 0.2 lower, its curve 0.003 off."""
    from lifelines.datasets import load_diabetes
    from lifelines.fitters.npmle import npmle

    data = load_diabetes()
    left, right = data["left"].to_numpy(dtype=float), data["right"].to_numpy(dtype=float)
    found = turnbull(left, right)
    assert_same_curve(found, REFERENCE["diabetes"])
    theirs, spans = npmle(left, right, tol=1e-10)
    assert [(span.left, span.right) for span in spans] == list(zip(found.start, found.stop, strict=True))
    np.testing.assert_allclose(found.after, 1.0 - np.cumsum(theirs), atol=3e-3)
    assert log_of(left, right, found, found.mass) > log_of(left, right, found, np.array(theirs))


def assert_same_curve(found, expected):
    """R reports a span at some month inside it."""
    times, survival = np.array(expected["time"]), np.array(expected["surv"])
    low, high = found.bounds(times)
    assert (survival > low - 2e-4).all()
    assert (survival < high + 2e-4).all()
    known = np.isclose(low, high)
    assert known.sum() > 20
    np.testing.assert_allclose(survival[known], low[known], atol=2e-4)


def log_of(left, right, found, mass):
    """Log-likelihood of masses on the spans of an estimate."""
    exact = (left == right)[:, None]
    inside = (found.start >= left[:, None]) & (found.stop <= right[:, None])
    inside &= (found.start > left[:, None]) | (found.start < found.stop) | exact
    return np.log(inside @ mass).sum()
