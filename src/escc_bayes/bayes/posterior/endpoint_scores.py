"""What the scores of several endpoints share, since they are of the same patients.

Of endpoint k alone let H_k be the information, s_ik the score of patient i, J_kl the sum over patients of s_ik s_il'.
Within an endpoint the model says that the variance of the score is H_k; between two of them the patients say how they
go together: C_kl = H_k^(1/2) R_kl H_l^(1/2), R_kl = J_kk^(-1/2) J_kl J_ll^(-1/2), whose norm is at most 1. The variance
of the whole score is the sum of all H_k and C_kl. docs/methods/several_endpoints.md.
"""

from itertools import permutations

import numpy as np

from escc_bayes.bayes.posterior.pseudo_scores import Scores, scores
from escc_bayes.hazard.at_risk import taken
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.risk_rows import RiskRows

# Directions of which an endpoint knows less than this share of its largest are none.
SMALL = 1e-10


def endpoint_scores(
    plan: ModelPlan, risk: RiskRows, columns: FloatArray, point: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the information (q, q) of all endpoints, and the variance (q, q) of the score of their sum.

    Parameters
    ----------
    plan : of several endpoints.
    risk : its rows at risk.
    columns : (m, q - rates) what the coordinates of effects multiply.
    point : (q,) where.
    """
    endpoint = plan.rows.transition_code[risk.of]
    parts = [np.flatnonzero(endpoint == code) for code in np.unique(endpoint)]
    found = [scores(plan.baseline, taken(risk.at_risk, own), columns[own], point) for own in parts]
    patients = int(risk.at_risk.patient.max()) + 1
    each = [by_patient(one, risk.at_risk.patient[own], patients) for one, own in zip(found, parts, strict=True)]
    information = np.sum([one.information for one in found], axis=0)
    roots = [root(one.information) for one in found]
    inverse = [root(units.T @ units, inverse=True) for units in each]
    variance = information.copy()
    for k, other in permutations(range(len(found)), 2):
        related = inverse[k] @ (each[k].T @ each[other]) @ inverse[other]
        variance += roots[k] @ related @ roots[other]
    return information, variance


def by_patient(found: Scores, patient: np.ndarray, patients: int) -> FloatArray:
    """Return the score of each patient (patients, q)."""
    units = np.zeros((patients, found.of_rows.shape[1]))
    np.add.at(units, patient, found.of_rows)
    return units


def root(matrix: FloatArray, *, inverse: bool = False) -> FloatArray:
    """Return the symmetric root of a matrix, or of its inverse; directions without any size stay without.

    Examples
    --------
    >>> root(np.diag([4.0, 9.0, 0.0]))
    array([[2., 0., 0.],
           [0., 3., 0.],
           [0., 0., 0.]])
    """
    size = np.diag(matrix)
    kept = np.flatnonzero(size > SMALL * size.max(initial=0.0))
    values, vectors = np.linalg.eigh(matrix[np.ix_(kept, kept)])
    large = values > SMALL * values.max(initial=0.0)
    power = values[large] ** (-0.5 if inverse else 0.5)
    found = np.zeros_like(matrix)
    found[np.ix_(kept, kept)] = (vectors[:, large] * power) @ vectors[:, large].T
    return found
