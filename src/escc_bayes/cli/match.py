"""The verb `match`: two groups made alike by a propensity score, and the treatment's effect then."""

from pathlib import Path
from typing import Annotated

import typer

from escc_bayes.cli.inputs import open_ensemble
from escc_bayes.cli.options import CohortOption, LevelOption, OutOption, SchemaOption, SeedOption
from escc_bayes.foundation.errors import InputError


def match(
    cohort: CohortOption,
    endpoint: Annotated[str, typer.Option("--endpoint", help="An endpoint of the schema, such as os.")],
    treatment: Annotated[
        str | None,
        typer.Option(
            "--treatment",
            help="A covariate of two levels; the second is the treated. Default: [treatment] of the schema.",
        ),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(
            "--on",
            help="Covariates known at time zero that the treatment depended on: a,b,c. Default: as the schema says.",
        ),
    ] = None,
    schema: SchemaOption = None,
    method: Annotated[
        str,
        typer.Option("--method", help="nearest, optimal, full, exact, cem, overlap, iptw, entropy; none: as they are."),
    ] = "nearest",
    caliper: Annotated[
        float | None,
        typer.Option("--caliper", min=0.0, max=100.0, help="Largest distance of a pair, in SDs of the score."),
    ] = None,
    ratio: Annotated[
        int, typer.Option("--ratio", min=1, max=20, help="Controls for each treated patient: nearest, optimal.")
    ] = 1,
    estimand: Annotated[
        str | None, typer.Option("--estimand", help="att, ate or ato; default: as the method has it.")
    ] = None,
    score: Annotated[
        str, typer.Option("--score", help="logistic (maximum likelihood), or bayes (posterior mean under weak priors).")
    ] = "logistic",
    truncate: Annotated[
        float, typer.Option("--truncate", min=0.0, max=0.49, help="Share of iptw weights cut off at either end.")
    ] = 0.0,
    designs: Annotated[
        int,
        typer.Option("--designs", min=0, max=5000, help="Drawn designs behind bayes_design, its uncertainty; 0: none."),
    ] = 100,
    landmark: Annotated[
        list[float] | None,
        typer.Option("--landmark", min=0.0, max=1200.0, help="Months, of a treatment that starts. May be repeated."),
    ] = None,
    grace: Annotated[
        float | None,
        typer.Option("--grace", min=0.0, max=1200.0, help="Clones, of a treatment that starts: by this month."),
    ] = None,
    subgroups: Annotated[
        str | None, typer.Option("--subgroups", help="Covariates with levels: the effect within each, a,b.")
    ] = None,
    out: OutOption = Path("out/match"),
    seed: SeedOption = 20251,
    level: LevelOption = 0.95,
) -> None:
    """Propensity score, matching or weighting, balance, and the treatment's effect: Cox, Weibull, posterior."""
    from escc_bayes.cli.match_words import match_lines
    from escc_bayes.foundation.outputs import staged
    from escc_bayes.matching.members import matched_members
    from escc_bayes.matching.request import Request
    from escc_bayes.matching.run import as_estimand, as_method, as_score
    from escc_bayes.report.verbs.match import write_match_files
    from escc_bayes.study.treatment.asked import asked_of

    names = names_in(on or "")
    if on is not None and not names:
        raise InputError(f"--on {on}: write covariates separated by commas, such as age,sex,stage")
    patients, ensemble = open_ensemble(cohort, schema)
    held = asked_of(patients, treatment, None if on is None else names)
    if held is None:
        raise InputError(
            "match: say which covariate is the treatment with --treatment NAME, or [treatment] in the schema"
        )
    asked = Request(
        endpoint,
        held.treatment,
        held.on,
        method=as_method(method),
        caliper=caliper,
        ratio=ratio,
        estimand=as_estimand(estimand),
        score=as_score(score),
        truncate=truncate,
        designs=designs,
        landmarks=tuple(landmark or ()),
        grace=grace,
        subgroups=names_in(subgroups or ""),
        level=level,
        seed=seed,
    )
    with staged(out) as folder:
        found = matched_members(ensemble.members if ensemble is not None else (patients,), asked)
        write_match_files(folder, found)
    for sentence in found.sentences:
        typer.echo(sentence)
    typer.echo("\n".join(match_lines(found)))
    typer.echo(f"Written to {out}")


def names_in(text: str) -> tuple[str, ...]:
    """Return names that stand with commas between.

    Examples
    --------
    >>> names_in("age, stage")
    ('age', 'stage')
    """
    return tuple(name.strip() for name in text.split(",") if name.strip())
