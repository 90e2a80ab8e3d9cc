"""A document of blocks as a Word file."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from escc_bayes.report.document.document import Block, Heading, Items, Paragraph, Picture, Table
from escc_bayes.report.document.figure_files import FOLDER

if TYPE_CHECKING:
    from docx.document import Document

PICTURE_MM = 165.0
POINTS = 9.5
TABLE_POINTS = 8.0


def write_docx(path: Path, blocks: Iterable[Block], folder: Path) -> None:
    """Write the blocks; pictures are read from ``folder/figures``."""
    from docx import Document
    from docx.shared import Pt

    document = Document()
    document.styles["Normal"].font.size = Pt(POINTS)
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            describe(document, block.text)
        add(document, block, folder)
    document.save(str(path))


def describe(document: "Document", title: str) -> None:
    """Set the properties of the file, in place of those of the template it was made from."""
    about, now = document.core_properties, datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    about.title, about.author, about.last_modified_by = title, "escc_bayes", "escc_bayes"
    about.subject, about.comments, about.keywords, about.language = "", "Written by escc_bayes", "", "en-GB"
    about.created = about.modified = now
    about.revision = 1


def add(document: "Document", block: Block, folder: Path) -> None:
    """Add one block at the end."""
    from docx.shared import Mm

    match block:
        case Heading(text, level):
            document.add_heading(text, level=level - 1)
        case Paragraph(text):
            document.add_paragraph(text)
        case Items(texts):
            for text in texts:
                document.add_paragraph(text, style="List Bullet")
        case Picture(name, caption):
            document.add_picture(str(folder / FOLDER / f"{name}.png"), width=Mm(PICTURE_MM))
            document.add_paragraph(caption, style="Caption")
        case Table():
            add_table(document, block)


def add_table(document: "Document", content: Table) -> None:
    """Add a table under its caption, the head in bold."""
    from docx.shared import Pt

    document.add_paragraph(content.caption, style="Caption")
    table = document.add_table(rows=0, cols=len(content.head), style="Table Grid")
    for place, row in enumerate((content.head, *content.rows)):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            run = cell.paragraphs[0].add_run(text)
            run.font.size = Pt(TABLE_POINTS)
            run.bold = place == 0
    document.add_paragraph()
