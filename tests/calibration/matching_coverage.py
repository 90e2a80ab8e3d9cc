"""Limits of a matched and a weighted analysis over SIMULATED cohorts, with and without the design's own uncertainty.

    python tests/calibration/matching_coverage.py matching_coverage.json

Two hundred cohorts of 150 patients. x is standard normal; P(treated | x) = 1 / (1 + exp(0.3 - 0.8 x)); hazard
0.05 exp(-0.5 t + 0.6 x) a month; follow-up ends between 12 and 48 months. The hazard ratio that a method is of is not
exp(-0.5), since it is an average over x (non-collapsible): it is taken from the same model with 400,000 patients, both
treated and untreated with the same x, weighted as the estimand says, and the same censoring.
"""

import json
import math
import sys
import time
import warnings

import numpy as np
import pandas as pd

from escc_bayes.classical.cox import cox
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.matching import posterior as posteriors
from escc_bayes.matching.design import design_of, scores_of
from escc_bayes.matching.effect import classical_answers
from escc_bayes.matching.patients import patients_of
from escc_bayes.matching.request import Request

COHORTS, PATIENTS, DRAWS, SEED = 200, 150, 24, 20251
EFFECT, PROGNOSIS, CHOICE, AVERSION, RATE = -0.5, 0.6, 0.8, -0.3, 0.05
DESIGNS = {"nearest": {"caliper": 0.2}, "overlap": {}, "iptw": {}}
SCHEMA = schema_from(
    {
        "endpoints": {"os": {"time": "months", "event": "death"}},
        "covariates": {"arm": {"kind": "binary", "levels": ["no", "yes"]}, "x": {"kind": "continuous"}},
    },
    "simulated",
)


def outcomes(rng, x, treated):
    """Months and deaths of patients."""
    latent = rng.exponential(1.0, x.size) / (RATE * np.exp(EFFECT * treated + PROGNOSIS * x))
    lost = rng.uniform(12.0, 48.0, x.size)
    return np.minimum(latent, lost), (latent <= lost).astype(float)


def score(x):
    """P(treated | x)."""
    return 1.0 / (1.0 + np.exp(-(AVERSION + CHOICE * x)))


def truths(n=400_000):
    """The log hazard ratio that each design is of, with its Monte Carlo error."""
    rng = np.random.default_rng(SEED)
    x = rng.standard_normal(n)
    p = score(x)
    arms = [outcomes(rng, x, np.full(n, arm)) for arm in (0.0, 1.0)]
    months, death = (np.concatenate([arm[part] for arm in arms]) for part in (0, 1))
    treated = np.repeat([0.0, 1.0], n)[:, None]
    found = {}
    # Of pairs within a caliper: about as many at each x as the scarcer group has.
    for word, weight in (("nearest", np.minimum(p, 1.0 - p)), ("overlap", p * (1.0 - p)), ("iptw", np.ones(n))):
        fit = cox(treated, months, death, weight=np.tile(weight / weight.mean(), 2))
        found[word] = float(fit.coef[0])
    return found


def cohort(place):
    """One SIMULATED cohort."""
    rng = np.random.default_rng([SEED, place])
    x = rng.standard_normal(PATIENTS)
    treated = rng.random(PATIENTS) < score(x)
    months, death = outcomes(rng, x, treated.astype(float))
    table = {"months": months, "death": death.astype(int), "arm": np.where(treated, "yes", "no"), "x": x}
    return read_cohort(pd.DataFrame(table), SCHEMA, provenance="simulated")


def rows(found, name, **more):
    """Every method's limits on one cohort."""
    request = Request("os", "arm", ("x",), method=name, designs=DRAWS, seed=SEED, **more)
    patients = patients_of(found, request)
    scores = scores_of(patients, request)
    design = design_of(patients, request, scores.score)
    answers = [
        *classical_answers(patients, design, request),
        posteriors.piecewise(patients, design, request).answer,
        posteriors.over_designs(patients, design, request, scores.posterior),
    ]
    return {one.method: one for one in answers if not math.isnan(one.hr)}


def main(out):
    """Write coverage, width and bias of each method under each design."""
    warnings.simplefilter("ignore")
    begun, true = time.process_time(), truths()
    held: dict[str, dict[str, list[tuple[float, float, float]]]] = {name: {} for name in DESIGNS}
    for place in range(COHORTS):
        own = cohort(place)
        for name, more in DESIGNS.items():
            for method, one in rows(own, name, **more).items():
                held[name].setdefault(method, []).append((math.log(one.hr), math.log(one.lower), math.log(one.upper)))
        if place % 20 == 19:
            print(f"{place + 1} of {COHORTS}, {time.process_time() - begun:.0f} s", file=sys.stderr, flush=True)
    result = {"cohorts": COHORTS, "patients": PATIENTS, "draws": DRAWS, "level": 0.95, "designs": {}}
    for name, methods in held.items():
        result["designs"][name] = {"log_hr": true[name], "hr": math.exp(true[name]), "methods": {}}
        for method, numbers in methods.items():
            log_hr, lower, upper = np.array(numbers).T
            inside = (lower <= true[name]) & (true[name] <= upper)
            result["designs"][name]["methods"][method] = {
                "coverage": float(inside.mean()),
                "coverage_mc_error": float(math.sqrt(inside.mean() * (1.0 - inside.mean()) / inside.size)),
                "width": float((upper - lower).mean()),
                "bias": float(log_hr.mean() - true[name]),
                "sd_of_estimates": float(log_hr.std(ddof=1)),
                "cohorts": int(inside.size),
            }
    result["cpu_seconds"] = round(time.process_time() - begun, 1)
    with open(out, "w", encoding="utf-8") as stream:  # noqa: PTH123 - a script
        json.dump(result, stream, indent=1)
        stream.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
