"""Is the hazard ratio of a marker's own trajectory found again, where a value carried forward is not?

SIMULATED cohorts of 79 and 400 patients, 20 each, by ``nuts``: a marker measured at 0, 0.75 and 2.5 months with an
error as large as half of what patients differ by, of which each later value is missing the more often the lower the one
before (at random given what was measured), and none is measured after the event. Event times are drawn here by hand,
by bisection of the cumulative hazard. Beside: Cox with the last value carried forward on the same patients, and the
naive Cox model of each patient's last value as if known at time zero.
``python -m tests.calibration.trajectory_recovery`` writes ``trajectory_recovery.json``, cohort by cohort.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from escc_bayes.bayes.posterior.fit import fit_plan
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.classical.fit import fit_classical_plan
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

STORED = Path(__file__).with_name("trajectory_recovery.json")
SEED, SIZES, COHORTS = 20261203, (79, 400), 20
# Short chains: a limit is right to a tenth of a posterior SD, which no coverage notices.
SETTINGS = RunSettings("nuts", draws=400, tune=300, chains=2, target_accept=0.8)
MONTHS, CUTS = np.array([0.0, 0.75, 2.5]), [6.0, 18.0]
# Truths: log HR per doubling, of the arm; mean at time zero and changes per month; SDs, correlation, error, all log2.
TRUE = {
    "alc": -0.5,
    "arm": 0.5,
    "level": 0.4,
    "change 1": -0.7,
    "change 2": -0.1,
    "sd_level": 0.6,
    "sd_change": 0.2,
    "fisher_z": 0.3,
    "error": 0.35,
}
RATE = 0.02
HALF = {"halfnormal": 0.7}
SCHEMA = {
    "endpoints": {"os": {"time": "time", "event": "event"}},
    "covariates": {
        "arm": {"kind": "binary", "levels": ["a", "b"]},
        "alc": {"kind": "continuous", "measured": [["y0", 0.0], ["y1", 0.75], ["y2", 2.5]], "center": 1.0},
    },
}
SPEC = {
    "name": "trajectory",
    "outcome": {"endpoint": "os"},
    "baseline": {"family": "piecewise_exponential", "cuts": CUTS, "sd": {"halfnormal": 0.3}},
    "priors": {"baseline_log_rate": {"normal": [-4.0, 1.0]}},
    "effect": [
        {"covariate": "arm", "structure": "fixed", "prior": {"normal": [0.0, 1.0]}},
        {
            "covariate": "alc",
            "structure": "trajectory",
            "prior": {"normal": [0.0, 1.0]},
            "level": {"normal": [0.0, 1.0]},
            "change": {"normal": [0.0, 1.0]},
            "sd_level": HALF,
            "sd_change": HALF,
            "correlation": {"normal": [0.0, 0.7]},
            "error": HALF,
        },
    ],
}


def spec():
    """Return the model."""
    return spec_from(SPEC, "trajectory")


def value_at(b, months):
    """Return the trajectories of patients with deviations b (n, 2) at months (m,), (n, m), log2."""
    late = np.minimum(months, MONTHS[2])
    mean = TRUE["level"] + TRUE["change 1"] * np.minimum(late, MONTHS[1])
    mean = mean + TRUE["change 2"] * np.clip(late - MONTHS[1], 0.0, None)
    return mean + b[:, :1] + b[:, 1:] * late


def event_times(b, psi, unit):
    """Return when the cumulative hazards of patients reach ``unit`` (n,): on a grid of months, then along lines."""
    grid = np.concatenate([np.linspace(0.0, 2.5, 2001), np.linspace(2.5, 60.0, 24)[1:]])
    log_rate = np.log(RATE) + psi[:, None] + TRUE["alc"] * (value_at(b, grid) - TRUE["level"])
    rate = np.exp(log_rate)
    spent = np.cumsum(0.5 * (rate[:, 1:] + rate[:, :-1]) * np.diff(grid), axis=1)
    spent = np.column_stack([np.zeros(len(b)), spent])
    return np.array([np.interp(u, own, grid, right=np.inf) for u, own in zip(unit, spent, strict=True)])


def patients(rng, n):
    """Return a SIMULATED cohort's table."""
    arm = rng.random(n) < 0.5
    s, rho = (TRUE["sd_level"], TRUE["sd_change"]), np.tanh(TRUE["fisher_z"])
    b = rng.multivariate_normal([0.0, 0.0], [[s[0] ** 2, rho * s[0] * s[1]], [rho * s[0] * s[1], s[1] ** 2]], n)
    died = event_times(b, TRUE["arm"] * (arm - 0.5), rng.standard_exponential(n))
    censored = rng.uniform(24.0, 48.0, n)
    time = np.minimum(died, censored).clip(1e-3)
    y = 2.0 ** (value_at(b, MONTHS) + rng.normal(0.0, TRUE["error"], (n, 3)))
    for k, share in ((1, 0.1), (2, 0.1)):
        low = np.nan_to_num(y[:, k - 1], nan=0.7) < 0.8
        gone = rng.random(n) < np.where(low, share + 0.35, share)
        y[gone | (MONTHS[k] >= time), k] = np.nan
    return pd.DataFrame(
        {
            "time": time,
            "event": (died <= censored).astype(int),
            "arm": np.where(arm, "b", "a"),
            **{f"y{k}": y[:, k].round(4) for k in range(3)},
        }
    )


def cohort_of(frame):
    """Return a SIMULATED cohort."""
    return read_cohort(frame, schema_from(SCHEMA, "drawn"), provenance="simulated")


def naive(frame):
    """Return the log HR per doubling of the last value measured, as if known at time zero."""
    last = frame[["y0", "y1", "y2"]].ffill(axis=1)["y2"]
    one = {"alc": {"kind": "continuous", "center": 1.0}}
    schema = schema_from(SCHEMA | {"covariates": {**SCHEMA["covariates"], **one}}, "drawn")
    effects = [SPEC["effect"][0], {"covariate": "alc", "structure": "per_doubling", "prior": {"normal": [0.0, 1.0]}}]
    cohort = read_cohort(frame.assign(alc=last), schema, provenance="simulated")
    return float(fit_classical_plan(make_plan(spec_from(SPEC | {"effect": effects}, "naive"), cohort)).cox.coef[1])


def drawn(posterior):
    """Return draws of every quantity that has a truth."""
    flat = posterior.flat
    held = {"alc": flat["b_alc"][:, 0], "arm": flat["b_arm"][:, 0], "level": flat["level_alc"][:, 0]}
    held |= {f"change {k + 1}": flat["change_alc"][:, k] for k in (0, 1)}
    return held | {name: flat[f"{name}_alc"][:, 0] for name in ("sd_level", "sd_change", "fisher_z", "error")}


def recovered(n, place):
    """Return mean, SD and limits of each quantity in one cohort, and the estimates beside."""
    frame = patients(np.random.default_rng([SEED, n, place]), n)
    plan = make_plan(spec(), cohort_of(frame))
    posterior = fit_plan(plan, SETTINGS, seed=place)
    found = {
        name: [float(draws.mean()), float(draws.std()), *np.quantile(draws, [0.025, 0.975]).tolist()]
        for name, draws in drawn(posterior).items()
    }
    return {
        "events": plan.rows.events,
        "divergences": int(posterior.stats["diverging"].sum()),
        "found": found,
        "carried_forward": float(fit_classical_plan(plan).cox.coef[1]),
        "naive": naive(frame),
    }


def summary(studies):
    """Return coverage, bias of means and its Monte Carlo error by quantity, and the means of what is beside."""
    found = {}
    for name, true in TRUE.items():
        held = np.array([one["found"][name] for one in studies])
        found[name] = {
            "covered": int(((held[:, 2] <= true) & (true <= held[:, 3])).sum()),
            "bias": float((held[:, 0] - true).mean()),
            "mc_error": float(held[:, 0].std(ddof=1) / np.sqrt(len(held))),
        }
    beside = {name: float(np.mean([one[name] for one in studies])) for name in ("carried_forward", "naive")}
    return {"quantities": found, **beside}


def main():
    """Write the studies, each cohort as soon as it is fitted."""
    warnings.simplefilter("ignore")
    stored = json.loads(STORED.read_text()) if STORED.exists() else {}
    for place in range(COHORTS):
        for n in SIZES:
            of = stored.setdefault(str(n), [])
            if len(of) == place:
                of.append(recovered(n, place))
                STORED.write_text(json.dumps(stored, indent=1) + "\n")
                print(n, place, of[-1]["divergences"], of[-1]["found"]["alc"], flush=True)


if __name__ == "__main__":
    main()
