"""The verb `paper`: every part that a paper serves, on one page; what it does not serve, with the reason."""

import csv
import re

import pytest

from escc_bayes.sensitivity.parts import PARTS
from tests.unit.cli.running import run
from tests.unit.evidence.manuscript.papers import KEPT, WRITTEN

QUICK = ("--members", "1", "--trials", "100", "--quiet")


def parts_of(folder):
    with (folder / "parts.csv").open(encoding="utf-8") as stream:
        return {row["part"]: row for row in csv.DictReader(stream)}


def links_of(folder):
    return re.findall(r'href="([^"]+)"', (folder / "index.html").read_text(encoding="utf-8"))


@pytest.fixture
def paper(tmp_path):
    def written(name):
        path = tmp_path / f"{name}_read.md"
        path.write_text((WRITTEN | KEPT)[name].text, encoding="utf-8")
        return path

    return written


def test_a_trial_runs_to_the_next_one(tmp_path, monkeypatch, capsys, paper):
    """The design's hazard ratio is the pool's, the control median that of the paper; the pool holds the trial once."""
    words = ("paper", paper("orient15"), *QUICK, "--out", tmp_path / "out")
    code, printed, err = run(monkeypatch, capsys, *words)
    assert (code, err) == (0, "")
    out = tmp_path / "out"
    parts = parts_of(out)
    skipped = {name for name, row in parts.items() if row["skipped_because"]}
    assert skipped == {f"cohort_sensitivity/{part.name}" for part in PARTS}
    assert {row["command"] for name, row in parts.items() if name not in skipped} == {""}
    assert [link for link in links_of(out) if not (out / link).is_file()] == []
    page = (out / "index.html").read_text(encoding="utf-8")
    assert all(part.title in page for part in PARTS)
    assert parts["cohort_sensitivity/priors"]["command"] in page
    assert page.index("RECONSTRUCTED") < page.index("orient15")
    assert "known to the bundled evidence as orient15 (the same digits)" in page
    design = (out / "next_trial" / "design.toml").read_text(encoding="utf-8")
    assert "median = 12.5 " in design
    assert "hr = 0.69" in design
    pool = (out / "evidence" / "ici_added_to_chemo_os" / "pool.csv").read_text(encoding="utf-8")
    assert pool.count(",orient15,printed,") == 1
    assert "orient15_read" not in pool
    assert "RECONSTRUCTED orient15_read: 1 cohort of 659 patients in 2 arms" in printed
    # The layout that it drafted, given back: searched for, and no longer built.
    words = ("paper", paper("orient15"), *QUICK, "--layout", out / "layout.toml", "--steps", "1000")
    code, printed, err = run(monkeypatch, capsys, *words, "--out", tmp_path / "again")
    assert (code, err) == (0, "")
    assert "targets asked of every cohort" in printed
    assert parts_of(tmp_path / "again")["fit"]["skipped_because"] == ""


def test_parts_that_a_paper_does_not_serve_say_why(tmp_path, monkeypatch, capsys, paper):
    code, _, err = run(monkeypatch, capsys, "paper", paper("soescc102"), *QUICK, "--out", tmp_path / "out")
    assert (code, err) == (0, "")
    why = {name: row["skipped_because"] for name, row in parts_of(tmp_path / "out").items()}
    assert "no printed curve has a number of patients" in why["reconstruct"]
    assert "no cohorts to fit" in why["fit"]
    assert "no cohorts to fit" in why["cohort_sensitivity/influence"]
    assert "--effect" in why["evidence"]
    assert (why["audit"], why["sensitivity"]) == ("", "")
    assert not (tmp_path / "out" / "reconstruct").exists()
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "<title>soescc102_read" in page
    words = ("paper", paper("soescc102"), "--effect", "rt_added", *QUICK, "--out", tmp_path / "named")
    assert run(monkeypatch, capsys, *words)[0] == 0
    assert "rt_added on PFS" in parts_of(tmp_path / "named")["evidence"]["came_of_it"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere.md",), "nowhere.md"),
        (("orient1",), "did you mean 'orient15'"),
        (("orient15", "--effect", "rt_added"), "names its effects itself"),
        (("orient15", "--layout", "nowhere.toml"), "nowhere.toml"),
        (("empty.md",), "no number of it was read"),
        (("tenergy.md", "--effect", "rt_added"), "of no hazard ratio"),
    ],
)
def test_what_cannot_be_run_is_refused_and_leaves_nothing(tmp_path, monkeypatch, capsys, words, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.md").write_text("Nothing here.", encoding="utf-8")
    (tmp_path / "tenergy.md").write_text(WRITTEN["tenergy_epoc1802"].text, encoding="utf-8")
    code, _, err = run(monkeypatch, capsys, "paper", *words, *QUICK, "--out", tmp_path / "out")
    assert code == 2
    assert said in err
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_the_79_patient_study_runs_to_the_end(tmp_path, monkeypatch, capsys):
    """Every part but the pool, for which no other study prints its effects."""
    words = ("paper", "seed1_scirep2025", *QUICK, "--steps", "200000", "--out", tmp_path / "out")
    assert run(monkeypatch, capsys, *words)[0] == 0
    why = {name for name, row in parts_of(tmp_path / "out").items() if row["skipped_because"]}
    assert why == {"evidence", *(f"cohort_sensitivity/{part.name}" for part in PARTS)}
    assert [link for link in links_of(tmp_path / "out") if not (tmp_path / "out" / link).is_file()] == []
    assert "RAL" in parts_of(tmp_path / "out")["next_trial"]["came_of_it"]
