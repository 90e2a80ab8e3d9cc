"""Every part, one after the other: of one cohort, or of every reconstruction of an ensemble, pooled."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from escc_bayes.data.cohort import Cohort
from escc_bayes.data.ensemble import Ensemble
from escc_bayes.data.level_labels import NO_LABELS, LevelLabels, level_labels
from escc_bayes.estimand.as_read import rows_wholly_as_read
from escc_bayes.foundation.errors import NotFitForUseWarning
from escc_bayes.foundation.record import Record
from escc_bayes.foundation.scheduler import Serial
from escc_bayes.foundation.sentence import capital
from escc_bayes.sensitivity.not_computed import NOT_COMPUTED
from escc_bayes.sensitivity.part import Rows, Tables
from escc_bayes.sensitivity.parts import PARTS, SHOWN, SUMMARIES
from escc_bayes.sensitivity.pooled import pooled_rows
from escc_bayes.sensitivity.subject import Asked, Subject, Tell, subject_of
from escc_bayes.spec.model import ModelSpec

# Called with the name of a piece of work; returns the function that is told how far it is.
type Begin = Callable[[str], Tell]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What the parts found of one model.

    Attributes
    ----------
    model : its name.
    sentence : whom it is of.
    record : digests, seed, provenance.
    verdict : on the posterior that all refits vary.
    tables : rows by part.
    members : tables of each reconstruction by its cohort's name; empty of a single cohort.
    levels : what people read for levels; tables keep the levels.
    """

    model: str
    sentence: str
    record: Record
    verdict: str
    tables: Tables
    members: Mapping[str, Tables]
    levels: LevelLabels = NO_LABELS

    def read(self, name: str) -> Rows:
        """Return the table of a part as people read it."""
        return rows_wholly_as_read(self.tables[name], self.levels)

    def words(self) -> tuple[str, ...]:
        """Return the sentences of every table; of one that was not computed, with its title."""
        shown = (one for one in SHOWN if one.name in self.tables)
        said = (headed(one.title, line) for one in shown for line in one.words(self.read(one.name)))
        return tuple(map(self.levels.said, said))


def headed(title: str, said: str) -> str:
    """Return a sentence; where it says that a part was not computed, with the part's title.

    Examples
    --------
    >>> headed("checks of fit", "not computed: no events"), headed("checks of fit", "All is well.")
    ('Checks of fit: not computed: no events', 'All is well.')
    """
    return f"{capital(title)}: {said}" if said.startswith(NOT_COMPUTED) else said


def examine(cohort: Cohort | Ensemble, spec: ModelSpec, asked: Asked, begin: Begin) -> Sensitivity:
    """Return what every part finds of a model on a cohort, or on all reconstructions of one.

    Parameters
    ----------
    cohort : one cohort, or an ensemble, whose members are looked at one by one and pooled.
    spec : the model.
    asked : seed, level, and who computes.
    begin : told what is being done.
    """
    if isinstance(cohort, Ensemble):
        return examine_reconstructions(cohort, spec, asked, begin)
    fitting = begin(f"{spec.name}: fit")
    subject = subject_of(cohort, spec, asked)
    fitting(1, 1)
    tables, levels = run_parts(subject, begin), level_labels(cohort.covariates)
    return Sensitivity(
        spec.name,
        levels.said(subject.plan.rows.sentence()),
        subject.posterior.record,
        subject.posterior.diagnostics.verdict,
        {**run_summaries(subject, tables), **tables},
        {},
        levels,
    )


def run_parts(subject: Subject, begin: Begin) -> dict[str, Rows]:
    """Return the table of every part."""
    found: dict[str, Rows] = {}
    with warnings.catch_warnings():
        # Refits at fault are told in the tables.
        warnings.simplefilter("ignore", NotFitForUseWarning)
        for part in PARTS:
            found[part.name] = part.run(subject, begin(f"{subject.spec.name}: {part.title}"))
    return found


def run_summaries(subject: Subject, tables: Tables) -> dict[str, Rows]:
    """Return the tables that are made of the parts' tables."""
    return {summary.name: summary.run(subject, tables) for summary in SUMMARIES}


@dataclass(frozen=True)
class MemberWork:
    """The parts on one reconstruction, by its number: a piece of work for a process of its own."""

    members: Sequence[Cohort]
    spec: ModelSpec
    asked: Asked

    def __call__(self, place: int) -> "OfMember":
        """Return the tables of one reconstruction."""
        subject = subject_of(self.members[place], self.spec, self.asked)
        posterior = subject.posterior
        return OfMember(posterior.record, posterior.diagnostics.verdict, run_parts(subject, silent))


@dataclass(frozen=True, slots=True)
class OfMember:
    """Record and verdict of the fit to one reconstruction, and the tables of the parts."""

    record: Record
    verdict: str
    tables: Tables


def silent(_: str) -> Tell:
    """Tell nobody."""
    return lambda done, total: None  # noqa: ARG005 - the shape of a function that is told


def examine_reconstructions(ensemble: Ensemble, spec: ModelSpec, asked: Asked, begin: Begin) -> Sensitivity:
    """Return what every part finds, averaged over reconstructions; summaries are of the pooled tables."""
    tell = begin(f"{spec.name}: {len(ensemble)} reconstructions")
    work = MemberWork(ensemble.members, spec, replace(asked, scheduler=Serial(), reconstructions=len(ensemble)))
    found: dict[int, OfMember] = {}
    for place, of_member in asked.scheduler.finished(work, range(len(ensemble))):
        found[place] = of_member
        tell(len(found), len(ensemble))
    each = [found[place] for place in range(len(ensemble))]
    tables = {part.name: pooled_rows(part, [one.tables[part.name] for one in each]) for part in PARTS}
    # As all give back one print, the one that stands first in the alphabet of digests speaks for them.
    typical = min(range(len(each)), key=lambda place: each[place].record.data_digest)
    faults = {one.verdict for one in each} - {"ok"}
    return Sensitivity(
        spec.name,
        f"RECONSTRUCTED: averages over {len(ensemble)} cohorts of {ensemble.name}",
        replace(each[typical].record, data_digest=ensemble.digest),
        "; ".join(sorted(faults)) or "ok",
        {**run_summaries(subject_of(ensemble.members[typical], spec, asked), tables), **tables},
        {cohort.name: one.tables for cohort, one in zip(ensemble, each, strict=True)},
        level_labels(ensemble.members[0].covariates),
    )
