"""What a verb says on stderr while it works, and which results must not be used."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
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
    elif not sys.stderr.isatty():
        yield said_of_stages
    else:
        with opened() as bars:
            yield lambda name: started(bars, name)


@contextmanager
def counting_bars(*, quiet: bool) -> Iterator[Callable[[str, Words], "Counted"]]:
    """Yield a function that starts a bar for work that is counted, such as trials, from its name and its words."""
    if quiet:
        yield lambda *_: nothing
    elif not sys.stderr.isatty():
        yield said_by_tenths
    else:
        with opened() as bars:
            yield lambda name, words: counting(bars, name, words)


def nothing(*_: object) -> None:
    """Say nothing of work that goes on."""


def say(line: str) -> None:
    """Print a line on stderr."""
    typer.echo(line, err=True)


def said_of_stages(name: str) -> "Progress":
    """Say that a piece of work begins; return a function that says each of its stages once."""
    said: set[str] = set()
    say(name)

    def report_progress(what: str, *_: int) -> None:
        if what not in said:
            said.add(what)
            say(f"  {name}: {what}")

    return report_progress


def said_by_tenths(name: str, words: Words) -> "Counted":
    """Say that counted work begins; return a function that says how far it is, a sentence a tenth."""
    said: set[int] = set()
    say(name)

    def report_count(done: int, total: int) -> None:
        tenth = 10 * done // max(total, 1)
        if tenth not in said:
            said.add(tenth)
            say(f"  {words(done, total)}")

    return report_count


@contextmanager
def opened() -> Iterator["Bars"]:
    """Yield bars on the terminal of stderr; what draws them is loaded for a terminal alone."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[words]}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        yield bars


def counting(bars: "Bars", name: str, words: Words) -> "Counted":
    """Start one bar and return the function that moves it."""
    task = bars.add_task(name, total=None, words="")

    def report_count(done: int, total: int) -> None:
        bars.update(task, completed=done, total=total or None, words=words(done, total))

    return report_count


def started(bars: "Bars", name: str) -> "Progress":
    """Start one bar and return the function that moves it."""
    task = bars.add_task(name, total=None, words="")

    def report_progress(what: str, done: int, total: int, divergences: int) -> None:
        words = f"{what}, {divergences} divergences" if total else what
        bars.update(task, completed=done, total=total or None, words=words)

    return report_progress


def finish(faults: list[str] | tuple[str, ...], *, strict: bool = False) -> None:
    """Say on stderr which models must not be used; if ``strict``, exit with code 1 where there is one."""
    for fault in faults:
        typer.secho(fault, err=True, fg=typer.colors.RED, bold=True)
    if strict and faults:
        raise typer.Exit(1)
