"""The treatment's effect within levels of other covariates, unshrunk and shrunk, with the test of interaction.

Symbols: b_k log hazard ratio in level k, estimated by weighted Cox with a baseline of its own for each level; V their
robust covariance; b_k = m + s z_k with m normal(0, 1), s half-normal(0.5), z_k standard normal. Jones et al. 2011, Clin
Trials 8:129. docs/methods/matching.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from escc_bayes.classical.cox import cox
from escc_bayes.classical.cox_robust import with_robust_errors
from escc_bayes.classical.logrank import quadratic_form, upper_tail
from escc_bayes.estimand.estimate import ratio_summary
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.errors import CohortError
from escc_bayes.foundation.seeds import generator
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.matching.design import Design
from escc_bayes.matching.followed import Followed, followed
from escc_bayes.matching.patients import Patients
from escc_bayes.matching.request import Request

UNSHRUNK, SHRUNK = "cox", "bayes_shrunk"
PRIOR_SD, SPREAD = 1.0, 0.5
DRAWS, NODES = 8000, 400
FEW = 5


@dataclass(frozen=True, slots=True)
class Levels:
    """Log hazard ratios of k levels with their covariance (k, k); NaN where a level has none."""

    log_hr: FloatArray
    covariance: FloatArray

    @property
    def known(self) -> IntArray:
        """Which levels have an estimate."""
        return np.flatnonzero(np.isfinite(self.log_hr))


def subgroup_rows(patients: Patients, design: Design, asked: Request) -> list[Row]:
    """Return ``subgroups.csv``: of each level of each covariate asked for a row unshrunk and a row shrunk.

    Raises
    ------
    CohortError : a covariate has no levels, or has missing values among those who stay.
    """
    own = followed(patients, asked.endpoint, design)
    return [row for name in asked.subgroups for row in rows_of(name, patients, design, asked, own)]


def rows_of(name: str, patients: Patients, design: Design, asked: Request, own: Followed) -> list[Row]:
    """Return the rows of one covariate."""
    data = patients.cohort.covariate(name)
    where = patients.cohort.source
    if not data.schema.categorical:
        raise CohortError(
            f"{where}: subgroups of '{name}', which is a number; cut it into classes in the schema (cuts)"
        )
    values = data.values[own.rows]
    if np.isnan(values).any():
        raise CohortError(
            f"{where}: {int(np.isnan(values).sum())} of those who stay have no '{name}', which subgroups need of "
            "everybody; add it to the covariates to match on, which leaves them out first"
        )
    code = values.astype(np.int64)
    found = within_levels(own, code, len(data.schema.levels))
    drawn = shrunk(found, asked, name)
    tested = interaction(found)
    rows = []
    for place, word in enumerate(data.schema.levels):
        for method in (UNSHRUNK, SHRUNK):
            numbers = unshrunk_row(found, place, asked) if method == UNSHRUNK else shrunk_row(drawn, place, asked)
            rows.append(
                row(f"{name}: {word}", method, numbers, counts(own, code == place), tested, patients, design, asked)
            )
    common = shrunk_row(drawn, -1, asked)
    rows.append(row(f"{name}: common", SHRUNK, common, counts(own, code >= 0), tested, patients, design, asked))
    return rows


def within_levels(own: Followed, code: IntArray, size: int) -> Levels:
    """Return weighted Cox of the treatment within each level, a baseline for each, with the robust covariance."""
    log_hr, covariance = np.full(size, np.nan), np.full((size, size), np.nan)
    told = [k for k in range(size) if all(own.event[(code == k) & own.of_group(arm)].any() for arm in (0, 1))]
    if not told:
        return Levels(log_hr, covariance)
    inside = np.isin(code, told)
    X = own.treated[inside, None] * (code[inside, None] == np.array(told))
    weight, time, event = own.weight[inside], own.time[inside], own.event[inside]
    entry = None if own.entry is None else own.entry[inside]
    cluster = np.unique(own.cluster[inside], return_inverse=True)[1]
    plain = cox(X, time, event, entry=entry, weight=weight, strata=code[inside])
    fit = with_robust_errors(plain, X, time, event, entry=entry, weight=weight, strata=code[inside], cluster=cluster)
    finite = np.flatnonzero(~fit.infinite)
    at = np.array(told)[finite]
    log_hr[at] = fit.coef[finite]
    covariance[np.ix_(at, at)] = fit.covariance[np.ix_(finite, finite)]
    return Levels(log_hr, covariance)


def interaction(found: Levels) -> tuple[float, int, float]:
    """Return chi-squared, degrees of freedom and P that all levels have one log hazard ratio (Wald, robust)."""
    known = found.known
    if known.size < 2:
        return math.nan, 0, math.nan
    apart = np.eye(known.size)[1:] - np.eye(known.size)[:1]
    variance = apart @ found.covariance[np.ix_(known, known)] @ apart.T
    chi2, df = quadratic_form(apart @ found.log_hr[known], variance, scale=float(np.trace(variance)))
    return chi2, df, upper_tail(chi2, df)


def shrunk(found: Levels, asked: Request, name: str) -> FloatArray:
    """Return draws of the log hazard ratio of each level and, last, of the common one, (draws, k + 1).

    The SD between levels by quadrature; given it all is normal. A level without an estimate has what a further level
    would be expected to have.
    """
    known, size = found.known, found.log_hr.size
    b, V = found.log_hr[known], found.covariance[np.ix_(known, known)]
    # Midpoints of equal shares of the half-normal prior: all have the same prior weight.
    spread = SPREAD * ndtri(0.5 + 0.5 * (np.arange(NODES) + 0.5) / NODES)
    rng = generator(asked.seed, "subgroups", name)
    log_weight = np.array([evidence(b, V, s) for s in spread])
    weight = np.exp(log_weight - log_weight.max())
    node = rng.choice(NODES, DRAWS, p=weight / weight.sum())
    drawn = np.empty((DRAWS, size + 1))
    for place in np.unique(node):
        inside = node == place
        normal = rng.standard_normal((int(inside.sum()), size + 1))
        drawn[inside] = given_spread(b, V, known, size, float(spread[place]), normal)
    return drawn


def evidence(b: FloatArray, V: FloatArray, spread: float) -> float:
    """Return the log density of the estimates given the SD between levels."""
    if not b.size:
        return 0.0
    S = V + spread**2 * np.eye(b.size) + PRIOR_SD**2
    return float(-0.5 * (np.linalg.slogdet(S)[1] + b @ np.linalg.solve(S, b)))


def given_spread(
    b: FloatArray, V: FloatArray, known: IntArray, size: int, spread: float, normal: FloatArray
) -> FloatArray:
    """Return draws of (b_1, .., b_k, m) given the SD between levels: a normal posterior, (draws, k + 1)."""
    prior = np.full((size + 1, size + 1), PRIOR_SD**2)
    prior[:size, :size] += spread**2 * np.eye(size)
    S = prior[np.ix_(known, known)] + V
    gain = np.linalg.solve(S, prior[known]).T if b.size else np.zeros((size + 1, 0))
    mean = gain @ b
    values, vectors = np.linalg.eigh(prior - gain @ prior[known])
    return np.asarray(mean + (normal * np.sqrt(np.maximum(values, 0.0))) @ vectors.T)


def unshrunk_row(found: Levels, place: int, asked: Request) -> tuple[float, float, float]:
    """Return hazard ratio and confidence limits of a level."""
    b, z = found.log_hr[place], float(ndtri(0.5 + asked.level / 2.0))
    se = math.sqrt(found.covariance[place, place]) if math.isfinite(b) else math.nan
    lower, middle, upper = (float(np.exp(b + sign * z * se)) for sign in (-1.0, 0.0, 1.0))
    return middle, lower, upper


def shrunk_row(drawn: FloatArray, place: int, asked: Request) -> tuple[float, float, float]:
    """Return hazard ratio and credible limits of a level; of -1, the common one."""
    return ratio_summary(drawn[:, place], asked.level)


def counts(own: Followed, inside: np.ndarray) -> tuple[int, int]:
    """Return patients and events of a level."""
    return int(inside.sum()), int(own.event[inside].sum())


def row(
    within: str,
    method: str,
    numbers: tuple[float, float, float],
    of: tuple[int, int],
    tested: tuple[float, int, float],
    patients: Patients,
    design: Design,
    asked: Request,
) -> Row:
    """Return one row."""
    control, treated = patients.levels
    return {
        "endpoint": asked.endpoint,
        "term": asked.treatment,
        "contrast": f"{treated} vs {control}",
        "within": within,
        "method": method,
        "design": design.method,
        "hr": numbers[0],
        "lower": numbers[1],
        "upper": numbers[2],
        "level": asked.level,
        "interval": "confidence" if method == UNSHRUNK else "credible",
        "n": of[0],
        "events": of[1],
        "chi2": tested[0],
        "df": tested[1],
        "p_interaction": tested[2],
        "clock": patients.clock(asked.treatment),
        "provenance": patients.cohort.provenance,
        "note": note_of(numbers, of),
    }


def note_of(numbers: tuple[float, float, float], of: tuple[int, int]) -> str:
    """Say that a level has no estimate, or few events."""
    if math.isnan(numbers[0]):
        return "a group has no events in this level"
    return f"{of[1]} events only" if of[1] < FEW else ""


def subgroup_words(rows: Sequence[Row]) -> list[str]:
    """Return a sentence on the interaction with each covariate."""
    said = {}
    for one in rows:
        name, p = str(one["within"]).rpartition(": ")[0], one["p_interaction"]
        if isinstance(p, float) and not math.isnan(p):
            test = f"chi-squared {one['chi2']:.2f} on {one['df']} df, P = {p:.3f} (robust Wald)"
            said[name] = f"Interaction with {name}: {test}."
        else:
            said[name] = f"Interaction with {name}: fewer than two levels have events in both groups; not tested."
    return list(said.values())
