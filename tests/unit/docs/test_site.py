"""The documentation site names everything that users import, and explains every column that they read."""

import re
from pathlib import Path

import pytest

import escc_bayes
from tests.unit.cli.running import run
from tests.unit.cli.test_time_zero import SCHEMA
from tests.unit.time_zero.patients import frame

DOCS = Path(__file__).parents[3] / "docs"


def test_the_reference_lists_every_public_name_once():
    pages = re.findall(r"auto(?:function|class|exception):: escc_bayes\.([\w.]+)\.(\w+)", (DOCS / "api.md").read_text())
    assert sorted(name for home, name in pages if home != "plot") == escc_bayes.__all__
    assert sorted(name for home, name in pages if home == "plot") == escc_bayes.plot.__all__


def test_every_page_has_a_title():
    untitled = [
        page.name
        for page in DOCS.rglob("*.md")
        if not page.read_text(encoding="utf-8").startswith(("# ", "```{include}"))
    ]
    assert untitled == []


def explained():
    """Return every column that docs/columns.md explains."""
    rows = [line for line in (DOCS / "columns.md").read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([a-z0-9_]+)`", row.split(" | ")[0])}


# Verbs whose tables are of patients, and columns that hold a number of a group or of a comparison of groups.
OF_PATIENTS = ("baselines", "compare", "fit", "forms", "time-zero", "match")
OF_A_GROUP = {"hr", "value", "survival", "median", "rmst", "chi2", "p_value", "log_hr_before", "elpd", "mean"}


def uncounted(head):
    """Whether a table has a number of a group without its patients and events in the row."""
    return bool(head & OF_A_GROUP) and not ("n" in head and head & {"events", "group_events"})


LATE = "late"


def late_treatment(folder):
    """Write a cohort with a treatment that starts late, and its schema beside it; return its name."""
    frame().assign(provenance="simulated").to_csv(folder / f"{LATE}.csv", index=False)
    (folder / f"{LATE}.toml").write_text(SCHEMA)
    return folder / f"{LATE}.csv"


@pytest.mark.parametrize(
    "words",
    [
        ("baselines", "--cohort", "larynx", "--endpoint", "os", "--interaction", "stage", "age"),
        ("compare", "--cohort", "larynx", "--model", "larynx_piecewise", "--engine", "laplace", "--draws", "200"),
        ("fit", "--cohort", "larynx", "--model", "larynx_piecewise", "--engine", "laplace", "--draws", "200"),
        ("fit", "--cohort", "escc79", "--model", "illness_death", "--engine", "laplace", "--draws", "200"),
        (
            *("forms", "--cohort", "larynx", "--endpoint", "os", "--covariate", "age"),
            *("--draws", "200", "--cut", "65"),
        ),
        ("audit", "seed1_scirep2025"),
        ("evidence", "--effect", "alc_low", "--endpoint", "OS", "--against", "1.5,1.1,2.0"),
        ("sensitivity", "--hr", "0.62", "--lower", "0.45", "--upper", "0.86"),
        ("plan", "rt_consolidation", "--trials", "200"),
        (
            *("time-zero", "--cohort", "larynx", "--endpoint", "os", "--covariate", "stage"),
            "--cycles",
            "4",
            "--interval",
            "1",
        ),
        ("time-zero", "--cohort", LATE, "--endpoint", "os", "--covariate", "treated", "--grace", "3"),
        (
            *("match", "--cohort", "escc79", "--endpoint", "os", "--treatment", "coverage", "--on", "stage"),
            *("--method", "exact", "--designs", "0", "--subgroups", "sequence"),
        ),
    ],
    ids=lambda words: f"{words[0]}-{words[4]}" if words[0] == "fit" else words[0],
)
def test_every_column_of_a_verb_is_explained(tmp_path, monkeypatch, capsys, words):
    words = [late_treatment(tmp_path) if word == LATE else word for word in words]
    run(monkeypatch, capsys, *words, "--out", tmp_path / "out")
    # The table of patients that `match` writes has the columns of their own file.
    tables = [table for table in (tmp_path / "out").glob("*.csv") if table.name != "cohort.csv"]
    heads = [table.read_text(encoding="utf-8").splitlines()[0] for table in tables]
    found = {name for head in heads for name in head.split(",")}
    assert found
    assert found - explained() == set()
    if words[0] in OF_PATIENTS:
        assert [head for head in heads if uncounted(set(head.split(",")))] == []
