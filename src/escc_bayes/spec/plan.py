"""From request to plan: a specification meets a cohort and becomes rows, columns and priors in numbers."""

from dataclasses import dataclass

from escc_bayes.data.cohort import Cohort
from escc_bayes.spec.baseline import BaselinePrior, resolve_baseline
from escc_bayes.spec.design import Design, build_design
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.rows import AnalysisRows, select_rows


@dataclass(frozen=True, slots=True)
class ModelPlan:
    """All that an engine needs. Every engine and every classical method works on the same plan.

    Attributes
    ----------
    spec : the request.
    rows : the patients analysed.
    design : their columns.
    baseline : the baseline and its prior in numbers.
    """

    spec: ModelSpec
    rows: AnalysisRows
    design: Design
    baseline: BaselinePrior

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on thin data and levels left out."""
        return (*self.rows.notes, *self.design.notes)


def make_plan(spec: ModelSpec, cohort: Cohort) -> ModelPlan:
    """Return the plan of ``spec`` on ``cohort``.

    Raises
    ------
    SpecError, CohortError, LandmarkError : the specification does not fit the cohort.
    """
    rows = select_rows(
        cohort,
        spec.outcome.endpoint,
        spec.covariates,
        landmark=spec.outcome.landmark,
        naive=spec.outcome.naive,
    )
    return ModelPlan(spec, rows, build_design(spec, rows), resolve_baseline(spec, rows))
