"""The command line: its verbs, and how warnings are printed. How errors end: ``door``."""

import os
import sys
import warnings
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Annotated

import typer

from escc_bayes import __version__
from escc_bayes.cli.checked_command import CheckedCommand
from escc_bayes.foundation.errors import EsccBayesWarning, NotFitForUseWarning, one_paragraph
from escc_bayes.foundation.memory import leave_at_exit

# In the order of the help: from a file to a trial. Each stands in the module of its name.
VERBS = (
    *("draft", "check", "report", "fit", "baselines", "compare", "forms", "sensitivity", "time_zero", "match"),
    *("audit", "reconstruct", "evidence", "paper", "plan", "monitor", "explain"),
)


@cache
def app_of(verbs: tuple[str, ...] = VERBS) -> typer.Typer:
    """Return the command line with some of the verbs, whose modules are loaded."""
    app = typer.Typer(
        name="escc-bayes",
        help="Bayesian and classical survival analysis of small cohorts, side by side. Times are months.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    for verb in verbs:
        app.command(cls=CheckedCommand)(getattr(import_module(f"escc_bayes.cli.{verb}"), verb))
    app.callback()(options)
    return app


def asked(arguments: list[str]) -> tuple[str, ...]:
    """Return the verb that the arguments begin with; every verb where they begin with another word.

    Examples
    --------
    >>> asked(["time-zero", "--help"])
    ('time_zero',)
    >>> asked(["--help"]) == VERBS
    True
    """
    verb = arguments[0].replace("-", "_") if arguments else ""
    return (verb,) if verb in VERBS else VERBS


def show_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        typer.echo(f"escc-bayes {__version__}")
        raise typer.Exit


def options(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Bayesian and classical survival analysis of small cohorts, side by side. Times are months."""


def print_warning(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
    """Print one of our warnings as a sentence; the verdict on a fit is printed at the end instead."""
    if issubclass(category, EsccBayesWarning) and not issubclass(category, NotFitForUseWarning):
        print(f"Warning: {one_paragraph(str(message))}", file=sys.stderr)  # noqa: T201 - stderr is where warnings go


def once(show: Callable[..., None]) -> Callable[..., None]:
    """Return a function that shows no warning twice."""
    said: set[str] = set()

    def shown(message: Warning | str, *place: object, **more: object) -> None:
        if str(message) not in said:
            said.add(str(message))
            show(message, *place, **more)

    return shown


def run_verb() -> int:
    """Run the verb that the command line names, and return its exit code; errors are for ``door`` to tell."""
    # Matrices of small cohorts gain nothing from threads, and waiting threads burn time; numpy reads this on import.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    leave_at_exit()
    with warnings.catch_warnings():
        # Only our own warnings are for the user of a command.
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", EsccBayesWarning)
        warnings.showwarning = once(print_warning)
        code = app_of(asked(sys.argv[1:]))(standalone_mode=False)
    return code if isinstance(code, int) else 0
