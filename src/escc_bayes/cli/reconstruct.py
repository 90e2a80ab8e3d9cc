"""The verb `reconstruct`: cohorts that add up to a study's printed statistics."""

from pathlib import Path
from typing import Annotated

import typer

from escc_bayes.cli.options import OutOption, QuietOption, SeedOption
from escc_bayes.cli.progress import progress_bars


def reconstruct(
    study: Annotated[str, typer.Argument(help="A study file, or a bundled study by name.")],
    layout: Annotated[
        str | None, typer.Option("--layout", help="How printed numbers become columns; default: the bundled layout.")
    ] = None,
    endpoint: Annotated[
        list[str] | None, typer.Option("--endpoint", help="Endpoints of the layout; default: all, jointly.")
    ] = None,
    cutoff: Annotated[
        str | None, typer.Option("--cutoff", help="Data cut to use, such as interim; default: the latest.")
    ] = None,
    replicates: Annotated[int, typer.Option("--replicates", min=1, max=1000, help="How many cohorts.")] = 20,
    steps: Annotated[
        int | None,
        typer.Option(
            "--steps", min=1000, help="Proposals of one search at most; it ends once all match. Default: 20,000,000."
        ),
    ] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Threads; default: one a core.")] = None,
    out: OutOption = Path("out/reconstruct"),
    seed: SeedOption = 20251,
    quiet: QuietOption = False,
) -> None:
    """Find cohorts that add up to the printed statistics of a study: cohorts/*.csv, targets.csv, spread.csv."""
    from escc_bayes.data.bundled import find_study
    from escc_bayes.data.study import read_study
    from escc_bayes.evidence.reconstruction.automatic import layout_for
    from escc_bayes.evidence.reconstruction.reconstruct import reconstruct as search_cohorts
    from escc_bayes.evidence.reconstruction.table import summary
    from escc_bayes.foundation.outputs import refuse_file, staged
    from escc_bayes.report.reconstruction_files import write_reconstruction

    refuse_file(out)
    published = read_study(find_study(study))
    chosen = layout_for(published, layout, tuple(endpoint or ()), cutoff)
    with progress_bars(quiet=quiet) as stage:
        bars = stage(f"Reconstructing {published.id}")
        found = search_cohorts(
            published,
            chosen,
            seed=seed,
            replicates=replicates,
            steps=steps,
            workers=workers,
            progress=lambda what, done, total: bars(what, done, total, 0),
        )
    with staged(out) as folder:
        write_reconstruction(folder, found, seed)
    for sentence in summary(found):
        typer.echo(sentence)
