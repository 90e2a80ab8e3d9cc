"""The rows of ``pool.csv``: every study as printed, adjusted and shrunken, every pool, and the heterogeneity."""

import math

from scipy.special import ndtri

from escc_bayes.evidence.pooling.pool import EvidencePool
from escc_bayes.evidence.pooling.reml import around

POOL_COLUMNS = ("effect", "endpoint", "what", "method", "value", "lower", "upper", "level", "interval")


def pool_table(pool: EvidencePool) -> tuple[dict[str, object], ...]:
    """Return the rows: hazard ratios with limits for studies and pools; then tau, I2 and the P value of Q.

    ``interval`` is confidence, credible or prediction; it is empty where a row has no limits.
    """
    return (*study_rows(pool), *pool_rows(pool))


def study_rows(pool: EvidencePool) -> list[dict[str, object]]:
    """Return three rows a study: printed, bias taken off, and drawn towards the mean."""
    rows = []
    level = pool.request.level
    for study, own in zip(pool.studies, pool.exact.studies, strict=True):
        printed = limits_of(study.printed_log_hr, study.printed_se, level)
        rows.append(ratio_row(pool, study.study, "printed", study.printed_log_hr, printed, "confidence"))
        entered = limits_of(study.log_hr, study.se, level)
        rows.append(ratio_row(pool, study.study, "adjusted", study.log_hr, entered, "confidence"))
        rows.append(ratio_row(pool, study.study, "shrunken", own.quantile(0.5), own.interval(level), "credible"))
    return rows


def pool_rows(pool: EvidencePool) -> list[dict[str, object]]:
    """Return the rows of the pools, then those of tau and I2, which are no ratios."""
    exact, reml, level = pool.exact, pool.reml, pool.request.level
    rows = [
        ratio_row(pool, "pooled", "exact", exact.mu.quantile(0.5), exact.mu.interval(level), "credible"),
        ratio_row(
            pool, "new study", "exact", exact.new_study.quantile(0.5), exact.new_study.interval(level), "credible"
        ),
        ratio_row(pool, "pooled", "reml_wald", reml.mu, reml.wald, "confidence"),
        ratio_row(pool, "pooled", "reml_hartung_knapp", reml.mu, reml.hartung_knapp, "confidence"),
        ratio_row(pool, "new study", "reml", reml.mu, reml.prediction, "prediction"),
        ratio_row(
            pool, "pooled", "common_effect", reml.fixed_mu, limits_of(reml.fixed_mu, reml.fixed_se, level), "confidence"
        ),
    ]
    tau = exact.tau
    rows.append(row(pool, "tau", "exact", tau.median, (tau.lower, tau.upper), "credible"))
    rows.append(row(pool, "tau", "reml", reml.tau, (math.nan, math.nan), ""))
    rows.append(row(pool, "I2", "reml", reml.i2, (math.nan, math.nan), ""))
    rows.append(row(pool, "Q_p_value", "cochran", reml.q_p_value, (math.nan, math.nan), ""))
    return rows


def limits_of(centre: float, sd: float, level: float) -> tuple[float, float]:
    """Return the equal-tailed limits of a normal."""
    return around(centre, float(ndtri((1.0 + level) / 2.0)) * sd)


def ratio_row(
    pool: EvidencePool, what: str, method: str, log_hr: float, limits: tuple[float, float], interval: str
) -> dict[str, object]:
    """Return one row with hazard ratios from log hazard ratios."""
    return row(pool, what, method, math.exp(log_hr), (math.exp(limits[0]), math.exp(limits[1])), interval)


def row(
    pool: EvidencePool, what: str, method: str, value: float, limits: tuple[float, float], interval: str
) -> dict[str, object]:
    """Return one row of ``pool.csv``."""
    return {
        "effect": pool.request.effect,
        "endpoint": pool.request.endpoint,
        "what": what,
        "method": method,
        "value": value,
        "lower": limits[0],
        "upper": limits[1],
        "level": pool.request.level,
        "interval": interval,
    }
