"""PDFs printed by Chromium of papers whose Markdown is read too: the same study, in one column and in two.

Second source: the Markdown of the same paper, read without any page.
"""

import subprocess

import pytest
from markdown_it import MarkdownIt
from pypdf import PdfWriter

from escc_bayes.evidence.manuscript.blocks import Grid, Text
from escc_bayes.evidence.manuscript.files import drafted_file
from escc_bayes.evidence.manuscript.page_blocks import blocks_of
from escc_bayes.evidence.manuscript.pdf import without_running_titles
from escc_bayes.foundation.errors import InputError
from tests.browser import CHROMIUM, WHY_NOT
from tests.unit.evidence.manuscript.fresh import FRESH
from tests.unit.evidence.manuscript.papers import KEPT, WRITTEN
from tests.unit.evidence.manuscript.test_files import markdown

WORDS = (
    "The efficacy of chemotherapy and radiotherapy in difficult, inflammatory, metastatic disease is described in "
    "sufficient detail by different offices of the staff everywhere. "
)
STYLE = (
    "@page {{ size: A4; margin: 18mm }} body {{ font: 9.5pt 'DejaVu Serif', serif; text-align: justify; hyphens: auto; "
    "columns: {columns}; column-gap: 18px }} table {{ border-collapse: collapse; font-size: {table}pt }} "
    "td, th {{ padding: 1px 4px; text-align: left }} h1, h2 {{ font-size: 12pt }}"
)


def printed(text, path, columns):
    """Print a Markdown paper between paragraphs without numbers, over two pages."""
    filler = f"<p>{WORDS * 14}</p>"
    body = MarkdownIt("commonmark").enable("table").render(text)
    style = STYLE.format(columns=columns, table=8 if columns == 1 else 6.5)
    page = path.with_suffix(".html")
    page.write_text(
        f'<html lang="en"><meta charset="utf-8"><style>{style}</style>{filler * 3}{body}{filler * 5}</html>',
        encoding="utf-8",
    )
    words = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    subprocess.run([*words, f"--print-to-pdf={path}", page.as_uri()], capture_output=True, check=True)


def study(path):
    """Return what was read, without the words that line ends change."""
    raw = drafted_file(path).raw
    return {
        kind: [{key: value for key, value in body.items() if key != "quote"} for body in raw.get(kind, [])]
        for kind in ("estimate", "survival", "number")
    } | {"n": raw.get("n")}


TEXTS = {name: (WRITTEN | KEPT | FRESH)[name].text for name in ("escort1st", "jupiter06", "eso_shanghai13")}


@pytest.mark.skipif(CHROMIUM is None, reason=WHY_NOT)
@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("name", [*TEXTS, "tables"])
def test_a_pdf_gives_the_study_of_its_markdown(tmp_path, name, columns):
    source = tmp_path / "paper.md"
    markdown(source) if name == "tables" else source.write_text(TEXTS[name], encoding="utf-8")
    printed(source.read_text(encoding="utf-8"), tmp_path / "paper.pdf", columns)
    assert study(tmp_path / "paper.pdf") == study(source)


def texts(lines):
    return [block.text for block in blocks_of([(1, lines)])]


def test_words_broken_at_line_ends_are_put_together_as_the_paper_writes_them():
    lines = ["Progression-free survival after chemotherapy: the progression-", "free rate, chemother-", "apy and dose-"]
    lines += ["dense regimens; HR 0.62 (0.41-", "0.94), the log-", "rank test."]
    (text,) = texts(lines)
    assert text == (
        "Progression-free survival after chemotherapy: the progression-free rate, chemotherapy and dosedense regimens; "
        "HR 0.62 (0.41-0.94), the log-rank test."
    )


def test_rows_of_a_word_processor_are_parted_by_empty_lines():
    """A row without an empty line between its lines is one row; a bracket that is left open is closed below."""
    lines = ["Variable         HR (95% CI)       P", "", "Stage, IV vs     2.10 (1.30-       0.002"]
    lines += ["III              3.39)", "", "Sex              1.20 (0.70-       0.51", "                 2.06)", ""]
    (grid,) = blocks_of([(1, lines)])
    assert grid == Grid(
        (
            ("Variable", "HR (95% CI)", "P"),
            ("Stage, IV vs III", "2.10 (1.30-3.39)", "0.002"),
            ("Sex", "1.20 (0.70-2.06)", "0.51"),
        ),
        "page 1, paragraph 1",
    )


def test_justified_text_is_no_table():
    blocks = blocks_of(
        [(1, ["compared   camrelizumab   plus   chemotherapy", "with   placebo   plus   the   same   rest."])]
    )
    assert [type(block) for block in blocks] == [Text]


def test_numbers_and_running_titles_of_pages_are_left_out():
    pages = [["A journal 2025, page 1", f"Text {k}", f"{k}"] for k in ("one", "two", "three")]
    assert without_running_titles(pages) == [[f"Text {k}", f"{k}"] for k in ("one", "two", "three")]
    assert without_running_titles([["Text", "12"]]) == [["Text"]]


def pdf(path, *, locked):
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    if locked:
        writer.encrypt("secret", algorithm="RC4-128")
    writer.write(path)


@pytest.mark.parametrize(("locked", "said"), [(False, "holds no text, only pictures"), (True, "locked by a password")])
def test_pictures_and_locked_files_are_refused(tmp_path, locked, said):
    pdf(tmp_path / "paper.pdf", locked=locked)
    with pytest.raises(InputError, match=said):
        drafted_file(tmp_path / "paper.pdf")


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7", b"", b"no pdf at all", b"%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 1 0 R>>"]
)
def test_damaged_files_are_refused_with_what_to_do(tmp_path, content):
    (tmp_path / "paper.pdf").write_bytes(content)
    with pytest.raises(InputError, match="pdftotext -layout"):
        drafted_file(tmp_path / "paper.pdf")


def test_without_the_library_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pypdf", None)
    with pytest.raises(InputError, match=r"pip install escc-bayes\[files\], or save its text"):
        drafted_file(tmp_path / "paper.pdf")
