"""The follow-up of the patients of a design, whole or as the design keeps them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.matching.design import Design
from escc_bayes.matching.patients import Patients


@dataclass(frozen=True, slots=True)
class Followed:
    """Follow-up of those who stay, (k,).

    Attributes
    ----------
    time, event, entry : months, 0/1, months; ``entry`` is None where nobody enters late.
    treated : 0/1.
    weight : with a mean of 1.
    cluster : codes of independent units.
    group : matched set or stratum; -1: in none.
    rows : which patients of the design they are.
    """

    time: FloatArray
    event: FloatArray
    entry: FloatArray | None
    treated: FloatArray
    weight: FloatArray
    cluster: IntArray
    group: IntArray
    rows: IntArray

    @property
    def column(self) -> FloatArray:
        """The treatment as the one column of a regression, (k, 1)."""
        return self.treated[:, None]

    @property
    def events(self) -> int:
        """Events, each counted once."""
        return int(self.event.sum())

    def of_group(self, treated: int) -> NDArray[np.bool_]:
        """Return who is in a group: 1 treated, 0 control."""
        return np.asarray(self.treated == float(treated))


def followed(patients: Patients, endpoint: str, design: Design | None) -> Followed:
    """Return the follow-up of those whom a design keeps; of everybody, unweighted, without one."""
    data = patients.cohort.endpoint(endpoint)
    weight = np.ones(patients.n) if design is None else design.weight
    kept = np.flatnonzero(weight > 0.0)
    group = np.full(patients.n, -1, dtype=np.int64) if design is None else design.group
    entry = data.entry[kept]
    return Followed(
        time=data.time[kept],
        event=data.event[kept],
        entry=entry if (entry > 0.0).any() else None,
        treated=patients.treated[kept].astype(np.float64),
        weight=weight[kept] / weight[kept].mean(),
        cluster=units(patients, design, kept),
        group=group[kept],
        rows=kept,
    )


def units(patients: Patients, design: Design | None, kept: IntArray) -> IntArray:
    """Return the independent unit of each who stays: its matched set, or the cohort's cluster, or itself."""
    if design is not None and design.pairs is not None:
        return design.clusters
    cluster = patients.cohort.cluster
    return np.arange(kept.size) if cluster is None else np.asarray(np.unique(cluster[kept], return_inverse=True)[1])
