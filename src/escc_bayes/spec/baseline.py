"""The baseline prior in numbers: from a statement on survival to the normal that implies it.

"Survival at 12 months 0.85, 2.5 % point 0.60" fixes two quantiles of log H(12). The normal on the first log rate
(random walk) or on every log rate (independent) is solved so that the implied survival has just these quantiles,
whatever smoothing adds; a Weibull is pivoted at the month of the statement, where the shape adds nothing. A statement
that smoothing would use up is refused: the level keeps at least half of its spread. See docs/methods/baseline_prior.md.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy.special import ndtr, ndtri

from escc_bayes.data.endpoints import significant
from escc_bayes.foundation.errors import SpecError
from escc_bayes.foundation.root import root
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import (
    FloatArray,
    cumulative_hazard,
    event_quantile_cuts,
    midpoint_distances,
    person_months,
)
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.prior import Gamma, HalfNormal, Normal, SurvivalStatement
from escc_bayes.spec.request import PiecewiseBaseline, WeibullBaseline
from escc_bayes.spec.rows import AnalysisRows

# Points for a random walk or a shape, where the level is integrated exactly, and for independent pieces, where
# nothing is: the implied quantiles are then right to 0.002 in probability.
POINTS = 8192
POINTS_INDEPENDENT = 65536
# What the level must keep of the SD that a statement gives log H: with less, a loose statement about one month becomes
# a point mass on the hazard of the first.
LEAST_SHARE = 0.5
# Smoothing SDs that are looked through for one to recommend.
TRIED_SDS = (1.0, 0.7, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.1, 0.05)


@dataclass(frozen=True, slots=True)
class PiecewisePrior:
    """A piecewise baseline ready to fit.

    Attributes
    ----------
    cuts : (k,) months.
    step_scale : (k,) square root of each step's relative variance; empty where pieces are independent.
    level : normal on the first log rate (random walk) or on every log rate; or a gamma on every rate.
    sd : half-normal on the SD of one step; None where pieces are independent.
    strata : levels that have rates of their own, each with this prior and all with one SD; none: one baseline.
    """

    cuts: FloatArray
    step_scale: FloatArray
    level: Normal | Gamma
    sd: HalfNormal | None
    strata: tuple[str, ...] = ()

    @property
    def copies(self) -> int:
        """Number of baselines: of strata, or one."""
        return max(1, len(self.strata))

    @property
    def pieces(self) -> int:
        """Number of pieces of each baseline."""
        return int(self.cuts.size) + 1


@dataclass(frozen=True, slots=True)
class WeibullPrior:
    """A Weibull baseline ready to fit: normals on b0 and on log k.

    Attributes
    ----------
    reference_time : the month at which b0 is log H: that of the statement on survival, where there is one; else the
        specification's own.
    level : normal on b0.
    log_shape : normal on log k, independent of b0.
    strata : levels that have a level and a shape of their own, each with these priors; none: one baseline.
    """

    reference_time: float
    level: Normal
    log_shape: Normal
    strata: tuple[str, ...] = ()

    @property
    def copies(self) -> int:
        """Number of baselines: of strata, or one."""
        return max(1, len(self.strata))

    @property
    def pieces(self) -> int:
        """Number of levels of each baseline."""
        return 1


type BaselinePrior = PiecewisePrior | WeibullPrior


def resolve_baseline(spec: ModelSpec, rows: AnalysisRows) -> BaselinePrior:
    """Return the baseline of ``spec`` with cuts and prior in numbers.

    Raises
    ------
    SpecError : smoothing leaves the level less than half of the spread that a statement on survival has.
    """
    refuse_strata(spec, rows)
    if isinstance(spec.baseline, WeibullBaseline):
        return replace(weibull_prior(spec.baseline), strata=rows.stratum_levels)
    try:
        return replace(piecewise_prior(spec.baseline, rows), strata=rows.stratum_levels)
    except SpecError as error:
        raise SpecError(f"model '{spec.name}', {error}") from None


def refuse_strata(spec: ModelSpec, rows: AnalysisRows) -> None:
    """Raise for strata that are numbers or one level."""
    if not spec.strata:
        return
    at, schema = f"model '{spec.name}', [baseline] strata", rows.covariates[spec.strata].schema
    if not schema.categorical:
        raise SpecError(f"{at}: '{spec.strata}' is a number and makes no strata; cut it into classes in the schema")
    if len(rows.occurring) < 2 and spec.strata_within:
        raise SpecError(
            f"{at}: all {rows.n} patients analysed for '{rows.endpoint}' have {spec.strata} = "
            f"{rows.occurring[0]}; leave strata out"
        )


def piecewise_prior(baseline: PiecewiseBaseline, rows: AnalysisRows) -> PiecewisePrior:
    """Return cuts, step scales and the level's prior of a piecewise baseline."""
    cuts = cuts_of(baseline, rows)
    walk = baseline.sd if cuts.size else None
    distances = midpoint_distances(cuts) if baseline.steps == "length" and cuts.size else np.ones(cuts.size)
    scale = np.sqrt(distances) if walk is not None else np.zeros(0)
    if not isinstance(baseline.prior, SurvivalStatement):
        return PiecewisePrior(cuts, scale, baseline.prior, walk)
    return PiecewisePrior(cuts, scale, solved_level(baseline.prior, tuple(cuts), tuple(scale), walk), walk)


def cuts_of(baseline: PiecewiseBaseline, rows: AnalysisRows) -> FloatArray:
    """Return the cuts in months: those stated, or for ``pieces`` at quantiles of the months with an event.

    Within a piece the hazard is one number, so that a covariate which changes early in a long piece would take up how
    the hazard goes on there. Where one changes, pieces are cut at quantiles of its months of change as well
    (docs/methods/time_updated.md).
    """
    if baseline.pieces is None:
        return significant(np.array(baseline.cuts, dtype=np.float64))
    cuts = event_quantile_cuts(rows.time, rows.event == 1.0, baseline.pieces)
    months = months_of_change(rows)
    months = months[months < rows.time[rows.event == 1.0].max()]
    if not months.size:
        return cuts
    return np.union1d(cuts, event_quantile_cuts(months, np.ones(months.size, dtype=np.bool_), baseline.pieces))


def months_of_change(rows: AnalysisRows) -> FloatArray:
    """Return the months at which a covariate of a patient changes from one row to the next; none of transitions.

    Rows that are cut without a change are those of before.
    """
    if rows.patient is None or rows.transitions is not None or not rows.covariates:
        return np.zeros(0)
    order = np.lexsort((rows.entry, rows.patient))
    held = np.column_stack([one.values[order] for one in rows.covariates.values()])
    follows = np.diff(rows.patient[order]) == 0
    return np.asarray(rows.entry[order][1:][follows & (np.diff(held, axis=0) != 0.0).any(axis=1)])


@lru_cache(maxsize=256)
def solved_level(
    statement: SurvivalStatement, cuts: tuple[float, ...], scale: tuple[float, ...], walk: HalfNormal | None
) -> Normal:
    """Return the level's prior of a piecewise baseline; kept, since each of many fits of one model asks for it."""
    if walk is None:
        return solve_independent(statement, np.array(cuts))
    level = walk_level(statement, np.array(cuts), np.array(scale), walk.sd)
    if level is None or level.sd < LEAST_SHARE * statement.log_hazard_sd:
        raise SpecError(too_late(statement, np.array(cuts), np.array(scale), walk.sd, level))
    return level


def walk_level(statement: SurvivalStatement, cuts: FloatArray, scale: FloatArray, sd: float) -> Normal | None:
    """Return the prior of a random walk's first log rate; None where the walk alone is wider than the statement."""
    extra = walk_log_hazard(statement.at, cuts, scale, sd)
    return exact_level(statement, float(extra[0])) if np.ptp(extra) == 0.0 else solve_shifted(statement, extra)


def weibull_prior(baseline: WeibullBaseline) -> WeibullPrior:
    """Return the normals of a Weibull baseline; b0 stands at the month of the statement on survival.

    There log H is b0 itself, so that the statement's two quantiles are those of its normal, in closed form, and the
    prior on the shape spreads survival at every other month and none of it here.
    """
    stated = baseline.prior
    if not isinstance(stated, SurvivalStatement):
        return WeibullPrior(baseline.reference_time, stated, baseline.log_shape)
    return WeibullPrior(stated.at, Normal(stated.log_hazard_median, stated.log_hazard_sd), baseline.log_shape)


def normal_points(dimensions: int, points: int = POINTS) -> FloatArray:
    """Return standard normal points (points, dimensions) of an additive low-discrepancy sequence.

    Multiples of the square roots of primes, modulo 1 (Richtmyer 1951); no seed, the same on every machine.
    """
    unit = (0.5 + np.outer(np.arange(1, points + 1), np.sqrt(first_primes(dimensions)))) % 1.0
    return np.asarray(ndtri(np.clip(unit, 0.5 / points, 1 - 0.5 / points)))


def first_primes(count: int) -> list[int]:
    """Return the first ``count`` primes."""
    found: list[int] = []
    candidate = 2
    while len(found) < count:
        if all(candidate % prime for prime in found):
            found.append(candidate)
        candidate += 1
    return found


def walk_log_hazard(at: float, cuts: FloatArray, scale: FloatArray, sd: float) -> FloatArray:
    """Return draws of log H(at) for a random walk that starts at log rate 0."""
    points = normal_points(cuts.size + 1)
    steps = np.abs(points[:, :1]) * sd * scale * points[:, 1:]
    log_rates = np.concatenate([np.zeros((POINTS, 1)), np.cumsum(steps, axis=1)], axis=1)
    return np.log(cumulative_hazard(log_rates, cuts, np.array([at]))[:, 0])


def exact_level(statement: SurvivalStatement, extra: float) -> Normal:
    """Return Normal(m, s) such that m + s Z + extra has the statement's two quantiles."""
    return Normal(statement.log_hazard_median - extra, statement.log_hazard_sd)


def solve_shifted(statement: SurvivalStatement, extra: FloatArray) -> Normal | None:
    """Return Normal(m, s) such that m + s Z + extra has the statement's two quantiles; None where there is none.

    Parameters
    ----------
    extra : draws of what smoothing adds to log H; independent of Z, not all alike.
    """

    def median_for(sd: float) -> float:
        centre = float(np.median(extra))
        reach = 10.0 * sd + float(np.ptp(extra))
        start = statement.log_hazard_median - centre
        return root(
            lambda m: 0.5 - float(ndtr((statement.log_hazard_median - m - extra) / sd).mean()),
            start - reach,
            start + reach,
        )

    def excess(sd: float) -> float:
        below = ndtr((statement.log_hazard_upper - median_for(sd) - extra) / sd).mean()
        return 0.975 - float(below)

    widest = statement.log_hazard_upper - statement.log_hazard_median
    if excess(widest * 1e-3) > 0.0:
        return None
    sd = root(excess, widest * 1e-3, widest)
    return Normal(median_for(sd), sd)


def too_late(statement: SurvivalStatement, cuts: FloatArray, scale: FloatArray, sd: float, level: Normal | None) -> str:
    """Say that smoothing takes up the spread of a statement, and which month or smoothing SD would leave half of it."""

    def serves(at: float, smoothing: float) -> bool:
        found = walk_level(SurvivalStatement(at, statement.median, statement.lower), cuts, scale, smoothing)
        return found is not None and found.sd >= LEAST_SHARE * statement.log_hazard_sd

    stated = f"{statement.lower:g} to {statement.median:g}"
    if level is None:
        taken = f"the prior on smoothing alone spreads survival beyond {stated}"
    else:
        left = f"SD {level.sd:.2f} on the log scale, {statement.log_hazard_sd:.2f} stated; at least half is needed"
        taken = (
            f"the prior on smoothing takes up the spread that was stated, {stated}, and leaves the rate of the first "
            f"piece almost known ({left})"
        )
    month = next((c for c in cuts[::-1].tolist() if c < statement.at and serves(c, sd)), None)
    narrower = next((tried for tried in TRIED_SDS if tried < sd and serves(statement.at, tried)), None)
    ways = [
        f"state survival at an earlier month (at = {month:g} serves)" if month else "",
        f"lower the smoothing sd ({{ halfnormal = {narrower:g} }} serves)" if narrower else "lower the smoothing sd",
        "or state a smaller 'lower'",
    ]
    when = counted(statement.at, "month")
    return f"[priors] baseline_survival: at {when} {taken}; {', '.join(way for way in ways if way)}"


def solve_independent(statement: SurvivalStatement, cuts: FloatArray) -> Normal:
    """Return Normal(m, s) on every log rate such that H(at) has the statement's two quantiles."""
    months = person_months(np.array([statement.at]), cuts)[0]
    used = months[months > 0.0]
    if used.size == 1:
        return exact_level(statement, float(np.log(used[0])))
    points = normal_points(used.size, POINTS_INDEPENDENT)

    def spread(sd: float) -> FloatArray:
        return np.asarray(np.log(np.exp(sd * points) @ used))

    def excess(sd: float) -> float:
        draws = spread(sd)
        return float(np.quantile(draws, 0.975) - np.median(draws)) - (
            statement.log_hazard_upper - statement.log_hazard_median
        )

    sd = root(excess, 1e-6, 20.0)
    return Normal(statement.log_hazard_median - float(np.median(spread(sd))), sd)
