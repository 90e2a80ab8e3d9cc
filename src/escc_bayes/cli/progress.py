"""What a verb says on stderr while it works, and which results must not be used."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars

    from escc_bayes.bayes.sampling.settings import Progress
    from escc_bayes.foundation.chunks import Progress as Counted
    from escc_bayes.report.page.bundle import Stage

# How much of a piece of work is done, in words, from parts done and parts in all.
type Words = Callable[[int, int], str]


@contextmanager
def progress_bars(*, quiet: bool) -> Iterator["Stage"]:
    """Yield a function that starts a bar for a piece of work; bars show on a terminal, sentences elsewhere."""
    if quiet:
        yield lambda _: nothing
        return
    with opened() as (bars, console):
        yield lambda name: started(bars, console, name)


@contextmanager
def counting_bars(*, quiet: bool) -> Iterator[Callable[[str, Words], "Counted"]]:
    """Yield a function that starts a bar for work that is counted, such as trials, from its name and its words."""
    if quiet:
        yield lambda *_: nothing
        return
    with opened() as (bars, console):
        yield lambda name, words: counting(bars, console, name, words)


def nothing(*_: object) -> None:
    """Say nothing of work that goes on."""


@contextmanager
def opened() -> Iterator[tuple["Bars", "Console"]]:
    """Yield bars on stderr, and the console they stand on."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[words]}"), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        yield bars, console


def counting(bars: "Bars", console: "Console", name: str, words: Words) -> "Counted":
    """Start one bar and return the function that moves it; elsewhere than on a terminal a sentence a tenth."""
    task = bars.add_task(name, total=None, words="")
    said: set[int] = set()
    if not console.is_terminal:
        console.print(name, highlight=False)

    def report_count(done: int, total: int) -> None:
        bars.update(task, completed=done, total=total or None, words=words(done, total))
        tenth = 10 * done // max(total, 1)
        if tenth not in said and not console.is_terminal:
            said.add(tenth)
            console.print(f"  {words(done, total)}", highlight=False)

    return report_count


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


def finish(faults: list[str] | tuple[str, ...], *, strict: bool = False) -> None:
    """Say on stderr which models must not be used; if ``strict``, exit with code 1 where there is one."""
    for fault in faults:
        typer.secho(fault, err=True, fg=typer.colors.RED, bold=True)
    if strict and faults:
        raise typer.Exit(1)
