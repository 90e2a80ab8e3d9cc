"""How often 95 % credible intervals cover the truth: 100 simulated cohorts of 79 patients, both families.

Run with ``python benchmarks/interval_coverage.py``; it writes ``interval_coverage.json`` beside it.
Effects are fixed and known; about 35 of the 79 patients have the event, as in the cohorts this package is for.
"""

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.data.simulate import simulate_cohort
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimand import SurvivalAt, contrast_words
from escc_bayes.foundation.errors import DataWarning, NotFitForUseWarning
from escc_bayes.foundation.record import versions
from escc_bayes.hazard.baseline import PiecewiseHazard, WeibullHazard
from escc_bayes.spec.reading import spec_from

PATIENTS = 79
COHORTS = 100
STAGE = {"II": 0.0, "III": 0.4, "IV": 0.9}
COVERAGE = {"RAL": 0.0, "RPL": 0.5}
AGE = 0.25
SHARES = {"stage": (0.18, 0.45, 0.37), "coverage": (0.7, 0.3)}
TRUTH = {"III vs II": 0.4, "IV vs II": 0.9, "RPL vs RAL": 0.5, "per 1": 0.25}
BASELINES = {
    "piecewise_exponential": PiecewiseHazard(np.log([[0.005, 0.009, 0.008, 0.006]]), np.array([6.0, 12.0, 24.0])),
    "weibull": WeibullHazard(np.log([0.16]), np.log([1.2]), 24.0),
}


def specification(family: str):
    """Return the model fitted: the family, weakly informative priors."""
    normal = {"normal": [0.0, 1.0]}
    effects = [
        {"covariate": "stage", "structure": "fixed", "prior": normal},
        {"covariate": "coverage", "structure": "fixed", "prior": normal},
        {"covariate": "age", "structure": "linear", "prior": normal},
    ]
    if family == "weibull":
        baseline = {"family": family, "reference_time": 24.0}
        priors = {
            "baseline_survival": {"at": 24.0, "median": 0.6, "lower": 0.25},
            "log_shape": {"normal": [0.0, 0.5]},
        }
    else:
        baseline = {"family": family, "cuts": [6.0, 12.0, 24.0], "sd": {"halfnormal": 0.5}}
        priors = {"baseline_survival": {"at": 24.0, "median": 0.6, "lower": 0.25}}
    raw = {"name": family, "outcome": {"endpoint": "os"}, "baseline": baseline, "priors": priors, "effect": effects}
    return spec_from(raw, "coverage benchmark")


def one_cohort(family: str, number: int) -> dict[str, object]:
    """Simulate, fit and compare with the truth."""
    seed = np.random.SeedSequence(79, spawn_key=(number,))
    cohort = simulate_cohort(
        PATIENTS,
        BASELINES[family],
        levels={"stage": STAGE, "coverage": COVERAGE},
        shares=SHARES,
        numbers={"age": AGE},
        follow_up=(21.0, 60.0),
        seed=seed,
    )
    posterior = fit(specification(family), cohort, seed=number, draws=1000, tune=700, target_accept=0.95)
    covered = {}
    for asked in standard_contrasts(posterior.plan.design):
        e = posterior.estimate(asked, level=0.95)
        covered[contrast_words(asked)] = bool(e.lower <= np.exp(TRUTH[contrast_words(asked)]) <= e.upper)
    e = posterior.estimate(SurvivalAt(24.0), level=0.95)
    covered["survival at 24 months"] = bool(e.lower <= true_survival(family, posterior.plan) <= e.upper)
    return {"covered": covered, "events": posterior.plan.rows.events, "ok": posterior.diagnostics.fit_for_use}


def true_survival(family: str, plan) -> float:
    """Return the true survival at 24 months, averaged over the patients simulated."""
    truth = np.array([TRUTH["III vs II"], TRUTH["IV vs II"], TRUTH["RPL vs RAL"], TRUTH["per 1"]])
    hazard = BASELINES[family].cumulative(np.array([24.0]))[0, 0]
    return float(np.exp(-hazard * np.exp(plan.design.columns @ truth)).mean())


def study(family: str) -> dict[str, object]:
    """Return coverage of every quantity over all cohorts."""
    start = time.process_time()
    found = [one_cohort(family, number) for number in range(COHORTS)]
    names = list(found[0]["covered"])
    ratios = [name for name in names if name in TRUTH]
    rates = {name: float(np.mean([f["covered"][name] for f in found])) for name in names}
    return {
        "coverage": rates,
        "hazard_ratios_together": float(np.mean([rates[name] for name in ratios])),
        "mc_error_of_one": float(np.sqrt(0.95 * 0.05 / COHORTS)),
        "events_mean": float(np.mean([f["events"] for f in found])),
        "fit_for_use": int(sum(bool(f["ok"]) for f in found)),
        "cohorts": COHORTS,
        "cpu_seconds": round(time.process_time() - start, 1),
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore", DataWarning)
    warnings.simplefilter("ignore", NotFitForUseWarning)
    result = {family: study(family) for family in BASELINES}
    result["versions"] = dict(versions())
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_suffix(".json")
    out.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))
