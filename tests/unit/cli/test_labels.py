"""Labels of every kind, from the data to every file: read alike, run by nothing, shown by everything."""

import csv
import xml.etree.ElementTree as ET

import pytest

from escc_bayes.foundation.csv import harmless
from escc_bayes.report.document.document import Paragraph, Table, markdown
from tests.unit.cli.running import run

LABELS = [
    ("=cmd|' /C calc'!A0", "@SUM(1+1)"),
    ("+1 line", "- none"),
    ("a & b <i>", "]]> --> <!-- $x_1$"),
    ("低风险 🙂👩‍⚕️", "عالٍ נמוך"),
    ("x" * 200, r"\\alpha $ % # _a_ {b} ~ ^"),
]


def spoil(files, first, second):
    """Write the small cohort with other labels."""
    rows = [line.split(",") for line in (files / "c.csv").read_text().splitlines()]
    named = {"a": first, "b": second}
    with (files / "c.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([*row[:3], named.get(row[3], row[3])] for row in rows)
    written = ", ".join('"' + label.replace("\\", "\\\\").replace('"', '\\"') + '"' for label in (first, second))
    schema = (files / "s.toml").read_text().replace('"a", "b"', written)
    (files / "s.toml").write_text(schema, encoding="utf-8")


@pytest.mark.parametrize(("first", "second"), LABELS, ids=range(len(LABELS)))
def test_no_label_harms_a_table_or_a_figure(first, second, files, monkeypatch, capsys):
    """Every SVG parses as XML and holds the labels as text; no cell of a CSV begins a formula."""
    spoil(files, first, second)
    on = ["--cohort", files / "c.csv", "--schema", files / "s.toml", "--model", files / "m.toml"]
    words = ["--engine", "laplace", "--draws", "200", "--quiet", "--out", files / "out"]
    code, _, err = run(monkeypatch, capsys, "compare", *on, *words)
    assert code == 0, err
    texts = set()
    for path in (files / "out").rglob("*.svg"):
        texts |= {text.strip() for text in ET.parse(path).getroot().itertext()}
    assert any(first[:20] in text for text in texts)
    for path in (files / "out").rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            assert all(cell[:1] == "'" or harmless(cell) == cell for row in csv.reader(lines) for cell in row), path


def test_a_table_of_ours_is_read_back_as_it_was(files, monkeypatch, capsys):
    """An apostrophe that keeps a spreadsheet from running a label is no part of it: `reconstruct` writes cohorts so."""
    spoil(files, "=low", "-high")
    text = (files / "c.csv").read_text(encoding="utf-8")
    (files / "c.csv").write_text(text.replace(",=low", ",'=low").replace(",-high", ",'-high"), encoding="utf-8")
    words = ["--cohort", files / "c.csv", "--schema", files / "s.toml", "--endpoint", "os", "--out", files / "out"]
    assert run(monkeypatch, capsys, "baselines", *words)[0] == 0


@pytest.mark.parametrize("letter", ["\x01", "\x1b", "\x7f", "\x85", "\u2028", "\u202e"])
def test_a_control_character_in_the_data_is_refused_with_its_line(letter, files, fit_words, monkeypatch, capsys):
    text = (files / "c.csv").read_text().replace("P2,", f"P{letter}2,", 1)
    (files / "c.csv").write_text(text, encoding="utf-8")
    code, _, err = run(monkeypatch, capsys, *fit_words)
    assert code == 2
    assert f"line 3: holds the control character {letter.encode('unicode_escape').decode()}; remove it" in err


def test_no_name_begins_markup_in_a_protocol():
    """CommonMark: tags, links, code, emphasis and bars are escaped; comparisons and names with underscores stay."""
    written = markdown([Paragraph("<script>x</script> [a](b) `c` *d* _e_"), Table("t", ("a|b",), (("rt_x, HR < 1",),))])
    assert written.splitlines()[0] == r"\<script>x\</script> \[a](b) \`c\` \*d* \_e\_"
    assert r"| a\|b |" in written
    assert "| rt_x, HR < 1 |" in written
