"""The verb `baselines`: the named tables, and clocks that start too early."""

import csv
import json

from tests.unit.cli.running import run


def test_baselines_write_the_named_tables(tmp_path, monkeypatch, capsys):
    """File names and columns are those that others rely on."""
    out = tmp_path / "b"
    code, printed, err = run(monkeypatch, capsys, "baselines", "--cohort", "larynx", "--endpoint", "os", "--out", out)
    assert (code, err) == (0, "")
    assert printed.startswith("OBSERVED: 90 of 90 patients")
    assert "50 events, 44 % censored" in printed
    columns = {
        "km": "endpoint term group time survival lower upper at_risk events",
        "landmarks": "endpoint term group time survival lower upper at_risk",
        "logrank": "endpoint term comparison chi2 df p_value p_holm",
        "hazard_ratios": "endpoint model method term contrast hr lower upper level interval prob_gt_1 p_value "
        "log_hr_mean log_hr_sd n events",
        "ph_test": "endpoint term chi2 df p_value",
        "rmst": "endpoint term group until rmst lower upper",
        "followup": "endpoint median lower upper",
    }
    for name, wanted in columns.items():
        with (out / f"{name}.csv").open() as stream:
            header = next(csv.reader(stream))
        assert header[: len(wanted.split())] == wanted.split(), name
    assert json.loads((out / "run.json").read_text())["verb"] == "baselines"


def test_naive_covariates_are_labelled_in_baselines(tmp_path, monkeypatch, capsys):
    """alc_mid is known at 0.75 months: without a landmark its rows say NAIVE, with one they do not."""
    words = ("baselines", "--cohort", "escc79", "--endpoint", "os", "--out", tmp_path / "b")
    assert run(monkeypatch, capsys, *words)[1].startswith("RECONSTRUCTED")
    with (tmp_path / "b" / "logrank.csv").open() as stream:
        clocks = {row["term"]: row["clock"] for row in csv.DictReader(stream)}
    assert clocks["alc_mid"].startswith("NAIVE")
    assert clocks["stage"] == "time zero"
    run(monkeypatch, capsys, *words, "--landmark", "3")
    with (tmp_path / "b" / "logrank.csv").open() as stream:
        assert {row["clock"] for row in csv.DictReader(stream)} == {"the landmark at 3 months"}
