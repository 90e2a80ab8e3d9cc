"""What a command prints of its result: the tables, and where the files are."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from escc_bayes.estimand.aligned import Row
from escc_bayes.estimand.printed import baseline_tables, fit_tables

if TYPE_CHECKING:
    from escc_bayes.data.level_labels import LevelLabels


def print_fit(
    tables: Mapping[str, Sequence[Row]],
    out: Path,
    posteriors: Iterable[str] = (),
    *,
    beside: str = "",
    levels: "LevelLabels",
) -> None:
    """Print hazard ratios and survival of a fit, and where its files are.

    ``posteriors`` by name; ``beside`` is the title of what maximum likelihood says; ``levels`` as people read them.
    """
    names = [*(f"{name}.csv" for name in tables), *(f"posterior/{name}.nc" for name in posteriors)]
    from escc_bayes.estimand.as_read import tables_as_read

    print_all(fit_tables(tables_as_read(tables, levels), beside=beside), out, names)


def print_baselines(tables: Mapping[str, Sequence[Row]], out: Path, levels: "LevelLabels") -> None:
    """Print groups, log-rank tests and hazard ratios of the classical methods, and where the files are."""
    from escc_bayes.estimand.as_read import tables_as_read

    print_all(baseline_tables(tables_as_read(tables, levels)), out, [f"{name}.csv" for name in tables])


def print_all(tables: Sequence[str], out: Path, names: Sequence[str]) -> None:
    """Print tables, and the names of the files that hold all of them."""
    for table in tables:
        typer.echo(f"\n{table}")
    typer.echo(f"\nWritten to {out}: {', '.join(names)}")
