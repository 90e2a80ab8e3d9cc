"""The verb `audit`: does the arithmetic of a paper hold?"""

from pathlib import Path
from typing import Annotated

import typer

from escc_bayes.cli.options import OutOption


def audit(
    studies: Annotated[
        list[str] | None, typer.Argument(help="Study files or bundled studies by name; none: every bundled study.")
    ] = None,
    out: OutOption = Path("out/audit"),
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with code 1 on what is impossible or very unlikely.")
    ] = False,
) -> None:
    """Does the arithmetic of a paper hold? One sentence a finding, and findings.csv."""
    from dataclasses import asdict, fields

    from escc_bayes.data.shipped import find_study, study_names
    from escc_bayes.evidence.audit import audit_studies
    from escc_bayes.evidence.finding import Finding
    from escc_bayes.evidence.ledger import NotChecked
    from escc_bayes.foundation.csv import write_csv
    from escc_bayes.foundation.outputs import staged

    done, problems = audit_studies([find_study(name) for name in studies or study_names()])
    findings = [finding for one in done for finding in one.findings]
    left = [entry for one in done for entry in one.not_checked]
    with staged(out, "audit") as folder:
        write_csv(folder / "findings.csv", [asdict(finding) for finding in findings], [f.name for f in fields(Finding)])
        write_csv(folder / "not_checked.csv", [asdict(entry) for entry in left], [f.name for f in fields(NotChecked)])
    for one in done:
        for sentence in (one.words, *one.findings, *one.not_checked):
            typer.echo(str(sentence))
    for problem in problems:
        typer.secho(f"Error: {problem}", err=True)
    if problems:
        raise typer.Exit(2)
    if strict and any(finding.grave for finding in findings):
        raise typer.Exit(1)
