"""``reconstruct --curve``: what a user sees, what the folder holds, and what is refused with its place."""

import csv

import numpy as np
import pytest

from escc_bayes.classical.km import kaplan_meier
from escc_bayes.data.cohort import read_cohort
from tests.unit.cli.running import run

EVENTS = {"a": 31, "b": 22}


@pytest.fixture(scope="module")
def figure(tmp_path_factory):
    """Two exact curves of 60 and 55 SIMULATED patients, read at every event, with numbers at risk every 6 months."""
    folder, rng = tmp_path_factory.mktemp("figure"), np.random.default_rng(5)
    points, risk = [["arm", "months", "survival"]], {"months": list(range(0, 31, 6))}
    for arm, n, events in (("a", 60, EVENTS["a"]), ("b", 55, EVENTS["b"])):
        time = np.sort(rng.uniform(0.5, 30.0, n).round(3))
        event = np.zeros(n)
        event[rng.choice(n, events, replace=False)] = 1.0
        curve = kaplan_meier(time, event, level=0.95)
        points += [[arm, t, s] for t, s in zip(curve.time, curve.survival, strict=True)]
        risk[f"nrisk_{arm}"] = [int((time >= t).sum()) for t in risk["months"]]
    with (folder / "curve.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows(points)
    with (folder / "risk.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([list(risk), *zip(*risk.values(), strict=True)])
    return folder


def test_curve_becomes_a_cohort_that_other_verbs_read(monkeypatch, capsys, figure, tmp_path):
    """The patients who made the curve: their numbers at risk and their events come back."""
    out = tmp_path / "out"
    told = ("--curve", figure / "curve.csv", "--at-risk", figure / "risk.csv", "--endpoint", "pfs", "--out", out)
    code, said, _ = run(monkeypatch, capsys, "reconstruct", *told, "--events", "a=31", "--events", "b=22")
    assert code == 0
    assert said.startswith("RECONSTRUCTED arm a: 60 patients, ")
    assert "events (31 printed)" in said
    assert "RECONSTRUCTED, Cox: hazard ratio b vs a" in said
    cohort = read_cohort(out / "cohorts" / "curve_01.csv", out / "schema.toml")
    assert cohort.provenance == "reconstructed"
    arm, data = cohort.covariate("arm").values, cohort.endpoint("pfs")
    assert [int(data.event[arm == k].sum()) for k in (0, 1)] == [31, 22]
    with (out / "targets.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert all(r["matched"] == r["reachable"] == "True" for r in rows)
    assert len(rows) == 2 * (6 + 1 + 1)
    svg = (out / "figures" / "curves.svg").read_text(encoding="utf-8")
    assert svg.index("RECONSTRUCTED") < svg.index("Dots: readings")
    baselines = ("--cohort", out / "cohorts" / "curve_01.csv", "--schema", out / "schema.toml", "--endpoint", "pfs")
    code, _, err = run(monkeypatch, capsys, "baselines", *baselines, "--out", tmp_path / "b")
    assert (code, err) == (0, "")


def test_reference_turns_the_hazard_ratio_round(monkeypatch, capsys, figure, tmp_path):
    told = ("--curve", figure / "curve.csv", "--at-risk", figure / "risk.csv", "--out", tmp_path / "out")
    _, plain, _ = run(monkeypatch, capsys, "reconstruct", *told)
    _, turned, _ = run(monkeypatch, capsys, "reconstruct", *told, "--reference", "b")
    ratio, inverse = (float(s.split("hazard ratio ")[1].split()[3]) for s in (plain, turned))
    assert ratio * inverse == pytest.approx(1.0, abs=2e-3)
    assert "hazard ratio a vs b" in turned


def test_an_empty_number_at_risk_is_one_that_is_not_printed(monkeypatch, capsys, figure, tmp_path):
    lines = (figure / "risk.csv").read_text().splitlines()
    month, _, b = lines[2].split(",")
    (tmp_path / "risk.csv").write_text("\n".join([*lines[:2], f"{month},,{b}", *lines[3:]]) + "\n")
    told = ("--curve", figure / "curve.csv", "--at-risk", tmp_path / "risk.csv", "--out", tmp_path / "out")
    code, said, _ = run(monkeypatch, capsys, "reconstruct", *told)
    assert code == 0
    assert said.count("all reproduced") == 2


def test_without_numbers_at_risk_and_events_the_output_says_what_is_taken(monkeypatch, capsys, figure, tmp_path):
    told = ("--curve", figure / "curve.csv", "--patients", "a=60", "--patients", "b=55", "--out", tmp_path / "out")
    code, said, _ = run(monkeypatch, capsys, "reconstruct", *told)
    assert code == 0
    assert said.count("nobody was taken to leave before the end of the curve") == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "needs one of two: a study to reconstruct, or a digitised curve"),
        (("escort1st", "--curve", "CURVE"), "needs one of two"),
        (("--curve", "CURVE"), "arm 'a' has no numbers at risk; add a column nrisk_a, or say --patients a=N"),
        (("--curve", "CURVE", "--patients", "c=9"), "--patients: arm 'c' has no curve"),
        (("--curve", "CURVE", "--at-risk", "RISK", "--patients", "a=61"), "60 are at risk at month 0; correct one"),
        (("--curve", "CURVE", "--at-risk", "RISK", "--events", "a=x"), "--events a=x: expected a whole number"),
        (("--curve", "CURVE", "--at-risk", "RISK", "--events", "a=99"), "99 events cannot happen to 60 patients"),
        (("--curve", "CURVE", "--at-risk", "RISK", "--reference", "control"), "--reference control: no such arm"),
        (("--curve", "CURVE", "--at-risk", "CURVE"), "no column 'nrisk_ARM'"),
        (("--curve", "RISK", "--at-risk", "RISK"), "column 'survival' is missing"),
        (("--curve", "CURVE", "--at-risk", "RISK", "--layout", "x.toml"), "--layout is for a study; leave it out"),
        (("escort1st", "--events", "a=3"), "--events is for a curve"),
        (("--curve", "CURVE", "--at-risk", "RISK", "--endpoint", "os", "--endpoint", "pfs"), "of one endpoint"),
    ],
)
def test_bad_requests_end_with_code_2_and_leave_nothing(monkeypatch, capsys, figure, tmp_path, words, message):
    files = {"CURVE": figure / "curve.csv", "RISK": figure / "risk.csv"}
    told = [str(files.get(word, word)) for word in words]
    code, _, err = run(monkeypatch, capsys, "reconstruct", *told, "--out", tmp_path / "out")
    assert code == 2
    assert message in err
    assert list(tmp_path.iterdir()) == []
