"""The verb `time-zero`: what it writes and prints, and how it refuses."""

import csv
import re
import xml.etree.ElementTree as ET

import pytest

from tests.unit.cli.running import run
from tests.unit.time_zero.patients import frame

SCHEMA = """schema = 1
id = "id"
[endpoints.os]
time = "months"
event = "death"
[covariates.treated]
kind = "binary"
levels = ["no", "yes"]
starts_at = "wait"
[covariates.stage]
kind = "binary"
levels = ["I", "II"]
"""


@pytest.fixture
def asked(tmp_path, monkeypatch, capsys):
    frame().assign(provenance="simulated").to_csv(tmp_path / "c.csv", index=False)
    (tmp_path / "s.toml").write_text(SCHEMA)

    def go(*words):
        given = (
            "--cohort",
            tmp_path / "c.csv",
            "--schema",
            tmp_path / "s.toml",
            "--endpoint",
            "os",
            "--out",
            tmp_path / "o",
        )
        return run(monkeypatch, capsys, "time-zero", *given, *words), tmp_path / "o"

    return go


def test_everything_is_written_and_printed(asked):
    words = ("--covariate", "treated", "--landmark", "2", "--grace", "3", "--cycles", "yes=4", "--interval", "0.69")
    said, out = asked(*words)
    names = {path.name for path in out.iterdir()}
    assert names >= {"time_zero.csv", "clones.csv", "guarantee.csv", "figures", "run.json"}
    assert (out / "figures" / "time_zero.png").stat().st_size > 10_000
    with (out / "time_zero.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    assert [row["analysis"] for row in rows if row["method"] == "cox"] == [
        "naive",
        "landmark",
        "time_updated",
        "clone_censor_weight",
    ]
    assert {row["provenance"] for row in rows} == {"simulated"}
    text = str(said)
    for part in (
        "SIMULATED",
        "baseline_log_rate = { normal = [-3.5, 3.0] }",
        "No delayed_entry",
        "What each assumes",
        "risk difference",
        "without any effect a naive hazard ratio",
    ):
        assert part in text, part


def test_labels_are_printed_and_drawn_and_tables_keep_the_levels(asked, tmp_path):
    labels = 'levels = ["no", "yes"]\nlabels = { no = "CRT alone", yes = "ICI added" }'
    (tmp_path / "s.toml").write_text(SCHEMA.replace('levels = ["no", "yes"]', labels))
    words = ("--covariate", "treated", "--landmark", "2", "--grace", "3", "--cycles", "yes=4", "--interval", "0.69")
    (code, text, err), out = asked(*words)
    assert (code, err) == (0, "")
    for part in (
        "ICI added vs CRT alone",
        "ICI added by 3 months vs CRT alone throughout",
        "ICI added by 3 months minus CRT alone throughout",
        "Guarantee time, treated ICI added vs CRT alone",
    ):
        assert part in text, part
    drawn = "".join(ET.parse(out / "figures" / "time_zero.svg").getroot().itertext())
    assert not re.search(r"\b(yes|no) (vs|by|minus|throughout)", text + drawn)
    with (out / "time_zero.csv").open(encoding="utf-8", newline="") as table:
        assert "yes by 3 months vs no throughout" in {row["contrast"] for row in csv.DictReader(table)}


def test_a_covariate_known_at_zero_has_its_guarantee_time(asked):
    said, out = asked("--covariate", "stage", "--cycles", "II=4", "--interval", "1")
    assert not (out / "time_zero.csv").exists()
    assert (out / "guarantee.csv").exists()
    assert "guarantee time alone" in str(said)


def test_rules_of_the_schema_need_no_option(asked, tmp_path):
    schema = tmp_path / "s.toml"
    schema.write_text(SCHEMA + "guarantee = { cycles = { II = 4 }, interval = 0.69, fraction = 0.75 }\n")
    said, out = asked("--covariate", "stage")
    assert "2.07, 0.00 months guaranteed" in str(said)
    assert (out / "guarantee.csv").exists()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--covariate", "stage"), "known at time zero"),
        (("--covariate", "treated", "--cycles", "4"), "need --interval"),
        (("--covariate", "treated", "--cycles", "yes=x", "--interval", "1"), "write a number"),
        (("--covariate", "treated", "--model", "os_piecewise"), "has no effect of 'treated'"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(asked, words, reason):
    said, out = asked(*words)
    assert reason in str(said)
    assert not out.exists()
