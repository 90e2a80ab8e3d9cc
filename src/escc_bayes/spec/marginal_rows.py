"""The rows of several endpoints of the same patients, one endpoint below the other.

Each endpoint has its own follow-up and its own baseline; whose row each is says which scores belong to one patient.
Wei, Lin & Weissfeld 1989, J Am Stat Assoc 84:1065; docs/methods/several_endpoints.md.
"""

from dataclasses import replace

import numpy as np

from escc_bayes.data.cohort import Cohort
from escc_bayes.data.covariates import CovariateData
from escc_bayes.foundation.errors import CohortError
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.rows import AnalysisRows, Dropped
from escc_bayes.spec.selection import select_rows
from escc_bayes.spec.stacked import thin_in_each, transition_of
from escc_bayes.spec.transitions import ENDPOINT, SeveralEndpoints, Transitions


def endpoint_rows(
    cohort: Cohort,
    asked: SeveralEndpoints,
    covariates: tuple[str, ...],
    *,
    landmark: float | None = None,
    naive: bool = False,
    strata: str = "",
) -> AnalysisRows:
    """Return the rows of every endpoint of the complete cases; a landmark keeps those at risk of each.

    Parameters
    ----------
    cohort : with all endpoints.
    asked : which endpoints.
    covariates, landmark, naive : as for ``select_rows``.
    strata : one of the covariates, whose levels have a baseline each for every endpoint.

    Raises
    ------
    CohortError : patients have several rows or sampling weights, or events lie between visits.
    """
    cohort.refuse_several_rows("a model of several endpoints")
    if cohort.sampled:
        raise CohortError(
            f"{cohort.source}: sampling weights and several endpoints are not fitted together; fit each endpoint alone"
        )
    parts = []
    for name in asked.endpoints:
        cohort.refuse_interval_censored(name, "a model of several endpoints")
        parts.append(select_rows(cohort, name, covariates, landmark=landmark, naive=naive))
    return replace(one_below_other(cohort, asked, tuple(parts)), strata=strata or ENDPOINT)


def one_below_other(cohort: Cohort, asked: SeveralEndpoints, parts: tuple[AnalysisRows, ...]) -> AnalysisRows:
    """Return the rows of several endpoints as those of one analysis; the independent units are patients or clusters."""
    first = parts[0]
    positions = np.concatenate([part.positions for part in parts])
    held, whose = np.unique(positions, return_inverse=True)
    code = np.repeat(np.arange(float(len(parts))), [part.time.size for part in parts])
    chosen = {name: stacked([part.covariates[name] for part in parts]) for name in first.covariates}
    event = np.concatenate([part.event for part in parts])
    own = whose if first.cluster is None else np.unique(cohort_clusters(cohort)[positions], return_inverse=True)[1]
    return replace(
        first,
        endpoint=asked.name,
        positions=positions,
        ids=tuple(cohort.ids[i] for i in held.tolist()),
        time=np.concatenate([part.time for part in parts]),
        event=event,
        entry=np.concatenate([part.entry for part in parts]),
        weight=np.concatenate([part.weight for part in parts]),
        covariates={**chosen, ENDPOINT: transition_of(code, asked.endpoints, ENDPOINT)},
        dropped=dropped_in_each(parts),
        thin=thin_in_each(chosen, event, whose, code, asked.endpoints),
        cluster=own,
        patient=whose,
        transitions=Transitions(asked.endpoints, "forward", marginal=True),
    )


def cohort_clusters(cohort: Cohort) -> FloatArray:
    """Return the cluster of every patient of a cohort that has clusters."""
    assert cohort.cluster is not None
    return np.asarray(cohort.cluster, dtype=np.float64)


def stacked(parts: list[CovariateData]) -> CovariateData:
    """Return a covariate of the rows of several endpoints."""
    values, known = (np.concatenate([getattr(part, name) for part in parts]) for name in ("values", "known_at"))
    return CovariateData(parts[0].schema, values, known)


def dropped_in_each(parts: tuple[AnalysisRows, ...]) -> tuple[Dropped, ...]:
    """Return who was left out: of all endpoints alike, or of which."""
    if all(part.dropped == parts[0].dropped for part in parts):
        return parts[0].dropped
    return tuple(Dropped(f"{one.reason} (of {part.endpoint})", one.patients) for part in parts for one in part.dropped)
