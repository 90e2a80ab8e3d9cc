"""Which patients an analysis uses, from when, and whom it leaves out and why. The same rows for every method.

Order: follow-up missing, ended by the landmark, covariate not yet known at the landmark, covariate missing
(complete cases). See docs/methods/landmark.md.
"""

from dataclasses import dataclass, replace
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from escc_bayes.data.cohort import Cohort
from escc_bayes.data.covariates import CovariateData
from escc_bayes.data.landmark import restart_clock
from escc_bayes.data.weights import FEWEST_CLUSTERS, effective_size, of_mean_one
from escc_bayes.foundation.errors import CohortError, LandmarkError
from escc_bayes.foundation.record import digest
from escc_bayes.hazard.at_risk import AtRisk
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.thin import ThinLevel, thin_levels
from escc_bayes.spec.weighting import UNWEIGHTED, Weighting

NAIVE = "NAIVE"


@dataclass(frozen=True, slots=True)
class Dropped:
    """Patients left out for one reason."""

    reason: str
    patients: int


@dataclass(frozen=True, slots=True)
class AnalysisRows:
    """Follow-up and covariates of the patients analysed: n rows, one for each patient unless rows have start and stop.

    Attributes
    ----------
    endpoint : name of the endpoint.
    provenance, cohort, data_digest : of the cohort they come from.
    clock : where time starts, in words.
    positions : (n,) positions in the cohort.
    ids : identifiers of the patients.
    time, event, entry : (n,) months, 0/1, months.
    weight : (n,) sampling weights scaled to sum to n; 1 without them.
    covariates : level codes or numbers by name, complete.
    dropped : who was left out, reason by reason.
    total : patients in the cohort.
    thin : levels with fewer than five events.
    weighting : what the weights are.
    cluster : (n,) the independent unit each patient belongs to, where errors are robust; None: errors of the model.
    patient : (n,) whose row each is, counted as in ``ids``; None: each patient has one.
    strata : the covariate whose levels have a baseline hazard each; empty: one baseline.
    """

    endpoint: str
    provenance: str
    cohort: str
    data_digest: str
    clock: str
    positions: NDArray[np.int64]
    ids: tuple[str, ...]
    time: FloatArray
    event: FloatArray
    entry: FloatArray
    weight: FloatArray
    covariates: dict[str, CovariateData]
    dropped: tuple[Dropped, ...]
    total: int
    thin: tuple[ThinLevel, ...] = ()
    weighting: Weighting = UNWEIGHTED
    cluster: IntArray | None = None
    patient: IntArray | None = None
    strata: str = ""

    @property
    def n(self) -> int:
        """Number of patients."""
        return len(self.ids)

    @property
    def events(self) -> int:
        """Number of patients with the event."""
        return int(self.event.sum())

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence on each level with fewer than five events."""
        return tuple(level.sentence for level in self.thin)

    @property
    def naive(self) -> bool:
        """Whether covariates known later are treated as known at time zero."""
        return self.clock.startswith(NAIVE)

    @property
    def delayed(self) -> bool:
        """Whether anyone enters after time zero."""
        return bool((self.entry > 0.0).any())

    @property
    def sampled(self) -> bool:
        """Whether the weights are sampling weights."""
        return self.weighting.kind == "sampling"

    @property
    def weight_sum(self) -> float:
        """Sum of the weights as given; without sampling weights the number of patients."""
        return self.weighting.unit * float(self.weight.sum())

    @property
    def weighted_events(self) -> float:
        """Sum of the weights, as given, of patients with the event."""
        return self.weighting.unit * float(self.weight @ self.event)

    @property
    def effective_n(self) -> float:
        """Effective number of patients (Kish)."""
        return effective_size(self.weight if self.patient is None else self.weight[self.first_rows()])

    @property
    def at_risk(self) -> AtRisk:
        """The rows at risk."""
        return AtRisk(self.whose, self.entry, self.time, self.event, self.weight, self.stratum)

    @property
    def stratum(self) -> IntArray:
        """Whose baseline each row has, (n,), counted as in ``stratum_levels``."""
        if not self.strata:
            return np.zeros(self.time.size, dtype=np.int64)
        return np.unique(self.covariates[self.strata].values, return_inverse=True)[1]

    @property
    def stratum_levels(self) -> tuple[str, ...]:
        """Levels of the strata that occur, in their order; none where there is one baseline."""
        if not self.strata:
            return ()
        held = self.covariates[self.strata]
        return tuple(held.schema.levels[int(code)] for code in np.unique(held.values))

    @property
    def whose(self) -> IntArray:
        """Whose row each is, (n,)."""
        return np.arange(self.time.size) if self.patient is None else self.patient

    def patients_in(self, inside: NDArray[np.bool_]) -> int:
        """Return how many patients have a row in a mask (n,)."""
        return int(inside.sum()) if self.patient is None else np.unique(self.patient[inside]).size

    def first_rows(self, inside: NDArray[np.bool_] | None = None) -> IntArray:
        """Return the first row of each patient, or of each who has one in a mask (n,); in order of patients."""
        if self.patient is None:
            return np.arange(self.time.size) if inside is None else np.flatnonzero(inside)
        order = np.lexsort((self.entry, self.patient))
        order = order if inside is None else order[inside[order]]
        return order[np.unique(self.patient[order], return_index=True)[1]]

    @property
    def one_each(self) -> "AnalysisRows":
        """The patients, one row each: from first start to last stop, with the values of the first row."""
        if self.patient is None:
            return self
        first, last = self.first_rows(), np.lexsort((self.time, self.patient))
        last = last[np.append(np.flatnonzero(np.diff(self.patient[last])), last.size - 1)]
        return replace(
            self,
            positions=self.positions[first],
            time=self.time[last],
            event=self.event[last],
            entry=self.entry[first],
            weight=self.weight[first],
            covariates={
                name: CovariateData(held.schema, held.values[first], held.known_at[first])
                for name, held in self.covariates.items()
            },
            cluster=None if self.cluster is None else self.cluster[first],
            patient=None,
        )

    @property
    def row_words(self) -> str:
        """Say how many rows patients have, and who is out of observation in between; nothing where each has one."""
        if self.patient is None:
            return ""
        order = np.lexsort((self.entry, self.patient))
        follows = np.diff(self.patient[order]) == 0
        gap = follows & (self.entry[order][1:] > self.time[order][:-1])
        apart = np.unique(self.patient[order][1:][gap]).size
        said = f"; {apart} with gaps, in which they are not at risk" if apart else ""
        return f" in {self.time.size} rows at risk{said}"

    def weight_words(self, inside: NDArray[np.bool_] | None = None) -> str:
        """Say sum of weights, effective n and weighted events of the patients in a mask (n,), or of all."""
        if inside is None:
            return self.weighting.words(self.weight, self.event)
        return self.weighting.words(self.weight[inside], self.event[inside])

    @property
    def patients_digest(self) -> str:
        """Digest of the observations that a likelihood is of: data, patients, weights, endpoint and clock.

        Marginal likelihoods and predictive densities of different digests are of different data.
        """
        who = {"data": self.data_digest, "endpoint": self.endpoint, "clock": self.clock}
        return digest({**who, "positions": self.positions, "weight": self.weight})

    def robust_note(self, inside: NDArray[np.bool_] | None = None) -> str:
        """Say that errors are robust, and the weights of the patients in a mask (n,), or of all; empty if not."""
        if self.cluster is None:
            return ""
        words = (self.weight_words(inside), self.weighting.cluster_words(self.cluster))
        return "; ".join(["robust (sandwich) errors", *(w for w in words if w)])

    def sentence(self) -> str:
        """Say who was analysed and who was left out."""
        censored = 100 * (1 - self.events / self.n)
        words = (self.weight_words(), self.weighting.cluster_words(self.cluster))
        said = "".join(f"; {word}" for word in words if word)
        head = (
            f"{self.provenance.upper()}: {self.n} of {self.total} patients of {self.cohort}{self.row_words}, "
            f"{self.endpoint} from {self.clock}: {self.events} events, {censored:.0f} % censored{said}"
        )
        if not self.dropped:
            return f"{head}; nobody left out (complete cases)."
        reasons = "; ".join(f"{d.patients} {d.reason}" for d in self.dropped)
        return f"{head}; left out: {reasons}."


def select_rows(
    cohort: Cohort,
    endpoint: str,
    covariates: tuple[str, ...],
    *,
    landmark: float | None = None,
    naive: bool = False,
    strata: str = "",
) -> AnalysisRows:
    """Return the complete cases for an endpoint and covariates.

    Parameters
    ----------
    landmark : months; the clock restarts there.
    naive : allow covariates known after time zero without a landmark.
    strata : one of the covariates, whose levels have a baseline each.

    Raises
    ------
    LandmarkError : a covariate is known only after the start of the clock.
    CohortError : nobody, or no event, is left.
    """
    data, patient = cohort.endpoint(endpoint), cohort.patient
    refuse_landmark(cohort, landmark)
    rows = "" if patient is None else "rows "
    chosen = {name: cohort.covariate(name) for name in covariates}
    if not naive:
        refuse_late(chosen, landmark)
    keep = data.present.copy()
    dropped = [Dropped(f"{rows}without follow-up", int((~keep).sum()))]
    if landmark is not None:
        clock = restart_clock(data, landmark)
        by = f"by the landmark at {landmark:g} months"
        dropped += [Dropped(f"with the event {by}", clock.events_before)]
        dropped += [Dropped(f"censored {by}", clock.censored_before)]
        keep, data = clock.keep, clock.data
    for reason, gone in incomplete(chosen, 0.0 if landmark is None else landmark, naive):
        dropped.append(Dropped(f"{rows}{reason}", int((keep & gone).sum())))
        keep &= ~gone
    where = np.flatnonzero(keep)
    dropped = [d for d in dropped if d.patients]
    refuse_empty(data.event[where], endpoint, cohort, dropped)
    late = [name for name, c in chosen.items() if c.known_later] if naive else []
    weight, event = at(cohort.weight, where), at(data.event, where)
    held, whose = (None, None) if patient is None else np.unique(patient[where], return_inverse=True)
    known = {n: CovariateData(c.schema, at(c.values, where), at(c.known_at, where)) for n, c in chosen.items()}
    return AnalysisRows(
        endpoint=endpoint,
        provenance=cohort.provenance,
        cohort=cohort.name,
        data_digest=cohort.digest,
        clock=clock_words(landmark, late),
        positions=where,
        ids=tuple(compress(cohort.ids, keep.tolist())) if held is None else named(cohort, held),
        time=at(data.time, where),
        event=event,
        entry=at(data.entry, where),
        weight=of_mean_one(weight) if cohort.sampled else weight,
        covariates=known,
        dropped=tuple(dropped),
        total=len(cohort),
        thin=thin_levels(known, event, whose),
        weighting=weighting_of(cohort, weight),
        cluster=independent_units(cohort, where),
        patient=whose,
        strata=strata,
    )


def refuse_landmark(cohort: Cohort, landmark: float | None) -> None:
    """Raise for a landmark where rows have start and stop."""
    if landmark is not None and cohort.schema.start_stop:
        raise LandmarkError(
            f"{cohort.source}: rows with start and stop hold covariates as they change, and a landmark holds them "
            "fixed; leave landmark away, or give a table with one row for each patient and known_at"
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


def at(values: FloatArray, where: NDArray[np.int64]) -> FloatArray:
    """Return the values at positions in order; all of them, not copied, where none is left out."""
    return values if where.size == values.size else values[where]


def clock_words(landmark: float | None, late: list[str]) -> str:
    """Say where the clock starts; NAIVE where covariates known later are treated as known at time zero."""
    if late:
        return f"{NAIVE} time zero ({', '.join(late)} treated as known at time zero)"
    return "time zero" if landmark is None else f"the landmark at {landmark:g} months"


def refuse_late(chosen: dict[str, CovariateData], landmark: float | None) -> None:
    """Raise where covariates known at a later month have no landmark at or after that month."""
    start = 0.0 if landmark is None else landmark
    late = {}
    for name, covariate in chosen.items():
        each_own = landmark is not None and not isinstance(covariate.schema.known_at, float)
        latest = float(covariate.known_at.max())
        if latest > start and not each_own:
            late[name] = latest
    if not late:
        return
    months = ", ".join(f"'{name}' becomes known up to {month:g} months" for name, month in late.items())
    have = "no landmark is set" if landmark is None else f"the landmark is at {landmark:g} months"
    raise LandmarkError(
        f"{months} after time zero, but {have}: patients must survive to have it (immortal time); set [outcome] "
        f"landmark = {max(late.values()):g} or later, or write "
        'time_zero = "naive" to have every output labelled NAIVE'
    )


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
            found.append((f"with '{name}' not yet known at {start:g} months", covariate.known_at > start))
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
