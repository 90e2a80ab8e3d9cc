"""The command line: verbs that read files, say what they do on stderr and write complete folders."""

import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from escc_bayes import __version__
from escc_bayes.foundation.errors import EsccBayesWarning, InputError, NotFitForUseWarning, SamplingError, SpecError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars

    from escc_bayes.bayes.posterior import Posterior
    from escc_bayes.bayes.settings import Progress
    from escc_bayes.data.cohort import Cohort
    from escc_bayes.report.bundle import Bundle, Stage
    from escc_bayes.spec.model import ModelSpec

DEFAULT_COHORT = "escc79"
ESCC_MODELS = ("os_piecewise", "os_weibull", "pfs_piecewise", "pfs_weibull")
DEFAULT_MODELS = {"larynx": ("larynx_piecewise",)}

app = typer.Typer(
    name="escc-bayes",
    help="Bayesian and classical survival analysis of small cohorts, side by side. Times are months.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

CohortOption = Annotated[str, typer.Option("--cohort", help="CSV or Parquet file, or a bundled cohort by name.")]
SchemaOption = Annotated[
    str | None, typer.Option("--schema", help="Schema TOML, or a bundled schema by name; bundled cohorts need none.")
]
ModelOption = Annotated[
    list[str] | None,
    typer.Option("--model", help="Specification TOML or bundled name; NAME@VARIANT for a variant. May be repeated."),
]
OutOption = Annotated[Path, typer.Option("--out", help="Folder to write; made complete or not at all.")]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Seed of everything random.")]
LevelOption = Annotated[float, typer.Option("--level", min=0.5, max=0.999, help="Level of every interval.")]
EngineOption = Annotated[
    str,
    typer.Option("--engine", help="nuts (reference, seconds) or laplace (milliseconds, judges itself by Pareto k)."),
]
ReportEngineOption = Annotated[
    str | None,
    typer.Option("--engine", help="nuts or laplace for every model; default: laplace, headline models also by nuts."),
]
BackendOption = Annotated[
    str | None,
    typer.Option("--backend", help="Of nuts: native (numpy, nothing to compile; default) or pymc."),
]
DrawsOption = Annotated[
    int | None, typer.Option("--draws", min=4, help="Kept draws of each chain; default: 1500 (nuts), 5000 (laplace).")
]
TuneOption = Annotated[int, typer.Option("--tune", min=10, help="Warm-up iterations of each chain; nuts only.")]
ChainsOption = Annotated[int, typer.Option("--chains", min=2, help="Number of chains.")]
WorkersOption = Annotated[int, typer.Option("--workers", min=1, help="Processes; results do not depend on it.")]
SchedulerOption = Annotated[
    str | None,
    typer.Option("--scheduler", help="A Dask scheduler, tcp://HOST:PORT, instead; needs the extra `cluster`."),
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="No progress, only warnings and errors.")]


def show_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        typer.echo(f"escc-bayes {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Bayesian and classical survival analysis of small cohorts, side by side. Times are months."""


@app.command()
def report(
    cohort: CohortOption = DEFAULT_COHORT,
    schema: SchemaOption = None,
    model: ModelOption = None,
    engine: ReportEngineOption = None,
    backend: BackendOption = None,
    out: OutOption = Path("out/report"),
    seed: SeedOption = 20251,
    level: LevelOption = 0.95,
    draws: DrawsOption = None,
    tune: TuneOption = 1500,
    chains: ChainsOption = 4,
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
    names = model or default_models(patients)
    with progress_bars(quiet=quiet) as stage:
        bundle = gathered(
            patients,
            names,
            stage,
            seed=seed,
            level=level,
            engine=engine,
            backend=backend,
            draws=draws,
            tune=tune,
            chains=chains,
        )
        stage("Writing the report")
        page = write_report(bundle, out)
    finish(bundle.faults)
    typer.echo(str(page))


@app.command()
def fit(
    cohort: CohortOption,
    model: ModelOption,
    schema: SchemaOption = None,
    engine: EngineOption = "nuts",
    backend: BackendOption = None,
    out: OutOption = Path("out/fit"),
    seed: SeedOption = 20251,
    level: LevelOption = 0.95,
    draws: DrawsOption = None,
    tune: TuneOption = 1500,
    chains: ChainsOption = 4,
    quiet: QuietOption = False,
) -> None:
    """Fit models: posterior hazard ratios, survival, diagnostics, and the draws as netCDF."""
    from escc_bayes.bayes.fallback import fit_or_replace
    from escc_bayes.bayes.fit import check_engine
    from escc_bayes.foundation.outputs import refuse_file, staged
    from escc_bayes.report import files
    from escc_bayes.spec.plan import make_plan

    refuse_file(out)
    check_engine(engine, backend)
    patients = open_cohort(cohort, schema)
    specs = open_specs(model or [])
    for spec in specs:
        make_plan(spec, patients)
    with progress_bars(quiet=quiet) as stage:
        posteriors = {
            spec.name: fit_or_replace(
                spec,
                patients,
                seed=seed,
                engine=engine,
                backend=backend,
                draws=draws,
                tune=tune,
                chains=chains,
                progress=stage(spec.name),
            )
            for spec in specs
        }
    with staged(out) as folder:
        files.write_fit_files(folder, posteriors, level)
        files.write_run(folder, "fit", [p.record for p in posteriors.values()], verdicts(posteriors))
    for posterior in posteriors.values():
        typer.echo(repr(posterior))
    finish([f"{name}: {p.diagnostics.verdict}" for name, p in posteriors.items() if not p.diagnostics.fit_for_use])


@app.command()
def baselines(
    cohort: CohortOption,
    endpoint: Annotated[str, typer.Option("--endpoint", help="An endpoint of the schema, such as os.")],
    schema: SchemaOption = None,
    out: OutOption = Path("out/baselines"),
    level: LevelOption = 0.95,
    landmark: Annotated[
        float | None, typer.Option("--landmark", min=0.0, help="Months at which the clock restarts.")
    ] = None,
    times: Annotated[str, typer.Option("--times", help="Months at which survival is read.")] = "12,24,36",
) -> None:
    """Kaplan-Meier, log-rank, Cox, Firth, Weibull, PH test, RMST and follow-up for every covariate."""
    from escc_bayes.classical.baselines import baselines as classical_tables
    from escc_bayes.foundation.outputs import staged
    from escc_bayes.report import files

    patients = open_cohort(cohort, schema)
    months = read_months(times)
    with staged(out) as folder:
        found = classical_tables(patients, endpoint, level=level, landmark=landmark, times=months)
        files.write_baseline_files(folder, {endpoint: found})
        files.write_run(folder, "baselines", [found.record], {})
    for sentence in found.sentences:
        typer.echo(sentence)


@app.command()
def compare(
    cohort: CohortOption,
    model: ModelOption,
    schema: SchemaOption = None,
    engine: EngineOption = "nuts",
    backend: BackendOption = None,
    out: OutOption = Path("out/compare"),
    seed: SeedOption = 20251,
    level: LevelOption = 0.95,
    draws: DrawsOption = None,
    tune: TuneOption = 1500,
    chains: ChainsOption = 4,
    quiet: QuietOption = False,
) -> None:
    """One table, many methods: comparison.csv, attribution.csv and figures for several models."""
    from escc_bayes.foundation.outputs import refuse_file, staged
    from escc_bayes.report import figures, files

    refuse_file(out)
    patients = open_cohort(cohort, schema)
    with progress_bars(quiet=quiet) as stage:
        bundle = gathered(
            patients,
            model or [],
            stage,
            seed=seed,
            level=level,
            engine=engine,
            backend=backend,
            draws=draws,
            tune=tune,
            chains=chains,
        )
    with staged(out) as folder:
        files.write_compare_files(folder, bundle)
        figures.write_figures(folder, bundle)
        files.write_run(folder, "compare", [p.record for p in bundle.fits], bundle.verdicts)
    for comparison in bundle.comparisons.values():
        typer.echo(repr(comparison))
    finish(bundle.faults)


@app.command()
def audit(
    studies: Annotated[
        list[str] | None, typer.Argument(help="Study files or bundled studies by name; none: every bundled study.")
    ] = None,
    out: OutOption = Path("out/audit"),
    strict: Annotated[bool, typer.Option("--strict", help="Exit with code 1 on a contradiction.")] = False,
) -> None:
    """Does the arithmetic of a paper hold? One sentence a finding, and findings.csv."""
    from dataclasses import asdict, fields

    from escc_bayes.data.bundled import find_study, study_names
    from escc_bayes.evidence.audit import audit_files
    from escc_bayes.evidence.finding import Finding
    from escc_bayes.foundation.csv import write_csv
    from escc_bayes.foundation.outputs import staged

    findings, problems = audit_files([find_study(name) for name in studies or study_names()])
    with staged(out) as folder:
        columns = [field.name for field in fields(Finding)]
        write_csv(folder / "findings.csv", [asdict(finding) for finding in findings], columns)
    for finding in findings:
        typer.echo(str(finding))
    for problem in problems:
        typer.secho(f"Error: {problem}", err=True)
    if problems:
        raise typer.Exit(2)
    if strict and any(finding.severity == "contradiction" for finding in findings):
        raise typer.Exit(1)


@app.command()
def reconstruct(
    study: Annotated[str, typer.Argument(help="A study file, or a bundled study by name.")],
    layout: Annotated[
        str | None, typer.Option("--layout", help="How printed numbers become columns; default: the bundled layout.")
    ] = None,
    endpoint: Annotated[
        list[str] | None, typer.Option("--endpoint", help="Endpoints of the layout; default: all, jointly.")
    ] = None,
    cutoff: Annotated[
        str | None, typer.Option("--cutoff", help="Data cut to use, such as interim; default: the latest.")
    ] = None,
    replicates: Annotated[int, typer.Option("--replicates", min=1, max=1000, help="How many cohorts.")] = 20,
    steps: Annotated[
        int | None,
        typer.Option(
            "--steps", min=1000, help="Proposals of one search at most; it ends once all match. Default: 20,000,000."
        ),
    ] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Threads; default: one a core.")] = None,
    out: OutOption = Path("out/reconstruct"),
    seed: SeedOption = 20251,
    quiet: QuietOption = False,
) -> None:
    """Find cohorts that add up to the printed statistics of a study: cohorts/*.csv, targets.csv, spread.csv."""
    from escc_bayes.data.bundled import find_study
    from escc_bayes.data.study import read_study
    from escc_bayes.evidence.reconstruction.automatic import layout_for
    from escc_bayes.evidence.reconstruction.reconstruct import reconstruct as search_cohorts
    from escc_bayes.evidence.reconstruction.table import summary
    from escc_bayes.foundation.outputs import refuse_file, staged
    from escc_bayes.report.reconstruction_files import write_reconstruction

    refuse_file(out)
    published = read_study(find_study(study))
    chosen = layout_for(published, layout, tuple(endpoint or ()), cutoff)
    with progress_bars(quiet=quiet) as stage:
        bars = stage(f"Reconstructing {published.id}")
        found = search_cohorts(
            published,
            chosen,
            seed=seed,
            replicates=replicates,
            steps=steps,
            workers=workers,
            progress=lambda what, done, total: bars(what, done, total, 0),
        )
    with staged(out) as folder:
        write_reconstruction(folder, found, seed)
    for sentence in summary(found):
        typer.echo(sentence)


@app.command()
def evidence(
    effect: Annotated[str, typer.Option("--effect", help="An effect of the study files, such as rt_added.")],
    endpoint: Annotated[str, typer.Option("--endpoint", help="An endpoint of the study files, such as OS.")],
    studies: Annotated[
        list[str] | None,
        typer.Argument(help="Study files or bundled studies by name; none: all that are meant for it."),
    ] = None,
    out: OutOption = Path("out/evidence"),
    level: LevelOption = 0.95,
    tau_prior: Annotated[
        float, typer.Option("--tau-prior", help="Half-normal scale of the SD between studies, log HR.")
    ] = 0.5,
    mean_prior: Annotated[
        str, typer.Option("--mean-prior", help="Normal on the mean log HR as MEAN,SD; or flat.")
    ] = "0,2",
    components: Annotated[int, typer.Option("--components", min=1, max=10, help="Normals of the prior.")] = 3,
    robust: Annotated[
        float, typer.Option("--robust", help="Weight of a vague component at HR 1 worth one event, from 0 to below 1.")
    ] = 0.0,
    bias: Annotated[
        list[str] | None,
        typer.Option("--bias", help="WORD=MEAN,SD on the log HR: observational, immortal_time. May be repeated."),
    ] = None,
    disjoint: Annotated[
        list[str] | None,
        typer.Option("--disjoint", help='GROUP="reason" why its studies share no patient. May be repeated.'),
    ] = None,
    subgroup: Annotated[
        list[str] | None, typer.Option("--subgroup", help='STUDY="words": that subgroup instead of all patients.')
    ] = None,
    direction: Annotated[
        list[str] | None,
        typer.Option("--direction", help="STUDY=as_printed or STUDY=reversed, where words are unclear."),
    ] = None,
    weak_sd: Annotated[
        float | None, typer.Option("--weak-sd", help="If nothing can be pooled: write N(0, this) on the log HR.")
    ] = None,
    against: Annotated[
        str | None,
        typer.Option("--against", help="HR,LOWER,UPPER[,LEVEL] of a new study: does it contradict the prior?"),
    ] = None,
) -> None:
    """Pool published hazard ratios into a prior: prior.toml, pool.csv, a forest, and what the prior is worth.

    The prior serves in a model specification: prior = { evidence = "out/evidence/prior.toml", robust = 0.3 }.
    """
    from escc_bayes.data.bundled import find_study, study_names
    from escc_bayes.data.study import read_study
    from escc_bayes.evidence import options as told
    from escc_bayes.evidence.answer import PriorRequest, answer
    from escc_bayes.evidence.conflict import prior_data_conflict
    from escc_bayes.evidence.pool import PoolRequest
    from escc_bayes.evidence.study_effects import Question
    from escc_bayes.evidence.summary import summary
    from escc_bayes.foundation.outputs import staged
    from escc_bayes.report.evidence_files import record_of, write_evidence_files

    paths = [find_study(name) for name in studies or study_names()]
    subgroups = told.pairs(subgroup or [], "--subgroup", "STUDY=WORDS")
    question = Question(effect, endpoint, subgroups, told.directions(direction or []))
    request = PoolRequest(
        effect,
        endpoint,
        told.tau_prior(tau_prior),
        told.mean_prior(mean_prior),
        level,
        bias_terms=told.bias_terms(bias or []),
        disjoint=told.pairs(disjoint or [], "--disjoint", 'GROUP="reason"'),
    )
    wanted = PriorRequest(components, robust, weak_sd)
    found = answer([read_study(path) for path in paths], question, request, wanted, named=bool(studies))
    conflict = prior_data_conflict(found.prior.mixture, *told.new_estimate(against)) if against is not None else None
    with staged(out) as folder:
        write_evidence_files(folder, found, record_of(question, request, wanted, paths), conflict)
    for sentence in (*summary(found), *((conflict.words(0.05),) if conflict is not None else ())):
        typer.echo(sentence)


@app.command()
def plan(
    design: Annotated[str, typer.Argument(help="Design TOML, or a bundled design by name, such as rt_consolidation.")],
    trials: Annotated[int, typer.Option("--trials", min=100, help="Simulated trials of each scenario.")] = 20_000,
    protocol: Annotated[
        bool, typer.Option("--protocol", help="Write protocol.md and protocol.docx: the plan as a protocol says it.")
    ] = False,
    workers: WorkersOption = 1,
    scheduler: SchedulerOption = None,
    out: OutOption = Path("out/plan"),
    seed: SeedOption = 20251,
    quiet: QuietOption = False,
) -> None:
    """What a trial design does: power beside assurance, type I error, expected size, for every rule.

    A killed run goes on where it stopped, if the same command is given again.
    """
    from escc_bayes.foundation.outputs import refuse_file, staged
    from escc_bayes.foundation.scheduler import scheduler_for
    from escc_bayes.report.plan_files import write_plan_files
    from escc_bayes.report.protocol import write_protocol
    from escc_bayes.trial.checkpoint import forget, resumable
    from escc_bayes.trial.further import asks_more, further, further_sentences
    from escc_bayes.trial.reading import load_design
    from escc_bayes.trial.summary import summary

    refuse_file(out)
    asked, where = load_design(design), scheduler_for(workers, scheduler)
    with progress_bars(quiet=quiet) as stage:
        move = stage(f"Simulating {trials:,} trials of {asked.name}")

        def moved(done: int, total: int) -> None:
            move("simulating", done, total, 0)

        found = resumable(asked, trials=trials, seed=seed, scheduler=where, folder=out, progress=moved)
        if asks_more(asked):
            move = stage("Answering what else the design asks")
        more = further(asked, trials=trials, seed=seed, scheduler=where, progress=moved)
    with staged(out) as folder:
        write_plan_files(folder, found, more)
        if protocol:
            write_protocol(folder, found, more)
    forget(asked, trials=trials, seed=seed, folder=out)
    for sentence in (*summary(found), *further_sentences(more)):
        typer.echo(sentence)


@app.command()
def monitor(
    design: Annotated[str, typer.Argument(help="Design TOML, or a bundled design by name.")],
    data: Annotated[str, typer.Option("--data", help="CSV or Parquet file, a row for each patient entered.")],
    schema: Annotated[str, typer.Option("--schema", help="Schema TOML, or a bundled schema by name.")],
    endpoint: Annotated[str, typer.Option("--endpoint", help="An endpoint of the schema; time from entry.")],
    arm: Annotated[
        str | None, typer.Option("--arm", help="Covariate whose levels are the arms. Default: arm. Not if --blinded.")
    ] = None,
    entry: Annotated[str, typer.Option("--entry", help="Covariate: calendar time since the first entry.")] = "entry",
    lost: Annotated[
        str | None, typer.Option("--lost", help="Binary covariate: followed no longer, without an event.")
    ] = None,
    asof: Annotated[
        float | None, typer.Option("--asof", min=0.0, help="Month of the look since the first entry; default: latest.")
    ] = None,
    blinded: Annotated[bool, typer.Option("--blinded", help="Read no arm: accrual and date of the end alone.")] = False,
    completions: Annotated[int, typer.Option("--completions", min=100, help="Futures of the trial to draw.")] = 4_000,
    out: OutOption = Path("out/monitor"),
    seed: SeedOption = 20251,
    level: LevelOption = 0.95,
    quiet: QuietOption = False,
) -> None:
    """Where a running trial stands: hazard ratio, chances of each rule at the end, and when the end comes."""
    from escc_bayes.foundation.outputs import refuse_file, staged
    from escc_bayes.report.monitor_files import sentences, write_monitor_files
    from escc_bayes.trial.interim_look import interim_look
    from escc_bayes.trial.reading import load_design
    from escc_bayes.trial.reading_interim import Columns, follow_up_from, read_interim, unblinded

    refuse_file(out)
    if blinded and arm is not None:
        raise InputError(f"--arm {arm}: a blinded look reads no arm; leave --arm or --blinded out")
    asked, columns = load_design(design), Columns(arm or "arm", entry, lost)
    patients = read_interim(data, schema, columns, blinded=blinded)
    seen = follow_up_from(patients, asked, endpoint=endpoint, columns=columns, month=asof)
    if not blinded:
        seen = unblinded(seen, patients, asked, columns.arm)
    with progress_bars(quiet=quiet) as stage:
        stage(f"Completing {asked.name} {completions:,} times")
        look = interim_look(
            asked,
            seen,
            completions=completions,
            seed=seed,
            level=level,
            provenance=patients.provenance,
            data_digest=patients.digest,
        )
    with staged(out) as folder:
        write_monitor_files(folder, look)
    for sentence in sentences(look):
        typer.echo(sentence)


def open_cohort(name_or_path: str, schema: str | None) -> "Cohort":
    """Return a cohort from a file and a schema, or a bundled one by name."""
    from escc_bayes.data.bundled import EXAMPLES, example_cohort, find_schema
    from escc_bayes.data.cohort import read_cohort

    if schema is None:
        if name_or_path not in EXAMPLES and Path(name_or_path).exists():
            raise InputError(f"--cohort {name_or_path}: say what its columns mean with --schema FILE.toml")
        return example_cohort(name_or_path)
    if name_or_path in EXAMPLES and not Path(name_or_path).exists():
        raise InputError(f"--cohort {name_or_path}: a bundled cohort brings its own schema; leave --schema out")
    return read_cohort(name_or_path, find_schema(schema))


def open_specs(names: list[str]) -> tuple["ModelSpec", ...]:
    """Return specifications by path or name, each once."""
    from escc_bayes.spec.reading import load_spec

    if not names:
        raise SpecError("no model is named; add --model NAME (such as os_piecewise) or --model FILE.toml")
    specs = tuple(load_spec(name) for name in names)
    twice = {s.name for s in specs if [t.name for t in specs].count(s.name) > 1}
    if twice:
        raise SpecError(f"two models are called '{twice.pop()}'; name each model once, or change its name")
    return specs


def default_models(cohort: "Cohort") -> list[str]:
    """Return the shipped models whose endpoint and covariates the cohort has.

    Raises
    ------
    SpecError : none fits; a model has priors, and nobody can choose them but the user.
    """
    from escc_bayes.spec.reading import load_spec

    shipped = [load_spec(name) for name in DEFAULT_MODELS.get(cohort.name, ESCC_MODELS)]
    fitting = [
        spec.name
        for spec in shipped
        if spec.outcome.endpoint in cohort.endpoints and set(spec.covariates) <= set(cohort.covariates)
    ]
    if not fitting:
        raise SpecError(
            f"no shipped model fits the columns of '{cohort.name}' (covariates: {', '.join(cohort.covariates)}); write "
            "one (models/README.md explains the format) and name it with --model FILE.toml"
        )
    return fitting


def gathered(
    cohort: "Cohort",
    names: list[str],
    stage: "Stage",
    *,
    seed: int,
    level: float,
    engine: str | None,
    backend: str | None,
    draws: int | None,
    tune: int,
    chains: int,
) -> "Bundle":
    """Return the bundle of several models, every specification checked before anything is sampled."""
    from escc_bayes.bayes.fit import check_engine
    from escc_bayes.report.bundle import gather
    from escc_bayes.spec.plan import make_plan

    check_engine(engine or "nuts", backend)
    specs = open_specs(names)
    for spec in specs:
        make_plan(spec, cohort)
    return gather(
        cohort,
        specs,
        stage=stage,
        seed=seed,
        level=level,
        engine=engine,
        backend=backend,
        draws=draws,
        tune=tune,
        chains=chains,
    )


def verdicts(posteriors: Mapping[str, "Posterior"]) -> dict[str, str]:
    """Return each model's verdict."""
    return {name: p.diagnostics.verdict for name, p in posteriors.items()}


def read_months(text: str) -> tuple[float, ...]:
    """Return increasing months from text such as ``12,24,36``."""
    from escc_bayes.foundation.checks import increasing

    try:
        given = [float(part) for part in text.split(",")]
    except ValueError:
        raise InputError(f"--times {text}: write months separated by commas, such as 12,24,36") from None
    return increasing(given, "--times", error=InputError, above=0.0)


def finish(faults: list[str] | tuple[str, ...]) -> None:
    """Say on stderr which models must not be used."""
    for fault in faults:
        typer.secho(fault, err=True, fg=typer.colors.RED, bold=True)


@contextmanager
def progress_bars(*, quiet: bool) -> Iterator["Stage"]:
    """Yield a function that starts a bar for a piece of work; bars show on a terminal, sentences elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, quiet=quiet)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[words]}"), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        yield lambda name: started(bars, console, name)


def started(bars: "Bars", console: "Console", name: str) -> "Progress":
    """Start one bar and return the function that moves it."""
    task = bars.add_task(name, total=None, words="")
    said: set[str] = set()
    if not console.is_terminal:
        console.print(name, highlight=False)

    def report_progress(what: str, done: int, total: int, divergences: int) -> None:
        words = f"{what}, {divergences} divergences" if total else what
        bars.update(task, completed=done, total=total or None, words=words)
        if what not in said and not console.is_terminal:
            said.add(what)
            console.print(f"  {name}: {what}", highlight=False)

    return report_progress


def print_warning(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
    """Print one of our warnings as a sentence; the verdict on a fit is printed at the end instead."""
    if issubclass(category, EsccBayesWarning) and not issubclass(category, NotFitForUseWarning):
        print(f"Warning: {message}", file=sys.stderr)  # noqa: T201 - stderr is where warnings go


def main() -> None:
    """Run the command line: exit code 2 and one paragraph on bad input, never a traceback."""
    # Matrices of small cohorts gain nothing from threads, and waiting threads burn time; numpy reads this on import.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with warnings.catch_warnings():
        # Only our own warnings are for the user of a command.
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", EsccBayesWarning)
        warnings.showwarning = print_warning
        try:
            app()
        except (InputError, SamplingError) as error:
            typer.secho(f"Error: {error}", err=True)
            raise SystemExit(2 if isinstance(error, InputError) else 1) from None
