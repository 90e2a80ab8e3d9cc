"""A pool and its prior in a few lines that fit a terminal."""

import math
from collections.abc import Iterator

from escc_bayes.evidence.pooling.pool import EvidencePool
from escc_bayes.evidence.pooling.synthesis import Synthesis
from escc_bayes.evidence.pooling.table import limits_of

NAME_WIDTH = 34


def summary(found: Synthesis) -> tuple[str, ...]:
    """Return the lines: studies, pools, heterogeneity, prior and its worth, then every statement."""
    prior = found.prior
    head = f"{prior.effect} on {prior.endpoint}"
    lines = [f"{head}: hazard of {prior.direction}" if prior.hazard_of else f"{head}: NO STUDY POOLED"]
    if found.pool is not None:
        lines += [*study_lines(found.pool), *pool_lines(found.pool)]
    worth = prior.effective_events
    vague = f", {prior.robust_weight:g} of it vague" if prior.robust_weight else ""
    middle, lower, upper = (math.exp(prior.mixture.quantile(p)) for p in (0.5, 0.025, 0.975))
    form = "one normal" if len(prior.components) == 1 else f"{len(prior.components)} normals"
    lines.append(line("Prior on the hazard ratio", middle, lower, upper, "  95 %"))
    lines.append(
        f"  {form}{vague}; worth {two_digits(worth.elir)} events of a 1:1 trial "
        f"(by its variance alone {two_digits(worth.moment)})"
    )
    return (*lines, *found.statements)


def two_digits(events: float) -> str:
    """Return a number of events to two digits: 0.94, 3.7, 62, 1,100.

    Examples
    --------
    >>> two_digits(0.938), two_digits(3.71), two_digits(61.6), two_digits(1093.0)
    ('0.94', '3.7', '62', '1,100')
    """
    if events <= 0.0 or not math.isfinite(events):
        return f"{events:g}"
    rounded = float(f"{events:.1e}")
    return f"{rounded:,.{max(1 - math.floor(math.log10(rounded)), 0)}f}"


def line(name: str, value: float, lower: float, upper: float, rest: str = "") -> str:
    """Return one aligned line of a hazard ratio with limits."""
    if math.isnan(lower):
        return f"  {name:<{NAME_WIDTH}}{value:.2f}  no interval{rest}"
    return f"  {name:<{NAME_WIDTH}}{value:.2f}  ({lower:.2f} to {upper:.2f}){rest}"


def study_lines(pool: EvidencePool) -> Iterator[str]:
    """Yield one line a study, as it entered the pool."""
    level = pool.request.level
    for study in pool.studies:
        lower, upper = limits_of(study.log_hr, study.se, level)
        printed = f"  printed {math.exp(study.printed_log_hr):.2f}" if study.applied else ""
        yield line(study.study, math.exp(study.log_hr), math.exp(lower), math.exp(upper), printed)


def pool_lines(pool: EvidencePool) -> Iterator[str]:
    """Yield the exact pool, REML with both intervals, and the heterogeneity."""
    exact, reml, level = pool.exact, pool.reml, pool.request.level
    tau = exact.tau
    kind = f"{100 * level:g} %"
    for name, value, limits in (
        (f"Mean, exact, {kind} credible", exact.mu.quantile(0.5), exact.mu.interval(level)),
        (f"Mean, REML, {kind} Wald", reml.mu, reml.wald),
        (f"Mean, REML, {kind} Hartung-Knapp", reml.mu, reml.hartung_knapp),
        (f"New study, exact, {kind} credible", exact.new_study.quantile(0.5), exact.new_study.interval(level)),
    ):
        yield line(name, math.exp(value), math.exp(limits[0]), math.exp(limits[1]))
    between = f"tau {tau.median:.2f} ({tau.lower:.2f} to {tau.upper:.2f}) exact"
    if math.isnan(reml.tau):
        yield f"  Between studies: {between}"
    else:
        yield f"  Between studies: {between}; {reml.tau:.2f} REML, I2 {100 * reml.i2:.0f} %, Q P = {reml.q_p_value:.2f}"
