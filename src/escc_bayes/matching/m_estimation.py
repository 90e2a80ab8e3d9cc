"""The error of a weighted Cox model whose weights were estimated: stacked estimating equations.

Symbols: U(b) the weighted score, r_i its derivative by the weight of patient i (Lin & Wei's residual), A its
information; w_i(theta), S_i(theta), H as in ``weighting``. Patient i moves b by
A^-1 (w_i r_i + G' H^-1 S_i), G = sum_j (dw_j / dtheta) r_j. Stefanski & Boos 2002, Am Stat 56:29; Shu, Young, Toh &
Wang 2021, Biometrics 77:125; Hajage et al. 2018, Biom J 60:1151. docs/methods/matching.md.
"""

import numpy as np

from escc_bayes.classical.cox import stratified_likelihood, stratified_risk_sets
from escc_bayes.classical.cox_robust import score_residuals
from escc_bayes.classical.robust import cluster_sums
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.matching.design import Design
from escc_bayes.matching.patients import Patients


def log_hr_influence(patients: Patients, endpoint: str, design: Design, log_hr: float) -> FloatArray:
    """Return what each independent unit moves the log hazard ratio by, counting the estimation of the weights.

    Units are patients, or the clusters of the cohort where it has some.
    """
    estimated = design.weights.estimated
    assert estimated is not None
    data = patients.cohort.endpoint(endpoint)
    weight, X = design.weight, patients.treated.astype(np.float64)[:, None]
    entry = data.entry if (data.entry > 0.0).any() else None
    coef = np.array([log_hr])
    residual = score_residuals(X, data.time, data.event, coef, entry=entry, weight=weight)[:, 0]
    risk = stratified_risk_sets(data.time, data.event, entry=entry, weight=weight, strata=None)
    information = float(stratified_likelihood(risk, X - X.mean(axis=0), coef, weight)[2][0, 0])
    moved = estimated.slope.T @ residual
    influence = (weight * residual + estimated.influence() @ moved) / information
    cluster = patients.cohort.cluster
    units = np.arange(patients.n) if cluster is None else np.unique(cluster, return_inverse=True)[1]
    return np.asarray(cluster_sums(influence[:, None], units)[:, 0])
