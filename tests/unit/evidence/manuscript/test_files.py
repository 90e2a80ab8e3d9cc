"""One paper as Markdown, HTML and Word: the same study; its tables; its draft as a file."""

from decimal import Decimal

import pytest
from docx import Document

from escc_bayes.data.study import read_study
from escc_bayes.evidence.manuscript.audited import audited_draft
from escc_bayes.evidence.manuscript.blocks import Grid
from escc_bayes.evidence.manuscript.files import drafted_file
from escc_bayes.evidence.manuscript.study_file import write_study
from escc_bayes.evidence.manuscript.tables import read_table
from escc_bayes.foundation.errors import InputError, OutputError

HEADING = "Results"
SENTENCES = (
    "In this randomised phase 3 trial, 78 patients were assigned to RT plus ICI (n = 40) or ICI (n = 38).",
    "Median OS was 26.2 months (95% CI 20.1-32.3) with RT plus ICI versus 18.0 months with ICI (HR 0.62, 95% CI "
    "0.41-0.94, P = 0.024).",
    "A response was seen in 30/40 (75.0%) and 20/38 (52.6%).",
)
TABLES = (
    (
        "Table 1. Baseline characteristics",
        ("Characteristic", "RT plus ICI (n = 40)", "ICI (n = 38)", "P"),
        ("Sex", "", "", "0.71"),
        ("Male", "30 (75.0)", "27 (71.1)", ""),
        ("Female", "10 (25.0)", "11 (28.9)", ""),
    ),
    (
        "Table 2. Cox regression for OS",
        ("Variable", "Univariable HR (95% CI)", "P", "Multivariable HR (95% CI)", "P"),
        ("Stage, IV vs III", "2.10 (1.30-3.39)", "0.002", "1.95 (1.19-3.20)", "0.008"),
        ("Sex", "1.20 (0.70-2.06)", "0.51", "", ""),
    ),
    (
        "Table 3. Numbers at risk, OS",
        ("", "0", "12", "24", "36"),
        ("RT plus ICI", "40", "31", "20", "9"),
        ("ICI", "38", "26", "10", "4"),
    ),
)


def markdown(path):
    lines = [f"# {HEADING}", "", " ".join(SENTENCES), ""]
    for caption, *rows in TABLES:
        lines += [caption, "", f"| {' | '.join(rows[0])} |", "|" + "---|" * len(rows[0])]
        lines += [*(f"| {' | '.join(row)} |" for row in rows[1:]), ""]
    path.write_text("\n".join(lines), encoding="utf-8")


def html(path):
    parts = [
        "<html><head><style>p { margin: 3px }</style></head><body>",
        f"<h1>{HEADING}</h1><p>{' '.join(SENTENCES)}</p>",
    ]
    for caption, *rows in TABLES:
        cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
        parts.append(f"<table><caption>{caption}</caption>{cells}</table>")
    path.write_text("".join(parts) + "</body></html>", encoding="utf-8")


def docx(path):
    document = Document()
    document.add_heading(HEADING, level=1)
    document.add_paragraph(" ".join(SENTENCES))
    for caption, *rows in TABLES:
        document.add_paragraph(caption)
        table = document.add_table(rows=0, cols=len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    document.save(str(path))


WRITERS = {"paper.md": markdown, "paper.html": html, "paper.docx": docx, "paper.txt": markdown}


def tables_of(path):
    raw = drafted_file(path).raw
    return {key: raw.get(key) for key in ("n", "design", "estimate", "survival", "number")}


@pytest.mark.parametrize("name", ["paper.html", "paper.docx", "paper.txt"])
def test_every_format_gives_the_same_study(tmp_path, name):
    markdown(tmp_path / "paper.md")
    WRITERS[name](tmp_path / name)
    assert tables_of(tmp_path / name) == tables_of(tmp_path / "paper.md")


def test_tables_and_sentences_are_read(tmp_path):
    """Every number of the text and of the three tables, by hand."""
    markdown(tmp_path / "paper.md")
    draft = drafted_file(tmp_path / "paper.md")
    study = draft.study
    assert study.n == 78
    told = {(e.effect, str(e.value), str(e.ci_low), str(e.ci_high), str(e.p), e.adjusted) for e in study.estimates}
    assert told == {
        ("HR 0.62", "0.62", "0.41", "0.94", "0.024", None),
        ("Stage, IV vs III", "2.10", "1.30", "3.39", "0.002", None),
        ("Stage, IV vs III", "1.95", "1.19", "3.20", "0.008", True),
        ("Sex", "1.20", "0.70", "2.06", "0.51", None),
    }
    assert {(c.arm, c.n, str(c.median)) for c in study.survivals if c.median} == {
        ("RT plus ICI", 40, "26.2"),
        ("ICI", 38, "18.0"),
    }
    assert [[(int(r.t), r.n) for r in c.at_risk] for c in study.survivals if c.at_risk] == [
        [(0, 40), (12, 31), (24, 20), (36, 9)],
        [(0, 38), (12, 26), (24, 10), (36, 4)],
    ]
    counts = {number.name: int(number.value) for number in study.numbers if number.name.startswith("sex_")}
    assert counts == {
        "sex_male_arm_rt_plus_ici_n": 30,
        "sex_male_arm_ici_n": 27,
        "sex_female_arm_rt_plus_ici_n": 10,
        "sex_female_arm_ici_n": 11,
    }
    assert next(n.value for n in study.numbers if n.name == "baseline_sex_p") == Decimal("0.71")
    assert [one.unread for one in draft.passages if one.unread] == []
    assert [str(found) for found in audited_draft(draft).findings if found.grave] == []


@pytest.mark.parametrize(
    ("old", "new", "rule", "where"),
    [
        ("27 (71.1)", "29 (71.1)", "percentages", "Table 1, row 'Male'"),
        ("11 (28.9)", "13 (34.2)", "counts", "Table 1, row 'Female'"),
        ("1.95 (1.19-3.20)", "1.95 (1.19-2.20)", "interval shape", "Table 2, row 'Stage, IV vs III'"),
        ("| 20 | 9 |", "| 20 | 23 |", "numbers at risk", "Table 3, row 'RT plus ICI'"),
        ("30/40 (75.0%)", "30/40 (70.0%)", "percentages", "Results, line 3"),
    ],
)
def test_an_error_in_the_paper_is_found_where_it_stands(tmp_path, old, new, rule, where):
    """29/38 = 76.3 %; 27 + 13 = 40 of 38; sqrt(1.19 x 2.20) = 1.62; 23 after 20; 30/40 = 75 %."""
    markdown(tmp_path / "paper.md")
    text = (tmp_path / "paper.md").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "paper.md").write_text(text.replace(old, new), encoding="utf-8")
    found = [f for f in audited_draft(drafted_file(tmp_path / "paper.md")).findings if f.grave]
    assert rule in [f.rule for f in found]
    assert any(where in f.where for f in found)


def test_percentages_of_rows_are_not_taken_for_those_of_columns():
    """30 of 50 men are 60 %; the columns have 40 and 60 patients."""
    rows = (("", "A (n = 40)", "B (n = 60)"), ("Men", "30 (60.0)", "20 (40.0)"), ("Women", "10 (20.0)", "40 (80.0)"))
    numbers = [entry for row in read_table(Grid(rows, "Table 1")) for entry in row.entries if "of" in entry.words]
    assert [entry.words for entry in numbers if "60.0" in entry.words] == ["30 of 50 (60.0 %) as men_arm_a_n"]


def test_a_table_of_no_known_kind_is_told_as_not_read():
    (row,) = read_table(Grid((("Gene", "Fold"), ("EGFR", "2.4")), "Table 9"))
    assert (row.entries, row.unread) == ((), ("2.4",))


def test_draft_is_a_study_file_that_says_where_each_number_stands(tmp_path):
    markdown(tmp_path / "paper.md")
    draft = drafted_file(tmp_path / "paper.md")
    write_study(tmp_path / "study.toml", draft)
    assert read_study(tmp_path / "study.toml") == draft.study
    assert "# Table 3, row 'ICI'" in (tmp_path / "study.toml").read_text(encoding="utf-8")
    with pytest.raises(OutputError, match="may have been edited; name another"):
        write_study(tmp_path / "study.toml", draft)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("paper.pdf", b"%PDF-1.7", "pdftotext"),
        ("paper.docx", b"no zip", "is no Word file"),
        ("paper.md", b"  \n", "holds no text"),
        ("none.html", None, "cannot be read"),
    ],
)
def test_files_that_cannot_be_read_are_refused_with_what_to_do(tmp_path, name, content, said):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=said):
        drafted_file(tmp_path / name)


def test_means_and_medians_of_a_table_are_measured_and_no_counts():
    """ "64 (8)" beside "mean (SD)" is no count of 64 patients."""
    rows = (
        ("", "All (n = 79)", "A (n = 40)"),
        ("Age, mean (SD)", "64 (8)", "63 (9)"),
        ("Male", "60 (75.9)", "30 (75.0)"),
    )
    rows += (("ALC, median (range)", "1.4 (0.2-3.0)", "1.5 (0.3-2.9)"), ("Dose, median (IQR)", "50 (46-54)", ""))
    named = {
        str(entry.body["name"]): str(entry.body["value"])
        for row in read_table(Grid(rows, "Table 1"))
        for entry in row.entries
        if "name" in entry.body
    }
    assert (named["age_mean"], named["age_sd"], named["age_arm_a_mean"]) == ("64", "8", "63")
    assert (named["alc_median"], named["alc_min"], named["alc_arm_a_max"]) == ("1.4", "0.2", "2.9")
    assert (named["dose_median"], named["dose_q1"], named["dose_q3"]) == ("50", "46", "54")
    assert named["male_n"] == "60"
