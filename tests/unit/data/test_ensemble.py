"""Ensembles: what belongs together, and which file is at fault."""

import json
import warnings
from dataclasses import replace

import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.ensemble import Ensemble, read_ensemble
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import CohortError, DataWarning
from escc_bayes.foundation.outputs import staged, write_json

RAW = {
    "name": "pair",
    "endpoints": {"os": {"time": "t", "event": "d"}},
    "covariates": {"arm": {"kind": "nominal", "levels": ["a", "b"]}},
}
GOOD = "t,d,arm\n3.5,1,a\n9,0,b\n12,1,b\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "cohort_02.csv").write_text(GOOD.replace("3.5,1", "3.5,0"), encoding="utf-8")
    (tmp_path / "cohort_01.csv").write_text(GOOD, encoding="utf-8")
    (tmp_path / "targets.txt").write_text("not a cohort", encoding="utf-8")
    return tmp_path


def schema():
    return schema_from(RAW, "pair")


def test_files_are_read_in_the_order_of_their_names(folder):
    ensemble = read_ensemble(folder, schema(), name="pair")
    assert [member.name for member in ensemble] == ["cohort_01", "cohort_02"]
    assert [member.endpoint("os").events for member in ensemble] == [2, 1]
    assert {member.provenance for member in ensemble} == {"reconstructed"}
    assert repr(ensemble) == "RECONSTRUCTED ensemble pair: 2 cohorts of 3 patients\n  os: 1 to 2 events"


def test_digest_ignores_the_order_and_sees_the_data(folder):
    ensemble = read_ensemble(folder, schema())
    assert Ensemble("x", ensemble.members[::-1]).digest == ensemble.digest
    assert Ensemble("x", ensemble.members[:1]).digest != ensemble.digest


def test_equal_rows_are_expected_and_other_doubts_are_not_silenced(folder):
    (folder / "cohort_03.csv").write_text("t,d,arm\n3,1,a\n3,1,a\n3,1,b\n", encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(read_ensemble(folder, schema())) == 3
    (folder / "cohort_03.csv").write_text("t,d,arm\n700,1,a\n900,1,a\n800,1,b\n", encoding="utf-8")
    with pytest.warns(DataWarning, match="cohort_03.csv.*is time_unit right"):
        read_ensemble(folder, schema())


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (GOOD.replace("12,1,b", "12,1,c"), "cohort_02.csv, line 4, column 'arm': level 'c' is not declared"),
        (GOOD + "5,1,a\n", "cohort_02.csv: has 4 patients, .*cohort_01.csv has 3"),
        (
            "t,d,arm,provenance\n1,1,a,observed\n2,0,b,observed\n3,1,b,observed\n",
            "cohort_02.csv: the column 'provenance' says observed",
        ),
    ],
)
def test_bad_member_is_named(folder, body, message):
    (folder / "cohort_02.csv").write_text(body, encoding="utf-8")
    with pytest.raises(CohortError, match=message):
        read_ensemble(folder, schema())


def test_folder_without_cohorts_is_refused(tmp_path):
    with pytest.raises(CohortError, match="holds no .csv file"):
        read_ensemble(tmp_path, schema())


def test_members_must_be_reconstructed_and_of_one_schema(folder):
    members = read_ensemble(folder, schema()).members
    # Two schemas read from the same words are one schema.
    again = read_cohort(folder / "cohort_02.csv", schema(), provenance="reconstructed")
    assert len(Ensemble("x", (members[0], again))) == 2
    with pytest.raises(CohortError, match="provenance is observed; an ensemble holds reconstructed cohorts only"):
        Ensemble("x", (members[0], replace(members[1], provenance="observed")))
    swapped = schema_from(RAW | {"covariates": {"arm": {"kind": "nominal", "levels": ["b", "a"]}}}, "pair")
    other = read_cohort(folder / "cohort_02.csv", swapped, provenance="reconstructed")
    with pytest.raises(CohortError, match="has another schema"):
        Ensemble("x", (members[0], other))
    with pytest.raises(CohortError, match="ensemble 'x' has no members"):
        Ensemble("x", ())


@pytest.fixture
def run(tmp_path):
    """What `reconstruct` writes: three cohorts, then two; and a file that somebody put beside them."""
    out = tmp_path / "run"
    for number in (3, 2):
        with staged(out, "reconstruct") as writing:
            (writing / "cohorts").mkdir()
            for k in range(number):
                (writing / "cohorts" / f"x_{k}.csv").write_text(GOOD.replace("3.5,1", f"3.{k},1"), encoding="utf-8")
            (writing / "targets.csv").write_text("study\n", encoding="utf-8")
    return out


def test_cohorts_of_a_run_are_those_that_it_lists(run):
    """A cohort of an earlier run, copied back, is not pooled with the others."""
    assert [len(read_ensemble(place, schema())) for place in (run, run / "cohorts")] == [2, 2]
    (run / "cohorts" / "x_2.csv").write_text(GOOD, encoding="utf-8")
    for place in (run, run / "cohorts"):
        with pytest.warns(DataWarning, match="x_2.csv is not of the run"):
            assert [member.name for member in read_ensemble(place, schema())] == ["x_0", "x_1"]


def test_a_run_that_lacks_a_cohort_or_its_end_is_refused(run):
    listed = json.loads((run / "run.json").read_text())
    write_json(run / "run.json", {**listed, "complete": False})
    with pytest.raises(CohortError, match="ended before its end"):
        read_ensemble(run / "cohorts", schema())
    write_json(run / "run.json", listed)
    (run / "cohorts" / "x_1.csv").unlink()
    with pytest.raises(CohortError, match="lists x_1.csv, which is gone"):
        read_ensemble(run, schema())


def test_cohorts_of_an_older_run_are_counted(run):
    """Before files were listed, run.json said how many replicates there were."""
    old = {"verb": "reconstruct", "versions": {}, "fits": [{"settings": {"replicates": 2}}]}
    write_json(run / "run.json", old)
    assert len(read_ensemble(run / "cohorts", schema())) == 2
    (run / "cohorts" / "x_2.csv").write_text(GOOD, encoding="utf-8")
    with pytest.raises(CohortError, match="made 2 cohorts, 3 lie there"):
        read_ensemble(run / "cohorts", schema())
