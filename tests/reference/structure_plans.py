"""Plans of every effect structure, and what engines make of them: for a stored test, to compare two states of code.

`python -m tests.reference.structure_plans OUT.npz` writes every array; `--store` the JSON of the test.
"""

import itertools
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.model.prior import parameter_priors, prior_draws
from escc_bayes.bayes.modes.coordinates import log_scales, log_shape, predictors
from escc_bayes.bayes.modes.layout import coordinates
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.inference_groups import parameter_dims
from escc_bayes.data.bundled import example_cohort
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec, spec_from

STORED = Path(__file__).with_name("structure_plans.json")
SCHEMA = {
    "id": "id",
    "endpoints": {"os": {"time": "t", "event": "d"}},
    "covariates": {
        "stage": {"kind": "ordered", "levels": ["II", "III", "IV"]},
        "arm": {"kind": "binary", "levels": ["a", "b"]},
        "age": {"kind": "continuous", "center": 60.0, "scale": 10.0},
        "centre": {"kind": "nominal", "levels": ["c1", "c2", "c3", "c4", "c5"]},
        "alc_mid": {"kind": "ordered", "levels": ["high", "medium", "low"]},
        "alc_post": {"kind": "ordered", "levels": ["high", "medium", "low"]},
    },
}
ALC = ["alc_mid", "alc_post"]
NORMAL, HALF = {"normal": [0.1, 0.8]}, {"halfnormal": 0.4}
CHANGES = {"structure": "time_varying", "prior": NORMAL, "sd": HALF}
EVIDENCE = {"evidence": "rt_added", "robust": 0.2}
EFFECTS = {
    "fixed": {"covariate": "stage", "structure": "fixed", "prior": NORMAL},
    "evidence": {"covariate": "arm", "structure": "fixed", "prior": EVIDENCE},
    "linear": {"covariate": "age", "structure": "linear", "prior": NORMAL},
    "ordered": {"covariate": "stage", "structure": "ordered", "prior": {"hr_median": 1.0, "hr_upper": 4.0}},
    "ordered_two": {"covariate": "arm", "structure": "ordered", "prior": NORMAL},
    "exchangeable": {"covariate": "stage", "structure": "exchangeable", "sd": HALF},
    "random_intercept": {"covariate": "centre", "structure": "random_intercept", "sd": HALF},
    "pooled": {"name": "alc", "covariates": ALC, "structure": "pooled", "prior": NORMAL, "sd": HALF},
}
CHANGING = {
    "time_varying": {"covariate": "stage", "cuts": [6.0, 14.0], **CHANGES},
    "time_varying_off": {"covariate": "arm", "cuts": [9.5], **CHANGES},
    "time_varying_number": {"covariate": "age", "cuts": [8.0], **CHANGES},
    "spline": {"covariate": "age", "structure": "spline", "knots": 5, "prior": NORMAL, "sd": HALF},
    "subgroup": {"covariate": "arm", "structure": "subgroup", "within": "stage", "prior": NORMAL, "sd": HALF},
    "subgroup_strata": {"covariate": "age", "structure": "subgroup", "within": "alc_mid", "prior": NORMAL, "sd": HALF},
    "horseshoe": {
        "name": "many",
        "covariates": ["age", "arm", "stage"],
        "structure": "horseshoe",
        "expected": 1.0,
        "slab": 0.8,
    },
    "interaction": {"covariate": "arm", "structure": "interaction", "by": "age", "prior": NORMAL, "ratio": NORMAL},
}
PIECEWISE = {"family": "piecewise_exponential", "cuts": [6.0, 14.0], "sd": HALF}
INDEPENDENT = {"family": "piecewise_exponential", "pieces": 3, "smoothing": "independent", "at": "reference"}
WEIBULL = {"family": "weibull", "reference_time": 12.0}
BASELINES = {
    "walk": (PIECEWISE, {"baseline_survival": {"at": 12.0, "median": 0.6, "lower": 0.2}}),
    "independent": (INDEPENDENT, {"baseline_rate": {"gamma": [0.5, 10.0]}}),
    "weibull": (WEIBULL, {"baseline_log_cumulative_hazard": NORMAL, "log_shape": {"normal": [0.0, 0.4]}}),
}
SETS = (
    *((name,) for name in EFFECTS),
    ("ordered", "linear", "random_intercept", "pooled"),
    ("fixed", "ordered_two", "linear"),
    ("exchangeable", "evidence", "random_intercept"),
    ("ordered", "evidence", "linear", "pooled", "random_intercept"),
)
# Effects whose coefficients depend on time or on curves, baselines by strata, several rows of a patient.
STRATA = {"strata": "alc_mid"}
LATER = (
    (("time_varying",), "walk", {}, False),
    (("time_varying_off", "linear"), "independent", {}, False),
    (("time_varying_number", "time_varying", "random_intercept"), "walk", {}, False),
    (("spline",), "weibull", {}, False),
    (("spline", "ordered", "time_varying_off"), "walk", {}, False),
    (("fixed", "linear"), "walk", STRATA, False),
    (("fixed", "time_varying_off"), "independent", STRATA, False),
    (("fixed", "linear"), "walk", {}, True),
    (("ordered", "spline"), "weibull", {}, True),
    (("time_varying", "linear", "random_intercept"), "independent", {}, True),
    (("time_varying_off", "linear"), "walk", STRATA, True),
    (("ordered", "subgroup"), "walk", {}, False),
    (("subgroup_strata", "fixed"), "independent", STRATA, False),
    (("interaction", "linear"), "weibull", {}, False),
    (("exchangeable", "subgroup"), "weibull", {}, True),
    (("horseshoe",), "walk", {}, False),
    (("horseshoe", "random_intercept"), "weibull", {}, True),
)
BUNDLED = {"escc79": ("os_piecewise", "os_weibull", "pfs_piecewise", "pfs_weibull"), "larynx": ("larynx_piecewise",)}


def cohort():
    """Return 60 SIMULATED patients, the same every time."""
    return read_cohort(patients(), schema_from(SCHEMA, "structures"), provenance="simulated", name="structures")


def split_cohort():
    """Return the same in rows of at most 7 months, stage a level higher from the second on."""
    whole, parts = patients(), []
    higher = {"II": "III", "III": "IV", "IV": "IV"}
    for _, row in whole.iterrows():
        edges = [*np.arange(0.0, row["t"], 7.0), row["t"]]
        for place, (start, stop) in enumerate(itertools.pairwise(edges)):
            stage = higher[row["stage"]] if place else row["stage"]
            died = row["d"] if stop == row["t"] else 0
            parts.append({**row, "start": start, "stop": stop, "d": died, "stage": stage})
    schema = SCHEMA | {"endpoints": {"os": {"start": "start", "stop": "stop", "event": "d"}}}
    frame = pd.DataFrame(parts).drop(columns="t")
    return read_cohort(frame, schema_from(schema, "structures"), provenance="simulated", name="structures")


def patients():
    """Return the rows of 60 SIMULATED patients."""
    rng = np.random.default_rng(20)
    n = 60
    age = rng.normal(61, 9, n).round(1)
    frame = pd.DataFrame(
        {
            "id": [f"P{i:02d}" for i in range(n)],
            "stage": rng.choice(["II", "III", "IV"], n),
            "arm": rng.choice(["a", "b"], n),
            "age": age,
            "centre": rng.choice(["c1", "c2", "c3", "c4", "c5"], n),
            "alc_mid": rng.choice(["high", "medium", "low"], n),
            "alc_post": rng.choice(["high", "medium", "low"], n),
        }
    )
    time = rng.exponential(14 * np.exp(-0.03 * (age - 61)))
    frame["t"], frame["d"] = np.minimum(time, 30.0).round(2) + 0.01, (time < 30.0).astype(int)
    return frame


def plans():
    """Yield (name, plan, cohort): each set of effects under one baseline, each bundled model with its variants."""
    whole, split = cohort(), split_cohort()
    for effects, baseline in zip(SETS, itertools.cycle(BASELINES), strict=False):
        yield f"{'+'.join(effects)} | {baseline}", make_plan(model_of(effects, baseline), whole), whole
    for effects, baseline, more, in_rows in LATER:
        name = f"{'+'.join(effects)} | {baseline}{' strata' if more else ''}{' rows' if in_rows else ''}"
        given = split if in_rows else whole
        yield name, make_plan(model_of(effects, baseline, **more), given), given
    for name, models in BUNDLED.items():
        bundled = example_cohort(name)
        for model in models:
            for variant in (None, *load_spec(model).variants):
                spec = load_spec(model, variant=variant)
                yield f"{name} {spec.name}", make_plan(spec, bundled), bundled


def model_of(effects, baseline, **more):
    """Return the specification of a set of effects under a baseline."""
    body, priors = BASELINES[baseline]
    raw = {"name": "m", "outcome": {"endpoint": "os"}, "baseline": body | more, "priors": priors}
    return spec_from(raw | {"effect": [(EFFECTS | CHANGING)[name] for name in effects]}, "m.toml")


def arrays(plan, patients, *, draws):
    """Return every array that engines make of a plan, by name."""
    found = {}
    for place, coords in enumerate(coordinates(plan)):
        found[f"loading {place}"], found[f"offset {place}"] = coords.loading, coords.offset
        layout = (coords.hypers, coords.parameters, coords.simplexes, coords.pieces, coords.log_weight)
        found[f"layout {place}"] = np.array(repr(layout))
    values = prior_draws(plan, 5, 11)
    found |= {f"prior {name}": drawn for name, drawn in values.items()}
    found["coefficients"] = parameters.coefficients(plan.design.blocks, values, 5)
    found["priors"] = np.array(repr(parameter_shapes(plan)))
    found["dims"] = np.array(repr(parameter_dims(plan)))
    posterior = fit(plan.spec, patients, seed=5, engine="laplace", draws=draws)
    found |= {f"posterior {name}": drawn for name, drawn in posterior.values.items()}
    return found


def parameter_shapes(plan):
    """Return the shape of every free parameter."""
    return {name: shape for name, (shape, _) in parameter_priors(plan).items()}


def summary(plan):
    """Return what the stored test holds: shapes, dimensions, coefficients of prior draws, sums of the coordinates."""
    values = prior_draws(plan, 3, 11)
    return {
        "shapes": {name: list(shape) for name, shape in parameter_shapes(plan).items()},
        "dims": {name: dims for name, dims in parameter_dims(plan).items() if dims},
        "coefficients": parameters.coefficients(plan.design.blocks, values, 3).round(14).tolist(),
        "coordinates": [[weighed(c.loading), weighed(c.offset)] for c in coordinates(plan)],
        "likelihood": likelihood(plan),
    }


def likelihood(plan):
    """Return the log-likelihood at three points, and a number of its gradient and of its information."""
    coords, rng = coordinates(plan)[0], np.random.default_rng(4)
    x, u = 0.3 * rng.standard_normal((3, coords.latents)), 0.3 * rng.standard_normal((3, len(coords.hypers)))
    psi, cells = predictors(coords, x, u, log_scales(coords, u)), cells_of(plan).given(log_shape(coords, u))
    derivatives = cells.derivatives(psi)
    return [*cells.value(psi).tolist(), weighed(derivatives.gradient), weighed(derivatives.information)]


def weighed(values):
    """Return one number that sees every element and its place."""
    return float(np.sum(values.ravel() * np.arange(1.0, values.size + 1.0)))


def main():
    """Write everything, or the small JSON."""
    if sys.argv[1] == "--store":
        stored = {name: summary(plan) for name, plan, _ in plans()}
        STORED.write_text(json.dumps(stored, indent=1) + "\n")
        return
    found = {}
    for name, plan, patients in plans():
        found |= {f"{name}: {key}": value for key, value in arrays(plan, patients, draws=500).items()}
        if " | " in name:
            drawn = fit(plan.spec, patients, seed=5, engine="nuts", draws=50, tune=100, chains=2)
            found |= {f"{name}: nuts {key}": value for key, value in drawn.values.items()}
    np.savez(sys.argv[1], **found)


if __name__ == "__main__":
    import warnings

    warnings.simplefilter("ignore")
    main()
