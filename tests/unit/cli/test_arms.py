"""``reconstruct`` of a trial without a layout: the folder, the sentences, and what is refused."""

import csv

import pytest

from tests.unit.cli.running import run

TRIAL = ("reconstruct", "liuq2025_ivb_nodal", "--replicates", "2", "--seed", "5")


def test_arms_become_cohorts_that_other_verbs_read(monkeypatch, capsys, tmp_path):
    """250 patients in two arms, medians 14.9 and 22.3 months (the paper)."""
    out = tmp_path / "out"
    code, said, _ = run(monkeypatch, capsys, *TRIAL, "--out", out)
    assert code == 0
    assert said.startswith("RECONSTRUCTED liuq2025_ivb_nodal: 2 cohorts of 250 patients in 2 arms")
    assert {p.name for p in out.iterdir()} == {
        *("cohorts", "schema.toml", "targets.csv", "spread.csv", "notes.txt", "run.json")
    }
    with (out / "targets.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {r["matched"] for r in rows if r["target"].startswith(("median, ICT", "patients", "log HR"))} == {"True"}
    first = out / "cohorts" / "liuq2025_ivb_nodal_01.csv"
    told = ("--cohort", first, "--schema", out / "schema.toml", "--endpoint", "os", "--out", tmp_path / "b")
    code, _, err = run(monkeypatch, capsys, "baselines", *told)
    assert (code, err) == (0, "")


def test_one_endpoint_alone(monkeypatch, capsys, tmp_path):
    code, _, _ = run(monkeypatch, capsys, *TRIAL, "--endpoint", "pfs", "--out", tmp_path / "out")
    assert code == 0
    header = next((tmp_path / "out" / "cohorts").glob("*_01.csv")).read_text(encoding="utf-8").splitlines()[0]
    assert header == "patient,arm,pfs_months,pfs_event,provenance"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--steps", "5000"), "--steps: liuq2025_ivb_nodal is built from its arms, nothing is searched"),
        (("--cutoff", "interim"), "no curve of a data cut 'interim'"),
        (("--endpoint", "dfs"), "no endpoint 'dfs'"),
    ],
)
def test_bad_requests_end_with_code_2_and_leave_nothing(monkeypatch, capsys, tmp_path, words, message):
    code, _, err = run(monkeypatch, capsys, *TRIAL, *words, "--out", tmp_path / "out")
    assert code == 2
    assert message in err
    assert list(tmp_path.iterdir()) == []
