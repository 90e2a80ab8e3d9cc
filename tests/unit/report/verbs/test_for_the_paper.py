"""Files for a paper: Word, LaTeX and CSV say the same; reference rows, counts; figures at the widths of a journal."""

import csv
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace

import pytest
from docx import Document
from PIL import Image

from escc_bayes.report.page.figures import figure_makers
from escc_bayes.report.page.methods_text import REFERENCES, cited, paragraphs
from escc_bayes.report.page.paper_tables import paper_tables
from escc_bayes.report.verbs.for_the_paper import write_paper_figure, write_paper_files


@pytest.fixture(scope="module")
def folder(naive, tmp_path_factory):
    found = tmp_path_factory.mktemp("paper")
    write_paper_files(found, naive)
    return found


def rows_of_csv(folder):
    raw = (folder / "tables.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    return [row for row in csv.reader(raw.decode("utf-8-sig").splitlines()) if row]


def rows_of_word(path):
    """Each row of each table; a merged row is one cell."""
    found = []
    for table in Document(str(path)).tables:
        for row in table.rows:
            cells = [cell.text for cell in row.cells]
            merged = row.cells[0]._tc is row.cells[-1]._tc
            found.append(cells[:1] if merged and len(cells) > 1 else cells)
    return found


def test_word_and_the_spreadsheet_hold_the_same_cells(folder):
    written = rows_of_word(folder / "tables.docx")
    assert len(written) > 30
    told = rows_of_csv(folder)
    assert all(row in told for row in written)
    assert sum(len(row) > 1 for row in told) == sum(len(row) > 1 for row in written)


def test_covariates_are_called_by_their_labels_in_notes_and_in_the_methods(naive, folder):
    """'all levels of alc_post', 'age: linear': names of columns are no words of a paper."""
    text = (folder / "methods.md").read_text(encoding="utf-8")
    assert "ALC after treatment: a free effect" in text
    assert "Age: linear on the log hazard" in text
    assert not re.search(r"\balc_post\b", text)
    assert "levels of alc_post" not in (folder / "tables.csv").read_text(encoding="utf-8-sig")
    assert {c.schema.label for c in naive.cohort.covariates.values()} >= {"ALC after treatment", "Age"}


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not on this machine")
def test_libreoffice_opens_the_tables_and_shows_their_numbers(folder, tmp_path):
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    subprocess.run([*command, "--convert-to", "html", "--outdir", tmp_path, folder / "tables.docx"], check=True)
    shown = re.sub(r"<[^>]+>|&nbsp;", " ", (tmp_path / "tables.html").read_text(encoding="utf-8", errors="replace"))
    shown = re.sub(r"\s+", " ", shown)
    for row in rows_of_csv(folder):
        numbers = [number for cell in row if len(row) > 1 for number in re.findall(r"\d+\.\d+", cell)]
        assert all(number in shown for number in numbers), row


def test_hazard_ratios_stand_three_ways_with_reference_rows(naive):
    table = next(t for t in paper_tables(naive) if "Multivariable HR" in t.head)
    (reference,) = (row for row in table.rows if row[0] == "high")
    assert reference[3::2][:3] == ("1 (reference)",) * 3
    low = next(row for row in table.rows if row[0] == "low")
    rows = naive.posteriors["one"].plan.rows
    inside = rows.covariates["alc_post"].values == 2
    assert low[1:3] == (str(int(inside.sum())), str(int(rows.event[inside].sum())))
    fits = {e.method: e for e in naive.classical["one"].hazard_ratios(level=0.95) if e.contrast == "low vs high"}
    for place, method in ((3, "cox_univariable"), (5, "cox")):
        e = fits[method]
        assert low[place] == f"{e.value:.2f} ({e.lower:.2f} to {e.upper:.2f})"
        assert low[place + 1] == f"{e.p_value:.3f}"


def test_every_table_says_where_its_patients_come_from(naive, folder):
    assert all(table.caption.startswith("SIMULATED: ") for table in paper_tables(naive))
    assert (folder / "tables.tex").read_text().count(r"\caption{SIMULATED: ") == len(paper_tables(naive))


def test_latex_is_balanced_and_escapes_what_it_would_take_for_commands(hostile, tmp_path):
    write_paper_files(tmp_path, hostile)
    text = (tmp_path / "tables.tex").read_text()
    assert text.count(r"\begin{longtable}") == text.count(r"\end{longtable}") == len(paper_tables(hostile))
    plain = re.sub(r"\\[{}]", "", text)
    assert plain.count("{") == plain.count("}")
    # The name of a level: plain" & $a_1$
    assert r"plain\" & \$a".replace(r"\"", '"').replace(" & ", r" \& ") in text
    assert r"a\_1\$" in text
    assert not re.search(r"(?<!\\)[$#_]", text)


def test_the_first_screen_opens_in_word(naive, folder):
    document = Document(str(folder / "report.docx"))
    text = "\n".join(p.text for p in document.paragraphs)
    assert text.startswith("SIMULATED: ")
    assert "Computed reliably: yes" in text
    assert zipfile.ZipFile(folder / "report.docx").testzip() is None


def test_the_methods_paragraph_says_priors_engines_and_versions(naive):
    found = paragraphs(naive)
    text = " ".join(found)
    assert "Data are SIMULATED." in text
    assert "in 79 patients with 33 events" in text
    assert "hazard ratio 1.00, 95 % prior interval 0.25 to 4.00" in text
    assert "escc-bayes 0.1.0" in text
    keys = set(re.findall(r"\[(\w+)\]", text))
    assert keys <= set(REFERENCES)
    assert {line[1:].partition("]")[0] for line in cited(text)} == keys
    assert "sceptical prior" not in text
    assert "sceptical prior" in " ".join(paragraphs(replace(naive, sceptics={"one": ()})))


def test_figures_have_the_widths_of_a_journal_and_600_dots_per_inch(naive, tmp_path):
    forest = next(make for make in figure_makers(naive) if make.func.__name__ == "forest_sheet")
    write_paper_figure(forest, tmp_path)
    place = tmp_path / "figures" / "paper"
    assert {p.name for p in place.iterdir()} == {
        f"os_forest_{width}mm.{kind}" for width in (85, 180) for kind in ("pdf", "svg", "png")
    }
    for width in (85, 180):
        with Image.open(place / f"os_forest_{width}mm.png") as image:
            assert image.width / 600 * 25.4 == pytest.approx(width, abs=0.1)
        assert "hazard ratios by" not in (place / f"os_forest_{width}mm.svg").read_text()
