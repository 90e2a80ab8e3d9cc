"""Cost of a fit by ``laplace`` against the number of patients, 79 to 1,000,000. ``python benchmarks/scale.py``.

Each size and model is a process of its own. CPU seconds, the smallest of three runs (one where it is long): ``cells``,
from checked rows to cells; ``fit``, from a cohort to 4 x 5,000 draws (continuous covariate: 4 x 500). Peak memory is
that of the whole process, its imports and the reading of the data frame included. ``python benchmarks/scale.py plot``
draws docs/images/scale.png from the table.
"""

import csv
import json
import resource
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

import escc_bayes as eb
from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

HERE = Path(__file__).parent
TABLE = HERE / "scale.csv"
SIZES = (79, 2_000, 20_000, 200_000, 1_000_000)
LEVELS = (3, 2, 2, 2, 2, 2)
WALK = {
    "baseline": {"family": "piecewise_exponential", "cuts": [6.0, 12.0, 18.0, 24.0, 36.0], "sd": {"halfnormal": 0.5}},
    "priors": {"baseline_log_rate": {"normal": [-4.0, 1.0]}},
}
WEIBULL = {
    "baseline": {"family": "weibull", "reference_time": 24.0},
    "priors": {"baseline_log_cumulative_hazard": {"normal": [-1.0, 1.0]}, "log_shape": {"normal": [0.0, 0.5]}},
}
# Form, whether age (continuous) is a seventh covariate, draws of each of four blocks.
MODELS = {"walk": (WALK, False, 5000), "weibull": (WEIBULL, False, 5000), "walk, continuous age": (WALK, True, 500)}


def cohort_of(n, *, age):
    """Return n simulated patients with six categorical covariates, 96 patterns, and perhaps an age."""
    rng = np.random.default_rng(1)
    codes = [rng.integers(0, k, n) for k in LEVELS]
    ages = rng.normal(65.0, 8.0, n)
    eta = sum(0.3 * (code - code.mean()) for code in codes) + 0.02 * age * (ages - 65.0)
    event_at = 30.0 * (rng.exponential(size=n) / np.exp(eta)) ** (1.0 / 1.2)
    censored_at = rng.uniform(6.0, 60.0, n)
    frame = pd.DataFrame({f"x{j}": np.array(["a", "b", "c"])[code] for j, code in enumerate(codes)})
    frame = frame.assign(age=ages, t=np.minimum(event_at, censored_at) + 1e-3, d=(event_at <= censored_at).astype(int))
    covariates = {f"x{j}": {"kind": "nominal", "levels": list("abc"[:k])} for j, k in enumerate(LEVELS)}
    covariates["age"] = {"kind": "continuous", "center": 65.0, "scale": 10.0}
    raw = {"endpoints": {"os": {"time": "t", "event": "d"}}, "covariates": covariates}
    return eb.read_cohort(frame, schema_from(raw, "scale"), provenance="simulated")


def specification(form, *, age):
    """Return the model."""
    effects = [
        {"covariate": f"x{j}", "structure": "fixed", "prior": {"normal": [0.0, 1.0]}} for j in range(len(LEVELS))
    ]
    if age:
        effects.append({"covariate": "age", "structure": "linear", "prior": {"normal": [0.0, 0.5]}})
    return spec_from({"name": "scale", "outcome": {"endpoint": "os"}, **form, "effect": effects}, "scale")


def smallest(run, times):
    """Return the smallest CPU time of several runs, in seconds, and what the last returned."""
    spent = []
    for _ in range(times):
        began = time.process_time()
        found = run()
        spent.append(time.process_time() - began)
    return min(spent), found


def measure(n, model):
    """Return one row of the table."""
    warnings.simplefilter("ignore")
    form, age, draws = MODELS[model]
    spec = specification(form, age=age)
    cohort = cohort_of(n, age=age)
    plan = make_plan(spec, cohort)
    times = 1 if age and n > 20_000 else 3
    cells, data = smallest(lambda: cells_of(plan), times)
    fit, posterior = smallest(lambda: eb.fit(spec, cohort, seed=1, engine="laplace", draws=draws), times)
    return {
        "model": model,
        "patients": n,
        "patterns": len(data.given(np.zeros(1)).patterns),
        "cells_cpu_s": round(cells, 4),
        "fit_cpu_s": round(fit, 3),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "pareto_k": round(posterior.diagnostics.pareto_k_max, 2),
        "verdict": posterior.diagnostics.verdict,
    }


def table():
    """Measure every size and model, each in its own process; print the table and write it."""
    rows = []
    print("| model | patients | patterns | cells, CPU s | fit, CPU s | peak MB | k | verdict |")
    print("|---|---|---|---|---|---|---|---|")
    for model in MODELS:
        for n in SIZES:
            done = subprocess.run([sys.executable, __file__, str(n), model], capture_output=True, text=True, check=True)
            rows.append(json.loads(done.stdout))
            print("| " + " | ".join(str(value) for value in rows[-1].values()) + " |", flush=True)
    with TABLE.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def plot():
    """Draw CPU seconds and peak memory against patients, both axes logarithmic."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    with TABLE.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    figure, (cost, memory) = plt.subplots(1, 2, figsize=(9.6, 3.8), layout="constrained")
    for model, marker in zip(MODELS, "osD", strict=True):
        own = [row for row in rows if row["model"] == model]
        n = [int(row["patients"]) for row in own]
        draws = 4 * MODELS[model][2]
        (line,) = cost.plot(
            n, [float(row["fit_cpu_s"]) for row in own], marker, ls="-", label=f"{model}, {draws:,} draws"
        )
        cost.plot(n, [float(row["cells_cpu_s"]) for row in own], marker, ls=":", ms=4, color=line.get_color())
        memory.plot(n, [float(row["peak_mb"]) for row in own], marker, ls="-", color=line.get_color())
    cost.set(
        xscale="log", yscale="log", xlabel="patients", ylabel="CPU seconds", title="fit (solid) and its cells (dotted)"
    )
    memory.set(xscale="log", yscale="log", xlabel="patients", ylabel="MB", title="peak memory of the process")
    memory.axhline(1000.0, color="0.6", lw=0.8)
    cost.legend(fontsize="small")
    place = HERE.parent / "docs" / "images" / "scale.png"
    figure.savefig(place, dpi=130)
    print(place)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measure(int(sys.argv[1]), sys.argv[2])))
    else:
        plot() if "plot" in sys.argv else table()
