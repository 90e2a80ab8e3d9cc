"""Forms of one number compared: the shape that made the patients wins, numbers by hand, who is compared, refusals."""

from dataclasses import replace

import arviz_stats as azs
import numpy as np
import pandas as pd
import pytest

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.compare.covariate_forms import covariate_forms
from escc_bayes.compare.form_columns import class_words, measured, with_columns
from escc_bayes.compare.form_models import form_models
from escc_bayes.data.bundled import example_cohort, example_ensemble
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.foundation.errors import CohortError, EstimandError, LandmarkError, SpecError
from escc_bayes.foundation.seeds import stream
from escc_bayes.sensitivity.multiverse.stacking import stacking_weights
from escc_bayes.spec.formula import model
from escc_bayes.spec.reading import load_spec
from escc_bayes.spec.structures.number_forms import FORM_WORDS, Statement

SCHEMA = {
    "endpoints": {"os": {"time": "time", "event": "event"}},
    "covariates": {
        "alc": {"kind": "continuous", "unit": "10^9/L"},
        "alc_class": {
            "column": "alc",
            "kind": "ordered",
            "levels": ["high", "medium", "low"],
            "cuts": [0.5, 1.0],
            "classes": ["low", "medium", "high"],
            "on_cut": ["above", "below"],
        },
        "stage": {"kind": "ordered", "levels": ["II", "III", "IV"]},
    },
}
TRUTHS = {
    "cut_points": lambda alc: 1.6 * (alc < 0.5),
    "linear": lambda alc: -0.7 * np.log2(alc),
    "none": lambda alc: 0.0 * alc,
}


def simulated(truth, n=400):
    """Return a SIMULATED cohort whose hazard depends on a count as said."""
    rng = np.random.default_rng(20261203)
    alc = np.exp(rng.normal(-0.2, 0.6, n)).round(3)
    died = rng.exponential(1.0 / (0.03 * np.exp(TRUTHS[truth](alc))))
    censored = rng.uniform(12.0, 48.0, n)
    frame = pd.DataFrame({"time": np.minimum(died, censored), "event": (died <= censored).astype(int), "alc": alc})
    frame["stage"] = np.array(["II", "III", "IV"])[rng.integers(0, 3, n)]
    return read_cohort(frame, schema_from(SCHEMA, "made"), provenance="simulated")


@pytest.fixture(scope="module")
def stepped():
    return simulated("cut_points")


@pytest.fixture(scope="module")
def found(stepped):
    return covariate_forms(model("os ~ stage", stepped), stepped, "alc_class", draws=500, seed=4, at=[0.3, 0.45, 2.0])


@pytest.mark.parametrize("truth", ["linear", "none"])
def test_the_form_that_made_the_patients_is_found(truth):
    """A line is not bettered by 4 by any form, and better than none and than steps; without an effect nothing is."""
    cohort = simulated(truth)
    forms = covariate_forms(model("os ~ 1", cohort), cohort, "alc_class", draws=300, seed=4)
    elpd = {row.form: row.elpd for row in forms.rows}
    assert elpd[truth] > max(elpd.values()) - 4.0
    if truth == "linear":
        assert elpd["linear"] > elpd["none"] + 8.0
        assert elpd["linear"] > elpd["cut_points"] + 4.0
    else:
        assert "not clearly better" in forms.reading[0]


def test_a_step_is_found(found):
    assert found.rows[0].form == "cut_points"
    assert found.rows[0].weight > 0.7
    assert {row.form for row in found.rows} == set(FORM_WORDS)
    assert [row.rank for row in found.rows] == [0, 1, 2, 3, 4]
    assert found.rows[0].elpd_diff == found.rows[0].diff_se == 0.0
    assert "Cut points that were chosen on these patients" in " ".join(found.reading)


def test_numbers_are_arvizs_and_those_of_each_posterior_by_hand(found, stepped):
    """Every form refitted here from its own specification, with the seed of the call."""
    base = model("os ~ stage", stepped)
    number = measured(stepped, "alc_class", (), log=True)
    values = stepped.covariates["alc"].values
    known = with_columns(stepped, number, float(np.median(values)))
    entered = np.log2(values) - np.log2(np.median(values))
    specs = form_models(base, number, entered, Statement(4.0, 4))
    fits = {
        word: fit(spec, known, engine="laplace", draws=500, seed=stream(4, "forms", stepped.digest))
        for word, spec in specs.items()
    }
    loo = {word: azs.loo(one.to_datatree(), var_name="time", pointwise=True, reff=1.0) for word, one in fits.items()}
    weights = stacking_weights(np.stack([loo[word].elpd_i.values for word in fits], axis=1))
    for row in found.rows:
        assert row.elpd == pytest.approx(float(loo[row.form].elpd), abs=1e-3)
        assert row.p_loo == pytest.approx(float(loo[row.form].p), abs=1e-3)
        assert row.weight == pytest.approx(weights[list(fits).index(row.form)], abs=0.02)
    versus = found.ratios[0].versus
    hr = {(one.form, one.value): one.hr for one in found.ratios}
    at, over = np.log2([0.3, versus])
    slope = fits["linear"].draws(HazardRatio("log2_alc_class", per=1.0))
    assert hr["linear", 0.3] == pytest.approx(np.exp(np.median((at - over) * slope)), rel=1e-6)
    for word in ("spline", "monotone"):
        drawn = fits[word].draws(HazardRatio("log2_alc_class", repr(float(at)), repr(float(over))))
        assert hr[word, 0.3] == pytest.approx(np.exp(np.median(drawn)), rel=1e-6)
    classes = fits["cut_points"].draws(HazardRatio("alc_class_classes", "low", "medium"))
    assert hr["cut_points", 0.3] == hr["cut_points", 0.45] == pytest.approx(np.exp(np.median(classes)), rel=1e-6)


def test_one_statement_makes_every_prior():
    """A line's hazard ratio of the tenths has 97.5 % point 4; the monotone curve's whole range has that of the line."""
    cohort = simulated("none")
    number = measured(cohort, "alc", (0.5,), log=True)
    entered = np.log2(cohort.covariates["alc"].values)
    specs = form_models(model("os ~ 1", cohort), number, entered, Statement(4.0, 4))
    low, high = np.quantile(entered, [0.1, 0.9])
    slope = specs["linear"].effects[-1].prior.sd
    assert np.exp(1.959964 * slope * (high - low)) == pytest.approx(4.0, rel=1e-6)
    assert specs["spline"].effects[-1].prior.sd == specs["spline"].effects[-1].sd.sd == slope
    assert specs["monotone"].effects[-1].prior.sd == pytest.approx(slope * np.ptp(entered))
    assert np.exp(1.959964 * specs["cut_points"].effects[-1].prior.sd) == pytest.approx(4.0, rel=1e-6)
    assert number.class_of(0.5) == "0.5 and above"
    assert class_words((0.5, 1.0))[1] == "0.5 to below 1"


def test_a_marker_known_later_is_compared_within_its_landmark():
    cohort = example_cohort("escc79")
    spec = load_spec("os_piecewise")
    with pytest.raises(LandmarkError, match="landmark"):
        covariate_forms(model("os ~ stage", cohort), cohort, "alc_post", draws=100)
    late = replace(spec, outcome=replace(spec.outcome, landmark=8.0), effects=spec.effects[:1])
    forms = covariate_forms(late, cohort, "alc_post", draws=100)
    assert forms.n < 79
    assert f"{forms.n} patients" in forms.sentences[0]
    assert "those still at risk at 8 months, so that every form is compared within them alone" in forms.sentences[0]
    assert forms.found.cuts == (0.5, 1.0)


def test_reconstructions_are_averaged():
    ensemble = example_ensemble("escc79")
    few = replace(ensemble, members=ensemble.members[:3])
    spec = replace(load_spec("os_piecewise"), effects=())
    together = covariate_forms(spec, few, "alc_mid", draws=100)
    apart = [covariate_forms(spec, one, "alc_mid", draws=100) for one in few.members]
    mean = {form: np.mean([next(r.elpd for r in one.rows if r.form == form) for one in apart]) for form in FORM_WORDS}
    assert {row.form: row.elpd for row in together.rows} == pytest.approx(mean)
    assert together.members == 3
    assert "averages over 3 reconstructions" in together.sentences[0]


def test_what_cannot_be_compared_is_refused(stepped):
    spec = model("os ~ 1", stepped)
    with pytest.raises(CohortError, match=r"'stage' has levels \(II, III, IV\) and no numbers behind them"):
        covariate_forms(spec, stepped, "stage")
    with pytest.raises(EstimandError, match="99 lies beyond"):
        covariate_forms(spec, stepped, "alc", at=[99.0], draws=200)
    with pytest.raises(SpecError, match="several transitions"):
        covariate_forms(load_spec("illness_death"), example_cohort("escc79"), "alc_post")
    with pytest.raises(SpecError, match="cuts"):
        covariate_forms(spec, stepped, "alc", cuts=[1.0, 0.5])
    with pytest.raises(EstimandError, match="cut points 0.5, 80 of 'alc' leave nobody of the 400 patients analysed"):
        covariate_forms(spec, stepped, "alc", cuts=[0.5, 80.0])
    zero = stepped.covariates["alc"].values.copy()
    zero[3] = 0.0
    held = dict(stepped.covariates) | {"alc": replace(stepped.covariates["alc"], values=zero)}
    with pytest.raises(CohortError, match=r"not above 0 in 1 patients: 3 \(0\).*--raw"):
        covariate_forms(spec, replace(stepped, covariates=held), "alc")
    raw = covariate_forms(spec, replace(stepped, covariates=held), "alc", log=False, draws=200, cuts=[0.5])
    assert raw.rows[0].words
