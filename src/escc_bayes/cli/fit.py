"""The verb `fit`: posteriors of models, their tables and their draws."""

from pathlib import Path

import typer

from escc_bayes.cli.ensembles import fit_reconstructions
from escc_bayes.cli.fields import fields_as_options
from escc_bayes.cli.imputation import fit_with_imputation, imputing
from escc_bayes.cli.inputs import named_ensemble, open_cohort, open_specs
from escc_bayes.cli.options import (
    CohortOption,
    EngineOption,
    ModelOption,
    OutOption,
    QuietOption,
    SchemaOption,
    StrictOption,
)
from escc_bayes.cli.progress import finish, progress_bars
from escc_bayes.cli.sampling import Sampling, checked_plans
from escc_bayes.cli.tables import print_fit


@fields_as_options("sampling", Sampling)
def fit(
    cohort: CohortOption,
    model: ModelOption,
    schema: SchemaOption = None,
    engine: EngineOption = "nuts",
    out: OutOption = Path("out/fit"),
    *,
    sampling: Sampling,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Fit models: posterior hazard ratios, survival, diagnostics, and the draws as netCDF.

    Of a folder of reconstructed cohorts, a file with a column `member`, or the name of a bundled ensemble's study
    (seed1_scirep2025): every reconstruction, pooled; tables alone. A model that imputes is fitted to completed
    cohorts, and its complete cases beside.
    """
    # What is wrong with a model shows before a large cohort is read, and before what computes is loaded.
    specs = open_specs(model or [])
    from escc_bayes.bayes.posterior.fallback import fit_or_replace
    from escc_bayes.data.level_labels import level_labels
    from escc_bayes.foundation.outputs import staged
    from escc_bayes.report.page.other_analyses import other_analyses, other_sentences
    from escc_bayes.report.verbs import files

    ensemble = named_ensemble(cohort, schema)
    if ensemble is not None:
        fit_reconstructions(ensemble, model or [], engine, sampling, out=out, strict=strict, quiet=quiet)
        return
    patients = open_cohort(cohort, schema)
    if imputing(specs):
        fit_with_imputation(specs, patients, engine, sampling, out=out, strict=strict, quiet=quiet)
        return
    settings = sampling.settings(engine)
    plans = checked_plans(model or [], patients, settings, out=out)
    with progress_bars(quiet=quiet) as stage:
        named = {plan.spec.name: plan for plan in plans}
        posteriors = {
            name: fit_or_replace(plan, settings, seed=sampling.seed, progress=stage(name))
            for name, plan in named.items()
        }
    verdicts = {name: posterior.diagnostics.verdict for name, posterior in posteriors.items()}
    others = {name: other_analyses(posterior, sampling.level) for name, posterior in posteriors.items()}
    with staged(out) as folder:
        tables = files.write_fit_files(folder, posteriors, sampling.level, others)
        files.write_run(folder, "fit", [p.record for p in posteriors.values()], verdicts)
    for posterior in posteriors.values():
        typer.echo("\n".join(posterior.sentences()))
    print_fit(tables, out, posteriors, levels=level_labels(patients.covariates))
    for line in other_sentences(others.values()):
        typer.echo(line)
    finish(
        [f"{name}: {verdicts[name]}" for name, p in posteriors.items() if not p.diagnostics.fit_for_use], strict=strict
    )
