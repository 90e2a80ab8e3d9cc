"""The verb `forms`: which form the effect of a number has, by patients left out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from escc_bayes.cli.inputs import open_ensemble, open_specs
from escc_bayes.cli.options import (
    CohortOption,
    DrawsOption,
    LevelOption,
    OutOption,
    QuietOption,
    SchemaOption,
    SeedOption,
)
from escc_bayes.foundation.errors import InputError

if TYPE_CHECKING:
    from escc_bayes.compare.form_results import CovariateForms


def forms(
    cohort: CohortOption,
    covariate: Annotated[
        str, typer.Option("--covariate", help="A number of the schema, or classes that were cut from numbers.")
    ],
    schema: SchemaOption = None,
    model: Annotated[
        str | None,
        typer.Option("--model", help="Specification whose outcome, baseline and other effects all forms share."),
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option("--endpoint", help="In place of --model: a weakly informative model, printed.")
    ] = None,
    landmark: Annotated[
        float | None,
        typer.Option("--landmark", min=0.0, max=1200.0, help="With --endpoint: month at which the clock restarts."),
    ] = None,
    cut: Annotated[
        list[float] | None,
        typer.Option("--cut", help="Cut point; default: those of the schema. May be repeated."),
    ] = None,
    at: Annotated[
        list[float] | None,
        typer.Option("--at", help="Value whose hazard ratio is shown; default: percentiles. May be repeated."),
    ] = None,
    versus: Annotated[
        float | None, typer.Option("--versus", help="Value that others are compared with; default: the median.")
    ] = None,
    upper: Annotated[
        float,
        typer.Option("--upper", min=1.01, max=100.0, help="Prior: 97.5 % point of the 90th over the 10th percentile."),
    ] = 4.0,
    knots: Annotated[int, typer.Option("--knots", min=3, max=8, help="Knots of both splines.")] = 4,
    raw: Annotated[bool, typer.Option("--raw", help="Curves of the number itself, not of its logarithm.")] = False,
    engine: Annotated[str, typer.Option("--engine", help="laplace, or nuts: slower, the reference.")] = "laplace",
    draws: DrawsOption = None,
    out: OutOption = Path("out/forms"),
    seed: SeedOption = 20251,
    level: LevelOption = 0.95,
    quiet: QuietOption = False,
) -> None:
    """Linear, spline, monotone spline or cut points: forms of one number compared by patients left out."""
    from escc_bayes.cli.progress import progress_bars
    from escc_bayes.compare.covariate_forms import covariate_forms
    from escc_bayes.foundation.outputs import staged
    from escc_bayes.report.verbs.forms import write_forms_files
    from escc_bayes.spec.formula import model as usual

    if (model is None) == (endpoint is None):
        raise InputError("forms: name --model FILE, or --endpoint NAME for a weakly informative model; one of both")
    if landmark is not None and endpoint is None:
        raise InputError("--landmark goes with --endpoint; a model states its own in [outcome]")
    patients, ensemble = open_ensemble(cohort, schema)
    spec = open_specs([model])[0] if model else usual(f"`{endpoint}` ~ 1", patients, landmark=landmark)
    with progress_bars(quiet=quiet) as stage, staged(out) as folder:
        found = covariate_forms(
            spec,
            ensemble or patients,
            covariate,
            cuts=sorted(set(cut or ())),
            at=sorted(set(at or ())),
            versus=versus,
            log=not raw,
            upper=upper,
            knots=knots,
            level=level,
            engine=engine,
            draws=draws,
            seed=seed,
            progress=stage("Forms"),
        )
        write_forms_files(folder, found)
    if model is None:
        typer.echo("The model, since none was named (weakly informative):\n" + spec.toml)
    typer.echo("\n".join(lines(found)))
    typer.echo(f"Written to {out}")


def lines(found: "CovariateForms") -> list[str]:
    """Return what is printed: who, the forms best first, hazard ratios at the values named, what it can carry."""
    from escc_bayes.estimand.aligned import Notes, aligned

    body = [
        (
            row.words,
            f"{row.elpd:.1f} ({row.elpd_se:.1f})",
            f"{row.elpd_diff:.1f} ({row.diff_se:.1f})",
            f"{row.weight:.2f}",
            f"{row.p_loo:.1f}",
            f"{row.pareto_k_max:.2f}",
        )
        for row in found.rows
    ]
    head = ("form", "elpd (SE)", "less than best (SE)", "weight", "p_loo", "largest k")
    ratios = [
        (
            words_of(found, one.form),
            f"{one.value:g} vs {one.versus:g}",
            f"{one.hr:.2f}",
            f"{one.lower:.2f}-{one.upper:.2f}",
        )
        for one in found.ratios
    ]
    columns = ("form", found.found.name, "HR", f"{100 * found.level:g} % credible")
    return [
        *found.sentences,
        aligned("Patients left out", head, body, Notes()),
        aligned(f"Hazard ratios of {found.found.name}", columns, ratios, Notes()),
        *found.reading,
    ]


def words_of(found: "CovariateForms", form: str) -> str:
    """Return a form in a reader's words."""
    return next(row.words for row in found.rows if row.form == form)
