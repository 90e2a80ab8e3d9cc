"""OS and PFS fitted together: do 95 % intervals of each, of their difference and of a common effect hold 95 %?

Patients live by an illness-death law drawn here by hand: hazards of progression, of death without it and of death after
it, with effects of an arm and of age that are drawn anew for each cohort, about a common one with SD 0.2 between the
transitions. OS and PFS then share deaths, and OS has no proportional hazards. The truth is what the same model says of
100,000 patients of that law: hazard ratios of Poisson regressions written here (each endpoint's own; for a common
coefficient that of both together). 79 and 400 patients, 100 cohorts each, by ``laplace``; beside the posteriors those
of the product of the two likelihoods, which takes each death for two patients.
``python -m tests.calibration.several_endpoints_coverage`` writes ``several_endpoints_coverage.json``, cohort by cohort.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from escc_bayes.bayes.engines.registry import sampler_for
from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.posterior.fit import posterior_of
from escc_bayes.bayes.sampling.settings import RunSettings, silent
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.contrast import weights
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

STORED = Path(__file__).with_name("several_endpoints_coverage.json")
SEED, COHORTS, SIZES, MANY = 20261204, 100, (79, 400), 100_000
CUTS, ENDPOINTS = [6.0, 18.0], ("os", "pfs")
SETTINGS = RunSettings("laplace", draws=1000)
# Hazards per month of progression, death without it, death after it; effects on OS add up over them, to an SD of about
# 0.65, which the prior on each endpoint (0.7) is wide enough for.
HAZARDS, COMMON_SD, BETWEEN_SD = np.array([0.045, 0.008, 0.06]), 0.4, 0.2
NORMAL = {"normal": [0.0, 0.7]}
FORMS = {
    "own": {"structure": {"arm": "fixed", "age": "linear"}},
    "shrunk": {
        "structure": {"arm": "across_transitions", "age": "across_transitions"},
        "sd": {"halfnormal": 0.3},
    },
    "shared": {"structure": {"arm": "fixed", "age": "linear"}, "shared": True},
}
SCHEMA = {
    "endpoints": {
        "os": {"time": "os", "event": "died"},
        "pfs": {"time": "pfs", "event": "failed", "not_after": "os"},
    },
    "covariates": {
        "arm": {"kind": "binary", "levels": ["a", "b"]},
        "age": {"kind": "continuous", "center": 65.0, "scale": 10.0},
    },
}


def spec_of(form):
    """Return the model with effects of their own, shrunk towards each other, or shared."""
    more = dict(FORMS[form])
    structure = more.pop("structure")
    effects = [{"covariate": name, "structure": structure[name], "prior": NORMAL, **more} for name in ("arm", "age")]
    return spec_from(
        {
            "name": form,
            "outcome": {"endpoints": list(ENDPOINTS)},
            "baseline": {"family": "piecewise_exponential", "cuts": CUTS, "sd": {"halfnormal": 0.5}},
            "priors": {"baseline_log_rate": {"normal": [-3.2, 0.7]}},
            "effect": effects,
        },
        form,
    )


def effects_drawn(rng):
    """Return log hazard ratios (3, 2) of arm and age in each transition."""
    return rng.normal(0.0, COMMON_SD, 2) + rng.normal(0.0, BETWEEN_SD, (3, 2))


def patients(rng, n, effects):
    """Return a SIMULATED table: constant hazards, everybody followed for 18 to 48 months."""
    arm, age = rng.integers(0, 2, n), rng.normal(65.0, 8.0, n).round(2)
    z = np.column_stack([arm, (age - 65.0) / 10.0])
    rates = HAZARDS * np.exp(z @ effects.T)
    waits = rng.standard_exponential((n, 3)) / rates
    first = np.minimum(waits[:, 0], waits[:, 1])
    progressed = waits[:, 0] < waits[:, 1]
    death = np.where(progressed, first + waits[:, 2], first)
    end = rng.uniform(18.0, 48.0, n)
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


def poisson(time, event, z):
    """Return the log hazard ratios of a piecewise exponential model by Newton's steps; strata of pieces in rows."""
    beta, (months, failed) = np.zeros(z.shape[1]), (time, event)
    for _ in range(30):
        risk = np.exp(z @ beta)
        base = failed.sum(axis=0) / (months * risk[:, None]).sum(axis=0)
        expected = months * risk[:, None] * base
        whole = expected.sum(axis=1)
        score = z.T @ (failed.sum(axis=1) - whole)
        inside = expected.T @ z
        information = z.T @ (whole[:, None] * z) - inside.T @ (inside / expected.sum(axis=0)[:, None])
        step = np.linalg.solve(information, score)
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    return beta


def pieces_of(time, event):
    """Return months (n, pieces) at risk and events (n, pieces) in each piece."""
    edges = np.array([0.0, *CUTS, np.inf])
    months = np.clip(time[:, None] - edges[:-1], 0.0, np.diff(edges))
    inside = (time[:, None] > edges[:-1]) & (time[:, None] <= edges[1:])
    return months, inside * event[:, None]


def truths(rng, effects):
    """Return log hazard ratios (2,) of each endpoint alone, and of both together."""
    frame = patients(rng, MANY, effects)
    z = np.column_stack([frame["arm"] == "b", (frame["age"] - 65.0) / 10.0]).astype(float)
    parts = [pieces_of(frame[t].to_numpy(), frame[e].to_numpy()) for t, e in (("os", "died"), ("pfs", "failed"))]
    found = {name: poisson(*part, z) for name, part in zip(ENDPOINTS, parts, strict=True)}
    none = np.zeros_like(parts[0][0])
    months = np.vstack([np.hstack([parts[0][0], none]), np.hstack([none, parts[1][0]])])
    events = np.vstack([np.hstack([parts[0][1], none]), np.hstack([none, parts[1][1]])])
    return found | {"both": poisson(months, events, np.vstack([z, z]))}


def asked_of(form):
    """Return quantities by name, each as (truth, weight) of hazard ratios of endpoints."""
    found = {}
    for place, term in enumerate(("arm", "age")):
        if form == "shared":
            found[f"{term}, common"] = (place, (("os", 1.0),), "both")
            continue
        for name in ENDPOINTS:
            found[f"{term}, {name}"] = (place, ((name, 1.0),), "")
        found[f"{term}, difference"] = (place, (("os", 1.0), ("pfs", -1.0)), "")
    return found


def ratio(term, endpoint):
    """Return a hazard ratio of an endpoint."""
    levels = ("b", "a") if term == "arm" else ()
    return HazardRatio(term, *levels, transition=endpoint)


def one_cohort(n, i):
    """Return, by form, of each quantity the truth, and mean, SD and limits: of the posterior, and of the product."""
    rng = np.random.default_rng([SEED, n, i])
    effects = effects_drawn(rng)
    true = truths(np.random.default_rng([SEED, n, i, 1]), effects)
    cohort = read_cohort(patients(rng, n, effects), schema_from(SCHEMA, "drawn"), provenance="simulated")
    return {form: fitted(form, cohort, true, i) for form in FORMS}


def fitted(form, cohort, true, seed):
    """Return what one form says of one cohort."""
    plan = make_plan(spec_of(form), cohort)
    posterior = posterior_of(plan, SETTINGS, seed, silent)
    plain = sampler_for(SETTINGS).run(plan, SETTINGS, seed, silent).draws.values
    flat = {name: values.reshape(-1, values.shape[-1]) for name, values in plain.items()}
    beta = parameters.coefficients(plan.design.blocks, flat, len(flat["baseline"]))
    rows = {}
    for name, (place, parts, both) in asked_of(form).items():
        term = name.split(",")[0]
        truth = sum(weight * true[both or endpoint][place] for endpoint, weight in parts)
        drawn = sum(weight * posterior.draws(ratio(term, endpoint)).ravel() for endpoint, weight in parts)
        product = sum(weight * (beta @ weights(ratio(term, endpoint), plan.design)) for endpoint, weight in parts)
        rows[name] = {"truth": float(truth), "posterior": said(drawn), "product": said(product)}
    return {"fit": bool(posterior.diagnostics.fit_for_use), "rows": rows}


def said(drawn):
    """Return mean, SD and 95 % limits of draws."""
    return [float(x) for x in (drawn.mean(), drawn.std(), *np.quantile(drawn, [0.025, 0.975]))]


def summary(cohorts):
    """Return coverage, mean error in SDs and mean SD of each quantity, of the posterior and of the product."""
    found = {"cohorts": len(cohorts), "not_fit_for_use": sum(not one["fit"] for one in cohorts)}
    for name in cohorts[0]["rows"]:
        truth = np.array([one["rows"][name]["truth"] for one in cohorts])
        own = found[name] = {}
        for method in ("posterior", "product"):
            mean, sd, low, high = np.array([one["rows"][name][method] for one in cohorts]).T
            own[method] = {
                "coverage": float(((low <= truth) & (truth <= high)).mean()),
                "mean_error_in_sd": round(float(((mean - truth) / sd).mean()), 4),
                "mean_sd": round(float(sd.mean()), 4),
                "sd_of_errors": round(float((mean - truth).std(ddof=1)), 4),
            }
    return found


def studied(n, cohorts):
    """Yield the summaries by form after every tenth cohort."""
    held = {form: [] for form in FORMS}
    for i in range(cohorts):
        for form, one in one_cohort(n, i).items():
            held[form].append(one)
        if (i + 1) % 10 == 0:
            yield {form: summary(each) for form, each in held.items()}


def main():
    """Write the study, ten cohorts of each size at a time."""
    warnings.simplefilter("ignore")
    for each in zip(*(studied(n, COHORTS) for n in SIZES), strict=True):
        STORED.write_text(json.dumps(dict(zip(map(str, SIZES), each, strict=True)), indent=1) + "\n")


if __name__ == "__main__":
    main()
