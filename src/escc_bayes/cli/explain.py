"""The verb `explain`: how a number is made, in words."""

from typing import Annotated

import typer


def explain(
    word: Annotated[str, typer.Argument(help="A method, or a word of it: cox, landmark, 'first screen', Pareto.")],
) -> None:
    """Print the page that says how a number is made: estimand, assumptions, formula, source."""
    from escc_bayes.report.document.method_pages import method_page

    typer.echo(method_page(word))
