"""A posterior with trajectories: as plain PyMC's, what it answers and writes, what laplace says, and what is beside."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm
from tests.reference.bayes_trajectory import patients
from tests.reference.trajectory_models import COVERAGE, NAMES, TRAJECTORY, cohort, model

import escc_bayes as eb
from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.model.patient_log_likelihood import log_likelihoods
from escc_bayes.bayes.model.prior import log_prior, prior_draws
from escc_bayes.bayes.model.trajectories import latents_of, law_of, patterns_of, trajectories
from escc_bayes.bayes.model.trajectory_log_likelihood import integrated_log_likelihoods
from escc_bayes.bayes.posterior.trajectory import described, described_over, mean_at
from escc_bayes.compare.trajectory_analyses import known_at_start, trajectory_analyses
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.foundation.errors import EstimandError, SamplingError
from escc_bayes.report.page.curve_sheet import cox_beside
from escc_bayes.report.verbs.files import fit_tables
from escc_bayes.sensitivity.not_computed import TRAJECTORY as TRAJECTORY_ALONE
from escc_bayes.sensitivity.not_computed import kinds_of

pytestmark = [
    pytest.mark.filterwarnings("ignore::escc_bayes.foundation.errors.DataWarning"),
    # Chains are short, and there are 158 numbers of patients: one may have an R-hat above 1.01.
    pytest.mark.filterwarnings("ignore::escc_bayes.foundation.errors.NotFitForUseWarning"),
]
PLAIN = json.loads((Path(__file__).parents[3] / "reference" / "bayes_trajectory.json").read_text())


@pytest.fixture(scope="module")
def posterior():
    return eb.fit(model(), cohort(), seed=2, draws=500, tune=300, chains=2, target_accept=0.8)


def test_the_posterior_is_that_of_plain_pymc(posterior):
    """Means within 4 joint Monte Carlo errors of 20,000 plain draws."""
    assert posterior.diagnostics.divergences == 0
    for name, key in NAMES.items():
        drawn = posterior.flat[name]
        for j, own in enumerate(drawn.T):
            expected = PLAIN[f"{key}[{j}]" if f"{key}[0]" in PLAIN else key]
            # Effective draws are at least a quarter of those kept.
            error = np.hypot(own.std() / np.sqrt(own.size / 4.0), expected["mcse"])
            assert abs(own.mean() - expected["mean"]) < 4.0 * error, key
            assert own.std() == pytest.approx(expected["sd"], rel=0.2), key


def test_the_log_likelihood_of_follow_up_is_an_integral_over_what_measurements_leave_open(posterior):
    """Second source: the conditional likelihood on a fine grid of both numbers of each patient."""
    plan, n = posterior.plan, posterior.plan.rows.n
    one = {name: drawn[:1] for name, drawn in posterior.flat.items()}
    found = integrated_log_likelihoods(plan, one, 1)[0]
    axis = np.linspace(-6.0, 6.0, 31)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    many = {name: np.repeat(drawn, len(grid), axis=0) for name, drawn in one.items()} | {"z_alc": np.tile(grid, n)}
    each = np.exp(log_likelihoods(plan, parameters.hazards(plan, many, len(grid))))
    weight = norm.pdf(grid).prod(axis=1) * (axis[1] - axis[0]) ** 2
    np.testing.assert_allclose(found, np.log(weight @ each), atol=2e-3)


def test_the_density_is_the_same_in_pymc():
    """Prior, measurements and follow-up in numpy, against the PyMC model that backend ``pymc`` samples."""
    from escc_bayes.bayes.pymc.build import build_model

    plan = eb.make_plan(model(), cohort())
    made = build_model(plan)
    density = made.compile_fn(made.logp(jacobian=False), mode="FAST_COMPILE")
    for values in ({name: drawn[[k]] for name, drawn in prior_draws(plan, 3, 5).items()} for k in range(3)):
        given = {}
        for free in made.free_RVs:
            value, drawn = made.rvs_to_values[free], values[free.name][0]
            drawn = drawn if free.ndim else drawn[0]
            given[value.name] = np.log(drawn) if value.name.endswith("_log__") else drawn
        own = trajectories(law_of("alc", values), latents_of("alc", values), patterns_of(plan.course.measured), np)
        followed = log_likelihoods(plan, parameters.hazards(plan, values, 1)).sum()
        ours = sum(each.sum() for each in log_prior(plan, values).values()) + own.log_density.sum() + followed
        assert ours == pytest.approx(float(density(given)), rel=1e-9)


def test_ratios_per_doubling_and_means_by_month(posterior):
    half = posterior.draws(eb.HazardRatio("alc", "0.5", "1"))
    np.testing.assert_allclose(half, -posterior.flat["b_alc"][:, 0])
    means = mean_at(posterior, np.array([0.0, 0.75, 1.0, 2.5, 30.0]))
    level, change = posterior.flat["level_alc"][:, 0], posterior.flat["change_alc"]
    np.testing.assert_allclose(np.log2(means[:, 2]), level + 0.75 * change[:, 0] + 0.25 * change[:, 1])
    np.testing.assert_allclose(means[:, 4], means[:, 3])
    middle = np.median(means, axis=0)
    geometric = 2.0 ** np.log2(patients()["alc_baseline"]).mean()
    assert middle[0] == pytest.approx(geometric, rel=0.1)
    plain = eb.fit(plain_spec(), cohort(), seed=1, engine="laplace", draws=300)
    with pytest.raises(EstimandError, match='has no effect with structure = "trajectory"'):
        mean_at(plain, np.zeros(1))
    assert described(plain) == ()


def plain_spec():
    """Return the model with the last value carried forward."""
    return model((COVERAGE, {"covariate": "alc", "structure": "per_doubling", "prior": TRAJECTORY["prior"]}))


def test_the_variance_between_patients_is_that_of_level_and_slope(posterior):
    last = next(one for one in described(posterior) if one.quantity == "between_patients_sd" and one.month == 2.5)
    flat = {name: drawn[0] for name, drawn in posterior.flat.items()}
    s, t, rho = flat["sd_level_alc"][0], flat["sd_change_alc"][0], np.tanh(flat["fisher_z_alc"][0])
    covariance = np.array([[s * s, rho * s * t], [rho * s * t, t * t]])
    assert last.drawn[0] == pytest.approx(np.sqrt(np.array([1.0, 2.5]) @ covariance @ [1.0, 2.5]))


def test_members_are_pooled_with_equal_weights(posterior):
    """Two chains as two members: all draws together, and the variance of their means between them."""
    halves = [replace(posterior, values={name: drawn[[k]] for name, drawn in posterior.values.items()}) for k in (0, 1)]
    for whole, pooled in zip(described(posterior), described_over(halves), strict=True):
        np.testing.assert_array_equal(np.sort(whole.drawn), np.sort(pooled.drawn))
        one, two = np.split(whole.drawn, 2)
        expected = np.var([one.mean(), two.mean()]) / whole.drawn.var()
        assert (pooled.members, pooled.measured) == (2, whole.measured)
        assert pooled.share_between == pytest.approx(expected, rel=1e-9)


def test_tables_and_sentences(posterior):
    tables = fit_tables({"trajectory": posterior}, 0.95)
    quantities = [row["quantity"] for row in tables["trajectory"]]
    assert quantities == ["mean"] * 3 + ["between_patients_sd"] * 3 + ["correlation", "error_sd"]
    assert [row["measured"] for row in tables["trajectory"]] == [79, 63, 59, 79, 63, 59, 201, 201]
    assert "Trajectory of alc: geometric mean" in repr(posterior)
    ratio = next(row for row in tables["hazard_ratios"] if row["term"] == "alc")
    assert ratio["contrast"] == "2 vs 1"
    assert "per doubling of the current value of the trajectory" in ratio["note"]


def test_survival_is_of_the_patients_along_their_own_trajectories(posterior):
    found = posterior.survival(np.array([24.0]))[0, 0]
    own = parameters.hazards(posterior.plan, {name: drawn[:1] for name, drawn in posterior.flat.items()}, 1)
    first = posterior.plan.rows.first_rows()
    each = np.exp(-own.cumulative(posterior.plan.patterns[first], np.array([24.0])))
    assert found == pytest.approx(each.mean())


def test_it_is_saved_and_read_back(posterior, tmp_path):
    posterior.save(tmp_path / "trajectory.nc")
    again = eb.load_posterior(tmp_path / "trajectory.nc")
    np.testing.assert_array_equal(
        again.draws(eb.HazardRatio("alc", "2", "1")), posterior.draws(eb.HazardRatio("alc", "2", "1"))
    )
    np.testing.assert_array_equal(again.plan.course.measured.values, posterior.plan.course.measured.values)
    np.testing.assert_array_equal(again.survival(np.array([12.0])), posterior.survival(np.array([12.0])))
    tree = again.to_datatree()
    assert tree["log_likelihood"]["time"].shape == (2, 500, 79)
    assert (tree["posterior_predictive"]["time"].values > 0.0).all()


def test_the_last_value_carried_forward_and_the_naive_analysis_stand_beside(posterior):
    found = {analysis.name: analysis for analysis in trajectory_analyses(posterior, seed=1, level=0.95)}
    assert list(found) == ["trajectory", "carried_forward", "naive"]
    asked = standard_contrasts(posterior.plan.design)[-1]
    plain = eb.fit(plain_spec(), cohort(), seed=1, engine="laplace", draws=4000).estimate(asked)
    carried = [e for e in found["carried_forward"].estimates if e.term == "alc"]
    assert [e.method for e in carried] == ["bayes_laplace", "cox"]
    assert carried[0].value == pytest.approx(plain.value, rel=0.01)
    assert carried[1].value == pytest.approx(eb.fit_classical(plain_spec(), cohort()).ratios(asked, 0.95)[0].value)
    assert all(e.clock.startswith("NAIVE") for e in found["naive"].estimates)
    last = patients()[["alc_baseline", "alc_mid", "alc_post"]].ffill(axis=1)["alc_post"]
    longer = patients()["os_months"] > 2.5
    own = known_at_start(posterior.plan).rows.covariates["alc"].values
    np.testing.assert_allclose(own[longer], last[longer])


def test_laplace_and_sensitivity_refuse_and_name_the_way_out():
    plan = eb.make_plan(model(), cohort())
    with pytest.raises(
        SamplingError, match='use engine nuts, or for the last value carried forward structure = "per_d'
    ):
        eb.fit_plan(plan, eb.RunSettings("laplace"), seed=1)
    assert kinds_of(plan) == (TRAJECTORY_ALONE,)
    assert 'examine the last value carried forward, structure = "per_doubling"' in TRAJECTORY_ALONE


def test_cox_beside_the_curve_is_of_the_last_value():
    words = "Cox with the same knots and no penalty"
    assert cox_beside(eb.make_plan(model(), cohort())) == f"{words}; of alc by the last value carried forward"
    assert cox_beside(eb.make_plan(plain_spec(), cohort())) == words


def test_a_plan_with_other_priors_keeps_its_measurements():
    plan = eb.make_plan(model(), cohort())
    narrow = replace(plan.spec.effects[1], prior=eb.spec.prior.Normal(0.0, 0.1))
    other = eb.spec.plan.with_priors(plan, replace(plan.spec, effects=(plan.spec.effects[0], narrow)))
    assert other.course.measured is plan.course.measured
