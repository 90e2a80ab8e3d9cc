"""Pooling of published effects: what is refused, what is said, bias terms, the prior and its file."""

import dataclasses
import math
import tomllib

import numpy as np
import pytest

from escc_bayes.evidence.pooling.bias import BiasTerm
from escc_bayes.evidence.pooling.pool import PoolRequest, evidence_prior, pool_evidence
from escc_bayes.evidence.pooling.prior_file import prior_toml, weak_prior
from escc_bayes.evidence.pooling.published_effect import (
    EvidenceError,
    PublishedEffect,
    biases_of_design,
    log_hr_from_interval,
    log_hr_from_p,
)
from escc_bayes.evidence.pooling.table import pool_table
from escc_bayes.foundation.errors import InputError, SpecError, TomlError
from escc_bayes.spec.evidence_prior import read_prior
from escc_bayes.spec.prior import HalfNormal, Normal
from tests.unit.evidence.published import effects

DISJOINT = {"china20_ict_registry": "nodal and polymetastatic strata exclude each other"}
REQUEST = PoolRequest("rt_added", "OS", HalfNormal(0.5), Normal(0.0, 2.0), 0.95, disjoint=DISJOINT)


def test_two_studies_of_one_group_are_refused_with_both_names_and_a_remedy():
    with pytest.raises(EvidenceError) as caught:
        pool_evidence(effects("rt_added"), dataclasses.replace(REQUEST, disjoint={}))
    for word in (
        "liuq2025_ivb_nodal",
        "liu_polymet",
        "china20_ict_registry",
        "keep one of them",
        "--disjoint china20_ict_registry=",
    ):
        assert word in str(caught.value)


def test_a_group_found_disjoint_is_pooled_and_the_reason_said():
    pool = pool_evidence(effects("rt_added"), REQUEST)
    assert f"{math.exp(pool.reml.mu):.2f}" == "0.62"
    assert any("exclude each other" in said for said in pool.statements)


def test_one_study_twice_is_refused_even_in_a_disjoint_group():
    with pytest.raises(EvidenceError, match="stands twice"):
        pool_evidence([*effects("rt_added"), effects("rt_added")[0]], REQUEST)


def test_an_effect_without_any_interval_is_refused_and_never_invented():
    # yang290 and others print coverage without an interval; here only the absence matters.
    bare = [PublishedEffect("s1", -0.3, None, "retrospective", "g1"), PublishedEffect("s2", 0.1, None, "cohort", "g2")]
    request = dataclasses.replace(REQUEST, effect="coverage")
    with pytest.raises(EvidenceError, match=r"'coverage' on OS: no published hazard ratio .*2 without one: s1, s2"):
        pool_evidence(bare, request)
    with pytest.raises(EvidenceError, match="state its sd"):
        pool_evidence([], request)


def test_a_weak_prior_says_that_it_rests_on_no_study():
    prior = weak_prior("coverage", "OS", sd=1.0)
    assert prior.studies == ()
    assert prior.effective_events.elir == pytest.approx(4.0, rel=1e-9)
    assert "No study of coverage on OS" in prior.statements[0]
    with pytest.raises(EvidenceError, match="positive"):
        weak_prior("coverage", "OS", sd=0.0)


def test_a_study_without_interval_is_left_out_and_named():
    bare = PublishedEffect("shi2022_532", -0.18, None, "retrospective", "shi2022")
    with_it, without = (pool_evidence(e, REQUEST) for e in ([*effects("rt_added"), bare], effects("rt_added")))
    assert with_it.reml.mu == without.reml.mu
    assert any("Left out" in said and "shi2022_532" in said for said in with_it.statements)


def test_a_bias_term_shifts_and_widens_each_study_that_carries_it():
    studies = effects("rt_added", biases=("observational", "immortal_time"))
    terms = {"observational": BiasTerm(-0.1, 0.2), "immortal_time": BiasTerm(-0.05, 0.1)}
    pool = pool_evidence(studies, dataclasses.replace(REQUEST, bias_terms=terms))
    for study, adjusted in zip(studies, pool.studies, strict=True):
        assert adjusted.log_hr == pytest.approx(study.log_hr + 0.15, abs=1e-12)
        assert adjusted.se == pytest.approx(math.sqrt(study.se**2 + 0.04 + 0.01), rel=1e-12)
    assert "Bias observational N(-0.1, 0.2) on the log HR taken off: liuq2025_ivb_nodal" in "".join(pool.statements)
    assert pool.exact.mu.sd > pool_evidence(studies, REQUEST).exact.mu.sd


def test_a_bias_without_a_term_is_left_in_and_said():
    pool = pool_evidence(effects("rt_added", biases=("observational",)), REQUEST)
    assert "Bias observational has no stated term" in "".join(pool.statements)


def test_wrong_words_and_numbers_are_refused():
    with pytest.raises(InputError, match="item 1 is 'imortal_time'; give one of observational, immortal_time"):
        PublishedEffect("s", 0.0, 0.1, "d", "g", ("imortal_time",))
    with pytest.raises(InputError, match="a BiasTerm for 'observation'; give a dictionary from one of observational"):
        pool_evidence(effects("alc_low"), dataclasses.replace(REQUEST, bias_terms={"observation": BiasTerm(0, 1)}))
    with pytest.raises(EvidenceError, match="sd at least 0"):
        BiasTerm(0.0, -1.0)
    with pytest.raises(InputError, match="level is 95.0; give a share, not a percentage: level=0.95"):
        pool_evidence(effects("alc_low"), dataclasses.replace(REQUEST, level=95.0))
    with pytest.raises(EvidenceError, match="standard error is 0"):
        PublishedEffect("s", 0.0, 0.0, "d", "g")


def test_standard_error_of_an_interval_uses_its_own_level():
    # checkmate648: 0.74 (99.1 % CI 0.58-0.96) and 0.74 (95 % CI 0.61-0.89) are one estimate.
    wide = log_hr_from_interval(0.74, 0.58, 0.96, ci_level=0.991)[1]
    assert wide == pytest.approx(log_hr_from_interval(0.74, 0.61, 0.89, ci_level=0.95)[1], abs=1e-3)


def test_standard_error_of_a_p_value():
    # seed2_cui2025: HR 0.7, P 0.32 gives 0.35866; half the P on one side is the same statement.
    assert log_hr_from_p(0.7, 0.32, sides="two")[1] == pytest.approx(0.35866, abs=1e-5)
    assert log_hr_from_p(0.7, 0.16, sides="one") == log_hr_from_p(0.7, 0.32, sides="two")


BAD_PRINTS = {
    "excludes the estimate": lambda: log_hr_from_interval(0.5, 0.6, 0.9, ci_level=0.95),
    "limits swapped": lambda: log_hr_from_interval(0.7, 0.9, 0.6, ci_level=0.95),
    "lower limit zero": lambda: log_hr_from_interval(0.7, 0.0, 0.9, ci_level=0.95),
    "level in percent": lambda: log_hr_from_interval(0.7, 0.6, 0.9, ci_level=95),
    "ratio of one with P": lambda: log_hr_from_p(1.0, 0.5, sides="two"),
    "P of zero": lambda: log_hr_from_p(0.7, 0.0, sides="two"),
    "one-sided P of 0.6": lambda: log_hr_from_p(0.7, 0.6, sides="one"),
    "not a number": lambda: log_hr_from_interval(math.nan, 0.6, 0.9, ci_level=0.95),
}


@pytest.mark.parametrize("case", BAD_PRINTS)
def test_a_print_that_gives_no_standard_error_is_refused(case):
    with pytest.raises(EvidenceError, match="hazard ratio"):
        BAD_PRINTS[case]()


@pytest.mark.parametrize(
    ("design", "words"),
    [
        ("randomised phase 3", ()),
        ("retrospective, 1:1 PSM", ("observational",)),
        ("randomised phase 2, two experimental arms vs historical control", ("observational",)),
        ("meta-analysis of mostly retrospective studies", ("observational",)),
    ],
)
def test_only_randomised_comparisons_are_free_of_the_observational_bias(design, words):
    assert biases_of_design(design, immortal_time=False, indirect_endpoint=False) == words


def test_rows_of_the_table_hold_the_pools():
    pool = pool_evidence(effects("rt_added"), REQUEST)
    rows = {(r["what"], r["method"]): r for r in pool_table(pool)}
    assert (rows["pooled", "reml_wald"]["lower"], rows["pooled", "reml_wald"]["upper"]) == pytest.approx(
        tuple(np.exp(pool.reml.wald)), rel=1e-12
    )
    assert rows["soescc102", "printed"]["lower"] == pytest.approx(0.307, abs=1e-3)
    assert rows["soescc102", "shrunken"]["interval"] == "credible"
    assert len(rows) == 3 * 3 + 10


def test_a_prior_is_read_back_exactly(tmp_path):
    pool = pool_evidence(effects("rt_added"), REQUEST)
    prior = evidence_prior(pool, components=3, robust_weight=0.3)
    path = tmp_path / "prior.toml"
    path.write_text(prior_toml(prior), encoding="utf-8")
    again = read_prior(path)
    for field in ("weights", "means", "sds"):
        assert getattr(again.mixture, field) == pytest.approx(getattr(prior.mixture, field), rel=1e-15)
    assert (again.studies, again.statements, again.robust_weight) == (prior.studies, prior.statements, 0.3)
    body = tomllib.loads(path.read_text())["prior"]
    assert body["effective_events"] == prior.effective_events.elir
    assert sum(c["weight"] for c in body["components"]) == pytest.approx(1.0, abs=1e-12)
    assert (body["components"][-1]["mean"], body["components"][-1]["sd"]) == (0.0, 2.0)


def test_a_prior_is_made_robust_once():
    pool = pool_evidence(effects("rt_added"), REQUEST)
    robust = evidence_prior(pool, components=2, robust_weight=0.0).robustified(0.3)
    assert robust.mixture.weights[-1] == pytest.approx(0.3)
    with pytest.raises(SpecError, match="already holds a robust component"):
        robust.robustified(0.3)
    with pytest.raises(EvidenceError, match="from 0 to below 1"):
        evidence_prior(pool, components=2, robust_weight=1.0)


GOOD = "components = [{ weight = 1.0, mean = 0.0, sd = 1.0 }]\n"
BAD_FILES = {
    "weights sum": ("components = [{ weight = 0.5, mean = 0.0, sd = 1.0 }]", "sum to 0.5"),
    "negative sd": ("components = [{ weight = 1.0, mean = 0.0, sd = -1.0 }]", "component 1, sd: must be above 0"),
    "unknown key": (GOOD + "efective_events = 3.0", "did you mean 'effective_events'"),
    "no components": ("studies = []", "expected a list of"),
    "robust weight": (GOOD + "robust_weight = 1.5", "must be below 1"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_prior_file_is_refused_with_its_place(tmp_path, case):
    body, words = BAD_FILES[case]
    path = tmp_path / "prior.toml"
    path.write_text(f'schema = 1\n[prior]\neffect = "e"\nendpoint = "OS"\n{body}\n')
    with pytest.raises((TomlError, SpecError), match=words) as caught:
        read_prior(path)
    assert str(caught.value).startswith(str(path))
