"""How good ``monitor``'s forecast of the final look is, where hazards fall and where patients are cured.

Each of many simulated trials is stopped at half of its final events, carried on 300 times as ``monitor`` does, and the
forecast is held against the month that the trial itself came to. ``python benchmarks/monitor_forecast.py [TRIALS]``
writes ``monitor_forecast.json`` beside itself (300 trials of each case; about four CPU minutes).

Trials that never have their events, about one in a hundred under cure, have no month to be off from: they count for the
share that the intervals hold, not for the error.
"""

import json
import sys
from pathlib import Path

import numpy as np

from escc_bayes.foundation.seeds import generator
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.looks.look import Look
from escc_bayes.trial.looks.patients import Patients
from escc_bayes.trial.looks.snapshot import look_months
from escc_bayes.trial.monitoring.future_patients import completed, completed_blinded
from escc_bayes.trial.monitoring.interim import Interim
from escc_bayes.trial.reading.design import design_from
from escc_bayes.trial.simulation.forecast import forecast_of
from escc_bayes.trial.simulation.simulate import draw, patients

TRIALS, COMPLETIONS, SEED, SHARE = 300, 300, 11, 0.5
COMMON: dict[str, object] = {
    "arms": {"control": "surgery", "treatment": "surgery and ICI", "allocation": [1, 1]},
    "effect": {"hr": 0.7},
    "dropout": {"yearly": 0.03},
    "analysis_prior": {"log_hr": {"normal": [0.0, 10.0]}, "baseline": {"pieces": 6, "gamma": [0.5, 10.0]}},
    "rule": [{"name": "bayes", "success": "P(HR < 1 | data) > 0.975"}],
}
DESIGNS: dict[str, dict[str, object]] = {
    "falling": {
        "control": {"hazard": [0.06, 0.05, 0.02], "cuts": [6.0, 18.0]},
        "accrual": {"patients": 400, "months": 20.0},
        "analyses": {"events": [260]},
    },
    "cured": {
        "control": {"cure": 0.3, "weibull": {"shape": 1.2, "scale": 18.0}},
        "accrual": {"patients": 600, "months": 30.0},
        "analyses": {"events": [340]},
    },
}
# What is true of the trials: as planned, or every hazard that many times the planned one.
CASES = (("falling", 1.0), ("cured", 1.0), ("falling", 1.25))


def design_of(name: str) -> TrialDesign:
    """Return one of the designs."""
    return design_from({"name": name, **COMMON, **DESIGNS[name]}, f"{name}.toml")


def interim_of(seen: Patients, trial: int, month: float) -> Interim:
    """Return one trial as its database shows it at calendar ``month``."""
    inside = seen.entry[trial] < month
    entry, ends = seen.entry[trial][inside], seen.observed[trial][inside]
    event = seen.calendar[trial][inside] <= month
    treated = np.flatnonzero(inside) >= seen.controls
    return Interim(month, entry, np.minimum(ends, month - entry), event, (ends < month - entry) & ~event, treated)


def study(name: str, factor: float, trials: int) -> dict[str, float | str | int]:
    """Return how often 95 % intervals hold the true month, and how far the forecast is off, blinded and not."""
    design = design_of(name)
    draws = draw(design, trials, SEED, 0)
    # A hazard that many times as high has its events at standard exponentials that many times as small.
    np.divide(draws.unit, factor, out=draws.unit)
    seen = patients(design, draws, np.log(np.array([design.effect.hr])))
    (final,), wanted = look_months(seen, design.looks), design.looks[-1].events or 0
    half = look_months(seen, (Look(events=round(SHARE * wanted)),))[0]
    reached = np.isfinite(seen.calendar).sum(axis=1) >= wanted
    found: dict[str, float | str | int] = {"design": name, "hazard_factor": factor, "trials": trials}
    for which, carry in (("unblinded", completed), ("blinded", completed_blinded)):
        held, off = np.zeros(trials), np.zeros(trials)
        for trial, month in enumerate(half.tolist()):
            interim = interim_of(seen, trial, month)
            carried = carry(design, interim, COMPLETIONS, generator(SEED, f"{which}{trial}"))
            low, middle, high = np.quantile(forecast_of(design, month, carried, 0.95).final_months, [0.025, 0.5, 0.975])
            held[trial], off[trial] = low <= final[trial] <= high, middle - final[trial]
        found[f"{which}_held"] = round(float(held.mean()), 4)
        found[f"{which}_months_off"] = round(float(off[reached].mean()), 3)
        found[f"{which}_months_off_mc_error"] = round(float(off[reached].std() / reached.sum() ** 0.5), 3)
    return found


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else TRIALS
    results = [study(name, factor, count) for name, factor in CASES]
    place = Path(__file__).with_suffix(".json")
    place.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(place.read_text(encoding="utf-8"))
