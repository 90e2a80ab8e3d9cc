"""A model with some of its assumptions taken away: the effects that are left, and their priors.

What can be taken away, by name (``CHANGES``): the other covariates, centres, the prior on the baseline's level, the
priors on effects, shrinkage of levels towards each other, and the coding (a monotone effect in place of free levels).
"""

from collections.abc import Iterator
from dataclasses import replace

from escc_bayes.bayes.posterior.vague_baseline import with_vague_level
from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.sensitivity.orders import Made
from escc_bayes.spec.baseline import resolve_baseline
from escc_bayes.spec.design import build_design
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.model import ModelSpec, with_key
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.prior import HalfNormal, Normal
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.protocol import Structure

ADJUSTMENT, CENTRES, BASELINE_PRIOR, EFFECT_PRIOR, SHRINKAGE, CODING = CHANGES = (
    *("adjustment", "centres", "baseline_prior", "effect_prior", "shrinkage", "coding"),
)
# SD of a prior that says nothing on a log hazard ratio, for one standard deviation of a number.
FLAT = 30.0


def changes_of(spec: ModelSpec) -> tuple[str, ...]:
    """Return what can be taken away from a model."""
    shown = [effect for effect in spec.effects if effect.unshrunk()]
    present = {
        ADJUSTMENT: sum(len(effect.covariates) for effect in shown) > 1,
        CENTRES: len(shown) < len(spec.effects),
        BASELINE_PRIOR: True,
        EFFECT_PRIOR: any(prior_of(effect) is not None for effect in shown),
        SHRINKAGE: any(toggle(effect) == SHRINKAGE for effect in shown),
        CODING: any(toggle(effect) == CODING for effect in shown),
    }
    return tuple(name for name in CHANGES if present[name])


def needs_of(spec: ModelSpec, term: str) -> tuple[tuple[str, str], ...]:
    """Return which change needs which before it: covariates are shrunk towards others only once these are there."""
    effect = next(effect for effect in spec.effects if term in effect.covariates)
    return ((ADJUSTMENT, SHRINKAGE),) if len(effect.covariates) > 1 else ()


def prior_of(effect: Structure) -> Normal | EvidencePrior | None:
    """Return the prior on an effect's log hazard ratios; None where there is none but on an SD."""
    priors = (getattr(effect, key) for key in effect.KEYS)
    return next((prior for prior in priors if isinstance(prior, Normal | EvidencePrior)), None)


def toggle(effect: Structure) -> str:
    """Return which change makes a structure of free effects: shrinkage where an SD has a prior, else coding."""
    if any(isinstance(getattr(effect, key), HalfNormal) for key in effect.KEYS):
        return SHRINKAGE
    return "" if [type(free) for free in effect.unshrunk()] == [type(effect)] else CODING


def effects_of(spec: ModelSpec, term: str, made: Made, rows: AnalysisRows) -> tuple[Structure, ...]:
    """Return the effects of a model for a term, with the changes ``made`` to a model of that term alone."""
    found: list[Structure] = []
    for effect in spec.effects:
        if not effect.unshrunk():
            found += [effect] if CENTRES in made else []
        elif ADJUSTMENT in made or term in effect.covariates:
            found += reduced(effect, effect.covariates if ADJUSTMENT in made else (term,), made, rows)
    return tuple(found)


def reduced(effect: Structure, covariates: tuple[str, ...], made: Made, rows: AnalysisRows) -> Iterator[Structure]:
    """Yield an effect of some of its covariates, with or without its structure and its prior."""
    prior, way = prior_of(effect), toggle(effect)
    if not way or way in made:
        own = effect if covariates == effect.covariates else with_key(effect, "covariates", covariates)
        yield own if EFFECT_PRIOR in made or prior is None else with_key(own, "prior", flat(covariates[0], rows))
        return
    for free in effect.unshrunk():
        if free.covariates[0] in covariates:
            kept = prior if EFFECT_PRIOR in made else None
            stated = flat(free.covariates[0], rows) if kept is None else Normal(kept.mean, kept.sd)
            yield with_key(free, "prior", stated)


def flat(name: str, rows: AnalysisRows) -> Normal:
    """Return a prior that says nothing on a log hazard ratio, whatever the scale of a number."""
    covariate = rows.covariates[name]
    return Normal(0.0, FLAT * (1.0 if covariate.schema.categorical else deviation(covariate.values, covariate.schema)))


def deviation(values: FloatArray, schema: CovariateSchema) -> float:
    """Return scales in one standard deviation of a number."""
    return schema.scale / float(values.std())


def variant(spec: ModelSpec, effects: tuple[Structure, ...], rows: AnalysisRows, made: Made) -> ModelPlan:
    """Return the plan of a model with other effects, and with or without the prior on its baseline's level."""
    changed = replace(spec, effects=effects)
    baseline = resolve_baseline(spec, rows)
    return ModelPlan(
        changed,
        rows,
        build_design(changed, rows),
        baseline if BASELINE_PRIOR in made else with_vague_level(baseline),
    )


def is_flat(effect: Structure, rows: AnalysisRows) -> bool:
    """Return whether an effect has a prior that says nothing."""
    return bool(effect.unshrunk()) and prior_of(effect) == flat(effect.covariates[0], rows)


def unshrunk_columns(plan: ModelPlan, names: tuple[str, ...]) -> FloatArray:
    """Return the columns of free effects of some covariates, (n, p)."""
    free = tuple(f for effect in plan.spec.effects for f in effect.unshrunk() if f.covariates[0] in names)
    return build_design(replace(plan.spec, effects=free), plan.rows).columns


def alone(plan: ModelPlan, term: str) -> ModelPlan:
    """Return the plan of a free effect of one term, on the same patients, as maximum likelihood fits it."""
    free = tuple(f for effect in plan.spec.effects for f in effect.unshrunk() if f.covariates[0] == term)
    spec = replace(plan.spec, effects=free)
    return ModelPlan(spec, plan.rows, build_design(spec, plan.rows), plan.baseline)
