"""The rows of outcomes of several transitions: one for each that a patient is at risk of, one below the other.

Of an illness-death model

    progression, death_without_progression   (entry, month of progression-free survival]
    death_after_progression                  (month of progression, month of death or last follow-up]

with clock = "reset" the last from 0; of competing causes one of each cause, all with the same follow-up.
Each row ends with its own event or not; the likelihood of a patient is the
product over rows. Andersen & Keiding 2002, Stat Methods Med Res 11:91; docs/methods/illness_death.md.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from escc_bayes.data.cohort import Cohort
from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.data.covariates import CovariateData
from escc_bayes.data.endpoints import EndpointData, significant, snap_ties
from escc_bayes.foundation.errors import CohortError, some_of
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.episodes import episodes
from escc_bayes.spec.rows import AnalysisRows, Dropped
from escc_bayes.spec.selection import select_rows
from escc_bayes.spec.thin import ThinLevel, thin_levels
from escc_bayes.spec.transitions import KIND, TRANSITION, TRANSITIONS, CompetingCauses, IllnessDeath, Transitions

# Two months of two endpoints closer than this are one: both were rounded on reading.
SAME_MONTH = 1e-6


@dataclass(frozen=True, slots=True)
class Course:
    """What happened to each patient (n,), months from the start of the clock.

    Attributes
    ----------
    entry : from when observed.
    left : when the start state was left, or last seen in it.
    progressed, died_first : whether it was left by progression, or by death.
    last, died : end of follow-up, and whether by death; of patients who progressed.
    """

    entry: FloatArray
    left: FloatArray
    progressed: NDArray[np.bool_]
    died_first: NDArray[np.bool_]
    last: FloatArray
    died: NDArray[np.bool_]

    @property
    def observed(self) -> NDArray[np.bool_]:
        """Who is seen in the start state at all: those who enter before they leave it."""
        return np.asarray((self.entry < self.left) | ((self.left == 0.0) & (self.entry == 0.0)))

    @property
    def followed(self) -> NDArray[np.bool_]:
        """Who is seen after progression."""
        return np.asarray(self.progressed & (self.last > np.maximum(self.left, self.entry) + SAME_MONTH))


def stacked_rows(
    cohort: Cohort,
    states: IllnessDeath,
    covariates: tuple[str, ...],
    *,
    landmark: float | None = None,
    naive: bool = False,
    strata: str = "",
) -> AnalysisRows:
    """Return the rows of every transition of the complete cases.

    Parameters
    ----------
    cohort : with both endpoints.
    states : which endpoints, and the clock after progression.
    covariates, landmark, naive : as for ``select_rows``; a landmark starts the clock of those free of progression.
    strata : one of the covariates, whose levels have a baseline each in every transition.

    Raises
    ------
    CohortError : the endpoints contradict each other, patients have several rows, or nobody is followed after
        progression.
    """
    cohort.refuse_start_stop("an illness-death model")
    for name in (states.progression, states.death):
        cohort.refuse_interval_censored(name, "an illness-death model")
    rows = rows_apart(cohort, states.progression, covariates, landmark=landmark, naive=naive)
    start = 0.0 if landmark is None else landmark
    followed = cohort.endpoint(states.death)
    known = followed.present[rows.positions]
    gone = Dropped(f"without follow-up of '{states.death}'", int((~known).sum()))
    there = np.flatnonzero(known)
    rows = rows.at(there, there)
    death = since(followed, rows.positions, start)
    refuse_contradictions(rows, death, states, cohort, start)
    course = course_of(rows, death)
    if not course.followed.any():
        raise CohortError(
            f"{cohort.source}: nobody is followed after a progression ('{states.progression}' before "
            f"'{states.death}'), and an illness-death model has nothing to say of it; model '{states.death}' alone"
        )
    unknown = int(((rows.event == 0.0) & (death.event == 1.0) & (death.time > rows.time + SAME_MONTH)).sum())
    dropped = (*rows.dropped, *((gone,) if gone.patients else ()))
    whole = replace(rows, dropped=dropped, strata=strata or TRANSITION)
    return stack(whole, course, Transitions(TRANSITIONS, states.clock, unknown), start)


def since(data: EndpointData, where: NDArray[np.int64], start: float) -> EndpointData:
    """Return follow-up of some patients, from the start of the clock."""
    return EndpointData(
        significant(data.time[where] - start),
        data.event[where],
        significant(np.maximum(data.entry[where] - start, 0.0)),
    )


def refuse_contradictions(
    rows: AnalysisRows, death: EndpointData, states: IllnessDeath, cohort: Cohort, start: float
) -> None:
    """Raise where progression, or follow-up without it, lies after death or the last follow-up for death."""
    bad = np.flatnonzero(rows.time > death.time + SAME_MONTH).tolist()
    if not bad:
        return
    shown = [f"{rows.ids[i]} ({rows.time[i] + start:g} and {counted(death.time[i] + start, 'month')})" for i in bad]
    raise CohortError(
        f"{cohort.source}: follow-up of '{states.progression}' ends after that of '{states.death}' in {len(bad)} of "
        f"{rows.n} patients: {some_of(shown, most=5)}; nobody is seen free of progression, or to progress, after "
        "death or last contact: correct the months"
    )


def course_of(rows: AnalysisRows, death: EndpointData) -> Course:
    """Return what happened to each patient; a progression in the month of a death is death without progression."""
    last = np.maximum(death.time, rows.time)
    together = (last - rows.time <= SAME_MONTH) & (death.event == 1.0)
    progressed = (rows.event == 1.0) & ~together
    return Course(np.maximum(rows.entry, death.entry), rows.time, progressed, together, last, death.event == 1.0)


def stack(rows: AnalysisRows, course: Course, transitions: Transitions, start: float) -> AnalysisRows:
    """Return the rows of the three transitions, one below the other, cut where covariates change.

    Parameters
    ----------
    start : months after time zero at which the clock starts, from which changes are counted too.
    """
    first, after = np.flatnonzero(course.observed), np.flatnonzero(course.followed)
    of = np.concatenate([first, first, after])
    code = np.repeat(np.arange(3.0), [first.size, first.size, after.size])
    begun = np.maximum(course.left, course.entry)[after]
    last, ago = course.last[after], np.zeros(after.size)
    if transitions.clock == "reset":
        # 95 - 35 and 80 - 20 days are one time since progression, which months of 11 digits are not.
        ago = course.left[after]
        last, begun = (significant(months) for months in snap_ties(last - ago, begun - ago, of=last))
    held, whose = np.unique(of, return_inverse=True)
    never = rows.n - held.size
    event = np.concatenate([course.progressed[first], course.died_first[first], course.died[after]]).astype(np.float64)
    chosen = {name: c.at(of) for name, c in rows.covariates.items()}
    since = np.concatenate([np.zeros(2 * first.size), np.broadcast_to(ago, after.size)]) + start
    stacked = replace(
        rows,
        endpoint=KIND,
        positions=rows.positions[of],
        ids=tuple(rows.ids[i] for i in held.tolist()),
        time=np.concatenate([course.left[first], course.left[first], last]),
        event=event,
        entry=np.concatenate([course.entry[first], course.entry[first], begun]),
        weight=rows.weight[of],
        covariates={**chosen, TRANSITION: transition_of(code, TRANSITIONS)},
        dropped=(*rows.dropped, *((Dropped("who enter after follow-up of progression", never),) if never else ())),
        thin=thin_in_each(chosen, event, whose, code, TRANSITIONS),
        cluster=None if rows.cluster is None else rows.cluster[of],
        patient=whose,
        transitions=transitions,
    )
    return weighed(in_stretches(stacked, since))


def cause_rows(
    cohort: Cohort,
    asked: CompetingCauses,
    covariates: tuple[str, ...],
    *,
    landmark: float | None = None,
    naive: bool = False,
    strata: str = "",
) -> AnalysisRows:
    """Return the rows of every cause of the complete cases.

    Parameters
    ----------
    cohort : with the endpoint and, for patients with the event, its cause.
    asked : which endpoint, and which covariate says the cause.
    covariates, landmark, naive : as for ``select_rows``.
    strata : one of the covariates, whose levels have a baseline each for every cause.

    Raises
    ------
    CohortError : an event has no cause, there is one cause alone, or patients have several rows.
    """
    cohort.refuse_start_stop("a model of competing causes")
    cohort.refuse_interval_censored(asked.endpoint, "a model of competing causes")
    rows = rows_apart(cohort, asked.endpoint, covariates, landmark=landmark, naive=naive)
    names, code = causes_of(rows, cohort.covariate(asked.cause), cohort)
    of, place = np.tile(np.arange(rows.n), len(names)), np.repeat(np.arange(float(len(names))), rows.n)
    event = np.where((rows.event[of] == 1.0) & (code[of] == place), 1.0, 0.0)
    chosen = {name: c.at(of) for name, c in rows.covariates.items()}
    stacked = replace(
        rows,
        positions=rows.positions[of],
        time=rows.time[of],
        event=event,
        entry=rows.entry[of],
        weight=rows.weight[of],
        covariates={**chosen, TRANSITION: transition_of(place, names)},
        thin=thin_in_each(chosen, event, of, place, names),
        cluster=None if rows.cluster is None else rows.cluster[of],
        patient=of,
        strata=strata or TRANSITION,
        transitions=Transitions(names, "forward", competing=True),
    )
    return weighed(in_stretches(stacked, np.full(of.size, landmark or 0.0)))


def weighed(rows: AnalysisRows) -> AnalysisRows:
    """Return rows whose sampling weights sum to the number of patients, whoever was left out since they were scaled."""
    if not rows.sampled:
        return rows
    unit = float(rows.weight[rows.first_rows()].mean())
    scaled = replace(rows.weighting, unit=rows.weighting.unit * unit)
    return replace(rows, weight=significant(rows.weight / unit), weighting=scaled)


def rows_apart(
    cohort: Cohort, endpoint: str, covariates: tuple[str, ...], *, landmark: float | None, naive: bool
) -> AnalysisRows:
    """Return the rows of an endpoint, one for each patient, with covariates that change as they are in the cohort."""
    moving = tuple(name for name in covariates if cohort.covariate(name).changes is not None)
    still = tuple(name for name in covariates if name not in moving)
    rows = select_rows(cohort, endpoint, still, landmark=landmark, naive=naive)
    return replace(rows, covariates=rows.covariates | {n: cohort.covariate(n).at(rows.positions) for n in moving})


def in_stretches(rows: AnalysisRows, since: FloatArray) -> AnalysisRows:
    """Return rows cut where covariates change; as they are where none does.

    Parameters
    ----------
    rows : one for each patient and transition.
    since : (m,) months after time zero from which the clock of each row counts.
    """
    if all(held.changes is None for held in rows.covariates.values()):
        return rows
    chosen = {name: counted_from(held, since) for name, held in rows.covariates.items()}
    cut = episodes(EndpointData(rows.time, rows.event, rows.entry), chosen, start=0.0)
    held, whose = np.unique(rows.whose[cut.of], return_inverse=True)
    names = " and ".join(f"'{name}'" for name, one in chosen.items() if one.changes is not None)
    gone = Dropped(f"with {names} without a value before the end of follow-up", rows.n - held.size)
    event, code = cut.data.event, cut.covariates[TRANSITION].values
    levels = {name: one for name, one in cut.covariates.items() if name != TRANSITION}
    return replace(
        rows,
        positions=rows.positions[cut.of],
        ids=tuple(rows.ids[i] for i in held.tolist()),
        time=cut.data.time,
        event=event,
        entry=cut.data.entry,
        weight=rows.weight[cut.of],
        covariates=cut.covariates,
        dropped=(*rows.dropped, *((gone,) if gone.patients else ())),
        thin=thin_in_each(levels, event, whose, code, rows.transition_names),
        cluster=None if rows.cluster is None else rows.cluster[cut.of],
        patient=whose,
    )


def counted_from(held: CovariateData, since: FloatArray) -> CovariateData:
    """Return a covariate whose changes are counted from months of each row's own."""
    if held.changes is None:
        return held
    return replace(held, changes=replace(held.changes, months=held.changes.months - since[:, None]))


def causes_of(rows: AnalysisRows, cause: CovariateData, cohort: Cohort) -> tuple[tuple[str, ...], FloatArray]:
    """Return the causes that occur, and the place of each patient's among them (n,), -1 without the event.

    Raises
    ------
    CohortError : causes are numbers, an event has none, or all have the same.
    """
    name, happened = cause.schema.name, rows.event == 1.0
    if not cause.schema.categorical:
        raise CohortError(f"{cohort.source}: '{name}' is a number and names no causes; give it levels in the schema")
    code = np.where(happened, cause.values[rows.positions], -1.0)
    bad = np.flatnonzero(np.isnan(code)).tolist()
    if bad:
        shown = some_of([rows.ids[i] for i in bad], most=5)
        raise CohortError(
            f"{cohort.source}: {len(bad)} of {rows.events} events of '{rows.endpoint}' have no '{name}' (patients "
            f"{shown}); fill it in, or give the schema a level for a cause that is not known"
        )
    levels = np.unique(code[happened])
    names = tuple(cause.schema.levels[int(level)] for level in levels)
    if len(names) < 2:
        raise CohortError(
            f"{cohort.source}: all {rows.events} events of '{rows.endpoint}' have the cause '{names[0]}', which "
            "competes with none; model the endpoint alone"
        )
    return names, np.where(happened, np.searchsorted(levels, code), -1.0)


def transition_of(code: FloatArray, names: tuple[str, ...], called: str = TRANSITION) -> CovariateData:
    """Return the covariate that says of which transition, or endpoint, each row is."""
    schema = CovariateSchema(called, called, "nominal", names)
    return CovariateData(schema, code, np.zeros(code.size))


def thin_in_each(
    covariates: dict[str, CovariateData], event: FloatArray, whose: IntArray, code: FloatArray, names: tuple[str, ...]
) -> tuple[ThinLevel, ...]:
    """Return the levels with fewer than five events of a transition, transition by transition."""
    found: list[ThinLevel] = []
    for place, name in enumerate(names):
        where = np.flatnonzero(code == place)
        inside = {key: c.at(where) for key, c in covariates.items()}
        found += [replace(level, transition=name) for level in thin_levels(inside, event[where], whose[where])]
    return tuple(found)
