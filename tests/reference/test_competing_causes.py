"""Competing causes equal R's survival on mgus2: competing_causes.R made competing_causes.json."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import integrate

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.reload import load_posterior
from escc_bayes.classical.aalen_johansen import aalen_johansen
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio, SurvivalAt
from escc_bayes.foundation.errors import CohortError, EsccBayesError, EstimandError
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

R = json.loads((Path(__file__).parent / "competing_causes.json").read_text(encoding="utf-8"))
CAUSES = ("pcm", "death")
CUTS = [24.0, 60.0, 120.0]
pytestmark = pytest.mark.filterwarnings("ignore:.*duplicate row")


def frame():
    d = pd.DataFrame(R["data"])
    words = np.array([None, *CAUSES], dtype=object)[d["cause"].astype(int)]
    return pd.DataFrame(
        {
            "id": np.arange(len(d)),
            "time": d["time"],
            "event": (d["cause"] > 0).astype(int),
            "cause": words,
            "age": d["age"],
            "male": np.where(d["male"] == 1, "yes", "no"),
        }
    )


def cohort_of(rows, endpoint=None):
    schema = {
        "time_unit": "months",
        "id": "id",
        "endpoints": {"efs": endpoint or {"time": "time", "event": "event"}},
        "covariates": {
            "age": {"kind": "continuous"},
            "male": {"kind": "binary", "levels": ["no", "yes"]},
            "cause": {"kind": "nominal", "levels": [*CAUSES, "accident"]},
        },
    }
    return read_cohort(rows, schema=schema_from(schema, "mgus2"), provenance="observed", name="mgus2")


@pytest.fixture(scope="module")
def cohort():
    return cohort_of(frame())


def model(effects=None, **outcome):
    default = [
        {"covariate": "age", "structure": "linear", "prior": {"normal": [0.0, 0.1]}},
        {"covariate": "male", "structure": "fixed", "prior": {"normal": [0.0, 2.0]}},
    ]
    return spec_from(
        {
            "name": "causes",
            "outcome": {"kind": "competing_causes", "endpoint": "efs", "cause": "cause", **outcome},
            "baseline": {
                "family": "piecewise_exponential",
                "cuts": CUTS,
                "smoothing": "independent",
                "at": "reference",
            },
            "priors": {"baseline_log_rate": {"normal": [-5.0, 2.0]}},
            "effect": default if effects is None else effects,
        },
        "model",
    )


@pytest.mark.parametrize("group", ["all", "men"])
def test_cumulative_incidence_equals_survfit(cohort, group):
    rows = make_plan(model(), cohort).rows
    inside = None if group == "all" else rows.covariates["male"].values[rows.first_rows()] == 1.0
    probability, error = aalen_johansen(rows, inside).at(np.array(R["months"]))
    np.testing.assert_allclose(probability.ravel(), R[group]["probability"], rtol=1e-10)
    np.testing.assert_allclose(error.ravel(), R[group]["std_error"], rtol=1e-8)


def test_cox_is_cause_specific_coxph(cohort):
    found = fit_classical(model(), cohort)
    se = np.sqrt(np.diag(found.cox.covariance))
    for covariate, place in (("age", 0), ("male", 1)):
        for cause in CAUSES:
            own = found.plan.design.coefficients_of(covariate, 0, cause).start
            assert found.cox.coef[own] == pytest.approx(R[cause]["coef"][place], rel=1e-7, abs=1e-9)
            assert se[own] == pytest.approx(R[cause]["std_error"][place], rel=1e-7)


@pytest.fixture(scope="module")
def posterior(cohort):
    return fit(model(), cohort, seed=1, engine="laplace", draws=500)


def test_each_cause_is_fitted_as_if_alone(cohort, posterior):
    """With nothing shared the posterior is that of a model of each cause, the others censored."""
    for cause in CAUSES:
        rows = frame()
        own = cohort_of(rows.assign(event=(rows["cause"] == cause).astype(int)))
        effects = [
            {"covariate": "age", "structure": "linear", "prior": {"normal": [0.0, 0.1]}},
            {"covariate": "male", "structure": "fixed", "prior": {"normal": [0.0, 2.0]}},
        ]
        raw = {
            "name": "alone",
            "outcome": {"endpoint": "efs"},
            "baseline": {
                "family": "piecewise_exponential",
                "cuts": CUTS,
                "smoothing": "independent",
                "at": "reference",
            },
            "priors": {"baseline_log_rate": {"normal": [-5.0, 2.0]}},
            "effect": effects,
        }
        alone = fit(spec_from(raw, "model"), own, seed=2, engine="laplace", draws=500)
        for place, covariate in enumerate(("age", "male")):
            first = posterior.coefficients[:, posterior.plan.design.coefficients_of(covariate, 0, cause).start]
            second = alone.coefficients[:, place]
            error = np.sqrt(first.var() / 400 + second.var() / 400)
            assert abs(first.mean() - second.mean()) < 4 * error
            assert first.std() == pytest.approx(second.std(), rel=0.1)


def test_incidences_are_integrals_of_hazards(posterior):
    """Second source: one patient's hazards and quadrature; with the probability of no event they add up to 1."""
    one = posterior.thinned(2)
    found = one.cumulative_incidence(np.array([30.0, 200.0]), term="male", group="yes")
    rows = one.plan.rows
    age = rows.covariates["age"].values[rows.first_rows()]
    beta, rates = one.coefficients[0], np.exp(one.flat["baseline"][0].reshape(2, -1))
    place = {
        c: [one.plan.design.coefficients_of(v, 0, c).start for v in ("age", "male")] for c in rows.transition_names
    }
    edges = [0.0, *CUTS, np.inf]
    for m, month in enumerate((30.0, 200.0)):
        expected = np.zeros(2)
        for years, count in zip(*np.unique(age, return_counts=True), strict=True):
            own = np.array(
                [rates[k] * np.exp(beta[place[c][0]] * years + beta[place[c][1]]) for k, c in enumerate(place)]
            )

            def hazard(t, own=own):
                return own[:, int(np.searchsorted(CUTS, t))]

            def free(t, own=own):
                spent = np.clip(t, edges[:-1], edges[1:]) - edges[:-1]
                return float(np.exp(-(own @ spent).sum()))

            jumps = [0.0, *(c for c in CUTS if c < month), month]
            for k in range(2):
                expected[k] += (count / age.size) * sum(
                    integrate.quad(lambda t, k=k: free(t) * hazard(t)[k], low + 1e-9, high)[0]
                    for low, high in pairwise(jumps)
                )
        np.testing.assert_allclose(found[0, m], expected, atol=1e-7)


def test_what_is_asked_and_what_is_refused(cohort, posterior, tmp_path):
    found = posterior.estimate(HazardRatio("male", "yes", "no", transition="pcm"))
    assert (found.transition, found.n, found.events) == ("pcm", 1384, 115)
    with pytest.raises(EstimandError, match="is of competing causes.*cumulative_incidence"):
        posterior.estimate(SurvivalAt(12.0))
    with pytest.raises(EstimandError, match="has no states after the event"):
        posterior.states(np.array([12.0]))
    posterior.thinned(50).save(tmp_path / "x.nc")
    again = load_posterior(tmp_path / "x.nc")
    assert again.plan.spec == posterior.plan.spec
    months = np.array([12.0])
    np.testing.assert_array_equal(
        again.cumulative_incidence(months), posterior.thinned(50).cumulative_incidence(months)
    )


def test_causes_are_shared_or_named(cohort):
    male = {"covariate": "male", "structure": "fixed", "prior": {"normal": [0.0, 2.0]}}
    one = make_plan(model([{**male, "shared": True}]), cohort)
    assert one.design.labels == ("male[yes], pcm and death",)
    named = make_plan(model([{**male, "transitions": ["death"]}]), cohort)
    assert named.design.labels == ("male[yes], death",)
    with pytest.raises(EsccBayesError, match="no 'accident'; the outcome has: pcm, death"):
        make_plan(model([{**male, "transitions": ["accident"]}]), cohort)
    with pytest.raises(EsccBayesError, match="'cause' says which event patients have"):
        model([{**male, "covariate": "cause"}])


def test_an_event_without_a_cause_and_one_cause_alone_are_refused():
    rows = frame()
    gone = rows.assign(cause=rows["cause"].where(rows.index > 2, None))
    with pytest.raises(CohortError, match=r"have no 'cause' \(patients"):
        make_plan(model(), cohort_of(gone))
    alone = rows.assign(cause=np.where(rows["event"] == 1, "death", None))
    with pytest.raises(CohortError, match="have the cause 'death', which competes with none"):
        make_plan(model(), cohort_of(alone))
