"""Are curves recovered? Cohorts with a U-shaped and with a linear effect of age, fitted by ``laplace``.

400 patients, age normal about 65 with SD 8, constant baseline hazard, censored between months 24 and 48. Bias of
posterior means and coverage of 95 % intervals, of the log hazard ratio of a value over 65; beside it the bias of Cox
with the same knots and no penalty. Truths:

- u: 0.8 (1 - cos((age - 65) / 7)) within 22 years of 65, and 6 knots at quantiles, which cannot follow it: the maximum
  of the likelihood of 60,000 patients is 0.05 to 0.08 off (``python -m tests.calibration.spline_recovery knots``).
- through_knots: the natural spline through the same U at the knots of the model, 51 to 79 years: nothing but the
  prior's pull and chance between truth and mean. Of 2,000 further cohorts Cox alone.
- linear: 0.4 per 10 years, 6 knots.

``python -m tests.calibration.spline_recovery`` writes ``spline_recovery.json``.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.spec.reading import spec_from

STORED = Path(__file__).with_name("spline_recovery.json")
COHORTS, PATIENTS, SEED = 100, 400, 20261130
MANY, SEED_OF_MANY = 2_000, 20261203
VALUES = (55.0, 60.0, 70.0, 75.0)
SCHEMA = {
    "endpoints": {"os": {"time": "time", "event": "event"}},
    "covariates": {"age": {"kind": "continuous", "center": 65.0, "scale": 10.0}},
}
EFFECT = {"structure": "spline", "prior": {"normal": [0.0, 2.0]}, "sd": {"halfnormal": 2.0}}
KNOTS = np.array([51.0, 58.0, 65.0, 72.0, 79.0])


def u_shaped(age):
    return 0.8 * (1.0 - np.cos(np.clip(age - 65.0, -22.0, 22.0) / 7.0))


def linear(age):
    return 0.04 * (age - 65.0)


THROUGH = CubicSpline(KNOTS, u_shaped(KNOTS), bc_type="natural")


def through_knots(age):
    """Return the natural spline, straight beyond its knots (scipy's goes on as a cubic)."""
    inside = np.clip(age, KNOTS[0], KNOTS[-1])
    return THROUGH(inside) + THROUGH(inside, 1) * (age - inside)


# Each with its knots.
TRUTH = {"u": (u_shaped, 6), "through_knots": (through_knots, KNOTS.tolist()), "linear": (linear, 6)}


def spec_of(knots):
    """Return the model with these knots."""
    return spec_from(
        {
            "name": "recovery",
            "outcome": {"endpoint": "os"},
            "baseline": {"family": "piecewise_exponential", "cuts": [6.0, 18.0], "sd": {"halfnormal": 0.5}},
            "priors": {"baseline_log_rate": {"normal": [-3.0, 2.0]}},
            "effect": [{"covariate": "age", **EFFECT, "knots": knots}],
        },
        "recovery",
    )


def cohort(rng, effect, n=PATIENTS):
    """Return a cohort with a known effect of age."""
    age = rng.normal(65.0, 8.0, n).round(1)
    died = rng.exponential(20.0 * np.exp(-effect(age)))
    censored = rng.uniform(24.0, 48.0, n)
    frame = {"time": np.minimum(died, censored), "event": (died <= censored).astype(int), "age": age}
    return read_cohort(pd.DataFrame(frame), schema_from(SCHEMA, "recovery"))


def asked():
    """Return the hazard ratios of each value over 65."""
    return [HazardRatio("age", f"{value:g}", "65") for value in VALUES]


def truth_of(effect):
    """Return their logarithms."""
    return np.array([float(effect(np.array(value)) - effect(np.array(65.0))) for value in VALUES])


def of_cox(spec, data):
    """Return the log hazard ratios of Cox with the knots of the model."""
    fitted = fit_classical(spec, data)
    return [next(e for e in fitted.estimate(one, level=0.95) if e.method == "cox").log_mean for one in asked()]


def recovered(shape, cohorts=COHORTS):
    """Return bias with its Monte Carlo error, of means and of Cox, and coverage, at every value."""
    effect, knots = TRUTH[shape]
    spec, truth = spec_of(knots), truth_of(effect)
    means, maxima, covered, unfit = [], [], np.zeros(len(VALUES)), 0
    for i in range(cohorts):
        data = cohort(np.random.default_rng([SEED, i]), effect)
        posterior = fit(spec, data, seed=i, engine="laplace", draws=1000)
        unfit += not posterior.diagnostics.fit_for_use
        drawn = np.array([posterior.draws(one) for one in asked()])
        means.append(drawn.mean(axis=1))
        low, high = np.quantile(drawn, [0.025, 0.975], axis=1)
        covered += (low <= truth) & (truth <= high)
        maxima.append(of_cox(spec, data))
    found = {"cohorts": cohorts, "not_fit_for_use": unfit}
    for place, value in enumerate(VALUES):
        found[f"{value:g}"] = {
            "truth": float(truth[place]),
            "coverage": float(covered[place] / cohorts),
            **errors_of(means, truth, place),
            **errors_of(maxima, truth, place, "cox_"),
        }
    return found


def errors_of(values, truth, place, which=""):
    """Return the bias at one value with its Monte Carlo error."""
    errors = np.array(values)[:, place] - truth[place]
    error = errors.std(ddof=1) / np.sqrt(len(values))
    return {f"{which}bias": float(errors.mean()), f"{which}mc_error": float(error)}


def maxima(cohorts=MANY):
    """Return the bias of Cox at the truth that its knots can follow."""
    spec, truth = spec_of(KNOTS.tolist()), truth_of(through_knots)
    found = [of_cox(spec, cohort(np.random.default_rng([SEED_OF_MANY, i]), through_knots)) for i in range(cohorts)]
    return {"cohorts": cohorts} | {f"{v:g}": errors_of(found, truth, place) for place, v in enumerate(VALUES)}


def knots_alone():
    """Print how far Cox with 6 knots is off in one cohort of 60,000: what the knots cannot follow."""
    found = of_cox(spec_of(6), cohort(np.random.default_rng(SEED), u_shaped, 60_000))
    print(dict(zip(VALUES, (np.array(found) - truth_of(u_shaped)).round(3).tolist(), strict=True)))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    if sys.argv[1:] == ["knots"]:
        knots_alone()
    else:
        stored = {shape: recovered(shape) for shape in TRUTH} | {"cox_through_knots": maxima()}
        STORED.write_text(json.dumps(stored, indent=1) + "\n")
