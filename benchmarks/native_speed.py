"""CPU of engine ``nuts``, backend ``native``: an evaluation, chains in threads and processes, whole cold processes
beside backend ``pymc`` and beside peers. ``python benchmarks/native_speed.py`` prints ``native_speed.md``.

CPU seconds are those of whole processes with their children, medians of rounds in which every program runs once, one
after the other. Peers: PyMC as a user would write the model (a Poisson count for each patient and piece), numpyro and
bambi where ``NUMPYRO_PYTHON`` and ``BAMBI_PYTHON`` name an interpreter that has them, rstanarm and brms where
``Rscript`` finds them. Compilation caches are warm: a round before the first is thrown away; brms keeps its compiled
model in a file, and the round that compiles it is told apart.
"""

import multiprocessing
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np

import escc_bayes as eb
from escc_bayes.bayes.native.native import posed, sample
from escc_bayes.bayes.numeric.convergence import ess_bulk
from escc_bayes.bayes.sampling.settings import NutsSettings
from escc_bayes.hazard.piecewise import person_months, piece_of
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

HERE = Path(__file__).parent
ROUNDS = 3
COMPILED = "brms by rows, compiled before, independent"
CHAINS, DRAWS = 4, 1000
NORMAL = {"normal": [0.0, 1.0]}
LEVEL = {"baseline_log_rate": {"normal": [-3.5, 1.5]}}
CUTS = [6.0, 12.0, 18.0, 24.0, 36.0]
FORMS = {
    "walk": {
        "baseline": {"family": "piecewise_exponential", "cuts": CUTS, "steps": "equal", "sd": {"halfnormal": 0.5}},
        "priors": LEVEL,
    },
    "independent": {
        "baseline": {"family": "piecewise_exponential", "cuts": CUTS, "smoothing": "independent"},
        "priors": LEVEL,
    },
    "weibull": {
        "baseline": {"family": "weibull", "reference_time": 12.0},
        "priors": {
            "baseline_log_cumulative_hazard": {"normal": [-1.0, 1.5]},
            "log_shape": {"normal": [0.0, 0.5]},
        },
    },
}
FIT = """
import sys, warnings
import numpy as np
sys.path.insert(0, sys.argv[2])
import native_speed
import escc_bayes as eb
posterior = eb.fit(
    native_speed.specification(sys.argv[3]), eb.example_cohort("escc79"), seed=1, backend=sys.argv[4], draws=1000,
    tune=1000,
)
draws = posterior.coefficients.reshape(4, 1000, -1)
np.save(sys.argv[1] + "/draws.npy", draws)
"""


def specification(form):
    """Return a model of 79 patients with six log hazard ratios: stage, coverage, sequence, age."""
    effects = [{"covariate": c, "structure": "fixed", "prior": NORMAL} for c in ("stage", "coverage", "sequence")]
    effects.append({"covariate": "age", "structure": "linear", "prior": NORMAL})
    return spec_from({"name": form, "outcome": {"endpoint": "os"}, **FORMS[form], "effect": effects}, form)


def plan_of(form):
    """Return the plan of a form."""
    return make_plan(specification(form), eb.example_cohort("escc79"))


def write_rows(folder):
    """Write a row for each patient and piece with time at risk, as the peers read them."""
    plan = plan_of("walk")
    months = person_months(plan.rows.time, plan.baseline.cuts)
    last = piece_of(plan.rows.time, plan.baseline.cuts)
    patient, piece = np.nonzero(months > 0.0)
    rows = {
        "event": (plan.rows.event[patient] * (last[patient] == piece)).astype(np.int64),
        "piece": piece,
        "log_months": np.log(months[patient, piece]),
        "columns": plan.design.centred[patient],
    }
    np.savez(folder / "rows.npz", **rows)
    names = ["event", "piece", "log_months", *[f"x{j}" for j in range(rows["columns"].shape[1])]]
    table = np.column_stack([rows["event"], rows["piece"], rows["log_months"], rows["columns"]])
    np.savetxt(folder / "rows.csv", table, delimiter=",", header=",".join(names), comments="")


def cpu_of_children():
    """Return the CPU seconds of children that have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def run(command, folder):
    """Return CPU and wall seconds of a whole process, and the effective draws of its least certain column."""
    for name in ("draws.npy", "draws.bin"):
        (folder / name).unlink(missing_ok=True)
    began, wall = cpu_of_children(), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    spent, wall = cpu_of_children() - began, time.perf_counter() - wall
    if (folder / "draws.npy").is_file():
        draws = np.moveaxis(np.load(folder / "draws.npy"), 2, 0)
    elif (folder / "draws.bin").is_file():
        draws = np.fromfile(folder / "draws.bin").reshape(-1, CHAINS, DRAWS)
    else:
        return spent, wall, np.nan
    return spent, wall, float(ess_bulk(draws).min())


def programs(folder):
    """Return every program by name."""
    python, where = sys.executable, str(folder)
    fitted = [python, "-W", "ignore", "-c", FIT, where, str(HERE)]
    found = {f"native, {form}": [*fitted, form, "native"] for form in FORMS}
    found |= {"backend pymc, walk": [*fitted, "walk", "pymc"]}
    verb = [str(Path(python).with_name("escc-bayes")), "fit", "--cohort", "escc79", "--model", "os_piecewise"]
    for backend in ("native", "pymc"):
        out = ["--draws", "1000", "--tune", "1000", "--quiet", "--out", f"{where}/{backend}", "--backend", backend]
        found[f"escc-bayes fit, {backend}, os_piecewise"] = [*verb, *out]
    rows = [python, "-W", "ignore", str(HERE / "peers" / "pymc_rows.py"), where]
    found |= {f"PyMC by rows, {sampler}, walk": [*rows, sampler] for sampler in ("pymc", "nutpie")}
    if "NUMPYRO_PYTHON" in os.environ:
        found["numpyro by rows, walk"] = [
            os.environ["NUMPYRO_PYTHON"], "-W", "ignore", str(HERE / "peers" / "numpyro_rows.py"), where,
        ]  # fmt: skip
    if "BAMBI_PYTHON" in os.environ:
        bambi = [os.environ["BAMBI_PYTHON"], "-W", "ignore", str(HERE / "peers" / "bambi_rows.py"), where]
        found["bambi by rows, pymc, independent"] = bambi
    if r_version("rstanarm"):
        found["rstanarm by rows, independent"] = ["Rscript", str(HERE / "peers" / "rstanarm_rows.R"), where]
    if r_version("brms"):
        brms = ["Rscript", str(HERE / "peers" / "brms_rows.R"), where]
        found[COMPILED] = [*brms, f"{where}/brms.rds"]
    return found


@cache
def r_version(package):
    """Return the version of an R package, or nothing where it cannot be loaded."""
    if shutil.which("Rscript") is None:
        return ""
    asked = ["Rscript", "-e", f'suppressMessages(library({package})); cat(as.character(packageVersion("{package}")))']
    done = subprocess.run(asked, check=False, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else ""


def peer_versions():
    """Return the versions of peers outside this environment, as text."""
    found = []
    if "NUMPYRO_PYTHON" in os.environ:
        ask = "import jax, numpyro; print(f'numpyro {numpyro.__version__}, jax {jax.__version__}')"
        asked = [os.environ["NUMPYRO_PYTHON"], "-c", ask]
        found.append(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())
    if "BAMBI_PYTHON" in os.environ:
        asked = [os.environ["BAMBI_PYTHON"], "-c", "import bambi; print(f'bambi {bambi.__version__}')"]
        found.append(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())
    return found + [f"{package} {r_version(package)}" for package in ("rstanarm", "brms") if r_version(package)]


def whole_processes():
    """Return name -> rows (rounds, 3) of CPU, wall and effective draws."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_rows(folder)
        found = programs(folder)
        measured = {program: [] for program in found}
        for program, command in found.items():
            if "pymc" in program.lower():
                run(command, folder)
            if program == COMPILED:
                measured["brms by rows, compiling, independent"] = [run(command, folder)]
        for _ in range(ROUNDS):
            for program, command in found.items():
                measured[program].append(run(command, folder))
        return {program: np.median(rows, axis=0) for program, rows in measured.items()}


def evaluations():
    """Return form -> (microseconds of an evaluation, microseconds of a leapfrog step with the sampler's share)."""
    found = {}
    for form in FORMS:
        plan = plan_of(form)
        density, _ = posed(plan)
        q = 0.3 * np.random.default_rng(1).standard_normal(density.size)
        took = []
        for _ in range(7):
            began = time.process_time()
            for _ in range(2000):
                density(q)
            took.append((time.process_time() - began) / 2000)
        began = time.process_time()
        drawn = sample(plan, NutsSettings(DRAWS, DRAWS, CHAINS, 0.9, "native"), 1, lambda *_: None)
        steps = 2.0 * float(drawn.stats["n_steps"].sum())
        found[form] = 1e6 * min(took), 1e6 * (time.process_time() - began) / steps, density.base.size
    return found


def one_chain(number):
    """Run one chain."""
    sample(plan_of("walk"), NutsSettings(DRAWS, DRAWS, 1, 0.9, "native"), number, lambda *_: None)


def two_chains(first):
    """Run two chains, one after the other."""
    one_chain(first)
    one_chain(first + 1)


def in_sequence():
    """Run four chains on one thread."""
    two_chains(0)
    two_chains(2)


def in_threads():
    """Run four chains on two threads."""
    threads = [threading.Thread(target=two_chains, args=(first,)) for first in (0, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def in_processes():
    """Run four chains in two processes, forked from this one: no import is paid."""
    with multiprocessing.get_context("fork").Pool(2) as pool:
        pool.map(two_chains, (0, 2))


def arrangements():
    """Return name -> CPU and wall seconds of four chains, the median of three runs."""
    found = {}
    for name, arrangement in (
        ("one after another", in_sequence),
        ("two threads", in_threads),
        ("two processes", in_processes),
    ):
        took = []
        for _ in range(ROUNDS):
            began, wall = time.process_time() + cpu_of_children(), time.perf_counter()
            arrangement()
            took.append((time.process_time() + cpu_of_children() - began, time.perf_counter() - wall))
        found[name] = np.median(took, axis=0)
    return found


def report():
    """Return the page."""
    names = ("escc-bayes", "numpy", "scipy", "nutpie", "pymc", "pytensor")
    loads = [os.getloadavg()[0]]
    measured, steps, ways = whole_processes(), evaluations(), arrangements()
    loads.append(os.getloadavg()[0])
    lines = [
        "# CPU of `nuts`, backend `native`",
        "",
        f"`python benchmarks/native_speed.py` on {platform.machine()}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}, {', '.join([f'{name} {version(name)}' for name in names] + peer_versions())}. "
        "79 patients (escc79), six log hazard ratios, six pieces, 4 chains x (1,000 + 1,000). Medians of three rounds; "
        f"load {min(loads):.0f} to {max(loads):.0f}, so wall seconds tell little.",
        "",
        "| whole cold process, PyMC's cache warm | CPU s | wall s | bulk ESS, smallest of six | ESS per CPU s |",
        "|---|---|---|---|---|",
    ]
    for program, (cpu, wall, effective) in measured.items():
        told = "| - | - |" if np.isnan(effective) else f"| {effective:,.0f} | {effective / cpu:,.0f} |"
        lines.append(f"| {program} | {cpu:.2f} | {wall:.1f} {told}")
    if "NUMPYRO_PYTHON" not in os.environ:
        lines.append("| numpyro | not installed | | | |")
    absent = [package for package in ("rstanarm", "brms") if not r_version(package)]
    absent += [] if "BAMBI_PYTHON" in os.environ else ["bambi"]
    lines += [f"| {package} | not installed | | | |" for package in absent]
    lines += ["", *ratios(measured), ""]
    lines += ["| form | rows | an evaluation, us | a leapfrog step in all, us |", "|---|---|---|---|"]
    lines += [f"| {form} | {rows} | {one:.1f} | {step:.1f} |" for form, (one, step, rows) in steps.items()]
    lines += ["", "| four chains, walk, warm process | CPU s | wall s |", "|---|---|---|"]
    lines += [f"| {name} | {cpu:.2f} | {wall:.2f} |" for name, (cpu, wall) in ways.items()]
    return "\n".join(lines) + "\n"


def ratios(measured):
    """Return what must hold, as sentences."""
    ours, theirs = measured["native, walk"], measured["backend pymc, walk"]
    verbs = [measured[f"escc-bayes fit, {backend}, os_piecewise"][0] for backend in ("native", "pymc")]
    peers = {p: m[2] / m[0] for p, m in measured.items() if "by rows" in p}
    best = max(peers, key=peers.get)
    ratio = ours[2] / ours[0] / peers[best]
    return [
        f"- `native` needs {ours[0] / theirs[0]:.2f} of the CPU of backend `pymc` ({verbs[0] / verbs[1]:.2f} for the "
        "whole verb on the bundled model).",
        f"- ESS per CPU second: {ratio:.1f} times that of the best peer ({best}).",
    ]


if __name__ == "__main__":
    print(report(), end="")
