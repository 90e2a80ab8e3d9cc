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
    strict: Annotated[bool, typer.Option("--strict", help="Exit with code 1 on a contradiction.")] = False,
) -> None:
    """Does the arithmetic of a paper hold? One sentence a finding, and findings.csv."""
    from dataclasses import asdict, fields

    from escc_bayes.data.bundled import find_study, study_names
    from escc_bayes.evidence.audit import audit_files
    from escc_bayes.evidence.finding import Finding
    from escc_bayes.foundation.csv import write_csv
    from escc_bayes.foundation.outputs import staged

    findings, problems = audit_files([find_study(name) for name in studies or study_names()])
    with staged(out, "audit") as folder:
        columns = [field.name for field in fields(Finding)]
        write_csv(folder / "findings.csv", [asdict(finding) for finding in findings], columns)
    for finding in findings:
        typer.echo(str(finding))
    for problem in problems:
        typer.secho(f"Error: {problem}", err=True)
    if problems:
        raise typer.Exit(2)
    if strict and any(finding.severity == "contradiction" for finding in findings):
        raise typer.Exit(1)
