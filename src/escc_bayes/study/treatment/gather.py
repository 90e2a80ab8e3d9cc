"""All that the chapter on one treatment shows, computed once: designs, effects, starts, location, grades, the print.

docs/methods/treatment.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from escc_bayes.data.cohort import Cohort
from escc_bayes.data.ensemble import Ensemble
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.errors import CohortError, InputError, LandmarkError
from escc_bayes.foundation.executors import Executor, Serial
from escc_bayes.foundation.record import Record
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.matching.assumed_start import AssumedStart, assumed_start_rows
from escc_bayes.matching.immortal import as_if_known
from escc_bayes.matching.late_start import late_start_rows
from escc_bayes.matching.members import matched_members
from escc_bayes.matching.patients import patients_of
from escc_bayes.matching.request import Method, Request
from escc_bayes.matching.run import Match
from escc_bayes.study.treatment.asked import TreatmentAsked
from escc_bayes.study.treatment.found_columns import location_of, pneumonitis_of
from escc_bayes.study.treatment.grades import grade_rows, graded
from escc_bayes.study.treatment.lacking import Lacking, lacking_of
from escc_bayes.study.treatment.location import location_rows
from escc_bayes.study.treatment.printed import Printed, printed_of

SERIAL = Serial()
FIRST: Method = "nearest"
AS_THEY_ARE: Method = "none"
BESIDE: tuple[Method, ...] = ("overlap", "iptw")


@dataclass(frozen=True)
class Treatment:
    """The chapter's results.

    Attributes
    ----------
    asked : what was asked.
    cohort : the one shown.
    members : how many reconstructions are pooled; 1: none.
    matches : by endpoint, the headline design first.
    refused : designs that cannot be had, with the reason.
    assumed, late : by endpoint, rows of ``treatment_assumed_start.csv`` and ``treatment_late_start.csv`` where the file
        says no start.
    location, grades : rows of their files.
    printed : the print of a study; None without one.
    lacking : what is not shown, and which column it needs.
    level : of every interval.
    """

    asked: TreatmentAsked
    cohort: Cohort
    members: int
    matches: dict[str, tuple[Match, ...]]
    refused: tuple[str, ...]
    assumed: dict[str, list[Row]]
    late: dict[str, list[Row]]
    location: list[Row]
    grades: list[Row]
    printed: Printed | None
    lacking: tuple[Lacking, ...]
    level: float

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict on each posterior, by endpoint, design and method."""
        return {
            f"{endpoint}, {match.design.method}, {one.method}": one.verdict
            for endpoint, matches in self.matches.items()
            for match in matches
            for one in match.answers
            if one.interval == "credible" and one.hr == one.hr
        }

    @property
    def records(self) -> list[Record]:
        """The record of each design of each endpoint."""
        return [match.record for matches in self.matches.values() for match in matches]

    @property
    def first(self) -> Match:
        """The headline design of the first endpoint."""
        return next(iter(self.matches.values()))[0]


def treatment_of(
    cohort: Cohort,
    ensemble: Ensemble | None,
    asked: TreatmentAsked,
    *,
    level: float,
    seed: Seed,
    executor: Executor = SERIAL,
) -> Treatment:
    """Compute the chapter.

    Raises
    ------
    InputError : the treatment has not two levels, a covariate is not known at time zero, or nobody can be matched.
    """
    members = ensemble.members if ensemble is not None else (cohort,)
    endpoints = endpoints_of(cohort)
    own = stream(seed, "treatment")
    matches: dict[str, tuple[Match, ...]] = {}
    refused: list[str] = []
    for endpoint in endpoints:
        found, why = designs_of(members, endpoint, asked, level, own, executor)
        matches[endpoint] = found
        refused += [one for one in why if one not in refused]
    starting = cohort.covariate(asked.treatment).changes is not None
    unknown = not starting and not cohort.covariate(asked.treatment).known_later
    requests = [AssumedStart(e, asked.treatment, compared_on(matches[e]), level, own) for e in endpoints]
    requests = requests if unknown else []
    assumed = executor.shared(assumed_of, (members, tuple(requests)), len(requests))
    where, graded_by = location_of(cohort), pneumonitis_of(cohort)
    levels = next(iter(matches.values()))[0].patients.levels
    printed = printed_of(asked.study, marked=ensemble_is(ensemble, asked.study), levels=levels) if asked.study else None
    counted = [
        *(printed.severe if printed is not None else ()),
        *(graded(cohort, graded_by, asked.treatment) if graded_by else ()),
    ]
    return Treatment(
        asked=asked,
        cohort=cohort,
        members=len(members),
        matches=matches,
        refused=tuple(refused),
        assumed={request.endpoint: rows for request, (rows, _) in zip(requests, assumed, strict=True)},
        late={request.endpoint: rows for request, (_, rows) in zip(requests, assumed, strict=True)},
        location=[]
        if where is None
        else [
            row for e in endpoints for row in location_rows(members, where, e, asked, level, stream(own, "location"))
        ],
        grades=grade_rows(counted, graded_by or "pneumonitis", level, cohort.provenance),
        printed=printed,
        lacking=lacking_of(
            cohort,
            asked,
            location=where is not None,
            grades=graded_by is not None,
            printed_grades=printed is not None and bool(printed.severe),
            subgroups=bool(levelled(cohort, asked)),
            alike=any(compared_on(found) for found in matches.values()),
        ),
        level=level,
    )


def compared_on(found: Sequence[Match]) -> tuple[str, ...]:
    """Return what the headline design adjusts for: nothing where patients are compared as they are."""
    headline = found[0]
    return () if headline.design.method == AS_THEY_ARE else headline.asked.on


def refuse_treatment(cohort: Cohort, asked: TreatmentAsked) -> None:
    """Raise what ``treatment_of`` would, before anything else is computed.

    Raises
    ------
    InputError : the treatment has not two levels, a covariate is not known at time zero, or a group is too small.
    """
    endpoints = endpoints_of(cohort)
    if not endpoints:
        raise CohortError(
            f"{cohort.source}: no endpoint with a month for each event; the chapter on a treatment has none"
        )
    for endpoint in endpoints:
        request = request_of(FIRST if asked.on else AS_THEY_ARE, endpoint, asked, cohort, 0.95, 0, headline=True)
        patients_of(as_if_known(cohort, asked.treatment), request)


def endpoints_of(cohort: Cohort) -> list[str]:
    """Return the endpoints whose events have a month each."""
    return [name for name in cohort.endpoints if cohort.endpoint(name).left is None]


def ensemble_is(ensemble: Ensemble | None, study: str) -> bool:
    """Return whether an ensemble is the bundled one of a study, whose reconstructions its marks speak of."""
    from escc_bayes.data.bundled import ENSEMBLES

    return ensemble is not None and ensemble.name in ENSEMBLES and ENSEMBLES[ensemble.name].study == study


def assumed_of(held: tuple[Sequence[Cohort], tuple[AssumedStart, ...]], place: int) -> tuple[list[Row], list[Row]]:
    """Return the rows of one endpoint: assumed starts, and how late one would have to be."""
    members, requests = held
    return assumed_start_rows(members, requests[place]), late_start_rows(members, requests[place])


def designs_of(
    members: Sequence[Cohort], endpoint: str, asked: TreatmentAsked, level: float, seed: Seed, executor: Executor
) -> tuple[tuple[Match, ...], list[str]]:
    """Return the match of each design, and why some cannot be had; of none, patients as they are."""
    found: list[Match] = []
    refused: dict[str, list[str]] = {}
    for method in (FIRST, *BESIDE) if asked.on else ():
        request = request_of(method, endpoint, asked, members[0], level, seed, headline=not found)
        try:
            found.append(matched_members(members, request, executor))
        except (CohortError, LandmarkError, InputError) as error:
            refused.setdefault(str(error), []).append(method)
    if not found:
        request = request_of(AS_THEY_ARE, endpoint, asked, members[0], level, seed, headline=False)
        found.append(matched_members(members, request, executor))
    return tuple(found), [f"No design by {', '.join(methods)}: {why}" for why, methods in refused.items()]


def request_of(
    method: Method, endpoint: str, asked: TreatmentAsked, cohort: Cohort, level: float, seed: Seed, *, headline: bool
) -> Request:
    """Return the request of one design; subgroups stand with the headline alone."""
    return Request(
        endpoint=endpoint,
        treatment=asked.treatment,
        on=asked.on,
        method=method,
        caliper=asked.caliper if method == FIRST else None,
        designs=asked.designs,
        subgroups=levelled(cohort, asked) if headline else (),
        level=level,
        seed=stream(seed, endpoint, method),
    )


def levelled(cohort: Cohort, asked: TreatmentAsked) -> tuple[str, ...]:
    """Return the covariates of the design that have levels, in which the effect is looked at."""
    return tuple(name for name in asked.on if cohort.covariate(name).schema.categorical)
