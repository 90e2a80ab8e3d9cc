"""The verb `report`: one page with every model beside the classical methods."""

from pathlib import Path

import typer

from escc_bayes.cli.fields import fields_as_options
from escc_bayes.cli.inputs import default_models, open_cohort
from escc_bayes.cli.options import CohortOption, ModelOption, OutOption, QuietOption, ReportEngineOption, SchemaOption
from escc_bayes.cli.progress import finish, progress_bars
from escc_bayes.cli.sampling import Sampling, gathered

DEFAULT_COHORT = "escc79"


@fields_as_options("sampling", Sampling)
def report(
    cohort: CohortOption = DEFAULT_COHORT,
    schema: SchemaOption = None,
    model: ModelOption = None,
    engine: ReportEngineOption = None,
    out: OutOption = Path("out/report"),
    *,
    sampling: Sampling,
    quiet: QuietOption = False,
) -> None:
    """Write report.html with tables and figures: every model beside Kaplan-Meier and Cox.

    Without options: the bundled cohort escc79 (SIMULATED) and its four models. Each model is fitted by laplace, the
    first of each outcome by nuts as well, and the page says how far both agree.
    """
    from escc_bayes.foundation.outputs import refuse_file
    from escc_bayes.report.write import write_report

    refuse_file(out)
    patients = open_cohort(cohort, schema)
    with progress_bars(quiet=quiet) as stage:
        bundle = gathered(patients, model or default_models(patients), engine, sampling, stage)
        stage("Writing the report")
        page = write_report(bundle, out)
    finish(bundle.faults)
    typer.echo(str(page))
