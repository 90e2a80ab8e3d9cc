"""Does the effect of one factor differ between the levels of another? A test in Cox's model.

Symbols: l_1 the log partial likelihood of A + B + A:B, l_0 that of A + B; chi-squared = 2 (l_1 - l_0), df = the columns
of A:B that the patients can tell from A + B. Under sampling weights and with clusters, where likelihood ratios do not
hold, the robust Wald test of the coefficients of A:B. docs/methods/cox.md.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.classical.cox import CoxFit, cox
from escc_bayes.classical.cox_robust import with_robust_errors
from escc_bayes.classical.logrank import quadratic_form, upper_tail
from escc_bayes.classical.newton import COLLINEAR, standardise
from escc_bayes.classical.regression import entry_of, weight_of
from escc_bayes.classical.strata import Strata
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan


@dataclass(frozen=True, slots=True)
class Interaction:
    """The test, and the model with the interaction.

    Attributes
    ----------
    test : likelihood ratio | robust Wald.
    chi2, df, p_value : of that test; df 0 and NaN where no patient tells A:B from A + B.
    fit : of the columns of the plan, then ``products``.
    products : (column of A, column of B) of each column of A:B kept.
    """

    test: str
    chi2: float
    df: int
    p_value: float
    fit: CoxFit
    products: tuple[tuple[int, int], ...]


def interaction(plan: ModelPlan, first: str, second: str, strata: Strata | None = None) -> Interaction:
    """Test the interaction of two covariates of a plan, beside everything else that the plan holds.

    Raises
    ------
    CollinearError : the columns without the interaction determine each other.
    """
    X = plan.design.columns
    standardise(X)
    kept: list[tuple[int, int]] = []
    wide = X
    for a in range(*plan.design.columns_of(first).indices(X.shape[1])):
        for b in range(*plan.design.columns_of(second).indices(X.shape[1])):
            product = X[:, a] * X[:, b]
            if tells(wide, product):
                wide = np.column_stack([wide, product])
                kept.append((a, b))
    both = fitted(plan, wide, strata)
    if plan.rows.cluster is None:
        alone = fitted(plan, X, strata)
        chi2, df = max(0.0, 2.0 * (both.log_likelihood - alone.log_likelihood)), len(kept)
        return Interaction("likelihood ratio", chi2, df, upper_tail(chi2, df), both, tuple(kept))
    inside = [place for place in range(X.shape[1], wide.shape[1]) if not both.infinite[place]]
    variance = both.covariance[np.ix_(inside, inside)]
    chi2, df = quadratic_form(both.coef[inside], variance, scale=float(np.trace(variance)))
    return Interaction("robust Wald", chi2, df, upper_tail(chi2, df), both, tuple(kept))


def fitted(plan: ModelPlan, X: FloatArray, strata: Strata | None) -> CoxFit:
    """Return the Cox fit of other columns for the patients of a plan; robust errors where the plan asks for them."""
    rows, codes, entry, weight = plan.rows, None if strata is None else strata.codes, entry_of(plan), weight_of(plan)
    found = cox(X, rows.time, rows.event, entry=entry, weight=weight, strata=codes)
    if rows.cluster is None:
        return found
    of = (found, X, rows.time, rows.event)
    return with_robust_errors(*of, entry=entry, weight=weight, strata=codes, cluster=rows.cluster)


def tells(X: FloatArray, column: FloatArray) -> bool:
    """Whether a column is neither constant nor a combination of those of X: an empty combination of levels is one."""
    held = np.column_stack([np.ones(X.shape[0]), X])
    own = column - held @ np.linalg.lstsq(held, column, rcond=None)[0]
    return bool(np.linalg.norm(own) > np.sqrt(COLLINEAR) * np.linalg.norm(column - column.mean()) > 0.0)
