"""A plain PyMC model of events between two months: the posterior that ``test_interval_censoring.py`` holds ours to.

Weibull, proportional hazards, the likelihood written as differences of survival; its own centring, its own sampler run.
Usage: python -m tests.reference.interval_censoring_pymc (writes interval_censoring_pymc.json)
"""

import json
from pathlib import Path

import numpy as np
import pymc as pm
import pytensor.tensor as pt

HERE = Path(__file__).parent


def sampled(data):
    """Means, SDs and Monte Carlo errors of the posterior of both effects, the shape and log H at 12 months."""
    left, right, arm, age = (np.array([np.nan if v is None else v for v in data[k]]) for k in data)
    exact, censored = left == right, np.isnan(right)
    between = ~exact & ~censored
    with pm.Model():
        level, kappa = pm.Normal("level", -0.5, 1.0), pm.Normal("log_shape", 0.0, 0.5)
        b_arm, b_age = pm.Normal("b_arm", 0.0, 0.8), pm.Normal("b_age", 0.0, 0.5)
        eta = level + b_arm * (arm - arm.mean()) + b_age * (age - age.mean()) / 10.0
        k = pt.exp(kappa)

        def survival(months, of):
            return pt.exp(-pt.exp(eta[of]) * pt.power(months / 12.0, k))

        pm.Potential("between", pt.log(survival(left[between], between) - survival(right[between], between)).sum())
        pm.Potential("censored", pt.log(survival(left[censored], censored)).sum())
        t = left[exact]
        log_hazard = eta[exact] + kappa + (k - 1.0) * pt.log(t / 12.0) - np.log(12.0)
        pm.Potential("exact", (log_hazard + pt.log(survival(t, exact))).sum())
        tree = pm.sample(4000, tune=1000, chains=4, cores=1, random_seed=5, progressbar=False)
    import arviz as az

    found = {}
    for name in ("b_arm", "b_age", "log_shape", "level"):
        drawn = tree["posterior"][name].values
        ess = float(az.ess(tree, var_names=[name])[name])
        found[name] = {"mean": float(drawn.mean()), "sd": float(drawn.std()), "mcse": float(drawn.std() / np.sqrt(ess))}
    return found


if __name__ == "__main__":
    reference = json.loads((HERE / "interval_censoring.json").read_text(encoding="utf-8"))
    values = {"small": sampled(reference["small"]["data"]), "versions": {"pymc": pm.__version__}}
    (HERE / "interval_censoring_pymc.json").write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
