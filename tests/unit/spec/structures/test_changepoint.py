"""A slope that changes at one value: Cox as R has it, the same in other words, both engines, tables."""

import json
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.covariates import CovariateData
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.foundation.errors import EstimandError, SpecError
from escc_bayes.report.page.bundle import gather
from escc_bayes.report.page.figures import report_figures
from escc_bayes.report.verbs.files import compare_tables
from escc_bayes.spec.describe import describe
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from
from tests.reference.test_time_varying_r import larynx

R = json.loads((Path(__file__).parents[3] / "reference" / "changepoint.json").read_text(encoding="utf-8"))
NORMAL = {"normal": [0.0, 0.5]}
BROKEN = {"covariate": "age", "structure": "changepoint", "at": 65.0, "prior": NORMAL, "change": NORMAL}
STAGE = {"covariate": "stage", "structure": "fixed", "prior": {"normal": [0.0, 1.0]}}


def model(*effects):
    return spec_from(
        {
            "name": "broken",
            "outcome": {"endpoint": "os"},
            "baseline": {"family": "piecewise_exponential", "cuts": [12.0, 36.0], "sd": {"halfnormal": 0.5}},
            "priors": {"baseline_log_rate": {"normal": [-4.0, 1.0]}},
            "effect": list(effects),
        },
        "broken.toml",
    )


def with_above(cohort):
    """Return larynx with what of age lies above 65 as a covariate of its own."""
    age = cohort.covariates["age"]
    schema = replace(age.schema, name="above", center=0.0)
    above = CovariateData(schema, np.maximum(age.values - 65.0, 0.0), age.known_at)
    return replace(cohort, covariates=MappingProxyType({**cohort.covariates, "above": above}))


def test_cox_equals_coxph_with_pmax():
    classical = fit_classical(model(BROKEN, STAGE), larynx())
    for value, log_hr, se in zip(R["values"], R["log_hr"], R["se"], strict=True):
        asked = HazardRatio("age", f"{value:g}", f"{R['versus']:g}")
        found = next(e for e in classical.estimate(asked, level=0.95) if e.method == "cox")
        assert (found.log_mean, found.log_sd) == pytest.approx((log_hr, se), rel=1e-10)


@pytest.mark.parametrize("engine", ["laplace", "nuts"])
def test_two_linear_effects_say_the_same(engine):
    """b (75 - 55) + d (75 - 65) per 10 years: of two covariates by hand."""
    draws = {"laplace": 4000, "nuts": 800}[engine]
    broken = fit(model(BROKEN, STAGE), larynx(), seed=3, engine=engine, draws=draws)
    plain = [{"covariate": name, "structure": "linear", "prior": NORMAL} for name in ("age", "above")]
    two = fit(model(*plain, STAGE), with_above(larynx()), seed=3, engine=engine, draws=draws)
    expected = 2.0 * two.draws(HazardRatio("age")) + 1.0 * two.draws(HazardRatio("above"))
    found = broken.draws(HazardRatio("age", "75", "55"))
    assert found.mean() == pytest.approx(expected.mean(), abs=0.12 * expected.std())
    assert found.std() == pytest.approx(expected.std(), rel=0.1)


def test_it_is_said_and_written():
    plan = make_plan(model(BROKEN, STAGE), larynx())
    assert "whose slope changes at 65; below" in " ".join(describe(plan))
    bundle = gather(larynx(), [plan], RunSettings("laplace", draws=1000), seed=1, level=0.95)
    rows = compare_tables(bundle)["spline"]
    assert {row["method"] for row in rows} == {"bayes_laplace", "cox"}
    assert any("spline" in sheet.name for sheet in report_figures(bundle, full=True))
    note = fit(plan.spec, larynx(), seed=1, engine="laplace").estimate(HazardRatio("age", "99", "65"), level=0.95).note
    assert "99 beyond" in note


def test_what_does_not_fit_is_refused():
    with pytest.raises(SpecError, match="runs from 41 to 86, and the slope is to change at 30"):
        make_plan(model(BROKEN | {"at": 30.0}), larynx())
    with pytest.raises(SpecError, match="published evidence is of one hazard ratio"):
        model(BROKEN | {"change": {"evidence": "rt_added"}})
    with pytest.raises(EstimandError, match="ask for one value over another"):
        fit_classical(model(BROKEN), larynx()).estimate(HazardRatio("age"), level=0.95)
