"""Checklists: every item has a value or a gap; values change with the tables; files are made of the rows."""

from pathlib import Path

import pytest

from escc_bayes.report.verbs.checklist_files import write_checklists
from escc_bayes.sensitivity.checklists import summary
from escc_bayes.sensitivity.subject import Asked, subject_of
from tests.unit.sensitivity.small import cohort, model


@pytest.fixture(scope="module")
def subject():
    return subject_of(cohort(40, seed=3), model(), Asked(seed=1))


def tables(selected=0.4, smallest=2):
    return {
        "multiverse": [
            {"specification": 1, "method": "cox", "term": "arm", "selected_share": ""},
            {"specification": 2, "method": "cox_screened", "term": "arm", "selected_share": selected},
        ],
        "influence": [
            {"kind": "smallest removal", "term": "arm", "contrast": "b vs a", "patients_changed": smallest},
        ],
    }


def test_every_item_has_a_value_or_says_what_is_missing(subject):
    rows = summary.run(subject, tables())
    assert {row["checklist"] for row in rows} == {c.name for c in summary.CHECKLISTS}
    for row in rows:
        assert bool(row["answer"]) == (row["status"] != "gap")
        assert bool(row["gap"]) == (row["status"] != "filled")
    assert len(rows) == sum(len(c.items) for c in summary.CHECKLISTS)


def test_numbers_of_items_are_those_of_the_checklists():
    """Steps of BARG after its preamble (6), and items of ROBUST (7), REMARK (20), STROBE (22) and TARGET (21)."""
    items = {c.name: {"".join(ch for ch in i.number if ch.isdigit()) for i in c.items} for c in summary.CHECKLISTS}
    assert {name: max(map(int, numbers)) for name, numbers in items.items()} == {
        "BARG": 6, "ROBUST": 7, "REMARK": 20, "STROBE (cohort)": 22, "TARGET": 21,
    }  # fmt: skip
    for name, numbers in items.items():
        low = 0 if name == "BARG" else 1
        assert numbers == {str(i) for i in range(low, max(map(int, numbers)) + 1)}


def answer(rows, checklist, item):
    return next(row["answer"] for row in rows if (row["checklist"], row["item"]) == (checklist, item))


def test_answers_come_from_fit_and_tables(subject):
    rows = summary.run(subject, tables())
    assert subject.plan.rows.sentence().rstrip(".") in answer(rows, "STROBE (cohort)", "13")
    assert subject.spec.digest in answer(rows, "BARG", "1D")
    assert "arm 40 %" in answer(rows, "REMARK", "10")
    assert "arm b vs a: 2" in answer(rows, "BARG", "5D")
    other = summary.run(subject, tables(selected=0.7, smallest=5))
    assert "arm 70 %" in answer(other, "REMARK", "10")
    assert "arm b vs a: 5" in answer(other, "BARG", "5D")


def test_what_was_not_run_is_a_gap(subject):
    rows = summary.run(subject, {})
    found = next(row for row in rows if (row["checklist"], row["item"]) == ("BARG", "5D"))
    assert (found["status"], found["answer"]) == ("gap", "")


def test_files_hold_every_item(subject, tmp_path: Path):
    from docx import Document

    rows = summary.run(subject, tables())
    write_checklists(tmp_path, "small", rows)
    text = (tmp_path / "checklists.md").read_text()
    assert sum(line.startswith("| ") for line in text.splitlines()) == len(rows) + len(summary.CHECKLISTS)
    document = Document(str(tmp_path / "checklists.docx"))
    assert sum(len(table.rows) - 1 for table in document.tables) == len(rows)
    write_checklists(tmp_path, "second", rows)
    assert (tmp_path / "checklists_second.docx").exists()
    assert (tmp_path / "checklists.md").read_text().startswith(text)
