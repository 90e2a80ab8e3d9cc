"""The verb `check`: what a schema makes of a file, before anything is fitted."""

from pathlib import Path
from typing import Annotated

import typer

from escc_bayes.cli.options import SchemaOption


def check(
    file: Annotated[str, typer.Argument(help="CSV, Excel, SPSS, Stata or SAS file, or a bundled cohort by name.")],
    schema: SchemaOption = None,
) -> None:
    """Read a file with its schema: characteristics, events, follow-up, and everything that looks wrong."""
    from escc_bayes.classical.characteristics import characteristics, followed
    from escc_bayes.cli.inputs import open_cohort
    from escc_bayes.estimand.aligned import plain_table

    cohort = open_cohort(file, schema)
    typer.echo(f"{cohort.provenance.upper()}: {len(cohort)} patients of {cohort.name}{cohort.row_words}")
    rows = [tuple(row) for row in characteristics(cohort)]
    typer.echo("")
    typer.echo(plain_table("Characteristics", ("covariate", "level", "n (%) or median (range)", "missing"), rows))
    typer.echo("")
    head = ("endpoint", "n", "events", "median follow-up (95 % confidence)", "median survival (95 % confidence)")
    typer.echo(plain_table("Endpoints, months", head, [tuple(row) for row in followed(cohort)]))
    for name, data in cohort.endpoints.items():
        if data.left is not None:
            typer.echo(f"{cohort.count_sentence(name)}; both medians take the later month (RIGHT END)")
    typer.echo("")
    if cohort.notes:
        typer.echo(f"{len(cohort.notes)} to look at (printed above as warnings).")
    else:
        typer.echo("Nothing looks wrong.")
    missing = [path for path in (Path(file),) if not path.exists()]
    typer.echo(
        "" if missing else f"Next: escc-bayes report --cohort {file}" + (f" --schema {schema}" if schema else "")
    )
