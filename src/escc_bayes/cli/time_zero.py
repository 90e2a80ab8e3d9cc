"""The verb `time-zero`: one covariate known after time zero, analysis by analysis."""

from pathlib import Path
from typing import Annotated

import typer

from escc_bayes.cli.inputs import open_ensemble, open_specs
from escc_bayes.cli.options import CohortOption, LevelOption, OutOption, SchemaOption, SeedOption
from escc_bayes.foundation.errors import InputError


def time_zero(
    cohort: CohortOption,
    endpoint: Annotated[str, typer.Option("--endpoint", help="An endpoint of the schema, such as os.")],
    covariate: Annotated[
        str, typer.Option("--covariate", help="Known after time zero: known_at, starts_at or measured in the schema.")
    ],
    schema: SchemaOption = None,
    landmark: Annotated[
        list[float] | None,
        typer.Option("--landmark", min=0.0, max=1200.0, help="Months at which a clock restarts. May be repeated."),
    ] = None,
    grace: Annotated[
        float | None,
        typer.Option("--grace", min=0.0, max=1200.0, help="Clones: started by this month, against never."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", help="Specification with the covariate; default: weakly informative, printed."),
    ] = None,
    cycles: Annotated[
        list[str] | None,
        typer.Option(
            "--cycles",
            help="Guarantee time: cycles that inclusion asks for, N or LEVEL=N. Default: the schema's.",
        ),
    ] = None,
    interval: Annotated[
        float | None, typer.Option("--interval", min=0.0, max=120.0, help="Months between cycles.")
    ] = None,
    fraction: Annotated[
        float, typer.Option("--fraction", min=0.0, max=1.0, help="Share of these months that must be lived at least.")
    ] = 1.0,
    lead: Annotated[
        list[str] | None,
        typer.Option("--lead", help="Months before the first cycle, N or LEVEL=N. May be repeated."),
    ] = None,
    out: OutOption = Path("out/time_zero"),
    seed: SeedOption = 20251,
    level: LevelOption = 0.95,
) -> None:
    """Naive, landmark, time-updated, delayed entry, clones: what a covariate known later says, side by side."""
    from escc_bayes.cli.time_zero_words import guarantee_lines, table_lines
    from escc_bayes.data.guarantee import GuaranteeRules
    from escc_bayes.estimand.as_read import rows_as_read
    from escc_bayes.foundation.outputs import staged
    from escc_bayes.report.verbs.time_zero import write_time_zero_files
    from escc_bayes.time_zero.guarantee_rows import guarantee_rows
    from escc_bayes.time_zero.model import default_text
    from escc_bayes.time_zero.request import Request
    from escc_bayes.time_zero.run import time_zero as side_by_side

    spec = open_specs([model])[0] if model is not None else None
    patients, ensemble = open_ensemble(cohort, schema)
    members = ensemble.members if ensemble else (patients,)
    rules = patients.covariate(covariate).schema.guarantee
    if interval is not None:
        rules = GuaranteeRules(by_level(cycles, "--cycles"), interval, fraction, by_level(lead, "--lead"))
    elif cycles or lead:
        raise InputError("--cycles and --lead need --interval MONTHS, the months between cycles")
    landmarks = tuple(sorted(set(landmark or ())))
    called = ensemble.name if ensemble else patients.name
    asked = Request(endpoint, covariate, landmarks, grace, spec, level, seed, called=called)
    with staged(out) as folder:
        found = side_by_side(members, asked, only_guarantee=rules is not None)
        guaranteed = guarantee_rows(members, endpoint, covariate, rules, level=level, seed=seed) if rules else []
        write_time_zero_files(folder, found, guaranteed)
    for sentence in found.sentences:
        typer.echo(sentence)
    if spec is None and found.rows:
        text = default_text(patients.covariate(covariate).schema, endpoint)
        typer.echo("The model, since none was named (weakly informative):\n" + indented(text))
    typer.echo("\n".join([*table_lines(found), *guarantee_lines(rows_as_read(guaranteed, found.levels))]))
    typer.echo(f"Written to {out}")


def by_level(given: list[str] | None, option: str) -> dict[str, float]:
    """Return numbers by level from words such as ``concurrent=4``; a bare number is of every level."""
    found: dict[str, float] = {}
    for text in given or ():
        level, _, number = text.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            value = -1.0
        if not 0.0 <= value <= 1e4:
            raise InputError(f"{option} {text}: write a number that is not negative, or LEVEL=NUMBER")
        if level.strip() in found:
            raise InputError(f"{option} {text}: given twice; keep one")
        found[level.strip()] = value
    return found


def indented(text: str) -> str:
    """Return text with each line moved to the right."""
    return "\n".join(f"    {line}" for line in text.splitlines())
