"""The verb `report`: one page with every model beside the classical methods."""

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from escc_bayes.cli.fields import fields_as_options
from escc_bayes.cli.imputation import imputed_fits
from escc_bayes.cli.inputs import open_ensemble
from escc_bayes.cli.options import (
    CohortOption,
    ModelOption,
    OutOption,
    QuietOption,
    ReportEngineOption,
    ReportWorkersOption,
    SchemaOption,
    StrictOption,
)
from escc_bayes.cli.progress import finish, progress_bars
from escc_bayes.cli.sampling import Sampling, gathered, plans_of
from escc_bayes.cli.study import cohort_of_paper, specs_of_report
from escc_bayes.cli.treatment import PAPERS, TreatmentOptions

DEFAULT_COHORT = "escc79"
WRITER = "escc_bayes.report.verbs.report"


@fields_as_options("sampling", Sampling)
@fields_as_options("treated", TreatmentOptions)
def report(
    cohort: CohortOption = DEFAULT_COHORT,
    schema: SchemaOption = None,
    model: ModelOption = None,
    engine: ReportEngineOption = None,
    workers: ReportWorkersOption = None,
    out: OutOption = Path("out/report"),
    by: Annotated[
        str | None,
        typer.Option(help="Show characteristics in the groups of this covariate, with standardised differences."),
    ] = None,
    *,
    full: Annotated[bool, typer.Option("--full", help="Draw every figure, and open every table of the page.")] = False,
    paper: Annotated[
        bool, typer.Option("--paper", help="Draw forests and curves for print, too: 85 and 180 mm, PDF, SVG, PNG.")
    ] = False,
    treated: TreatmentOptions,
    sampling: Sampling,
    study: Annotated[
        str | None,
        typer.Option(
            help="A bundled paper (seed1_scirep2025, seed2_cui2025): its tables on this cohort, or on its own."
        ),
    ] = None,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write report.html with tables and figures: every model beside Kaplan-Meier and Cox.

    Without options: the bundled cohort escc79 (RECONSTRUCTED from one study's print) and its four models. Each model is
    fitted by laplace, the first of each outcome by nuts as well, and the page says how far both agree. Where the cohort
    is one of several reconstructions, the first model of each outcome is pooled over all of them. Of a model that
    imputes the page shows complete cases, and completed cohorts in a section of their own. With --study the page has
    a chapter with every table of that paper, done on the cohort; with --treatment NAME --on a,b,c one on the effect of
    a treatment: design and balance, hazard ratios, months gained, when it began, harm, subgroups.
    """
    from escc_bayes.foundation.executors import cores, executor

    patients, ensemble = open_ensemble(cohort_of_paper(study, cohort, schema, DEFAULT_COHORT), schema)
    if by:
        import_module("escc_bayes.classical.characteristics").group_of(patients, by)
    asked = treated.asked(patients, study)
    settings = sampling.settings(engine or "nuts")
    specs = specs_of_report(model, patients, study, asked)
    completing = [spec for spec in specs if spec.missing is not None]
    plans = plans_of(specs, patients, settings, out=out, complete_cases=bool(completing))
    with executor(workers or cores(2), needs=WRITER) as both, progress_bars(quiet=quiet) as stage:
        bundle = replace(gathered(patients, plans, engine, sampling, stage, both, ensemble), grouping=by or "")
        fits = imputed_fits(tuple(completing), patients, engine or "laplace", sampling, stage) if completing else ()
        bundle = replace(bundle, imputed={found.spec.name: found for found in fits})
        if asked is not None:
            chapter = import_module("escc_bayes.study.treatment.gather").treatment_of
            found = chapter(patients, ensemble, asked, level=sampling.level, seed=sampling.seed, executor=both)
            bundle = replace(bundle, treatment=found)
        if study is not None and study not in PAPERS:
            told = import_module("escc_bayes.study.run").retold
            chapter = told(
                study, patients, ensemble, seed=sampling.seed, level=sampling.level, by=by or "", executor=both
            )
            bundle = replace(bundle, study=chapter)
        writing = stage("Writing the report")
        page = import_module(WRITER).write_report(bundle, out, both, full=full, paper=paper, progress=writing)
    typer.echo(str(page))
    finish(bundle.faults, strict=strict)
