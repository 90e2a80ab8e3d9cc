"""The verb `sensitivity`: what would overturn a published hazard ratio."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from escc_bayes.cli.options import LevelOption, OutOption

if TYPE_CHECKING:
    from escc_bayes.sensitivity.published_ratio import PublishedRatio


def sensitivity(
    ratios: Annotated[
        list[str] | None,
        typer.Argument(help="CSV with columns hr, lower, upper, p ..; or a study file, or a bundled study."),
    ] = None,
    hr: Annotated[float | None, typer.Option("--hr", help="A published hazard ratio.")] = None,
    lower: Annotated[float | None, typer.Option("--lower", help="Lower limit of its interval.")] = None,
    upper: Annotated[float | None, typer.Option("--upper", help="Upper limit of its interval.")] = None,
    p: Annotated[float | None, typer.Option("--p", help="Its P value; two-sided unless --one-sided.")] = None,
    one_sided: Annotated[bool, typer.Option("--one-sided", help="The P value is one-sided.")] = False,
    level: LevelOption = 0.95,
    rare: Annotated[
        bool, typer.Option("--rare", help="Fewer than 15 % have the outcome: E-values take the HR as a risk ratio.")
    ] = False,
    prior_sd: Annotated[
        float | None,
        typer.Option(
            "--prior-sd",
            min=0.01,
            max=10.0,
            help="SD, on the log HR, of the prior whose mean is moved; default: the standard error.",
        ),
    ] = None,
    out: OutOption = Path("out/sensitivity"),
) -> None:
    """What would overturn a published hazard ratio: sceptical priors, intrinsic P, E-values, bounds.

    --hr with --lower and --upper, or --hr with --p, or --p alone; several from a CSV or a study file.
    """
    from escc_bayes.foundation.outputs import staged
    from escc_bayes.report.sensitivity_files import write_published_files
    from escc_bayes.sensitivity.published_ratio import PublishedRatio, RatioError
    from escc_bayes.sensitivity.reverse_table import reverse_row
    from escc_bayes.sensitivity.reverse_words import reverse_sentences

    given = (hr, lower, upper, p)
    found, left_out = asked_files(ratios or [], level)
    if any(value is not None for value in given):
        ratio, low, high, p_value = (math.nan if value is None else value for value in given)
        place = "--hr, --lower, --upper, --p"
        found.append(PublishedRatio(ratio, low, high, level, p_value, one_sided, place=place))
    if not found:
        raise RatioError("nothing to look at: give --hr with --lower and --upper, --hr with --p, a CSV or a study file")
    rows = [reverse_row(ratio, rare=rare, prior_sd=prior_sd) for ratio in found]
    width = "standard error" if prior_sd is None else prior_sd
    settings: dict[str, float | str] = {"level": level, "outcome": "rare" if rare else "common", "prior_sd": width}
    with staged(out) as folder:
        write_published_files(folder, rows, settings)
    for row in rows:
        typer.echo("\n".join(["", *reverse_sentences(row)]).strip() + "\n")
    for sentence in left_out:
        typer.echo(f"Left out: {sentence}")
    typer.echo(f"{len(rows)} hazard ratio{'s' if len(rows) > 1 else ''}: {out / 'reverse_bayes.csv'}")


def asked_files(names: list[str], level: float) -> tuple[list["PublishedRatio"], list[str]]:
    """Return the ratios of tables and study files, and what was left out."""
    from escc_bayes.data.bundled import find_study
    from escc_bayes.sensitivity.read_ratios import read_ratios

    found: list[PublishedRatio] = []
    left_out: list[str] = []
    for name in names:
        path = Path(name)
        of_file, not_used = read_ratios(path if path.suffix not in ("", ".toml") else find_study(name), level=level)
        found += of_file
        left_out += not_used
    return found, left_out
