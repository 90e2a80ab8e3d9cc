"""Covariates that change, transition by transition, equal R's tmerge and coxph: transitions_updated.R, SIMULATED."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import EstimandError
from escc_bayes.report.page.state_tables import state_tables
from escc_bayes.spec.cautions import cautions
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

R = json.loads((Path(__file__).parent / "transitions_updated.json").read_text(encoding="utf-8"))
TRANSITIONS = ("progression", "death_without_progression", "death_after_progression")
WIDE = {"normal": [0.0, 3.0]}
SCHEMA = {
    "id": "id",
    "endpoints": {
        "pfs": {"time": "left", "event": "seen"},
        "os": {"time": "last", "event": "died"},
        "ttp": {"time": "left", "event": "progressed"},
    },
    "covariates": {
        "treated": {"kind": "binary", "levels": ["no", "yes"], "starts_at": "start"},
        "marker": {"kind": "continuous", "measured": [["m0", 0.0], ["m1", 3.0], ["m2", 9.0]]},
    },
}
pytestmark = pytest.mark.filterwarnings("ignore::escc_bayes.foundation.errors.DataWarning")


def model(clock, endpoint=""):
    """Return the model of all transitions, or of one endpoint; rates of pieces are independent."""
    states = {"kind": "illness_death", "progression": "pfs", "death": "os", "clock": clock}
    return spec_from(
        {
            "name": "updated",
            "outcome": {"endpoint": endpoint} if endpoint else states,
            "baseline": {"family": "piecewise_exponential", "cuts": [6.0, 18.0], "smoothing": "independent"},
            "priors": {"baseline_log_rate": {"normal": [-3.5, 2.0]}},
            "effect": [
                {"covariate": "treated", "structure": "fixed", "prior": WIDE},
                {"covariate": "marker", "structure": "linear", "prior": WIDE},
            ],
        },
        "updated",
    )


def frame_of():
    """Return the table of the patients whom R made."""
    frame = pd.DataFrame(R["simulated"]).astype(float)
    frame["progressed"] = ((frame["seen"] == 1.0) & ((frame["last"] > frame["left"]) | (frame["died"] == 0.0))).astype(
        int
    )
    return frame.assign(treated=np.where(frame["start"].isna(), "no", "yes"))


@pytest.fixture(scope="module")
def cohort():
    return read(frame_of())


def read(frame):
    return read_cohort(frame, schema_from(SCHEMA, "updated"), provenance="simulated")


@pytest.mark.parametrize("clock", ["forward", "reset"])
def test_cox_of_each_transition_is_that_of_tmerge_and_coxph(cohort, clock):
    found = fit_classical(model(clock), cohort)
    se = np.sqrt(np.diag(found.cox.covariance))
    for transition, wanted in zip(TRANSITIONS, (R[TRANSITIONS[0]], R[TRANSITIONS[1]], R[clock]), strict=True):
        for place, covariate in enumerate(("treated", "marker")):
            own = found.plan.design.coefficients_of(covariate, 0, transition).start
            assert found.cox.coef[own] == pytest.approx(wanted["coef"][place], rel=1e-8)
            assert se[own] == pytest.approx(wanted["se"][place], rel=1e-8)


def test_posterior_of_a_transition_is_that_of_its_endpoint_alone(cohort):
    """Nothing is shared, so that progression is a model of one endpoint, whose rows `survfit` and `coxph` know."""
    both = fit(model("forward"), cohort, seed=1, engine="laplace", draws=4000)
    alone = fit(model("forward", "ttp"), cohort, seed=1, engine="laplace", draws=4000)
    for name in ("treated", "marker"):
        place = both.plan.design.coefficients_of(name, 0, TRANSITIONS[0]).start
        own = alone.coefficients[:, alone.plan.design.coefficients_of(name).start]
        assert both.coefficients[:, place].mean() == pytest.approx(own.mean(), abs=4 * own.std() / np.sqrt(2000))
        assert both.coefficients[:, place].std() == pytest.approx(own.std(), rel=0.08)


def test_states_hold_the_first_value_and_a_group_nobody_starts_in_is_refused():
    """Everybody has a marker at month 0, where nobody is treated yet."""
    frame = frame_of()
    posterior = fit(
        model("forward"), read(frame.assign(m0=frame["m0"].fillna(1.0))), seed=1, engine="laplace", draws=1000
    )
    everyone = posterior.states(np.array([12.0]), term="treated", group="no")
    np.testing.assert_allclose(posterior.states(np.array([12.0])), everyone, atol=1e-12)
    with pytest.raises(EstimandError, match="nobody starts with treated = yes"):
        posterior.states(np.array([12.0]), term="treated", group="yes", population="group")


def test_stretches_are_the_follow_up_of_whoever_has_a_first_value(cohort):
    """Of patients with a marker at month 0 the parts add up to the whole, by either clock."""
    simulated = pd.DataFrame(R["simulated"]).astype(float)
    for clock in ("forward", "reset"):
        rows = make_plan(model(clock), cohort).rows
        own = rows.in_transition(TRANSITIONS[0])
        spent = np.bincount(own.whose, own.time - own.entry)
        patient = np.array([int(float(i)) - 1 for i in own.ids])
        whole = ~simulated["m0"].isna().to_numpy()[patient]
        np.testing.assert_allclose(spent[whole], simulated["left"].to_numpy()[patient][whole], rtol=1e-9)


def test_everyone_is_set_to_each_value_throughout_in_the_tables():
    """Second source: exp(-(h1 + h2) t) within the first piece, patient by patient, at the value set."""
    frame = frame_of()
    whole = read(frame.assign(m0=frame["m0"].fillna(1.0)))
    posterior = fit(model("forward"), whole, seed=1, engine="laplace", draws=500)
    tables = state_tables([posterior], 0.95)
    rows = [row for row in tables["states"] if row["term"] == "treated"]
    assert {(row["group"], row["population"], row["method"]) for row in rows} == {
        ("no, throughout", "everyone", "bayes_laplace"),
        ("yes, throughout", "everyone", "bayes_laplace"),
    }
    plan, drawn = posterior.plan, posterior.thinned(4000)
    marker = plan.rows.covariates["marker"].values[plan.rows.first_rows()]
    rates = np.exp(drawn.flat["baseline"]).reshape(-1, 3, 3)[:, :2, 0]
    leaving = np.zeros((rates.shape[0], marker.size))
    for place, name in enumerate(("progression", "death_without_progression")):
        beta = [drawn.coefficients[:, [plan.design.coefficients_of(c, 0, name).start]] for c in ("treated", "marker")]
        mean = [plan.design.center[plan.design.columns_of(c, name).start] for c in ("treated", "marker")]
        leaving += rates[:, [place]] * np.exp(beta[0] * (1.0 - mean[0]) + beta[1] * (marker - mean[1]))
    expected = np.quantile(np.exp(-4.0 * leaving).mean(axis=1), 0.5, method="nearest")
    (found,) = [
        row["probability"]
        for row in rows
        if (row["group"], row["time"], row["state"]) == ("yes, throughout", 4.0, "start")
    ]
    assert found == pytest.approx(expected, rel=1e-9)
    assert any("hold each patient's first value to the end" in said for said in cautions(plan))
