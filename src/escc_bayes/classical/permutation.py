"""Log-rank tests whose P value does not lean on a normal approximation: for groups with few expected events.

Follow-up alike in the groups: permutation of group labels over the log-rank scores a_i = d_i - H(t_i), H the
Nelson-Aalen estimate of everyone; statistic sum over groups of (sum of a)^2 / n. Otherwise the test of Heinze,
Gnant & Schemper 2003, Biometrics 59:1151: survival times are permuted over each patient's own follow-up.
docs/methods/logrank.md.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import gammaln

from escc_bayes.classical.km import EventArray, kaplan_meier
from escc_bayes.classical.logrank import logrank
from escc_bayes.hazard.piecewise import FloatArray, IntArray

# Events expected in a group below which the chi-squared approximation is not leant on.
FEW_EXPECTED = 5.0
# P value of the log-rank test of the times to censoring from which follow-up counts as alike in the groups.
ALIKE = 0.2
# Arrangements of patients that are counted one by one; beyond, so many are drawn, of many patients a tenth.
MOST_EXACT, DRAWN, FEW_PATIENTS, SEED = 200_000, 9_999, 500, 2003
# Draws of the test for unequal follow-up, each of which is a log-rank test, and patients up to which it is run.
DRAWN_UNEQUAL, MOST_PATIENTS = 999, 3_000
# Statistics this much below the observed one are the same but for rounding.
SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Permuted:
    """P value, its Monte Carlo standard error (0: exact), and how it was found; NaN where ``how`` says why not."""

    p_value: float
    error: float
    how: str


def permuted(time: FloatArray, event: EventArray, group: IntArray) -> Permuted:
    """Test whether groups share one hazard, by permutation.

    Parameters
    ----------
    time : (n,) months to event or censoring, everyone followed from 0.
    event : (n,) true or 1 where the event occurred.
    group : (n,) codes.

    Examples
    --------
    >>> permuted(np.arange(1.0, 9.0), np.ones(8), np.array([0, 0, 0, 0, 1, 1, 1, 1]))
    Permuted(p_value=0.02857142857142857, error=0.0, how='permutation, all 70 arrangements')
    """
    _, member, sizes = np.unique(group, return_inverse=True, return_counts=True)
    died = np.asarray(event, dtype=bool)
    censoring = logrank(time, ~died, group)
    if censoring.df > 0 and censoring.p_value < ALIKE:
        return unequal_follow_up(time, died, member, censoring.p_value)
    scores = logrank_scores(time, died)
    observed = spread_of_sums(np.bincount(member, scores)[None], sizes)[0]
    if arrangements(sizes) <= MOST_EXACT:
        found = spread_of_sums(all_sums(scores, sizes), sizes)
        return Permuted(float((found >= observed - SAME).mean()), 0.0, f"permutation, all {found.size} arrangements")
    rng = np.random.default_rng(SEED)
    few = time.size <= FEW_PATIENTS
    draws = DRAWN if few else DRAWN // 10
    sums = permuted_sums(scores, sizes, draws, rng) if few else drawn_sums(scores, sizes, draws, rng)
    found = spread_of_sums(sums, sizes)
    return monte_carlo(found, observed, f"permutation, {draws} arrangements drawn, seed {SEED}")


def arrangements(sizes: IntArray) -> float:
    """Return in how many ways patients fall into groups of these sizes; infinite where very many."""
    log_count = float(gammaln(sizes.sum() + 1.0) - gammaln(sizes + 1.0).sum())
    return math.exp(log_count) if log_count < 700.0 else math.inf


def monte_carlo(found: FloatArray, observed: float, how: str) -> Permuted:
    """Return the P value of statistics drawn under the null; the observed arrangement counts as one."""
    share = (1.0 + float((found >= observed - SAME).sum())) / (found.size + 1.0)
    return Permuted(share, math.sqrt(share * (1.0 - share) / found.size), how)


def logrank_scores(time: FloatArray, died: EventArray) -> FloatArray:
    """Return d_i - H(t_i), which sum to 0: observed less expected events of each patient."""
    seen = np.asarray(died, dtype=bool)
    times, deaths = np.unique(time[seen], return_counts=True)
    at_risk = time.size - np.searchsorted(np.sort(time), times, side="left")
    hazard = np.concatenate(([0.0], np.cumsum(deaths / at_risk)))
    return seen - np.asarray(hazard[np.searchsorted(times, time, side="right")])


def spread_of_sums(sums: FloatArray, sizes: IntArray) -> FloatArray:
    """Return sum over groups of S_g^2 / n_g for sums of scores (m, groups)."""
    return np.asarray((sums**2 / sizes).sum(axis=1))


def all_sums(scores: FloatArray, sizes: IntArray) -> FloatArray:
    """Return the sums of scores of every arrangement of patients in groups of these sizes, (arrangements, groups)."""
    groups, unit = sizes.size, np.eye(sizes.size)
    states: dict[tuple[int, ...], FloatArray] = {(0,) * groups: np.zeros((1, groups))}
    for score in scores:
        longer: dict[tuple[int, ...], list[FloatArray]] = {}
        for held, sums in states.items():
            for g in range(groups):
                if held[g] < sizes[g]:
                    fuller = (*held[:g], held[g] + 1, *held[g + 1 :])
                    longer.setdefault(fuller, []).append(sums + score * unit[g])
        states = {held: np.concatenate(parts) for held, parts in longer.items()}
    return next(iter(states.values()))


def permuted_sums(scores: FloatArray, sizes: IntArray, draws: int, rng: np.random.Generator) -> FloatArray:
    """Return the sums of scores of random arrangements, (draws, groups), all patients shuffled at once."""
    shuffled = rng.permuted(np.broadcast_to(scores, (draws, scores.size)), axis=1)
    return np.asarray(np.add.reduceat(shuffled, np.concatenate(([0], np.cumsum(sizes)[:-1])), axis=1))


def drawn_sums(scores: FloatArray, sizes: IntArray, draws: int, rng: np.random.Generator) -> FloatArray:
    """Return the same, where only the members of all groups but the largest are drawn: for many patients."""
    largest = int(sizes.argmax())
    others = np.delete(np.arange(sizes.size), largest)
    starts = np.concatenate(([0], np.cumsum(sizes[others])[:-1]))
    sums = np.zeros((draws, sizes.size))
    for row in sums:
        chosen = scores[rng.choice(scores.size, int(sizes[others].sum()), replace=False)]
        row[others] = np.add.reduceat(chosen, starts)
    sums[:, largest] = scores.sum() - sums.sum(axis=1)
    return sums


def unequal_follow_up(time: FloatArray, died: EventArray, member: IntArray, censoring_p: float) -> Permuted:
    """Return the test of Heinze, Gnant & Schemper, which permutes survival times over the follow-up of each patient.

    In each draw the survival time of a censored patient is imputed from the Kaplan-Meier curve of everyone, beyond what
    was seen, and the follow-up of a patient with the event from the reverse curve of the own group.
    """
    why = f"follow-up differs between the groups (log-rank of censoring P = {censoring_p:.3f})"
    if time.size > MOST_PATIENTS:
        return Permuted(math.nan, math.nan, f"{why}; no test for that with more than {MOST_PATIENTS} patients")
    seen = np.asarray(died, dtype=bool)
    rng = np.random.default_rng(SEED)
    draws = DRAWN_UNEQUAL
    survival = kaplan_meier(time, seen, level=0.95)
    follow_up = [kaplan_meier(time[member == g], ~seen[member == g], level=0.95) for g in range(int(member.max()) + 1)]
    observed = logrank(time, seen, member).chi2
    found = np.empty(draws)
    for draw in range(draws):
        lived, followed = time.copy(), time.copy()
        lived[~seen] = imputed(survival.time, survival.survival, time[~seen], rng, beyond=np.inf, later=True)
        for g, curve in enumerate(follow_up):
            mine = seen & (member == g)
            last = float(curve.time[-1])
            followed[mine] = imputed(curve.time, curve.survival, time[mine], rng, beyond=last, later=False)
        lived = rng.permutation(lived)
        found[draw] = logrank(np.minimum(lived, followed), lived <= followed, member).chi2
    return monte_carlo(found, observed, f"Heinze, Gnant & Schemper 2003, {draws} draws, seed {SEED}; {why}")


def imputed(
    times: FloatArray, heights: FloatArray, seen: FloatArray, rng: np.random.Generator, *, beyond: float, later: bool
) -> FloatArray:
    """Draw times from a step curve, each given that it is not before ``seen`` (m,), or is ``later`` than that.

    ``beyond`` where the curve ends above the height drawn.
    """
    side: Literal["left", "right"] = "right" if later else "left"
    start = np.concatenate(([1.0], heights))[np.searchsorted(times, seen, side=side)]
    wanted = start * (1.0 - rng.random(seen.size))
    place = np.searchsorted(-heights, -wanted, side="left")
    drawn = np.append(times, beyond)[np.minimum(place, times.size)]
    return np.asarray(np.maximum(drawn, seen))
