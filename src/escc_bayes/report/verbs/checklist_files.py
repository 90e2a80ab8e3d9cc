"""checklists.md and checklists.docx, from the rows of checklists.csv alone."""

from itertools import groupby
from pathlib import Path

from escc_bayes.report.document.document import Block, Heading, Paragraph, Table, markdown
from escc_bayes.report.document.docx import write_docx
from escc_bayes.sensitivity.part import Row, Rows

HEAD = ("item", "asks for", "status", "answer from the fit", "to add")


def write_checklists(folder: Path, model: str, rows: Rows) -> None:
    """Write the checklists of one model; a second model's come below the first's."""
    blocks = checklist_blocks(model, rows)
    path = folder / "checklists.md"
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(before + markdown(blocks), encoding="utf-8")
    name = "checklists" if not before else f"checklists_{model}"
    write_docx(folder / f"{name}.docx", blocks, folder)


def checklist_blocks(model: str, rows: Rows) -> list[Block]:
    """Return the document of the checklists: a table for each."""
    blocks: list[Block] = [
        Heading(f"Reporting checklists: {model}", 1),
        Paragraph(
            "What the fit knows stands in the answer; what only the authors can know is named. Items are in our words: "
            "the checklists themselves are the cited papers."
        ),
    ]
    for (name, source), own in groupby(rows, key=lambda row: (row["checklist"], row["source"])):
        blocks.append(Heading(str(name)))
        blocks.append(Table(f"{source}.", HEAD, tuple(cells(row) for row in own)))
    return blocks


def cells(row: Row) -> tuple[str, ...]:
    """Return the cells of one item."""
    return tuple(str(row[name]) for name in ("item", "asks", "status", "answer", "gap"))
