"""Every table of a paper on a cohort: which papers have a chapter, and what it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from escc_bayes.data.bundled import ENSEMBLES, Bundled
from escc_bayes.data.cohort import Cohort
from escc_bayes.data.ensemble import Ensemble, read_ensemble
from escc_bayes.data.shipped import find_schema
from escc_bayes.data.study import read_study
from escc_bayes.evidence.audit import audit
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import CohortError, InputError
from escc_bayes.foundation.executors import Executor, Serial
from escc_bayes.foundation.seeds import Seed
from escc_bayes.spec.model import ModelSpec
from escc_bayes.study.ici_crt.adverse import adverse_part
from escc_bayes.study.ici_crt.characteristics import characteristics_part
from escc_bayes.study.ici_crt.coverage import coverage_part
from escc_bayes.study.ici_crt.failure import failure_part
from escc_bayes.study.ici_crt.lymphocytes import lymphocytes_part
from escc_bayes.study.ici_crt.multivariable import multivariable_part
from escc_bayes.study.ici_crt.others import others_part
from escc_bayes.study.ici_crt.response import response_part
from escc_bayes.study.ici_crt.roles import ROLES
from escc_bayes.study.ici_crt.sequence import sequence_part
from escc_bayes.study.ici_crt.survival import survival_part
from escc_bayes.study.ici_crt.univariable import univariable_part
from escc_bayes.study.models import own_models
from escc_bayes.study.part import Part, StudyChapter
from escc_bayes.study.printed import printed_of
from escc_bayes.study.roles import Role, find_endpoints, find_roles
from escc_bayes.study.subject import Maker, Subject


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper with a chapter.

    Attributes
    ----------
    roles : its factors.
    parts : what makes each of its tables, in the order of the paper.
    by : the factors in whose groups characteristics are shown: the first that a cohort has.
    methods : pages of ``docs/methods`` that say how.
    slow : the parts that take longest.
    """

    roles: tuple[Role, ...]
    parts: tuple[Maker, ...]
    by: tuple[str, ...]
    methods: tuple[str, ...]
    slow: tuple[Maker, ...] = ()


SERIAL = Serial()
PAPERS: Mapping[str, Paper] = {
    "seed1_scirep2025": Paper(
        ROLES,
        (
            characteristics_part,
            response_part,
            survival_part,
            univariable_part,
            lymphocytes_part,
            coverage_part,
            sequence_part,
            multivariable_part,
            failure_part,
            adverse_part,
            others_part,
        ),
        ("coverage", "sequence"),
        (
            "characteristics",
            "proportions",
            "kaplan_meier",
            "illness_death",
            "screening",
            "logrank",
            "paired_counts",
            "time_zero",
            "competing_causes",
            "other_studies",
        ),
        slow=(lymphocytes_part,),
    ),
}


def paper_of(study: str) -> Paper:
    """Return the chapter of a paper.

    Raises
    ------
    InputError : it has none.
    """
    if study not in PAPERS:
        raise InputError(f"--study {study}: no chapter for this paper; {suggestion(study, PAPERS)}")
    return PAPERS[study]


def models_of(study: str, cohort: Cohort) -> tuple[ModelSpec, ...]:
    """Return the models of a cohort of one's own to which no shipped model fits."""
    return own_models(cohort, paper_of(study).roles)


def bundled_cohort(study: str) -> str:
    """Return the name of the bundled cohort of a paper.

    Raises
    ------
    InputError : the paper has no chapter.
    """
    paper_of(study)
    return next(name for name, bundled in ENSEMBLES.items() if bundled.study == study)


def retold(
    study: str,
    cohort: Cohort,
    ensemble: Ensemble | None,
    *,
    seed: Seed,
    level: float,
    by: str = "",
    executor: Executor = SERIAL,
) -> StudyChapter:
    """Return the chapter of a paper on a cohort, or over all reconstructions where it is one of the paper's own.

    Parameters
    ----------
    study : name of a bundled study that has a chapter.
    by : covariate in whose groups characteristics are shown; empty: as the paper.
    executor : who makes the parts.

    Raises
    ------
    InputError : the study has no chapter.
    """
    subject = subject_of(study, cohort, ensemble, seed=seed, level=level, by=by)
    paper = paper_of(study)
    slow = [place for place, make in enumerate(paper.parts) if make in paper.slow]
    parts = tuple(executor.shared(part_of, subject, len(paper.parts), first=slow))
    return StudyChapter(study, subject.study.citation, subject.whose, subject.first.provenance, parts, paper.methods)


def part_of(subject: Subject, place: int) -> Part:
    """Return one part of the chapter of a paper."""
    return paper_of(subject.study.id).parts[place](subject)


def subject_of(
    study: str, cohort: Cohort, ensemble: Ensemble | None, *, seed: Seed, level: float, by: str = ""
) -> Subject:
    """Return what every table is made of."""
    refuse_other_rows(cohort)
    paper, read = paper_of(study), read_study(study)
    own = next((b for b in ENSEMBLES.values() if b.study == study and is_of(ensemble, b)), None)
    members = every_column(own) if own else ensemble.members if ensemble is not None else (cohort,)
    schema = members[0].schema
    covariates = find_roles(schema, paper.roles)
    grouped = next((role for role, name in covariates.items() if name == by), "")
    return Subject(
        study=read,
        printed=printed_of(read, own.folder if own else None),
        findings=tuple(audit(read)),
        members=members,
        roles=paper.roles,
        covariates=covariates,
        endpoints=find_endpoints(schema),
        by=grouped or next((role for role in paper.by if role in covariates), ""),
        level=level,
        seed=seed,
    )


def refuse_other_rows(cohort: Cohort) -> None:
    """Raise where the tables of a paper cannot be made: several rows a patient, weights, delayed entry, intervals."""
    what = "the tables of a paper (--study)"
    cohort.refuse_several_rows(what)
    for name, data in cohort.endpoints.items():
        cohort.refuse_interval_censored(name, what)
        if (data.entry > 0.0).any():
            raise CohortError(
                f"{cohort.source}: {what} count everybody from time zero, and endpoint '{name}' has patients who enter "
                "later; give a schema without entry, or leave --study out"
            )
    if cohort.sampled:
        raise CohortError(
            f"{cohort.source}: {what} count patients, and these have sampling weights; give a schema without weight, "
            "or leave --study out"
        )


def is_of(ensemble: Ensemble | None, bundled: Bundled) -> bool:
    """Return whether an ensemble is the bundled one."""
    return ensemble is not None and Path(ensemble.members[0].source) == bundled.folder / "cohorts.csv"


def every_column(bundled: Bundled) -> tuple[Cohort, ...]:
    """Return the members of a bundled ensemble with every column, also those that models do not take."""
    return read_ensemble(bundled.folder / "cohorts.csv", find_schema(bundled.study)).members
