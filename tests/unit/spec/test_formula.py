"""A formula is a model that could have been written as a file; what is more than a formula says where to go."""

import numpy as np
import pytest

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.bundled import example_cohort
from escc_bayes.foundation.errors import CohortError, LandmarkError, SpecError
from escc_bayes.spec.formula import model, read_formula
from escc_bayes.spec.reading import load_spec
from tests.reference.heart import cohort_of, heart_frame

REFUSED = {
    "os": "an endpoint, ~ and covariates are needed",
    "~ stage": "an endpoint, ~ and covariates",
    "os ~": "an endpoint, ~ and covariates",
    "os ~ stage +": "a term is missing",
    "os ~ + stage": "a term is missing",
    "os ~ stage ++ age": "a term is missing",
    "os ~ `stage` age": "not joined by",
    "os ~ stage*age": "is an interaction",
    "os ~ stage:age": "is an interaction",
    "os ~ log(age)": "more than the name of a covariate",
    "os ~ stage - 1": "more than the name",
    "os ~ stage + stage": "stands twice",
    "os ~ stag": "did you mean 'stage'",
    "oss ~ stage": "did you mean 'os'",
}


@pytest.mark.parametrize("formula", REFUSED, ids=lambda f: f.replace(" ", ""))
def test_what_is_no_simple_formula_is_refused_with_the_reason(formula, larynx):
    with pytest.raises(SpecError, match=REFUSED[formula]):
        model(formula, larynx)


def test_a_formula_is_the_file_that_it_prints(larynx, tmp_path):
    spec = model("os ~ stage + age", larynx)
    (tmp_path / "m.toml").write_text(str(spec), encoding="utf-8")
    assert load_spec(tmp_path / "m.toml").digest == spec.digest
    # By hand: log 4 / 1.959964 and log 2 / 1.959964.
    assert "normal = [0.0, 0.7073060" in str(spec)
    assert "normal = [0.0, 0.3536530" in str(spec)
    assert "weakly informative priors" in str(spec)


def test_no_covariates_are_the_baseline_alone(larynx):
    assert model("os ~ 1", larynx).effects == ()


def test_names_that_hold_signs_stand_in_backticks():
    assert read_formula("`os (a~b)` ~ x") == ("os (a~b)", ("x",))
    assert read_formula("os ~ stage + `ALC + x (10^9/L)`+age") == ("os", ("stage", "ALC + x (10^9/L)", "age"))


def test_a_covariate_known_late_asks_for_a_landmark():
    cohort = example_cohort("escc79")
    with pytest.raises(LandmarkError, match="becomes known up to 0.75 months"):
        model("os ~ alc_mid", cohort)
    assert model("os ~ alc_mid", cohort, landmark=3).outcome.clock == "landmark at 3 months"


def test_another_cohort_than_a_cohort_is_refused(larynx):
    with pytest.raises(CohortError):
        model("os ~ stage", larynx, landmark=1100.0)


def test_a_covariate_that_changes_is_not_taken_up_by_a_smooth_baseline():
    """The heart transplants: within a fifth of Cox's standard error (with cuts at 6, 12 and 24 months 1.5 below)."""
    cohort = cohort_of(heart_frame())
    spec = model("os ~ transplant", cohort)
    assert spec.baseline.pieces == 6
    cox = fit_classical(spec, cohort).cox
    drawn = fit(spec, cohort, seed=1, engine="laplace").coefficients[:, 0]
    assert abs(np.median(drawn) - cox.coef[0]) < 0.2 * np.sqrt(cox.covariance[0, 0])
