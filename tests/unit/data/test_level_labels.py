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
