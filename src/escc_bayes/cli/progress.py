"""What a verb says on stderr while it works, and which results must not be used."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars

    from escc_bayes.bayes.settings import Progress
    from escc_bayes.report.bundle import Stage


@contextmanager
def progress_bars(*, quiet: bool) -> Iterator["Stage"]:
    """Yield a function that starts a bar for a piece of work; bars show on a terminal, sentences elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, quiet=quiet)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[words]}"), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        yield lambda name: started(bars, console, name)


def started(bars: "Bars", console: "Console", name: str) -> "Progress":
    """Start one bar and return the function that moves it."""
    task = bars.add_task(name, total=None, words="")
    said: set[str] = set()
    if not console.is_terminal:
        console.print(name, highlight=False)

    def report_progress(what: str, done: int, total: int, divergences: int) -> None:
        words = f"{what}, {divergences} divergences" if total else what
        bars.update(task, completed=done, total=total or None, words=words)
        if what not in said and not console.is_terminal:
            said.add(what)
            console.print(f"  {name}: {what}", highlight=False)

    return report_progress


def finish(faults: list[str] | tuple[str, ...]) -> None:
    """Say on stderr which models must not be used."""
    for fault in faults:
        typer.secho(fault, err=True, fg=typer.colors.RED, bold=True)
