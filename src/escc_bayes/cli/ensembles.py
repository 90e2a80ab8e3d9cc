"""`fit` on an ensemble: one model on every reconstruction, pooled."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from escc_bayes.cli.progress import finish, progress_bars
from escc_bayes.cli.sampling import Sampling, checked_plans
from escc_bayes.cli.tables import print_fit
from escc_bayes.foundation.errors import InputError

if TYPE_CHECKING:
    from escc_bayes.data.ensemble import Ensemble


def fit_reconstructions(
    ensemble: "Ensemble", models: list[str], engine: str, sampling: Sampling, *, out: Path, strict: bool, quiet: bool
) -> None:
    """Fit every model to every reconstruction, and write what the pool says."""
    from escc_bayes.bayes.posterior.ensemble import fit_ensemble
    from escc_bayes.data.level_labels import level_labels
    from escc_bayes.foundation.outputs import staged
    from escc_bayes.report.page.reconstructions import Reconstructions
    from escc_bayes.report.verbs.ensembles import write_ensemble_fit

    if sampling.backend is not None:
        raise InputError(f"--backend {sampling.backend}: an ensemble has no choice of backend; leave it out")
    plans = checked_plans(models, ensemble.members[0], sampling.settings(engine))
    with progress_bars(quiet=quiet) as stage:
        pooled = {
            plan.spec.name: fit_ensemble(
                plan.spec,
                ensemble,
                seed=sampling.seed,
                engine=engine,
                draws=sampling.draws,
                tune=sampling.tune,
                chains=sampling.chains,
                progress=stage(plan.spec.name),
            )
            for plan in plans
        }
    found = Reconstructions(ensemble, pooled, sampling.level)
    with staged(out) as folder:
        tables = write_ensemble_fit(folder, found)
    for posterior in pooled.values():
        typer.echo("\n".join(posterior.sentences()))
    print_fit(tables, out, levels=level_labels(ensemble.members[0].covariates))
    finish(found.faults, strict=strict)
