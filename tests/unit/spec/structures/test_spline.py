"""Curves of a number: the basis, what verbs say of them, refusals, saving."""

import re

import numpy as np
import pandas as pd
import pytest

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.prior_check import prior_check
from escc_bayes.bayes.posterior.reload import load_posterior
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.bundled import example_cohort
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio, SurvivalAt
from escc_bayes.foundation.errors import EsccBayesError, EstimandError, NoContrastError, SpecError
from escc_bayes.report.verbs.files import fit_tables
from escc_bayes.spec.describe import describe
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from
from escc_bayes.spec.structures.natural import natural_columns

KNOTS = np.array([-2.0, -1.0, 0.3, 2.0, 3.0])
COLUMNS = ("endpoint", "model", "method", "term", "value", "versus", "hr", "lower", "upper", "level")


def model(knots=5, structure="spline", sd=0.5, **more):
    effect = {"covariate": "age", "structure": structure, "prior": {"normal": [0.0, 1.0]}}
    curve = {"knots": knots, "sd": {"halfnormal": sd}} if structure == "spline" else {}
    stage = {"covariate": "stage", "structure": "fixed", "prior": {"normal": [0.0, 1.0]}}
    return spec_from(
        {
            "name": "curve",
            "outcome": {"endpoint": "os"},
            "baseline": {"family": "piecewise_exponential", "cuts": [12.0, 36.0], "sd": {"halfnormal": 0.5}},
            "priors": {"baseline_log_rate": {"normal": [-4.0, 1.0]}},
            "effect": [effect | curve | more, stage],
        },
        "curve",
    )


@pytest.fixture(scope="module")
def larynx():
    return example_cohort("larynx")


@pytest.fixture(scope="module")
def posterior(larynx):
    return fit(model(), larynx, seed=5, engine="laplace", draws=1000)


def test_curves_are_independent_and_of_unit_roughness():
    """Second source: second differences on a fine grid."""
    at = np.linspace(-2.0, 3.0, 100_001)
    bends = np.diff(natural_columns(at, KNOTS)[:, 1:], n=2, axis=0) / 5e-5**2
    np.testing.assert_allclose(np.einsum("ni,nj->ij", bends, bends) * 5e-5, np.eye(3), atol=1e-3)


def test_curves_are_straight_beyond_the_outer_knots_and_0_at_them():
    columns = natural_columns(np.array([-9.0, -6.0, -3.0, -2.0, 3.0, 5.0, 7.0, 9.0]), KNOTS)[:, 1:]
    np.testing.assert_allclose(columns[3:5], 0.0, atol=1e-12)
    for part in (columns[:3], columns[5:]):
        np.testing.assert_allclose(np.diff(part, n=2, axis=0), 0.0, atol=1e-10)


def test_every_natural_spline_is_in_their_span():
    from scipy.interpolate import CubicSpline

    values = np.array([0.3, -1.0, 2.0, 0.5, 1.0])
    at = np.linspace(-2.0, 3.0, 57)
    expected = CubicSpline(KNOTS, values, bc_type="natural")(at)
    design = np.column_stack([np.ones(at.size), natural_columns(at, KNOTS)])
    shares = np.linalg.lstsq(design, expected, rcond=None)[0]
    np.testing.assert_allclose(design @ shares, expected, atol=1e-10)


def test_a_small_sd_leaves_a_straight_line(larynx):
    """The straight line: the same model with structure linear, within Monte Carlo error."""
    curve = fit(model(sd=0.001), larynx, seed=5, engine="laplace", draws=2000)
    line = fit(model(structure="linear"), larynx, seed=5, engine="laplace", draws=2000)
    slope = line.draws(HazardRatio("age"))
    found = curve.draws(HazardRatio("age", "75", "60"))
    assert found.mean() == pytest.approx(1.5 * slope.mean(), abs=0.08 * slope.std())
    assert found.std() == pytest.approx(1.5 * slope.std(), rel=0.05)


def test_hazard_ratios_are_of_one_value_over_another(posterior):
    up = posterior.draws(HazardRatio("age", "80", "50"))
    parts = posterior.draws(HazardRatio("age", "80")) + posterior.draws(HazardRatio("age", "65", "50"))
    np.testing.assert_allclose(up, parts, atol=1e-12)
    with pytest.raises(EstimandError, match="is a curve; ask for one value over another, as in HazardRatio"):
        posterior.estimate(HazardRatio("age"), level=0.9)
    with pytest.raises(EstimandError, match="'age' is a number; 'old' is none"):
        posterior.estimate(HazardRatio("age", "old"), level=0.9)
    with pytest.raises(EstimandError, match="no hazard ratio versus itself"):
        posterior.estimate(HazardRatio("age", "70", "70.0"), level=0.9)


def test_beyond_the_data_the_curve_is_a_line_and_says_so(posterior, larynx):
    asked = [HazardRatio("age", f"{value:g}") for value in (90.0, 95.0, 100.0)]
    drawn = np.array([posterior.draws(one) for one in asked])
    np.testing.assert_allclose(np.diff(drawn, n=2, axis=0), 0.0, atol=1e-10)
    assert "95 beyond the knots 41 to 86: a straight line there, extrapolated" in posterior.estimate(asked[1]).note
    assert "beyond" not in posterior.estimate(HazardRatio("age", "80", "50")).note
    cox = [e for e in fit_classical(model(), larynx).estimate(asked[1]) if e.method == "cox"]
    assert "a straight line there, extrapolated" in cox[0].note


def test_the_model_card_says_knots_and_priors(larynx):
    card = " ".join(describe(make_plan(model(), larynx)))
    assert "a natural cubic spline of age with knots at 41, 57, 65, 72, 86, a straight line below the first" in card
    assert "its change over 10 years: SD on the log scale" in card
    assert "HR age 72 vs 57" in repr(prior_check(model(), larynx, draws=200))


@pytest.mark.parametrize(
    ("knots", "words"),
    [
        ([40.0, 60.0, 80.0], "runs from 41 to 86, and the knots 40 to 80 go beyond; place them within"),
        ([50.0, 45.0, 80.0], "knots: must be strictly increasing, but 50 is followed by 45"),
        (2, "knots: expected a whole number of at least 3, was given 2"),
        (99, "knots: must be 12 or less, was given 99"),
        ([50.0, 60.0], "2 knots are given; a curve takes 3 to 12"),
    ],
)
def test_knots_that_do_not_fit_are_refused(larynx, knots, words):
    with pytest.raises(EsccBayesError, match=re.escape(words)):
        make_plan(model(knots), larynx)


def test_too_many_knots_for_the_values_and_a_constant_are_refused():
    kinds = {"age": {"kind": "continuous"}, "stage": {"kind": "binary", "levels": ["a", "b"]}}
    schema = schema_from({"endpoints": {"os": {"time": "t", "event": "d"}}, "covariates": kinds}, "few")
    frame = pd.DataFrame({"t": np.arange(1.0, 13.0), "d": 1, "stage": list("ab") * 6})
    four = read_cohort(frame.assign(age=[50.0, 60.0, 70.0, 80.0] * 3), schema)
    with pytest.raises(SpecError, match="'age' has 4 values, too few for 5 knots; give fewer knots"):
        make_plan(model(), four)
    with pytest.raises(NoContrastError, match="'age' is 50 in all 12 patients"):
        make_plan(model(), read_cohort(frame.assign(age=50.0), schema))


def test_the_table_has_a_grid_with_cox_beside(posterior):
    rows = fit_tables({"curve": posterior}, 0.95)["spline"]
    assert tuple(rows[0])[: len(COLUMNS)] == COLUMNS
    assert {row["method"] for row in rows} == {"bayes_laplace", "cox"}
    assert {row["versus"] for row in rows} == {65.0}
    assert (rows[0]["value"], rows[-1]["value"]) == (41.0, 86.0)


def test_a_saved_posterior_answers_the_same(posterior, larynx, tmp_path):
    posterior.save(tmp_path / "p.nc")
    back = load_posterior(tmp_path / "p.nc", cohort=larynx)
    for asked in (HazardRatio("age", "80", "50"), SurvivalAt(30.0, "stage", "IV")):
        np.testing.assert_array_equal(back.draws(asked), posterior.draws(asked))


def test_nuts_agrees_with_laplace(larynx, posterior):
    slow = fit(model(), larynx, seed=5, engine="nuts", draws=800, tune=400, chains=2)
    for asked in (HazardRatio("age", "80", "65"), HazardRatio("age", "50", "65")):
        one, two = posterior.draws(asked), slow.draws(asked)
        assert one.mean() == pytest.approx(two.mean(), abs=0.15 * two.std())
        assert one.std() == pytest.approx(two.std(), rel=0.15)
