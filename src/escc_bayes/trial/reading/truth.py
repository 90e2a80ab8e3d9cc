"""Read what is true of a trial: control hazard, accrual, dropout, switching, strata."""

import math
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from escc_bayes.foundation import checks
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import MONTHS_PER_YEAR, FloatArray
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.reading.control import medians_control, posterior_control
from escc_bayes.trial.truth.accrual import Accrual
from escc_bayes.trial.truth.cure import CuredControl
from escc_bayes.trial.truth.data_generating import ControlHazard, PiecewiseControl, WeibullControl
from escc_bayes.trial.truth.scans import Scans
from escc_bayes.trial.truth.stratum import Stratum
from escc_bayes.trial.truth.switching import Switching
from escc_bayes.trial.truth.weibull_draws import WeibullDraws

TRUTH_KEYS = ("cuts", "cure", "between")
CONTROL_FORMS = ("median", "hazard", "survival", "weibull", "posterior", "medians")
# Beyond these a Weibull hazard is a jump or a plateau, and no sum over it is worth its digits.
WEIBULL_SHAPES = (0.1, 20.0)
# Events per patient and month.
HIGHEST_RATE = 100.0
MOST_PATIENTS = 20_000
RAREST_SCAN = 24.0


def control_from(raw: Mapping[str, object], at: str, folder: Path) -> tuple[ControlHazard, str]:
    """Read ``[control]``: one of six forms, of all patients or, with ``cure``, of those who are not cured.

    Returns the hazard, and a sentence on its origin where others estimated it; empty where the design states it.
    """
    checks.refuse_unknown_keys(raw, (*CONTROL_FORMS, *TRUTH_KEYS), at)
    others, origin = form_from(raw, at, folder)
    if "cure" not in raw:
        return others, origin
    return CuredControl(others, checks.number(raw["cure"], f"{at}, cure", above=0.0, below=1.0)), origin


def form_from(raw: Mapping[str, object], at: str, folder: Path) -> tuple[ControlHazard, str]:
    """Read one of median, hazard with cuts, survival landmarks, weibull, posterior, medians."""
    stated = [key for key in CONTROL_FORMS if key in raw]
    if len(stated) != 1:
        raise DesignError(f"{at}: state one of {', '.join(CONTROL_FORMS)}, was given {stated or 'none'}")
    key = stated[0]
    for more, form in (("cuts", "hazard"), ("between", "medians")):
        if more in raw and key != form:
            raise DesignError(f"{at}: '{more}' belongs to '{form}', not to '{key}'; remove one of them")
    if key == "posterior":
        path = folder / checks.text(raw["posterior"], f"{at}, posterior")
        return posterior_control(path, f"{at}, posterior", cured="cure" in raw)
    if key == "medians":
        return medians_control(raw, at)
    return stated_control(raw, key, at), ""


def stated_control(raw: Mapping[str, object], key: str, at: str) -> ControlHazard:
    """Return a hazard that the design itself states."""
    if key == "median":
        median = checks.number(raw["median"], f"{at}, median", above=math.log(2.0) / HIGHEST_RATE)
        return PiecewiseControl(np.array([[math.log(2.0) / median]]))
    if key == "hazard":
        rates, cuts = pieces_from(raw, "hazard", at)
        if max(rates) > HIGHEST_RATE:
            raise DesignError(f"{at}, hazard: {max(rates):g} events per patient and month; hazards are rates per month")
        return PiecewiseControl(np.array([rates]), cuts)
    if key == "survival":
        return landmark_control(checks.table(raw["survival"], f"{at}, survival"), f"{at}, survival")
    return weibull_from(checks.table(raw["weibull"], f"{at}, weibull"), f"{at}, weibull")


def rates_of(control: ControlHazard) -> FloatArray | None:
    """Return the rates that a file may have given; None where the design states everything itself."""
    others = control.others if isinstance(control, CuredControl) else control
    if isinstance(others, WeibullDraws):
        return others.numbers
    return others.rates if isinstance(others, PiecewiseControl) else None


def pieces_from(
    raw: Mapping[str, object], key: str, at: str, *, zero: bool = False
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return values above 0 (``zero``: or 0) and the cuts between them."""
    given = raw[key] if isinstance(raw[key], list) else [raw[key]]
    if not isinstance(given, list) or not given:
        raise DesignError(f"{at}, {key}: expected numbers, was given {given!r}")
    values = tuple(checks.number(value, f"{at}, {key}") for value in given)
    for value in values:
        if value < 0.0 or (value == 0.0 and not zero):
            raise DesignError(f"{at}, {key}: {value:g} must be above 0; correct it, or leave the piece out")
    cuts = checks.increasing(raw["cuts"], f"{at}, cuts", above=0.0) if raw.get("cuts") else ()
    if len(cuts) != len(values) - 1:
        raise DesignError(
            f"{at}: {len(values)} values of '{key}' need {len(values) - 1} cuts between them, was given {len(cuts)}"
        )
    return values, cuts


def landmark_control(raw: Mapping[str, object], at: str) -> PiecewiseControl:
    """Return the hazard through survival landmarks ``{ "12" = 0.62, "24" = 0.36 }``; the last piece goes on.

    rate = log(S_before / S_after) / months between.
    """
    points = landmarks_from(raw, at)
    rates = [math.log(s0 / s1) / (t1 - t0) for (t0, s0), (t1, s1) in pairwise(points)]
    return PiecewiseControl(np.array([rates]), tuple(month for month, _ in points[1:-1]))


def landmarks_from(raw: Mapping[str, object], at: str) -> list[tuple[float, float]]:
    """Read months and survival, which falls from 1 at month 0."""
    if not raw:
        raise DesignError(f'{at}: no landmark is given; write {{ "12" = 0.62, "24" = 0.36 }}')
    try:
        months = sorted((float(month), month) for month in raw)
    except ValueError:
        raise DesignError(f'{at}: landmarks are months as text, such as "12" = 0.62; was given {list(raw)}') from None
    points = [(0.0, 1.0)]
    points += [(month, checks.number(raw[word], f"{at}, {word}", above=0.0, below=1.0)) for month, word in months]
    for (t0, s0), (t1, s1) in pairwise(points):
        if not (t1 > t0 and s1 < s0):
            raise DesignError(f"{at}: survival must fall, but is {s0:g} at {t0:g} and {s1:g} at {counted(t1, 'month')}")
    return points


def weibull_from(raw: Mapping[str, object], at: str) -> WeibullControl:
    """Return S(t) = exp(-(t / scale)^shape)."""
    checks.refuse_unknown_keys(raw, ("shape", "scale"), at)
    for key in ("shape", "scale"):
        if key not in raw:
            raise DesignError(f"{at}: '{key}' is missing; write {{ shape = 1.2, scale = 20.0 }}, scale in months")
    shape, scale = (checks.number(raw[key], f"{at}, {key}", above=0.0) for key in ("shape", "scale"))
    low, high = WEIBULL_SHAPES
    if not low <= shape <= high:
        raise DesignError(f"{at}, shape: {shape:g} is no hazard of patients; give a shape from {low:g} to {high:g}")
    return WeibullControl(shape, scale)


def accrual_from(raw: Mapping[str, object], at: str) -> Accrual:
    """Read ``[accrual]``: patients over months, or at rates between cuts until all are in; how sure the pace is."""
    checks.refuse_unknown_keys(raw, ("patients", "months", "rates", "cuts", "log_sd"), at)
    log_sd = checks.number(raw.get("log_sd", 0.0), f"{at}, log_sd", least=0.0, below=2.0)
    return replace(pace_from(raw, at), log_sd=log_sd)


def pace_from(raw: Mapping[str, object], at: str) -> Accrual:
    """Read the patients and their rates."""
    patients = checks.whole_number(raw.get("patients"), f"{at}, patients", least=2)
    if patients > MOST_PATIENTS:
        raise DesignError(f"{at}, patients: {patients:,} is more than any trial enters; at most {MOST_PATIENTS:,}")
    if ("months" in raw) == ("rates" in raw):
        raise DesignError(f"{at}: state either months = 18.0 (uniform) or rates = [5.0, 20.0] with cuts = [6.0]")
    if "months" in raw:
        if "cuts" in raw:
            raise DesignError(f"{at}: 'cuts' belong to 'rates'; remove them, or state rates instead of months")
        return Accrual.uniform(patients, checks.number(raw["months"], f"{at}, months", above=0.0))
    return drying_up(Accrual(patients, *pieces_from(raw, "rates", at, zero=True)), at)


def drying_up(accrual: Accrual, at: str) -> Accrual:
    """Return the accrual without a last piece at rate 0; raise if the pieces before it do not bring all patients in."""
    if accrual.rates[-1] > 0.0:
        return accrual
    patients, edges = accrual.patients, (0.0, *accrual.cuts)
    reached = sum(rate * (stop - start) for rate, (start, stop) in zip(accrual.rates, pairwise(edges), strict=False))
    if reached >= patients and accrual.cuts:
        return drying_up(Accrual(patients, accrual.rates[:-1], accrual.cuts[:-1]), at)
    raise DesignError(
        f"{at}: accrual brings {counted(reached, 'patient')} in by month {edges[-1]:g} and then stops, {patients:g} "
        "are asked for; raise the last rate above 0 (accrual ends by itself when all are in), or ask for fewer patients"
    )


def dropout_from(raw: Mapping[str, object], at: str) -> tuple[float, float]:
    """Read ``[dropout]``: the share lost in a year or in a month, of both arms or of each; rates per month."""
    checks.refuse_unknown_keys(raw, ("yearly", "monthly", "control", "treatment"), at)
    for key in ("yearly", "monthly"):
        if key in raw and len(raw) > 1:
            more = ", ".join(f"'{other}'" for other in raw if other != key)
            raise DesignError(f"{at}: '{key}' says all of dropout; remove it, or remove {more}")
    if "monthly" in raw:
        given = raw["monthly"] if isinstance(raw["monthly"], list) else [raw["monthly"]] * 2
        assert isinstance(given, list)
        if len(given) != 2:
            raise DesignError(
                f"{at}, monthly: expected a share of both arms, or [control, treatment]; was given {given!r}"
            )
        lost = [lost_at(share, f"{at}, monthly", 1.0) for share in given]
        return lost[0], lost[1]
    keys = ("yearly", "yearly") if "yearly" in raw else ("control", "treatment")
    yearly = [lost_at(raw.get(key, 0.0), f"{at}, {key}", MONTHS_PER_YEAR) for key in keys]
    return yearly[0], yearly[1]


def lost_at(share: object, at: str, months: float) -> float:
    """Return the rate per month at which a share is lost in so many months."""
    return -math.log1p(-checks.number(share, at, least=0.0, below=1.0)) / months


def switching_from(raw: Mapping[str, object], at: str) -> Switching:
    """Read ``[switching]``: the share of controls who cross over, and when."""
    checks.refuse_unknown_keys(raw, ("share", "after"), at)
    share = checks.number(raw.get("share"), f"{at}, share", above=0.0)
    if share > 1.0:
        raise DesignError(f"{at}, share: {share:g} of the controls is more than all of them; write 0.3 for 30 %")
    return Switching(share, checks.number(raw.get("after"), f"{at}, after", least=0.0))


def scans_from(raw: Mapping[str, object], at: str) -> Scans:
    """Read ``[scans]``: how often, and the share of events that are deaths."""
    checks.refuse_unknown_keys(raw, ("every", "deaths"), at)
    every = checks.number(raw.get("every"), f"{at}, every", above=0.0)
    if every > RAREST_SCAN:
        raise DesignError(
            f"{at}, every: {counted(every, 'month')} between scans; times are months, {RAREST_SCAN:g} is the most"
        )
    return Scans(every, checks.number(raw.get("deaths", 0.0), f"{at}, deaths", least=0.0, below=1.0))


def strata_from(value: object, where: str) -> tuple[Stratum, ...]:
    """Read the list under ``[[stratum]]``: shares that add up to 1, hazards against ``[control]``."""
    if not isinstance(value, list) or len(value) < 2:
        raise DesignError(f"{where}: write two or more strata, each as [[stratum]] with double brackets")
    strata = tuple(stratum_from(checks.table(body, f"{where}, [[stratum]]"), where) for body in value)
    names, total = [stratum.name for stratum in strata], sum(stratum.share for stratum in strata)
    for name in names:
        if names.count(name) > 1:
            raise DesignError(f"{where}: two strata are called '{name}'; name them apart")
    if abs(total - 1.0) > 1e-9:
        raise DesignError(f"{where}, [[stratum]]: the shares add up to {total:g}, not to 1; correct them")
    return strata


def stratum_from(raw: Mapping[str, object], where: str) -> Stratum:
    """Read one stratum."""
    name = checks.text(raw.get("name"), f"{where}, [[stratum]], name")
    at = f"{where}, stratum '{name}'"
    checks.refuse_unknown_keys(raw, ("name", "share", "control_hr", "hr"), at)
    share = checks.number(raw.get("share"), f"{at}, share", above=0.0, below=1.0)
    own = checks.number(raw["hr"], f"{at}, hr", above=0.0) if "hr" in raw else None
    return Stratum(name, share, checks.number(raw.get("control_hr", 1.0), f"{at}, control_hr", above=0.0), own)
