"""The verb `forms`: what it writes and prints, and how it refuses."""

import csv

from tests.unit.cli.running import run


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def test_everything_is_written_and_printed(tmp_path, monkeypatch, capsys):
    out = tmp_path / "o"
    words = ("--cohort", "larynx", "--endpoint", "os", "--covariate", "age", "--cut", "60", "--cut", "70")
    code, said, _ = run(monkeypatch, capsys, "forms", *words, "--draws", "200", "--at", "62", "--out", out, "--quiet")
    assert code == 0
    assert {path.name for path in out.iterdir()} == {
        "forms.csv",
        "hazard_ratios.csv",
        "along.csv",
        "figures",
        "run.json",
    }
    assert (out / "figures" / "forms.png").stat().st_size > 10_000
    table = rows_of(out / "forms.csv")
    assert {row["form"] for row in table} == {"none", "linear", "spline", "monotone", "cut_points"}
    assert abs(sum(float(row["weight"]) for row in table) - 1.0) < 1e-6
    assert {(row["n"], row["events"], row["provenance"]) for row in table} == {("90", "50", "observed")}
    same = next(row for row in rows_of(out / "hazard_ratios.csv") if row["form"] == "cut_points")
    assert (same["hr"], same["prob_gt_1"]) == ("1.0", "")
    assert same["note"].startswith("one class holds both values")
    assert said.startswith("The model, since none was named (weakly informative):\nschema = 1")
    assert "OBSERVED: 90 patients of larynx with age measured, 50 events of os" in said
    assert "monotone spline of log2 age" in said
    steps = [float(row["value"]) for row in rows_of(out / "along.csv") if row["form"] == "cut_points"]
    assert 60.0 in steps
    assert 70.0 in steps


def test_it_asks_for_one_model(tmp_path, monkeypatch, capsys):
    words = ("--cohort", "larynx", "--covariate", "age", "--out", tmp_path / "o")
    assert "name --model FILE, or --endpoint NAME" in run(monkeypatch, capsys, "forms", *words)[2]
    both = (*words, "--model", "larynx_piecewise", "--landmark", "3")
    assert "--landmark goes with --endpoint" in run(monkeypatch, capsys, "forms", *both)[2]
    assert not (tmp_path / "o").exists()


def test_a_number_known_later_is_named_as_in_the_schema_with_ways_out_that_forms_have(tmp_path, monkeypatch, capsys):
    words = ("--cohort", "escc79", "--endpoint", "os", "--covariate", "alc_post", "--out", tmp_path / "o")
    code, _, told = run(monkeypatch, capsys, "forms", *words)
    assert code != 0
    assert "'alc_post' becomes known up to 2.5 months" in told
    assert "--landmark 2.5" in told
    assert "measured =" not in told
    assert "log2_" not in told
