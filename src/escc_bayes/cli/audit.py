"""The verb `audit`: does the arithmetic of a paper hold?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from escc_bayes.cli.options import OutOption

if TYPE_CHECKING:
    from escc_bayes.evidence.audit import AuditedStudy
    from escc_bayes.evidence.manuscript.draft import Draft
    from escc_bayes.foundation.errors import InputError


def audit(
    studies: Annotated[
        list[str] | None,
        typer.Argument(
            help="Study files; a paper as Markdown, text, HTML, .docx or PDF; a CSV of prints (what, value, where); "
            "bundled studies by name; none: every bundled study."
        ),
    ] = None,
    quick: Annotated[
        str | None, typer.Option("--quick", help='A line as printed: "HR 0.73 (96 % CI 0.59-0.89), P = 0.002".')
    ] = None,
    draft: Annotated[
        Path | None, typer.Option("--draft", help="Write what was read of a paper as a study file, to be completed.")
    ] = None,
    out: OutOption = Path("out/audit"),
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with code 1 on what is impossible or very unlikely.")
    ] = False,
) -> None:
    """Does the arithmetic of a paper hold? One sentence a finding, and a report (audit.docx, .html, .md)."""
    from escc_bayes.foundation.outputs import staged
    from escc_bayes.report.verbs.audit import write_audit_files

    done, drafts, problems = audited_inputs(studies or [], quick)
    if draft is not None:
        write_draft(draft, drafts)
    with staged(out, "audit") as folder:
        write_audit_files(folder, done, drafts)
    for one_draft in drafts:
        say_what_was_read(one_draft)
    for one in done:
        for sentence in (one.words, *one.findings, *one.not_checked):
            typer.echo(str(sentence))
    for problem in problems:
        typer.secho(f"Error: {problem}", err=True)
    if problems:
        raise typer.Exit(2)
    if strict and any(finding.grave for one in done for finding in one.findings):
        raise typer.Exit(1)


def audited_inputs(names: list[str], line: str | None) -> "tuple[list[AuditedStudy], list[Draft], list[InputError]]":
    """Return every audit, the drafts that some of them are of, and what could not be read."""
    from escc_bayes.data.shipped import find_study, study_names
    from escc_bayes.evidence.audit import audit_studies
    from escc_bayes.evidence.manuscript.audited import audited_draft
    from escc_bayes.evidence.manuscript.draft import drafted
    from escc_bayes.evidence.manuscript.entry import Passage
    from escc_bayes.evidence.manuscript.files import drafted_file, is_manuscript
    from escc_bayes.foundation.errors import InputError

    drafts = [drafted("quick", [Passage(line, "the line")])] if line else []
    problems: list[InputError] = []
    for name in filter(is_manuscript, names):
        try:
            drafts.append(drafted_file(Path(name)))
        except InputError as error:
            problems.append(error)
    files = [name for name in names if not is_manuscript(name)]
    listed = files or (study_names() if not names and line is None else ())
    done, refused = audit_studies([find_study(name) for name in listed])
    return [*map(audited_draft, drafts), *done], drafts, [*problems, *refused]


def write_draft(path: Path, drafts: "list[Draft]") -> None:
    """Write the one draft there is."""
    from escc_bayes.evidence.manuscript.study_file import write_study
    from escc_bayes.foundation.errors import InputError

    if len(drafts) != 1:
        raise InputError(f"--draft {path}: a draft is of one paper, line or CSV, {len(drafts)} were read; name one")
    write_study(path, drafts[0])
    typer.echo(f"Drafted {path}: {drafts[0].words}")


def say_what_was_read(draft: "Draft") -> None:
    """Print, for each passage with a number, what was read and what was not."""
    for one in draft.passages:
        read = "; ".join(entry.words for entry in one.entries)
        if read:
            typer.echo(f"{one.passage.where} [read] {read}")
        if one.unread:
            typer.echo(f"{one.passage.where} [not read] {', '.join(one.unread)}: '{one.passage.text}'")
