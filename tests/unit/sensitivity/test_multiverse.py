"""The multiverse of a cohort: read from model and schema, P values over it, averages, sentences, curves."""

import numpy as np
import pandas as pd
import pytest

from escc_bayes.data.bundled import example_cohort
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimand import contrast_words
from escc_bayes.report.verbs.multiverse_figures import write_specification_curves
from escc_bayes.sensitivity.multiverse import part
from escc_bayes.sensitivity.multiverse.answers import answered, classical_plan
from escc_bayes.sensitivity.multiverse.codings import effect_prior
from escc_bayes.sensitivity.multiverse.permutation import Permuted
from escc_bayes.sensitivity.multiverse.specifications import FULL, OWN, specifications
from escc_bayes.sensitivity.multiverse.table import COLUMNS, multiverse
from escc_bayes.sensitivity.part import number
from escc_bayes.spec.formula import model
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec, spec_from


@pytest.fixture(scope="module")
def larynx():
    return load_spec("larynx_piecewise"), example_cohort("larynx")


@pytest.fixture(scope="module")
def rows(larynx):
    return [dict(row) for row in multiverse(*larynx, level=0.95, seed=1, permutations=39).rows]


@pytest.fixture(scope="module")
def escc():
    return specifications(load_spec("os_piecewise"), example_cohort("escc79"))


def test_the_79_patients_have_at_least_200_specifications(escc):
    """Cox and posteriors, before those chosen by the outcome."""
    assert sum(one.classical for one in escc) + sum(one.posterior for one in escc) >= 200
    assert escc[0].coding == OWN
    assert {one.spec.outcome.endpoint for one in escc} == {"os", "pfs"}


def test_no_covariate_is_used_before_it_is_known(escc):
    for one in escc:
        start = one.spec.outcome.landmark or 0.0
        assert all(one.cohort.covariate(name).known_at.max() <= start for name in one.spec.covariates)


def test_codings_are_made_of_levels_and_of_the_numbers_behind_them(escc):
    words = {one.coding for one in escc}
    assert {
        "stage: II v III+IV", "stage: by rank", "sequence: ici_after_crt v concurrent+crt_after_ici",
        "alc: high v medium+low", "alc: cut at the tertiles", "alc: as measured, per SD",
    } <= words  # fmt: skip
    split = next(one for one in escc if one.coding == "stage: II v III+IV")
    levels = split.cohort.covariate("stage").schema.levels
    assert levels == ("II", "III+IV")
    counts = np.bincount(split.cohort.covariate("stage").values.astype(int))
    assert counts.tolist() == [14, 65]


def test_a_split_answers_both_contrasts_and_a_merge_none_within_it(escc):
    heads = standard_contrasts(make_plan(escc[0].spec, escc[0].cohort).design)
    split = next(one for one in escc if one.coding == "stage: II v III+IV")
    found = answered(split, heads, classical_plan(split).design)
    stage = [contrast_words(heads[a.place]) for a in found if a.asked.term == "stage"]
    assert stage == ["III vs II", "IV vs II"]
    merged = next(one for one in escc if one.coding == "stage: II+III v IV")
    found = answered(merged, heads, classical_plan(merged).design)
    assert [contrast_words(heads[a.place]) for a in found if a.asked.term == "stage"] == ["IV vs II"]


def test_numbers_run_towards_the_last_level(escc):
    """ALC high is the reference: per SD the hazard ratio is of lower counts; its prior is half of low over high's."""
    numbers = next(one for one in escc if one.coding == "alc: as measured, per SD")
    assert set(numbers.turned) == {"alc_baseline", "alc_mid", "alc_post"}
    own, per_sd = effect_prior(escc[0].spec.effects[-1]), numbers.spec.effects[-1].prior
    assert per_sd.sd == pytest.approx(own.sd / 2)


def test_incomplete_endpoints_take_no_part_in_permutations():
    cohort = example_cohort("cui156")
    permuted = Permuted.of(cohort, 19, 1)
    present = np.logical_and(*(data.present for data in cohort.endpoints.values()))
    assert permuted.place.size == present.sum() < len(cohort)


def test_first_rows_are_the_model_itself_by_cox(larynx, rows):
    from escc_bayes.classical.fit import fit_classical

    fitted = fit_classical(*larynx).cox
    own = [row for row in rows if row["specification"] == 1]
    assert [number(row, "hr") for row in own] == pytest.approx(np.exp(fitted.coef[: len(own)]).tolist())
    assert all(row["coding"] == OWN and row["covariates"] == FULL for row in own)


def test_every_row_has_every_column_and_p_values_that_rise_with_the_family(rows):
    for row in rows:
        assert tuple(row) == COLUMNS
        if row["p_adjusted"] != "":
            assert number(row, "p_permutation") <= number(row, "p_adjusted_term") <= number(row, "p_adjusted")
            assert row["permutations"] == 39


def test_stacked_average_lies_within_the_posteriors_that_it_averages(rows):
    for row in rows:
        if row["method"] != "stacked":
            continue
        own = [
            number(r, "hr") for r in rows
            if r["method"] == "bayes_laplace" and r["compared"] == row["contrast"] and r["term"] == row["term"]
        ]  # fmt: skip
        assert min(own) <= number(row, "hr") <= max(own)
    # The model at another clock stands alone: it foretells other outcomes.
    mine = [r for r in rows if r["method"] == "bayes_laplace" and r["stacking_weight"] != ""]
    shares = {r["specification"]: number(r, "stacking_weight") for r in mine}
    assert sum(shares.values()) == pytest.approx(1.0, abs=1e-6)


def test_chosen_by_the_outcome_is_marked_and_its_p_counts_the_search(rows):
    cut = next(row for row in rows if str(row["coding"]).endswith("chosen by the outcome"))
    assert cut["selected_by_outcome"] == "yes"
    assert number(cut, "p_permutation") > number(cut, "p_value")
    assert number(cut, "optimism") > 0.0
    screened = [row for row in rows if row["method"] == "cox_screened"]
    assert screened
    assert all(0.0 <= number(row, "selected_share") <= 1.0 for row in screened)


def test_sentences_change_with_the_table(rows):
    said = part.words(rows)
    changed = [dict(row) for row in rows]
    for row in changed:
        if (row["term"], row["contrast"]) == ("stage", "IV vs I") and row["method"] != "stacked" and row["hr"] != "":
            row["hr"], row["lower"], row["upper"], row["p_adjusted"] = 0.5, 0.4, 2.0, 0.777
    other = part.words(changed)
    line = next(sentence for sentence in other if sentence.startswith("stage IV vs I:"))
    assert "0 of" in line
    assert "0 exclude 1" in line
    assert "0.777" in line
    assert sum(a != b for a, b in zip(said, other, strict=True)) == 1


def test_tables_of_reconstructions_are_averaged_by_specification(rows):
    lower = [dict(row) | {"hr": number(row, "hr") * 0.5} if row["hr"] != "" else dict(row) for row in rows]
    found = part.pooled([rows, lower])
    assert len(found) == len(rows)
    first, pooled = rows[0], found[0]
    assert number(pooled, "hr") == pytest.approx(0.75 * number(first, "hr"))
    assert pooled["members"] == 2
    assert pooled["specification"] == 1


def test_curves_are_drawn_of_every_covariate(rows, tmp_path):
    write_specification_curves(tmp_path, "larynx@a b", rows)
    names = sorted(path.name for path in (tmp_path / "figures").glob("*.svg"))
    assert names == ["specifications_larynx_a_b_1_stage.svg", "specifications_larynx_a_b_2_age.svg"]
    text = (tmp_path / "figures" / names[0]).read_text()
    assert "chosen by the outcome" in text
    assert "OBSERVED" in text


def test_centres_alone_answer_no_question_and_are_no_specification():
    """Intercepts beside `stage`: alone they have no contrast of the model, and the whole run went down on them."""
    cohort = example_cohort("escc79")
    spec = spec_from(
        {
            "name": "centres",
            "outcome": {"endpoint": "os"},
            "baseline": {"family": "piecewise_exponential", "cuts": [12.0], "sd": {"halfnormal": 0.5}},
            "priors": {"baseline_survival": {"at": 12.0, "median": 0.8, "lower": 0.5}},
            "effect": [
                {"covariate": "stage", "structure": "ordered", "prior": {"hr_median": 1.0, "hr_upper": 5.0}},
                {"covariate": "sequence", "structure": "random_intercept", "sd": {"halfnormal": 0.5}},
            ],
        },
        "centres",
    )
    rows = multiverse(spec, cohort, level=0.95, seed=1, permutations=9).rows
    assert {row["covariates"] for row in rows} >= {FULL, "stage alone", "without sequence"}
    assert not {"sequence alone", "without stage"} & {row["covariates"] for row in rows}
    assert all(row["p_adjusted"] for row in rows if row["method"] == "cox" and row["p_value"] != "")


def test_a_treatment_that_starts_later_is_no_alternative_of_a_model_without_it():
    """With it patients have several rows, whose outcomes are not exchanged whole: the run went down on it."""
    rng = np.random.default_rng(20261130)
    n = 60
    arm, time = rng.integers(0, 2, n), np.round(rng.exponential(15.0, n) + 0.1, 2)
    wait = np.where(rng.random(n) < 0.5, np.round(time / 2.0, 2), np.nan)
    table = {
        "time": time,
        "event": np.arange(n) % 4 > 0,
        "arm": np.array(["a", "b"])[arm],
        "age": rng.normal(64.0, 8.0, n).round(1),
        "treated": np.where(np.isnan(wait), "no", "yes"),
        "wait": wait,
    }
    schema = {
        "endpoints": {"os": {"time": "time", "event": "event"}},
        "covariates": {
            "arm": {"kind": "binary", "levels": ["a", "b"]},
            "age": {"kind": "continuous"},
            "treated": {"kind": "binary", "levels": ["no", "yes"], "starts_at": "wait"},
        },
    }
    cohort = read_cohort(pd.DataFrame(table), schema_from(schema, "schema"))
    rows = multiverse(model("os ~ arm", cohort), cohort, level=0.95, seed=1, permutations=9).rows
    assert "with age" in {row["covariates"] for row in rows}
    assert "with treated" not in {row["covariates"] for row in rows}
