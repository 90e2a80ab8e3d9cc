"""A cure fraction as a model file states it, and what it is refused beside."""

from dataclasses import replace

import pandas as pd
import pytest

import escc_bayes as eb
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import EsccBayesError
from escc_bayes.spec.cure import fraction_range
from escc_bayes.spec.describe import describe
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from
from tests.unit.bayes.model.likelihood.background_plans import BACKGROUND, SCHEMA
from tests.unit.bayes.model.likelihood.test_uncured import CURE, cure_plan


def test_a_statement_is_its_normal():
    """Median and 97.5 % point of the fraction."""
    middle, _, upper = fraction_range(cure_plan("walk").spec.cure.prior, 0.95)
    assert (middle, upper) == pytest.approx((0.3, 0.7))


WRONG = {
    "'fraction' is missing": {},
    "write fraction = { median": {"fraction": {"median": 0.2}},
    "upper: must be above 0.2, was given 0.1": {"fraction": {"median": 0.2, "upper": 0.1}},
    "median: must be below 1, was given 1.2": {"fraction": {"median": 1.2, "upper": 1.5}},
    "unknown key 'share'": {"share": 0.2},
}


@pytest.mark.parametrize("words", WRONG)
def test_priors_that_are_none_are_refused(words):
    with pytest.raises(EsccBayesError) as told:
        cure_plan("walk", cure=WRONG[words])
    assert words in str(told.value)


@pytest.mark.parametrize("section", ["external", "background"])
def test_other_sources_beside_are_refused(section):
    more = {"background": BACKGROUND, "external": [{"start": 0.0, "stop": 8.0, "at_risk": 4, "alive": 1}]}[section]
    with pytest.raises(EsccBayesError, match=f"is not worked out beside \\[{section}\\]"):
        cure_plan("walk", **{section: more})


def test_events_between_two_months_are_refused():
    frame = pd.DataFrame({"left": [1.0, 2.0, 3.0, 4.0], "right": [2.0, 4.0, None, 5.0], "arm": list("abab")})
    ends, arm = {"os": {"left": "left", "right": "right"}}, SCHEMA["covariates"]["arm"]
    schema = schema_from({"endpoints": ends, "covariates": {"arm": arm}}, "s")
    spec = cure_plan("weibull").spec
    spec = replace(spec, effects=spec.effects[:1])
    with pytest.raises(EsccBayesError, match=r"\[cure\]: is not worked out beside events between two months"):
        make_plan(spec, read_cohort(frame, schema))


def test_it_prints_as_toml_that_reads_back(tmp_path):
    spec = cure_plan("walk").spec
    (tmp_path / "m.toml").write_text(spec.toml, encoding="utf-8")
    assert eb.load_spec(tmp_path / "m.toml").digest == spec.digest
    assert "a fraction cured" in repr(spec)


def test_a_variant_changes_the_prior():
    raw = {
        "name": "m",
        "outcome": {"endpoint": "os"},
        "cure": CURE,
        "baseline": {"family": "weibull", "reference_time": 6.0},
        "priors": {"baseline_log_cumulative_hazard": {"normal": [-0.5, 1.0]}, "log_shape": {"normal": [0.0, 0.5]}},
        "variants": {"open": {"cure": {"fraction": {"normal": [0.0, 1.5]}}}},
    }
    assert spec_from(raw, "m", variant="open").cure.prior.sd == 1.5


def test_the_model_card_says_of_whom():
    sentence = next(line for line in describe(cure_plan("walk")) if line.startswith("Cure:"))
    assert "prior median 30 %" in sentence
    assert "hazard ratios are those of the others" in sentence
