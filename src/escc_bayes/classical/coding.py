"""The columns of a specification as maximum likelihood wants them: levels against the reference, uncentred.

Shrunk effects become plain levels, as their structures say (``unshrunk``); what has none there, such as a random
intercept, enters as ``centres`` says.
"""

from dataclasses import replace

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.design import Design, build_design
from escc_bayes.spec.model import ModelSpec, in_one
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.prior import NEUTRAL
from escc_bayes.spec.request import Outcome, PiecewiseBaseline
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.protocol import Structure, acts_across
from escc_bayes.spec.structures.registry import plain_effect


def classical_design(spec: ModelSpec, rows: AnalysisRows) -> tuple[Design, tuple[str, ...]]:
    """Return treatment-coded columns for the rows analysed, and notes on what was left out."""
    acting = spec.acting(rows.transition_names)
    plain = [
        alone
        for effect, within in acting
        for own in effect.unshrunk()
        for alone in (apart(effect, within, rows) if acts_across(effect) else [(own, within)])
    ]
    transitions = tuple(within for _, within in plain) if spec.transitions else ()
    notes = tuple(
        f"'{name}': Cox stratified by it and Cox with its gamma or normal frailty stand beside the posterior; the "
        "other Cox models, Firth and Weibull leave it out"
        for name in spec.intercepts
    )
    baseline = replace(spec.baseline, at="reference")
    coded = replace(spec, effects=tuple(own for own, _ in plain), transitions=transitions, baseline=baseline)
    return build_design(coded, rows), notes


def apart(effect: Structure, within: tuple[str, ...], rows: AnalysisRows) -> list[tuple[Structure, tuple[str, ...]]]:
    """Return the plain effect of a covariate once for each transition: shrunk towards nothing, they share nothing."""
    own = plain_effect(rows.covariates[effect.covariates[0]].schema)
    return [(in_one(own, name), (name,)) for name in within]


def covariates_spec(endpoint: str, names: tuple[str, ...], rows: AnalysisRows) -> ModelSpec:
    """Return a specification that takes covariates as they are: numbers as numbers, levels against the reference."""
    effects = tuple(plain_effect(rows.covariates[name].schema) for name in names)
    baseline = PiecewiseBaseline((), None, "reference", "independent", "length", None, NEUTRAL)
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
