"""What may enter a pool: audited first, once, by design, with the precision that its digits give."""

import math
from dataclasses import replace
from decimal import Decimal

import pytest
from scipy.stats import norm

from escc_bayes.evidence.pooling.published_effect import EvidenceError, biases_of_design
from escc_bayes.evidence.pooling.standard_error import standard_error
from escc_bayes.evidence.pooling.study_effects import Question, study_effects
from escc_bayes.evidence.pooling.summary import two_digits
from tests.unit.evidence.studies import study_of

ASKED = Question("ici", "OS")
SOUND = {
    "effect": "ici",
    "hazard_of": "ICI + chemo",
    "versus": "chemo",
    "value": "0.70",
    "ci_low": "0.50",
    "ci_high": "0.98",
    "ci_level": "0.95",
}


def study(name="one", *, survivals=(), numbers=(), top=(), **changed):
    printed = {key: value for key, value in (SOUND | changed).items() if value is not None}
    made = study_of(estimates=[printed], survivals=survivals, numbers=numbers, **dict(top))
    return replace(made, id=name, design="randomised phase 3", citation=f"citation of {name}")


def test_an_estimate_that_contradicts_itself_is_refused_until_accepted():
    """sqrt(0.76 x 0.99) = 0.867, not 0.78."""
    asym = study(value="0.78", ci_low="0.76", ci_high="0.99")
    with pytest.raises(EvidenceError, match=r"contradicts itself .*log-middle .* --accept one=\"reason\""):
        study_effects([asym], ASKED)
    found = study_effects([asym], replace(ASKED, accepted={"one": "limits checked with the authors"}))
    assert "CONTRADICTS ITSELF and was accepted, because: limits checked with the authors" in " ".join(found.choices)
    assert len(found.effects) == 1


def test_an_estimate_against_its_own_curves_is_refused():
    """HR 1.43 (1.12-1.82) of an arm with 38 % alive at ten years against 25 %."""
    curves = [
        {"arm": "ICI + chemo", "n": 178, "landmarks": [{"t": 60, "s": "0.47"}, {"t": 120, "s": "0.38"}]},
        {"arm": "chemo", "n": 188, "landmarks": [{"t": 60, "s": "0.33"}, {"t": 120, "s": "0.25"}]},
    ]
    with pytest.raises(EvidenceError, match="direction, very unlikely"):
        study_effects([study(value="1.43", ci_low="1.12", ci_high="1.82", survivals=curves)], ASKED)


def test_what_contradicts_elsewhere_in_the_paper_is_said():
    men = [{"name": "male_n", "value": 60, "quote": "60 men"}, {"name": "female_n", "value": 30, "quote": "30 women"}]
    found = study_effects([study(numbers=men, top={"n": 80})], ASKED)
    assert "the audit finds 1 print elsewhere in the paper impossible or very unlikely" in " ".join(found.choices)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"doi": "https://doi.org/10.1/Same"}, "the same DOI"),
        ({"doi": "https://journal.org/doi/pdf/10.1/same.pdf?download=true"}, "the same DOI"),
        ({"citation": "Doe J, A randomised trial of ICI, 2024."}, "the same title"),
        ({"citation": "another title altogether"}, "the same digits"),
    ],
)
def test_one_study_under_two_names_is_pooled_once(change, why):
    first = replace(
        study("a"),
        **({"doi": "10.1/same"} if "doi" in change else {"citation": "DOE J A randomised trial of ICI 2024"}),
    )
    second = replace(study("b"), **change)
    found = study_effects([first, second], ASKED)
    assert [effect.study for effect in found.effects] == ["a"]
    assert f"b is a again ({why})" in " ".join(found.left_out)
    both = study_effects([first, second], replace(ASKED, accepted={"b": "two strata"}))
    assert [effect.study for effect in both.effects] == ["a", "b"]


def test_two_studies_with_other_dois_or_sizes_may_share_digits():
    named = [replace(study(name), doi=f"10.1/{name}") for name in "ab"]
    sized = [study(name, top={"n": n}) for name, n in (("a", 400), ("b", 420))]
    for studies in (named, sized):
        assert len(study_effects(studies, ASKED).effects) == 2


def test_a_study_printed_with_more_digits_is_the_same_study():
    first = study("a", value="0.70", ci_low="0.50", ci_high="0.98")
    again = study("b", value="0.698", ci_low="0.497", ci_high="0.979")
    found = study_effects([first, again], ASKED)
    assert [effect.study for effect in found.effects] == ["a"]
    assert "b is a again (the same numbers, rounded)" in found.left_out[0]
    other = study("b", value="0.698", ci_low="0.497", ci_high="0.986")
    assert len(study_effects([first, other], ASKED).effects) == 2


def test_a_study_printed_the_other_way_round_is_the_same_study():
    turned = {"value": "1.43", "ci_low": "1.02", "ci_high": "2.00", "hazard_of": "chemo", "versus": "ICI + chemo"}
    found = study_effects([study("a"), study("b", **turned)], ASKED)
    assert [effect.study for effect in found.effects] == ["a"]
    assert "b is a again (the same digits, turned round)" in found.left_out[0]
    other = study_effects([study("a"), study("b", **(turned | {"ci_high": "2.10"}))], ASKED)
    assert len(other.effects) == 2


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"ci_low": "0.98", "ci_high": "0.50"}, "ends before it begins"),
        ({"value": "1.20"}, "is outside its interval"),
    ],
)
def test_prints_that_give_no_error_name_their_study_accepted_or_not(fields, named):
    with pytest.raises(EvidenceError, match=rf"study one contradicts itself at estimate 1 .*{named}"):
        study_effects([study(**fields)], ASKED)
    with pytest.raises(EvidenceError, match="study one, estimate 1 .*the limits must be positive and enclose"):
        study_effects([study(**fields)], replace(ASKED, accepted={"one": "a typing error"}))


@pytest.mark.parametrize(
    "said",
    [
        "overall survival",
        "OS",
        "mOS",
        "Overall survival (OS)",
        "Overall-Survival",
        "time to death",
        "OS in the ITT",
        "overall survival, intention-to-treat population",
    ],
)
def test_endpoints_go_by_the_synonyms_of_the_audit(said):
    assert len(study_effects([study(endpoint=said)], ASKED).effects) == 1


P_ONLY = {"ci_low": None, "ci_high": None, "ci_level": None}
ERRORS = {
    # By hand: |log HR| / z, z the normal point of P (two-sided P / 2).
    "one-sided in the quote": (
        {"value": "0.50", "p": "0.02", "quote": "one-sided P = 0.02"},
        math.log(2) / norm.isf(0.02),
    ),
    "1-sided in the quote": (
        {"value": "0.70", "p": "0.0225", "quote": "1-sided P=0.0225"},
        math.log(0.7) / norm.ppf(0.0225),
    ),
    "one-sided key": ({"value": "0.70", "p": "0.0225", "p_text": "one-sided 0.0225"}, math.log(0.7) / norm.ppf(0.0225)),
    "two-sided though alpha is one-sided": (
        {"value": "0.70", "p": "0.045", "quote": "two-sided P = 0.045; one-sided alpha of 0.025"},
        math.log(0.7) / norm.ppf(0.0225),
    ),
    "one-tailed, behind the value": (
        {"value": "0.70", "p": "0.02", "quote": "HR 0.70, P = 0.02 by a one-sided log-rank test"},
        math.log(0.7) / norm.ppf(0.02),
    ),
    "90 per cent confidence limits": (
        {"ci_low": "0.50", "ci_high": "0.98", "quote": "HR 0.70, 90 per cent confidence limits 0.50 and 0.98"},
        math.log(0.98 / 0.50) / (2 * norm.isf(0.05)),
    ),
    "99 % in the quote": (
        {"ci_low": "0.44", "ci_high": "1.11", "quote": "HR 0.70 (99% CI 0.44-1.11)"},
        math.log(1.11 / 0.44) / (2 * norm.isf(0.005)),
    ),
}


@pytest.mark.parametrize("case", ERRORS)
def test_sides_and_level_are_read_from_the_quote(case):
    fields, expected = ERRORS[case]
    printed = study(**(P_ONLY | fields)).estimates[0]
    assert standard_error(printed).se == pytest.approx(expected, rel=1e-6)


def test_rounding_of_hr_and_p_enters_the_error():
    """HR 1.005 to 1.015, P 0.795 to 0.805: |log HR| / z is 0.0192 to 0.0603; the central 0.0393: 2,590 events."""
    near = study(**P_ONLY, value="1.01", p="0.80").estimates[0]
    se, source, said = standard_error(near)
    assert 0.055 < se < 0.0603
    assert "widest" in source
    assert "0.020 to 0.059" in said
    far = study(**P_ONLY, value="0.50", p="0.021").estimates[0]
    assert standard_error(far).se == pytest.approx(math.log(2) / norm.isf(0.0105), rel=1e-6)
    assert standard_error(far).said == ""
    assert Decimal("1.01") == near.value


@pytest.mark.parametrize(
    ("design", "observational"),
    [
        ("nonrandomised prospective cohort", True),
        ("non-randomized controlled trial", True),
        ("not randomised", True),
        ("comparison of two single-arm trials, not randomised", True),
        ("quasi-randomised", True),
        ("quasi-randomized, alternating allocation", True),
        ("observational analysis of patients in a randomised trial", True),
        ("randomised phase 2, two experimental arms vs historical control", True),
        ("propensity-matched comparison within a randomised trial", True),
        ("allocation without randomisation", True),
        ("Mendelian randomisation", True),
        ("prospective registry", True),
        ("pseudo-randomised", True),
        ("emulated randomised trial", True),
        ("responders against others in a randomised trial", True),
        ("landmark analysis within a phase 3 randomised trial", True),
        ("randomisation abandoned; analysed as treated", True),
        ("randomly sampled cohort", True),
        ("phase 3, allocation by minimisation", False),
        ("randomised discontinuation trial", False),
        ("randomised phase 3", False),
        ("open-label, not blinded randomised trial", False),
        ("cluster-randomized trial", False),
        ("randomised non-inferiority trial", False),
        ("registry-based randomised trial", False),
        ("RCT", False),
    ],
)
def test_randomised_is_what_was_randomised_to_the_groups_compared(design, observational):
    found = biases_of_design(design, immortal_time=False, indirect_endpoint=False)
    assert ("observational" in found) == observational


def test_worth_is_printed_to_two_digits():
    assert [two_digits(v) for v in (0.938, 1.0, 3.71, 9.96, 61.6, 99.7, 1093.0)] == [
        "0.94",
        "1.0",
        "3.7",
        "10",
        "62",
        "100",
        "1,100",
    ]
