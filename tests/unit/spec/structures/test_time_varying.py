"""Effects that change over time: the walk, what verbs say of them, refusals, saving, refits."""

import numpy as np
import pandas as pd
import pytest

from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.inference_groups import patient_log_likelihood
from escc_bayes.bayes.posterior.prior_check import prior_check
from escc_bayes.bayes.posterior.reload import load_posterior
from escc_bayes.bayes.refits.refit_many import refit_many
from escc_bayes.bayes.refits.requests import leave_one_out
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.bundled import example_cohort
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio, MedianSurvival, RMSTDifference, SurvivalAt
from escc_bayes.foundation.errors import CutError, DataWarning, EstimandError
from escc_bayes.report.verbs.files import fit_tables
from escc_bayes.spec.cautions import cautions
from escc_bayes.spec.describe import describe
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

COLUMNS = (
    *("endpoint", "model", "method", "term", "contrast", "start", "stop", "hr", "lower", "upper", "level", "interval"),
    *("prob_gt_1", "log_hr_mean", "log_hr_sd", "n", "events"),
)


def model(cuts=(20.0, 44.0), baseline=None, **priors):
    stage = {"covariate": "stage", "structure": "time_varying", "cuts": list(cuts), "prior": {"normal": [0.1, 0.8]}}
    age = {"covariate": "age", "structure": "time_varying", "cuts": [30.0], "prior": {"normal": [0.0, 0.5]}}
    walk = {"family": "piecewise_exponential", "cuts": [12.0, 36.0], "sd": {"halfnormal": 0.5}}
    sd = {"sd": {"halfnormal": 0.4}}
    return spec_from(
        {
            "name": "over_time",
            "outcome": {"endpoint": "os"},
            "baseline": baseline or walk,
            "priors": priors or {"baseline_log_rate": {"normal": [-4.0, 1.0]}},
            "effect": [stage | sd, age | sd],
        },
        "over_time",
    )


@pytest.fixture(scope="module")
def larynx():
    return example_cohort("larynx")


@pytest.fixture(scope="module")
def posterior(larynx):
    return fit(model(), larynx, seed=5, engine="laplace", draws=1000)


def test_log_hazard_ratios_are_a_walk_over_the_years_between_midpoints(larynx):
    """By hand: segments 0-20, 20-44 and one as long as that: midpoints 10, 32 and 56 months."""
    plan = make_plan(model(), larynx)
    values = prior_draws(plan, 7, seed=2)
    beta = parameters.coefficients(plan.design.blocks, values, 7)[:, :9].reshape(7, 3, 3)
    z, sd = values["z_stage"].reshape(7, 2, 3), values["sd_stage"][:, :, None]
    steps = sd * np.sqrt([22.0 / 12.0, 24.0 / 12.0])[None, :, None] * z
    expected = values["b_stage"][:, None, :] + np.concatenate([np.zeros((7, 1, 3)), np.cumsum(steps, axis=1)], axis=1)
    np.testing.assert_allclose(beta, expected, atol=1e-12)


def test_a_hazard_ratio_is_asked_for_at_a_month(posterior):
    for month, months in ((20.0, (0.0, 20.0)), (20.1, (20.0, 44.0)), (99.0, (44.0, np.inf))):
        found = posterior.estimate(HazardRatio("stage", "IV", at=month), level=0.9)
        drawn = posterior.draws(HazardRatio("stage", "IV", months=months))
        assert found.log_mean == pytest.approx(drawn.mean(), rel=1e-12)
        assert (found.time, found.months) == (month, months)
    with pytest.raises(EstimandError, match="changes over time in this model, at 20, 44 months; ask for it at a month"):
        posterior.estimate(HazardRatio("stage", "IV"), level=0.9)


def test_curves_are_those_of_every_patient_in_plain_loops(posterior):
    """Second source: person-months of each piece and segment, by hand, in one draw."""
    posterior = posterior.thinned(20)
    plan, draw, month = posterior.plan, 17, 40.0
    codes = plan.rows.covariates["stage"].values.astype(int)
    age = (plan.rows.covariates["age"].values - 65.0) / 10.0
    flat = {name: values[draw] for name, values in posterior.flat.items()}
    stage, slope = posterior.coefficients[draw, :9].reshape(3, 3), posterior.coefficients[draw, 9:]
    steps = flat["sd_baseline"] * plan.baseline.step_scale * flat["z_baseline"]
    rates = np.exp(flat["baseline"][0] + np.concatenate([[0.0], np.cumsum(steps)]))
    total = np.zeros(plan.rows.n)
    for start, stop in ((0.0, 12.0), (12.0, 20.0), (20.0, 30.0), (30.0, 36.0), (36.0, 40.0)):
        rate = rates[np.searchsorted([12.0, 36.0], stop)]
        of_stage = np.append(0.0, stage[np.searchsorted([20.0, 44.0], stop)])[codes]
        total += rate * (stop - start) * np.exp(of_stage + slope[np.searchsorted([30.0], stop)] * age)
    expected = np.exp(-total[codes == 3]).mean()
    assert posterior.draws(SurvivalAt(month, "stage", "IV"))[draw] == pytest.approx(expected, rel=1e-10)
    own = posterior.survival(np.linspace(0.0, 30.0, 3001), term="stage", group="I", population="everyone")[draw]
    other = posterior.survival(np.linspace(0.0, 30.0, 3001), term="stage", group="IV", population="everyone")[draw]
    difference = posterior.draws(RMSTDifference("stage", "IV", "I", 30.0, "everyone"))[draw]
    assert difference == pytest.approx(np.trapezoid(other - own, dx=0.01), abs=1e-5)
    half = posterior.draws(MedianSurvival("stage", "IV"))[draw]
    assert posterior.survival(np.array([half]), term="stage", group="IV")[draw, 0] == pytest.approx(0.5, abs=1e-9)


def test_log_likelihood_of_patients_adds_up_to_that_of_the_engine(posterior):
    plan, few = posterior.plan, posterior.thinned(20)
    per_patient = patient_log_likelihood(plan, few.values).reshape(-1, plan.rows.n).sum(axis=1)
    psi = np.concatenate([few.coefficients, few.hazard.log_rates], axis=1)
    np.testing.assert_allclose(cells_of(plan).given(None).value(psi), per_patient, rtol=1e-10)


def test_one_segment_without_events_is_said_and_rests_on_the_prior(larynx):
    plan = make_plan(model(cuts=(2.0, 40.0)), larynx)
    said = " ".join(cautions(plan))
    assert "stage: 1 event in 90 patients at risk in months 0 to 2" in said
    assert "rests on the prior and on the months around" in said
    estimate = fit(model(cuts=(2.0, 40.0)), larynx, seed=1, engine="laplace", draws=400).hazard_ratios(level=0.95)[0]
    assert (estimate.n, estimate.events) == (90, 1)
    assert "few data: 1 event in 90 patients at risk in months 0 to 2" in estimate.note


def test_a_cut_beyond_follow_up_is_refused(larynx):
    with pytest.raises(
        CutError, match=r"effect 'stage', cuts: 200 months is not before the last follow-up of 'os', 128.4"
    ):
        make_plan(model(cuts=(20.0, 200.0)), larynx)


def test_the_model_card_and_the_prior_say_whom_the_baseline_describes(larynx):
    plan = make_plan(model(), larynx)
    card = " ".join(describe(plan))
    assert (
        "stage: hazard ratios that change at 20, 44 months; II over I and III over I and IV over I before the first"
        in card
    )
    assert "age: hazard ratios that change at 30 months; per 10 years before the first" in card
    assert "describe the average patient with stage I and age 65" in card
    assert "Survival of the average patient with stage I and age 65" in repr(prior_check(model(), larynx, draws=200))


def test_the_table_has_every_segment_with_cox_beside(posterior):
    rows = fit_tables({"over_time": posterior}, 0.95)["time_varying"]
    assert tuple(rows[0])[: len(COLUMNS)] == COLUMNS
    stage = [row for row in rows if (row["contrast"], row["method"]) == ("IV vs I", "cox")]
    assert [(row["start"], row["stop"]) for row in stage] == [(0.0, 20.0), (20.0, 44.0), (44.0, np.inf)]
    assert sum(row["events"] for row in stage) == posterior.plan.rows.events
    assert {row["method"] for row in rows} == {"bayes_laplace", "cox"}
    assert {row["contrast"] for row in rows if row["term"] == "age"} == {"per 10"}


def test_models_of_one_hazard_ratio_have_no_such_table(larynx):
    plain = fit(spec_from(PLAIN, "plain"), larynx, seed=1, engine="laplace", draws=200)
    assert "time_varying" not in fit_tables({"plain": plain}, 0.95)
    at_six, always = (plain.estimate(HazardRatio("age", at=month), level=0.9) for month in (6.0, None))
    assert (at_six.value, at_six.months) == (always.value, None)


PLAIN = {
    "name": "plain",
    "outcome": {"endpoint": "os"},
    "baseline": {"family": "piecewise_exponential", "cuts": [12.0], "sd": {"halfnormal": 0.5}},
    "priors": {"baseline_log_rate": {"normal": [-4.0, 1.0]}},
    "effect": [{"covariate": "age", "structure": "linear", "prior": {"normal": [0.0, 0.5]}}],
}


def test_a_saved_posterior_answers_the_same(posterior, larynx, tmp_path):
    posterior.save(tmp_path / "p.nc")
    back = load_posterior(tmp_path / "p.nc", cohort=larynx)
    for asked in (HazardRatio("stage", "IV", at=30.0), SurvivalAt(30.0, "stage", "IV")):
        np.testing.assert_array_equal(back.draws(asked), posterior.draws(asked))


def test_every_patient_is_left_out_once(larynx):
    table = refit_many(leave_one_out(model(), larynx), seed=3, draws=1000)
    assert len(table) == 91
    assert {"IV vs I, months 0 to 20", "IV vs I, after month 44"} <= {row["contrast"] for row in table.rows()}


@pytest.mark.parametrize("family", ["walk", "weibull"])
def test_nuts_agrees_with_laplace(larynx, family):
    weibull = {"family": "weibull", "reference_time": 24.0}
    priors = {"baseline_log_cumulative_hazard": {"normal": [-1.0, 1.0]}, "log_shape": {"normal": [0.0, 0.5]}}
    spec = model() if family == "walk" else model(baseline=weibull, **priors)
    fast = fit(spec, larynx, seed=5, engine="laplace", draws=2000)
    slow = fit(spec, larynx, seed=5, engine="nuts", draws=800, tune=400, chains=2)
    assert fast.diagnostics.fit_for_use
    sd = slow.coefficients.std(axis=0)
    np.testing.assert_allclose(fast.coefficients.mean(axis=0), slow.coefficients.mean(axis=0), atol=0.2 * sd.max())
    np.testing.assert_allclose(fast.coefficients.std(axis=0), sd, rtol=0.2)


def test_classical_methods_answer_for_the_segments(larynx):
    found = fit_classical(model(), larynx)
    cox = {e.contrast: e for e in found.hazard_ratios(level=0.95) if e.method == "cox"}
    assert "IV vs I, months 20 to 44" in cox
    assert cox["IV vs I, months 20 to 44"].events == 16
    survival = {e.method: e for e in found.estimate(SurvivalAt(24.0, "stage", "IV"), level=0.95)}
    assert survival["weibull_mle"].lower < survival["weibull_mle"].value < survival["weibull_mle"].upper


def test_a_weight_of_two_is_a_patient_given_twice():
    frame = pd.DataFrame(
        {"id": list("pqrst"), "t": [5.0, 9.0, 14.0, 20.0, 9.0], "d": [1, 1, 0, 1, 1], "x": list("ababb")}
    )
    kinds = {"x": {"kind": "binary", "levels": ["a", "b"]}}
    schema = {"id": "id", "endpoints": {"os": {"time": "t", "event": "d"}}, "covariates": kinds}
    effect = {"covariate": "x", "structure": "time_varying", "cuts": [8.0], "prior": {"normal": [0, 1]}}
    spec = spec_from(PLAIN | {"effect": [effect | {"sd": {"halfnormal": 1}}]}, "w")
    with pytest.warns(DataWarning, match="1 duplicate row"):
        twice = make_plan(spec, read_cohort(frame, schema_from(schema, "w")))
    once = frame.iloc[:4].assign(w=[1, 2, 1, 1])
    weighted = make_plan(spec, read_cohort(once, schema_from(schema | {"weight": "w"}, "w")))
    values = [cells_of(plan).given(None).value(np.array([[0.3, -0.2, -2.0, -2.5]])) for plan in (twice, weighted)]
    np.testing.assert_allclose(*values, rtol=1e-12)
