"""The cells of a plan: which form they take, they decide themselves.

The product form costs an exponential for each pattern, the general cell one for each pattern and piece. Where every
pattern meets the same pieces the product form is taken; where effects change over time, or strata have baselines of
their own, the form with fewer products in the information.
"""

from dataclasses import replace

import numpy as np

from escc_bayes.bayes.model.likelihood.counted import Counted
from escc_bayes.bayes.model.likelihood.cure_of_plan import rows_to_events, uncured_of
from escc_bayes.bayes.model.likelihood.product import product_of
from escc_bayes.bayes.model.likelihood.protocol import Cells
from escc_bayes.bayes.model.likelihood.spans import Spans
from escc_bayes.bayes.model.likelihood.spans_of_plan import terms_of
from escc_bayes.bayes.model.likelihood.weibull import weibull_cells
from escc_bayes.bayes.model.likelihood.weibull_strata import strata_of
from escc_bayes.bayes.model.likelihood.with_terms import WithTerms
from escc_bayes.hazard import cells
from escc_bayes.spec.baseline import PiecewisePrior, WeibullPrior
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.risk_rows import RiskRows, seen_rows


def cells_of(plan: ModelPlan) -> Cells:
    """Return the cells of a plan, with what is known of spans of time; patients of weight 0 leave no trace."""
    if plan.spec.cure is not None:
        return WithTerms(cells_of_rows(rows_to_events(plan), plan), (uncured_of(plan),), besides=1)
    cells, terms = cells_of_rows(seen_rows(plan.rows, plan.design), plan), terms_of(plan)
    besides = len(plan.spec.studies)
    return WithTerms(cells, tuple(widened(term, plan, besides) for term in terms), besides) if terms else cells


def widened(term: Spans, plan: ModelPlan, besides: int) -> Spans:
    """Return a term with columns of 0 for the last rows of psi, where it does not know them."""
    pieces = plan.baseline.pieces * plan.baseline.copies
    lacking = plan.design.size + pieces + besides - term.design.shape[1]
    return replace(term, design=np.pad(term.design, ((0, 0), (0, lacking)))) if lacking else term


def cells_of_rows(risk: RiskRows, plan: ModelPlan) -> Cells:
    """Return the cells of rows at risk under the baseline of a plan."""
    if isinstance(plan.baseline, WeibullPrior):
        month = plan.baseline.reference_time
        return strata_of(risk, plan.baseline.copies, month) if plan.baseline.strata else weibull_cells(risk, month)
    held = collapsed(risk, plan)
    if (plan.design.segment_ends.size or plan.rows.strata) and not product_is_cheaper(held):
        return counted_of(held)
    return product_of(held)


def collapsed(risk: RiskRows, plan: ModelPlan) -> cells.Cells:
    """Return events and person-months of every pattern in every piece of a piecewise baseline."""
    assert isinstance(plan.baseline, PiecewisePrior)
    at_risk, strata = risk.at_risk, plan.baseline.strata
    columns = np.column_stack([at_risk.stratum, risk.columns]) if strata else risk.columns
    of = (at_risk.stop, at_risk.event, at_risk.start, at_risk.weight)
    held = cells.collapse(columns, *of, plan.baseline.cuts)
    return apart(held, len(strata)) if strata else held


def apart(held: cells.Cells, strata: int) -> cells.Cells:
    """Return cells whose patterns begin with the stratum with pieces of each stratum's own."""
    inside = held.patterns[:, 0].astype(np.int64)
    patterns, pieces = held.exposure.shape
    found = np.zeros((2, patterns, strata, pieces))
    found[0, np.arange(patterns), inside], found[1, np.arange(patterns), inside] = held.events, held.exposure
    events, exposure = found.reshape(2, patterns, strata * pieces)
    return cells.Cells(held.patterns[:, 1:], events, exposure, held.members)


def product_is_cheaper(held: cells.Cells) -> bool:
    """Return whether the product form adds up fewer products than the general cells."""
    p, pieces = held.patterns.shape[1], held.exposure.shape[1]
    by_pattern, q = p * (p + pieces) + 2 * pieces, p + pieces
    return len(held.patterns) * by_pattern <= np.count_nonzero(held.exposure) * q * (q + 1) // 2


def counted_of(held: cells.Cells) -> Counted:
    """Return the cells in which anybody is at risk, each with its row of the design."""
    pattern, piece = np.nonzero(held.exposure > 0.0)
    pieces = held.exposure.shape[1]
    design = np.concatenate([held.patterns[pattern], np.eye(pieces)[piece]], axis=1)
    return Counted(design, held.events[pattern, piece], held.exposure[pattern, piece], pieces)
