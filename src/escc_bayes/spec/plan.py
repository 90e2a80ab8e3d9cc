"""From request to plan: a specification meets a cohort and becomes rows, columns and priors in numbers."""

from dataclasses import dataclass

import numpy as np

from escc_bayes.data.cohort import Cohort
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.errors import SpecError
from escc_bayes.hazard.expected import ExpectedHazard
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.background import expected_of, refuse_background
from escc_bayes.spec.baseline import BaselinePrior, resolve_baseline, weibull_prior
from escc_bayes.spec.cure import refuse_cure
from escc_bayes.spec.design import Design, build_design, with_effects
from escc_bayes.spec.external import refuse_external, shares_of
from escc_bayes.spec.marginal_rows import endpoint_rows
from escc_bayes.spec.model import ModelSpec, shape_of
from escc_bayes.spec.request import PiecewiseBaseline
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.selection import select_rows
from escc_bayes.spec.stacked import cause_rows, stacked_rows
from escc_bayes.spec.thin import thin_sentences
from escc_bayes.spec.trajectories import Course, course_of, measured_from_start, refuse_beside, refuse_rows
from escc_bayes.spec.transitions import CompetingCauses, SeveralEndpoints


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
    def patterns(self) -> FloatArray:
        """What tells the hazards of rows apart: centred columns, and what ``told_apart`` puts beside them."""
        return self.told_apart(self.design.centred)

    def told_apart(self, columns: FloatArray, of: IntArray | slice = slice(None)) -> FloatArray:
        """Return centred columns of the rows ``of`` with the profile of a life table and the stratum beside them.

        Where each patient has a trajectory: with the patient, and without the value that the trajectory stands for.
        """
        if self.course is not None:
            without = columns.copy()
            without[:, self.course.block.start] = 0.0
            return np.column_stack([without, self.rows.whose[of]])
        own = self.with_profile(columns, of)
        return np.column_stack([own, self.rows.stratum[of]]) if self.rows.strata else own

    def with_profile(self, columns: FloatArray, of: IntArray | slice = slice(None)) -> FloatArray:
        """Return centred columns of the rows ``of`` with their profile beside them, where there is a life table."""
        return columns if self.expected is None else np.column_stack([columns, self.expected[1][of]])

    @property
    def expected(self) -> tuple[ExpectedHazard, IntArray] | None:
        """The expected hazards of profiles, and the profile (n,) of each row; None without a life table."""
        if self.spec.background is None:
            return None
        return expected_of(self.spec.background, self.rows, self.spec.outcome.landmark or 0.0)

    @property
    def course(self) -> Course | None:
        """The trajectory of a marker that acts on the hazard; None for most."""
        return course_of(self.design)

    @property
    def external_shares(self) -> FloatArray:
        """The share (e, m) of each row in the survival that each count of other sources is about."""
        return shares_of(self.spec.external, self.rows, self.spec.name)

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on thin data and levels left out."""
        return (*thin_sentences(self.rows.thin, self.spec.intercepts), *self.design.notes)


@careful
def make_plan(spec: ModelSpec, cohort: Cohort) -> ModelPlan:
    """Return the plan of ``spec`` on ``cohort``: made once, it serves every engine and every classical method.

    Parameters
    ----------
    spec : from ``load_spec``.
    cohort : from ``read_cohort`` or ``example_cohort``.

    Raises
    ------
    SpecError, CohortError, LandmarkError : the specification does not fit the cohort.
    """
    refuse_imputation(spec)
    refuse_beside(spec, cohort)
    rows = rows_of(spec, cohort)
    refuse_rows(spec, rows)
    refuse_external(spec.external, rows, spec.name)
    refuse_cure(spec.cure, rows, spec.name)
    refuse_background(spec.background, rows, spec.outcome.landmark or 0.0, spec.name)
    return ModelPlan(spec, rows, build_design(spec, rows), resolve_baseline(spec, rows))


def refuse_imputation(spec: ModelSpec) -> None:
    """Raise for a model that imputes: its plans are those of completed cohorts, and no one stands for all."""
    if spec.missing is not None:
        raise SpecError(
            f"model '{spec.name}': [missing] imputes, and one cohort with missing values has no plan of it; from "
            "Python fit_imputed, on the command line `fit`, `compare` or `report`; the complete cases alone are "
            "spec.complete_cases, or the model without [missing]"
        )


def rows_of(spec: ModelSpec, cohort: Cohort) -> AnalysisRows:
    """Return the rows of the patients that a specification analyses: of one endpoint, or of every transition."""
    outcome = spec.outcome
    if isinstance(outcome.states, CompetingCauses):
        return cause_rows(
            cohort,
            outcome.states,
            spec.asked_of_patients,
            landmark=outcome.landmark,
            naive=outcome.naive,
            strata=spec.strata_within,
        )
    if isinstance(outcome.states, SeveralEndpoints):
        return endpoint_rows(
            cohort,
            outcome.states,
            spec.asked_of_patients,
            landmark=outcome.landmark,
            naive=outcome.naive,
            strata=spec.strata_within,
        )
    if outcome.states is not None:
        return stacked_rows(
            cohort,
            outcome.states,
            spec.asked_of_patients,
            landmark=outcome.landmark,
            naive=outcome.naive,
            strata=spec.strata_within,
        )
    return select_rows(
        cohort,
        outcome.endpoint,
        spec.asked_of_patients,
        landmark=outcome.landmark,
        naive=outcome.naive,
        strata=spec.strata_within,
        visits=outcome.visits,
        from_start=measured_from_start(spec),
    )


def with_priors(plan: ModelPlan, spec: ModelSpec) -> ModelPlan:
    """Return the plan of a specification that differs from the plan's own in its priors alone.

    Rows and columns are shared with ``plan``, not made anew.

    Raises
    ------
    SpecError : outcome, baseline family, cuts or effects differ.
    """
    if structure(spec) != structure(plan.spec):
        raise SpecError(
            f"model '{spec.name}' differs from '{plan.spec.name}' in more than its priors; make its own plan with "
            "make_plan(spec, cohort)"
        )
    baseline = plan.baseline if spec.baseline == plan.spec.baseline else resolve_baseline(spec, plan.rows)
    return ModelPlan(spec, plan.rows, with_effects(plan.design, spec, plan.rows), baseline)


def structure(spec: ModelSpec) -> tuple[object, ...]:
    """Return all of a specification that is no prior."""
    baseline = spec.baseline
    if isinstance(baseline, PiecewiseBaseline):
        level = (type(baseline.prior), baseline.strata)
        smooth = (baseline.cuts, baseline.pieces, baseline.at, baseline.smoothing, baseline.steps, *level)
        kind: tuple[object, ...] = (baseline.family, *smooth)
    else:
        # The columns of the likelihood hold times over the month at which b0 stands.
        own = weibull_prior(baseline).reference_time
        kind = (baseline.family, baseline.reference_time, baseline.at, own, baseline.strata)
    return (
        spec.outcome,
        spec.external,
        spec.background,
        spec.cure is not None,
        kind,
        spec.transitions,
        *(shape_of(effect) for effect in spec.effects),
    )
