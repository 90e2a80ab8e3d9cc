"""What a row of ``checks.csv`` is, whom it is of, and a number of the data beside those of replicates."""

from collections.abc import Iterator

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.sensitivity.part import Row
from escc_bayes.sensitivity.subject import Subject
from escc_bayes.spec.plan import ModelPlan

COLUMNS = (
    "kind", "who", "endpoint", "model", "term", "contrast", "method", "quantity", "time", "value", "expected",
    "lower", "upper", "level", "optimism", "p_value", "patients", "events", "pareto_k", "note",
)  # fmt: skip
KEYS = ("kind", "who", "endpoint", "model", "term", "contrast", "method", "quantity", "time")
REPLICATES = 400
REPLICATED, RESIDUAL, CALIBRATION = "replicated curve", "residual", "calibration"
PREDICTION, PERIOD, PH = "prediction", "hazard ratio by period", "proportional hazards"
EVERYBODY = "everybody"
# Groups of predicted survival in which calibration is looked at.
THIRDS = ("lowest third", "middle third", "highest third")


def row(subject: Subject, kind: str, **cells: object) -> Row:
    """Return one row; what is not said of it stays empty."""
    head: dict[str, object] = {"kind": kind, "endpoint": subject.plan.rows.endpoint, "model": subject.spec.name}
    return {name: (head | cells).get(name, "") for name in COLUMNS}


def groups(plan: ModelPlan) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield everybody, and the patients of each level of each covariate that is shown: term, level, which rows (n,)."""
    yield "", EVERYBODY, np.ones(plan.rows.time.size, dtype=bool)
    for block in plan.design.blocks:
        for term, levels in zip(block.effect.covariates, block.levels if block.shown else (), strict=block.shown):
            covariate = plan.rows.covariates[term]
            for level in levels:
                yield term, level, covariate.values == covariate.schema.levels.index(level)


def compared(value: float, replicated: FloatArray, level: float) -> dict[str, object]:
    """Return a value of the data beside those of replicates: median, limits and two-sided predictive P."""
    known = replicated[~np.isnan(replicated)]
    if np.isnan(value) or known.size < replicated.size / 2:
        return {"note": "beyond the follow-up of the data or of half the replicates"}
    tail = (1.0 - level) / 2.0
    lower, middle, upper = np.quantile(known, [tail, 0.5, 1.0 - tail]).tolist()
    below = float((known < value).mean() + 0.5 * (known == value).mean())
    p_value = 2.0 * min(below, 1.0 - below)
    return {"value": value, "expected": middle, "lower": lower, "upper": upper, "level": level, "p_value": p_value}
