"""The verb `evidence`: published hazard ratios pooled into a prior."""

from pathlib import Path
from typing import Annotated

import typer

from escc_bayes.cli.options import LevelOption, OutOption


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
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", help='STUDY="reason": pool it although it contradicts itself. May be repeated.'),
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
    from escc_bayes.data.shipped import find_study, study_names
    from escc_bayes.data.study import read_study
    from escc_bayes.evidence.pooling import options as told
    from escc_bayes.evidence.pooling.conflict import prior_data_conflict
    from escc_bayes.evidence.pooling.pool import PoolRequest
    from escc_bayes.evidence.pooling.study_effects import Question
    from escc_bayes.evidence.pooling.summary import summary
    from escc_bayes.evidence.pooling.synthesis import PriorRequest, answer
    from escc_bayes.foundation.outputs import staged
    from escc_bayes.report.verbs.evidence import record_of, write_evidence_files

    paths = [find_study(name) for name in studies or study_names()]
    subgroups = told.pairs(subgroup or [], "--subgroup", "STUDY=WORDS")
    question = Question(effect, endpoint, subgroups, told.directions(direction or []), told.accepted(accept or []))
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
