"""Every rule's measure against R, lifelines, scipy and classical code; the rules on simulated trials."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from lifelines.statistics import logrank_test
from scipy.stats import multivariate_normal, norm

from escc_bayes.classical.rmst import rmst
from escc_bayes.trial.design.planning_words import planning_sentences
from escc_bayes.trial.design.predictive_success import predictive_success
from escc_bayes.trial.design.trial_plan import planned
from escc_bayes.trial.looks.patients import Snapshot
from escc_bayes.trial.looks.risk_sets import risk_sets, stratified_z
from escc_bayes.trial.looks.snapshot import look_months, snapshot
from escc_bayes.trial.monitoring.interim import Interim
from escc_bayes.trial.monitoring.monitor import monitor
from escc_bayes.trial.reading.criteria import criteria
from escc_bayes.trial.significance.arm_curves import rmst_difference, survival_difference
from escc_bayes.trial.significance.conditional_power import conditional_power, trend_drift
from escc_bayes.trial.significance.max_combo import Structure, max_combo_z, orthant, structure
from escc_bayes.trial.significance.weighted_logrank import weighted_z
from escc_bayes.trial.simulation.decide import criteria_of, evidence_at, shown
from escc_bayes.trial.simulation.operating_characteristics import operating_characteristics
from escc_bayes.trial.simulation.simulate import draw, patients
from tests.unit.trial.designs import small
from tests.unit.trial.looks.test_risk_sets import shots, treated
from tests.unit.trial.monitoring.test_monitoring import interim_of

R = json.loads((Path(__file__).parents[3] / "reference" / "planning_rules.json").read_text(encoding="utf-8"))


def trial_of_r(places=None):
    """Return the trial of planning_rules.R, controls first; ``places``: only those patients (from 1)."""
    i = np.arange(1, 61) if places is None else places
    on = i % 2 == 1
    time = -np.log(1.0 - (i * 0.6180339887498949) % 1.0) * 12.0 * np.where(on, 1.5, 1.0)
    event, order = i % 4 != 0, np.argsort(on, kind="stable")
    count = np.array([event.sum()])
    return risk_sets(
        Snapshot(time[order][None], event[order][None], np.array([99.0]), np.array([i.size]), count, int((~on).sum()))
    )


def test_weighted_log_rank_tests_agree_with_r():
    """survdiff with rho 0, 0.5, 1, and with strata."""
    patients_ = trial_of_r()
    z = weighted_z(patients_, ((0.0, 0.0), (0.5, 0.0), (1.0, 0.0)))[0][0]
    assert z == pytest.approx([R["log_rank"], R["g_half"], R["g_one"]], rel=1e-9)
    assert stratified_z((patients_,))[0] == pytest.approx(R["log_rank"], rel=1e-9)
    strata = tuple(trial_of_r(np.arange(1, 61)[np.arange(1, 61) % 3 == s]) for s in range(3))
    assert stratified_z(strata)[0] == pytest.approx(R["stratified"], rel=1e-9)


@pytest.mark.parametrize(("rho", "gamma"), [(0.0, 1.0), (1.0, 1.0), (0.5, 2.0)])
def test_fleming_harrington_tests_agree_with_lifelines(rho, gamma):
    """Forty trials, some patients not yet in; lifelines 0.30.3 gives the square."""
    shot = shots(0.7)
    z = weighted_z(risk_sets(shot), ((rho, gamma),))[0][:, 0]
    assert z[0] == 0.0
    for k in range(1, 40):
        inside = shot.time[k] > 0.0
        time, event, on = shot.time[k][inside], shot.event[k][inside], treated()[inside]
        found = logrank_test(
            time[~on], time[on], event[~on], event[on], weightings="fleming-harrington", p=rho, q=gamma
        )
        assert z[k] ** 2 == pytest.approx(found.test_statistic, rel=1e-6)


def test_joint_normal_agrees_with_mvtnorm_and_scipy():
    """TVPACK in three dimensions; scipy in four, with the correlations of simulated trials. The lattice: 5e-4.

    FH(0, 0) is the sum of FH(1, 0) and FH(0, 1), so the usual four live in three dimensions.
    """
    correlation = np.array([[1.0, 0.8, 0.5], [0.8, 1.0, 0.3], [0.5, 0.3, 1.0]])
    found = orthant(np.array([2.0]), correlation[None], Structure((0, 1, 2)))
    assert found[0] == pytest.approx(R["orthant"], abs=1e-4)
    weights = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
    order = risk_sets(shots(event_share=0.9))
    z, correlations = weighted_z(order, weights)
    for bound in (z.max(axis=1), np.full(40, 2.2)):
        joint = orthant(bound, correlations, structure(weights))
        for k in range(1, 8):
            exact = multivariate_normal.cdf(
                np.full(4, bound[k]), cov=correlations[k], allow_singular=True, abseps=1e-7, maxpts=400_000, rng=1
            )
            assert joint[k] == pytest.approx(exact, abs=5e-4)
    assert np.all(np.isfinite(max_combo_z(order, weights)))


def test_differences_agree_with_r_and_with_classical_code():
    """survfit: restricted means to 18 months, survival at 12, with Greenwood's errors; classical.rmst on 20 trials."""
    order = trial_of_r()
    mean, landmark = rmst_difference(order, 18.0), survival_difference(order, 12.0)
    assert mean.value[0] == pytest.approx(R["rmst"], rel=1e-9)
    assert math.sqrt(mean.variance[0]) == pytest.approx(R["rmst_error"], rel=1e-6)
    assert landmark.value[0] == pytest.approx(R["survival"], rel=1e-9)
    assert math.sqrt(landmark.variance[0]) == pytest.approx(R["survival_error"], rel=1e-9)
    shot = shots()
    found = rmst_difference(risk_sets(shot), 8.0)
    for k in range(1, 20):
        arms = [rmst(shot.time[k][side], shot.event[k][side], until=8.0) for side in (~treated(), treated())]
        assert found.value[k] == pytest.approx(arms[1].value - arms[0].value, abs=1e-10)
        assert found.variance[k] == pytest.approx(arms[0].std_error ** 2 + arms[1].std_error ** 2, abs=1e-12)


def test_before_anything_happens_arms_do_not_differ():
    order = risk_sets(shots())
    early = order.time[order.time > 0.0].min() / 2.0
    assert np.all(survival_difference(order, early).z_against() == 0.0)
    assert np.all(rmst_difference(order, early).z_against() == 0.0)


RULES = {
    "fh": "FH(0, 1) log-rank one-sided 0.025",
    "g": "G^1 log-rank one-sided 0.025",
    "combo": "MaxCombo one-sided 0.025",
    "rmst": "RMST difference to 18 one-sided 0.025",
    "landmark": "survival difference at 12 one-sided 0.025",
    "relevant": "log-rank one-sided 0.025 and RMST difference to 18 > 2",
    "logrank": "log-rank one-sided 0.025",
}


@pytest.fixture(scope="module")
def judged():
    """Return 8,000 trials of 300 patients and 200 events under each scenario, every rule."""
    rules = [{"name": name, "success": words} for name, words in RULES.items()]
    design = small(
        accrual={"patients": 300, "months": 12.0}, analyses={"events": [200]}, design_prior=None, rule=rules, dropout={}
    )
    return operating_characteristics(design, trials=8_000, seed=3)


@pytest.mark.parametrize("rule", ["fh", "g", "combo", "rmst", "landmark", "logrank"])
def test_every_test_keeps_its_level(judged, rule):
    """0.025 within 3 Monte Carlo errors and 0.003 for 200 events in place of endless ones."""
    error = judged.of("null", rule, "type_one_error")
    assert error.value == pytest.approx(0.025, abs=3.0 * error.mc_error + 0.003)


def test_weights_cost_power_under_proportional_hazards(judged):
    """Asymptotic relative efficiency of FH(0, 1) and FH(1, 0) under proportional hazards without censoring: 3/4.

    With two thirds of the events seen it is between that and 1; the drift is that of the log-rank test times its root.
    """
    power = {rule: judged.of("truth", rule, "power").value for rule in RULES}
    drift = math.sqrt(50.0) * -math.log(0.7)
    for rule in ("fh", "g"):
        assert norm.sf(1.96 - math.sqrt(0.75) * drift) - 0.03 < power[rule] < power["logrank"]
    assert power["fh"] < power["combo"] < power["logrank"]
    assert power["relevant"] < power["logrank"]
    for rule in ("fh", "combo", "rmst", "relevant"):
        assert judged.of("truth", rule, "power").closed_form is None
    assert judged.of("truth", "logrank", "power").closed_form is not None


def test_power_of_differences_is_that_of_a_normal_estimate():
    """At a fixed month every estimate is N(difference, its mean variance); 3 Monte Carlo errors and 0.01."""
    rules = [{"name": name, "success": RULES[name]} for name in ("rmst", "landmark")]
    design = small(
        accrual={"patients": 300, "months": 12.0},
        analyses={"calendar": [36.0]},
        design_prior=None,
        rule=rules,
        dropout={},
    )
    rates = np.log(2.0) / 12.0 * np.array([1.0, 0.7])
    survival = np.exp(-rates * 12.0)
    means = (1.0 - np.exp(-rates * 18.0)) / rates
    found = operating_characteristics(design, trials=4_000, seed=5)
    # Everybody is seen for 24 months or more: the variances are binomial, and that of min(T, 18).
    seconds = 2.0 * (1.0 - np.exp(-rates * 18.0) * (1.0 + rates * 18.0)) / rates**2
    errors = [(survival * (1.0 - survival) / 150.0).sum() ** 0.5, ((seconds - means**2) / 150.0).sum() ** 0.5]
    for rule, gain, error in zip(("landmark", "rmst"), (np.diff(survival), np.diff(means)), errors, strict=True):
        power = found.of("truth", rule, "power")
        assert power.value == pytest.approx(norm.sf(1.96 - gain[0] / error), abs=3.0 * power.mc_error + 0.01)


SEQUENTIAL = {
    "obf": {"spending": "obrien_fleming"},
    "hsd": {"spending": {"hwang_shih_decani": -4.0}},
    "classical": {"boundaries": "pocock"},
    "beta": {"spending": "obrien_fleming", "futility": "log-rank beta 0.2"},
    "conditional": {"spending": "obrien_fleming", "futility": "conditional power < 0.3"},
}


def sequential(**more):
    log_rank = "log-rank one-sided 0.025"
    rules = [{"name": name, "success": log_rank, **keys} for name, keys in SEQUENTIAL.items()]
    rules += [{"name": "final", "success": "RMST difference to 18 one-sided 0.025"}]
    plan = {"patients": 300, "months": 12.0}
    return small(accrual=plan, analyses={"events": [100, 150, 200]}, rule=rules, **more)


def test_boundaries_and_futility_agree_with_the_recursive_integration():
    """Every sharing of alpha and both kinds of log-rank futility, 3 Monte Carlo errors and 0.006."""
    found = operating_characteristics(sequential(dropout={}), trials=6_000, seed=8)
    for rule in SEQUENTIAL:
        for scenario, quantity in (("truth", "power"), ("null", "type_one_error"), ("design_prior", "assurance")):
            number = found.of(scenario, rule, quantity)
            assert number.value == pytest.approx(number.closed_form, abs=3.0 * number.mc_error + 0.006)
    for rule in ("beta", "conditional"):
        assert found.of("null", rule, "stop_early_futility").value > 0.4
    assert found.of("truth", "final", "stop_early_success").value == 0.0


def test_the_plan_prints_closed_forms_and_boundaries():
    """PLANNING rows 1, 4 and 8: 246.8 and 252.0 events; Pocock's constant at thirds is 2.289 (rpact)."""
    assert "246.8 by Schoenfeld, 252.0 by Freedman, 252.0 by Hsieh-Freedman" in planning_sentences(planned(small()))[0]
    said = planning_sentences(planned(sequential()))[len(SEQUENTIAL) :]
    thirds = small(
        analyses={"events": [20, 40, 60]},
        rule=[{"name": "p", "success": "log-rank one-sided 0.025", "boundaries": "pocock"}],
    )
    assert "log-rank Z above 2.289, 2.289, 2.289" in planning_sentences(planned(thirds))[1]
    assert "type I error spent by then 0.0" in said[0]
    assert said[0].endswith(", 0.0250.")
    assert "futile below " in said[3]


def test_conditional_power_at_its_boundary_is_the_threshold():
    design = sequential()
    plan = planned(design).rules[4].boundaries
    for z, t in zip(plan.lower[:2].tolist(), (0.5, 0.75), strict=True):
        assert conditional_power(z, t, plan.upper[-1], trend_drift(z, t)) == pytest.approx(0.3, abs=1e-12)


@pytest.mark.parametrize(
    ("success", "spending"),
    [
        ("P(HR < 1 | data) > 0.975", {}),
        ("P(HR < 1 | data) > 0.975 and P(HR < 0.8 | data) > 0.5", {}),
        ("log-rank one-sided 0.025", {"spending": "obrien_fleming"}),
    ],
)
def test_predictive_probability_agrees_with_completing_the_patients(success, spending):
    """Twelve interim looks at 100 of 200 events; ``monitor`` completes each 1,500 times.

    Root mean square 0.03: 0.013 of it Monte Carlo, the rest the normal approximation (PLANNING: 0.035).
    """
    rule = {"name": "rule", "success": success, "futility": "predictive probability < 0.1", **spending}
    design = small(accrual={"patients": 300, "months": 12.0}, analyses={"events": [100, 200]}, rule=[rule], dropout={})
    criteria_, plan = criteria_of(planned(design)), planned(design).rules[0].boundaries
    ratios = np.linspace(-0.7, 0.2, 12)[:, None]
    seen = patients(design, draw(design, 12, 11, 0), ratios)
    month = look_months(seen, design.looks)[0]
    at = shown(
        design, criteria_, evidence_at(design, criteria_.measures, snapshot(seen, month), np.zeros(12, dtype=bool))
    )
    z = next(iter(at.values.values())) if at.values else np.zeros(12)
    predicted = predictive_success(design.rules[0], plan, 0, at.posterior.mean, at.posterior.sd, z)
    completed = []
    for k in range(12):
        interim: Interim = interim_of(seen, k, float(month[k]))
        completed.append(monitor(design, interim, completions=1_500, seed=k).rules[0].probability)
    assert np.sqrt(np.mean((predicted - np.array(completed)) ** 2)) < 0.03
    assert np.ptp(completed) > 0.5


def test_predictive_futility_stops_trials_that_are_lost():
    rule = {"name": "b", "success": "P(HR < 1 | data) > 0.975", "futility": "predictive probability < 0.1"}
    design = small(accrual={"patients": 300, "months": 12.0}, analyses={"events": [100, 200]}, rule=[rule])
    found = operating_characteristics(design, trials=2_000, seed=2)
    assert found.of("null", "b", "stop_early_futility").value > 0.5
    assert found.of("truth", "b", "stop_early_futility").value < 0.25
    assert found.of("truth", "b", "power").closed_form is None


def test_a_rule_of_the_final_look_may_ask_for_more_and_stop_for_futility():
    """Whatever is joined to a test of the final look waits for it too; futility by its log-rank test does not."""
    both = "log-rank one-sided 0.025 and FH(0, 1) log-rank one-sided 0.025 and RMST difference to 18 > 0"
    rules = [
        {"name": "both", "success": both, "spending": "obrien_fleming"},
        {"name": "futile", "success": both, "spending": "obrien_fleming", "futility": "conditional power < 0.3"},
        {"name": "posterior", "success": "P(HR < 1 | data) > 0.975 and MaxCombo one-sided 0.025"},
    ]
    design = small(accrual={"patients": 200, "months": 12.0}, analyses={"events": [80, 140]}, rule=rules)
    found = operating_characteristics(design, trials=1_000, seed=1)
    for name in ("both", "futile", "posterior"):
        assert found.of("truth", name, "power").value > 0.2
        assert found.of("truth", name, "stop_early_success").value == 0.0
    assert found.of("null", "futile", "stop_early_futility").value > 0.3
    assert found.of("null", "both", "expected_events").value == 140.0


def test_every_criterion_says_itself():
    text = "MaxCombo FH(0, 0) FH(0, 0.5) one-sided 0.025 and survival difference at 12 > 0.1"
    said = [criterion.words() for criterion in criteria(text, "here")]
    assert said == [
        "MaxCombo test of FH(0, 0), FH(0, 0.5) one-sided 0.025",
        "difference of survival at 12 months > 0.1",
    ]
    rmst_words = criteria("RMST difference to 24 one-sided 0.025", "here")[0].words()
    assert rmst_words == "test of the difference of restricted mean survival to 24 months one-sided 0.025"
    final = sequential().rules[-1].sentence("RT", "none", 3)
    assert final.endswith("to 18 months one-sided 0.025 at the final look.")
