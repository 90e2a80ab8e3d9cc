"""TOML to specification: what is said is what is read; variants are differences."""

import pytest

from escc_bayes.data.shipped import models_folder
from escc_bayes.foundation.errors import SpecError
from escc_bayes.foundation.toml import read_toml
from escc_bayes.spec import prior as priors
from escc_bayes.spec.reading import load_spec, spec_from
from tests.unit.spec.conftest import HALF, NORMAL, PIECEWISE, WEIBULL, effect, model, pooled

BUNDLED = sorted(models_folder().glob("*.toml"))


@pytest.mark.parametrize("path", BUNDLED, ids=lambda p: p.stem)
def test_every_bundled_model_and_variant_reads_by_name(path):
    spec = load_spec(path.stem)
    assert spec.name == path.stem
    for variant in spec.variants:
        assert load_spec(f"{path.stem}@{variant}").digest != spec.digest


def test_a_specification_holds_what_the_file_says():
    spec = load_spec("os_piecewise")
    assert (spec.outcome.endpoint, spec.outcome.landmark, spec.outcome.naive) == ("os", 3.0, False)
    assert spec.baseline.cuts == (6.0, 12.0, 18.0, 24.0, 36.0)
    assert (spec.baseline.at, spec.baseline.smoothing, spec.baseline.steps) == ("mean", "random_walk", "length")
    assert spec.baseline.prior == priors.SurvivalStatement(12.0, 0.8, 0.5)
    assert [e.WORD for e in spec.effects] == ["ordered", "fixed", "exchangeable", "pooled"]
    assert spec.covariates == ("stage", "coverage", "sequence", "alc_baseline", "alc_mid", "alc_post")


def test_path_name_and_at_sign_lead_to_the_same_specification(tmp_path):
    text = (models_folder() / "larynx_piecewise.toml").read_text()
    folder = tmp_path / "a@b"
    folder.mkdir()
    path = folder / "mine.toml"
    path.write_text(text)
    assert load_spec(path).digest == load_spec(str(path)).digest == load_spec("larynx_piecewise").digest
    assert load_spec(f"{path}@sceptical").digest == load_spec("larynx_piecewise", variant="sceptical").digest
    assert load_spec(path, variant="sceptical").name == "larynx_piecewise@sceptical"


def test_an_unknown_model_or_variant_is_named_with_the_nearest(tmp_path):
    with pytest.raises(SpecError, match="no model 'os_piecwise'; did you mean 'os_piecewise'.*path of a .toml file"):
        load_spec("os_piecwise")
    with pytest.raises(SpecError, match=r"os_piecewise\.toml: no variant 'skeptical'; did you mean 'sceptical'"):
        load_spec("os_piecewise@skeptical")
    with pytest.raises(SpecError, match="names the variant 'sceptical', the call names 'enthusiastic'; keep one"):
        load_spec("os_piecewise@sceptical", variant="enthusiastic")
    with pytest.raises(SpecError, match="no variant 'x'; it has no variants"):
        spec_from(PIECEWISE, "m.toml", variant="x")


def test_defaults_are_the_average_patient_a_walk_and_steps_by_length():
    baseline = model().baseline
    assert (baseline.at, baseline.smoothing, baseline.steps) == ("mean", "random_walk", "length")
    assert model(base=WEIBULL).baseline.at == "mean"


def test_digest_depends_on_what_changes_a_result_and_on_nothing_else():
    base = model(effect("stage", "fixed"))
    assert model(effect("stage", "fixed"), name="other", title="words", variants={"v": {}}).digest == base.digest
    others = [
        model(effect("stage", "ordered")),
        model(effect("stage", "fixed", prior={"normal": [0.0, 2.0]})),
        model(effect("stage", "fixed"), outcome={"endpoint": "pfs"}),
        model(effect("stage", "fixed"), outcome={"endpoint": "os", "landmark": 2.0}),
        model(effect("stage", "fixed"), outcome={"endpoint": "os", "time_zero": "naive"}),
        model(effect("stage", "fixed"), baseline=PIECEWISE["baseline"] | {"cuts": [6.0, 12.0]}),
        model(effect("stage", "fixed"), baseline=PIECEWISE["baseline"] | {"at": "reference"}),
        model(effect("stage", "fixed"), baseline=PIECEWISE["baseline"] | {"steps": "equal"}),
        model(effect("stage", "fixed"), priors={"baseline_survival": {"at": 12.0, "median": 0.8, "lower": 0.4}}),
        model(effect("stage", "fixed"), base=WEIBULL),
        model(effect("stage", "fixed"), effect("age", "linear")),
    ]
    assert len({spec.digest for spec in [base, *others]}) == len(others) + 1


def test_the_same_prior_in_other_words_has_the_same_digest():
    sd = model(effect("stage", "fixed", prior={"hr_median": 1.0, "hr_upper": 4.0})).effects[0].prior.sd
    one = model(effect("stage", "fixed", prior={"hr_median": 1.0, "hr_upper": 4.0}))
    assert one.digest == model(effect("stage", "fixed", prior={"normal": [0, sd]})).digest


def test_clocks_are_said_in_words():
    assert model().outcome.clock == "time zero"
    assert model(outcome={"endpoint": "os", "landmark": 2.5}).outcome.clock == "landmark at 2.5 months"
    assert model(outcome={"endpoint": "os", "time_zero": "naive"}).outcome.clock == "NAIVE time zero"
    assert "NAIVE time zero; effects: stage (fixed)" in repr(
        model(effect("stage", "fixed"), outcome={"endpoint": "os", "time_zero": "naive"})
    )


def variant(differences, *effects, base=None):
    raw = (base or PIECEWISE) | {"effect": list(effects), "variants": {"v": differences}}
    return spec_from(raw, "model.toml", variant="v")


def test_a_variant_changes_what_it_names_and_keeps_the_rest():
    spec = variant(
        {"effect": {"stage": {"prior": {"normal": [0.0, 0.3]}}}}, effect("stage", "fixed"), effect("age", "linear")
    )
    assert spec.effects[0].prior == priors.Normal(0.0, 0.3)
    assert spec.effects[1] == model(effect("age", "linear")).effects[0]
    assert spec.baseline == model().baseline
    assert spec.name == "m@v"


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        ({"baseline": {"pieces": 4}}, {"baseline": {"family": "piecewise_exponential", "pieces": 4, "sd": HALF}}),
        ({"priors": {"baseline_log_rate": NORMAL}}, {"priors": {"baseline_log_rate": NORMAL}}),
        (
            {"baseline": {"smoothing": "independent"}},
            {"baseline": {"family": "piecewise_exponential", "cuts": [6.0, 12.0, 24.0], "smoothing": "independent"}},
        ),
        (
            {
                "baseline": {"family": "weibull", "reference_time": 24.0},
                "priors": {"log_shape": {"normal": [0.0, 0.5]}},
            },
            {"baseline": WEIBULL["baseline"], "priors": WEIBULL["priors"]},
        ),
        ({"outcome": {"landmark": 2.0}}, {"outcome": {"endpoint": "os", "landmark": 2.0}}),
    ],
    ids=["cuts to pieces", "prior for prior", "walk to independent", "to weibull", "landmark"],
)
def test_a_variant_equals_the_file_one_would_write(differences, expected):
    assert variant(differences).digest == model(**expected).digest


def test_a_variant_may_leave_the_weibull():
    spec = variant({"baseline": {"family": "piecewise_exponential", "pieces": 1, "sd": HALF}}, base=WEIBULL)
    assert spec.digest == model(baseline={"family": "piecewise_exponential", "pieces": 1, "sd": HALF}).digest


def test_a_variant_may_change_the_structure_of_an_effect_and_what_goes_with_it():
    to_exchangeable = variant(
        {"effect": {"stage": {"structure": "exchangeable", "sd": HALF}}}, effect("stage", "fixed")
    )
    assert to_exchangeable.effects == model(effect("stage", "exchangeable")).effects
    to_fixed = variant({"effect": {"stage": {"structure": "fixed", "prior": NORMAL}}}, effect("stage", "exchangeable"))
    assert to_fixed.effects == model(effect("stage", "fixed")).effects


def test_a_variant_may_change_landmark_for_naive():
    base = PIECEWISE | {"outcome": {"endpoint": "os", "landmark": 3.0}}
    assert variant({"outcome": {"time_zero": "naive"}}, base=base).outcome.clock == "NAIVE time zero"


def test_applying_a_variant_does_not_change_the_table_it_came_from():
    raw = PIECEWISE | {
        "effect": [effect("stage", "fixed")],
        "variants": {"v": {"effect": {"stage": {"prior": {"normal": [1, 1]}}}}},
    }
    plain = spec_from(raw, "m").digest
    spec_from(raw, "m", variant="v")
    assert spec_from(raw, "m").digest == plain


def test_pooled_effects_are_called_by_name_in_variants():
    spec = variant({"effect": {"alc": {"sd": {"halfnormal": 0.1}}}}, pooled("alc_a", "alc_b"))
    assert spec.effects[0].sd == priors.HalfNormal(0.1)


@pytest.mark.parametrize("path", BUNDLED, ids=lambda p: p.stem)
def test_bundled_files_state_no_key_twice_and_read_as_plain_tables(path):
    assert read_toml(path)["name"] == path.stem
