"""Read a control hazard that others estimated: from a saved posterior, or from published medians."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from escc_bayes.foundation import checks
from escc_bayes.spec import prior as priors
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.pooled_medians import PublishedMedian, pooled_control, pooled_words
from escc_bayes.trial.truth import PiecewiseControl
from escc_bayes.trial.weibull_draws import WeibullDraws

if TYPE_CHECKING:
    from xarray import DataTree

WHOM = {"mean": "the average patient", "reference": "the reference patient"}
MEDIAN_KEYS = ("median", "lower", "upper", "level", "source")


def posterior_control(path: Path, at: str) -> tuple[PiecewiseControl | WeibullDraws, str]:
    """Return the baseline hazard from a saved posterior, every draw, and what it is.

    Raises
    ------
    DesignError : no such file, not a posterior, one that is not fit for use, or a Weibull one without its reference.
    """
    import xarray as xr

    if not path.is_file():
        raise DesignError(f"{at}: {path}: no such file; give a posterior that `escc-bayes fit` wrote")
    try:
        with xr.open_datatree(path, engine="h5netcdf") as tree:
            return control_of(tree, path, at)
    except (OSError, KeyError, ValueError):
        raise DesignError(f"{at}: {path} holds no posterior; give a .nc file that `escc-bayes fit` wrote") from None


def control_of(tree: "DataTree", path: Path, at: str) -> tuple[PiecewiseControl | WeibullDraws, str]:
    """Return the hazard of an open posterior, and the sentence that says whose it is."""
    told = {str(key): str(value) for key, value in tree.attrs.items()}
    if told.get("verdict", "ok") != "ok":
        raise DesignError(f"{at}: {path} is marked '{told['verdict']}'; fit it again before a trial rests on it")
    found = tree["posterior"]
    origin = origin_of(told, path)
    if "log_rate" in found:
        log_rates = np.asarray(found["log_rate"].values, dtype=np.float64)
        labels = [str(label) for label in found["piece"].values]
        cuts = tuple(float(re.split(r"-", label)[1]) for label in labels[:-1])
        return PiecewiseControl(np.exp(log_rates.reshape(-1, len(labels))), cuts), origin
    if "log_shape" not in found or "reference_time" not in told:
        raise DesignError(f"{at}: {path} holds no hazard of this version; fit the model again with `escc-bayes fit`")
    shape = np.exp(np.asarray(found["log_shape"].values, dtype=np.float64).reshape(-1))
    log_cumulative = np.asarray(found["baseline"].values, dtype=np.float64).reshape(-1)
    return WeibullDraws(shape, float(told["reference_time"]) * np.exp(-log_cumulative / shape)), origin


def origin_of(told: Mapping[str, str], path: Path) -> str:
    """Say which model, data and clock a posterior hazard has; a provenance that is not real data comes first."""
    provenance = told.get("provenance", "observed")
    mark = "" if provenance == "observed" else f"{provenance.upper()} data: "
    whom = WHOM.get(told.get("baseline_at", "mean"), WHOM["mean"])
    clock = told.get("clock", "time zero")
    return (
        f"{mark}control hazard of {whom} of model {told.get('model', path.stem)}, a draw of its posterior for every "
        f"trial; its clock starts at {clock}, as the trial's must."
    )


def medians_control(raw: Mapping[str, object], at: str) -> tuple[PiecewiseControl, str]:
    """Read ``medians``, a list of printed medians with limits, and ``between``, the half-normal on their spread."""
    given = raw["medians"]
    if not isinstance(given, list) or not given:
        raise DesignError(f"{at}, medians: write [{{ median = 13.7, lower = 9.8, upper = 17.4 }}, ..], months")
    medians = tuple(
        median_from(checks.table(one, f"{at}, medians"), f"{at}, median {k}") for k, one in enumerate(given, 1)
    )
    if "between" not in raw:
        raise DesignError(f"{at}: say how studies may differ: between = {{ halfnormal = 0.3 }}, on the log median")
    scale = priors.half_normal(raw["between"], f"{at}, between").sd
    return pooled_control(medians, scale), pooled_words(medians, scale)


def median_from(raw: Mapping[str, object], at: str) -> PublishedMedian:
    """Read one printed median: limits about it, months; ``source`` is for the reader of the file."""
    checks.refuse_unknown_keys(raw, MEDIAN_KEYS, at)
    lower, median, upper = (
        checks.number(raw.get(key), f"{at}, {key}", above=0.0) for key in ("lower", "median", "upper")
    )
    if not lower < median < upper:
        raise DesignError(f"{at}: {median:g} must lie between its limits {lower:g} and {upper:g}; correct them")
    return PublishedMedian(
        median, lower, upper, checks.number(raw.get("level", 0.95), f"{at}, level", above=0.5, below=1.0)
    )
