"""Sampling weights, clusters and strata within transitions are R's: transitions_weighted.R made the values."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.posterior.few_units import variance_of_scores
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.pseudo_scores import scores
from escc_bayes.classical.aalen_johansen import aalen_johansen
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from
from escc_bayes.spec.risk_rows import risk_rows

R = json.loads((Path(__file__).parent / "transitions_weighted.json").read_text(encoding="utf-8"))
TRANSITIONS = ("progression", "death_without_progression", "death_after_progression")
CUTS = [24.0, 60.0, 120.0]
SITES = ["A", "B", "C"]
pytestmark = [pytest.mark.filterwarnings("ignore::escc_bayes.foundation.errors.DataWarning")]


def frame_of():
    frame = pd.DataFrame(R["data"])
    first = np.where((frame.pstat == 1) & ~((frame.death == 1) & (frame.ptime == frame.futime)), "relapse", "death")
    ended = (first == "relapse") | ((frame.death == 1) & (frame.ptime == frame.futime))
    male, site = np.where(frame["male"] == 1, "yes", "no"), np.array(SITES)[frame["site"].astype(int)]
    return frame.assign(male=male, site=site, first=np.where(ended, first, None), ended=ended.astype(int))


def cohort_of(frame, **schema):
    ends = {
        "pfs": {"time": "ptime", "event": "pstat"},
        "os": {"time": "futime", "event": "death"},
        "either": {"time": "ptime", "event": "ended"},
    }
    covariates = {
        "age": {"kind": "continuous"},
        "male": {"kind": "binary", "levels": ["no", "yes"]},
        "site": {"kind": "nominal", "levels": SITES},
        "first": {"kind": "nominal", "levels": ["relapse", "death"]},
    }
    weights = {"weight": "weight", "weight_kind": "sampling"}
    schema = {"time_unit": "months", "id": "id", "endpoints": ends, "covariates": covariates, **weights, **schema}
    schema = {key: value for key, value in schema.items() if value is not None}
    return read_cohort(frame, schema=schema_from(schema, "mgus2"), provenance="observed", name="mgus2")


def model(*, clock="forward", strata="site", outcome=None, at="reference"):
    of = {"kind": "illness_death", "progression": "pfs", "death": "os", "clock": clock}
    baseline = {"family": "piecewise_exponential", "cuts": CUTS, "smoothing": "independent", "at": at}
    raw = {
        "name": "mgus2",
        "outcome": outcome or of,
        "baseline": baseline | ({"strata": strata} if strata else {}),
        "priors": {"baseline_log_rate": {"normal": [-9.0, 20.0]}},
        "effect": [
            {"covariate": "age", "structure": "linear", "prior": {"normal": [0.0, 5.0]}},
            {"covariate": "male", "structure": "fixed", "prior": {"normal": [0.0, 20.0]}},
        ],
    }
    return spec_from(raw, "model")


WEIBULL = {
    "baseline": {"family": "weibull", "reference_time": 60.0},
    "priors": {"baseline_log_cumulative_hazard": {"normal": [-1.0, 2.0]}, "log_shape": {"normal": [0.0, 0.5]}},
    "effect": [{"covariate": "male", "structure": "fixed", "prior": {"normal": [0.0, 5.0]}}],
}
CAUSES = {"kind": "competing_causes", "endpoint": "either", "cause": "first"}


@pytest.mark.parametrize("clock", ["forward", "reset"])
def test_aalen_johansen_is_that_of_survfit_with_weights(clock):
    rows = make_plan(model(clock=clock), cohort_of(frame_of())).rows
    probability, error = aalen_johansen(rows).at(np.array(R["months"]))
    np.testing.assert_allclose(probability.ravel(), R["own"]["probability"], rtol=1e-8)
    np.testing.assert_allclose(error.ravel(), R["own"]["std_error"], rtol=1e-8)


def test_errors_of_clusters_add_up_influences_within_each():
    rows = make_plan(model(), cohort_of(frame_of(), cluster="pair")).rows
    error = aalen_johansen(rows).at(np.array(R["months"]))[1]
    np.testing.assert_allclose(error.ravel(), R["paired_error"], rtol=1e-8)


def test_incidences_of_causes_are_those_of_survfit_with_weights():
    rows = make_plan(model(outcome=CAUSES), cohort_of(frame_of())).rows
    probability, error = aalen_johansen(rows).at(np.array(R["months"]))
    np.testing.assert_allclose(probability[:, 1:].ravel(), R["causes"]["probability"], rtol=1e-8)
    np.testing.assert_allclose(error[:, 1:].ravel(), R["causes"]["std_error"], rtol=1e-8)


@pytest.mark.parametrize("clock", ["forward", "reset"])
def test_cox_is_coxph_with_weights_and_strata_in_each_transition(clock):
    found = fit_classical(model(clock=clock), cohort_of(frame_of()))
    last = "death_after_progression" if clock == "forward" else "death_since_progression"
    same(found, dict(zip(TRANSITIONS, (*TRANSITIONS[:2], last), strict=True)))
    assert "stratified by transition and site (9 strata" in found.cox.centres


def test_cox_of_causes_is_coxph_with_weights_and_strata():
    found = fit_classical(model(outcome=CAUSES), cohort_of(frame_of()))
    same(found, dict(zip(("relapse", "death"), TRANSITIONS[:2], strict=True)))


def test_cox_within_clusters_is_coxph_with_clusters():
    found = fit_classical(model(), cohort_of(frame_of(), cluster="pair"))
    same(found, {"progression": "paired_progression"})


def same(found, named):
    se = np.sqrt(np.diag(found.cox.covariance))
    for transition, name in named.items():
        for place, covariate in enumerate(("age", "male")):
            own = found.plan.design.coefficients_of(covariate, 0, transition).start
            assert found.cox.coef[own] == pytest.approx(R[name]["coef"][place], rel=1e-7, abs=1e-9)
            assert se[own] == pytest.approx(R[name]["std_error"][place], rel=1e-7)


def point_of(plan):
    """Return psi (1, q), coefficients before log rates, at R's estimates."""
    beta = np.zeros(plan.design.size)
    for name in TRANSITIONS:
        for place, covariate in enumerate(("age", "male")):
            beta[plan.design.coefficients_of(covariate, 0, name).start] = R["poisson"][name]["effects"][place]
    return np.concatenate([beta, *(R["poisson"][name]["log_rates"] for name in TRANSITIONS)])[None]


def test_weighted_likelihood_with_strata_is_the_poisson_likelihood_of_r():
    plan = make_plan(model(), cohort_of(frame_of()))
    assert plan.baseline.strata == tuple(f"{name} (site {site})" for name in TRANSITIONS for site in SITES)
    found = cells_of(plan).given(None).derivatives(point_of(plan))
    unit = plan.rows.weighting.unit
    expected = sum(R["poisson"][name]["log_likelihood"] for name in TRANSITIONS)
    assert unit * found.value[0] == pytest.approx(expected, rel=1e-10)
    # R's estimates are where it is largest.
    assert np.abs(found.gradient).max() < 1e-6


def test_posterior_under_wide_priors_lies_at_the_estimates_of_r():
    """Posterior means within a fifth of a standard deviation of maximum likelihood; widths are those of a sandwich.

    Of few units, since two transitions have 80 events or fewer and twelve rates each: up to 12 % wider than without.
    """
    posterior = fit(model(), cohort_of(frame_of()), seed=1, engine="laplace", draws=4000)
    beta = posterior.coefficients
    expected = point_of(posterior.plan)[0, : beta.shape[1]]
    assert (np.abs(beta.mean(axis=0) - expected) < 0.2 * beta.std(axis=0)).all()
    expected = [R["poisson"][name]["few_units"][place] for place in (0, 1) for name in TRANSITIONS]
    np.testing.assert_allclose(beta.std(axis=0), expected, rtol=0.06)


def test_scores_of_few_units_are_enlarged_as_in_r():
    """At R's estimates the sandwich of enlarged scores, patient by patient over all transitions, is R's."""
    plan = make_plan(model(), cohort_of(frame_of()))
    risk, psi, size = risk_rows(plan.rows, plan.design), point_of(plan)[0], plan.design.size
    point = np.concatenate([psi[size:], psi[:size]])
    information = scores(plan.baseline, risk.at_risk, risk.columns, point).information
    # A piece without an event has the rate exp(-38), of which nothing is known.
    known = np.flatnonzero(np.diag(information) > 1e-6)
    root = np.zeros((point.size, known.size))
    root[known] = np.linalg.cholesky(np.linalg.inv(information[np.ix_(known, known)]))
    unit = plan.rows.cluster[risk.of]
    variance = variance_of_scores(plan.baseline, risk.at_risk, risk.columns, point, unit, root)
    found = np.sqrt(np.diag(root @ variance @ root.T))[-size:]
    expected = [R["poisson"][name]["few_units"][place] for place in (0, 1) for name in TRANSITIONS]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_one_endpoint_has_weights_and_strata_too():
    """Cox and the posterior's place and width, of death from time zero, as of each transition."""
    spec, cohort = model(outcome={"endpoint": "os"}), cohort_of(frame_of())
    cox = fit_classical(spec, cohort).cox
    np.testing.assert_allclose(cox.coef, R["os"]["coef"], rtol=1e-7)
    np.testing.assert_allclose(np.sqrt(np.diag(cox.covariance)), R["os"]["std_error"], rtol=1e-7)
    beta = fit(spec, cohort, seed=2, engine="laplace", draws=4000).coefficients
    np.testing.assert_allclose(beta.mean(axis=0), R["os_poisson"]["effects"], atol=0.1 * beta.std(axis=0).max())
    np.testing.assert_allclose(beta.std(axis=0), R["os_poisson"]["few_units"], rtol=0.06)


@pytest.mark.parametrize("outcome", [None, CAUSES], ids=["illness_death", "causes"])
def test_a_weight_of_two_is_the_row_twice(outcome):
    """Whole weights say what copies of rows say: likelihood and Aalen-Johansen, with errors by person.

    Cox differs by Efron's rule, which takes copies for ties.
    """
    frame = frame_of().assign(times=lambda f: 1 + (np.arange(len(f)) % 3))
    copies = frame.loc[frame.index.repeat(frame["times"])].assign(person=lambda f: f["id"]).reset_index(drop=True)
    copies = copies.assign(id=np.arange(len(copies)), weight=1.0)
    weighted = cohort_of(frame, weight="times")
    doubled = cohort_of(copies, cluster="person", weight=None, weight_kind=None)
    counted = cohort_of(frame, weight="times", weight_kind="frequency")
    spec = model(outcome=outcome)
    plans = [make_plan(spec, cohort) for cohort in (weighted, doubled, counted)]
    psi = np.concatenate([np.tile([0.03, 0.4], plans[0].design.size // 2), np.full(100, -6.0)])[None]
    psi = psi[:, : plans[0].design.size + 4 * plans[0].baseline.copies]
    one, two, three = (cells_of(plan).given(None).value(psi)[0] for plan in plans)
    assert plans[0].rows.weighting.unit * one == pytest.approx(two, rel=1e-10)
    assert three == pytest.approx(two, rel=1e-12)
    curves = [aalen_johansen(plan.rows).at(np.array(R["months"])) for plan in plans]
    np.testing.assert_allclose(curves[0], curves[1], rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(curves[0][0], curves[2][0], rtol=1e-9, atol=1e-14)


def test_states_in_a_stratum_have_its_baselines():
    """Second source: exp(-(h1 + h2) t) within the first piece, everyone set to site B, weighted."""
    posterior = fit(model(at="mean"), cohort_of(frame_of()), seed=3, engine="laplace", draws=1000)
    plan, rows = posterior.plan, posterior.plan.rows
    first = rows.first_rows()
    leaving = np.zeros((posterior.coefficients.shape[0], rows.n))
    rates = np.exp(posterior.flat["baseline"]).reshape(-1, 3, 3, 4)
    for k, name in enumerate(TRANSITIONS[:2]):
        eta = 0.0
        for covariate in ("age", "male"):
            own = plan.design.coefficients_of(covariate, 0, name).start
            values = rows.covariates[covariate].values[first] - plan.design.center[own]
            eta = eta + posterior.coefficients[:, [own]] * values
        leaving += rates[:, k, 1, :1] * np.exp(eta)
    weight = rows.weight[first] / rows.weight[first].sum()
    found = posterior.states(np.array([10.0]), term="site", group="B")[:, 0, 0]
    np.testing.assert_allclose(found, np.exp(-10.0 * leaving) @ weight, rtol=1e-9)
    as_they_are = [posterior.states(np.array([90.0]), term="site", group=site, population="group") for site in SITES]
    shares = [rows.weight[first][rows.covariates["site"].values[first] == code].sum() / 300.0 for code in range(3)]
    whole = sum(share * one for share, one in zip(shares, as_they_are, strict=True))
    np.testing.assert_allclose(posterior.states(np.array([90.0])), whole, rtol=1e-9)


def test_scores_of_weibull_baselines_are_derivatives_of_the_weighted_likelihood():
    """Second source: central differences of the cells of every transition."""
    raw = model(strata="").toml.partition("[baseline]")[0]
    spec = spec_from({**tomllib.loads(raw.replace("schema = 1", "")), **WEIBULL}, "weibull")
    plan = make_plan(spec, cohort_of(frame_of()))
    cells, risk = cells_of(plan), risk_rows(plan.rows, plan.design)
    columns = risk.columns
    point = np.array([-1.5, -2.0, 0.1, 0.1, -0.2, 0.05, *np.full(columns.shape[1], 0.02)])
    found = scores(plan.baseline, risk.at_risk, columns, point)

    def value(at):
        return cells.given(at[None, 3:6]).value(np.concatenate([at[6:], at[:3]])[None])[0]

    steps = 1e-5 * np.eye(point.size)
    numeric = [(value(point + step) - value(point - step)) / 2e-5 for step in steps]
    np.testing.assert_allclose(found.of_rows.sum(axis=0), numeric, rtol=1e-5, atol=1e-4)

    def gradient(at):
        return scores(plan.baseline, risk.at_risk, columns, at).of_rows.sum(axis=0)

    second = np.array([(gradient(point + step) - gradient(point - step)) / 2e-5 for step in steps])
    np.testing.assert_allclose(found.information, -second, rtol=1e-5, atol=1e-3)
