"""The verb ``monitor``: what it writes and prints, blinded and not, and how it refuses."""

import csv
import json

import numpy as np
import pytest

from escc_bayes.data.shipped import models_folder
from escc_bayes.trial.reading.design import load_design
from escc_bayes.trial.simulation.simulate import draw, patients
from tests.unit.cli.running import run
from tests.unit.trial.monitoring.test_monitoring import interim_of

HEAD = "patient,arm,entry_months,os_months,os_event,lost,provenance"
COLUMNS = [
    *(
        "quantity",
        "rule",
        "criterion",
        "value",
        "lower",
        "upper",
        "level",
        "interval",
        "month",
        "look",
        "provenance",
        "kind",
    ),
]


def rows_at(month):
    """Return the rows of one simulated trial of the bundled design at ``month``."""
    design = load_design("rt_consolidation")
    seen = interim_of(patients(design, draw(design, 1, 7, 0), np.array([[np.log(0.7)]])), 0, month)
    return [
        f"P{k + 1},{design.arms[int(seen.treated[k])]},{seen.entry[k]:.4f},{seen.time[k]:.4f},{int(seen.event[k])},"
        f"{'yes' if seen.lost[k] else 'no'},simulated"
        for k in range(seen.entry.size)
    ]


ROWS = rows_at(20.0)


def look(monkeypatch, capsys, folder, rows, *words, schema="trial_interim", head=HEAD):
    """Write the rows and run the verb on them."""
    (folder / "interim.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    asked = ("--data", folder / "interim.csv", "--schema", schema, "--endpoint", "os", "--completions", "300")
    return run(monkeypatch, capsys, "monitor", "rt_consolidation", *asked, "--out", folder / "out", *words)


def test_a_look_before_anybody_was_followed_is_refused(tmp_path, monkeypatch, capsys):
    rows = ["P1,radiotherapy,0,0,0,no,simulated", "P2,no radiotherapy,0,0,0,no,simulated"]
    code, _, said = look(monkeypatch, capsys, tmp_path, rows)
    assert code == 2
    assert "nobody has been followed for any time" in said


def test_it_writes_numbers_sentences_and_figures(tmp_path, monkeypatch, capsys):
    code, printed, _ = look(monkeypatch, capsys, tmp_path, ROWS, "--lost", "lost", "--asof", "20")
    out = tmp_path / "out"
    assert code == 0
    assert {str(p.relative_to(out)) for p in out.rglob("*") if p.is_file()} == {
        *("monitor.csv", "summary.txt", "run.json"),
        *("figures/forecast.png", "figures/forecast.svg", "figures/survival.png", "figures/survival.svg"),
    }
    with (out / "monitor.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == COLUMNS
    value = {(row["quantity"], row["rule"]): row for row in rows}
    assert float(value["patients", ""]["value"]) == len(ROWS)
    # The posterior probability of the rule and the credible interval come from one posterior.
    above = float(value["hazard_ratio", ""]["upper"]) > 1.0
    assert above == (float(value["posterior_probability", "bayes"]["value"]) < 0.975)
    assert value["predictive_probability", "logrank"]["interval"] == "monte_carlo"
    assert printed.startswith("SIMULATED data. VERDICT before the look (planned at 247 events)")
    assert "SIMULATED data of rt_consolidation at month 20.0" in printed
    assert printed.strip() == (out / "summary.txt").read_text().strip()
    assert "SIMULATED: rt_consolidation" in (out / "figures" / "forecast.svg").read_text(encoding="utf-8")
    record = json.loads((out / "run.json").read_text())["fits"][0]
    assert (record["provenance"], record["settings"]["look"]) == ("simulated", "open")


def test_a_blinded_look_needs_no_arm_and_is_the_same_with_any(tmp_path, monkeypatch, capsys):
    """The bundled schema declares the arm; rows without it, or with another one, give the same bytes."""
    without = [",".join(cell for k, cell in enumerate(row.split(",")) if k != 1) for row in ROWS]
    swapped = [row.replace("no radiotherapy", "x").replace(",radiotherapy", ",no radiotherapy") for row in ROWS]
    found = []
    for name, rows, head in (("a", without, HEAD.replace("arm,", "")), ("b", swapped, HEAD)):
        (tmp_path / name).mkdir()
        code, printed, _ = look(monkeypatch, capsys, tmp_path / name, rows, "--blinded", head=head)
        assert code == 0
        assert "radiotherapy" not in printed
        found.append((tmp_path / name / "out" / "monitor.csv").read_bytes())
        figure = (tmp_path / name / "out" / "figures" / "survival.svg").read_text(encoding="utf-8")
        assert "radiotherapy" not in figure
    assert found[0] == found[1]


def cells(row, **columns):
    """Return the rows with whole cells of one of them replaced."""
    names = HEAD.split(",")
    given = ROWS[row].split(",")
    return [
        ",".join(columns.get(name, cell) for name, cell in zip(names, given, strict=True)) if k == row else text
        for k, text in enumerate(ROWS)
    ]


@pytest.mark.parametrize(
    ("rows", "asked", "words"),
    [
        (ROWS * 2, (), "patient 'P1' stands twice"),
        (cells(4, os_months="-1"), (), "a follow-up time must be above 0"),
        (cells(4, entry_months="-1"), (), "patients P5: 'entry' before 0"),
        (cells(4, entry_months=""), (), "patients P5: no 'entry'"),
        (cells(4, arm=""), (), "patients P5: no 'arm'; fill it in, or look --blinded"),
        (cells(4, arm="other"), (), "level 'other' is not declared"),
        (cells(4, os_event="1", lost="yes"), ("--lost", "lost"), "patients P5: both an event and 'lost'"),
        (ROWS, ("--asof", "12"), "after the look at month 12; correct them, or --asof"),
        (ROWS, ("--entry", "enrolled"), "no covariate 'enrolled'"),
        (ROWS, ("--arm", "stage"), "no covariate 'stage'"),
        (ROWS, ("--endpoint", "pfs"), "no endpoint 'pfs'"),
        (ROWS, ("--blinded", "--arm", "arm"), "a blinded look reads no arm"),
        ([row for row in ROWS if ",radiotherapy," in row], (), "nobody is in arm 'no radiotherapy'"),
    ],
)
def test_data_that_cannot_be_are_refused_and_nothing_is_written(tmp_path, monkeypatch, capsys, rows, asked, words):
    code, _, stderr = look(monkeypatch, capsys, tmp_path, rows, *asked)
    assert (code, words in stderr) == (2, True), stderr
    assert not (tmp_path / "out").exists()


def test_data_beyond_the_design_are_analysed_and_said(tmp_path, monkeypatch, capsys):
    """More patients than planned; more events than at the final look, where nothing is predicted."""
    more = [f"Q{k},radiotherapy,{0.01 * k:.2f},1.0,0,no,simulated" for k in range(361 - len(ROWS))]
    assert "1 patient more than planned" in look(monkeypatch, capsys, tmp_path, ROWS + more)[1]
    many = [f"P{k},{'no ' * (k % 2)}radiotherapy,{0.05 * k:.2f},{1 + k % 7},1,no,simulated" for k in range(248)]
    code, printed, _ = look(monkeypatch, capsys, tmp_path, many)
    assert code == 0
    assert "VERDICT of the final look (planned at 247 events) with 248 events" in printed
    assert "1 event more than planned" in printed
    assert "comes in month" not in printed
    assert not (tmp_path / "out" / "figures" / "forecast.png").exists()


def test_arms_under_other_names_are_refused(tmp_path, monkeypatch, capsys):
    text = (models_folder() / "cohorts" / "trial_interim.toml").read_text(encoding="utf-8")
    (tmp_path / "mine.toml").write_text(text.replace('"radiotherapy"]', '"RT"]'), encoding="utf-8")
    rows = [row.replace(",radiotherapy", ",RT") for row in ROWS]
    code, _, stderr = look(monkeypatch, capsys, tmp_path, rows, schema=tmp_path / "mine.toml")
    assert (code, "its levels are 'no radiotherapy' and 'RT'" in stderr) == (2, True)
    assert not (tmp_path / "out").exists()
