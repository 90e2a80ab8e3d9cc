"""What the scores of several endpoints share, since they are of the same patients.

Of endpoint k alone let H_k be the information, s_ik the score of patient i, J_kl the sum over patients of s_ik s_il'.
Within an endpoint the model says that the variance of the score is H_k; between two of them the patients say how they
go together: C_kl = A_k J_kl A_l', A_k = (H_k J_kk^-1)^(1/2) the principal root, with which A_k J_kk A_k' = H_k. The
variance of the whole score is the sum of all H_k and C_kl, that of sum_k A_k s_ik.
docs/methods/several_endpoints.md.
"""

from itertools import permutations

import numpy as np

from escc_bayes.bayes.posterior.pseudo_scores import Scores, scores
from escc_bayes.hazard.at_risk import taken
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.risk_rows import RiskRows

# Directions of which an endpoint knows less than this share of its largest, correlations of coordinates in mind, are
# none; so are those in which scores of patients vary by less than this share of what the model says.
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
    sized = [units @ as_large(one.information, units.T @ units).T for one, units in zip(found, each, strict=True)]
    variance = information + sum(sized[k].T @ sized[other] for k, other in permutations(range(len(found)), 2))
    return information, variance


def by_patient(found: Scores, patient: np.ndarray, patients: int) -> FloatArray:
    """Return the score of each patient (patients, q)."""
    units = np.zeros((patients, found.of_rows.shape[1]))
    np.add.at(units, patient, found.of_rows)
    return units


def as_large(information: FloatArray, squares: FloatArray) -> FloatArray:
    """Return A (q, q) = (H J^-1)^(1/2), with which A J A' = H; directions without any size stay without.

    With H = K K' and K^-1 J K^-T = U D U', A is K U D^(-1/2) U' K^-1, the principal root: in other coordinates, with H
    and J as B'HB and B'JB, it is B' A B^-T, so that no change of units or of coding changes what it does.

    Examples
    --------
    >>> as_large(np.diag([4.0, 9.0, 0.0]), np.diag([1.0, 4.0, 0.0]))
    array([[2. , 0. , 0. ],
           [0. , 1.5, 0. ],
           [0. , 0. , 0. ]])
    """
    kept = np.flatnonzero(np.diag(information) > 0.0)
    inside = np.ix_(kept, kept)
    sd = np.sqrt(np.diag(information)[kept])
    values, axes = np.linalg.eigh(information[inside] / np.outer(sd, sd))
    large = values > SMALL * values.max(initial=0.0)
    size = np.sqrt(values[large])
    factor, back = sd[:, None] * axes[:, large] * size, (axes[:, large] / size).T / sd
    beside, along = np.linalg.eigh(back @ squares[inside] @ back.T)
    seen = beside > SMALL
    found = np.zeros_like(information)
    found[inside] = factor @ (along[:, seen] / np.sqrt(beside[seen])) @ along[:, seen].T @ back
    return found
