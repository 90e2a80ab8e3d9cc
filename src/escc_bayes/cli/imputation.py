"""`fit` of models that impute missing covariates, and what `compare` adds for them."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from escc_bayes.cli.progress import finish, progress_bars
from escc_bayes.cli.sampling import Sampling
from escc_bayes.cli.tables import print_fit
from escc_bayes.foundation.errors import InputError, SpecError

if TYPE_CHECKING:
    from escc_bayes.compare.imputed import Imputed
    from escc_bayes.data.cohort import Cohort
    from escc_bayes.report.page.bundle import Stage
    from escc_bayes.spec.model import ModelSpec


def imputing(specs: tuple["ModelSpec", ...]) -> bool:
    """Return whether models impute; raise where some do and others do not."""
    plain = [spec.name for spec in specs if spec.missing is None]
    if plain and len(plain) < len(specs):
        other = next(spec.name for spec in specs if spec.missing is not None)
        raise SpecError(
            f"model '{other}' imputes missing covariates and '{plain[0]}' does not; fit them apart: complete cases "
            f"stand beside '{other}' as they are"
        )
    return not plain


def refuse_backend(sampling: Sampling) -> None:
    """Raise for a choice of backend."""
    if sampling.backend is not None:
        raise InputError(f"--backend {sampling.backend}: completed cohorts have no choice of backend; leave it out")


def imputed_fits(
    specs: tuple["ModelSpec", ...], cohort: "Cohort", engine: str, sampling: Sampling, stage: "Stage"
) -> tuple["Imputed", ...]:
    """Return every model on completed cohorts, its complete cases beside."""
    from escc_bayes.compare.imputed import fit_imputed

    refuse_backend(sampling)
    return tuple(
        fit_imputed(
            spec,
            cohort,
            seed=sampling.seed,
            engine=engine,
            draws=sampling.draws,
            tune=sampling.tune,
            chains=sampling.chains,
            progress=stage(spec.name),
        )
        for spec in specs
    )


def fit_with_imputation(
    specs: tuple["ModelSpec", ...],
    cohort: "Cohort",
    engine: str,
    sampling: Sampling,
    *,
    out: Path,
    strict: bool,
    quiet: bool,
) -> None:
    """Impute, fit and pool every model, and write its tables with those of the complete cases."""
    from escc_bayes.data.level_labels import level_labels
    from escc_bayes.foundation.outputs import staged
    from escc_bayes.report.verbs.imputation import write_imputed_fit

    with progress_bars(quiet=quiet) as stage:
        fits = imputed_fits(specs, cohort, engine, sampling, stage)
    with staged(out) as folder:
        tables = write_imputed_fit(folder, fits, sampling.level)
    for found in fits:
        typer.echo("\n".join(found.sentences()))
    beside = "Maximum likelihood, completed cohorts by Rubin's rules"
    print_fit(tables, out, beside=beside, levels=level_labels(cohort.covariates))
    finish(
        [f"{name}: {verdict}" for found in fits for name, verdict in found.verdicts.items() if verdict != "ok"],
        strict=strict,
    )
