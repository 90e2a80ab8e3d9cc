"""Illness-death models equal R's survival on mgus2: illness_death.R made illness_death.json and chose its patients.

``whole`` has all 1,384 patients, ``late`` 160 of them, of whom three in ten enter late.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.inference_groups import patient_log_likelihood
from escc_bayes.classical.aalen_johansen import aalen_johansen, limits
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

# Months and years of age alone tell some of 1,384 patients not apart.
# Progression alone is an event of pfs here, and the schema does not say so.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*duplicate row"),
    pytest.mark.filterwarnings("ignore:.*have no event of pfs"),
]
R = json.loads((Path(__file__).parent / "illness_death.json").read_text(encoding="utf-8"))
KINDS = ("whole", "late")
TRANSITIONS = ("progression", "death_without_progression", "death_after_progression")
DEATHS = list(TRANSITIONS[1:])
WIDE = {"normal": [0.0, 2.0]}
CUTS = [24.0, 60.0, 120.0]


def frame_of(kind):
    frame = pd.DataFrame(R[kind]["data"])
    return frame.assign(id=np.arange(len(frame)), male=np.where(frame["male"] == 1, "yes", "no"))


def cohort_of(frame, *, time=("ptime", "futime"), event=("pstat", "death")):
    ends = {
        name: {"time": months, "event": what, "entry": "entry"}
        for name, months, what in zip(("pfs", "os"), time, event, strict=True)
    }
    covariates = {"age": {"kind": "continuous"}, "male": {"kind": "binary", "levels": ["no", "yes"]}}
    schema = {"time_unit": "months", "id": "id", "endpoints": ends, "covariates": covariates}
    return read_cohort(frame, schema=schema_from(schema, "mgus2"), provenance="observed", name="mgus2")


def model(*, clock="forward", shared=False, endpoint=None, prior=WIDE, at="mean"):
    """Age and sex on each transition; with ``shared`` one coefficient of each for both deaths, and none before."""
    of = {"kind": "illness_death", "progression": "pfs", "death": "os", "clock": clock}
    own = {"transitions": DEATHS, "shared": True} if shared else {}
    age = {"covariate": "age", "structure": "linear", "prior": {"normal": [0.0, 0.1]}}
    male = {"covariate": "male", "structure": "fixed", "prior": prior}
    raw = {
        "name": "mgus2",
        "outcome": of if endpoint is None else {"endpoint": endpoint},
        "baseline": {"family": "piecewise_exponential", "cuts": CUTS, "smoothing": "independent", "at": at},
        "priors": {"baseline_log_rate": {"normal": [-5.0, 2.0]}},
        "effect": [{**age, **own}, {**male, **own}],
    }
    return spec_from(raw, "model")


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def late():
    return cohort_of(frame_of("late"))


@pytest.mark.parametrize("clock", ["forward", "reset"])
@pytest.mark.parametrize("group", ["all", "men"])
def test_aalen_johansen_equals_survfit(kind, group, clock):
    rows = make_plan(model(clock=clock), cohort_of(frame_of(kind))).rows
    inside = None if group == "all" else rows.covariates["male"].values[rows.first_rows()] == 1.0
    expected = R[kind][group]
    probability, error = aalen_johansen(rows, inside).at(np.array(R[kind]["months"]))
    np.testing.assert_allclose(probability.ravel(), expected["probability"], rtol=1e-10)
    np.testing.assert_allclose(error.ravel(), expected["std_error"], rtol=1e-8)
    for found, wanted in zip(limits(probability, error, 0.95), ("lower", "upper"), strict=True):
        np.testing.assert_allclose(found.ravel(), expected[wanted], rtol=1e-8)


@pytest.mark.parametrize("clock", ["forward", "reset"])
def test_cox_is_cause_specific_coxph(kind, clock):
    found = fit_classical(model(clock=clock), cohort_of(frame_of(kind)))
    last = "death_after_progression" if clock == "forward" else "death_since_progression"
    expected = [R[kind][name] for name in (*TRANSITIONS[:2], last)]
    se = np.sqrt(np.diag(found.cox.covariance))
    for covariate, place in (("age", 0), ("male", 1)):
        for transition, wanted in zip(TRANSITIONS, expected, strict=True):
            own = found.plan.design.coefficients_of(covariate, 0, transition).start
            assert found.cox.coef[own] == pytest.approx(wanted["coef"][place], rel=1e-7, abs=1e-9)
            assert se[own] == pytest.approx(wanted["std_error"][place], rel=1e-7)
    assert found.cox.method == "cox"


def test_a_shared_coefficient_is_that_of_coxph_with_strata(kind):
    found = fit_classical(model(shared=True), cohort_of(frame_of(kind)))
    np.testing.assert_allclose(found.cox.coef, R[kind]["death_shared"]["coef"], rtol=1e-7)
    se = np.sqrt(np.diag(found.cox.covariance))
    np.testing.assert_allclose(se, R[kind]["death_shared"]["std_error"], rtol=1e-7)
    both = [e for e in found.hazard_ratios() if e.term == "male" and e.method == "cox"]
    assert [e.transition for e in both] == DEATHS
    assert both[0].value == both[1].value


@pytest.mark.parametrize("clock", ["forward", "reset"])
def test_likelihood_of_each_patient_is_the_product_over_transitions(late, clock):
    """Second source: the textbook's formula, patient by patient and piece by piece, in plain numpy."""
    plan = make_plan(model(clock=clock), late)
    posterior = fit(model(clock=clock), late, seed=1, engine="laplace", draws=50)
    found = patient_log_likelihood(plan, posterior.values)[0, :3]
    beta = posterior.coefficients[:3]
    rates = np.exp(posterior.flat["baseline"][:3]).reshape(3, 3, -1)
    frame = frame_of("late")
    age, male = frame["age"].to_numpy(float), (frame["male"] == "yes").to_numpy(float)
    x = np.column_stack([age - age.mean(), male - male.mean()])
    expected = np.zeros((3, len(frame)))
    for i, one in enumerate(frame.itertuples()):
        for code, start, stop, event in spells_of(one, clock):
            own = plan.design.coefficients_of("age", 0, TRANSITIONS[code]).start
            sex = plan.design.coefficients_of("male", 0, TRANSITIONS[code]).start
            for draw in range(3):
                relative = np.exp(beta[draw, own] * x[i, 0] + beta[draw, sex] * x[i, 1])
                expected[draw, i] += plain(rates[draw, code] * relative, start, stop, event)
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-12)
    psi = np.concatenate([beta, posterior.flat["baseline"][:3]], axis=1)
    np.testing.assert_allclose(cells_of(plan).given(None).value(psi), expected.sum(axis=1), rtol=1e-8)


def spells_of(one, clock):
    """Return (transition, start, stop, event) of a patient."""
    same = one.death == 1 and one.futime == one.ptime
    progressed = one.pstat == 1 and not same
    found = []
    if one.entry < one.ptime:
        found += [(0, one.entry, one.ptime, progressed), (1, one.entry, one.ptime, same)]
    begun = max(one.ptime, one.entry)
    if progressed and one.futime > begun:
        ago = one.ptime if clock == "reset" else 0.0
        found.append((2, begun - ago, one.futime - ago, one.death == 1))
    return found


def plain(rates, start, stop, event):
    """Return the log-likelihood of constant rates within pieces."""
    edges = [0.0, *CUTS, np.inf]
    spent = sum(
        rate * max(0.0, min(stop, high) - max(start, low))
        for rate, low, high in zip(rates, edges, edges[1:], strict=False)
    )
    piece = next(k for k, high in enumerate(edges[1:]) if stop <= high)
    return (np.log(rates[piece]) if event else 0.0) - spent


def test_without_anything_shared_it_is_three_models(late):
    """Each transition fitted alone, by start-stop rows of its own, has the same posterior."""
    whole = fit(model(at="reference"), late, seed=3, engine="laplace")
    rows = make_plan(model(), late).rows
    for name in TRANSITIONS:
        own = rows.in_transition(name)
        held = {key: c.values for key, c in own.covariates.items()}
        frame = pd.DataFrame(
            {
                "id": own.ids,
                "time": own.time,
                "event": own.event,
                "entry": own.entry,
                "age": held["age"],
                "male": np.where(held["male"] == 1.0, "yes", "no"),
            }
        )
        alone_cohort = cohort_of(frame, time=("time", "time"), event=("event", "event"))
        alone = fit(model(endpoint="os", at="reference"), alone_cohort, seed=4, engine="laplace")
        for place, covariate in enumerate(("age", "male")):
            first = whole.coefficients[:, whole.plan.design.coefficients_of(covariate, 0, name).start]
            second = alone.coefficients[:, place]
            error = np.sqrt(first.var() / 4000 + second.var() / 4000)
            assert abs(first.mean() - second.mean()) < 4 * error
            assert first.std() == pytest.approx(second.std(), rel=0.1)
