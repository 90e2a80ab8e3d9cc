"""The verb `plan`: what a trial design does."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from escc_bayes.cli.options import OutOption, QuietOption, SchedulerOption, SeedOption, WorkersOption
from escc_bayes.cli.progress import counting_bars

if TYPE_CHECKING:
    from escc_bayes.foundation.scheduler import Scheduler


def plan(
    design: Annotated[str, typer.Argument(help="Design TOML, or a bundled design by name, such as rt_consolidation.")],
    trials: Annotated[
        int, typer.Option("--trials", min=100, max=10_000_000, help="Simulated trials of each scenario.")
    ] = 20_000,
    protocol: Annotated[
        bool, typer.Option("--protocol", help="Write protocol.md and protocol.docx: the plan as a protocol says it.")
    ] = False,
    workers: WorkersOption = 1,
    scheduler: SchedulerOption = None,
    out: OutOption = Path("out/plan"),
    seed: SeedOption = 20251,
    quiet: QuietOption = False,
) -> None:
    """What a trial design does: power beside assurance, type I error, expected size, for every rule.

    A killed run goes on where it stopped, if the same command is given again.
    """
    from escc_bayes.foundation.choose_scheduler import scheduler_for
    from escc_bayes.foundation.outputs import staged
    from escc_bayes.trial.kind import KINDS, kind_of
    from escc_bayes.trial.reading.design import load_design

    if (kind := kind_of(design)) in KINDS:
        plan_kind(str(kind), design, trials, seed, out, scheduler_for(workers, scheduler), quiet, protocol=protocol)
        return
    # Before the modules that compute and draw are loaded, which takes longer than to find what is wrong.
    asked, where = load_design(design), scheduler_for(workers, scheduler)

    from escc_bayes.report.protocol.protocol import write_protocol
    from escc_bayes.report.verbs.plan import write_plan_files
    from escc_bayes.trial.design.trial_plan import planned
    from escc_bayes.trial.requests.requested_analyses import asks_more, requested_analyses, requested_sentences
    from escc_bayes.trial.simulation.checkpoint import Checkpoint, resumable
    from escc_bayes.trial.simulation.summary import summary
    from escc_bayes.trial.simulation.tally import CHUNK
    from escc_bayes.trial.simulation.workers import BUNDLE

    checkpoint = Checkpoint.of(asked.digest, trials=trials, seed=seed, folder=out)

    def trial_words(done: int, total: int) -> str:  # noqa: ARG001 - parts of a known size
        return f"trial {min(done * BUNDLE * CHUNK, trials):,} of {trials:,}"

    with said_if_kept(checkpoint.place), counting_bars(quiet=quiet) as bar:
        move = bar(f"Simulating {trials:,} trials of {asked.name}", trial_words)
        found = resumable(
            planned(asked), trials=trials, seed=seed, scheduler=where, checkpoint=checkpoint, progress=move
        )
        if asks_more(asked):
            move = bar("Answering what else the design asks", lambda done, total: f"part {done} of {total}")
        more = requested_analyses(asked, trials=trials, seed=seed, scheduler=where, keep=checkpoint.keep, progress=move)
    with staged(out) as folder:
        write_plan_files(folder, found, more)
        if protocol:
            write_protocol(folder, found, more)
    checkpoint.forget()
    for sentence in (*summary(found), *requested_sentences(more)):
        typer.echo(sentence)


def plan_kind(
    kind: str, design: str, trials: int, seed: int, out: Path, where: "Scheduler", quiet: bool, *, protocol: bool
) -> None:
    """Plan a design of a kind of its own: simulate it, write its files, say what it does."""
    from escc_bayes.foundation.outputs import staged
    from escc_bayes.report.verbs.plan_kinds import plan_of_kind

    asked = plan_of_kind(kind, design)

    from escc_bayes.report.protocol.told import write_told_protocol
    from escc_bayes.report.verbs.plan_told import write_told
    from escc_bayes.trial.simulation.checkpoint import Checkpoint
    from escc_bayes.trial.simulation.run import Run
    from escc_bayes.trial.simulation.told import summary

    checkpoint = Checkpoint.of(asked.digest, trials=trials, seed=seed, folder=out)
    with said_if_kept(checkpoint.place), counting_bars(quiet=quiet) as bar:
        move = bar(f"Simulating {trials:,} trials of {asked.name}", lambda done, total: f"part {done} of {total}")
        told, drawn = asked.planned(Run(trials, seed, where, checkpoint.keep, move))
    with staged(out) as folder:
        sheets = drawn()
        write_told(folder, told, sheets)
        if protocol:
            write_told_protocol(folder, told, {of.name: f"{of.title}." for of in sheets})
    checkpoint.forget()
    for sentence in summary(told):
        typer.echo(sentence)


@contextmanager
def said_if_kept(place: Path) -> Iterator[None]:
    """Say where the finished part of a run stays that ends before its time."""
    try:
        yield
    except BaseException:
        if place.is_dir():
            typer.echo(f"What is finished stays in {place.parent}; the same command goes on from there.", err=True)
        raise
