"""Truths drawn from the prior, structure by structure, at the sizes of small cohorts: do 95 % intervals hold 95 %?

Of log hazard ratios drawn from the prior itself an interval holds what it says on average, whatever the prior shrinks
(Cook, Gelman & Rubin 2006). 79 and 400 patients, 100 cohorts each by ``laplace`` (where it refuses, as the verbs do, by
``nuts``, counted); the horseshoe, of which ``laplace`` is not capable, 200 of 79 and 20 of 400 by ``nuts``. Event times
are drawn here by hand, piece by piece, not by the package.
``python -m tests.calibration.structure_recovery [STRUCTURE ..]`` writes ``structure_recovery.json``.
"""

import json
import sys
import warnings
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.bayes.posterior.fallback import fit_or_replace
from escc_bayes.bayes.sampling.settings import RunSettings, silent
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.contrast import standard_contrasts, weights
from escc_bayes.estimand.estimand import HazardRatio, contrast_words
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from
from tests.calibration.drawn_truths import event_times

STORED = Path(__file__).with_name("structure_recovery.json")
SEED, CUTS = 20261202, [6.0, 18.0]
SIZES = (79, 400)
# Cohorts by each engine: of 100, one value of a monotone effect was held always, which does not tell 95 % from 100.
COHORTS = {"laplace": 400, "nuts": 20}
# Twenty held one of twelve markers 16 times, which does not tell 80 % from 95: ten times as many do.
MORE = {("horseshoe", 79): 200}
SETTINGS = {"laplace": RunSettings("laplace", draws=1000), "nuts": RunSettings("nuts", draws=1000)}
NORMAL, HALF = {"normal": [0.0, 0.7]}, {"halfnormal": 0.5}
STAGE = {"covariate": "stage", "structure": "fixed", "prior": NORMAL}
AGE = {"covariate": "age", "structure": "linear", "prior": NORMAL}
EFFECTS = {
    "subgroup": [
        STAGE,
        {"covariate": "arm", "structure": "subgroup", "within": "stage", "prior": NORMAL, "sd": HALF},
    ],
    "interaction": [
        AGE,
        {"covariate": "arm", "structure": "interaction", "by": "age", "prior": NORMAL, "ratio": {"normal": [0.0, 0.4]}},
    ],
}
MARKERS = tuple(f"marker{j}" for j in range(1, 13))
EFFECTS["horseshoe"] = [
    {"name": "markers", "covariates": list(MARKERS), "structure": "horseshoe", "expected": 3.0, "slab": 0.7}
]
EFFECTS["monotone"] = [{"covariate": "age", "structure": "monotone", "knots": 4, "prior": NORMAL}]
ENGINES = {"subgroup": "laplace", "interaction": "laplace", "horseshoe": "nuts", "monotone": "laplace"}
# Of a curve values on both sides of the middle; its quartiles differ from cohort to cohort.
ALONG = {"monotone": tuple(HazardRatio("age", value, "65") for value in ("52", "60", "70", "78"))}
SCHEMA = {
    "endpoints": {"os": {"time": "time", "event": "event"}},
    "covariates": {
        "arm": {"kind": "binary", "levels": ["a", "b"]},
        "stage": {"kind": "ordered", "levels": ["II", "III", "IV"]},
        "age": {"kind": "continuous", "center": 65.0, "scale": 10.0},
        **{name: {"kind": "continuous"} for name in MARKERS},
    },
}


def spec_of(structure):
    """Return the model of a structure."""
    return spec_from(
        {
            "name": structure,
            "outcome": {"endpoint": "os"},
            "baseline": {"family": "piecewise_exponential", "cuts": CUTS, "sd": {"halfnormal": 0.3}},
            "priors": {"baseline_log_rate": {"normal": [-3.0, 0.4]}},
            "effect": EFFECTS[structure],
        },
        structure,
    )


def patients(rng, n):
    """Return covariates, the arm rare in stage II, with follow-up that only serves to make a plan."""
    stage = rng.choice(3, n, p=[0.2, 0.4, 0.4])
    arm = rng.random(n) < np.array([0.15, 0.4, 0.7])[stage]
    return pd.DataFrame(
        {
            "time": 40.0,
            "event": 1,
            "arm": np.where(arm, "b", "a"),
            "stage": np.array(["II", "III", "IV"])[stage],
            "age": rng.normal(65.0, 8.0, n).round(2),
            **dict(zip(MARKERS, rng.spawn(1)[0].normal(size=(len(MARKERS), n)), strict=True)),
        }
    )


def cohort_of(frame):
    """Return a SIMULATED cohort."""
    return read_cohort(frame, schema_from(SCHEMA, "drawn"), provenance="simulated")


def drawn(spec, rng, seed, n):
    """Return a cohort whose parameters come from the prior, its plan, and the true coefficients (p,)."""
    frame = patients(rng, n)
    plan = make_plan(spec, cohort_of(frame))
    values = prior_draws(plan, 1, seed)
    beta = parameters.coefficients(plan.design.blocks, values, 1)[0]
    levels = parameters.baseline_hazard(plan.baseline, values).log_rates[0]
    rates = np.exp(levels + (plan.design.centred @ beta)[:, None])
    died = event_times(rates, [0.0, *CUTS], rng.standard_exponential(n))
    censored = rng.uniform(24.0, 48.0, n)
    frame["time"], frame["event"] = np.minimum(died, censored).clip(1e-6), (died <= censored).astype(int)
    return cohort_of(frame), plan, beta


def as_drawn(plan, source):
    """Return a plan whose horseshoe has the scale that the truths came from: its own counts events that followed."""
    blocks = tuple(
        replace(own, coding=replace(own.coding, shrinkage=theirs.coding.shrinkage))
        for own, theirs in zip(plan.design.blocks, source.design.blocks, strict=True)
    )
    return replace(plan, design=replace(plan.design, blocks=blocks))


def asked_of(structure, plan):
    """Return the hazard ratios held to their truths: those that tables show, and some along a curve."""
    return ALONG.get(structure) or standard_contrasts(plan.design)


def recovered(structure, patients_each):
    """Return coverage of 95 % intervals of every hazard ratio that tables show, and their mean error in SDs."""
    engine = ENGINES[structure]
    cohorts = MORE.get((structure, patients_each), COHORTS[engine])
    spec, covered, scores, replaced, unfit = spec_of(structure), [], [], 0, 0
    for i in range(cohorts):
        rng = np.random.default_rng([SEED, patients_each, i])
        data, plan, beta = drawn(spec, rng, 1000 * patients_each + i, patients_each)
        posterior = fit_or_replace(as_drawn(make_plan(spec, data), plan), SETTINGS[engine], seed=i, progress=silent)
        unfit += not posterior.diagnostics.fit_for_use
        replaced += posterior.record.engine != engine
        inside, score = [], []
        for asked in asked_of(structure, plan):
            true, draws = float(weights(asked, plan.design) @ beta), posterior.draws(asked).ravel()
            low, high = np.quantile(draws, [0.025, 0.975])
            inside.append(low <= true <= high)
            score.append((draws.mean() - true) / draws.std())
        covered.append(inside)
        scores.append(score)
    names = [f"{one.term}: {contrast_words(one)}" for one in asked_of(structure, plan)]
    coverage, mean = np.mean(covered, axis=0), np.mean(scores, axis=0)
    return {
        "engine": engine,
        "cohorts": cohorts,
        "by_nuts_instead": replaced,
        "not_fit_for_use": unfit,
        "coverage": {name: float(share) for name, share in zip(names, coverage, strict=True)},
        "mean_error_in_sd": {name: round(float(error), 4) for name, error in zip(names, mean, strict=True)},
    }


def main(structures):
    """Write the studies of some structures, beside those stored."""
    warnings.simplefilter("ignore")
    stored = json.loads(STORED.read_text()) if STORED.exists() else {}
    for structure, n in product(structures, SIZES):
        stored.setdefault(structure, {})[str(n)] = recovered(structure, n)
        STORED.write_text(json.dumps(stored, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:] or list(EFFECTS))
