"""Are hazard ratios recovered where covariates are missing at random given the outcome? SIMULATED cohorts.

Exponential hazards of four covariates: arm (complete), a number, three ordered levels and two levels, each missing
more often in patients of arm b who die early, so that complete cases are biased: of arm above all. 400 and 79 patients,
100 cohorts each (of a Weibull hazard 400, since 100 leave coverage open by 2 %), wide priors, ten completed cohorts;
beside the imputed posterior the complete cases, all patients as
they were before values went missing, and Cox by Rubin's rules.
``python -m tests.calibration.imputation_recovery`` writes ``imputation_recovery.json``.
"""

import json
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.compare.imputed import fit_imputed
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.spec.reading import spec_from

STORED = Path(__file__).with_name("imputation_recovery.json")
SIZES, SEED, COMPLETED = (400, 79), 20261130, 10
RATE, EARLY = 0.02, 18.0
TRUTH = {"arm": 0.5, "marker": 0.4, "grade[II]": 0.5, "grade[III]": 1.0, "sex": -0.4}
LEVELS = {"arm": ["a", "b"], "grade": ["I", "II", "III"], "sex": ["f", "m"]}
KINDS = {"arm": "binary", "grade": "ordered", "sex": "binary"}
SCHEMA = {
    "endpoints": {"os": {"time": "time", "event": "event"}},
    "covariates": {
        **{name: {"kind": KINDS[name], "levels": levels} for name, levels in LEVELS.items()},
        "marker": {"kind": "continuous"},
    },
}
WIDE = {"normal": [0.0, 3.0]}
BASELINES = {
    "piecewise": (
        {"family": "piecewise_exponential", "cuts": [6.0, 18.0], "sd": {"halfnormal": 0.3}},
        {"baseline_log_rate": {"normal": [-3.5, 2.0]}},
    ),
    "weibull": (
        {"family": "weibull", "reference_time": 12.0},
        {"baseline_log_cumulative_hazard": {"normal": [-1.0, 2.0]}, "log_shape": {"normal": [0.0, 0.5]}},
    ),
}


def spec(baseline="piecewise", missing=COMPLETED):
    """Return the model; without ``missing`` of complete cases."""
    family, priors = BASELINES[baseline]
    effects = [{"covariate": name, "structure": "fixed", "prior": WIDE} for name in ("arm", "grade", "sex")]
    raw = {
        "name": "recovery",
        "outcome": {"endpoint": "os"},
        "baseline": family,
        "priors": priors,
        "effect": [effects[0], {"covariate": "marker", "structure": "linear", "prior": WIDE}, *effects[1:]],
    }
    return spec_from(raw | ({"missing": {"method": "imputation", "completed": missing}} if missing else {}), "recovery")


def frame_of(rng, n):
    """Return a cohort as it was, and which values go missing, (n, 3) of marker, grade and sex."""
    arm, sex = rng.integers(0, 2, n), rng.integers(0, 2, n)
    grade = (rng.normal(0.5 * arm, 1.0, n)[:, None] > [-0.3, 0.8]).sum(axis=1)
    marker = 0.5 * arm + 0.4 * (grade - 1.0) - 0.3 * sex + rng.standard_normal(n)
    psi = 0.5 * arm + 0.4 * marker + np.array([0.0, 0.5, 1.0])[grade] - 0.4 * sex
    died = rng.standard_exponential(n) / (RATE * np.exp(psi))
    censored = rng.uniform(24.0, 60.0, n)
    time, event = np.minimum(died, censored), (died <= censored).astype(int)
    early = (event == 1) & (time < EARLY) & (arm == 1)
    gone = rng.random((n, 3)) < np.where(early, 0.35, 0.10)[:, None]
    words = {name: np.array(LEVELS[name])[codes] for name, codes in (("arm", arm), ("grade", grade), ("sex", sex))}
    return pd.DataFrame({"time": time.clip(1e-6), "event": event, "marker": marker, **words}), gone


def with_gaps(cohort, gone):
    """Return a cohort without the values that go missing."""
    covariates = dict(cohort.covariates)
    for name, which in zip(("marker", "grade", "sex"), gone.T, strict=True):
        held = covariates[name]
        covariates[name] = replace(held, values=np.where(which, np.nan, held.values))
    return replace(cohort, covariates=MappingProxyType(covariates))


def limits(posterior, place):
    """Return mean and 95 % limits of a coefficient's draws."""
    drawn = posterior[:, place]
    return (float(drawn.mean()), *np.quantile(drawn, [0.025, 0.975]))


def one(n, place, baseline):
    """Return mean and limits of every log hazard ratio by each analysis, (5, 3) each, and the share missing."""
    frame, gone = frame_of(np.random.default_rng([SEED, n, place]), n)
    whole = read_cohort(frame, schema_from(SCHEMA, "recovery"), provenance="simulated")
    found = fit_imputed(spec(baseline), with_gaps(whole, gone), seed=place, draws=250)
    drawn = {
        "imputed": np.concatenate([member.coefficients for member in found.pooled.members]),
        "complete_cases": found.complete_cases[0].coefficients,
        "before": fit(spec(baseline, 0), whole, seed=place, engine="laplace", draws=250).coefficients,
    }
    answers = {name: np.array([limits(values, j) for j in range(len(TRUTH))]) for name, values in drawn.items()}
    asked = standard_contrasts(found.pooled.plan.design)
    cox = [found.by_rubin(question, 0.95)[0] for question in asked]
    answers["cox_rubin"] = np.array([[e.log_mean, np.log(e.lower), np.log(e.upper)] for e in cox])
    return answers, float(gone.any(axis=1).mean())


def recovered(n, baseline, cohorts):
    """Return bias with its Monte Carlo error and coverage of 95 % intervals by analysis and log hazard ratio."""
    truth, found, left = np.array([*TRUTH.values()]), {}, []
    for place in range(cohorts):
        answers, share = one(n, place, baseline)
        left.append(share)
        for name, values in answers.items():
            found.setdefault(name, []).append(values)
    said = {"cohorts": cohorts, "incomplete": float(np.mean(left))}
    for name, values in found.items():
        middle, lower, upper = np.moveaxis(np.array(values), 2, 0)
        finite = np.isfinite(middle).all(axis=1)
        covered = ((lower <= truth) & (truth <= upper))[finite].mean(axis=0)
        bias, mc = (middle - truth)[finite].mean(axis=0), middle[finite].std(axis=0, ddof=1) / np.sqrt(finite.sum())
        rows = zip(TRUTH, bias, mc, covered, strict=True)
        said[name] = {"cohorts": int(finite.sum())} | {
            which: {"bias": float(b), "mc_error": float(e), "coverage": float(c)} for which, b, e, c in rows
        }
    return said


# Patients, hazard, cohorts.
STUDIES = {
    "piecewise, 400": (400, "piecewise", 100),
    "piecewise, 79": (79, "piecewise", 100),
    "weibull, 400": (400, "weibull", 400),
}

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    made = json.loads(STORED.read_text()) if STORED.exists() else {}
    for asked in sys.argv[1:] or STUDIES:
        made[asked] = recovered(*STUDIES[asked])
        print(asked, json.dumps(made[asked]["imputed"]), flush=True)
        STORED.write_text(json.dumps(made, indent=1) + "\n")
