"""Who is in a running trial, how fast they enter, and when its final look comes: rows and sentences."""

import math
from collections.abc import Iterator

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.trial_plan import TrialPlan
from escc_bayes.trial.monitoring.accrual_rate import accrual_rate
from escc_bayes.trial.monitoring.interim import FollowUp
from escc_bayes.trial.monitoring.look_result import LookResult
from escc_bayes.trial.monitoring.monitor import Outlook
from escc_bayes.trial.monitoring.reading_interim import STALE, stale
from escc_bayes.trial.simulation.forecast import Forecast
from escc_bayes.trial.truth.accrual import Accrual


def months(plan: TrialPlan, blinded: Forecast | None, told: Outlook | None, level: float) -> Iterator[LookResult]:
    """Yield when the final look comes: by one hazard, by the arms', and by the plan; nothing at the final look."""
    if blinded is None:
        return
    yield final_look(plan.design, blinded, "blinded", "by one hazard for all patients", level)
    if told is not None:
        yield final_look(plan.design, told.forecast, "unblinded", "by the hazards of the arms", level)
    month = plan.looks[-1].month
    if math.isfinite(month):
        yield LookResult("final_month_plan", "", month, f"The plan expected it in month {month:.1f}.")


def progress(
    name: str, planned: int, final: int | None, seen: FollowUp, provenance: str, *, kind: str = ""
) -> Iterator[LookResult]:
    """Yield who is in and what has happened: of ``planned`` patients and ``final`` events, of a ``kind`` or of one."""
    of_events = f" of {final}" if final is not None else ""
    said = (
        f"{provenance.upper()} data of {name} at month {seen.month:.1f}: {seen.entry.size} of {planned} "
        f"patients, {seen.events}{of_events} {kind}{' ' * bool(kind)}events, {np.count_nonzero(seen.lost)} lost."
    )
    silent = stale(seen)
    if silent:
        said += (
            f" {silent} {'other' if silent == 1 else 'others'} without an event last seen more than {STALE:g} months "
            f"before {'counts' if silent == 1 else 'count'} as still followed, unless the column of --lost says that "
            f"{'this patient is' if silent == 1 else 'they are'} lost."
        )
    yield LookResult("patients", "", float(seen.entry.size), said)
    yield LookResult("events", "", float(seen.events), "")
    yield LookResult("lost", "", float(np.count_nonzero(seen.lost)), "")


def accrual(
    planned: Accrual, patients: int, seen: FollowUp, forecast: Forecast | None, level: float
) -> Iterator[LookResult]:
    """Yield the pace of accrual and the month of the last entry."""
    pace, tail = accrual_rate(planned, patients, seen), (1.0 - level) / 2.0
    middle, low, high = (pace.quantile(p) for p in (0.5, tail, 1.0 - tail))
    going = seen.entry.size < patients
    said = f"Accrual {'goes' if going else 'went'} at {middle:.2f} ({low:.2f} to {high:.2f}) times the planned pace."
    yield LookResult("accrual_pace", "", middle, said, "", low, high, level, "credible")
    if going and forecast is not None:
        yield months_found("last_entry_month", forecast.last_entry, "The last patient enters in month", "", level)


def final_look(design: TrialDesign, forecast: Forecast, which: str, how: str, level: float) -> LookResult:
    """Say when the final look comes."""
    begin = f"The final look ({design.looks[-1].words()}), {which}, comes in month"
    end = f", {how}"
    if forecast.reached < 1.0:
        never = 1.0 - forecast.reached
        end += f"; a share {never:.4f} of completions never has so many events and ends with its follow-up"
    return months_found(f"final_month_{which}", forecast.final_months, begin, end, level)


def months_found(quantity: str, months: FloatArray, begin: str, end: str, level: float) -> LookResult:
    """Return months forecast as their median and limits."""
    tail = (1.0 - level) / 2.0
    low, middle, high = np.quantile(months, [tail, 0.5, 1.0 - tail]).tolist()
    said = f"{begin} {middle:.1f} ({low:.1f} to {high:.1f}){end}."
    return LookResult(quantity, "", middle, said, "", low, high, level, "predictive")
