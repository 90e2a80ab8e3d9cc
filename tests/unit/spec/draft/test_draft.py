"""What a draft takes each column for, and that its two files are read once a person has decided."""

import datetime
import tomllib

import numpy as np
import pandas as pd
import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import load_schema, schema_from
from escc_bayes.foundation.errors import SchemaError
from escc_bayes.spec.draft.covariates import order_rank
from escc_bayes.spec.draft.draft import draft
from escc_bayes.spec.reading import load_spec

N = 80


@pytest.fixture
def hospital():
    """A file as a hospital exports it: Chinese headers, codes, dates, missing values in words, counts in two units."""
    rng = np.random.default_rng(4)
    start = [datetime.date(2020, 1, 5) + datetime.timedelta(days=int(day)) for day in rng.integers(0, 700, N)]
    days = np.rint(rng.uniform(30, 1500, N)).astype(int)
    dead = rng.integers(0, 2, N)
    alc = np.round(rng.lognormal(0.1, 0.4, N), 2)
    cells = [int(a * 1000) if u else a for a, u in zip(alc, rng.random(N) < 0.3, strict=True)]
    cells[3], cells[9], cells[11] = "/", 9999, None
    return pd.DataFrame(
        {
            "编号": [f"HB{i:03}" for i in range(N)],
            "姓名": ["张三"] * 40 + ["李四"] * 40,
            "手机": ["13812345678"] * N,
            "性别": rng.choice([1, 2], N),
            "年龄": rng.integers(45, 80, N),
            "分期": rng.choice(["II", "III", "IVA"], N),
            "吸烟": rng.choice(["是", "否"], N),
            "治疗前淋巴细胞": cells,
            "近期疗效": rng.choice(["CR", "PR", "SD"], N),
            "开始治疗日期": start,
            "末次随访日期": [day + datetime.timedelta(days=int(d)) for day, d in zip(start, days, strict=True)],
            "是否死亡": dead,
            "备注": [f"remark {i}" for i in range(N)],
            "医院": ["A"] * N,
            "空": [None] * N,
        }
    )


def read_as(found):
    return {row.column: row.read_as for row in found.rows}


def decided(text):
    """Return a schema with every open value decided as its remark proposes."""
    return text.replace('multiply = "CHECK"', "multiply = { above = 40, by = 0.001 }")


def test_columns_are_known_by_name_and_cells(hospital):
    assert read_as(draft(hospital)) == {
        "编号": "identifier",
        "姓名": "personal data",
        "手机": "personal data",
        "性别": "binary",
        "年龄": "continuous",
        "分期": "ordered",
        "吸烟": "binary",
        "治疗前淋巴细胞": "continuous",
        "近期疗效": "nominal",
        "开始治疗日期": "first day",
        "末次随访日期": "last day of os",
        "是否死亡": "event of os",
        "备注": "not used",
        "医院": "not used",
        "空": "not used",
    }


def test_personal_data_go_nowhere(hospital):
    found = draft(hospital)
    for word in ("张三", "李四", "13812345678"):
        assert word not in found.schema + found.model + repr(found.rows)


def test_what_is_left_open_is_not_read_before_it_is_decided(hospital):
    found = draft(hospital)
    assert any("multiply" in question for question in found.questions)
    raw = {key: value for key, value in tomllib.loads(found.schema).items() if key != "schema"}
    with pytest.raises(SchemaError, match="covariates, alc_before, multiply: is still marked CHECK"):
        schema_from(raw, "s.toml")


def test_both_files_are_read_once_decided(hospital, tmp_path):
    found = draft(hospital)
    (tmp_path / "schema.toml").write_text(decided(found.schema), encoding="utf-8")
    (tmp_path / "model.toml").write_text(found.model, encoding="utf-8")
    cohort = read_cohort(hospital, load_schema(tmp_path / "schema.toml"))
    alc = cohort.covariate("alc_before")
    assert alc.missing.sum() == 3
    assert np.nanmax(alc.values) < 10.0
    assert cohort.covariate("stage").schema.levels == ("II", "III", "IVA")
    assert cohort.covariate("smoking" if "smoking" in cohort.covariates else "x").schema.levels == ("否", "是")
    assert cohort.endpoint("os").events == hospital["是否死亡"].sum()
    for variant in ("", "@sceptical"):
        spec = load_spec(f"{tmp_path / 'model.toml'}{variant}")
        assert set(spec.covariates) <= set(cohort.covariates)
    assert load_spec(str(tmp_path / "model.toml")).outcome.landmark == 3.0  # the response is known late


@pytest.mark.parametrize(
    ("values", "happened", "open_"),
    [
        (["alive", "dead"], ["dead"], False),
        (["存活", "死亡"], ["死亡"], False),
        ([1, 2], ["CHECK"], True),
        ([0, 1, 2], ["CHECK"], True),
        (["yes", "no"], ["yes"], False),
    ],
)
def test_words_of_events(values, happened, open_):
    rows = pd.DataFrame({"os_months": np.arange(1.0, 13.0), "os_status": (values * 12)[:12]})
    found = draft(rows)
    table = tomllib.loads(found.schema)["endpoints"]["os"]
    assert table["event_values"] == happened
    assert any("event =" in question for question in found.questions) == open_


def test_zero_and_one_need_no_words_and_a_status_of_survival_is_asked_about():
    rows = pd.DataFrame({"os_months": np.arange(1.0, 13.0), "death": [0, 1] * 6})
    assert draft(rows).questions[:-1] == ()
    asked = draft(rows.rename(columns={"death": "survival status"})).questions
    assert "1 taken as the event; right? 0: 6, 1: 6" in asked[0]


def test_days_are_known_by_name_or_by_length():
    rows = pd.DataFrame({"time": np.arange(30.0, 1230.0, 100.0), "death": [0, 1] * 6})
    found = draft(rows)
    assert tomllib.loads(found.schema)["time_unit"] == "days"
    assert "days?" in found.questions[0]
    named = draft(rows.rename(columns={"time": "os_days"}))
    assert tomllib.loads(named.schema)["time_unit"] == "days"
    assert "time_unit" not in "".join(named.questions)


def test_a_file_without_times_or_events_says_what_to_name():
    found = draft(pd.DataFrame({"age": [50.0, 60.0, 71.0, 44.0, 39.0, 81.0, 55.0], "sex": [*"mfmfmfm"]}))
    table = tomllib.loads(found.schema)["endpoints"]["os"]
    assert table == {"label": "Overall survival", "time": "CHECK", "event": "CHECK"}
    assert "name the column of the time" in found.questions[0]


def test_ranks_of_stages_and_sizes():
    assert sorted(("IVB", "II", "IVA", "III"), key=order_rank(["II", "III", "IVA", "IVB"]).get) == [
        "II",
        "III",
        "IVA",
        "IVB",
    ]
    assert order_rank(["low", "high", "medium"]) is not None
    assert order_rank(["T1", "T3", "T2"]) == {"T1": 10, "T3": 30, "T2": 20}
    assert order_rank(["red", "green"]) is None


def test_names_with_a_quote_or_a_line_break_make_a_file_that_is_read():
    rows = pd.DataFrame({"os_months": np.arange(1.0, 13.0), "death": [0, 1] * 6, 'size "max"\n(mm)': np.arange(12.0)})
    tomllib.loads(draft(rows).schema)


def languages():
    """Return one cohort as five hospitals would write it: columns and the words of alive and dead."""
    rng = np.random.default_rng(8)
    days, dead = rng.integers(30, 1500, 40), rng.integers(0, 2, 40)
    words = {
        "german": ("Pat-Nr", "Überlebenszeit (Tage)", "Vitalstatus", "lebt", "verstorben"),
        "french": ("N°", "Délai (jours)", "Décès", "non", "oui"),
        "spanish": ("NHC", "Supervivencia (días)", "Fallecido", "no", "sí"),
        "italian": ("nr", "Sopravvivenza (giorni)", "Decesso", "vivo", "deceduto"),
        "english": ("MRN", "Survival (days)", "Vital Status", "Alive ", "Deceased"),
    }
    return [
        pytest.param(
            pd.DataFrame({number: range(4711, 4751), time: days, status: np.where(dead == 1, died, lives)}), id=language
        )
        for language, (number, time, status, lives, died) in words.items()
    ]


@pytest.mark.parametrize("table", languages())
def test_who_died_and_when_is_known_in_five_languages(table):
    number, time, status = table.columns
    found = draft(table)
    assert read_as(found) == {number: "identifier", time: "time of os", status: "event of os"}
    assert 'time_unit = "days"' in found.schema


def test_numbers_in_a_row_are_a_numbering_whatever_they_are_called_and_ages_are_not():
    rng = np.random.default_rng(8)
    table = pd.DataFrame(
        {"HIS": range(100, 140), "age": range(41, 81), "os_months": rng.uniform(1, 40, 40), "dead": [0, 1] * 20}
    )
    assert read_as(draft(table))["HIS"] == "identifier"
    assert read_as(draft(table))["age"] == "continuous"


def test_the_lower_header_says_which_day_a_date_is():
    """Below a header joined over three columns, Survival: day of entry, last contact, died."""
    start = [datetime.date(2020, 1, 1) + datetime.timedelta(days=9 * i) for i in range(30)]
    last = [day + datetime.timedelta(days=200 + 11 * i) for i, day in enumerate(start)]
    table = pd.DataFrame({"生存 入组日期": start, "生存 末次随访": last, "生存 死亡": ["是", "否"] * 15})
    assert list(read_as(draft(table)).values()) == ["first day", "last day of os", "event of os"]


def test_the_earliest_of_two_starts_is_time_zero_and_is_asked_about():
    diagnosis = [datetime.date(2020, 1, 1) + datetime.timedelta(days=9 * i) for i in range(30)]
    treated = [day + datetime.timedelta(days=30) for day in diagnosis]
    last = [day + datetime.timedelta(days=300 + 11 * i) for i, day in enumerate(treated)]
    columns = {"treatment start": treated, "diagnosis": diagnosis, "last follow-up": last, "dead": [0, 1] * 15}
    found = draft(pd.DataFrame(columns))
    assert 'start_date = "diagnosis"' in found.schema
    assert read_as(found)["treatment start"] == "not used"
