"""The verb `monitor`: where a running trial stands."""

from pathlib import Path
from typing import Annotated

import typer

from escc_bayes.cli.options import LevelOption, OutOption, QuietOption, SeedOption
from escc_bayes.cli.progress import progress_bars
from escc_bayes.foundation.errors import InputError


def monitor(
    design: Annotated[str, typer.Argument(help="Design TOML, or a bundled design by name.")],
    data: Annotated[str, typer.Option("--data", help="CSV, Excel, SPSS, Stata or SAS, a row for each patient.")],
    schema: Annotated[str, typer.Option("--schema", help="Schema TOML, or a bundled schema by name.")],
    endpoint: Annotated[
        str, typer.Option("--endpoint", help="An endpoint of the schema, time from entry; PFS where a design has both.")
    ],
    arm: Annotated[
        str | None, typer.Option("--arm", help="Covariate whose levels are the arms. Default: arm. Not if --blinded.")
    ] = None,
    entry: Annotated[str, typer.Option("--entry", help="Covariate: calendar time since the first entry.")] = "entry",
    lost: Annotated[
        str | None, typer.Option("--lost", help="Binary covariate: followed no longer, without an event.")
    ] = None,
    stratum: Annotated[
        str, typer.Option("--stratum", help="Covariate whose levels are the strata, where the design has them.")
    ] = "stratum",
    os_endpoint: Annotated[
        str | None, typer.Option("--os-endpoint", help="The endpoint that is OS, for a design of PFS and OS.")
    ] = None,
    asof: Annotated[
        float | None,
        typer.Option("--asof", min=0.0, max=1200.0, help="Month of the look since the first entry; default: latest."),
    ] = None,
    blinded: Annotated[bool, typer.Option("--blinded", help="Read no arm: accrual and date of the end alone.")] = False,
    completions: Annotated[
        int, typer.Option("--completions", min=100, max=1_000_000, help="Futures of the trial to draw.")
    ] = 4_000,
    out: OutOption = Path("out/monitor"),
    seed: SeedOption = 20251,
    level: LevelOption = 0.95,
    quiet: QuietOption = False,
) -> None:
    """Where a running trial stands: hazard ratio, chances of each rule at the end, and when the end comes."""
    from escc_bayes.cli.monitor_kinds import Given, monitor_kind
    from escc_bayes.foundation.outputs import staged
    from escc_bayes.report.verbs.monitor import sentences, write_monitor_files
    from escc_bayes.trial.kind import KINDS, kind_of
    from escc_bayes.trial.monitoring.interim_look import interim_look
    from escc_bayes.trial.monitoring.reading_interim import Columns, follow_up_from, read_interim, unblinded
    from escc_bayes.trial.reading.design import load_design

    if blinded and arm is not None:
        raise InputError(f"--arm {arm}: a blinded look reads no arm; leave --arm or --blinded out")
    columns = Columns(arm or "arm", entry, lost, stratum)
    if (kind := kind_of(design)) in KINDS:
        monitor_kind(
            str(kind), design, Given(data, schema, endpoint, os_endpoint, columns, asof, blinded, level, seed, out)
        )
        return
    if os_endpoint is not None:
        raise InputError(f"--os-endpoint {os_endpoint}: {design} has one endpoint; leave it out")
    asked = load_design(design)
    patients = read_interim(data, schema, columns, blinded=blinded)
    seen = follow_up_from(patients, asked, endpoint=endpoint, columns=columns, month=asof)
    if not blinded:
        seen = unblinded(seen, patients, asked, columns)
    with progress_bars(quiet=quiet) as stage:
        stage(f"Completing {asked.name} {completions:,} times")
        look = interim_look(
            asked,
            seen,
            completions=completions,
            seed=seed,
            level=level,
            provenance=patients.provenance,
            data_digest=patients.digest,
        )
    with staged(out) as folder:
        write_monitor_files(folder, look)
    for sentence in sentences(look):
        typer.echo(sentence)
