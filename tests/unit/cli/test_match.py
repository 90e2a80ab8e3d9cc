"""The verb `match`: what it writes and prints, and how it refuses; `fit` reads its cohort."""

import csv
import re
import xml.etree.ElementTree as ET

import pytest

from escc_bayes.data.cohort import read_cohort
from tests.unit.cli.running import run
from tests.unit.matching.cohorts import frame

SCHEMA = """schema = 1
id = "id"
[endpoints.os]
time = "months"
event = "death"
[covariates."治疗"]
column = "arm"
kind = "binary"
levels = ["no", "yes"]
[covariates.x]
kind = "continuous"
center = 0.5
scale = 2.0
[covariates.stage]
kind = "nominal"
levels = ["II", "III", "IV"]
"""
HEADS = {
    "design": "method,estimand,pairs,treated,control,ess_treated,ess_control,dropped,caliper",
    "balance": "method,covariate,smd_before,smd_after,variance_ratio_before,variance_ratio_after",
    "pairs": "pair,treated,control",
    "weights": "patient,treated",
    "effect": "method,design,hr,lower,upper,level,interval,n,events,se",
}


@pytest.fixture
def asked(tmp_path, monkeypatch, capsys):
    frame(60).assign(provenance="simulated").to_csv(tmp_path / "c.csv", index=False)
    (tmp_path / "s.toml").write_text(SCHEMA, encoding="utf-8")

    def go(*words, on="x,stage"):
        given = ("--cohort", tmp_path / "c.csv", "--schema", tmp_path / "s.toml", "--endpoint", "os", "--on", on)
        given += ("--treatment", "治疗", "--out", tmp_path / "o", "--designs", "8")
        return run(monkeypatch, capsys, "match", *given, *words), tmp_path / "o"

    return go


def rows(path):
    with path.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def test_it_writes_what_it_states_and_a_cohort_that_is_read_again(asked):
    (code, out, err), folder = asked("--method", "nearest", "--caliper", "0.5")
    assert (code, err) == (0, "")
    for name, head in HEADS.items():
        assert (folder / f"{name}.csv").read_text(encoding="utf-8").startswith(head), name
    assert {path.name for path in (folder / "figures").glob("*.png")} == {
        *("love.png", "positivity.png", "curves.png", "effect.png")
    }
    assert out.startswith("SIMULATED: c, os: 治疗, yes vs no")
    balance = rows(folder / "balance.csv")
    assert [row["covariate"] for row in balance] == ["distance", "x", "stage: II", "stage: III", "stage: IV"]
    design, kept = rows(folder / "design.csv")[0], rows(folder / "weights.csv")
    own = read_cohort(folder / "cohort.csv", folder / "cohort.toml")
    assert len(own) == int(design["treated"]) + int(design["control"]) == sum(float(row["weight"]) > 0 for row in kept)
    assert (own.provenance, own.covariate("x").schema.scale) == ("simulated", 2.0)
    assert int(own.cluster.max()) + 1 == int(design["pairs"]) == len(rows(folder / "pairs.csv"))


def test_labels_are_printed_and_drawn_and_files_of_numbers_keep_the_levels(asked, tmp_path):
    """Words of English alone: `no` and `yes` are known to be levels by whose they are."""
    labels = 'levels = ["no", "yes"]\nlabels = { no = "CRT alone", yes = "ICI added" }'
    stages = 'levels = ["II", "III", "IV"]\nlabels = { II = "Stage two" }'
    schema = SCHEMA.replace('levels = ["no", "yes"]', labels).replace('levels = ["II", "III", "IV"]', stages)
    schema = schema.replace('column = "arm"', 'column = "arm"\nlabel = "Immunotherapy"')
    schema = schema.replace("scale = 2.0", 'scale = 2.0\nlabel = "Lymphocytes"')
    (tmp_path / "s.toml").write_text(schema, encoding="utf-8")
    (code, out, err), folder = asked("--method", "iptw", "--subgroups", "stage")
    assert (code, err) == (0, "")
    assert out.startswith("SIMULATED: c, os: Immunotherapy, ICI added vs CRT alone (ICI added: ")
    assert "made alike on Lymphocytes, stage." in out
    assert "Patients alike in Lymphocytes, stage are taken" in out
    assert "began (starts_at in covariates.治疗)" in out
    assert "in which month 'Immunotherapy' began" in out
    assert "\nHazard ratio of Immunotherapy, ICI added over CRT alone, os" in out
    assert re.search(r"^Lymphocytes +[+-]", out, re.MULTILINE)
    assert [row["covariate"] for row in rows(folder / "balance.csv")][1] == "x"
    for part in (
        "patients with ICI added",
        "ICI added over CRT alone, os",
        "\nCRT alone  kaplan_meier",
        "stage: Stage two",
    ):
        assert part in out, part
    read = out + (folder / "notes.txt").read_text(encoding="utf-8")
    read += "".join(text for path in folder.rglob("*.svg") for text in ET.parse(path).getroot().itertext())
    assert not re.search(r"\b(yes|no) (vs|over)|(with|had) (yes|no)\b|stage: II\b", read)
    assert (read.count("ICI added vs CRT alone") > 3, "Stage two" in read) == (True, True)
    assert {row["hazard_of"] for row in rows(folder / "effect.csv")} == {"yes"}
    assert {row["contrast"] for row in rows(folder / "subgroups.csv")} == {"yes vs no"}
    own = read_cohort(folder / "cohort.csv", folder / "cohort.toml").covariate("治疗").schema
    assert (own.levels, own.read_as("yes")) == (("no", "yes"), "ICI added")


def test_a_weighted_cohort_keeps_its_weights(asked):
    (code, _, _), folder = asked("--method", "overlap")
    assert code == 0
    own = read_cohort(folder / "cohort.csv", folder / "cohort.toml")
    assert own.sampled
    assert own.weight.tolist() == [float(row["weight"]) for row in rows(folder / "weights.csv")]
    assert rows(folder / "pairs.csv") == []


def test_a_wrong_request_leaves_nothing_behind(asked):
    (code, _, err), folder = asked("--method", "exact", "--caliper", "0.2")
    assert (code, "a caliper belongs to nearest, optimal, full" in err) == (2, True)
    (code, _, err), folder = asked(on=" , ")
    assert (code, "write covariates separated by commas" in err) == (2, True)
    (code, _, err), folder = asked(on="x,grade")
    assert (code, "no covariate 'grade'" in err) == (2, True)
    assert not folder.exists()


def test_without_a_treatment_the_schema_says_which(tmp_path, monkeypatch, capsys):
    frame(60).assign(provenance="simulated").to_csv(tmp_path / "c.csv", index=False)
    given = ("match", "--cohort", tmp_path / "c.csv", "--schema", tmp_path / "s.toml", "--endpoint", "os")
    given += ("--method", "overlap", "--designs", "0", "--out", tmp_path / "o")
    (tmp_path / "s.toml").write_text(SCHEMA, encoding="utf-8")
    code, _, err = run(monkeypatch, capsys, *given)
    assert (code, "--treatment NAME, or [treatment] in the schema" in err) == (2, True)
    named = SCHEMA.replace("[endpoints.os]", '[treatment]\ncovariate = "治疗"\non = ["x", "stage"]\n[endpoints.os]')
    (tmp_path / "s.toml").write_text(named, encoding="utf-8")
    code, out, _ = run(monkeypatch, capsys, *given)
    assert code == 0
    assert "made alike on x, stage." in out
