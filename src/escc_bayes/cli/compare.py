"""The verb `compare`: one table, many methods."""

from dataclasses import replace
from pathlib import Path

import typer

from escc_bayes.cli.fields import fields_as_options
from escc_bayes.cli.imputation import imputed_fits, imputing
from escc_bayes.cli.inputs import open_cohort, open_specs
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
from escc_bayes.cli.sampling import Sampling, checked_plans, gathered


@fields_as_options("sampling", Sampling)
def compare(
    cohort: CohortOption,
    model: ModelOption,
    schema: SchemaOption = None,
    engine: EngineOption = "nuts",
    out: OutOption = Path("out/compare"),
    *,
    sampling: Sampling,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """One table, many methods: comparison.csv, attribution.csv and figures for several models."""
    from escc_bayes.foundation.executors import Serial
    from escc_bayes.foundation.outputs import staged
    from escc_bayes.report.page import figures
    from escc_bayes.report.page.outcomes import levels_of
    from escc_bayes.report.verbs import files

    specs = open_specs(model or [])  # What is wrong with a model shows before a large cohort is read.
    patients = open_cohort(cohort, schema)
    completing = imputing(specs)
    plans = checked_plans(model or [], patients, sampling.settings(engine), complete_cases=completing)
    with progress_bars(quiet=quiet) as stage:
        bundle = gathered(patients, plans, engine, sampling, stage, Serial())
        if completing:
            fits = imputed_fits(specs, patients, engine, sampling, stage)
            bundle = replace(bundle, imputed={found.spec.name: found for found in fits})
    with staged(out) as folder:
        files.write_compare_files(folder, bundle)
        figures.write_figures(folder, bundle)
        files.write_run(folder, "compare", bundle.records, bundle.verdicts)
    for comparison in bundle.answered.values():
        typer.echo(repr(comparison))
    typer.echo("What the data can carry:")
    said = levels_of(bundle).said
    for models, sentences in bundle.carried:
        typer.echo("\n".join((f"  {models}:", *(f"  - {said(sentence)}" for sentence in sentences))))
    finish(bundle.faults, strict=strict)
