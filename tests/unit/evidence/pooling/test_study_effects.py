"""Which printed hazard ratio stands for a study; every choice is said, and nothing is mixed in silence."""

import math
from decimal import Decimal

import pytest

from escc_bayes.data.published import PublishedEstimate, Study
from escc_bayes.evidence.pooling.published_effect import EvidenceError
from escc_bayes.evidence.pooling.standard_error import standard_error
from escc_bayes.evidence.pooling.study_effects import Question, meant_for_pools, study_effects

ASKED = Question("rt_added", "OS")


def estimate(value="0.70", **fields):
    """An estimate with an interval whose standard error is 0.2, unless told otherwise."""
    centre = math.log(float(value)) if value is not None else 0.0
    limits = {
        "ci_low": Decimal(f"{math.exp(centre - 0.2 * 1.959964):.6f}"),
        "ci_high": Decimal(f"{math.exp(centre + 0.2 * 1.959964):.6f}"),
        "ci_level": Decimal("0.95"),
    }
    if value is not None:
        fields = {"value": Decimal(value)} | fields
    usual = {"hazard_of": "ICT + RT", "versus": "ICT"} | limits
    words = {"place": "estimate 1", "effect": "rt_added", "endpoint": "OS", "measure": "HR", "quote": "q"}
    return PublishedEstimate(**(words | usual | fields))


def bare(**fields):
    return estimate(**({"ci_low": None, "ci_high": None, "ci_level": None} | fields))


def study(*estimates, name="s1", **fields):
    return Study(id=name, citation="c", estimates=estimates, **({"design": "retrospective"} | fields))


def taken(*estimates, question=ASKED):
    """The single effect of one study, and all that was said."""
    found = study_effects([study(*estimates)], question)
    (effect,) = found.effects
    return math.exp(effect.log_hr), " ".join((*found.choices, *found.left_out))


def test_the_preferred_estimate_wins_over_a_later_cut():
    ratio, said = taken(estimate("0.70", cutoff="final, 2024"), estimate("0.80", preferred=True))
    assert ratio == pytest.approx(0.80)
    assert "of 2 estimates, the preferred one taken" in said


def test_the_latest_cut_wins_over_an_interim_or_an_unnamed_one():
    unnamed, interim, final = estimate("0.6"), estimate("0.7", cutoff="interim, 2023"), estimate("0.8", cutoff="final")
    assert taken(unnamed, interim, final)[0] == pytest.approx(0.8)
    assert taken(unnamed, estimate("0.7", cutoff="30 Oct 2020"), estimate("0.9", cutoff="22 Mar 2021"))[0] == (
        pytest.approx(0.9)
    )


def test_the_adjusted_estimate_wins_over_the_crude_one():
    ratio, said = taken(estimate("2.6", adjusted=False), estimate("2.1", adjusted=True))
    assert ratio == pytest.approx(2.1)
    assert "adjusted one" in said


def test_estimates_that_nothing_tells_apart_are_refused_with_their_places():
    with pytest.raises(EvidenceError, match=r"s1 prints several .*estimate 1: 0.70, .*estimate 2: 0.80, .*preferred"):
        taken(estimate("0.70"), estimate("0.80", place="estimate 2"))


def test_one_number_with_two_intervals_is_one_estimate():
    wide = estimate("0.70", ci_low=Decimal("0.40"), ci_high=Decimal("1.22"), ci_level=Decimal("0.991"))
    ratio, said = taken(estimate("0.70"), wide)
    assert ratio == pytest.approx(0.70)
    assert "printed 2 times" in said
    assert "99.1 % 0.40-1.22" in said


def test_subgroups_are_left_out_unless_one_is_asked_for():
    both = (estimate("0.70"), estimate("0.50", subgroup="squamous, PD-L1 high"))
    ratio, said = taken(*both)
    assert ratio == pytest.approx(0.70)
    assert "subgroups left out: squamous, PD-L1 high" in said
    ratio, said = taken(*both, question=Question("rt_added", "OS", subgroups={"s1": "Squamous"}))
    assert ratio == pytest.approx(0.50)
    assert "as asked" in said
    with pytest.raises(EvidenceError, match="no printed subgroup holds 'adeno'; printed: squamous"):
        taken(*both, question=Question("rt_added", "OS", subgroups={"s1": "adeno"}))


def test_what_is_no_hazard_ratio_of_the_whole_is_left_out_and_named():
    studies = [
        study(estimate(), name="good"),
        study(bare(value=None, measure="logrank"), name="test_only"),
        study(estimate(subgroup="oligometastasis"), name="part"),
        study(estimate(endpoint="PFS"), name="other"),
        study(estimate(hazard_of="not stated", versus="not stated"), name="mute"),
    ]
    found = study_effects(studies, ASKED)
    assert [e.study for e in found.effects] == ["good"]
    said = " ".join(found.left_out)
    for words in (
        "test_only prints no hazard ratio (logrank only)",
        "part prints subgroups only: oligometastasis",
        "other prints no rt_added on OS",
        "mute does not say whose hazard over whose",
    ):
        assert words in said


def test_a_ratio_the_other_way_round_is_turned_and_said():
    """HR 1.25 of ICT over ICT + RT is HR 0.8 of ICT + RT over ICT, with the same standard error."""
    studies = [study(estimate("0.70"), name="a"), study(estimate("1.25", hazard_of="ICT", versus="ICT + RT"), name="b")]
    found = study_effects(studies, ASKED)
    assert math.exp(found.effects[1].log_hr) == pytest.approx(0.8)
    assert found.effects[1].se == pytest.approx(0.2, abs=1e-5)
    assert (found.hazard_of, found.versus) == ("ICT + RT", "ICT")
    assert "b prints ICT over ICT + RT: TURNED ROUND" in " ".join(found.choices)


SOURCES = {
    # se by hand: printed; log(l/u) / (2 z); |log HR| / z(P).
    "printed": ({"se_log_hr": Decimal("0.33")}, 0.33),
    "interval": ({}, 0.2),
    "interval without level": ({"ci_level": None}, 0.2),
    "two-sided P": ({"ci_low": None, "p": Decimal("0.32"), "value": Decimal("0.7")}, 0.35866),
    "one-sided P": ({"ci_low": None, "p": Decimal("0.16"), "flag": "P is one-sided", "value": Decimal("0.7")}, 0.35866),
    "P as a bound": ({"ci_low": None, "p_text": "<0.001"}, None),
    "ratio of 1 with P": ({"ci_low": None, "p": Decimal("0.9"), "value": Decimal("1.0")}, None),
    "one-sided P above one half": ({"ci_low": None, "p": Decimal("0.6"), "flag": "one-sided"}, None),
}


@pytest.mark.parametrize("case", SOURCES)
def test_the_standard_error_comes_from_what_is_printed(case):
    fields, expected = SOURCES[case]
    se, words, _ = standard_error(estimate(**fields))
    assert se == (None if expected is None else pytest.approx(expected, abs=1e-5))
    assert words


def test_an_assumed_level_a_pool_of_studies_and_a_flag_are_said():
    fields = {"ci_level": None, "measure": "pooled HR", "flag": "responders-only selection"}
    found = study_effects([study(estimate(**fields))], ASKED)
    said = " ".join(found.choices)
    assert "prints no confidence level; 0.95 is assumed" in said
    assert "is itself a pool of studies" in said
    assert "responders-only" in said
    assert found.effects[0].biases == ("observational", "immortal_time")


def test_events_and_independence_group_are_carried():
    split = estimate(events_hazard_of=60, events_versus=41)
    found = study_effects([study(split, independence_group="g"), study(estimate("0.75", events=110), name="s2")], ASKED)
    assert [(e.events, e.independence_group) for e in found.effects] == [(101, "g"), (110, "s2")]


WRONG = {
    "effect": (Question("rt_addd", "OS"), "did you mean 'rt_added'"),
    "endpoint": (Question("rt_added", "OSS"), "did you mean 'OS'"),
    "subgroup of nobody": (Question("rt_added", "OS", subgroups={"s2": "x"}), "--subgroup s2: is no study"),
    "direction of nobody": (Question("rt_added", "OS", directions={"s2": "reversed"}), "--direction s2: is no study"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_question_that_no_study_answers_gets_a_suggestion(case):
    question, words = WRONG[case]
    with pytest.raises(EvidenceError, match=words):
        study_effects([study(estimate())], question)


def test_only_studies_meant_for_pools_are_asked_when_none_is_named():
    studies = [
        study(estimate(), name="input", use="MAP input: RT added"),
        study(estimate(), name="target", use="target cohort (the data), not a prior input"),
        study(estimate(effect="alc_low"), name="elsewhere", use="MAP input: ALC"),
        study(name="asks", use="MAP input", questions=("rt_added",)),
    ]
    meant, others = meant_for_pools(studies, ASKED)
    assert [s.id for s in meant] == ["input", "asks"]
    assert others == ("target not asked: target cohort (the data), not a prior input.",)
