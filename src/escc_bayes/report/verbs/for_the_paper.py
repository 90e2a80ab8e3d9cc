"""What a paper takes from a report: tables for Word, LaTeX and a spreadsheet, the first screen, a methods paragraph."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from escc_bayes.plots.canvas import write_for_paper
from escc_bayes.report.document.document import Block, Heading, Paragraph, Table
from escc_bayes.report.document.docx import write_docx
from escc_bayes.report.document.figure_files import FOLDER
from escc_bayes.report.document.labelled import in_labels
from escc_bayes.report.document.provenance import provenance_first
from escc_bayes.report.document.table_files import write_latex, write_table_csv
from escc_bayes.report.page import view
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.figures import Drawing
from escc_bayes.report.page.first_screen_document import first_screens
from escc_bayes.report.page.methods_text import methods_markdown
from escc_bayes.report.page.outcomes import levels_of
from escc_bayes.report.page.page import title
from escc_bayes.report.page.paper_tables import paper_tables

LINKS = (
    view.Link("Tables (Word)", "tables.docx"),
    view.Link("Tables (CSV)", "tables.csv"),
    view.Link("This screen (Word)", "report.docx"),
)
# Figures that papers print, and the widths of one column and of two, in millimetres.
PRINTED, WIDTHS = ("hazard_ratios", "survival", "kaplan_meier"), (85, 180)


def write_paper_files(folder: Path, bundle: Bundle) -> None:
    """Write ``tables.docx``, ``tables.tex``, ``tables.csv``, ``report.docx`` and ``methods.md``."""
    levels = levels_of(bundle)
    tables = in_labels(paper_tables(bundle), levels)
    head = provenance_first(bundle.cohort.provenance, f"Tables: {title(bundle)}")
    write_docx(folder / "tables.docx", table_blocks(head, tables), folder, wide=True, dated=False)
    write_latex(folder / "tables.tex", tables)
    write_table_csv(folder / "tables.csv", tables)
    screens = in_labels(tuple(first_screens(bundle)), levels)
    write_docx(folder / "report.docx", screens, folder, wide=True, dated=False)
    (folder / "methods.md").write_text(levels.said(methods_markdown(bundle)), encoding="utf-8")


def table_blocks(head: str, tables: Sequence[view.Table]) -> Iterator[Block]:
    """Yield tables with their notes below."""
    yield Heading(head, 1)
    for table in tables:
        yield Table(table.caption, table.head, table.rows)
        if table.note:
            yield Paragraph(table.note)


def write_paper_figure(make: Drawing, folder: Path) -> None:
    """Draw a figure again at the widths of a journal, if papers print it, into ``folder/figures/paper``."""
    found = make()
    if found is None or found.section not in PRINTED:
        return
    place = folder / FOLDER / "paper"
    place.mkdir(parents=True, exist_ok=True)
    for width in WIDTHS:
        write_for_paper(found.bare(float(width)), place / f"{found.name}_{width}mm")
