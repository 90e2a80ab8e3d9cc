"""The verb `paper`: from a paper to the next trial, on one page."""

from pathlib import Path
from typing import Annotated

import typer

from escc_bayes.cli.options import LevelOption, OutOption, QuietOption, SeedOption
from escc_bayes.cli.progress import progress_bars


def paper(
    source: Annotated[
        str,
        typer.Argument(
            metavar="PAPER",
            help="A paper as Markdown, text, HTML, .docx or PDF; or a study file, or a bundled study by name.",
        ),
    ],
    layout: Annotated[
        Path | None,
        typer.Option("--layout", help="How prints become columns: layout.toml of an earlier run, edited."),
    ] = None,
    effect: Annotated[
        str | None,
        typer.Option("--effect", help="What the two groups of the paper differ in, such as rt_added, if not seen."),
    ] = None,
    members: Annotated[int, typer.Option("--members", min=1, max=100, help="Cohorts to reconstruct.")] = 3,
    steps: Annotated[
        int, typer.Option("--steps", min=1000, max=10**12, help="Proposals of one search at most.")
    ] = 20_000_000,
    trials: Annotated[
        int, typer.Option("--trials", min=100, max=10_000_000, help="Simulated trials of the next one.")
    ] = 1_000,
    out: OutOption = Path("out/paper"),
    level: LevelOption = 0.95,
    seed: SeedOption = 20251,
    quiet: QuietOption = False,
) -> None:
    """From a paper to the next trial: audit, cohorts, models, sensitivity, earlier studies, a design; index.html.

    Every part has files of its own; one that the paper does not serve says why. Seconds where the arms of a trial are
    printed; where cohorts must be searched for (79 patients), 94 s of CPU, on two
    cores, and 57 s more the first time, when the search is compiled.
    """
    from escc_bayes.foundation.outputs import check_folder, staged
    from escc_bayes.report.paper.layout_choice import layout_choice
    from escc_bayes.report.paper.request import PaperRequest, prints_of
    from escc_bayes.report.paper.run import run_paper

    check_folder(out)
    study, draft, done = prints_of(source, effect)
    asked = PaperRequest(study, draft, done, layout, members, steps, trials, level, seed)
    if layout is not None:
        # What is wrong with a file that the user wrote ends the run; a part that the paper does not serve does not.
        layout_choice(study, layout, typed=draft is None)
    with progress_bars(quiet=quiet) as stage, staged(out, "paper") as folder:
        parts = run_paper(asked, folder, stage)
    for part in parts:
        typer.echo(f"{part.title}\n  {f'skipped: {part.skipped}' if part.skipped else part.short}")
    typer.echo("Not run here, with the command that does: parts.csv")
    typer.echo(f"The page: {out / 'index.html'}")
