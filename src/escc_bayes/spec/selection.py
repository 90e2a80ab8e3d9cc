"""Which patients an analysis uses, from when, and whom it leaves out and why.

Order: follow-up missing, ended by the landmark, covariate not yet known at the landmark, covariate missing
(complete cases). See docs/methods/landmark.md.
"""

from collections.abc import Mapping
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from escc_bayes.data.cohort import Cohort
from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.data.covariates import CovariateData
from escc_bayes.data.endpoints import EndpointData, as_read
from escc_bayes.data.landmark import restart_clock
from escc_bayes.data.weights import FEWEST_CLUSTERS, of_mean_one
from escc_bayes.foundation.errors import CohortError, LandmarkError, some_of
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.episodes import Episodes, episodes, whole
from escc_bayes.spec.rows import NAIVE, AnalysisRows, Dropped
from escc_bayes.spec.thin import thin_levels
from escc_bayes.spec.visits import SAME_MONTH, Visits, between_visits
from escc_bayes.spec.weighting import Weighting


def select_rows(
    cohort: Cohort,
    endpoint: str,
    covariates: tuple[str, ...],
    *,
    landmark: float | None = None,
    naive: bool = False,
    strata: str = "",
    visits: Visits | None = None,
    from_start: tuple[str, ...] = (),
) -> AnalysisRows:
    """Return the complete cases for an endpoint and covariates.

    Parameters
    ----------
    landmark : months; the clock restarts there.
    naive : allow covariates known after time zero without a landmark.
    strata : one of the covariates, whose levels have a baseline each.
    visits : between which events lie; None: the months are those of the cohort.
    from_start : covariates measured several times that must have a value at time zero.

    Raises
    ------
    LandmarkError : a covariate is known only after the start of the clock; of an event it is not known whether it lies
        before the landmark.
    CohortError : nobody, or no event, is left.
    """
    data = cohort.endpoint(endpoint) if visits is None else between_visits(cohort, endpoint, visits)
    patient = cohort.patient
    landmark = None if landmark is None else as_read(landmark)
    refuse_landmark(cohort, landmark)
    rows = "" if patient is None else "rows "
    chosen = {name: cohort.covariate(name) for name in covariates}
    if not naive:
        refuse_late(chosen, landmark)
    keep = data.present.copy()
    dropped = [Dropped(f"{rows}without follow-up", int((~keep).sum()))]
    if landmark is not None:
        refuse_astride(cohort, endpoint, data, landmark)
        clock = restart_clock(data, landmark)
        by = f"by the landmark at {counted(landmark, 'month')}"
        dropped += [Dropped(f"with the event {by}", clock.events_before)]
        dropped += [Dropped(f"censored {by}", clock.censored_before)]
        keep, data = clock.keep, clock.data
    gaps = incomplete(chosen, 0.0 if landmark is None else landmark, naive)
    gaps += [(f"without '{name}' at time zero", np.isnan(chosen[name].values)) for name in from_start]
    for reason, gone in gaps:
        dropped.append(Dropped(f"{rows}{reason}", int((keep & gone).sum())))
        keep &= ~gone
    where = np.flatnonzero(keep)
    cut = in_episodes(data, chosen, where, 0.0 if landmark is None else landmark)
    late = int((np.bincount(cut.of, minlength=where.size) == 0).sum())
    dropped.append(Dropped(f"with {changing_words(chosen)} without a value before the end of follow-up", late))
    dropped = [d for d in dropped if d.patients]
    where = where[cut.of]
    refuse_empty(cut.data.event, endpoint, cohort, dropped)
    late_names = [name for name, c in chosen.items() if c.known_later] if naive else []
    weight = picked(cohort.weight, where)
    every = np.arange(cohort.rows) if patient is None else patient
    several = patient is not None or bool((np.bincount(where) > 1).any())
    held, whose = np.unique(every[where], return_inverse=True) if several else (None, None)
    return AnalysisRows(
        endpoint=endpoint,
        provenance=cohort.provenance,
        cohort=cohort.name,
        data_digest=cohort.digest,
        clock=clock_words(landmark, late_names),
        positions=where,
        ids=tuple(itemgetter(*where.tolist())(cohort.ids)) if held is None else named(cohort, held),
        time=cut.data.time,
        event=cut.data.event,
        entry=cut.data.entry,
        weight=of_mean_one(weight) if cohort.sampled else weight,
        covariates=cut.covariates,
        dropped=tuple(dropped),
        total=len(cohort),
        thin=thin_levels(cut.covariates, cut.data.event, whose),
        weighting=weighting_of(cohort, weight),
        cluster=independent_units(cohort, where),
        patient=whose,
        strata=strata,
        left=cut.data.left,
    )


def in_episodes(
    data: EndpointData, chosen: dict[str, CovariateData], where: NDArray[np.int64], start: float
) -> Episodes:
    """Return the rows at risk of the patients ``where``: one each, or one for each stretch without a change."""
    own = data if where.size == data.time.size else data.at(where)
    if any(c.changes is not None for c in chosen.values()):
        return episodes(own, {name: c.at(where) for name, c in chosen.items()}, start=start)
    held = {n: CovariateData(c.schema, picked(c.values, where), picked(c.known_at, where)) for n, c in chosen.items()}
    return whole(own, held)


def changing_words(chosen: dict[str, CovariateData]) -> str:
    """Name the covariates that change."""
    return " and ".join(f"'{name}'" for name, c in chosen.items() if c.changes is not None)


def refuse_landmark(cohort: Cohort, landmark: float | None) -> None:
    """Raise for a landmark where rows have start and stop."""
    if landmark is not None and cohort.schema.start_stop:
        raise LandmarkError(
            f"{cohort.source}: rows with start and stop hold covariates as they change, and a landmark holds them "
            "fixed; leave landmark away, or give a table with one row for each patient and known_at"
        )


def refuse_astride(cohort: Cohort, endpoint: str, data: EndpointData, landmark: float) -> None:
    """Raise where an event lies between a month before the landmark and one after it."""
    if data.left is None:
        return
    bad = np.flatnonzero(
        (data.left < landmark - SAME_MONTH) & (np.nan_to_num(data.time) > landmark + SAME_MONTH)
    ).tolist()
    bad = [i for i in bad if data.event[i] == 1.0]
    if bad:
        shown = some_of(
            [f"{cohort.ids[i]} ({data.left[i]:g} to {counted(data.time[i], 'month')})" for i in bad], most=3
        )
        raise LandmarkError(
            f"{cohort.source}, endpoint '{endpoint}': the landmark at {counted(landmark, 'month')} lies between "
            "the last month "
            f"without the event and the first with it in {len(bad)} patient(s), {shown}: whether they were free of it "
            "at the landmark is not known; choose a landmark at which everybody was seen, a planned visit"
        )


def named(cohort: Cohort, patients: IntArray) -> tuple[str, ...]:
    """Return the identifiers of some of the patients of start-stop rows."""
    every = tuple(dict.fromkeys(cohort.ids))
    return tuple(every[place] for place in patients.tolist())


def weighting_of(cohort: Cohort, weight: FloatArray) -> Weighting:
    """Return what the weights of the patients analysed are."""
    cluster = cohort.schema.cluster or ""
    if cohort.sampled:
        return Weighting("sampling", float(weight.mean()), cluster=cluster)
    return Weighting("frequency" if cohort.weighting else "", counted=cohort.weighting, cluster=cluster)


def independent_units(cohort: Cohort, where: NDArray[np.int64]) -> IntArray | None:
    """Return the cluster of each patient, or each patient's own under sampling weights; None: errors of the model.

    Raises
    ------
    CohortError : all patients left are in one cluster.
    """
    if cohort.cluster is None:
        return np.arange(where.size) if cohort.sampled else None
    found = np.unique(cohort.cluster[where], return_inverse=True)
    if found[0].size < FEWEST_CLUSTERS:
        raise CohortError(
            f"{cohort.source}: all {where.size} patients left to analyse are in one cluster of "
            f"'{cohort.schema.cluster}', and robust errors compare clusters; leave 'cluster' out of the schema"
        )
    return np.asarray(found[1])


def picked(values: FloatArray, where: NDArray[np.int64]) -> FloatArray:
    """Return the values at positions in order; all of them, not copied, where none is left out."""
    return values if where.size == values.size else values[where]


def clock_words(landmark: float | None, late: list[str]) -> str:
    """Say where the clock starts; NAIVE where covariates known later are treated as known at time zero."""
    if late:
        return f"{NAIVE} time zero ({', '.join(late)} treated as known at time zero)"
    return "time zero" if landmark is None else f"the landmark at {counted(landmark, 'month')}"


def known_too_late(chosen: Mapping[str, CovariateData], landmark: float | None) -> dict[str, float]:
    """Return the covariates that become known after the clock starts, with the latest month of each."""
    start = 0.0 if landmark is None else as_read(landmark)
    found = {}
    for name, covariate in chosen.items():
        each_own = landmark is not None and not isinstance(covariate.schema.known_at, float)
        latest = as_read(float(covariate.known_at.max()))
        if latest > start and not each_own:
            found[name] = latest
    return found


def refuse_late(chosen: dict[str, CovariateData], landmark: float | None) -> None:
    """Raise where covariates known at a later month have no landmark at or after that month."""
    late = known_too_late(chosen, landmark)
    if not late:
        return
    months = ", ".join(f"'{name}' becomes known up to {counted(month, 'month')}" for name, month in late.items())
    have = "no landmark is set" if landmark is None else f"the landmark is at {counted(landmark, 'month')}"
    raise LandmarkError(
        f"{months} after time zero, but {have}: patients must survive to have it (immortal time); set [outcome] "
        f"landmark = {max(late.values()):g} or later, or let its value count from its month on, in the schema "
        f"measured = {measured_words(chosen[next(iter(late))].schema)} for known_at (starts_at for a treatment), or "
        'write time_zero = "naive" to have every output labelled NAIVE; `escc-bayes time-zero` shows all side by side'
    )


def measured_words(schema: CovariateSchema) -> str:
    """Return what the schema would say of a covariate whose value counts from its month on."""
    month = f'"{schema.known_at}"' if isinstance(schema.known_at, str) else f"{schema.known_at:g}"
    return f'[["{schema.column}", {month}]]'


def incomplete(
    chosen: dict[str, CovariateData],
    start: float,
    naive: bool,  # noqa: FBT001 - mirrors the spec's word
) -> list[tuple[str, NDArray[np.bool_]]]:
    """Return, for each covariate, who lacks it and why."""
    found = []
    for name, covariate in chosen.items():
        found.append((f"with '{name}' missing", covariate.missing))
        if not naive and not isinstance(covariate.schema.known_at, float) and covariate.known_later:
            found.append((f"with '{name}' not yet known at {counted(start, 'month')}", covariate.known_at > start))
    return found


def refuse_empty(event: FloatArray, endpoint: str, cohort: Cohort, dropped: list[Dropped]) -> None:
    """Raise if fewer than two patients or no events are left."""
    left_out = "; ".join(f"{d.patients} {d.reason}" for d in dropped) or "nobody"
    if event.size < 2:
        raise CohortError(
            f"{cohort.source}, endpoint '{endpoint}': {event.size} patients are left to analyse (left out: "
            f"{left_out}); use fewer covariates or an earlier landmark"
        )
    if event.sum() == 0.0:
        raise CohortError(
            f"{cohort.source}, endpoint '{endpoint}': no events among {event.size} patients (left out: {left_out}); "
            "hazard ratios need events: check the event column and its declared values"
        )
