"""Published evidence as a prior of a specification: which file, which direction, where it may stand, what is said."""

import math

import pandas as pd
import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.data.shipped import models_folder
from escc_bayes.evidence.pooling.prior_file import prior_toml
from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec.describe import describe
from escc_bayes.spec.evidence_prior import EvidencePrior, read_prior, robustified
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec, spec_from

OWN = EvidencePrior(
    "rt_added", "OS", ((0.75, -0.5, 0.2), (0.25, -0.3, 0.6)), 0.0, "CRT", "chemo", ("s1", "s2"), ("said",)
)
MODEL = """
schema = 1
name = "m"
[outcome]
endpoint = "os"
[baseline]
family = "piecewise_exponential"
cuts = [6.0]
sd = { halfnormal = 0.5 }
[priors]
baseline_survival = { at = 12.0, median = 0.8, lower = 0.5 }
[[effect]]
covariate = "arm"
structure = "fixed"
prior = { evidence = "own/prior.toml" }
[variants.robust]
effect.arm.prior = { evidence = "own/prior.toml", robust = 0.3, flip = true }
[variants.bundled]
effect.arm.prior = { evidence = "rt_added" }
"""


def raw(prior, covariate="arm", structure="fixed", endpoint="os"):
    return {
        "name": "m",
        "outcome": {"endpoint": endpoint},
        "baseline": {"family": "piecewise_exponential", "cuts": [6.0], "sd": {"halfnormal": 0.5}},
        "priors": {"baseline_survival": {"at": 12.0, "median": 0.8, "lower": 0.5}},
        "effect": [{"covariate": covariate, "structure": structure, "prior": prior}],
    }


@pytest.fixture(scope="module")
def cohort():
    schema = {
        "endpoints": {"os": {"time": "t", "event": "d"}},
        "covariates": {
            "arm": {"kind": "binary", "levels": ["no", "yes"]},
            "alc": {"kind": "ordered", "levels": ["high", "medium", "low"]},
            "centre": {"kind": "nominal", "levels": ["x", "y", "z"]},
            "age": {"kind": "continuous", "scale": 10.0},
        },
    }
    n = 30
    frame = pd.DataFrame(
        {
            "t": [1.0 + i for i in range(n)],
            "d": [i % 2 for i in range(n)],
            "arm": ["no" if i % 3 else "yes" for i in range(n)],
            "alc": [("high", "medium", "low")[i % 3] for i in range(n)],
            "centre": ["xyz"[i % 3] for i in range(n)],
            "age": [40.0 + i for i in range(n)],
        }
    )
    return read_cohort(frame, schema_from(schema, "small"))


@pytest.fixture
def model(tmp_path):
    """A model beside a folder that holds its prior."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "prior.toml").write_text(prior_toml(OWN), encoding="utf-8")
    (tmp_path / "m.toml").write_text(MODEL)
    return tmp_path / "m.toml"


def test_a_path_is_relative_to_the_specification_wherever_it_is_read_from(model, monkeypatch, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert load_spec(model).effects[0].prior == OWN
    assert load_spec("../m.toml").effects[0].prior == OWN


def test_a_bundled_name_is_found_without_a_path(model):
    assert load_spec(model, variant="bundled").effects[0].prior == read_prior(
        models_folder() / "priors" / "rt_added.toml"
    )


def test_robust_adds_one_event_and_flip_turns_the_ratio_round(model):
    found = load_spec(model, variant="robust").effects[0].prior
    assert found.components == (
        pytest.approx((0.7 * 0.75, 0.5, 0.2)),
        pytest.approx((0.7 * 0.25, 0.3, 0.6)),
        pytest.approx((0.3, 0.0, 2.0)),
    )
    assert found.direction == "chemo over CRT"
    # P(HR < x) before is P(HR > 1 / x) after.
    plain = EvidencePrior(OWN.effect, OWN.endpoint, robustified(OWN.components, 0.3, 0.0), 0.3)
    assert found.mixture.cdf(0.4) == pytest.approx(1.0 - plain.mixture.cdf(-0.4), abs=1e-12)


def test_flipping_twice_changes_nothing():
    assert OWN.flipped().flipped() == OWN


def test_the_digest_follows_components_robust_weight_and_direction(model):
    digests = {load_spec(model, variant=v).digest for v in (None, "robust", "bundled")}
    assert len(digests) == 3
    assert load_spec(model).digest == load_spec(model).digest


def test_the_description_says_whose_hazard_over_whose_in_model_and_studies(model, cohort):
    """0.61 is the median of the mixture by hand: P(log HR < log 0.6068) = 0.5."""
    (said,) = [line for line in describe(make_plan(load_spec(model), cohort)) if line.startswith("arm")]
    median = math.exp(OWN.mixture.quantile(0.5))
    for words in (
        "yes over no",
        f"hazard ratio {median:.2f}",
        "evidence on rt_added, OS (CRT over chemo), from 2 studies",
        "worth",
    ):
        assert words in said


def test_a_prior_on_another_endpoint_needs_to_be_asked_for():
    with pytest.raises(SpecError, match="is a prior on OS, the model's endpoint is 'pfs'"):
        spec_from(raw({"evidence": "rt_added"}, endpoint="pfs"), "m.toml")
    spec = spec_from(raw({"evidence": "rt_added", "endpoint": "os"}, endpoint="pfs"), "m.toml")
    assert spec.effects[0].prior.endpoint == "OS"


@pytest.mark.parametrize(
    ("covariate", "structure", "words"),
    [
        ("centre", "fixed", "has the levels x, y, z"),
        ("alc", "fixed", "has the levels high, medium, low"),
        ("alc", "linear", "has the levels high, medium, low"),
        ("age", "linear", "is a number, and its effect is per unit"),
    ],
)
def test_evidence_of_one_contrast_is_refused_where_the_effect_is_another(covariate, structure, words, cohort):
    spec = spec_from(raw({"evidence": "alc_low"}, covariate, structure), "m.toml")
    with pytest.raises(SpecError, match=words):
        make_plan(spec, cohort)


@pytest.mark.parametrize(("covariate", "structure"), [("arm", "fixed"), ("arm", "linear"), ("alc", "ordered")])
def test_evidence_serves_where_the_effect_is_one_contrast(covariate, structure, cohort):
    plan = make_plan(spec_from(raw({"evidence": "alc_low"}, covariate, structure), "m.toml"), cohort)
    assert isinstance(plan.design.blocks[0].effect.prior, EvidencePrior)


def test_a_direction_is_stated_whole_or_not_at_all(tmp_path):
    (tmp_path / "p.toml").write_text(prior_toml(OWN).replace('versus = "chemo"\n', ""))
    with pytest.raises(SpecError, match="'hazard_of' and 'versus' belong together"):
        read_prior(tmp_path / "p.toml")
    (tmp_path / "p.toml").write_text(prior_toml(EvidencePrior("rt_added", "OS", OWN.components)), encoding="utf-8")
    assert read_prior(tmp_path / "p.toml").direction == "direction not stated in its file"
