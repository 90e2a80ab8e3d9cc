"""SPSS, Stata and SAS transport files: labels of codes are levels, declared missing values are missing."""

import pandas as pd
import pyreadstat
import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.table import read_table
from escc_bayes.foundation.errors import CohortError
from tests.unit.data.files.conftest import HEADER, ROWS, schema

CODES = {"II": 2.0, "III": 3.0, "IV": 4.0}
LABELS = {"stage": {2: "II", 3: "III", 4: "IV", 9: "unknown"}, "dead": {0: "alive", 1: "dead"}}


@pytest.fixture
def frame():
    rows = pd.DataFrame(ROWS, columns=HEADER)
    return rows.assign(stage=rows["stage"].map(CODES), dead=rows["dead"].astype(float))


def written(path, frame, **more):
    writer = {".sav": pyreadstat.write_sav, ".zsav": pyreadstat.write_sav, ".dta": pyreadstat.write_dta}
    writer[path.suffix](frame, str(path), variable_value_labels=LABELS, **more)
    return path


@pytest.mark.parametrize("suffix", [".sav", ".zsav", ".dta"])
def test_labels_of_codes_are_levels(tmp_path, plain, frame, suffix):
    more = {"compress": True} if suffix == ".zsav" else {}
    path = written(tmp_path / f"c{suffix}", frame, **more)
    assert read_cohort(path, schema()).digest == plain.digest
    words = {"os": {"time": "os_months", "event": "dead", "event_values": ["dead"], "censored_values": ["alive"]}}
    assert read_cohort(path, schema(endpoints=words)).digest == plain.digest


def test_codes_themselves_serve_too(tmp_path, plain, frame):
    path = written(tmp_path / "c.sav", frame)
    by_code = {"stage": {"kind": "ordered", "levels": ["2", "3", "4"]}}
    found = read_cohort(path, schema(covariates=by_code)).covariate("stage").values
    assert found.tolist() == plain.covariate("stage").values.tolist()


def test_values_declared_missing_are_missing(tmp_path, frame):
    frame["alc"] = frame["alc"].fillna(999.0)
    path = written(tmp_path / "c.sav", frame, missing_ranges={"alc": [999]}, column_labels={"alc": "ALC, 10^9/L"})
    assert read_cohort(path, schema()).covariate("alc").missing.sum() == 1
    assert read_table(path).labels["alc"] == "ALC, 10^9/L"


def test_a_sas_transport_file_is_read(tmp_path, plain):
    rows = pd.DataFrame(ROWS, columns=["patient", "os_m", "dead", "stage", "alc"])
    pyreadstat.write_xport(rows, str(tmp_path / "c.xpt"), file_format_version=5)
    found = read_cohort(tmp_path / "c.xpt", schema(endpoints={"os": {"time": "os_m", "event": "dead"}}))
    assert found.digest == plain.digest


@pytest.mark.parametrize("suffix", [".sav", ".dta"])
def test_a_damaged_file_names_its_program(tmp_path, frame, suffix):
    path = written(tmp_path / f"c{suffix}", frame)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(CohortError, match=r"SPSS|Stata"):
        read_cohort(path, schema())


def test_a_redcap_dictionary_names_codes(tmp_path, plain, frame):
    frame.astype({"stage": int, "dead": int}).to_csv(tmp_path / "c.csv", index=False)
    dictionary = tmp_path / "dictionary.csv"
    dictionary.write_text(
        '"Variable / Field Name","Field Type","Field Label","Choices, Calculations, OR Slider Labels"\n'
        'stage,radio,"Stage <b>at diagnosis</b>","2, II | 3, III | 4, IV"\n'
        "alc,text,ALC before treatment,\n"
    )
    options = {"dictionary": str(dictionary)}
    assert read_cohort(tmp_path / "c.csv", schema(file=options)).digest == plain.digest
    table = read_table(tmp_path / "c.csv", schema(file=options).file)
    assert table.labels["stage"] == "Stage at diagnosis"


@pytest.mark.parametrize("where", ["beside the schema", "where one works", "by its whole path"])
def test_a_dictionary_is_found(tmp_path, monkeypatch, where):
    (tmp_path / "mine").mkdir()
    home = tmp_path if where == "where one works" else tmp_path / "mine"
    (home / "codes.csv").write_text('"Variable / Field Name","Field Label"\nsex,Geschlecht\n', encoding="utf-8")
    named = str(home / "codes.csv") if where == "by its whole path" else "codes.csv"
    (tmp_path / "mine" / "schema.toml").write_text(
        f"schema = 1\n[file]\ndictionary = '{named}'\n[endpoints.os]\ntime = 't'\nevent = 'e'\n"
        "[covariates.sex]\nkind = 'binary'\nlevels = ['1', '2']\n",
        encoding="utf-8",
    )
    (tmp_path / "c.csv").write_text("sex,t,e\n1,5,1\n2,7,0\n1,9,1\n2,3,1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert read_cohort("c.csv", "mine/schema.toml").covariate("sex").schema.label == "Geschlecht"


def test_a_dictionary_that_is_nowhere_is_named_beside_the_schema(tmp_path):
    (tmp_path / "s.toml").write_text(
        "schema = 1\n[file]\ndictionary = 'none.csv'\n[endpoints.os]\ntime = 't'\nevent = 'e'\n", encoding="utf-8"
    )
    (tmp_path / "c.csv").write_text("t,e\n5,1\n", encoding="utf-8")
    with pytest.raises(CohortError, match=r"none\.csv: no such file") as refused:
        read_cohort(tmp_path / "c.csv", tmp_path / "s.toml")
    assert str(tmp_path / "none.csv") in str(refused.value)


def test_frames_of_other_libraries_are_read(plain):
    polars = pytest.importorskip("polars", reason="polars is not installed")
    frame = polars.DataFrame(ROWS, schema=HEADER, orient="row")
    assert read_cohort(frame, schema()).digest == plain.digest


def test_levels_declared_as_codes_are_printed_by_their_labels(tmp_path, frame):
    path = written(tmp_path / "c.sav", frame, column_labels={"stage": "Clinical\nstage"})
    by_code = {"stage": {"kind": "ordered", "levels": ["2", "3", "4"]}}
    found = read_cohort(path, schema(covariates=by_code)).covariate("stage").schema
    assert found.levels == tuple(LABELS["stage"][code] for code in (2, 3, 4))
    assert found.label == "Clinical stage"
    mine = {"stage": {**by_code["stage"], "label": "Mine"}}
    read = read_cohort(path, schema(covariates=mine))
    assert read.covariate("stage").schema.label == "Mine"


def test_labels_that_are_alike_stay_codes(tmp_path, frame):
    path = tmp_path / "c.sav"
    pyreadstat.write_sav(frame, str(path), variable_value_labels={**LABELS, "stage": {2: "low", 3: "low", 4: "high"}})
    by_code = {"stage": {"kind": "ordered", "levels": ["2", "3", "4"]}}
    assert read_cohort(path, schema(covariates=by_code)).covariate("stage").schema.levels == ("2", "3", "4")
