"""A document of blocks as a Word file."""

import io
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from escc_bayes.report.document.document import Block, Heading, Items, Links, Paragraph, Picture, Table
from escc_bayes.report.document.figure_files import FOLDER

if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import Section
    from docx.table import Table as DocxTable

PICTURE_MM = 165.0
DENSE_PICTURE_MM, DENSE_POINTS, DENSE_SPACE = 135.0, 9.0, 3.0
POINTS = 9.5
TABLE_POINTS = 8.0
# Letters beyond which a cell gets no wider: it wraps.
LONGEST = 28


def write_docx(
    path: Path,
    blocks: Iterable[Block],
    folder: Path,
    *,
    wide: bool = False,
    dense: bool = False,
    dated: bool = True,
) -> None:
    """Write the blocks; pictures are read from ``folder/figures``.

    Parameters
    ----------
    wide : whether the page lies on its side.
    dense : whether margins, letters and pictures are small, for a page that holds everything.
    dated : whether the file says when it was written; without, the same content is the same bytes.
    """
    from docx import Document
    from docx.shared import Pt

    document = Document()
    document.styles["Normal"].font.size = Pt(POINTS)
    if wide:
        lay_on_side(document)
    if dense:
        lay_densely(document)
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            describe(document, block.text, dated=dated)
        add(document, block, folder, picture_mm=DENSE_PICTURE_MM if dense else PICTURE_MM)
    held = io.BytesIO()
    document.save(held)
    path.write_bytes(held.getvalue() if dated else undated(held))


def undated(held: io.BytesIO) -> bytes:
    """Return a Word file whose parts bear no date."""
    packed = io.BytesIO()
    with zipfile.ZipFile(held) as given, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for part in given.namelist():
            made.writestr(zipfile.ZipInfo(part), given.read(part), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def lay_on_side(document: "Document") -> None:
    """Make the pages A4, wider than high, with margins of 18 mm."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Mm(297.0), Mm(210.0)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(18.0)


def lay_densely(document: "Document") -> None:
    """Give the pages the size A4 with narrow margins, and text small letters with little between paragraphs."""
    from docx.shared import Mm, Pt

    page = document.sections[0]
    page.page_width, page.page_height = Mm(210.0), Mm(297.0)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(14.0)
    for name in ("Normal", "Caption", "Heading 1", "Heading 2", "List Bullet"):
        style = document.styles[name]
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(DENSE_SPACE)
        if name in ("Normal", "List Bullet"):
            style.font.size = Pt(DENSE_POINTS)


def describe(document: "Document", title: str, *, dated: bool) -> None:
    """Set the properties of the file, in place of those of the template it was made from."""
    about = document.core_properties
    about.title, about.author, about.last_modified_by = title, "escc_bayes", "escc_bayes"
    about.subject, about.comments, about.keywords, about.language = "", "Written by escc_bayes", "", "en-GB"
    about.revision = 1
    if dated:
        about.created = about.modified = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
        return
    # The dates are those of the template, not of this file.
    for dated in [part for part in about._element if part.tag.endswith(("created", "modified"))]:
        about._element.remove(dated)


def add(document: "Document", block: Block, folder: Path, *, picture_mm: float) -> None:
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
        case Picture(name, caption, below):
            document.add_picture(str(folder / below / FOLDER / f"{name}.png"), width=Mm(picture_mm))
            document.add_paragraph(caption, style="Caption")
        case Links(files):
            for path, words in files:
                document.add_paragraph(f"{path}: {words}", style="List Bullet")
        case Table():
            add_table(document, block)


def add_table(document: "Document", content: Table) -> None:
    """Add a table under its caption, the head in bold and on every page; a row of one cell spans the table."""
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    document.add_paragraph(content.caption, style="Caption").paragraph_format.keep_with_next = True
    table = document.add_table(rows=1 + len(content.rows), cols=len(content.head), style="Table Grid")
    # Every cell of a table in one go: asking for them row by row takes the square of the time.
    cells = table._cells
    for place, row in enumerate((content.head, *content.rows)):
        mine = cells[place * len(content.head) : (place + 1) * len(content.head)]
        if len(row) == 1 < len(content.head):
            mine[0].merge(mine[-1])
        for cell, text in zip(mine, row, strict=False):
            run = cell.paragraphs[0].add_run(text)
            run.font.size = Pt(TABLE_POINTS)
            run.bold = place == 0 or len(row) == 1 < len(content.head)
    set_widths(table, content, document.sections[0])
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    document.add_paragraph()


def set_widths(table: "DocxTable", content: Table, page: "Section") -> None:
    """Give each column the part of the line that its longest cell asks for."""
    from docx.shared import Emu

    columns = [[row[i] for row in (content.head, *content.rows) if len(row) > 1] for i in range(len(content.head))]
    letters = [min(max((len(cell) for cell in column), default=1), LONGEST) + 3 for column in columns]
    line = (page.page_width or 0) - (page.left_margin or 0) - (page.right_margin or 0)
    table.autofit = False
    for column, wanted in zip(table.columns, letters, strict=True):
        column.width = Emu(line * wanted // sum(letters))
