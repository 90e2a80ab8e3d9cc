"""Which patients and covariates ``baselines`` analyses: each covariate's complete cases, and those of all together."""

from escc_bayes.classical.coding import classical_design, covariates_spec
from escc_bayes.data.cohort import Cohort
from escc_bayes.foundation.errors import NoContrastError
from escc_bayes.spec.baseline import resolve_baseline
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.rows import AnalysisRows, select_rows


def telling(
    cohort: Cohort, endpoint: str, landmark: float | None
) -> tuple[dict[str, ModelPlan], dict[str, NoContrastError]]:
    """Return the plan, on its complete cases, of each covariate with a contrast, and why the others have none."""
    alone: dict[str, ModelPlan] = {}
    left_out: dict[str, NoContrastError] = {}
    for name in cohort.covariates:
        rows = rows_for(cohort, endpoint, (name,), landmark)
        try:
            alone[name] = plan_for(rows, (name,))
        except NoContrastError as error:
            left_out[name] = error
    return alone, left_out


def complete_cases(
    cohort: Cohort, endpoint: str, landmark: float | None, names: tuple[str, ...]
) -> tuple[AnalysisRows, dict[str, NoContrastError]]:
    """Return the complete cases of all covariates that have a contrast among them, and why the others have none."""
    rows = rows_for(cohort, endpoint, names, landmark)
    for name in names:
        try:
            plan_for(rows, (name,))
        except NoContrastError as error:
            others = tuple(other for other in names if other != name)
            found, silent = complete_cases(cohort, endpoint, landmark, others)
            return found, {name: error, **silent}
    return rows, {}


def rows_for(cohort: Cohort, endpoint: str, names: tuple[str, ...], landmark: float | None) -> AnalysisRows:
    """Return the complete cases; without a landmark a covariate known later is NAIVE."""
    return select_rows(cohort, endpoint, names, landmark=landmark, naive=landmark is None)


def plan_for(rows: AnalysisRows, names: tuple[str, ...]) -> ModelPlan:
    """Return the plan of a model with all of ``names``."""
    spec = covariates_spec(rows.endpoint, names, rows)
    design, _ = classical_design(spec, rows)
    return ModelPlan(spec, rows, design, resolve_baseline(spec, rows))
