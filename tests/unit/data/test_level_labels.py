"""Labels of levels: what people read stands in sentences and contrasts, once, and only where a level is meant."""

import pytest

from escc_bayes.data.covariate_schema import CovariateSchema, covariate_from
from escc_bayes.data.level_labels import LevelLabels
from escc_bayes.foundation.errors import SchemaError, TomlError

SEQUENCE = CovariateSchema(
    "sequence",
    "sequence",
    "nominal",
    ("ici_after_crt", "concurrent", "crt_after_ici"),
    label="Treatment sequence",
    labels={"ici_after_crt": "ICI after CRT", "concurrent": "both at once", "crt_after_ici": "CRT after ICI"},
)
ALC = CovariateSchema("alc", "alc", "ordered", ("high", "low"), label="ALC", labels={"low": "low (< 0.5)"})
RT = CovariateSchema("rt", "rt", "binary", ("no", "yes"), label="RT", labels={"no": "no RT", "yes": "RT given"})
SMOKER = CovariateSchema("smoker", "smoker", "binary", ("no", "yes"), labels={"no": "never", "yes": "smoker"})
ALL = LevelLabels((SEQUENCE, ALC, RT, SMOKER))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Treatment sequence: concurrent vs ici_after_crt", "Treatment sequence: both at once vs ICI after CRT"),
        (
            "levels ici_after_crt, concurrent, crt_after_ici, shrunk",
            "levels ICI after CRT, both at once, CRT after ICI, shrunk",
        ),
        ("5 events of treatment sequence concurrent", "5 events of treatment sequence both at once"),
        ("low over high: 1.9", "low (< 0.5) over high: 1.9"),
        ("low: 3 events in 20 patients", "low (< 0.5): 3 events in 20 patients"),
        ("beyond the last follow-up of low, 5.0 months", "beyond the last follow-up of low (< 0.5), 5.0 months"),
        ("RT: yes by 4 months minus no throughout", "RT: RT given by 4 months minus no RT throughout"),
        ("RT: no 54, yes 66; smoker: no 3", "RT: no RT 54, RT given 66; smoker: never 3"),
        ("RT: yes by 1 month vs no throughout", "RT: RT given by 1 month vs no RT throughout"),
        ("smoker: yes vs no; RT: yes vs no", "smoker: smoker vs never; RT: RT given vs no RT"),
    ],
)
def test_a_level_is_read_by_its_label(text, read):
    assert ALL.said(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "no event in the first month; yes",  # words of English that name no level here
        "yes vs no",  # of which covariate?
        "the figures are low; concurrent processes; file low.csv, out/ici_after_crt/km.csv",
    ],
)
def test_words_that_mean_no_level_stay(text):
    assert ALL.said(text) == text


SEX = CovariateSchema("sex", "sex", "binary", ("0", "1"), labels={"0": "female", "1": "male"})
N = CovariateSchema("n", "n", "binary", ("0", "1"), labels={"0": "N0", "1": "N1"})
STAGE = CovariateSchema("stage", "stage", "ordered", ("I", "II"), label="Stage", labels={"I": "early", "II": "late"})
DIABETES = CovariateSchema("dm", "dm", "binary", ("no", "yes"), label="Diabetes", labels={"no": "Nein", "yes": "Ja"})
ARM = CovariateSchema("arm", "arm", "binary", ("a", "or"), labels={"a": "Chemo", "or": "RT"})
ECOG = CovariateSchema("ecog", "ecog", "ordered", ("0-1", "2"), label="ECOG", labels={"0-1": "good", "2": "poor"})
HOSTILE = LevelLabels((SEX, N, STAGE, DIABETES, ARM, ECOG))


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "hazard ratios between 0 and 1",
        "0.0 and 1.2, 0 and 1.2, P = 0.03, 1 %",
        "models 0, 1, 2",
        "sex, 1 event",
        "missing: age 3, sex 1",
        "missing: sex 1, age 3",
        "sex: 1 month",
        "sex = 1 %",
        "patients (n = 1)",
        "patients (n = 1, 0 events)",
        "a look at 3 vs 2 events, 0 vs 1 patients",
        "Look 1: 3 events",
        "stage or age",
        "arm or no arm",
        "arm: a free effect for each level",
        "the arm a patient is in",
        "diabetes: no interaction is seen",
        "Diabetes, no event",
        "a 95 % interval of 0-1, months 0-1",
        "written to arm/or.csv and a.csv",
        'state sex = "1" or `arm = or`',
    ],
)
def test_numbers_and_words_of_english_are_no_levels(text, alone):
    """A reader would take a number for a level, or a level for a number: what may be neither stays."""
    labels = [LevelLabels((one,)) for one in HOSTILE.covariates] if alone else [HOSTILE]
    assert {each.said(text) for each in labels} == {text}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("HR sex 1 vs 0: 1.2; n: 0 vs 1", "HR sex male vs female: 1.2; n: N0 vs N1"),
        ("sex = 1, n = 1: nobody is followed beyond 1 month", "sex = male, n = N1: nobody is followed beyond 1 month"),
        ("sex: 1 by 1 month vs 0 throughout", "sex: male by 1 month vs female throughout"),
        ("sex: 0 1, 1 66; n: 0 0, 1 67", "sex: female 1, male 66; n: N0 0, N1 67"),
        ("arm: a free effect; or over a: hazard ratio 1", "arm: a free effect; RT over Chemo: hazard ratio 1"),
        ("largest difference 0.00 (stage: I)", "largest difference 0.00 (stage: early)"),
        ("diabetes: no, 3 events", "diabetes: Nein, 3 events"),
        ("ECOG 0-1 vs 2", "ECOG good vs poor"),
    ],
)
def test_a_number_or_a_word_of_english_is_a_level_where_nothing_else_can_be_meant(text, read):
    assert HOSTILE.said(text) == read


def test_of_a_covariate_that_is_told_of_numbers_are_levels():
    text = "1: 2 events in 1; 0: 1 event in 0; beyond the last follow-up of 1, 1.0 months"
    read = "male: 2 events in 1; female: 1 event in 0; beyond the last follow-up of male, 1.0 months"
    assert HOSTILE.said(text) == text
    assert HOSTILE.said(text, of="sex") == read
    assert HOSTILE.contrast("sex", "1 by 1 month vs 0 throughout") == "male by 1 month vs female throughout"


def test_what_a_label_says_is_not_read_again():
    """The label of one covariate holds a level of another."""
    drug = CovariateSchema("drug", "drug", "binary", ("d_0", "d_1"), labels={"d_0": "no d_2", "d_1": "RT: yes vs no"})
    other = CovariateSchema("other", "other", "binary", ("d_2", "d_3"), labels={"d_2": "two", "d_3": "three"})
    assert LevelLabels((drug, other, RT)).said("d_1 v d_0, d_2") == "RT: yes vs no v no d_2, two"


@pytest.mark.parametrize("text", ["ALC: low vs high", "RT: yes vs no", "sequence: concurrent vs ici_after_crt"])
def test_what_is_labelled_twice_is_labelled_once(text):
    assert ALL.said(ALL.said(text)) == ALL.said(text)


def test_a_covariate_decides_what_a_word_means():
    assert (ALL.of("rt", "yes"), ALL.of("smoker", "yes"), ALL.of("stage", "yes")) == ("RT given", "smoker", "yes")
    assert (ALL.under("RT", "yes"), ALL.contrast("smoker", "yes vs no")) == ("RT given", "smoker vs never")


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ({"laet": "Late"}, "'laet' is no level (early, late); did you mean 'late'?"),
        ({"late": "early"}, "two levels would both be read as 'early'"),
        ({"late": " "}, "expected text"),
        ("late", "expected a table"),
    ],
)
def test_labels_that_cannot_be_are_refused(labels, said):
    body = {"kind": "binary", "levels": ["early", "late"], "labels": labels}
    with pytest.raises((SchemaError, TomlError)) as refused:
        covariate_from("start", body, "schema.toml")
    assert said in str(refused.value)


def test_a_number_has_no_labels():
    with pytest.raises(SchemaError, match="'labels' does not belong to a continuous covariate"):
        covariate_from("age", {"kind": "continuous", "labels": {"1": "one"}}, "schema.toml")
