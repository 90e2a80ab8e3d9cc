"""Options held together by a dataclass look, and behave, like options of the verb."""

from dataclasses import dataclass
from typing import Annotated

import typer
from typer.testing import CliRunner

from escc_bayes.cli.fields import fields_as_options


@dataclass(frozen=True)
class Colours:
    sky: Annotated[str, typer.Option("--sky", help="Overhead.")] = "blue"
    depth: Annotated[int, typer.Option("--depth", min=1)] = 3


def painted():
    """A command line of one verb, and what the verb was told."""
    told = []
    app = typer.Typer()

    @app.command()
    @fields_as_options("colours", Colours)
    def paint(where: str, *, colours: Colours, size: int = 1) -> None:
        """Paint."""
        told.append((where, colours, size))

    return app, told


def test_fields_are_read_with_their_defaults_beside_the_verbs_own():
    app, told = painted()
    assert CliRunner().invoke(app, ["wall", "--sky", "grey"]).exit_code == 0
    assert CliRunner().invoke(app, ["door", "--depth", "7", "--size", "2"]).exit_code == 0
    assert told == [("wall", Colours("grey", 3), 1), ("door", Colours("blue", 7), 2)]


def test_fields_are_checked_and_shown_in_the_help():
    app, told = painted()
    assert CliRunner().invoke(app, ["wall", "--depth", "0"]).exit_code == 2
    assert told == []
    shown = CliRunner().invoke(app, ["--help"]).output
    assert shown.index("--sky") < shown.index("--depth") < shown.index("--size")
    assert "Overhead." in shown
    assert "--colours" not in shown
