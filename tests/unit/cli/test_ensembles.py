"""``fit`` and ``report`` on several reconstructions: what counts as an ensemble, and what the pool writes."""

import csv
import json

import pytest

from escc_bayes.bayes.posterior.ensemble import fit_ensemble
from escc_bayes.cli.inputs import open_ensemble
from escc_bayes.data.ensemble import read_ensemble
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.spec.reading import load_spec
from tests.unit.cli.running import run


@pytest.fixture
def members(files):
    """Two RECONSTRUCTED cohorts in a folder, and the same in one file with a column ``member``."""
    text = (files / "c.csv").read_text().splitlines()
    (files / "cohorts").mkdir()
    rows = ["member," + text[0]]
    for member in (1, 2):
        turned = [line.replace(",0,", ",x,").replace(",1,", ",0,").replace(",x,", ",1,") for line in text[1:]]
        kept = text[1:] if member == 1 else turned
        (files / "cohorts" / f"c_{member}.csv").write_text("\n".join([text[0], *kept]) + "\n")
        rows += [f"{member},{line}" for line in kept]
    (files / "both.csv").write_text("\n".join(rows) + "\n")
    return files


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("name", ["cohorts", "both.csv"])
def test_a_folder_and_a_file_with_members_are_pooled(name, members, tmp_path, monkeypatch, capsys):
    """The table is that of ``fit_ensemble`` with the same seed; diagnostics have a row for each member."""
    out = tmp_path / "out"
    told = ("--cohort", members / name, "--schema", members / "s.toml", "--model", members / "m.toml")
    code, said, _ = run(
        monkeypatch, capsys, "fit", *told, "--engine", "laplace", "--draws", "200", "--seed", "4", "--out", out
    )
    assert code == 0
    assert said.startswith("RECONSTRUCTED: 2 cohorts of ")
    (row,) = rows_of(out / "hazard_ratios.csv")
    pooled = fit_ensemble(
        load_spec(members / "m.toml"), read_ensemble(members / name, members / "s.toml"), seed=4, draws=200
    )
    asked = HazardRatio("arm", "b", "a")
    assert float(row["hr"]) == pytest.approx(pooled.estimate(asked, level=0.95).value, rel=1e-12)
    assert float(row["share_between"]) == pytest.approx(pooled.variance_parts(asked).share, rel=1e-9)
    assert len(rows_of(out / "diagnostics.csv")) == 2
    assert json.loads((out / "run.json").read_text())["provenance"] == ["reconstructed"]


def test_a_study_names_its_bundled_ensemble(monkeypatch, capsys, tmp_path):
    told = ("--cohort", "seed2_cui2025", "--model", "cui_os_piecewise", "--engine", "laplace", "--draws", "100")
    code, said, _ = run(monkeypatch, capsys, "fit", *told, "--out", tmp_path / "out")
    assert code == 0
    assert said.startswith("RECONSTRUCTED: 20 cohorts of cui156, 64 patients each")
    cohort, ensemble = open_ensemble("cui156", None)
    assert (cohort.name, len(ensemble)) == ("cui156", 20)
    assert open_ensemble("larynx", None)[1] is None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--cohort", "FILES/cohorts"), "say what its columns mean with --schema FILE.toml"),
        (("--cohort", "seed2_cui2025", "--schema", "FILES/s.toml"), "a bundled ensemble brings its own schema"),
        (("--cohort", "FILES/both.csv", "--schema", "FILES/s.toml", "--backend", "pymc"), "no choice of backend"),
        (("--cohort", "FILES", "--schema", "FILES/s.toml"), "provenance"),
    ],
)
def test_bad_requests_end_with_code_2_and_leave_nothing(words, message, members, tmp_path, monkeypatch, capsys):
    if message == "provenance":
        (members / "both.csv").unlink()
        text = (members / "c.csv").read_text().splitlines()
        (members / "c.csv").write_text("\n".join([text[0] + ",provenance", *(f"{x},observed" for x in text[1:])]))
    told = [word.replace("FILES", str(members)) for word in words]
    code, _, err = run(monkeypatch, capsys, "fit", *told, "--model", members / "m.toml", "--out", tmp_path / "out")
    assert code == 2
    assert message in err
    assert not (tmp_path / "out").exists()


def test_report_of_a_reconstruction_pools_all_of_them_in_a_second_process(monkeypatch, capsys, tmp_path):
    """cui156: RECONSTRUCTED first, 20 members pooled, what contradicts in the print; two processes."""
    out = tmp_path / "out"
    told = (
        "--cohort",
        "cui156",
        "--model",
        "cui_os_piecewise",
        "--engine",
        "laplace",
        "--draws",
        "100",
        "--workers",
        "2",
    )
    code, _, err = run(monkeypatch, capsys, "report", *told, "--quiet", "--out", out)
    assert (code, err) == (0, "")
    page = (out / "report.html").read_text(encoding="utf-8")
    body = page[page.index("<body>") :]
    assert body.index("RECONSTRUCTED") < body.index("<h1>")
    assert "over 20 reconstructions" in body
    assert "median PFS is not reached, but median OS is 38 months" in body
    (row,) = rows_of(out / "reconstructions.csv")
    assert (row["members"], row["provenance"]) == ("20", "reconstructed")
