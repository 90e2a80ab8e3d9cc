"""Read a control hazard that others estimated: from a saved posterior, or from published medians."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from escc_bayes.foundation import checks
from escc_bayes.foundation.errors import InputError
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec import prior as priors
from escc_bayes.spec.whom import CURED, EXCESS, STAYS
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.truth.data_generating import PiecewiseControl
from escc_bayes.trial.truth.pooled_medians import PublishedMedian, pooled_control, pooled_words
from escc_bayes.trial.truth.weibull_draws import WeibullDraws

if TYPE_CHECKING:
    from escc_bayes.bayes.posterior.saved_file import SavedFile

WHOM = {"mean": "the average patient", "reference": "the reference patient"}
MEDIAN_KEYS = ("median", "lower", "upper", "level", "source")


def posterior_control(path: Path, at: str, *, cured: bool = False) -> tuple[PiecewiseControl | WeibullDraws, str]:
    """Return the baseline hazard from a saved posterior, every draw, and what it is.

    ``cured``: the design states beside it the share cured, so that the hazard is of the others.

    Raises
    ------
    DesignError : no such file, not a posterior, one that is not fit for use, a Weibull one without its reference, or a
        baseline that is not the hazard of all patients by all causes.
    """
    from escc_bayes.bayes.posterior.saved_file import reading

    try:
        with reading(path, needs=("posterior",)) as file:
            refuse_part(file, f"{at}: {path}", cured=cured)
            return control_of(file, path, at)
    except DesignError:
        raise
    except InputError as error:
        raise DesignError(f"{at}: {error}") from None


def refuse_part(file: "SavedFile", at: str, *, cured: bool) -> None:
    """Raise unless the baseline is one hazard, of all patients and of all causes; or of the others beside a cure."""
    part = file.attributes.get("baseline_of", "")
    survival = "state survival = { .. } from its survival.csv, or fit a model"
    if part == CURED and not cured:
        raise DesignError(
            f"{at} holds the hazard of {CURED}, not of all patients; write cure = .., the share of its cure.csv, "
            "beside it, or fit a model without [cure]"
        )
    if cured and part != CURED:
        raise DesignError(
            f"{at} holds a hazard of all patients, and 'cure' takes it for that of {CURED}; remove 'cure'"
        )
    if part == EXCESS:
        raise DesignError(f"{at} holds {EXCESS}, and controls die of all causes; {survival} without [background]")
    if part.startswith(STAYS):
        raise DesignError(f"{at} holds the hazard of {part}, and a marker moves; {survival} without the trajectory")
    if "stratum_piece" in file.groups["posterior"].coords or "stratum" in file.groups["posterior"].coords:
        raise DesignError(
            f"{at} holds a baseline for each stratum, transition or endpoint, and a control arm has one; {survival} of "
            "one endpoint without strata"
        )


def control_of(file: "SavedFile", path: Path, at: str) -> tuple[PiecewiseControl | WeibullDraws, str]:
    """Return the hazard of an open posterior, and the sentence that says whose it is."""
    told = file.attributes
    if told.get("verdict", "ok") != "ok":
        raise DesignError(f"{at}: {path} is marked '{told['verdict']}'; fit it again before a trial rests on it")
    found, origin = file.groups["posterior"].variables, origin_of(told, path)
    if "log_rate" in found:
        labels = [str(label) for label in file.groups["posterior"].coords["piece"]]
        log_rates = finite(file, "log_rate").reshape(-1, len(labels))
        cuts = tuple(float(re.split(r"-", label)[1]) for label in labels[:-1])
        return PiecewiseControl(np.exp(log_rates), cuts), origin
    if "log_shape" not in found or "reference_time" not in told:
        raise DesignError(f"{at}: {path} holds no hazard of this version; fit the model again with `escc-bayes fit`")
    shape = np.exp(finite(file, "log_shape").reshape(-1))
    log_cumulative = finite(file, "baseline").reshape(-1)
    return WeibullDraws(shape, float(told["reference_time"]) * np.exp(-log_cumulative / shape)), origin


def finite(file: "SavedFile", name: str) -> FloatArray:
    """Return the draws of a parameter, all of them finite numbers."""
    found = np.asarray(file.values("posterior", name), dtype=np.float64)
    if found.size == 0 or not np.isfinite(found).all():
        raise InputError(f"{file.path}: {name} has no draws, or some that are not finite; fit again")
    return found


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
