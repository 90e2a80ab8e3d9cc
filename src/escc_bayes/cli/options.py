"""Options that several verbs share, each spelt once."""

from pathlib import Path
from typing import Annotated

import typer

CohortOption = Annotated[
    str, typer.Option("--cohort", help="CSV, Excel, SPSS, Stata, SAS or Parquet file, or a bundled cohort by name.")
]
SchemaOption = Annotated[
    str | None, typer.Option("--schema", help="Schema TOML, or a bundled schema by name; bundled cohorts need none.")
]
ModelOption = Annotated[
    list[str] | None,
    typer.Option("--model", help="Specification TOML or bundled name; NAME@VARIANT for a variant. May be repeated."),
]
OutOption = Annotated[Path, typer.Option("--out", help="Folder to write; made complete or not at all.")]
SeedOption = Annotated[int, typer.Option("--seed", min=0, max=2**63 - 1, help="Seed of everything random.")]
LevelOption = Annotated[float, typer.Option("--level", min=0.5, max=0.999, help="Level of every interval.")]
EngineOption = Annotated[
    str,
    typer.Option("--engine", help="nuts (reference, seconds) or laplace (milliseconds, judges itself by Pareto k)."),
]
ReportEngineOption = Annotated[
    str | None,
    typer.Option("--engine", help="nuts or laplace for every model; default: laplace, headline models also by nuts."),
]
BackendOption = Annotated[
    str | None,
    typer.Option("--backend", help="Of nuts: native (numpy, nothing to compile; default) or pymc."),
]
DrawsOption = Annotated[
    int | None,
    typer.Option("--draws", min=4, max=500_000, help="Kept draws of each chain; default: 1500 (nuts), 5000 (laplace)."),
]
TuneOption = Annotated[
    int, typer.Option("--tune", min=10, max=100_000, help="Warm-up iterations of each chain; nuts only.")
]
ChainsOption = Annotated[int, typer.Option("--chains", min=2, max=500, help="Number of chains.")]
WorkersOption = Annotated[
    int, typer.Option("--workers", min=1, max=512, help="Processes; results do not depend on it.")
]
ReportWorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers", min=1, max=2, help="Processes, 1 or 2; results do not depend on it. Default: 2 on two cores."
    ),
]
SensitivityWorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers", min=1, max=512, help="Processes; results do not depend on it. Default: every core, 8 at most."
    ),
]
SchedulerOption = Annotated[
    str | None,
    typer.Option("--scheduler", help="A Dask scheduler, tcp://HOST:PORT, instead; needs the extra `cluster`."),
]
StrictOption = Annotated[bool, typer.Option("--strict", help="Exit with code 1 if a result is NOT FIT FOR USE.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="No progress, only warnings and errors.")]
