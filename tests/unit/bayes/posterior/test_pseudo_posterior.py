"""Pseudo-posteriors: scores against numerical derivatives, widths against sandwiches and against truth."""

import numpy as np
import pandas as pd
import pytest

from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.inference_groups import groups
from escc_bayes.bayes.posterior.loo import compare_loo
from escc_bayes.bayes.posterior.pseudo_posterior import coordinates, directions, stretch, with_coordinates
from escc_bayes.bayes.posterior.pseudo_scores import scores
from escc_bayes.bayes.refits.refit_many import refit_many
from escc_bayes.bayes.refits.requests import each_cohort, leave_one_out
from escc_bayes.classical.fit import fit_classical
from escc_bayes.classical.weibull import weibull_mle
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import SurvivalAt
from escc_bayes.foundation.errors import EstimandError
from escc_bayes.hazard.baseline import PiecewiseHazard, WeibullHazard, log_likelihood
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

COVARIATES = {
    "arm": {"kind": "binary", "levels": ["no", "yes"]},
    "stage": {"kind": "ordered", "levels": ["II", "III", "IV"]},
    "age": {"kind": "continuous", "center": 60.0, "scale": 10.0},
    "site": {"kind": "nominal", "levels": ["A", "B", "C", "D"]},
    "alc_a": {"kind": "ordered", "levels": ["high", "mid", "low"]},
    "alc_b": {"kind": "ordered", "levels": ["high", "mid", "low"]},
}
SCHEMA = {
    "endpoints": {"os": {"time": "t", "event": "d", "entry": "e"}},
    "covariates": COVARIATES,
    "weight": "w",
    "weight_kind": "sampling",
}
VAGUE = {"normal": [0.0, 10.0]}
WALK = {"family": "piecewise_exponential", "cuts": [6.0, 15.0], "smoothing": "random_walk", "sd": {"halfnormal": 0.5}}
FREE = {"family": "piecewise_exponential", "cuts": [6.0, 15.0], "smoothing": "independent"}
WEIBULL = {"family": "weibull", "reference_time": 12.0}
BASELINES = {
    "walk": (WALK, {"baseline_survival": {"at": 12.0, "median": 0.6, "lower": 0.2}}),
    "free": (FREE, {"baseline_rate": {"gamma": [0.1, 0.1]}}),
    "weibull": (WEIBULL, {"baseline_log_cumulative_hazard": VAGUE, "log_shape": {"normal": [0.0, 3.0]}}),
}
EVERY = [
    {"covariate": "stage", "structure": "ordered", "prior": VAGUE},
    {"covariate": "age", "structure": "linear", "prior": VAGUE},
    {"covariate": "arm", "structure": "exchangeable", "sd": {"halfnormal": 0.5}},
    {"covariate": "site", "structure": "random_intercept", "sd": {"halfnormal": 0.5}},
    {
        "name": "alc",
        "covariates": ["alc_a", "alc_b"],
        "structure": "pooled",
        "prior": {"normal": [0.0, 1.0]},
        "sd": {"halfnormal": 0.5},
    },
]
ARM = [{"covariate": "arm", "structure": "fixed", "prior": VAGUE}]


def model(baseline, effects):
    family, priors = BASELINES[baseline]
    at = {"at": "reference"}
    return spec_from(
        {"name": baseline, "outcome": {"endpoint": "os"}, "baseline": family | at, "priors": priors, "effect": effects},
        "pseudo.toml",
    )


def frame(n, seed=3, *, late=True):
    rng = np.random.default_rng(seed)
    t = rng.weibull(1.3, n) * 14.0 + 0.1
    words = {name: rng.choice(body["levels"], n) for name, body in COVARIATES.items() if "levels" in body}
    return pd.DataFrame(
        {
            "t": t,
            "d": (rng.random(n) < 0.7).astype(int),
            "e": np.where((rng.random(n) < 0.3) & late, 0.4 * t, 0.0),
            "age": rng.normal(60.0, 9.0, n),
            "w": rng.uniform(0.3, 3.0, n),
            **words,
        }
    )


def cohort_of(rows, **more):
    return read_cohort(rows, schema_from(SCHEMA | more, "pseudo.toml"), provenance="simulated")


@pytest.fixture(scope="module")
def cohort():
    return cohort_of(frame(80))


@pytest.mark.parametrize("baseline", ["walk", "weibull"])
def test_scores_and_information_are_derivatives_of_the_weighted_log_likelihood(cohort, baseline):
    """Second source: central differences of ``hazard.baseline.log_likelihood``."""
    plan = make_plan(model(baseline, EVERY), cohort)
    values = prior_draws(plan, 400, 5)
    columns = plan.design.centred @ directions(plan, values, np.full(400, 1 / 400))
    size = 3 if baseline == "walk" else 2
    point = np.concatenate(
        [[-3.0, -2.5, -2.7][:3] if baseline == "walk" else [0.1, 0.2], np.full(columns.shape[1], 0.1)]
    )
    rows = plan.rows

    def of(at):
        first = at[:size]
        hazard = (
            PiecewiseHazard(first[None], np.array([6.0, 15.0]))
            if baseline == "walk"
            else WeibullHazard(first[:1], first[1:2], 12.0)
        )
        eta = (columns @ at[size:])[None]
        return log_likelihood(hazard, eta, rows.time, rows.event, rows.entry, rows.weight)[0]

    found = scores(plan.baseline, rows.at_risk, columns, point)
    step = 1e-4 * np.eye(point.size)
    gradient = np.stack([(of(point + h) - of(point - h)) / 2e-4 for h in step], axis=1)
    np.testing.assert_allclose(found.of_rows, gradient, rtol=1e-5, atol=1e-6)
    second = [
        scores(plan.baseline, rows.at_risk, columns, point - h).of_rows.sum(axis=0)
        - scores(plan.baseline, rows.at_risk, columns, point + h).of_rows.sum(axis=0)
        for h in step
    ]
    np.testing.assert_allclose(found.information, np.array(second) / 2e-4, rtol=1e-5, atol=1e-5)


def test_stretched_draws_have_the_sandwich_covariance_whatever_their_coding():
    """Closed form S + S (J - H) S; and T of transformed draws is the transformed T."""
    rng = np.random.default_rng(2)
    spread = np.cov(rng.normal(size=(3, 50)))
    information = 0.8 * np.linalg.inv(spread)
    variance = np.cov(rng.normal(size=(3, 40)) * 4.0)
    turn = stretch(spread, information, variance)
    expected = spread + spread @ (variance - information) @ spread
    np.testing.assert_allclose(turn @ spread @ turn.T, expected, rtol=1e-10)
    coding = rng.normal(size=(3, 3))
    back = np.linalg.inv(coding)
    other = stretch(coding @ spread @ coding.T, back.T @ information @ back, back.T @ variance @ back)
    np.testing.assert_allclose(other, coding @ turn @ back, rtol=1e-8, atol=1e-10)


def test_with_a_prior_alone_the_draws_stay():
    """No information and no scores: the pseudo-posterior is the prior."""
    np.testing.assert_allclose(stretch(np.diag([2.0, 0.1]), np.zeros((2, 2)), np.zeros((2, 2))), np.eye(2), atol=1e-12)


@pytest.mark.parametrize("baseline", list(BASELINES))
def test_parameters_follow_their_coordinates_for_every_structure(cohort, baseline):
    plan = make_plan(model(baseline, EVERY), cohort)
    values = prior_draws(plan, 300, 4)
    drawn = coordinates(plan, values)
    moved = 0.7 * drawn + 0.1
    found = with_coordinates(plan, values, moved)
    assert {name: of.shape for name, of in found.items()} == {name: of.shape for name, of in values.items()}
    np.testing.assert_allclose(coordinates(plan, found), moved, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(coordinates(plan, with_coordinates(plan, values, drawn)), drawn, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("unit", ["patients", "clusters"])
def test_under_a_vague_prior_the_width_is_the_sandwich_of_maximum_likelihood(unit):
    """Second source: ``weibull_mle`` with robust errors (R's), 400 patients; 20,000 draws err by 1 % of an SD."""
    rows = frame(400, seed=9, late=False).assign(ward=np.arange(400) // 8)
    rows["w"] = np.where(rows.arm == "yes", rows.w**2, rows.w)
    cohort = cohort_of(rows, **({"cluster": "ward"} if unit == "clusters" else {}))
    posterior = fit(model("weibull", ARM), cohort, seed=1, engine="laplace")
    plan = posterior.plan
    robust = weibull_mle(
        plan.design.columns,
        plan.rows.time,
        plan.rows.event,
        weight=plan.rows.weight,
        cluster=plan.rows.cluster,
        reference_time=12.0,
    )
    drawn = coordinates(plan, posterior.flat)
    np.testing.assert_allclose(drawn.std(axis=0), np.sqrt(np.diag(robust.covariance)), rtol=0.04)
    np.testing.assert_allclose(
        drawn.mean(axis=0), [robust.log_cumulative_hazard, robust.log_shape, *robust.coef], atol=0.02
    )


def test_intervals_cover_what_an_informative_sample_was_drawn_from():
    """120 samples of 150 of a population, taken with unequal probabilities: coverage 95 %, Monte Carlo error 2 %.

    Without rescaling they have 57 % of the variance that they need, and cover 86 %.
    """
    rng = np.random.default_rng(17)
    truth, cohorts = np.log(0.6), {}
    schema = schema_from(
        {key: value for key, value in SCHEMA.items() if key != "covariates"}
        | {"covariates": {"arm": COVARIATES["arm"]}},
        "sample.toml",
    )
    for k in range(120):
        treated = rng.random(1500) < 0.5
        time = rng.exponential(10.0, 1500) * np.exp(-truth * treated)
        # Long survivors are taken more often, and weighted down.
        odds = np.where(time > 12.0, 5.0, 1.0) * np.where(rng.random(1500) < 0.5, 4.0, 1.0)
        taken = rng.choice(1500, 150, replace=False, p=odds / odds.sum())
        sample = pd.DataFrame({"t": np.minimum(time, 24.0), "d": (time <= 24.0).astype(int), "e": 0.0, "w": 1.0 / odds})
        sample["arm"] = np.where(treated, "yes", "no")
        cohorts[f"{k}"] = read_cohort(sample.iloc[taken].reset_index(drop=True), schema, provenance="simulated")
    table = refit_many(each_cohort(model("free", ARM), cohorts), seed=3, level=0.95, draws=2000)
    inside = (table.column("lower") < 0.6) & (table.column("upper") > 0.6)
    assert 0.90 <= inside.mean() <= 0.99
    assert np.isnan(table.log_marginal_likelihood).all()


def test_refits_are_rescaled_as_fits_are(cohort):
    spec = model("walk", ARM)
    table = refit_many(leave_one_out(spec, cohort), seed=1, level=0.95)
    whole = fit(spec, cohort, seed=1, engine="laplace").hazard_ratios(level=0.95)[0]
    assert table.column("log_sd")[0] == pytest.approx(whole.log_sd, rel=0.05)


def test_constraints_of_effects_hold_after_rescaling(cohort):
    """Ordered effects stay monotone, exchangeable ones sum to zero."""
    posterior = fit(model("walk", EVERY), cohort, seed=2, engine="laplace", draws=500)
    labels = posterior.plan.design.labels
    beta = dict(zip(labels, posterior.coefficients.T, strict=True))
    share = beta["stage[III]"] / beta["stage[IV]"]
    assert ((share >= -1e-9) & (share <= 1.0 + 1e-9)).all()
    np.testing.assert_allclose(beta["arm[no]"] + beta["arm[yes]"], 0.0, atol=1e-9)
    np.testing.assert_allclose(
        posterior.coefficients, parameters.coefficients(posterior.plan.design.blocks, posterior.flat, 2000), rtol=1e-12
    )


def test_what_a_pseudo_posterior_is_not_is_refused_or_left_out(cohort):
    first, second = (fit(model(name, ARM), cohort, seed=1, engine="laplace", draws=500) for name in ("walk", "free"))
    with pytest.raises(EstimandError, match="sampling weights.*no predictive density"):
        compare_loo([first, second])
    assert {"log_likelihood", "log_prior"}.isdisjoint(groups(first))
    assert np.isnan(first.stats["log_marginal_likelihood"]).all()
    assert "pseudo-posterior" in repr(first)
    assert all("pseudo-posterior" in e.note and "effective n" in e.note for e in first.hazard_ratios(level=0.95))
    assert dict(first.record.settings)["weights"].startswith("pseudo-posterior")


def test_the_unit_of_the_weights_changes_no_draw(cohort):
    rows = frame(80)
    spec = model("walk", ARM)
    first, second = (
        fit(spec, cohort_of(rows.assign(w=rows.w * by)), seed=1, engine="laplace", draws=300) for by in (1.0, 321.0)
    )
    np.testing.assert_array_equal(first.coefficients, second.coefficients)


def test_a_groups_numbers_say_the_weights_of_the_group(cohort):
    """By hand, from the rows: sum of weights and weighted events of one arm."""
    spec = model("free", ARM)
    rows = frame(80)
    mine = rows[rows.arm == "yes"]
    said = f"sum {mine.w.sum():.6g}, effective n {mine.w.sum() ** 2 / (mine.w**2).sum():.1f} (Kish)"
    asked = SurvivalAt(6.0, "arm", "yes")
    found = [fit(spec, cohort, seed=1, engine="laplace", draws=300).estimate(asked, level=0.95)]
    found += fit_classical(spec, cohort).estimate(asked, level=0.95)
    assert [e.method for e in found] == ["bayes_laplace", "km", "weibull_mle"]
    for e in found:
        assert said in e.note
        assert f"weighted events {mine.w @ mine.d:.6g}" in e.note
