"""Make benchmarks/simulated79.csv: 79 SIMULATED patients matched to the printed margins of one study.

Margins: ICI + chemoradiotherapy in ESCC, Sci Rep 2025, doi 10.1038/s41598-025-12250-w; see benchmarks/simulated79.md.
Three steps: times that give the printed Kaplan-Meier figures, covariates that give the printed table of
patients, and an assignment of times to patients that gives the printed log-rank statistics.
Times are integers in hundredths of a month until they are written. Ties are avoided throughout.

Run: python benchmarks/make_simulated79.py [output.csv]
"""

import csv
import math
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
WordArray = NDArray[np.str_]

SEED = 24
OUTPUT = Path(__file__).resolve().parent / "simulated79.csv"
N = 79

# How follow-up ended. 37 progressions are printed; the curves imply about 55 PFS events and 33 deaths.
DEATH_FIRST, PROGRESSION_DEATH, PROGRESSION_ALIVE, EVENT_FREE = range(4)
LONGEST = 6000
# (patients, ending, window of the OS time, window of a progression). The counts by year are those that the
# printed rates allow in 79 patients: 11 + 17 + 4 + 1 deaths and 29 + 24 + 2 PFS events.
PLAN = (
    (6, DEATH_FIRST, (400, 1195), None),
    (11, DEATH_FIRST, (1205, 2395), None),
    (1, DEATH_FIRST, (2405, 3300), None),
    (5, PROGRESSION_DEATH, (500, 1195), (250, 1195)),
    (4, PROGRESSION_DEATH, (1205, 2395), (250, 1195)),
    (2, PROGRESSION_DEATH, (1500, 2395), (1205, 2395)),
    (1, PROGRESSION_DEATH, (2405, 3300), (250, 1195)),
    (2, PROGRESSION_DEATH, (2405, 3300), (1205, 2395)),
    (1, PROGRESSION_DEATH, (3605, 4200), (1205, 2395)),
    (1, PROGRESSION_ALIVE, (500, 1195), (250, 1195)),  # lost to follow-up
    (12, PROGRESSION_ALIVE, (2100, LONGEST), (250, 1195)),
    (8, PROGRESSION_ALIVE, (2100, LONGEST), (1205, 2395)),
    (1, PROGRESSION_ALIVE, (2700, LONGEST), (2405, 2650)),
    (3, EVENT_FREE, (500, 1195), None),  # lost to follow-up
    (1, EVENT_FREE, (1205, 2000), None),  # lost to follow-up
    (20, EVENT_FREE, (2100, LONGEST), None),
)
SIZES = [size for size, *_ in PLAN]
ENDINGS = np.repeat([ending for _, ending, *_ in PLAN], SIZES)
OS_WINDOW = np.repeat([window for _, _, window, _ in PLAN], SIZES, axis=0).T
PFS_WINDOW = np.repeat([window or (0, 0) for *_, window in PLAN], SIZES, axis=0).T

LANDMARKS = (1200, 2400, 3600)
OS_RATES, PFS_RATES = (0.857, 0.623, 0.562), (0.627, 0.302, 0.265)
PFS_MEDIAN, FOLLOW_UP_MEDIAN = 1460, 2940
# Printed: 10.7-18.5. With S(12) = 0.627 in 79 patients a log-log lower limit cannot fall before 12 months.
PFS_MEDIAN_LIMITS = (1208, 1850)
TIME_STEPS, SWAP_STEPS = 25_000, 15_000

# mean, SD, minimum, maximum in 10^9/L, and the skewness that this range suggests
ALC = {
    "alc_baseline": (1.425, 0.602, 0.23, 2.96, 0.3),
    "alc_mid": (1.039, 0.521, 0.17, 2.25, 0.4),
    "alc_post": (0.924, 0.532, 0.06, 2.83, 1.0),
}
ALC_CORRELATION = 0.56
CYCLES = {4: 15, 5: 18, 6: 16, 7: 9, 8: 8, 9: 4, 10: 3, 12: 3, 14: 2, 17: 1}

COLUMNS = (
    *("patient", "os_months", "os_event", "pfs_months", "pfs_event", "stage", "coverage", "sequence"),
    *("alc_baseline", "alc_mid", "alc_post", "response", "ici_cycles", "age", "sex", "ecog"),
    "provenance",
)


@dataclass(frozen=True)
class Effect:
    """One grouping of patients, groups from worst to best, and what is aimed at by endpoint (absent: free).

    ``chi2`` is the log-rank statistic; ``hazard_ratio`` that of a Cox model with every term that has one,
    per step towards the worst group.
    """

    column: str
    groups: tuple[tuple[str, ...], ...]
    chi2: dict[str, float]
    hazard_ratio: dict[str, float] = field(default_factory=dict)


# Aims are the printed figures, with two exceptions for the sake of a plausible cohort.
# PFS by stage IV (printed 9.360) and by coverage (0.262): as all RPL patients are stage IV, both would need
# some 9 events more than expected among the 6 others of stage IV. OS hazard ratios of stage and coverage in
# one model (printed 2.254 and 2.957): their product, 6.7, is far from the 2.4 that the printed log-rank
# statistics allow.
EFFECTS = (
    Effect("stage", (("IV",), ("II", "III")), {"os": 6.590, "pfs": 5.0}, {"os": 1.7, "pfs": 2.135}),
    Effect("stage", (("III", "IV"), ("II",)), {"pfs": 6.0}),
    Effect("coverage", (("RPL",), ("RAL",)), {"os": 7.087, "pfs": 2.5}, {"os": 1.9}),
    Effect("sequence", (("concurrent",), ("crt_after_ici",), ("ici_after_crt",)), {"os": 10.502, "pfs": 7.045}),
    Effect(
        "sequence",
        (("concurrent",), ("crt_after_ici", "ici_after_crt")),
        {"os": 10.345, "pfs": 7.045},
        {"os": 2.653, "pfs": 2.048},
    ),
    Effect("sequence", (("concurrent",), ("ici_after_crt",)), {"os": 8.928, "pfs": 5.537}),
    Effect("sequence", (("crt_after_ici",), ("ici_after_crt",)), {"os": 0.558, "pfs": 0.001}),
    Effect("sequence", (("concurrent",), ("crt_after_ici",)), {"pfs": 4.183}),
    Effect("alc_mid", (("low",), ("medium",), ("high",)), {"os": 10.939, "pfs": 8.472}, {"os": 2.309}),
    Effect("alc_post", (("low",), ("medium",), ("high",)), {"os": 8.778, "pfs": 12.949}, {"pfs": 1.911}),
    Effect("alc_baseline", (("low", "medium"), ("high",)), {"os": 0.335, "pfs": 0.281}),
    Effect("response", (("SD", "PD"), ("CR", "PR")), {"os": 7.762, "pfs": 4.449}, {"os": 2.789}),
    Effect("ici_cycles", (("4", "5"), tuple(str(c) for c in CYCLES if c >= 6)), {"os": 8.408}, {"os": 1 / 0.374}),
)
# Steps towards the worst group from each slot of an effect: worst, middle, best.
STEPS = np.array([[len(effect.groups) - 1.0, len(effect.groups) - 2.0, 0.0] for effect in EFFECTS])
IN_ORDER = np.array([effect.column.startswith("alc_") and len(effect.groups) == 3 for effect in EFFECTS])
# Columns that change patients together; the rest go with the lymphocyte counts.
BLOCKS = (("stage", "coverage"), ("sequence",), ("response",), ("ici_cycles",))
ENDPOINTS = {"os": PROGRESSION_DEATH, "pfs": PROGRESSION_ALIVE}  # the last ending that is an event

# ---------------------------------------------------------------- times


def kaplan_meier(times: IntArray, events: IntArray) -> tuple[IntArray, FloatArray, FloatArray]:
    """Event times, survival just after each, and Greenwood's sum; distinct times only."""
    order = np.argsort(times, kind="stable")
    at_risk = N - np.flatnonzero(events[order])
    greenwood = np.cumsum(1.0 / (at_risk * np.maximum(at_risk - 1, 0.5)))
    return times[order][events[order] == 1], np.cumprod(1.0 - 1.0 / at_risk), greenwood


def first_at_or_below_half(times: IntArray, curve: FloatArray) -> int:
    """The first time at which a curve is 0.5 or less; the longest follow-up when it never is."""
    below = np.flatnonzero(curve <= 0.5)
    return int(times[below[0]]) if below.size else LONGEST


def median_limits(times: IntArray, survival: FloatArray, greenwood: FloatArray) -> tuple[int, int]:
    """The log-log 95 % limits of a median: where the limits of S(t) cross 0.5."""
    inside = survival > 0.0
    log_survival = np.log(survival[inside])
    width = 1.959964 * np.sqrt(greenwood[inside]) / np.abs(log_survival)
    lower, upper = (np.exp(log_survival * np.exp(sign * width)) for sign in (1.0, -1.0))
    return first_at_or_below_half(times[inside], lower), first_at_or_below_half(times[inside], upper)


def rate_misfit(times: IntArray, survival: FloatArray, printed: tuple[float, ...]) -> float:
    """Distance from the printed rates in units of 0.1 %, free within 0.04 % (all that rounding hides)."""
    index = np.searchsorted(times, LANDMARKS, side="right")
    achieved = np.concatenate([[1.0], survival])[index]
    return float(np.maximum(np.abs(achieved - np.array(printed)) - 0.0004, 0.0).sum() * 1000.0)


def time_misfit(os: IntArray, pfs: IntArray) -> float:
    """How far a set of times is from the printed Kaplan-Meier figures; 0 is a match of all of them."""
    os_event, pfs_event = (ENDINGS <= PROGRESSION_DEATH).astype(int), (ENDINGS < EVENT_FREE).astype(int)
    os_times, os_survival, _ = kaplan_meier(os, os_event)
    pfs_times, pfs_survival, greenwood = kaplan_meier(pfs, pfs_event)
    median = first_at_or_below_half(pfs_times, pfs_survival)
    limits = median_limits(pfs_times, pfs_survival, greenwood)
    censor_times, censor_survival, _ = kaplan_meier(os, 1 - os_event)
    follow_up = first_at_or_below_half(censor_times, censor_survival)
    return (
        rate_misfit(os_times, os_survival, OS_RATES)
        + rate_misfit(pfs_times, pfs_survival, PFS_RATES)
        + max(abs(median - PFS_MEDIAN) - 2, 0) / 10
        + max(abs(follow_up - FOLLOW_UP_MEDIAN) - 2, 0) / 10
        + sum(max(abs(got - printed) - 3, 0) / 40 for got, printed in zip(limits, PFS_MEDIAN_LIMITS, strict=True))
        + 10.0 * bool(os_survival[-1] <= 0.5)
        + float(ties(os, pfs))
    )


def first_times(rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Times before any matching: even within their windows, but enrolment weighted towards its end."""
    low, high = OS_WINDOW
    # Immunotherapy became usual only towards the end of enrolment, so most patients entered late.
    share = np.where(high == LONGEST, rng.beta(1.0, 2.6, N), rng.uniform(0.0, 1.0, N))
    os = np.rint(low + (high - low) * share).astype(np.int64)
    return os, clip_pfs(np.rint(rng.uniform(*PFS_WINDOW)).astype(np.int64), os)


def clip_pfs(pfs: IntArray, os: IntArray) -> IntArray:
    """Keep progressions in their window, 0.3 months before the end of OS; without one PFS = OS."""
    low, high = PFS_WINDOW
    return np.where(high == 0, os, np.clip(pfs, low, np.minimum(high, os - 30)))


def ties(os: IntArray, pfs: IntArray) -> int:
    """How many patients share a time with another, or are within 0.05 months of a landmark."""
    near = np.abs(np.concatenate([os, pfs])[:, None] - np.array(LANDMARKS)) < 5
    return 2 * N - np.unique(os).size - np.unique(pfs).size + int(near.sum())


def accepts(change: float, heat: float, draw: float) -> bool:
    """Metropolis rule; the draw comes from outside so that every step uses the same random numbers."""
    return draw < math.exp(min(-change / heat, 0.0))


def match_times(rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Anneal OS and PFS times, one patient a step, until the printed Kaplan-Meier figures are met."""
    os, pfs = first_times(rng)
    misfit = time_misfit(os, pfs)
    for step in range(TIME_STEPS):
        if misfit == 0.0:
            break
        row, scale = rng.integers(N), rng.choice([15.0, 60.0, 150.0])
        shift = np.where(np.arange(N) == row, np.rint(rng.normal(0.0, scale, 2))[:, None], 0).astype(np.int64)
        new_os = np.clip(os + shift[0], *OS_WINDOW)
        new_pfs = clip_pfs(pfs + shift[1], new_os)
        new_misfit = time_misfit(new_os, new_pfs)
        if accepts(new_misfit - misfit, 0.05 * (1.0 - step / TIME_STEPS) ** 2, rng.random()):
            os, pfs, misfit = new_os, new_pfs, new_misfit
    return os, pfs


# ---------------------------------------------------------------- covariates


def match_moments(values: FloatArray, mean: float, sd: float, low: float, high: float) -> IntArray:
    """Hundredths whose extremes are exact and whose mean and SD are as near as hundredths allow."""
    order = np.argsort(values, kind="stable")
    inner = order[1:-1]
    matched = values.copy()
    for _ in range(200):  # clipping and rescaling pull in turns; they settle well before 200
        matched[order[0]], matched[order[-1]] = low, high
        matched[inner] += mean - matched.mean()
        matched[inner] = mean + (matched[inner] - mean) * sd / matched.std(ddof=1)
        matched[inner] = np.clip(matched[inner], low + 0.01, high - 0.01)
    hundredths = np.rint(100.0 * matched).astype(np.int64)
    surplus = int(hundredths.sum() - round(100.0 * mean * N))
    middle = inner[N // 2 - abs(surplus) // 2 :][: abs(surplus)]
    hundredths[middle] -= np.sign(surplus)
    return match_sd(hundredths, inner, 100.0 * sd)


def match_sd(hundredths: IntArray, inner: IntArray, sd: float) -> IntArray:
    """Move pairs one hundredth apart or together, sum unchanged, while the SD comes nearer."""
    values = hundredths.copy()
    pairs = [(inner[i], inner[-1 - i]) for i in range(5, inner.size // 2 - 2)]
    for lower, upper in pairs * 3:
        step = 1 if values.std(ddof=1) < sd else -1
        trial = values.copy()
        trial[lower] -= step
        trial[upper] += step
        if abs(trial.std(ddof=1) - sd) < abs(values.std(ddof=1) - sd):
            values = trial
    return values


def draw_alc(rng: np.random.Generator) -> dict[str, IntArray]:
    """Three correlated lymphocyte counts a patient, in hundredths of 10^9/L."""
    correlation = np.full((3, 3), ALC_CORRELATION) + (1.0 - ALC_CORRELATION) * np.eye(3)
    normal = rng.multivariate_normal(np.zeros(3), correlation, N, method="cholesky")
    columns = {}
    for z, (name, (mean, sd, low, high, skew)) in zip(normal.T, ALC.items(), strict=True):
        # Two terms of Cornish-Fisher: a skewed variable of mean 0 and SD near 1.
        columns[name] = match_moments(mean + sd * (z + skew * (z**2 - 1.0) / 6.0), mean, sd, low, high)
    return columns


def shuffled(rng: np.random.Generator, counts: dict[str, int]) -> WordArray:
    """Each word as often as counted, in random order."""
    return rng.permutation(np.repeat(list(counts), list(counts.values())))


def draw_covariates(rng: np.random.Generator) -> dict[str, WordArray]:
    """Every column but the times, as words, with the printed counts; rows are patients."""
    age = np.rint(rng.normal(65.5, 8.0, N)).astype(np.int64)
    age = np.clip(age - int(np.median(age)) + 66, 45, 82)
    frailty = np.argsort(np.argsort(age + rng.normal(0.0, 12.0, N)))
    extent = shuffled(rng, {"II RAL": 14, "III RAL": 36, "IV RAL": 6, "IV RPL": 23})
    alc = {name: np.array([f"{v / 100:.2f}" for v in column]) for name, column in draw_alc(rng).items()}
    return {
        "stage": np.array([word.split()[0] for word in extent]),
        "coverage": np.array([word.split()[1] for word in extent]),
        "sequence": shuffled(rng, {"ici_after_crt": 20, "concurrent": 29, "crt_after_ici": 30}),
        **alc,
        "response": shuffled(rng, {"CR": 4, "PR": 61, "SD": 11, "PD": 3}),
        "ici_cycles": shuffled(rng, {str(cycles): count for cycles, count in CYCLES.items()}),
        "age": age.astype(np.str_),
        "sex": shuffled(rng, {"male": 58, "female": 21}),
        "ecog": np.digitize(frailty, [14, 54]).astype(np.str_),
    }


def alc_class(hundredths_text: WordArray) -> WordArray:
    """Printed classes in 10^9/L: high > 1, medium 0.5 to 1 inclusive, low < 0.5."""
    value = hundredths_text.astype(np.float64)
    return np.where(value > 1.0, "high", np.where(value < 0.5, "low", "medium"))


# ---------------------------------------------------------------- assignment of times to patients


@dataclass(frozen=True)
class Curve:
    """One endpoint in order of time, chi2 aims over EFFECTS (NaN: free), and the terms of its Cox model."""

    order: IntArray
    events: IntArray
    chi2: FloatArray
    modelled: IntArray
    log_ratio: FloatArray


def curve_of(endpoint: str, times: IntArray) -> Curve:
    """Sort an endpoint and look up its aims."""
    order = np.argsort(times, kind="stable")
    chi2 = np.array([effect.chi2.get(endpoint, np.nan) for effect in EFFECTS])
    modelled = [k for k, effect in enumerate(EFFECTS) if endpoint in effect.hazard_ratio]
    log_ratio = np.log([EFFECTS[k].hazard_ratio[endpoint] for k in modelled])
    events = (ENDINGS[order] <= ENDPOINTS[endpoint]).astype(np.int64)
    return Curve(order, events, chi2, np.array(modelled), log_ratio)


def block_of(column: str) -> int:
    """The number of the block to which a column belongs."""
    return next((k for k, block in enumerate(BLOCKS) if column in block), len(BLOCKS))


def memberships(covariates: dict[str, WordArray]) -> FloatArray:
    """(N, effects, 3) indicators: slots 0, 1, 2 are the worst, middle and best group (1 empty for two)."""
    member = np.zeros((N, len(EFFECTS), 3))
    for k, effect in enumerate(EFFECTS):
        words = covariates[effect.column]
        words = alc_class(words) if effect.column.startswith("alc") else words
        slots = (0, 1, 2) if len(effect.groups) == 3 else (0, 2)
        for slot, group in zip(slots, effect.groups, strict=True):
            member[:, k, slot] = np.isin(words, group)
    return member


def log_rank(member: FloatArray, events: IntArray) -> tuple[FloatArray, FloatArray]:
    """Chi2 of every effect, signed for two groups, and observed/expected; rows in order of time."""
    at_risk = np.cumsum(member[::-1], axis=0)[::-1][events == 1]
    share = at_risk / np.maximum(at_risk.sum(axis=2, keepdims=True), 1.0)
    failed = member[events == 1]
    share *= failed.sum(axis=2, keepdims=True)  # an event outside the groups compared does not count
    observed, expected = failed.sum(axis=0), share.sum(axis=0)
    z0, z1 = (observed - expected)[:, 0], (observed - expected)[:, 1]
    v00 = (share[:, :, 0] * (1.0 - share[:, :, 0])).sum(axis=0)
    v11 = (share[:, :, 1] * (1.0 - share[:, :, 1])).sum(axis=0) + 1e-9  # an empty slot stays invertible
    v01 = -(share[:, :, 0] * share[:, :, 1]).sum(axis=0)
    chi2 = (z0**2 * v11 - 2.0 * z0 * z1 * v01 + z1**2 * v00) / (v00 * v11 - v01**2)
    two_groups = member[:, :, 1].sum(axis=0) == 0.0
    return np.where(two_groups, np.sign(z0) * chi2, chi2), observed / np.maximum(expected, 1e-9)


def cox_score(x: FloatArray, events: IntArray, log_ratio: FloatArray) -> FloatArray:
    """Standardised Cox score at the given log hazard ratios: all 0 when these are the estimates."""
    weight = np.exp(x @ log_ratio)[:, None]
    sums = [np.cumsum((weight * power)[::-1], axis=0)[::-1][events == 1] for power in (x**0, x, x**2)]
    mean = sums[1] / sums[0]
    information = (sums[2] / sums[0] - mean**2).sum(axis=0)
    score: FloatArray = (x[events == 1] - mean).sum(axis=0) / np.sqrt(information)
    return score


def curve_misfit(member: FloatArray, curve: Curve) -> float:
    """Squared distances from the chi2 and Cox aims, and a price for ALC classes out of their order."""
    chi2, ratio = log_rank(member, curve.events)
    in_order = (ratio[:, 0] >= ratio[:, 1]) & (ratio[:, 1] >= ratio[:, 2])
    steps = (member[:, curve.modelled] * STEPS[curve.modelled]).sum(axis=2)
    score = cox_score(steps, curve.events, curve.log_ratio)
    misfit = np.nansum((chi2 - curve.chi2) ** 2)
    return float(misfit + 10.0 * (score**2).sum() + 5.0 * (IN_ORDER & ~in_order).sum())


def impossible_pairs(covariates: dict[str, WordArray], os: IntArray, pfs: IntArray) -> dict[int, FloatArray]:
    """By block, (patients, times) 1 where the two cannot belong together, else 0.

    Cycles are three weeks apart and end with progression. PD means an early progression and death within
    three years, CR neither progression within a year nor death within two.
    """
    died, failed = ENDINGS <= PROGRESSION_DEATH, ENDINGS < EVENT_FREE
    last_cycle = (covariates["ici_cycles"].astype(np.float64) - 1.0) * 69.0
    response = covariates["response"]
    progressive = failed & (pfs < 600) & ~(~died & (os > 3000))
    complete = ~(failed & (pfs < 1200)) & ~(died & (os < 2400))
    wrong = (response == "PD")[:, None] & ~progressive | (response == "CR")[:, None] & ~complete
    return {
        block_of("response"): wrong.astype(np.float64),
        block_of("ici_cycles"): (last_cycle[:, None] > pfs[None, :]).astype(np.float64),
    }


def kinds(member: FloatArray, forbidden: dict[int, FloatArray], effect_block: IntArray) -> IntArray:
    """(N, blocks) numbers that two patients share when swapping that block between them changes nothing."""
    columns = []
    for block in range(len(BLOCKS) + 1):
        matters = [member[:, effect_block == block].reshape(N, -1), forbidden.get(block, np.zeros((N, 0)))]
        columns.append(np.unique(np.concatenate(matters, axis=1), axis=0, return_inverse=True)[1].ravel())
    return np.stack(columns, axis=1)


def first_assignment(rng: np.random.Generator, member: FloatArray, os: IntArray) -> IntArray:
    """The patient of each time: latent risks from a linear predictor, worst risk to earliest death."""
    curve = curve_of("os", os)
    steps = (member[:, curve.modelled] * STEPS[curve.modelled]).sum(axis=2)
    risk = steps @ curve.log_ratio + rng.gumbel(0.0, 1.0, N)
    lateness = np.where(ENDINGS <= PROGRESSION_DEATH, os, LONGEST + os)
    patient = np.empty(N, dtype=np.int64)
    patient[np.argsort(lateness)] = np.argsort(-risk)
    return patient


def assign(rng: np.random.Generator, covariates: dict[str, WordArray], os: IntArray, pfs: IntArray) -> IntArray:
    """(N, blocks) source of each block of columns at each time, annealed by swaps between two patients."""
    member, forbidden = memberships(covariates), impossible_pairs(covariates, os, pfs)
    curves = [curve_of("os", os), curve_of("pfs", pfs)]
    blocks = np.array([block_of(effect.column) for effect in EFFECTS])
    kind = kinds(member, forbidden, blocks)

    def misfit_of(source: IntArray) -> float:
        clashes = sum(float(table[source[:, block], np.arange(N)].sum()) for block, table in forbidden.items())
        here = member[source[:, blocks], np.arange(len(EFFECTS))]
        return 200.0 * clashes + sum(curve_misfit(here[curve.order], curve) for curve in curves)

    source = np.repeat(first_assignment(rng, member, os)[:, None], len(BLOCKS) + 1, axis=1)
    misfit = misfit_of(source)
    for step in range(SWAP_STEPS):
        pair, block = rng.choice(N, 2, replace=False), rng.integers(len(BLOCKS) + 1)
        if np.ptp(kind[source[pair, block], block]) == 0:
            continue
        trial = source.copy()
        trial[pair, block] = trial[pair[::-1], block]
        new_misfit = misfit_of(trial)
        if accepts(new_misfit - misfit, 10.0 * (1.0 - step / SWAP_STEPS) ** 3, rng.random()):
            source, misfit = trial, new_misfit
    return source


# ---------------------------------------------------------------- the file


def make_cohort(seed: int) -> list[dict[str, str]]:
    """The rows of the cohort, in random order, patients numbered in that order."""
    streams = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(4)]
    os, pfs = match_times(streams[0])
    covariates = draw_covariates(streams[1])
    source = assign(streams[2], covariates, os, pfs)
    rows = []
    for number, row in enumerate(streams[3].permutation(N), start=1):
        times = {
            "patient": f"P{number:02d}",
            "os_months": f"{os[row] / 100:.2f}",
            "os_event": str(int(ENDINGS[row] <= PROGRESSION_DEATH)),
            "pfs_months": f"{pfs[row] / 100:.2f}",
            "pfs_event": str(int(ENDINGS[row] < EVENT_FREE)),
        }
        words = {name: str(column[source[row, block_of(name)]]) for name, column in covariates.items()}
        rows.append(times | words)
    return rows


def write_cohort(rows: list[dict[str, str]], path: Path) -> None:
    """Write the rows as CSV with a header line and Unix line ends."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        # Every row says what it is, wherever the file is copied to.
        writer.writerows({**row, "provenance": "simulated"} for row in rows)


if __name__ == "__main__":
    write_cohort(make_cohort(SEED), Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT)
