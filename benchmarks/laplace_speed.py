"""CPU time of the engine ``laplace``: one fit, leave-one-out, a prior grid. ``python benchmarks/laplace_speed.py``.

CPU seconds of this process and its children, the smallest of several runs where one is short.
"""

import os
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from laplace_accuracy import COHORTS, specification

import escc_bayes as eb
from escc_bayes.spec.prior import Normal


def smallest(run, times=9):
    """Return the smallest CPU time of several runs, in ms."""
    run()
    spent = []
    for _ in range(times):
        began = time.process_time()
        run()
        spent.append(1e3 * (time.process_time() - began))
    return min(spent)


def fast(spec, cohort, draws):
    """Fit with ``draws`` in all."""
    return eb.fit(spec, cohort, seed=1, engine="laplace", draws=draws // 4)


def leave_one_out():
    """Return CPU seconds of the fit to 79 patients and the 79 refits without one of them."""
    spec, cohort = specification("simulated79", "walk"), COHORTS["simulated79"][0]()
    began = time.process_time()
    eb.refit_many(eb.leave_one_out(spec, cohort), seed=1, level=0.95)
    return time.process_time() - began


def prior_grid(workers):
    """Return wall and CPU seconds of 25 x 40 priors: SDs of two effects."""
    spec, cohort = specification("simulated79", "walk"), COHORTS["simulated79"][0]()
    began, cpu = time.perf_counter(), time.process_time() + cpu_of_children()
    axes = {
        "stage": [Normal(0.0, sd) for sd in np.geomspace(0.1, 5.0, 25).tolist()],
        "sequence": [Normal(0.0, sd) for sd in np.geomspace(0.1, 5.0, 40).tolist()],
    }
    eb.refit_many(eb.prior_grid(spec, cohort, axes), seed=1, level=0.95, workers=workers)
    return time.perf_counter() - began, time.process_time() + cpu_of_children() - cpu


def cpu_of_children():
    """Return the CPU seconds of children that have ended."""
    spent = os.times()
    return spent.children_user + spent.children_system


def cold():
    """Return CPU seconds of a whole ``escc-bayes fit`` by ``laplace``, and by PyMC and nutpie, one after the other.

    Medians of three rounds, after one that fills the compile cache. Bytecode is kept, as it is for any user: without it
    (PYTHONDONTWRITEBYTECODE) a second goes into compiling 1,300 modules anew.
    """
    asked = ("laplace",), ("nuts", "--backend", "pymc")
    rounds = [[cold_once(*engine) for engine in asked] for _ in range(4)][1:]
    return np.median(rounds, axis=0).tolist()


def cold_once(*engine):
    """Return CPU seconds of one process that fits ``os_piecewise`` to 79 patients, its files written."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    verb = [str(Path(sys.executable).with_name("escc-bayes")), "fit", "--engine", *engine]
    with tempfile.TemporaryDirectory() as folder:
        asked = ["--cohort", "escc79", "--model", "os_piecewise", "--out", f"{folder}/fit", "--quiet"]
        began = cpu_of_children()
        subprocess.run([*verb, *asked], check=True, capture_output=True, env=kept)
        spent = cpu_of_children() - began
        if not Path(folder, "fit", "diagnostics.csv").is_file():
            raise RuntimeError("the command wrote nothing: its time means nothing")
    return spent


def main():
    """Print the table."""
    warnings.simplefilter("ignore")
    print("| what | CPU |")
    print("|---|---|")
    for cohort, structure in (("simulated79", "walk"), ("simulated79", "weibull"), ("lung", "random_intercept")):
        spec, patients = specification(cohort, structure), COHORTS[cohort][0]()
        print(f"| {cohort}, {structure}, 8,000 draws | {smallest(lambda: fast(spec, patients, 8000)):.0f} ms |")  # noqa: B023
    shipped = eb.load_spec("os_piecewise")
    print(
        f"| os_piecewise, 8,000 draws | {smallest(lambda: fast(shipped, eb.example_cohort('escc79'), 8000)):.0f} ms |"
    )
    print(f"| `refit_many`: 79 patients left out in turn | {leave_one_out():.2f} s |")
    for workers in (1, 2):
        wall, cpu = prior_grid(workers)
        name = f"`refit_many`: 25 x 40 priors, {workers} process{'es' * (workers - 1)}"
        print(f"| {name} | {cpu:.1f} s ({wall:.1f} s wall) |")
    ours, theirs = cold()
    print(f"| cold `escc-bayes fit --engine laplace`, bytecode kept | {ours:.1f} s |")
    print(f"| the same by PyMC and nutpie (`--engine nuts --backend pymc`), compile cache warm | {theirs:.1f} s |")
    print(f"| ratio of the two | {theirs / ours:.1f} |")


if __name__ == "__main__":
    main()
