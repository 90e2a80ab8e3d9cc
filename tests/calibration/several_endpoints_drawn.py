"""OS and PFS fitted together, truths drawn from the prior: do 95 % intervals hold 95 %, are ranks uniform?

A law in which both endpoints have proportional hazards: of patient i death has the hazard 0.02 exp(x_i b_os) a month,
progressed or not, and progression without death what is left of 0.12 exp(x_i b_pfs). So PFS has exactly that hazard,
deaths are shared, and b_os and b_pfs are drawn from the prior of the model: of their own, shrunk towards each other,
or one for both. Where a draw would leave a patient less than no hazard of progression, which no law has, it is drawn
anew: 7 % of the draws of effects of their own, since age is even between 58 and 72. Posterior means of products of
likelihoods need not be exact on average, which is why it is looked at. 79 and 400 patients, 400 cohorts each, by
``laplace``.
``python -m tests.calibration.several_endpoints_drawn`` writes ``several_endpoints_drawn.json``.
"""

import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from
from tests.calibration.several_endpoints_coverage import CUTS, ENDPOINTS, FORMS, SCHEMA, asked_of, ratio
from tests.calibration.under_the_prior import fitted, standing, write

STORED = Path(__file__).with_name("several_endpoints_drawn.json")
SEED, COHORTS, SIZES = 20261206, 400, (79, 400)
HAZARDS, RATIO_SD, BETWEEN_SD, HALF = (0.02, 0.12), 0.7, 0.3, 7.0
STUDIES = [f"{form} {size}" for form in FORMS for size in SIZES]


def spec_of(form):
    """Return the model; its baseline has a wide prior, since hazards per month are not drawn."""
    more = dict(FORMS[form])
    structure, prior = more.pop("structure"), {"normal": [0.0, RATIO_SD]}
    raw = {
        "name": form,
        "outcome": {"endpoints": list(ENDPOINTS)},
        "baseline": {"family": "piecewise_exponential", "cuts": CUTS, "sd": {"halfnormal": 0.5}},
        "priors": {"baseline_log_rate": {"normal": [-3.0, 1.5]}},
        "effect": [{"covariate": name, "structure": structure[name], "prior": prior, **more} for name in structure],
    }
    return spec_from(raw, form)


def effects_drawn(form, rng):
    """Return log hazard ratios (2 endpoints, 2 covariates) from the prior."""
    if form == "own":
        return rng.normal(0.0, RATIO_SD, (2, 2))
    common = rng.normal(0.0, RATIO_SD, 2)
    return common + (form == "shrunk") * BETWEEN_SD * np.abs(rng.standard_normal(2)) * rng.standard_normal((2, 2))


def effects_of_a_law(form, rng):
    """Return effects that a law has, and how many draws before them none has."""
    corners = np.array([[arm, age] for arm in (-0.5, 0.5) for age in (-HALF / 10.0, HALF / 10.0)])
    for anew in range(1000):
        effects = effects_drawn(form, rng)
        os, pfs = (hazard * np.exp(corners @ own) for hazard, own in zip(HAZARDS, effects, strict=True))
        if (os < pfs).all():
            return effects, anew
    raise AssertionError("no law in 1,000 draws")


def patients(rng, n, effects, bent=lambda months: months):
    """Return a SIMULATED table: constant hazards on a clock that may be bent, followed for 18 to 48 months."""
    arm, age = rng.integers(0, 2, n), rng.uniform(65.0 - HALF, 65.0 + HALF, n).round(2)
    z = np.column_stack([arm - 0.5, (age - 65.0) / 10.0])
    of_death, of_either = (hazard * np.exp(z @ own) for hazard, own in zip(HAZARDS, effects, strict=True))
    death, progression = rng.standard_exponential((2, n)) / np.stack([of_death, of_either - of_death])
    first, end = bent(np.minimum(death, progression)), rng.uniform(18.0, 48.0, n)
    death = bent(death)
    return pd.DataFrame(
        {
            "os": np.minimum(death, end),
            "died": (death <= end).astype(int),
            "pfs": np.minimum(first, end),
            "failed": (first <= end).astype(int),
            "arm": np.array(["a", "b"])[arm],
            "age": age,
        }
    )


def one(study, place):
    """Return where the truths of a cohort lie."""
    form, n = study.split()
    rng = np.random.default_rng([SEED, int(n), place])
    effects, _ = effects_of_a_law(form, rng)
    return place_of(form, spec_of(form), patients(rng, int(n), effects), effects, place)


def place_of(form, spec, frame, effects, seed):
    """Return where the truths of a table lie among the draws of a model."""
    cohort = read_cohort(frame, schema_from(SCHEMA, "drawn"), provenance="simulated")
    posterior = fitted(make_plan(spec, cohort), seed)
    draws, truths = {}, {}
    for name, (column, parts, _) in asked_of(form).items():
        term = name.split(",")[0]
        draws[name] = sum(weight * posterior.draws(ratio(term, endpoint)).ravel() for endpoint, weight in parts)
        truths[name] = sum(weight * effects[ENDPOINTS.index(endpoint)][column] for endpoint, weight in parts)
    return standing(posterior, draws, truths)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for study in sys.argv[1:] or STUDIES:
        write(STORED, study, [one(study, place) for place in range(COHORTS)])
