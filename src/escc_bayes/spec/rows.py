"""The rows of an analysis: follow-up and covariates of the patients analysed, the same for every method."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from escc_bayes.data.covariates import CovariateData
from escc_bayes.data.weights import effective_size
from escc_bayes.foundation.record import digest
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.at_risk import AtRisk
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.thin import ThinLevel
from escc_bayes.spec.transitions import ENDPOINT, TRANSITION, Transitions, in_words
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
    strata : the covariate whose levels have a baseline hazard each, within every transition where there are several;
        ``transition`` or ``endpoint``: each of these has one; empty: one baseline.
    transitions : of an illness-death model, or of competing causes, which rows there are; None: one endpoint.
    left : (n,) the last month known without the event, of an event between it and ``time``; else equal to ``time``.
        None: every event has its month.
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
    transitions: Transitions | None = None
    left: FloatArray | None = None

    @property
    def n(self) -> int:
        """Number of patients."""
        return len(self.ids)

    @property
    def events(self) -> int:
        """Number of patients with the event."""
        return int(self.event.sum())

    @property
    def last_free(self) -> FloatArray:
        """The last month (n,) that each row is known without the event; of a known month of an event, that month."""
        return self.time if self.left is None else self.left

    @property
    def apart(self) -> NDArray[np.bool_]:
        """Which rows (n,) have the event between two months."""
        return self.last_free < self.time

    def interval_words(self, inside: NDArray[np.bool_] | None = None) -> str:
        """Say how many events of rows in a mask (n,), or of all, lie between two months, and how far apart."""
        apart = self.apart if inside is None else self.apart & inside
        if not apart.any():
            return ""
        width = float(np.median((self.time - self.last_free)[apart]))
        events = int(self.event.sum() if inside is None else self.event[inside].sum())
        return f"{int(apart.sum())} of {events} events lie between two months, {width:.2g} apart in the median"

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
    def marginal(self) -> bool:
        """Whether they are of several endpoints, whose likelihoods are no joint law of a patient."""
        return self.transitions is not None and self.transitions.marginal

    @property
    def pseudo(self) -> bool:
        """Whether the likelihood is no probability of the data: sampling weights, or several endpoints."""
        return self.sampled or self.marginal

    @property
    def has_states(self) -> bool:
        """Whether they are of transitions between states, or of causes."""
        return self.transitions is not None and not self.transitions.marginal

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
        if self.transitions is None:
            return self.own_stratum
        return self.transition_code * max(1, len(self.within)) + (self.own_stratum if self.within else 0)

    @property
    def own_stratum(self) -> IntArray:
        """The level (n,) of the strata that each row has, counted among those that occur."""
        return np.unique(self.covariates[self.strata].values, return_inverse=True)[1]

    @property
    def within(self) -> tuple[str, ...]:
        """Levels of the strata within transitions that occur; none where each transition has one baseline."""
        return () if self.strata in ("", TRANSITION, ENDPOINT) else self.occurring

    @property
    def occurring(self) -> tuple[str, ...]:
        """Levels of the strata that occur, in their order."""
        held = self.covariates[self.strata]
        return tuple(held.schema.levels[int(code)] for code in np.unique(held.values))

    @property
    def transition_code(self) -> IntArray:
        """Of which transition, or endpoint, each row is (n,), counted as in ``transition_names``; 0 of one endpoint."""
        if self.transitions is None:
            return np.zeros(self.time.size, dtype=np.int64)
        return self.covariates[ENDPOINT if self.marginal else TRANSITION].values.astype(np.int64)

    @property
    def stratum_levels(self) -> tuple[str, ...]:
        """What has a baseline of its own: strata that occur, transitions, or each with each; empty: one baseline."""
        if not self.strata:
            return ()
        if self.transitions is None:
            return self.occurring
        names = self.transitions.names
        return tuple(f"{name} ({self.strata} {one})" for name in names for one in self.within) or names

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
        # Of several transitions the clock of a later one may start anew: the first is that of the first transition.
        keys = (
            (self.entry, self.patient) if self.transitions is None else (self.entry, self.transition_code, self.patient)
        )
        order = np.lexsort(keys)
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
        if self.transitions is not None:
            return f" in {self.time.size} rows at risk"
        order = np.lexsort((self.entry, self.patient))
        follows = np.diff(self.patient[order]) == 0
        gap = follows & (self.entry[order][1:] > self.time[order][:-1])
        apart = np.unique(self.patient[order][1:][gap]).size
        said = f"; {apart} with gaps, in which they are not at risk" if apart else ""
        return f" in {self.time.size} rows at risk{said}"

    def weight_words(self, inside: NDArray[np.bool_] | None = None) -> str:
        """Say sum of weights, effective n and weighted events of the patients in a mask (n,), or of all."""
        if self.has_states:
            return self.weighting.words_of_transitions(
                self.weight[self.first_rows(inside)], self.weighted_moves(inside)
            )
        if inside is None:
            return self.weighting.words(self.weight, self.event)
        return self.weighting.words(self.weight[inside], self.event[inside])

    def weighted_moves(self, inside: NDArray[np.bool_] | None = None) -> dict[str, float]:
        """Return the weighted events of each transition that the rows in a mask (n,), or all, are at risk of."""
        own = np.ones(self.time.size, dtype=bool) if inside is None else inside
        code, counted = self.transition_code, self.weight * self.event
        each = ((name, own & (code == place)) for place, name in enumerate(self.transition_names))
        return {name: float(counted[held].sum()) for name, held in each if held.any()}

    @property
    def patients_digest(self) -> str:
        """Digest of the observations that a likelihood is of: data, patients, weights, endpoint and clock.

        Marginal likelihoods and predictive densities of different digests are of different data.
        """
        who = {"data": self.data_digest, "endpoint": self.endpoint, "clock": self.clock}
        between = {} if self.left is None else {"left": self.left}
        return digest({**who, "positions": self.positions, "weight": self.weight, **between})

    def basis_note(self, inside: NDArray[np.bool_] | None = None) -> str:
        """Say what a classical number of patients in a mask (n,), or of all, rests on: robust errors, right ends."""
        robust = self.robust_words(inside) if self.cluster is not None else ""
        return "; ".join(words for words in (self.right_end_words(inside), robust) if words)

    def robust_words(self, inside: NDArray[np.bool_] | None = None) -> str:
        """Say that errors are robust, and the weights of the patients in a mask (n,), or of all."""
        words = (self.weight_words(inside), self.weighting.cluster_words(self.cluster))
        return "; ".join(["robust (sandwich) errors", *(w for w in words if w)])

    def right_end_words(self, inside: NDArray[np.bool_] | None = None) -> str:
        """Say that events between two months count as if at the second; empty where each has its month."""
        words = self.interval_words(inside)
        return (
            f"RIGHT END: classical methods take the later month where events lie between two: {words}" if words else ""
        )

    @property
    def transition_names(self) -> tuple[str, ...]:
        """Names of the transitions; none of one endpoint."""
        return () if self.transitions is None else self.transitions.names

    def in_transition(self, name: str) -> "AnalysisRows":
        """Return the rows at risk of one transition; without a name all of them."""
        if not name or self.transitions is None:
            return self
        inside = np.flatnonzero(self.transition_code == self.transitions.names.index(name))
        held, whose = np.unique(self.whose[inside], return_inverse=True)
        return replace(self.at(inside, held), patient=whose)

    def at(self, where: IntArray, patients: IntArray) -> "AnalysisRows":
        """Return the rows at places ``where``, which are those of ``patients``."""
        return replace(
            self,
            positions=self.positions[where],
            ids=tuple(self.ids[i] for i in patients.tolist()),
            time=self.time[where],
            event=self.event[where],
            entry=self.entry[where],
            weight=self.weight[where],
            covariates={name: held.at(where) for name, held in self.covariates.items()},
            cluster=None if self.cluster is None else self.cluster[where],
        )

    def endpoint_in(self, transition: str) -> str:
        """Return the endpoint of which a hazard ratio is: where there are several that which stands as transition."""
        return transition if self.marginal and transition else self.endpoint

    @property
    def event_words(self) -> str:
        """Count the events in words: of one endpoint with the share censored, or of each transition."""
        if self.transitions is None:
            return f"{counted(self.events, 'event')}, {100 * (1 - self.events / self.n):.0f} % censored"
        each = [(name, self.in_transition(name)) for name in self.transitions.names]
        said = ", ".join(f"{in_words(name)} {counted(rows.events, 'event')} of {rows.n} at risk" for name, rows in each)
        gone = self.transitions.unknown
        late = f"; {gone} died after follow-up for progression had ended and count until then" if gone else ""
        return f"{said}{late}"

    def sentence(self) -> str:
        """Say who was analysed and who was left out."""
        words = (self.weight_words(), self.weighting.cluster_words(self.cluster))
        said = "".join(f"; {word}" for word in (self.interval_words(), *words) if word)
        head = (
            f"{self.provenance.upper()}: {self.n} of {self.total} patients of {self.cohort}{self.row_words}, "
            f"{self.endpoint} from {self.clock}: {self.event_words}{said}"
        )
        if not self.dropped:
            return f"{head}; nobody left out (complete cases)."
        reasons = "; ".join(f"{d.patients} {d.reason}" for d in self.dropped)
        return f"{head}; left out: {reasons}."
