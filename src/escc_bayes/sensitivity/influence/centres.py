"""Which column says at which centre a patient was treated, and who is left when one centre is left out."""

from collections.abc import Iterator

import numpy as np

from escc_bayes.data.cohort import Cohort
from escc_bayes.sensitivity.influence.changed import Set
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.rows import AnalysisRows


def centres(cohort: Cohort, plan: ModelPlan) -> Iterator[tuple[str, Set]]:
    """Yield the name of each centre with its patients, by the model's random intercept, else by the schema's clusters.

    Clusters of single patients are no centres, and neither is a centre that holds all events.
    """
    rows = plan.rows
    for name in plan.spec.intercepts:
        data = rows.covariates[name]
        for code, level in enumerate(data.schema.levels):
            yield from named(f"{name} {level}", data.values == code, rows)
    if not plan.spec.intercepts and cohort.cluster is not None:
        codes = cohort.cluster[rows.positions]
        if np.unique(codes).size < rows.n:
            for code in np.unique(codes).tolist():
                yield from named(f"{cohort.schema.cluster} {code + 1}", codes == code, rows)


def named(name: str, inside: np.ndarray, rows: AnalysisRows) -> Iterator[tuple[str, Set]]:
    """Yield a centre that can be left out: it has patients, and not all events."""
    if inside.any() and rows.event[~inside].sum() > 0.0:
        yield name, tuple(np.unique(rows.whose[inside]).tolist())
