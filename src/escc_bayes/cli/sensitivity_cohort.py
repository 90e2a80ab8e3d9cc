"""`sensitivity` of a cohort and models: every part, with progress, in one folder."""

from pathlib import Path

import typer

from escc_bayes.cli.inputs import named_ensemble, open_cohort, open_specs
from escc_bayes.cli.progress import counting_bars, finish
from escc_bayes.data.cohort import Cohort
from escc_bayes.data.ensemble import Ensemble
from escc_bayes.foundation.crew import crew
from escc_bayes.foundation.executors import cores
from escc_bayes.foundation.outputs import staged
from escc_bayes.sensitivity.subject import Tell
from escc_bayes.spec.plan import make_plan

# Processes that start by themselves; more are for those who ask.
MOST = 8
RUN = "escc_bayes.sensitivity.run"


def of_cohort(
    name: str,
    schema: str | None,
    models: list[str],
    *,
    seed: int,
    level: float,
    thorough: bool,
    rare: bool,
    workers: int | None,
    controls: tuple[tuple[str, float], ...],
    out: Path,
    strict: bool,
    quiet: bool,
) -> None:
    """Run every part of every model on a cohort, or on the reconstructions of one, and write what they find."""
    from escc_bayes.report.verbs.sensitivity import TEXT, write_sensitivity_files
    from escc_bayes.sensitivity.run import examine
    from escc_bayes.sensitivity.subject import Asked

    specs = open_specs(models)  # What is wrong with a model shows before a large cohort is read.
    ensemble = named_ensemble(name, schema)
    cohort: Cohort | Ensemble = open_cohort(name, schema) if ensemble is None else ensemble
    for spec in specs:
        make_plan(spec, cohort if isinstance(cohort, Cohort) else cohort.members[0])
    with crew(workers or cores(MOST), needs=RUN) as scheduler, counting_bars(quiet=quiet) as bar:

        def begin(title: str) -> Tell:
            return bar(title, lambda done, total: f"{done:,} of {total:,}")

        asked = Asked(seed, level, thorough, rare, scheduler, controls)
        found = [examine(cohort, spec, asked, begin) for spec in specs]
    with staged(out) as folder:
        write_sensitivity_files(folder, found, seed)
    for one in found:
        typer.echo("\n".join((one.sentence, *one.words(), "")))
    typer.echo(f"{len(found)} model{'s' if len(found) > 1 else ''}: {out / TEXT}")
    finish([f"{one.model}: {one.verdict}" for one in found if one.verdict != "ok"], strict=strict)
