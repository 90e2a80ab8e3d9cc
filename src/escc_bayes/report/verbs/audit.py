"""The files of the verb ``audit``: findings, what was read and not, and a report that a referee can send."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from pathlib import Path

from escc_bayes.evidence.audit import AuditedStudy
from escc_bayes.evidence.finding import SEVERITIES, Finding, Severity
from escc_bayes.evidence.ledger import NotChecked
from escc_bayes.evidence.manuscript.draft import Draft
from escc_bayes.evidence.questions import question
from escc_bayes.foundation.csv import write_csv
from escc_bayes.foundation.sentence import capital
from escc_bayes.report.document.document import Block, Heading, Items, Paragraph, Table, markdown
from escc_bayes.report.document.docx import write_docx
from escc_bayes.report.document.html import html

READ = ("study", "where", "read", "not_read", "text")
MEANING: dict[Severity, str] = {
    "impossible": "No data behind the prints agree, or a word and its number deny each other.",
    "very unlikely": "Data could agree; fewer honest papers than stated would show so much.",
    "ask the authors": "An innocent reading is left, which the authors know.",
    "rounding": "The prints agree only if digits were cut off, or rounded twice.",
    "notice": "Worth knowing; nothing contradicts.",
}
TITLES: dict[Severity, str] = {
    "impossible": "Impossible",
    "very unlikely": "Very unlikely",
    "ask the authors": "To ask the authors",
    "rounding": "Rounding",
    "notice": "Notices",
}
LIMITS = (
    "A finding says that two prints cannot both hold, not which of them is wrong, nor why. The rules see what the file "
    "holds: a table that was not read cannot contradict."
)


def write_audit_files(folder: Path, done: Sequence[AuditedStudy], drafts: Sequence[Draft]) -> None:
    """Write findings.csv, not_checked.csv, read.csv where papers were read, and the report in three formats."""
    findings = [finding for one in done for finding in one.findings]
    left = [entry for one in done for entry in one.not_checked]
    write_csv(folder / "findings.csv", [asdict(finding) for finding in findings], [f.name for f in fields(Finding)])
    write_csv(folder / "not_checked.csv", [asdict(entry) for entry in left], [f.name for f in fields(NotChecked)])
    if drafts:
        write_csv(folder / "read.csv", [row for one in drafts for row in read_rows(one)], READ)
    blocks = list(audit_document(done, drafts))
    (folder / "audit.md").write_text(markdown(blocks), encoding="utf-8")
    (folder / "audit.html").write_text(html(title(done), blocks), encoding="utf-8")
    write_docx(folder / "audit.docx", blocks, folder)


def read_rows(draft: Draft) -> list[dict[str, object]]:
    """Return, for each passage with a number, what was read and what was not."""
    return [
        {
            "study": draft.raw["id"],
            "where": one.passage.where,
            "read": "; ".join(entry.words for entry in one.entries),
            "not_read": ", ".join(one.unread),
            "text": one.passage.text,
        }
        for one in draft.passages
        if one.entries or one.unread
    ]


def title(done: Sequence[AuditedStudy]) -> str:
    """Return the title of the report."""
    return f"Audit of {done[0].study}" if len(done) == 1 else f"Audit of {len(done)} studies"


def audit_document(done: Sequence[AuditedStudy], drafts: Sequence[Draft]) -> Iterator[Block]:
    """Yield the report: what the audit says in one line a study, then each study in full."""
    yield Heading(title(done), 1)
    yield Items(tuple(one.words for one in done)) if done else Paragraph("No study could be read.")
    yield Paragraph(LIMITS)
    by_name = {str(draft.raw["id"]): draft for draft in drafts}
    for one in done:
        if len(done) > 1:
            yield Heading(one.study, 2)
        yield from findings_by_certainty(one, 2 if len(done) == 1 else 3)
        yield Heading("What was checked, and what could not be", 2 if len(done) == 1 else 3)
        yield from checked(one)
        yield from not_checked(one)
        if one.study in by_name:
            yield from not_read(by_name[one.study])


def findings_by_certainty(one: AuditedStudy, level: int) -> Iterator[Block]:
    """Yield the findings under their severities, each with its arithmetic, places, printed words and a question."""
    number = 0
    for severity in SEVERITIES:
        found = [finding for finding in one.findings if finding.severity == severity]
        if not found:
            continue
        yield Heading(f"{TITLES[severity]} ({len(found)})", level)
        yield Paragraph(MEANING[severity])
        for finding in found:
            number += 1
            yield Heading(f"{number}. {capital(finding.rule)}", level + 1)
            yield Paragraph(finding.statement)
            yield Items(tuple(details(one, finding)))


def details(one: AuditedStudy, finding: Finding) -> Iterator[str]:
    """Yield the lines below a finding."""
    yield f"Arithmetic: {finding.arithmetic}."
    if finding.probability is not None:
        yield f"Share of honest papers that would show so much: at most {finding.probability:.2g}."
    yield f"Where: {finding.where}."
    said = dict.fromkeys(quote for place, quote in one.quotes.items() if place in finding.where)
    for quote in said:
        if quote in finding.arithmetic:
            continue
        yield f"Printed: \N{LEFT DOUBLE QUOTATION MARK}{quote}\N{RIGHT DOUBLE QUOTATION MARK}"
    if finding.severity != "notice":
        yield f"Question to the authors: {question(finding)}"


def checked(one: AuditedStudy) -> Iterator[Block]:
    """Yield what was compared: what held, and what did not."""
    rows = [
        (what, str(checks), str(found) if found else "held") for what, checks, found in one.by_rule if checks or found
    ]
    if rows:
        caption = f"What was checked: {one.checks} comparisons. Findings include notices."
        yield Table(caption, ("compared", "comparisons", "findings"), tuple(rows))
    silent = [what for what, checks, found in one.by_rule if not checks and not found]
    if silent:
        yield Paragraph(f"Not printed, so that nothing could be compared: {'; '.join(silent)}.")


def not_checked(one: AuditedStudy) -> Iterator[Block]:
    """Yield what could not be compared, and why."""
    if one.not_checked:
        rows = tuple((left.what, left.why, left.where) for left in one.not_checked)
        yield Table("What could not be checked.", ("what", "why", "where"), rows)


def not_read(draft: Draft) -> Iterator[Block]:
    """Yield how much of a paper was read, and the numbers that were not."""
    yield Paragraph(f"Read of the paper: {draft.words}.")
    rows = tuple((one.passage.where, ", ".join(one.unread), one.passage.text) for one in draft.passages if one.unread)
    if rows:
        yield Table("Numbers that were not read.", ("where", "numbers", "text"), rows)
