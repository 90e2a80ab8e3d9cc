"""Public patient data as they come: days, status 1/2, start-stop rows, gaps. Second source: the csv module and counts.

Read from a folder beside the repository; skipped where it is absent.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

from escc_bayes.data.bundled import example_cohort
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import CohortError, DataWarning
from escc_bayes.spec.selection import select_rows

DATA = Path(__file__).parents[3].parent / "shared" / "data"
LUNG = {"os": {"time": "time", "event": "status", "event_values": [2], "censored_values": [1]}}


def source(name):
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not there: the patient data are not part of this repository")
    with path.open(newline="", encoding="utf-8") as lines:
        return path, list(csv.DictReader(lines))


def test_lung_has_its_165_deaths_and_days_become_months():
    # R survival, cancer: 228 patients, 165 deaths, median 310 days.
    path, rows = source("survival_cancer.csv")
    cohort = read_cohort(path, schema_from({"time_unit": "days", "endpoints": LUNG}, "lung"))
    data = cohort.endpoint("os")
    assert (len(cohort), data.events) == (228, 165)
    np.testing.assert_allclose(data.time, [float(r["time"]) * 12 / 365.25 for r in rows], rtol=1e-10)


def test_lung_without_a_declaration_of_status_is_refused():
    path, _ = source("survival_cancer.csv")
    undeclared = {"os": {"time": "time", "event": "status"}}
    with pytest.raises(CohortError, match="column 'status': '2' is not a declared event value; the column holds 1, 2"):
        read_cohort(path, schema_from({"time_unit": "days", "endpoints": undeclared}, "lung"))


def test_lung_declared_in_months_is_doubted():
    path, _ = source("survival_cancer.csv")
    with pytest.warns(DataWarning, match="declared in months has a median of 21"):
        read_cohort(path, schema_from({"time_unit": "months", "endpoints": LUNG}, "lung"))


def test_gaps_of_lung_are_counted_as_complete_cases():
    path, rows = source("survival_cancer.csv")
    numbers = {"kind": "continuous"}
    raw = {
        "time_unit": "days",
        "endpoints": LUNG,
        "covariates": {"ph_ecog": numbers | {"column": "ph.ecog"}, "wt_loss": numbers | {"column": "wt.loss"}},
    }
    found = select_rows(read_cohort(path, schema_from(raw, "lung")), "os", ("ph_ecog", "wt_loss"))
    complete = [r for r in rows if r["ph.ecog"] and r["wt.loss"]]
    assert found.n == len(complete)
    assert {d.reason: d.patients for d in found.dropped} == {
        "with 'ph_ecog' missing": sum(not r["ph.ecog"] for r in rows),
        "with 'wt_loss' missing": sum(bool(r["ph.ecog"]) and not r["wt.loss"] for r in rows),
    }


def test_start_stop_rows_of_the_heart_data_keep_their_person_days():
    # R survival, heart: 172 spells of 103 patients, 75 deaths.
    path, rows = source("survival_heart.csv")
    late = {"os": {"time": "stop", "event": "event", "entry": "start"}}
    with pytest.raises(CohortError, match="column 'id': rows of '3' follow each other"):
        read_cohort(path, schema_from({"time_unit": "days", "endpoints": late}, "heart"))
    endpoints = {"os": {"start": "start", "stop": "stop", "event": "event"}}
    cohort = read_cohort(path, schema_from({"time_unit": "days", "id": "id", "endpoints": endpoints}, "heart"))
    data = cohort.endpoint("os")
    assert (len(cohort), cohort.rows, data.events) == (103, 172, 75)
    days = sum(float(r["stop"]) - float(r["start"]) for r in rows)
    assert (data.time - data.entry).sum() == pytest.approx(days * 12 / 365.25, rel=1e-9)


def test_larynx_of_kmsurv_is_the_bundled_larynx():
    path, _ = source("kmsurv_larynx.csv")
    raw = {
        "time_unit": "years",
        "endpoints": {"os": {"time": "time", "event": "delta"}},
        "covariates": {"stage": {"kind": "ordered", "levels": [1, 2, 3, 4]}, "age": {"kind": "continuous"}},
    }
    cohort, bundled = read_cohort(path, schema_from(raw, "larynx")), example_cohort("larynx")
    np.testing.assert_array_equal(cohort.endpoint("os").time, bundled.endpoint("os").time)
    np.testing.assert_array_equal(cohort.endpoint("os").event, bundled.endpoint("os").event)
    np.testing.assert_array_equal(cohort.covariate("stage").values, bundled.covariate("stage").values)
    np.testing.assert_array_equal(cohort.covariate("age").values, bundled.covariate("age").values)


def test_escc_of_tcga_has_the_patients_events_and_stages_of_the_file():
    path, rows = source("tcga_escc_clinical.csv")
    raw = {
        "time_unit": "days",
        "id": "bcr_patient_barcode",
        "endpoints": {
            "os": {"time": "OS.time", "event": "OS"},
            "pfs": {"time": "PFI.time", "event": "PFI"},
            "dfs": {"time": "DFI.time", "event": "DFI", "missing": "drop"},
        },
        "covariates": {"stage": {"column": "stage_group", "kind": "ordered", "levels": ["I", "II", "III", "IV"]}},
    }
    # PFI of TCGA is no PFS: deaths without a new tumour event are censored in it.
    with pytest.warns(DataWarning, match=r"patient\(s\) died when follow-up for (pfs|dfs) ended"):
        cohort = read_cohort(path, schema_from(raw, "tcga"))
    assert len(cohort) == len(rows) == 96
    for name, column in (("os", "OS"), ("pfs", "PFI"), ("dfs", "DFI")):
        assert cohort.endpoint(name).events == sum(r[column] == "1.0" for r in rows)
        assert int(cohort.endpoint(name).present.sum()) == sum(r[f"{column}.time"] != "" for r in rows)
    stage = cohort.covariate("stage")
    found = np.bincount(stage.values[~stage.missing].astype(int), minlength=4)
    assert list(found) == [sum(r["stage_group"] == level for r in rows) for level in ("I", "II", "III", "IV")]
