"""All that the chapter on one treatment shows, computed once: designs, effects, starts, location, grades, the print.

docs/methods/treatment.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

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
from escc_bayes.matching.request import PAIRED, Extent, Method, Request
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
# Further designs, of which the page has balance and the ratios of Cox.
FURTHER: tuple[Method, ...] = ("optimal", "full", "entropy")
EVERY = (FIRST, *BESIDE, *FURTHER)


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
    designs = designs_of_each(members, endpoints, asked, level, own, executor)
    for endpoint, (found, why) in zip(endpoints, designs, strict=True):
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


def designs_of_each(
    members: Sequence[Cohort],
    endpoints: Sequence[str],
    asked: TreatmentAsked,
    level: float,
    seed: Seed,
    executor: Executor,
) -> list[tuple[tuple[Match, ...], list[str]]]:
    """Return the designs of each endpoint, and why some cannot be had.

    Processes share the reconstructions; of one cohort, the designs.
    """
    tasks = tuple((endpoint, method) for endpoint in endpoints for method in EVERY) if asked.on else ()
    if len(members) > 1:
        made = [tried(members, *task, asked, level, seed, executor, headline=task[1] == FIRST) for task in tasks]
    else:
        # Headlines take longest: the first goes to the other process with the task behind it, the rest stay here.
        headlines = [place for place, (_, method) in enumerate(tasks) if method == FIRST]
        order = [*headlines[:1], *(place + 1 for place in headlines[:1]), *headlines[1:]]
        made = executor.shared(tried_alone, (members[0], tasks, asked, level, seed), len(tasks), order)
    by_endpoint: dict[str, dict[Method, Match | str]] = {endpoint: {} for endpoint in endpoints}
    for (endpoint, method), one in zip(tasks, made, strict=True):
        by_endpoint[endpoint][method] = one
    return [designs_of(members, e, own, asked, level, seed, executor) for e, own in by_endpoint.items()]


def tried_alone(
    held: tuple[Cohort, tuple[tuple[str, Method], ...], TreatmentAsked, float, Seed], place: int
) -> Match | str:
    """Return one design of one cohort, or why it cannot be had."""
    cohort, tasks, asked, level, seed = held
    endpoint, method = tasks[place]
    return tried((cohort,), endpoint, method, asked, level, seed, SERIAL, headline=method == FIRST)


def tried(
    members: Sequence[Cohort],
    endpoint: str,
    method: Method,
    asked: TreatmentAsked,
    level: float,
    seed: Seed,
    executor: Executor,
    *,
    headline: bool,
) -> Match | str:
    """Return one design, or why it cannot be had."""
    request = request_of(method, endpoint, asked, members[0], level, seed, headline=headline)
    try:
        return matched_members(members, request, executor)
    except (CohortError, LandmarkError, InputError) as error:
        return str(error)


def designs_of(
    members: Sequence[Cohort],
    endpoint: str,
    made: Mapping[Method, Match | str],
    asked: TreatmentAsked,
    level: float,
    seed: Seed,
    executor: Executor,
) -> tuple[tuple[Match, ...], list[str]]:
    """Return the designs that can be had, the headline first, and why others cannot; of none, patients as they are.

    Further designs stand beside others, never alone: balancing needs no score and would hide that there is none.
    """
    leading = next((method for method in (FIRST, *BESIDE) if isinstance(made.get(method), Match)), None)
    refused: dict[str, list[str]] = {}
    for method, one in made.items():
        if isinstance(one, str) and (leading is not None or method not in FURTHER):
            refused.setdefault(one, []).append(method)
    why_not = [f"No design by {', '.join(methods)}: {why}" for why, methods in refused.items()]
    if leading is None:
        request = request_of(AS_THEY_ARE, endpoint, asked, members[0], level, seed, headline=True)
        return (matched_members(members, replace(request, subgroups=()), executor),), why_not
    found = {method: one for method, one in made.items() if isinstance(one, Match)}
    if leading != FIRST:
        request = request_of(leading, endpoint, asked, members[0], level, seed, headline=True)
        found[leading] = matched_members(members, request, executor)
    return tuple(found.values()), why_not


def request_of(
    method: Method, endpoint: str, asked: TreatmentAsked, cohort: Cohort, level: float, seed: Seed, *, headline: bool
) -> Request:
    """Return the request of one design; subgroups and analyses by the start stand with the headline alone."""
    beside: Extent = "classical" if method in FURTHER else "effect"
    return Request(
        endpoint=endpoint,
        treatment=asked.treatment,
        on=asked.on,
        method=method,
        caliper=asked.caliper if method in PAIRED else None,
        designs=asked.designs,
        subgroups=levelled(cohort, asked) if headline else (),
        extent="whole" if headline else beside,
        level=level,
        seed=stream(seed, endpoint, method),
    )


def levelled(cohort: Cohort, asked: TreatmentAsked) -> tuple[str, ...]:
    """Return the covariates of the design that have levels, in which the effect is looked at."""
    return tuple(name for name in asked.on if cohort.covariate(name).schema.categorical)
