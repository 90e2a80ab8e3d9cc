"""Does the arithmetic of the paper hold? The audit, with a report to send."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from escc_bayes.evidence.finding import SEVERITIES
from escc_bayes.evidence.manuscript.study_file import study_toml
from escc_bayes.report.document.document import Block, Paragraph, Table
from escc_bayes.report.paper.part import Part
from escc_bayes.report.paper.request import PaperRequest
from escc_bayes.report.verbs.audit import write_audit_files

NAME, TITLE = "audit", "Does the arithmetic of the paper hold?"
SHOWN = 12


def audit_part(asked: PaperRequest, folder: Path) -> Part:
    """Write the audit and, of a paper, its drafted study file."""
    below = folder / NAME
    below.mkdir()
    drafts = [asked.draft] if asked.draft is not None else []
    write_audit_files(below, [asked.audited], drafts)
    files = [
        (f"{NAME}/audit.html", "the report to send: arithmetic in full, a question to the authors for each finding"),
        (f"{NAME}/audit.docx", "the same as a Word file"),
        (f"{NAME}/findings.csv", "every finding"),
    ]
    if asked.draft is not None:
        (folder / "study.toml").write_text(study_toml(asked.draft), encoding="utf-8")
        files.append(("study.toml", "what was read, as a study file to complete; what was not read stands at its end"))
        files.append((f"{NAME}/read.csv", "sentence by sentence: what was read, what was not"))
    return Part(NAME, TITLE, asked.audited.words, tuple(blocks_of(asked)), tuple(files))


def blocks_of(asked: PaperRequest) -> Iterator[Block]:
    """Yield the result in a line, and the most serious findings."""
    found = asked.audited.findings
    yield Paragraph(f"{asked.audited.words}.")
    if asked.draft is not None:
        yield Paragraph(f"Read by machine: {asked.draft.words}. Read it against the paper before anything is sent.")
    if found:
        counted = Counter(finding.severity for finding in found)
        listed = ", ".join(f"{counted[severity]} {severity}" for severity in SEVERITIES if counted[severity])
        shown = found[:SHOWN]
        rest = f"; the first {SHOWN} are shown" if len(found) > SHOWN else ""
        rows = tuple((finding.severity, finding.statement, finding.where) for finding in shown)
        yield Table(f"Findings by certainty: {listed}{rest}.", ("certainty", "what", "where"), rows)
