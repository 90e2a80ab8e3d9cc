"""The protocol packet of a design of a kind of its own: ``protocol.md`` and ``.docx``, and ``summary.docx``."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from escc_bayes.foundation.csv import write_csv
from escc_bayes.report.document.document import Block, Heading, Items, Paragraph, Picture, Table, markdown
from escc_bayes.report.document.docx import write_docx
from escc_bayes.report.protocol.protocol import record_blocks
from escc_bayes.report.protocol.tables import grid_table
from escc_bayes.report.protocol.to_fill import headings_to_fill
from escc_bayes.trial.design.sensitivity_grid import COLUMNS, grid_rows
from escc_bayes.trial.simulation.told import Told


def write_told_protocol(folder: Path, told: Told, figures: Mapping[str, str]) -> None:
    """Write the packet; ``figures``: the name of each, already written, and its caption."""
    grid = told.timing()
    write_csv(folder / "sensitivity_grid.csv", grid_rows((grid,)), COLUMNS)
    blocks = (
        *text_blocks(told, grid_table(grid)),
        Heading("Figures"),
        *(Picture(name, caption) for name, caption in figures.items()),
        *headings_to_fill(told.to_fill, told.name, told.quantities),
        *record_blocks(told.name, told.record),
    )
    (folder / "protocol.md").write_text(markdown(blocks), encoding="utf-8")
    write_docx(folder / "protocol.docx", blocks, folder)
    name, caption = next(iter(figures.items()))
    page = page_blocks(told, Picture(name, caption), grid_table(grid))
    write_docx(folder / "summary.docx", page, folder, dense=True)


def text_blocks(told: Told, timing: Table) -> Iterator[Block]:
    """Yield design, analysis, operating characteristics and sensitivity."""
    yield Heading(f"Statistical plan: {told.name}", 1)
    if told.title:
        yield Paragraph(f"{told.title}.")
    yield Paragraph("Power and every other operating characteristic below are of SIMULATED trials.")
    yield Heading("Design")
    yield Paragraph(told.heading)
    yield Items(told.design)
    yield Heading("Analyses and decision rules")
    yield Items(told.rules)
    yield Heading("Operating characteristics")
    yield Items(told.found)
    yield rule_table(told)
    yield Heading("Sensitivity to what is assumed")
    yield Paragraph(
        "Expected events, in closed form: hazard 1.2 x multiplies the hazard, dropout 2 x the rate of loss planned."
    )
    yield timing


def page_blocks(told: Told, figure: Picture, timing: Table) -> Iterator[Block]:
    """Yield the design on a page."""
    yield Heading(f"{told.name}: the design on a page", 1)
    yield Paragraph(told.heading)
    yield rule_table(told)
    yield figure
    yield timing
    yield Heading("For the protocol", 2)
    yield Items(told.sentences)


def rule_table(told: Told) -> Table:
    """Return the rules and what they do."""
    head, *rows = told.table
    return Table(f"{told.trials:,} SIMULATED trials of each scenario. {told.caption}", head, tuple(rows))
