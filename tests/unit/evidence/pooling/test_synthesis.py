"""From the bundled study files to pools and priors: the numbers of ../shared/evidence/README.md, and refusals."""

import importlib.util
import math
from functools import cache
from pathlib import Path

import pytest

from escc_bayes.data.shipped import find_study, models_folder, study_names
from escc_bayes.data.study import read_study
from escc_bayes.evidence.pooling.pool import PoolRequest
from escc_bayes.evidence.pooling.published_effect import EvidenceError
from escc_bayes.evidence.pooling.study_effects import Question
from escc_bayes.evidence.pooling.summary import summary
from escc_bayes.evidence.pooling.synthesis import PriorRequest, answer
from escc_bayes.spec.evidence_prior import read_prior
from escc_bayes.spec.prior import HalfNormal, Normal

DISJOINT = {"china20_ict_registry": "two strata"}
SCRIPT = Path(__file__).parents[4] / "benchmarks" / "make_priors.py"
# Effect: studies, REML HR with Wald limits, tau, Hartung-Knapp limits (README of the evidence; metafor agrees).
POOLS = {
    "rt_added": (3, "0.62 (0.45-0.85)", "0.18", "0.33-1.16"),
    "alc_low": (2, "1.52 (1.31-1.76)", "0.00", "0.86-2.68"),
    "ici_added_to_chemo": (8, "0.69 (0.64-0.74)", "0.00", "0.66-0.73"),
}


@cache
def bundled():
    return tuple(read_study(find_study(name)) for name in study_names())


def asked(effect, *studies, weak_sd=None, disjoint=DISJOINT, **question):
    """Ask the bundled studies, those named or those meant for it, with the defaults of the verb."""
    request = PoolRequest(effect, "OS", HalfNormal(0.5), Normal(0.0, 2.0), 0.95, disjoint=disjoint)
    chosen = [s for s in bundled() if s.id in studies] if studies else bundled()
    return answer(
        chosen, Question(effect, "OS", **question), request, PriorRequest(3, 0.0, weak_sd), named=bool(studies)
    )


@pytest.mark.parametrize("effect", POOLS)
def test_bundled_files_give_the_published_pools(effect):
    count, wald, tau, hartung_knapp = POOLS[effect]
    reml = asked(effect).pool.reml
    low, high = (math.exp(v) for v in reml.wald)
    assert reml.studies == count
    assert f"{math.exp(reml.mu):.2f} ({low:.2f}-{high:.2f})" == wald
    assert f"{reml.tau:.2f}" == tau
    assert "-".join(f"{math.exp(v):.2f}" for v in reml.hartung_knapp) == hartung_knapp


def test_named_studies_give_the_same_pool_as_all():
    named = asked("rt_added", "liuq2025_ivb_nodal", "liu_polymet", "soescc102")
    assert named.pool.reml == asked("rt_added").pool.reml
    assert not any(said.startswith("Left out") for said in named.statements)


def test_whatever_is_not_asked_is_named_with_the_words_of_its_file():
    said = " ".join(asked("rt_added").statements)
    for words in ("seed2_cui2025 not asked: target cohort", "meta_ji2024 not asked: calibration", "rcit_oescc140"):
        assert words in said


def test_one_registry_twice_is_refused_with_the_option_that_admits_it():
    with pytest.raises(EvidenceError, match='--disjoint china20_ict_registry="reason"'):
        asked("rt_added", disjoint={})


def test_coverage_has_nothing_to_pool_and_a_weak_prior_only_when_asked_for():
    with pytest.raises(EvidenceError, match=r"no published hazard ratio has an interval.*--weak-sd.*rcit_oescc140"):
        asked("rt_coverage")
    found = asked("rt_coverage", weak_sd=1.0)
    assert found.pool is None
    assert found.prior.components == ((1.0, 0.0, 1.0),)
    assert found.prior.studies == ()
    assert "No study of rt_coverage on OS was pooled" in found.statements[0]
    assert "NO STUDY POOLED" in summary(found)[0]


def test_a_weak_sd_is_not_used_where_studies_can_be_pooled():
    assert asked("alc_low", weak_sd=1.0).prior == asked("alc_low").prior


def test_direction_not_stated_leaves_a_study_out_until_someone_says_it():
    """HR 1.21 (0.58-2.53) of guangxi2024_101, whose direction its abstract does not state."""
    with pytest.raises(EvidenceError, match="--direction guangxi2024_101=as_printed"):
        asked("ici_added_to_crt")
    printed, turned = (
        asked("ici_added_to_crt", directions={"guangxi2024_101": sense}).pool.reml.mu
        for sense in ("as_printed", "reversed")
    )
    assert math.exp(printed) == pytest.approx(1.21)
    assert turned == pytest.approx(-printed)


def test_a_named_subgroup_replaces_the_whole_population():
    found = asked("ici_added_to_chemo", "keynote590", subgroups={"keynote590": "ITT"})
    assert math.exp(found.pool.studies[0].log_hr) == pytest.approx(0.72)
    # The ITT interval is 0.62-0.84, that of the squamous patients 0.60-0.88.
    assert found.pool.studies[0].se == pytest.approx(math.log(0.84 / 0.62) / (2 * 1.959964), rel=1e-6)


def test_the_summary_holds_pool_prior_and_worth():
    lines = "\n".join(summary(asked("rt_added")))
    for words in ("hazard of ICT + RT over ICT", "0.62  (0.45 to 0.85)", "0.62  (0.33 to 1.16)", "0.18 REML", "worth"):
        assert words in lines


@pytest.mark.parametrize("effect", POOLS)
def test_bundled_priors_are_what_the_script_writes(effect, tmp_path):
    spec = importlib.util.spec_from_file_location("make_priors", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.main(tmp_path)
    made, shipped = (read_prior(folder / f"{effect}.toml") for folder in (tmp_path, models_folder() / "priors"))
    assert [c for part in made.components for c in part] == pytest.approx(
        [c for part in shipped.components for c in part], rel=1e-6
    )
    assert (made.studies, made.statements, made.direction) == (shipped.studies, shipped.statements, shipped.direction)
    # The prior is the predictive of the pool, so its 95 % interval is that of a new study to a few percent.
    exact = asked(effect).pool.exact.new_study
    assert shipped.mixture.quantile(0.975) == pytest.approx(exact.quantile(0.975), abs=0.02)
