"""The free parameters of a model, in one place: names, sizes, and how they make log hazard ratios and log rates.

The formulas take either NumPy arrays with leading draws or PyTensor vectors (``xp`` is the module), so that every
engine shares them. Last axis = parameter.

The log hazard ratios of an effect's columns are the sum of its structure's terms: scales x cumulative shares x
(loading @ parameter).
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from escc_bayes.bayes.model.trajectories import latents_of, law_of, patterns_of, trajectories
from escc_bayes.estimand.modelled import patient_hazards
from escc_bayes.hazard.along_trajectories import AlongTrajectories
from escc_bayes.hazard.baseline import Hazard, PiecewiseHazard, WeibullHazard
from escc_bayes.hazard.cured import cured
from escc_bayes.hazard.expected import with_expected
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.hazard.stratified import stratified
from escc_bayes.spec.baseline import BaselinePrior, PiecewisePrior
from escc_bayes.spec.design import Block
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.prior import Normal
from escc_bayes.spec.structures.free import Free, Standard, Term
from escc_bayes.spec.trajectories import Course

# The log odds of cure.
CURE = "cure_log_odds"


def free_parameters(plan: ModelPlan) -> tuple[Free, ...]:
    """Return the free parameters of a plan: baseline, effect by effect, then the odds of cure and drifts of studies."""
    of_effects = (free for block in plan.design.blocks for free in block.free)
    return (*baseline_free(plan.baseline), *of_effects, *cure_free(plan), *drift_free(plan))


def cure_free(plan: ModelPlan) -> tuple[Free, ...]:
    """Return the log odds of cure of a plan that has them."""
    return () if plan.spec.cure is None else (Free(CURE, plan.spec.cure.prior),)


def drift_free(plan: ModelPlan) -> tuple[Free, ...]:
    """Return the log hazard of each study with a drift over ours: ``drift_1``, .."""
    studies = enumerate(plan.spec.studies, start=1)
    return tuple(Free(f"drift_{place}", Normal(0.0, sd)) for place, (_, sd) in studies)


def baseline_free(baseline: BaselinePrior) -> tuple[Free, ...]:
    """Return the free parameters of the baseline."""
    if not isinstance(baseline, PiecewisePrior):
        of = (baseline.copies, "stratum", baseline.strata) if baseline.strata else ()
        return Free("baseline", baseline.level, *of), Free("log_shape", baseline.log_shape, *of)
    if baseline.strata:
        return stratified_free(baseline)
    if baseline.sd is None:
        return (Free("baseline", baseline.level, baseline.pieces, "piece", tuple(piece_labels(baseline.cuts))),)
    steps = tuple(str(k + 2) for k in range(baseline.pieces - 1))
    return (
        Free("baseline", baseline.level),
        Free("sd_baseline", baseline.sd),
        Free("z_baseline", Standard(), len(steps), "step", steps),
    )


def stratified_free(baseline: PiecewisePrior) -> tuple[Free, ...]:
    """Return the free parameters of a baseline of each stratum: levels, one SD of steps, and steps; or every rate."""
    if baseline.sd is None:
        labels = stratum_labels(baseline, piece_labels(baseline.cuts))
        return (Free("baseline", baseline.level, len(labels), "stratum_piece", labels),)
    steps = stratum_labels(baseline, [str(k + 2) for k in range(baseline.pieces - 1)])
    return (
        Free("baseline", baseline.level, len(baseline.strata), "stratum", baseline.strata),
        Free("sd_baseline", baseline.sd),
        Free("z_baseline", Standard(), len(steps), "stratum_step", steps),
    )


def stratum_labels(baseline: PiecewisePrior, labels: Sequence[str]) -> tuple[str, ...]:
    """Return labels of every stratum, stratum by stratum."""
    return tuple(f"{stratum}, {label}" for stratum in baseline.strata for label in labels)


def block_coefficients(block: Block, values: Mapping[str, Any], xp: Any) -> Any:
    """Return the log hazard ratio of each column of an effect, last axis = column."""
    lines, shares = block_lines(block, values), cumulative_shares(block, values, xp)
    return lines if shares is None else lines * shares


def block_lines(block: Block, values: Mapping[str, Any]) -> Any:
    """Return what shares multiply, where an effect has any: the sum of scales x (loading @ parameter)."""
    found: Any = None
    for term in block.terms:
        line = loaded(values[term.parameter], term.loading)
        if term.slab:
            line = limited(term, values) * line
        else:
            for scale in term.scales:
                line = values[scale] * line
        found = line if found is None else found + line
    return found


def limited(term: Term, values: Mapping[str, Any]) -> Any:
    """Return the product s of a term's scales, limited by its slab: s / sqrt(1 + (s / slab)^2)."""
    product = values[term.scales[0]]
    for scale in term.scales[1:]:
        product = product * values[scale]
    return product * (1.0 + (product / term.slab) ** 2) ** -0.5


def cumulative_shares(block: Block, values: Mapping[str, Any], xp: Any) -> Any:
    """Return the cumulative shares that multiply an effect's log hazard ratios; None where nothing does."""
    multiplied = {(term.shares, term.ranks) for term in block.terms}
    assert len(multiplied) == 1, "one simplex multiplies all terms of an effect, or none"
    name, ranks = multiplied.pop()
    return xp.cumsum(values[name], axis=-1)[..., np.array(ranks) - 1] if name else None


def loaded(parameter: Any, loading: FloatArray) -> Any:
    """Return loading @ parameter over the last axis; a loading that only picks elements costs no product."""
    if ((loading == 0.0) | (loading == 1.0)).all() and (loading.sum(axis=1) == 1.0).all():
        picked = loading.argmax(axis=1)
        return parameter if np.array_equal(picked, np.arange(loading.shape[1])) else parameter[..., picked]
    return (parameter[..., None, :] * loading).sum(axis=-1)


def log_rates(baseline: PiecewisePrior, values: Mapping[str, Any], xp: Any, step_scale: Any) -> Any:
    """Return the log rate of each piece, last axis = piece; of strata, stratum by stratum."""
    level = values["baseline"]
    if baseline.sd is None:
        return level
    if baseline.strata:
        z, step = values["z_baseline"], baseline.pieces - 1
        parts = []
        for code in range(baseline.copies):
            own = values["sd_baseline"] * step_scale * z[..., code * step : (code + 1) * step]
            first = level[..., code, None]
            parts += [first, first + xp.cumsum(own, axis=-1)]
        return xp.concatenate(parts, axis=-1)
    steps = values["sd_baseline"] * step_scale * values["z_baseline"]
    return xp.concatenate([level, level + xp.cumsum(steps, axis=-1)], axis=-1)


def piece_labels(cuts: FloatArray) -> list[str]:
    """Return the pieces as text: ``0-6``, ``6-12``, ``12+``."""
    edges = [0.0, *cuts.tolist()]
    return [f"{a:g}-{b:g}" for a, b in pairwise(edges)] + [f"{edges[-1]:g}+"]


def coefficients(blocks: tuple[Block, ...], values: Mapping[str, FloatArray], draws: int) -> FloatArray:
    """Return the log hazard ratio of every column, (draws, p), from draws (draws, size) of the parameters."""
    parts = [np.asarray(block_coefficients(block, values, np)) for block in blocks]
    return np.concatenate([np.zeros((draws, 0)), *parts], axis=1)


def baseline_hazard(baseline: BaselinePrior, values: Mapping[str, FloatArray]) -> Hazard:
    """Return the baseline hazard of every draw from draws (draws, size) of the parameters."""
    return baseline_hazards(baseline, values)[0]


def baseline_hazards(baseline: BaselinePrior, values: Mapping[str, FloatArray]) -> tuple[Hazard, ...]:
    """Return the baseline hazard of each stratum, or the one there is."""
    if not isinstance(baseline, PiecewisePrior):
        levels, shapes = values["baseline"], values["log_shape"]
        own = range(baseline.copies)
        return tuple(WeibullHazard(levels[:, k], shapes[:, k], baseline.reference_time) for k in own)
    rates = log_rates(baseline, values, np, baseline.step_scale)
    if not baseline.strata:
        return (PiecewiseHazard(rates, baseline.cuts),)
    apart = np.split(rates, baseline.copies, axis=1)
    return tuple(PiecewiseHazard(np.ascontiguousarray(own), baseline.cuts) for own in apart)


def along_trajectories(
    course: Course, beta: FloatArray, baseline: Hazard, values: Mapping[str, FloatArray]
) -> AlongTrajectories:
    """Return the hazards of patients along their trajectories."""
    assert isinstance(baseline, PiecewiseHazard)
    found = trajectories(law_of(course.name, values), latents_of(course.name, values), patterns_of(course.measured), np)
    months = np.array(course.measured.months)
    value = found.mean[:, None, :] + found.level[..., None] + found.slope[..., None] * months
    psi = beta[:, course.block.first]
    return AlongTrajectories(beta, baseline, months, psi[:, None, None] * (value - course.center))


def hazards(plan: ModelPlan, values: Mapping[str, FloatArray], draws: int) -> PatientHazards:
    """Return the hazards of patients in every draw from draws (draws, size) of the parameters."""
    beta = coefficients(plan.design.blocks, values, draws)
    if plan.course is not None:
        return along_trajectories(plan.course, beta, baseline_hazard(plan.baseline, values), values)
    found: tuple[PatientHazards, ...] = tuple(
        patient_hazards(plan.design, beta, own) for own in baseline_hazards(plan.baseline, values)
    )
    known = plan.expected
    if known is not None:
        found = tuple(with_expected(own, known[0]) for own in found)
    if plan.spec.cure is not None:
        found = tuple(cured(own, values[CURE][:, 0]) for own in found)
    return stratified(found) if plan.rows.strata else found[0]
