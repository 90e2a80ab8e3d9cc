"""Test of proportional hazards: the score test for adding x g(t), where g = 1 - Kaplan-Meier.

Symbols: U score of the added terms at 0; V variance of the covariates at each death; A_k the sum of g^k V.
Grambsch & Therneau 1994, Biometrika 81:515; Therneau & Grambsch 2000, Modeling Survival Data, chapter 6.
docs/methods/ph_test.md.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.classical.cox import RiskSets, efron_moments, risk_sets
from escc_bayes.classical.cox_robust import score_residuals, score_test
from escc_bayes.classical.km import EventArray, kaplan_meier
from escc_bayes.classical.logrank import quadratic_form, upper_tail
from escc_bayes.classical.newton import FLAT, BoolArray, standardise
from escc_bayes.hazard.piecewise import FloatArray, IntArray

GLOBAL = "GLOBAL"


@dataclass(frozen=True, slots=True)
class PHTest:
    """Whether the log hazard ratios of ``term`` drift with time; ``df`` 0 and p NaN when data cannot say."""

    term: str
    chi2: float
    df: int
    p_value: float


def ph_test(
    X: FloatArray,
    time: FloatArray,
    event: EventArray,
    coef: FloatArray,
    terms: tuple[tuple[str, tuple[int, ...]], ...],
    *,
    entry: FloatArray | None = None,
    weight: FloatArray | None = None,
    infinite: BoolArray | None = None,
    cluster: IntArray | None = None,
) -> tuple[PHTest, ...]:
    """Test each term, and all together, as R's ``cox.zph(fit, transform = "km")`` since survival 3.0.

    Parameters
    ----------
    X : (n, p) covariates.
    time : (n,) months to event or censoring.
    event : (n,) true or 1 where the event occurred.
    coef : (p,) estimates of ``cox`` on the same data.
    terms : (name, column indices) of each term; a categorical one has several columns.
    entry : (n,) months at which each patient comes under observation; None means from time 0.
    weight : (n,) case weights of the fit; g stays unweighted, as in R.
    infinite : (p,) columns whose coefficient has no finite estimate: they take part in no test.
    cluster : (n,) codes of independent units 0..g-1: the tests are then robust, with the units' own scores in place
        of the information (R has no such test); under sampling weights each patient is a unit.

    Returns
    -------
    One test a term, in order, and last ``GLOBAL``.

    Examples
    --------
    >>> from escc_bayes.classical.cox import cox
    >>> X, time = np.array([[0.0], [0.0], [1.0], [1.0], [0.0], [1.0]]), np.arange(1.0, 7.0)
    >>> coef = cox(X, time, np.ones(6)).coef
    >>> [round(test.chi2, 3) for test in ph_test(X, time, np.ones(6), coef, (("arm", (0,)),))]
    [0.401, 0.401]
    """
    weight = np.ones(time.size) if weight is None else weight
    columns = standardise(X)
    risk = risk_sets(time, event, entry=entry, weight=weight)
    log_hazard = columns.z @ (coef * columns.deviation)
    moments = efron_moments(risk, columns.z, log_hazard, weight)
    g = centred_transform(risk, event)
    w = weight[risk.deaths] * g
    score = w @ columns.z[risk.deaths] - (risk.mean_weight * g) @ moments.mean
    sums = [np.einsum("m,mij->ij", risk.mean_weight * g**power, moments.variance) for power in (0, 1, 2)]
    # Coefficients that run to infinity carry no information: neither they nor their drift are tested.
    finite = np.ones(X.shape[1], dtype=bool) if infinite is None else ~infinite
    adjusted = np.linalg.pinv(sums[0], rcond=FLAT, hermitian=True)
    scale = float(np.trace(sums[2]))
    units = np.empty((0, 0))
    if cluster is not None:
        still, drifting = (
            score_residuals(columns.z, time, event, coef * columns.deviation, entry=entry, weight=weight, drift=of)
            for of in (None, g)
        )
        units = weight[:, None] * (drifting - still @ adjusted @ sums[1])
    tests = []
    for name, chosen in (*terms, (GLOBAL, tuple(range(X.shape[1])))):
        c = np.array([column for column in chosen if finite[column]], dtype=np.int64)
        variance = sums[2][np.ix_(c, c)] - sums[1][c] @ adjusted @ sums[1][:, c]
        if cluster is None:
            chi2, df = quadratic_form(score[c], variance, scale=scale)
            p_value = upper_tail(chi2, df)
        else:
            chi2, df, p_value = score_test(units[:, c], cluster)
        tests.append(PHTest(name, chi2, df, p_value))
    return tuple(tests)


def centred_transform(risk: RiskSets, event: EventArray) -> FloatArray:
    """Return g = 1 - S(t-) at each death (m,), S the Kaplan-Meier curve of all patients, less its mean."""
    curve = kaplan_meier(risk.time, event, entry=risk.entry, level=0.95)
    before = np.concatenate(([1.0], curve.survival))[np.searchsorted(curve.time, risk.death_time)]
    g = 1.0 - before
    # The shift changes no test, since the score of the coefficients is 0; it keeps A_1 small.
    return np.asarray(g - g.mean())
