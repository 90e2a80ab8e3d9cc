"""Which patients and covariates ``baselines`` analyses: each covariate's complete cases, and those of all together.

With a landmark, a covariate known only after it is left out; without one, a covariate known later than time zero is
analysed as if known then, and its rows say NAIVE.
"""

from collections.abc import Sequence

from escc_bayes.classical.coding import classical_design, covariates_spec
from escc_bayes.data.cohort import Cohort
from escc_bayes.foundation.errors import CohortError, NoContrastError
from escc_bayes.foundation.sentence import counted
from escc_bayes.spec.baseline import resolve_baseline
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.selection import select_rows


def telling(cohort: Cohort, endpoint: str, landmark: float | None) -> tuple[dict[str, ModelPlan], dict[str, str]]:
    """Return the plan, on its complete cases, of each covariate with a contrast, and why the others have none."""
    alone: dict[str, ModelPlan] = {}
    left_out: dict[str, str] = {}
    for name in cohort.covariates:
        late = too_late(cohort, name, landmark)
        if late:
            left_out[name] = late
            continue
        try:
            alone[name] = plan_for(rows_for(cohort, endpoint, (name,), landmark), (name,))
        except CohortError as error:
            left_out[name] = why(error)
    return alone, left_out


def too_late(cohort: Cohort, name: str, landmark: float | None) -> str:
    """Say that a covariate becomes known after the landmark; "" where it does not, or without a landmark."""
    known_at = cohort.covariate(name).schema.known_at
    if landmark is None or not isinstance(known_at, float) or known_at <= landmark:
        return ""
    return f"it becomes known at {counted(known_at, 'month')}, after the landmark at {landmark:g}"


def why(error: CohortError) -> str:
    """Return the reason in an error, without its remedy where that is told apart."""
    return error.why if isinstance(error, NoContrastError) else str(error)


def complete_cases(
    cohort: Cohort, endpoint: str, landmark: float | None, names: tuple[str, ...], also: tuple[str, ...] = ()
) -> tuple[AnalysisRows, dict[str, str]]:
    """Return the complete cases of all covariates that have a contrast among them, and why the others have none.

    ``also`` names what must be known of a patient too, without being a covariate of the model: strata.
    """
    try:
        rows = rows_for(cohort, endpoint, names + also, landmark)
    except CohortError as error:
        if not names:
            raise
        # Nobody, or no event, has all of them: the one known of fewest patients goes.
        rarest = min(names, key=lambda name: int((~cohort.covariate(name).missing).sum()))
        return without(cohort, endpoint, landmark, names, also, rarest, why(error))
    for name in names:
        try:
            plan_for(rows, (name,))
        except NoContrastError as error:
            return without(cohort, endpoint, landmark, names, also, name, error.why)
    return rows, {}


def without(
    cohort: Cohort,
    endpoint: str,
    landmark: float | None,
    names: tuple[str, ...],
    also: tuple[str, ...],
    name: str,
    reason: str,
) -> tuple[AnalysisRows, dict[str, str]]:
    """Return the complete cases of the other covariates, with the reason for the one left out."""
    others = tuple(other for other in names if other != name)
    found, silent = complete_cases(cohort, endpoint, landmark, others, also)
    return found, {name: reason, **silent}


def known_at_zero(cohort: Cohort, names: Sequence[str]) -> tuple[str, ...]:
    """Return the covariates whose values were known at time zero for every patient."""
    return tuple(name for name in names if not cohort.covariate(name).known_later)


def rows_for(cohort: Cohort, endpoint: str, names: tuple[str, ...], landmark: float | None) -> AnalysisRows:
    """Return the complete cases; without a landmark a covariate known later is NAIVE."""
    return select_rows(cohort, endpoint, names, landmark=landmark, naive=landmark is None)


def plan_for(rows: AnalysisRows, names: tuple[str, ...]) -> ModelPlan:
    """Return the plan of a model with all of ``names``."""
    spec = covariates_spec(rows.endpoint, names, rows)
    design, _ = classical_design(spec, rows)
    return ModelPlan(spec, rows, design, resolve_baseline(spec, rows))
