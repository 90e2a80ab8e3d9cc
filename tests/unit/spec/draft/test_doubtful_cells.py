"""Cells that may mean something else: codes of missing values, who lives by the cells alone, labels of codes."""

import datetime

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from escc_bayes.spec.draft.draft import draft

RNG = np.random.default_rng(12)
N = 60
MONTHS = np.round(RNG.uniform(1.0, 60.0, N), 1)
DEAD = np.arange(N) % 2


def drafted(**columns):
    return draft(pd.DataFrame({"id": [f"P{k}" for k in range(N)], **columns}))


def read_as(found):
    return {row.column: row.read_as for row in found.rows}


def lines(text, word):
    return [line for line in text.splitlines() if line.startswith(word)]


def test_a_time_of_997_days_among_longer_ones_is_a_time():
    """No code stands within the range of its column: a patient followed 997 days was missing until he was seen here."""
    days = np.round(RNG.exponential(300.0, N)) + 1
    days[:3] = 997.0, 1266.0, 1100.0
    found = drafted(os_days=days, death=DEAD)
    assert not lines(found.schema, "missing")


def test_a_code_among_times_is_asked_about_and_one_of_a_covariate_is_of_that_column_alone():
    months, nlr, weight = MONTHS.copy(), np.round(RNG.gamma(4.0, 1.0, N), 2), np.round(RNG.normal(60.0, 9.0, N))
    months[:2], nlr[5:8], weight[9] = 999.0, 999.0, 99.0
    found = drafted(os_months=months, death=DEAD, nlr=nlr, weight=weight)
    (of_all, of_nlr) = lines(found.schema, "missing_values")
    assert "CHECK: 999 in 'os_months': a missing value?" in of_all
    assert of_nlr == 'missing_values = ["999"]   # far from all other values'
    other = drafted(os_months=MONTHS, death=DEAD, nlr=nlr, weight=weight)
    assert lines(other.schema, "missing_values") == [of_nlr]
    assert other.schema.index(of_nlr) > other.schema.index("[covariates.nlr]")


def test_a_repeated_999_below_an_outlier_is_asked_about():
    marker = np.round(RNG.gamma(4.0, 10.0, N), 1)
    marker[:4], marker[4] = 999.0, 5000.0
    found = drafted(os_months=MONTHS, death=DEAD, marker=marker)
    assert any("999: a missing value?" in question for question in found.questions)


def test_a_code_that_the_file_calls_unknown_is_missing_in_its_column_alone(tmp_path):
    frame = pd.DataFrame({"os_months": MONTHS, "death": DEAD.astype(float), "smoker": np.arange(N) % 3 * 1.0})
    frame["ecog"] = np.where(np.arange(N) % 10 == 0, 2.0, np.arange(N) % 2)
    labels = {"smoker": {0.0: "never", 1.0: "ever", 2.0: "unknown"}}
    pyreadstat.write_sav(frame, tmp_path / "u.sav", variable_value_labels=labels)
    found = draft(tmp_path / "u.sav")
    assert lines(found.schema, "missing_values") == ['missing_values = ["2"]   # the file says so']
    assert next(row for row in found.rows if row.column == "ecog").missing == 0


@pytest.mark.parametrize(
    ("dead", "alive"), [("사망", "생존"), ("Exitus", "lebt"), ("летальный исход", "жив"), ("去世", "健在")]
)
def test_who_died_is_known_by_the_cells_whatever_the_column_is_called(dead, alive):
    found = drafted(os_months=MONTHS, Verlauf=np.where(DEAD == 1, dead, alive))
    assert read_as(found)["Verlauf"] == "event of os"
    assert lines(found.schema, "event_values") == [f'event_values = ["{dead}"]']


def test_a_second_column_of_who_died_is_no_covariate():
    """It would foretell every death."""
    words = np.where(DEAD == 1, "dead", "alive")
    found = drafted(os_months=MONTHS, vital=words, state=words)
    assert read_as(found)["state"] == "not used"
    assert "state" not in found.model


def test_a_column_of_one_word_is_no_covariate_though_it_is_called_after_an_event():
    found = drafted(os_months=MONTHS, death=DEAD, redcap_event_name=["baseline_arm_1"] * N)
    assert read_as(found)["redcap_event_name"] == "not used"


def test_labels_of_codes_that_are_words_are_labels_of_levels(tmp_path):
    frame = pd.DataFrame({"os_months": MONTHS, "death": DEAD.astype(float)})
    frame["seq"] = np.array(["ici_first", "both", "crt_first"])[np.arange(N) % 3]
    labels = {"seq": {"ici_first": "ICI, then CRT", "both": "Concurrent", "crt_first": "CRT, then ICI"}}
    pyreadstat.write_sav(frame, tmp_path / "w.sav", variable_value_labels=labels)
    found = draft(tmp_path / "w.sav")
    said = '{ "ici_first" = "ICI, then CRT", "both" = "Concurrent", "crt_first" = "CRT, then ICI" }'
    assert lines(found.schema, "levels") == ['levels = ["ici_first", "both", "crt_first"]   # first = reference']
    assert lines(found.schema, "labels") == [f"labels = {said}"]
    assert "ICI, then CRT (20)" in next(row for row in found.rows if row.column == "seq").holds


@pytest.mark.parametrize(
    ("header", "name"),
    [("성별", "sex"), ("나이(세)", "age"), ("Возраст, лет", "age"), ("Полихимиотерапия", "x4"), ("年齢", "age")],
)
def test_usual_headers_have_names_that_are_read(header, name):
    found = drafted(os_months=MONTHS, death=DEAD, **{header: np.round(RNG.normal(60.0, 9.0, N))})
    assert f"[covariates.{name}" in found.schema


def test_short_names_of_dates_are_known():
    first = [datetime.date(2019, 1, 1) + datetime.timedelta(days=3 * k) for k in range(N)]
    last = [day + datetime.timedelta(days=int(30 * months)) for day, months in zip(first, MONTHS, strict=True)]
    found = drafted(DATDIAG=first, DATLAST=last, STATUS=np.where(DEAD == 1, "dead", "alive"))
    assert [read_as(found)[name] for name in ("DATDIAG", "DATLAST")] == ["first day", "last day of os"]


def test_a_model_leaves_out_what_most_patients_lack_or_share_and_says_so():
    """Either would cost a model its patients, or end it: a level with one patient, a value that half of them lack."""
    source, marker = np.array(["pathologic"] * N), np.round(RNG.normal(5.0, 1.0, N), 2)
    source[3], marker[: N // 2] = "clinical", np.nan
    found = drafted(os_months=MONTHS, death=DEAD, age=np.round(RNG.normal(60, 9, N)), source=source, marker=marker)
    assert [line for line in found.model.splitlines() if line.startswith("covariate")] == ['covariate = "age"']
    assert "fewer than 5 patients are outside one level: source." in found.model
    assert "a third of the patients or more lack them: marker." in found.model
