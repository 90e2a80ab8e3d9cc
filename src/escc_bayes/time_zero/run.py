"""The verb ``time-zero``: every analysis of one covariate, on one cohort or on all reconstructions of one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.data.cohort import Cohort
from escc_bayes.data.level_labels import NO_LABELS, LevelLabels, level_labels
from escc_bayes.estimand.estimate import ratio_summary
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.errors import CohortError, LandmarkError
from escc_bayes.foundation.record import Record, seed_label, versions
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.foundation.sentence import counted
from escc_bayes.spec.model import ModelSpec
from escc_bayes.time_zero.answers import Answer, answers, pooled, refused_answer
from escc_bayes.time_zero.emulation import BAYES, INTERVALS, Emulation, emulate
from escc_bayes.time_zero.model import checked_model, default_model, others
from escc_bayes.time_zero.request import Request
from escc_bayes.time_zero.tables import clone_rows, time_zero_rows
from escc_bayes.time_zero.views import CLONES, Refused, views

# Bootstrap samples of each kind: over all reconstructions together.
DRAWS = 1000


@dataclass(frozen=True, slots=True)
class TimeZero:
    """What the analyses say.

    Attributes
    ----------
    answers : in the order of ``ANALYSES``.
    rows, clone_rows : of ``time_zero.csv`` and ``clones.csv``.
    sentences : who is in the cohort, and what else must be known.
    record : of the run.
    levels : what people read for levels; tables keep the levels.
    """

    answers: tuple[Answer, ...]
    rows: list[Row]
    clone_rows: list[Row]
    sentences: tuple[str, ...]
    record: Record
    levels: LevelLabels = NO_LABELS


def time_zero(cohorts: Sequence[Cohort], asked: Request, *, only_guarantee: bool = False) -> TimeZero:
    """Put the analyses of one covariate side by side.

    Parameters
    ----------
    cohorts : one; or all reconstructions of one, which are pooled.
    only_guarantee : a covariate that is known at time zero has no analyses, and is no error.

    Raises
    ------
    CohortError, LandmarkError, SpecError : nothing can be analysed; the message says why.
    """
    first = cohorts[0]
    first.refuse_interval_censored(asked.endpoint, "time-zero")
    spec = model_of(first, asked)
    if only_guarantee and is_known(first, asked.covariate):
        record = record_of(first, spec, asked)
        whose = f"{first.provenance.upper()}: {asked.called or first.name}"
        said = f"{whose}: '{asked.covariate}' is known at time zero, so that guarantee time alone is looked at."
        return TimeZero((), [], [], (said,), record, level_labels(first.covariates))
    members, emulations = [], []
    for place, cohort in enumerate(cohorts):
        seed = stream(asked.seed, str(place))
        found = [
            answer
            for view in views(cohort, asked.endpoint, asked.covariate, asked.landmarks)
            for answer in answers(view, spec, asked.covariate, level=asked.level, seed=seed)
        ]
        if asked.grace is not None:
            emulation = cloned(cohort, asked, spec, seed, max(DRAWS // len(cohorts), 50))
            found += clone_answers(emulation, first, asked)
            emulations += [emulation] if isinstance(emulation, Emulation) else []
        members.append(found)
    together, levels = tuple(pooled(members)), level_labels(first.covariates)
    return TimeZero(
        answers=together,
        rows=time_zero_rows(together, asked.endpoint, first.provenance),
        clone_rows=clone_rows(emulations, first.covariate(asked.covariate).schema, asked, first.provenance),
        sentences=tuple(map(levels.said, sentences(cohorts, asked, spec))),
        record=record_of(first, spec, asked),
        levels=levels,
    )


def is_known(cohort: Cohort, name: str) -> bool:
    """Return whether a covariate is known at time zero and stays as it is."""
    data = cohort.covariate(name)
    return data.changes is None and not data.known_later


def record_of(cohort: Cohort, spec: ModelSpec, asked: Request) -> Record:
    """Return what the run remembers."""
    settings: tuple[tuple[str, float | int | str], ...] = (("level", asked.level), ("covariate", asked.covariate))
    label = seed_label(asked.seed)
    return Record(spec.digest, cohort.digest, label, cohort.provenance, "laplace", settings, versions())


def model_of(cohort: Cohort, asked: Request) -> ModelSpec:
    """Return the model of the analyses."""
    if asked.model is not None:
        return checked_model(asked.model, asked.covariate, asked.endpoint)
    return default_model(cohort.covariate(asked.covariate).schema, asked.endpoint)


def cloned(cohort: Cohort, asked: Request, spec: ModelSpec, seed: Seed, draws: int) -> Emulation | Refused:
    """Return the comparison of strategies, or why there is none."""
    assert asked.grace is not None
    adjust = others(spec, asked.covariate)
    try:
        return emulate(
            cohort,
            asked.endpoint,
            asked.covariate,
            grace=asked.grace,
            adjust=adjust,
            times=asked.times,
            draws=draws,
            seed=seed,
        )
    except (CohortError, LandmarkError) as error:
        return Refused(CLONES, str(error))


def clone_answers(found: Emulation | Refused, cohort: Cohort, asked: Request) -> list[Answer]:
    """Return the rows of the clones: by bootstrap and by Bayesian bootstrap."""
    if isinstance(found, Refused) or asked.grace is None:
        assert isinstance(found, Refused)
        return [replace(refused_answer(found, asked.covariate, asked.level), grace=asked.grace or math.nan)]
    schema, patients = cohort.covariate(asked.covariate).schema, found.clones.patients
    never, ever = schema.levels
    by = int((patients.start <= asked.grace).sum())
    rows = []
    for method, drawn in found.log_hr_draws.items():
        middle, lower, upper = ratio_summary(drawn, asked.level)
        failed = found.failed[method]
        said = (
            f"{by} of {patients.time.size} patients start by {counted(asked.grace, 'month')}, "
            f"{int(patients.started.sum())} at all; largest weight {found.largest:.3g}; {drawn.size} bootstrap samples "
            "of patients, weights fitted anew in each",
            f"{failed} without a finite ratio left out" if failed else "",
        )
        rows.append(
            Answer(
                analysis=CLONES,
                landmark=math.nan,
                term=asked.covariate,
                contrast=f"{ever} by {counted(asked.grace, 'month')} vs {never} throughout",
                method=method,
                hr=middle if method == BAYES else math.exp(found.log_hr),
                lower=lower,
                upper=upper,
                level=asked.level,
                interval=INTERVALS[method],
                n=patients.time.size,
                rows=patients.time.size + int((patients.start > 0.0).sum()),
                events=int(patients.event.sum()),
                dropped=found.left_out,
                model="",
                clock="time zero",
                note="; ".join(part for part in said if part),
                grace=asked.grace,
                log_hr=found.log_hr,
                log_sd=float(np.std(drawn)),
                draws=drawn if method == BAYES else None,
            )
        )
    return rows


def sentences(cohorts: Sequence[Cohort], asked: Request, spec: ModelSpec) -> list[str]:
    """Say whose analyses these are, of which covariate, by which model, and when it became known."""
    first, data = cohorts[0], cohorts[0].covariate(asked.covariate)
    whose = f"{len(cohorts)} cohorts of " if len(cohorts) > 1 else ""
    own = first.endpoint(asked.endpoint)
    followed = f"{counted(first.followed(asked.endpoint), 'patient')}, {counted(own.events, 'event')}"
    head = f"{first.provenance.upper()}: {whose}{asked.called or first.name}, {asked.endpoint}: {followed}"
    when = when_known(data.schema.known_at, data.changes.months if data.changes is not None else data.known_at)
    said = [f"{head}; '{asked.covariate}' {when}"]
    adjusted = others(spec, asked.covariate)
    if adjusted:
        depend = "; the weights of clones depend on them" if asked.grace is not None else ""
        said.append(f"Adjusted for {', '.join(adjusted)}{depend}.")
    elif asked.grace is not None:
        said.append("Nothing is adjusted for: the weights of clones take starting to be independent of prognosis.")
    if not asked.landmarks and data.schema.starts_at is not None:
        said.append("No landmark is named, so there is no landmark analysis; add --landmark MONTHS.")
    return said


def when_known(known_at: float | str | None, months: np.ndarray) -> str:
    """Say when a covariate became known or changed."""
    if isinstance(known_at, float):
        return f"becomes known at {counted(known_at, 'month')}."
    later = months[np.nan_to_num(months) > 0.0]
    if not later.size:
        return "never changes after month 0."
    return f"changes at {np.median(later):.3g} months in the median ({later.min():.3g} to {later.max():.3g})."
