"""The propensity score: the probability of treatment given covariates, by maximum likelihood or as a posterior.

Symbols: t 0/1 treatment, x columns with a leading 1, p = 1 / (1 + exp(-x'a)). Rosenbaum & Rubin 1983, Biometrika
70:41. Separation: Albert & Anderson 1984, Biometrika 71:1; told by linear programming, Konis 2007 (thesis, Oxford).
docs/methods/matching.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from escc_bayes.bayes.numeric.pareto import smooth
from escc_bayes.foundation.errors import CohortError
from escc_bayes.foundation.seeds import Seed, generator
from escc_bayes.hazard.piecewise import FloatArray

# Prior SD of a log odds ratio per standard deviation of its column, and of the intercept at the means.
PRIOR_SD = 2.5
# Candidates of the posterior for each draw kept, and the freedom of the distribution that proposes them.
CANDIDATES, FREEDOM = 20, 5.0
FEWEST_CANDIDATES = 4000
# Above this Pareto k the proposal misses part of the posterior.
WORST_K = 0.7


@dataclass(frozen=True, slots=True)
class Score:
    """A fitted score.

    Attributes
    ----------
    design : (n, 1 + p) columns standardised, with a leading 1.
    coef : (1 + p,) of these columns.
    probability : (n,) equal for patients whose columns are equal, to the last digit.
    """

    design: FloatArray
    coef: FloatArray
    probability: FloatArray


def standard_design(terms: FloatArray) -> FloatArray:
    """Return the columns of a score (n, p) with mean 0 and SD 1, and a leading 1."""
    return np.column_stack([np.ones(terms.shape[0]), (terms - terms.mean(axis=0)) / terms.std(axis=0)])


def probabilities(design: FloatArray, coef: FloatArray) -> FloatArray:
    """Return 1 / (1 + exp(-x'a)), (n,); patients alike in x get the same number to the last digit."""
    alike, of = np.unique(design, axis=0, return_inverse=True)
    return np.asarray(1.0 / (1.0 + np.exp(-(alike @ coef))))[of.ravel()]


def logistic_score(terms: FloatArray, treated: NDArray[np.bool_]) -> Score:
    """Fit the score by maximum likelihood, as R's ``glm(.., binomial)``.

    Examples
    --------
    >>> treated = np.array([True, False, True, True, False])
    >>> score = logistic_score(np.array([[0.0], [0.0], [1.0], [1.0], [1.0]]), treated)
    >>> score.probability.round(4)
    array([0.5   , 0.5   , 0.6667, 0.6667, 0.6667])
    """
    design = standard_design(terms)
    coef = climb(design, treated, np.zeros(design.shape[1]))
    return Score(design, coef, probabilities(design, coef))


def climb(design: FloatArray, treated: NDArray[np.bool_], precision: FloatArray) -> FloatArray:
    """Return the maximum of the log-likelihood less half of precision x coef^2, by Newton's steps, halved if too long.

    Parameters
    ----------
    precision : (1 + p,) of a normal prior with mean 0; 0: maximum likelihood.
    """
    t = treated.astype(np.float64)
    coef = np.zeros(design.shape[1])
    value = log_density(design, t, coef, precision)
    for _ in range(200):
        p = 1.0 / (1.0 + np.exp(-(design @ coef)))
        gradient = design.T @ (t - p) - precision * coef
        information = (design * (p * (1.0 - p))[:, None]).T @ design + np.diag(precision)
        step = np.linalg.solve(information, gradient)
        while log_density(design, t, coef + step, precision) < value - 1e-12 * abs(value):
            step = step / 2.0
            if np.abs(step).max() < 1e-14:
                break
        coef = coef + step
        value = log_density(design, t, coef, precision)
        if np.abs(step).max() < 1e-11:
            break
    return np.asarray(coef)


def log_density(design: FloatArray, t: FloatArray, coef: FloatArray, precision: FloatArray) -> float:
    """Return the log-likelihood less half of precision x coef^2."""
    linear = design @ coef
    return float(t @ linear - np.logaddexp(0.0, linear).sum() - 0.5 * precision @ coef**2)


def separated(design: FloatArray, treated: NDArray[np.bool_]) -> bool:
    """Return whether some combination of columns puts all treated on one side: the likelihood then has no maximum.

    Patients on the border itself may be of both groups (quasi-separation).
    """
    signed = np.where(treated, 1.0, -1.0)[:, None] * design
    found = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(signed)), bounds=(-1.0, 1.0), method="highs")
    return found.fun is not None and bool(found.fun < -1e-7)


def refuse_separated(
    design: FloatArray,
    treated: NDArray[np.bool_],
    shown: Sequence[tuple[str, FloatArray]],
    levels: tuple[str, str],
    where: str,
) -> None:
    """Raise ``CohortError`` where the groups do not overlap in the covariates, naming what parts them.

    ``shown``: name and numbers of each covariate, or of each level of those with several.
    """
    if not separated(design, treated):
        return
    alone = [words for name, values in shown if (words := parting_words(name, values, treated, levels))]
    why = "; ".join(alone) or f"no covariate alone, several together: {', '.join(name for name, _ in shown)}"
    raise CohortError(
        f"{where}: the covariates part {levels[1]} from {levels[0]} without error, so that the propensity score has no "
        f"maximum-likelihood estimate, and some patients have nobody to be compared with ({why}). Leave such "
        "covariates out, merge levels, or restrict the cohort to patients who could have had either; `match --score "
        "bayes` makes the score finite by a weak prior, but nobody more comparable"
    )


def parting_words(name: str, values: FloatArray, treated: NDArray[np.bool_], levels: tuple[str, str]) -> str:
    """Say how one covariate, or level, parts the groups by itself; nothing where it does not."""
    found = np.unique(values)
    if found.size == 2:
        for value, word in ((found[1], ""), (found[0], "not ")):
            here = np.unique(treated[values == value])
            if here.size == 1:
                return f"all who are {word}'{name}' have {levels[int(here[0])]}"
        return ""
    if found.size < 2:
        return ""
    column = np.column_stack([np.ones(values.size), (values - values.mean()) / values.std()])
    return f"the groups do not overlap in '{name}'" if separated(column, treated) else ""


@dataclass(frozen=True, slots=True)
class ScorePosterior:
    """Draws of a score's coefficients.

    Attributes
    ----------
    design : as in ``Score``.
    coef : (m, 1 + p).
    centre : (1 + p,) posterior mean of the coefficients.
    mean : (n,) posterior mean of each patient's probability.
    k : Pareto k of the importance weights behind the draws.
    """

    design: FloatArray
    coef: FloatArray
    centre: FloatArray
    mean: FloatArray
    k: float


def bayes_score(terms: FloatArray, treated: NDArray[np.bool_], *, draws: int, seed: Seed) -> ScorePosterior:
    """Draw from the posterior of a logistic score with normal priors of SD 2.5 on standardised columns.

    Candidates from a t distribution about the mode are resampled by their smoothed importance weights.

    Raises
    ------
    CohortError : the proposal misses part of the posterior (Pareto k above 0.7).
    """
    design = standard_design(terms)
    precision = np.full(design.shape[1], PRIOR_SD**-2.0)
    mode = climb(design, treated, precision)
    p = 1.0 / (1.0 + np.exp(-(design @ mode)))
    information = (design * (p * (1.0 - p))[:, None]).T @ design + np.diag(precision)
    half = np.linalg.inv(np.linalg.cholesky(information)).T
    rng = generator(seed, "propensity score")
    count = max(CANDIDATES * draws, FEWEST_CANDIDATES)
    normal = rng.standard_normal((count, mode.size))
    scale = np.sqrt(FREEDOM / rng.chisquare(FREEDOM, count))
    away = normal * scale[:, None]
    candidates = mode + away @ half.T
    linear = candidates @ design.T
    target = linear @ treated - np.logaddexp(0.0, linear).sum(axis=1) - 0.5 * candidates**2 @ precision
    proposed = -0.5 * (FREEDOM + mode.size) * np.log1p((away**2).sum(axis=1) / FREEDOM)
    found = smooth(target - proposed)
    if found.k > WORST_K:
        raise CohortError(
            f"match: the posterior of the propensity score is not reached by its proposal (Pareto k {found.k:.2f}, "
            f"above {WORST_K}): there are too few patients for {mode.size - 1} columns; name fewer covariates"
        )
    # Systematic resampling: each candidate comes as often as its weight says, to within one.
    places = np.searchsorted(np.cumsum(found.weight), (np.arange(draws) + rng.random()) / max(draws, 1))
    kept = candidates[np.minimum(places, count - 1)]
    mean = found.weight @ (1.0 / (1.0 + np.exp(-linear)))
    alike, of = np.unique(design, axis=0, return_inverse=True)
    first = np.zeros(len(alike), dtype=np.int64)
    first[of.ravel()[::-1]] = np.arange(design.shape[0])[::-1]
    return ScorePosterior(design, rng.permutation(kept), found.weight @ candidates, mean[first][of.ravel()], found.k)
