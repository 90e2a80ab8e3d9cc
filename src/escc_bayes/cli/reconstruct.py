"""The verb `reconstruct`: cohorts that add up to a study's printed statistics."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from escc_bayes.cli.arms import build_arms
from escc_bayes.cli.curves import reconstruct_curves
from escc_bayes.cli.options import OutOption, QuietOption, SeedOption
from escc_bayes.cli.progress import progress_bars
from escc_bayes.foundation.errors import InputError

if TYPE_CHECKING:
    from escc_bayes.data.published import Study


def reconstruct(
    study: Annotated[str | None, typer.Argument(help="A study file, or a bundled study by name.")] = None,
    layout: Annotated[
        str | None, typer.Option("--layout", help="How printed numbers become columns; default: the bundled layout.")
    ] = None,
    endpoint: Annotated[
        list[str] | None,
        typer.Option("--endpoint", help="Endpoints of the layout; default: all, jointly. Of a curve: its name, os."),
    ] = None,
    cutoff: Annotated[
        str | None, typer.Option("--cutoff", help="Data cut to use, such as interim; default: the latest.")
    ] = None,
    replicates: Annotated[int, typer.Option("--replicates", min=1, max=1000, help="How many cohorts.")] = 20,
    steps: Annotated[
        int | None,
        typer.Option(
            "--steps",
            min=1000,
            max=10**12,
            help="Proposals of one search at most; it ends once all match. Default: 50,000,000; fewer for many.",
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, max=512, help="Threads; default: one a core.")
    ] = None,
    curve: Annotated[
        str | None,
        typer.Option("--curve", help="Instead of a study: CSV of a digitised curve; columns arm, months, survival."),
    ] = None,
    at_risk: Annotated[
        str | None, typer.Option("--at-risk", help="CSV of its numbers at risk; columns months, nrisk_ARM.")
    ] = None,
    patients: Annotated[
        list[str] | None, typer.Option("--patients", help="ARM=N, where no numbers at risk are printed. Repeatable.")
    ] = None,
    events: Annotated[
        list[str] | None, typer.Option("--events", help="ARM=N, where the number of events is printed. Repeatable.")
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option("--reference", help="Arm that hazard ratios are over; default: the first of the curve."),
    ] = None,
    out: OutOption = Path("out/reconstruct"),
    seed: SeedOption = 20251,
    quiet: QuietOption = False,
) -> None:
    """Find cohorts that add up to the printed statistics of a study: cohorts/*.csv, targets.csv, spread.csv.

    A study without a layout is built from what it prints of its arms: curves, events and the effect between them.
    With --curve instead of a study: the patients behind a digitised Kaplan-Meier curve, with a schema that `fit` and
    `baselines` read, and a figure of both curves.
    """
    if (study is None) == (curve is None):
        raise InputError("reconstruct needs one of two: a study to reconstruct, or a digitised curve after --curve")
    of_study = {"--layout": layout, "--cutoff": cutoff, "--steps": steps}
    of_curve = {"--at-risk": at_risk, "--patients": patients, "--events": events, "--reference": reference}
    for option, given in (of_study if curve is not None else of_curve).items():
        if given:
            raise InputError(f"{option} is for {'a study' if curve is not None else 'a curve (--curve)'}; leave it out")
    if curve is not None:
        reconstruct_curves(
            curve,
            at_risk,
            patients=patients or [],
            events=events or [],
            reference=reference,
            endpoint=endpoint or [],
            out=out,
        )
        return
    assert study is not None
    from escc_bayes.data.shipped import find_study, models_folder
    from escc_bayes.data.study import read_study
    from escc_bayes.evidence.reconstruction.audited import audit_sentence, audited
    from escc_bayes.evidence.reconstruction.layout import layout_path

    published, endpoints = read_study(find_study(study)), tuple(endpoint or ())
    contradictions = audit_sentence(published, audited(published))
    if contradictions and not quiet:
        typer.echo(contradictions, err=True)
    if layout is None and layout_path(published.id, models_folder()) is None:
        if steps is not None:
            raise InputError(f"--steps: {published.id} is built from its arms, nothing is searched; leave it out")
        build_arms(
            published, endpoints=endpoints, cutoff=cutoff, replicates=replicates, seed=seed, out=out, quiet=quiet
        )
        return
    search(published, layout, endpoints, cutoff, Search(replicates, steps, workers, seed), out=out, quiet=quiet)


@dataclass(frozen=True, slots=True)
class Search:
    """How much is searched, and from which seed."""

    replicates: int
    steps: int | None
    workers: int | None
    seed: int


def search(
    published: "Study",
    layout: str | None,
    endpoints: tuple[str, ...],
    cutoff: str | None,
    asked: Search,
    *,
    out: Path,
    quiet: bool,
) -> None:
    """Search cohorts of a study that has a layout, and say what they match."""
    from escc_bayes.evidence.reconstruction.automatic import layout_for
    from escc_bayes.evidence.reconstruction.columns import refuse_counts

    # What cannot be read, or be, is refused before the search is loaded, which takes seconds.
    chosen = layout_for(published, layout, endpoints, cutoff)
    refuse_counts(chosen, published)
    from escc_bayes.evidence.reconstruction.reconstruct import reconstruct as search_cohorts
    from escc_bayes.evidence.reconstruction.table import summary
    from escc_bayes.foundation.outputs import staged
    from escc_bayes.report.verbs.reconstruct import write_reconstruction

    with progress_bars(quiet=quiet) as stage:
        bars = stage(f"Reconstructing {published.id}")
        found = search_cohorts(
            published,
            chosen,
            seed=asked.seed,
            replicates=asked.replicates,
            steps=asked.steps,
            workers=asked.workers,
            progress=lambda what, done, total: bars(what, done, total, 0),
        )
    with staged(out) as folder:
        write_reconstruction(folder, found, asked.seed)
    for sentence in summary(found):
        typer.echo(sentence)
