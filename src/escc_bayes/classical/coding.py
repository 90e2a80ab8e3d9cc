"""The columns of a specification as maximum likelihood wants them: levels against the reference, uncentred.

Shrunk, ordered and pooled effects become plain levels; a random intercept has none: see ``centres``.
"""

from dataclasses import replace

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.design import Design, build_design
from escc_bayes.spec.model import Effect, ModelSpec, Outcome, PiecewiseBaseline
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.prior import Normal
from escc_bayes.spec.rows import AnalysisRows

# Priors play no part here; the design only asks for one to scale its sampler.
NO_PRIOR = Normal(0.0, 1.0)


def classical_design(spec: ModelSpec, rows: AnalysisRows) -> tuple[Design, tuple[str, ...]]:
    """Return treatment-coded columns for the rows analysed, and notes on what was left out."""
    effects, notes = [], []
    for effect in spec.effects:
        if effect.structure == "random_intercept":
            notes.append(
                f"'{effect.name}': Cox stratified by it and Cox with its gamma or normal frailty stand beside the "
                "posterior; the other Cox models, Firth and Weibull leave it out"
            )
        else:
            effects += [plain(name, effect) for name in effect.covariates]
    coded = replace(spec, effects=tuple(effects), baseline=replace(spec.baseline, at="reference"))
    return build_design(coded, rows), tuple(notes)


def plain(name: str, effect: Effect) -> Effect:
    """Return the effect of one covariate without shrinkage."""
    structure = "linear" if effect.structure == "linear" else "fixed"
    return Effect(name=name, covariates=(name,), structure=structure, prior=NO_PRIOR)


def covariates_spec(endpoint: str, names: tuple[str, ...], rows: AnalysisRows) -> ModelSpec:
    """Return a specification that takes covariates as they are: numbers linear, levels against the reference."""
    effects = tuple(
        Effect(
            name=name,
            covariates=(name,),
            structure="fixed" if rows.covariates[name].schema.categorical else "linear",
            prior=NO_PRIOR,
        )
        for name in names
    )
    baseline = PiecewiseBaseline((), None, "reference", "independent", "length", None, NO_PRIOR)
    return ModelSpec("classical", Outcome(endpoint), baseline, effects)


def with_reference(plan: ModelPlan, term: str, versus: str) -> tuple[FloatArray, tuple[str, ...]]:
    """Return the columns with ``versus`` as the reference of ``term``, and the levels of that term's columns."""
    design = plan.design
    inside = design.columns_of(term)
    block, place = design.block_of(term)
    others = tuple(level for level in block.levels[place] if level != versus)
    covariate = plan.rows.covariates[term]
    columns = design.columns.copy()
    for j, level in enumerate(others):
        columns[:, inside.start + j] = covariate.values == covariate.schema.levels.index(level)
    return np.asarray(columns), others
