"""The command line: verbs that read files, say what they do on stderr and write complete folders. One file a verb."""

from typing import TYPE_CHECKING, Any

from escc_bayes.cli.door import main

if TYPE_CHECKING:
    import typer

    app: typer.Typer

__all__ = ["app", "main"]


def __getattr__(name: str) -> Any:
    """Load the verbs only when they are asked for: the door hears signals before."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from escc_bayes.cli.command_line import app_of

    return app_of()
