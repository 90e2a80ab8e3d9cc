"""`reconstruct` of a study without a layout: cohorts built from what it prints of its arms."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from escc_bayes.cli.progress import progress_bars

if TYPE_CHECKING:
    from escc_bayes.data.published import Study


def build_arms(
    study: "Study",
    *,
    endpoints: tuple[str, ...],
    cutoff: str | None,
    replicates: int,
    seed: int,
    out: Path,
    quiet: bool,
) -> None:
    """Write the cohorts, and say what every one of them has."""
    from escc_bayes.evidence.arm_level.published import read_arms
    from escc_bayes.evidence.arm_level.reconstruct import reconstruct_arms
    from escc_bayes.foundation.outputs import staged
    from escc_bayes.report.verbs.arms import write_arm_reconstruction

    printed = read_arms(study, cutoff, endpoints)
    with progress_bars(quiet=quiet) as stage:
        bars = stage(f"Building the arms of {study.id}")
        members = reconstruct_arms(
            printed,
            seed=seed,
            replicates=replicates,
            progress=lambda what, done, total: bars(what, done, total, 0),
        )
    with staged(out) as folder:
        said = write_arm_reconstruction(folder, printed, members, seed)
    for sentence in said:
        typer.echo(sentence)
