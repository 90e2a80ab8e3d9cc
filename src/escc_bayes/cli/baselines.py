"""The verb `baselines`: the classical tables of an endpoint."""

from pathlib import Path
from typing import Annotated

import typer

from escc_bayes.cli.inputs import open_cohort
from escc_bayes.cli.options import CohortOption, LevelOption, OutOption, SchemaOption
from escc_bayes.cli.tables import print_baselines
from escc_bayes.foundation.errors import InputError


def baselines(
    cohort: CohortOption,
    endpoint: Annotated[str, typer.Option("--endpoint", help="An endpoint of the schema, such as os.")],
    schema: SchemaOption = None,
    out: OutOption = Path("out/baselines"),
    level: LevelOption = 0.95,
    landmark: Annotated[
        float | None, typer.Option("--landmark", min=0.0, max=1200.0, help="Months at which the clock restarts.")
    ] = None,
    times: Annotated[str, typer.Option("--times", help="Months at which survival is read.")] = "12,24,36",
    strata: Annotated[
        list[str] | None,
        typer.Option("--strata", help="Log-rank and Cox within a covariate, such as centre, too. May be repeated."),
    ] = None,
    interaction: Annotated[
        tuple[str, str] | None,
        typer.Option("--interaction", help="Two covariates A B: does the effect of A differ between levels of B?"),
    ] = None,
) -> None:
    """Kaplan-Meier, log-rank, Cox, Firth, Weibull, PH test, RMST and follow-up for every covariate."""
    from escc_bayes.classical.baselines import baselines as classical_tables
    from escc_bayes.foundation.outputs import staged
    from escc_bayes.report.verbs import files

    patients = open_cohort(cohort, schema)
    months = read_months(times)
    with staged(out) as folder:
        found = classical_tables(
            patients,
            endpoint,
            level=level,
            landmark=landmark,
            times=months,
            strata=strata or None,
            interaction=interaction,
        )
        files.write_baseline_files(folder, {endpoint: found})
        files.write_run(folder, "baselines", [found.record], {})
    for sentence in found.sentences:
        typer.echo(sentence)
    print_baselines(found.tables, out, found.levels)


def read_months(text: str) -> tuple[float, ...]:
    """Return increasing months from text such as ``12,24,36``."""
    from escc_bayes.foundation.checks import increasing

    try:
        given = [float(part) for part in text.split(",")]
    except ValueError:
        raise InputError(f"--times {text}: write months separated by commas, such as 12,24,36") from None
    return increasing(given, "--times", error=InputError, above=0.0)
