"""The trajectory of a plan: whose it is, where the hazard takes it, and with what it cannot stand together."""

from dataclasses import dataclass

import numpy as np

from escc_bayes.data.cohort import Cohort
from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec.design import Block, Design
from escc_bayes.spec.model import ModelSpec, modifiers
from escc_bayes.spec.request import PiecewiseBaseline
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.measured import Measured, planned
from escc_bayes.spec.structures.registry import LAST_VALUE, TimeVarying, Trajectory

INSTEAD = f'use the last value carried forward, structure = "{LAST_VALUE}" (docs/methods/time_updated.md)'


@dataclass(frozen=True, slots=True)
class Course:
    """A trajectory in a design.

    Attributes
    ----------
    block : its effect.
    measured : planned months and values.
    center : the log2 value at which the hazard is the baseline's.
    """

    block: Block
    measured: Measured
    center: float

    @property
    def name(self) -> str:
        """The effect's name, which its parameters bear."""
        return self.block.effect.name


def course_of(design: Design) -> Course | None:
    """Return the trajectory of a design; None for most."""
    for block in design.blocks:
        if block.coding.measured is not None:
            return Course(block, block.coding.measured, float(design.center[block.start]))
    return None


def trajectories(spec: ModelSpec) -> tuple[Trajectory, ...]:
    """Return the effects of a specification that are trajectories."""
    return tuple(effect for effect in spec.effects if isinstance(effect, Trajectory))


def measured_from_start(spec: ModelSpec) -> tuple[str, ...]:
    """Return the covariates that must have a value at time zero: those of trajectories."""
    return tuple(effect.covariates[0] for effect in trajectories(spec))


def refuse_beside(spec: ModelSpec, cohort: Cohort) -> None:
    """Raise where a specification asks for something that a trajectory cannot stand together with.

    Or the cohort has no measurements that make one.
    """
    found = trajectories(spec)
    if not found:
        return
    for effect in found:
        planned(cohort.covariate(effect.covariates[0]).schema, cohort.name)
    outcome, name = spec.outcome, found[0].name
    others = [effect for effect in spec.effects if not isinstance(effect, Trajectory)]
    own = {covariate for effect in found for covariate in effect.covariates}
    reasons = {
        "two trajectories": len(found) > 1,
        "several transitions or endpoints": outcome.states is not None,
        "a landmark, which drops the measurements before it": outcome.landmark is not None,
        'time_zero = "naive"': outcome.naive,
        "[visits], after which no event has its month": outcome.visits is not None,
        "[[external]] survivors, who have no trajectories": bool(spec.external),
        "[background] mortality": spec.background is not None,
        "a [cure] fraction": spec.cure is not None,
        "a baseline of each stratum": bool(spec.strata),
        "a Weibull baseline, under which the hazard of a changing value has no closed form; take "
        'family = "piecewise_exponential"': not isinstance(spec.baseline, PiecewiseBaseline),
        "an effect that changes over time": any(isinstance(effect, TimeVarying) for effect in others),
        "another effect of the same covariate": any(
            own & {*effect.covariates, *modifiers(effect)} for effect in others
        ),
    }
    why = [reason for reason, present in reasons.items() if present]
    if why:
        raise SpecError(
            f"model '{spec.name}', effect '{name}': a trajectory is not modelled together with {'; '.join(why)}; "
            f"leave this out, or {INSTEAD}"
        )


def refuse_rows(spec: ModelSpec, rows: AnalysisRows) -> None:
    """Raise where the rows of an analysis have what the likelihood of a trajectory does not hold."""
    if not trajectories(spec):
        return
    reasons = {
        "sampling weights": rows.sampled,
        "events between two months": rows.left is not None,
        "delayed entry": bool((rows.entry[rows.first_rows()] > 0.0).any()),
        "gaps in follow-up": gaps(rows),
    }
    why = [reason for reason, present in reasons.items() if present]
    if why:
        raise SpecError(
            f"model '{spec.name}', effect '{trajectories(spec)[0].name}': a trajectory is not modelled together with "
            f"{' and '.join(why)}, as cohort '{rows.cohort}' has; {INSTEAD}"
        )


def gaps(rows: AnalysisRows) -> bool:
    """Return whether anybody is out of observation between two rows."""
    if rows.patient is None:
        return False
    spent = np.bincount(rows.patient, rows.time - rows.entry)
    return bool((np.abs(spent - rows.one_each.time) > 1e-9).any())
