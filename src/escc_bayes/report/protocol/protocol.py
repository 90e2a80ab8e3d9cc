"""The protocol packet of a design: what it says, block by block, and its files."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from escc_bayes.foundation.csv import write_csv
from escc_bayes.foundation.record import Record, seed_from_label
from escc_bayes.report.document.document import Block, Heading, Items, Paragraph, Picture, Table, markdown
from escc_bayes.report.document.docx import write_docx
from escc_bayes.report.document.figure_files import FOLDER, write_figure
from escc_bayes.report.protocol.figures import boundary_sheet, expected_course_sheet, predicted_survival_sheet
from escc_bayes.report.protocol.one_page import one_page
from escc_bayes.report.protocol.tables import (
    boundary_table,
    grid_table,
    interim_tables,
    operating_tables,
    prior_table,
    truth_table,
)
from escc_bayes.report.protocol.to_fill import blocks_to_fill
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.sensitivity_grid import COLUMNS, SensitivityGrid, grid_rows, power_grids, timing_grid
from escc_bayes.trial.requests.borrowing_map import BorrowingMap
from escc_bayes.trial.requests.requested_analyses import RequestedAnalyses, requested_sentences
from escc_bayes.trial.simulation.expected_course import expected_course
from escc_bayes.trial.simulation.operating_characteristics import OperatingCharacteristics
from escc_bayes.trial.simulation.summary import (
    null_sentences,
    plain_sentence,
    short_sentence,
    unequal_sentences,
)

LEVEL = 0.95
FIGURES = {
    "power": "Power against the number of events.",
    "boundaries": "Boundaries over the looks.",
    "predicted_survival": "SIMULATED: Kaplan-Meier curves to expect at the final look.",
    "expected_course": "SIMULATED: patients and events to expect over calendar time.",
}


@dataclass(frozen=True, slots=True)
class Protocol:
    """What a protocol is made of: the run, its further answers, and the sensitivity grids."""

    characteristics: OperatingCharacteristics
    more: RequestedAnalyses
    grids: tuple[SensitivityGrid, ...]


def write_protocol(folder: Path, found: OperatingCharacteristics, more: RequestedAnalyses) -> None:
    """Write ``protocol.md`` and ``.docx``, ``summary.docx``, ``sensitivity_grid.csv`` and figures."""
    design = found.design
    protocol = Protocol(found, more, (*power_grids(found.plan), timing_grid(found.plan)))
    write_csv(folder / "sensitivity_grid.csv", grid_rows(protocol.grids), COLUMNS)
    predictions = expected_course(design, seed=seed_from_label(found.record.seed), level=LEVEL)
    write_figure(folder, predicted_survival_sheet(design, predictions, level=LEVEL))
    write_figure(folder, expected_course_sheet(design, predictions, level=LEVEL))
    boundaries = boundary_sheet(found.plan)
    if boundaries is not None:
        write_figure(folder, boundaries)
    blocks = (
        *text_blocks(protocol),
        *pictures(folder, design, more.borrowing),
        *blocks_to_fill(found),
        *record_blocks(design.name, found.record),
    )
    (folder / "protocol.md").write_text(markdown(blocks), encoding="utf-8")
    write_docx(folder / "protocol.docx", blocks, folder)
    write_docx(folder / "summary.docx", one_page(folder, found), folder, dense=True)


def text_blocks(protocol: Protocol) -> Iterator[Block]:
    """Yield design, analysis, priors, operating characteristics and sensitivity."""
    found, design = protocol.characteristics, protocol.characteristics.design
    yield Heading(f"Statistical plan: {design.name}", 1)
    if design.title:
        yield Paragraph(f"{design.title}.")
    yield Paragraph("Power, assurance and every other operating characteristic below are of SIMULATED trials.")
    yield Heading("Design")
    yield Paragraph(found.words.design)
    yield truth_table(design)
    yield Heading("Analyses and decision rules")
    words = found.words
    yield Items((*words.looks, words.model, *words.rules, *words.borrowing))
    boundaries = boundary_table(found.plan)
    if boundaries is not None:
        yield boundaries
    yield Heading("Priors")
    yield prior_table(design)
    yield Heading("Operating characteristics")
    said = (*words.planning, *(plain_sentence(found, rule.name) for rule in design.rules))
    said += (*null_sentences(found), *unequal_sentences(found), *short_sentence(found))
    yield Items((*said, *requested_sentences(protocol.more)))
    yield from operating_tables(found)
    yield from interim_tables(found)
    if protocol.more.borrowing is not None:
        yield borrowing_table(protocol.more.borrowing)
    yield Heading("Sensitivity to what is assumed")
    blind = " They do not know of switching." if design.switching is not None else ""
    yield Paragraph(
        "Closed forms: the normal approximation for probabilities of success, expected events for months. Under "
        "dropout 2 x the rate of loss is twice the planned one; hazard 1.2 x multiplies the hazard of both arms."
        + blind
    )
    yield from (grid_table(grid) for grid in protocol.grids)


def borrowing_table(drawn: BorrowingMap) -> Table:
    """Return the map over drift."""
    head = ("rule", "drift", "type I error", "without", "power", "without", "bias", "events gained")
    rows = tuple(
        (
            point.rule,
            f"{point.drift:g}",
            f"{point.type_one_error:.4f}",
            f"{point.type_one_error_alone:.4f}",
            f"{point.power:.3f}",
            f"{point.power_alone:.3f}",
            f"{point.bias:.3f}",
            f"{point.events_gained:.1f}",
        )
        for point in drawn.points
    )
    trials = drawn.points[0].trials
    caption = (
        f"Borrowing over drift (control hazard over the historical one), {trials:,} SIMULATED trials each: a "
        f"probability of 0.5 is exact to {0.5 / trials**0.5:.4f}, of 0.025 to {(0.025 * 0.975 / trials) ** 0.5:.4f}."
    )
    return Table(caption, head, rows)


def pictures(folder: Path, design: TrialDesign, borrowing: BorrowingMap | None) -> Iterator[Block]:
    """Yield the figures that the run has written."""
    named = dict(FIGURES)
    if design.design_prior is not None:
        named["power"] = "Power and assurance against the number of events."
    if borrowing is not None:
        caption = "SIMULATED: what borrowing buys and costs over drift"
        named |= {f"borrowing_{rule}": f"{caption}, rule {rule}." for rule in borrowing.rules}
    yield Heading("Figures")
    for name, caption in named.items():
        if (folder / FOLDER / f"{name}.png").exists():
            yield Picture(name, caption)


def record_blocks(name: str, record: Record) -> Iterator[Block]:
    """Yield what repeats the run: digest, seed, trials, versions."""
    settings = "; ".join(f"{key} {value}" for key, value in record.settings)
    yield Heading("How to repeat it")
    yield Items(
        (
            f"Design {name}, digest {record.spec_digest}.",
            f"Seed {record.seed}; {settings}.",
            f"Versions: {', '.join(f'{package} {version}' for package, version in record.versions)}.",
        )
    )
