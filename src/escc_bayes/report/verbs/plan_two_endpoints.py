"""The files of the verb ``plan`` for a design of two endpoints: table, summary, protocol, run.json."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from escc_bayes.foundation.csv import write_csv
from escc_bayes.report.document.document import Block, Heading, Items, Paragraph, Table, markdown
from escc_bayes.report.document.docx import write_docx
from escc_bayes.report.verbs.files import write_run
from escc_bayes.trial.simulation.operating_characteristics import COLUMNS
from escc_bayes.trial.two_endpoints.simulate import TwoEndpointResult
from escc_bayes.trial.two_endpoints.words import (
    found_sentences,
    heading,
    rule_sentences,
    small_table,
    summary,
    truth_sentences,
)


def write_two_endpoints(folder: Path, found: TwoEndpointResult, *, protocol: bool) -> None:
    """Write everything; the protocol where it is asked for."""
    write_csv(folder / "operating_characteristics.csv", [asdict(one) for one in found.quantities], COLUMNS)
    (folder / "summary.txt").write_text("\n".join(summary(found)) + "\n", encoding="utf-8")
    if protocol:
        blocks = tuple(protocol_blocks(found))
        (folder / "protocol.md").write_text(markdown(blocks), encoding="utf-8")
        write_docx(folder / "protocol.docx", blocks, folder)
    write_run(folder, "plan", [found.record], {})


def protocol_blocks(found: TwoEndpointResult) -> Iterator[Block]:
    """Yield design, analysis, characteristics, and what repeats the run."""
    design, record = found.design, found.record
    yield Heading(f"Statistical plan: {design.name}", 1)
    if design.title:
        yield Paragraph(f"{design.title}.")
    yield Paragraph("Power and every other operating characteristic below are of SIMULATED trials.")
    yield Heading("Design")
    yield Paragraph(heading(design))
    yield Items(tuple(truth_sentences(design)))
    yield Heading("Analysis and decision rules")
    yield Items(tuple(rule_sentences(design)))
    yield Heading("Operating characteristics")
    yield Items(tuple(found_sentences(found)))
    head, *rows = small_table(found)
    trials = found.quantities[0].trials
    yield Table(f"Success by endpoint, {trials:,} SIMULATED trials of each scenario.", head, tuple(rows))
    yield Heading("How to repeat it")
    yield Items(
        (
            f"Design {design.name}, digest {record.spec_digest}.",
            f"Seed {record.seed}; {'; '.join(f'{name} {value}' for name, value in record.settings)}.",
            f"Versions: {', '.join(f'{name} {version}' for name, version in record.versions)}.",
        )
    )
