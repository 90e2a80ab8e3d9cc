"""The verb `sensitivity`: what an answer rests on, and what would overturn it."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from escc_bayes.cli.options import (
    LevelOption,
    ModelOption,
    OutOption,
    QuietOption,
    SchemaOption,
    SeedOption,
    SensitivityWorkersOption,
    StrictOption,
)
from escc_bayes.foundation.errors import InputError

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
    cohort: Annotated[
        str | None,
        typer.Option("--cohort", help="A cohort, or the name of an ensemble's study, to look at in all ways."),
    ] = None,
    schema: SchemaOption = None,
    model: ModelOption = None,
    seed: SeedOption = 20251,
    thorough: Annotated[bool, typer.Option("--thorough", help="Ten times the simulations and refits.")] = False,
    negative_control: Annotated[
        list[str] | None,
        typer.Option("--negative-control", help="A term of the model whose hazard ratio is known to be 1."),
    ] = None,
    positive_control: Annotated[
        list[str] | None,
        typer.Option("--positive-control", help="A term whose hazard ratio is known: TERM=HR. May be repeated."),
    ] = None,
    workers: SensitivityWorkersOption = None,
    out: OutOption = Path("out/sensitivity"),
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """What an answer rests on, and what would overturn it: of a cohort and a model, or of published hazard ratios.

    --cohort with --model: how much is data, why Cox and Bayes differ, priors, other analyses, fragility, confounding.
    --hr with --lower and --upper, or --hr with --p, or --p alone; several from a CSV or a study file: sceptical priors,
    intrinsic P, E-values, bounds.
    """
    published = Published(ratios or [], (hr, lower, upper, p), one_sided, level, rare, prior_sd)
    if cohort is None:
        refuse_without_cohort(schema, model or [], thorough=thorough, workers=workers)
        of_published(published, out)
        return
    refuse_with_cohort(published)
    from escc_bayes.cli.sensitivity_cohort import of_cohort

    of_cohort(
        cohort,
        schema,
        model or [],
        seed=seed,
        level=level,
        thorough=thorough,
        rare=rare,
        workers=workers,
        controls=controls_of(negative_control or [], positive_control or []),
        out=out,
        strict=strict,
        quiet=quiet,
    )


def controls_of(negative: list[str], positive: list[str]) -> tuple[tuple[str, float], ...]:
    """Return terms with their known hazard ratios."""
    found = [(term, 1.0) for term in negative]
    for stated in positive:
        term, _, ratio = stated.rpartition("=")
        try:
            value = float(ratio)
        except ValueError:
            value = math.nan
        if not term or not 0.0 < value < math.inf:
            raise InputError(f"--positive-control {stated}: write TERM=HR, such as stage=2.0")
        found.append((term, value))
    return tuple(found)


class Published(NamedTuple):
    """What the options say of published ratios."""

    files: list[str]
    numbers: tuple[float | None, float | None, float | None, float | None]
    one_sided: bool
    level: float
    rare: bool
    prior_sd: float | None


def refuse_with_cohort(published: Published) -> None:
    """Raise if options of published ratios are given beside a cohort."""
    names = ("--hr", "--lower", "--upper", "--p")
    given = [name for name, value in zip(names, published.numbers, strict=True) if value is not None]
    given += published.files
    given += ["--one-sided"] * published.one_sided + ["--prior-sd"] * (published.prior_sd is not None)
    if given:
        raise InputError(
            f"--cohort and {', '.join(given)}: one run looks at a cohort or at published hazard ratios; leave one out"
        )


def refuse_without_cohort(schema: str | None, model: list[str], *, thorough: bool, workers: int | None) -> None:
    """Raise if options of a cohort are given without one."""
    given = ["--schema"] * (schema is not None) + ["--model"] * bool(model)
    given += ["--thorough"] * thorough + ["--workers"] * (workers is not None)
    if given:
        raise InputError(f"{', '.join(given)}: of which cohort? Name one with --cohort")


def of_published(published: Published, out: Path) -> None:
    """Look at published ratios."""
    from escc_bayes.foundation.outputs import staged
    from escc_bayes.report.verbs.published import write_published_files
    from escc_bayes.sensitivity.published_ratio import PublishedRatio, RatioError
    from escc_bayes.sensitivity.reverse_table import reverse_row
    from escc_bayes.sensitivity.reverse_words import reverse_sentences

    level, prior_sd = published.level, published.prior_sd
    found, left_out = asked_files(published.files, level)
    if any(value is not None for value in published.numbers):
        ratio, low, high, p_value = (math.nan if value is None else value for value in published.numbers)
        place = "--hr, --lower, --upper, --p"
        found.append(PublishedRatio(ratio, low, high, level, p_value, published.one_sided, place=place))
    if not found:
        raise RatioError(
            "nothing to look at: give --cohort with --model, --hr with --lower and --upper, --hr with --p, a CSV or a "
            "study file"
        )
    rows = [reverse_row(ratio, rare=published.rare, prior_sd=prior_sd) for ratio in found]
    width = "standard error" if prior_sd is None else prior_sd
    outcome = "rare" if published.rare else "common"
    settings: dict[str, float | str] = {"level": level, "outcome": outcome, "prior_sd": width}
    with staged(out) as folder:
        write_published_files(folder, rows, settings)
    for row in rows:
        typer.echo("\n".join(["", *reverse_sentences(row)]).strip() + "\n")
    for sentence in left_out:
        typer.echo(f"Left out: {sentence}")
    typer.echo(f"{len(rows)} hazard ratio{'s' if len(rows) > 1 else ''}: {out / 'reverse_bayes.csv'}")


def asked_files(names: list[str], level: float) -> tuple[list["PublishedRatio"], list[str]]:
    """Return the ratios of tables and study files, and what was left out."""
    from escc_bayes.data.shipped import find_study
    from escc_bayes.sensitivity.read_ratios import read_ratios

    found: list[PublishedRatio] = []
    left_out: list[str] = []
    for name in names:
        path = Path(name)
        of_file, not_used = read_ratios(path if path.suffix not in ("", ".toml") else find_study(name), level=level)
        found += of_file
        left_out += not_used
    return found, left_out
