"""What reading costs: the whole of ``escc-bayes fit --engine laplace`` on files of 2,000 to 1,000,000 rows, and of
``baselines`` on files of ever more columns. ``python benchmarks/reading.py``; writes benchmarks/reading.md.

CPU seconds (user and system) of the process, its start and its files included; the smallest of three runs.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
VERB = Path(sys.executable).with_name("escc-bayes")
ROWS = (2_000, 200_000, 1_000_000)
COLUMNS = (10, 1_000, 10_000)
LEVELS = (3, 2, 2, 2, 2, 2)
RUNS = 3
SCHEMA = 'schema = 1\nid = "id"\n[endpoints.os]\ntime = "t"\nevent = "d"\n' + "".join(
    f'[covariates.x{j}]\nkind = "nominal"\nlevels = [{", ".join(chr(34) + c + chr(34) for c in "abc"[:k])}]\n'
    for j, k in enumerate(LEVELS)
)
MODEL = """schema = 1
name = "six"
[outcome]
endpoint = "os"
[baseline]
family = "piecewise_exponential"
cuts = [6.0, 12.0, 18.0, 24.0, 36.0]
sd = { halfnormal = 0.5 }
[priors]
baseline_log_rate = { normal = [-4.0, 1.0] }
""" + "".join(
    f'[[effect]]\ncovariate = "x{j}"\nstructure = "fixed"\nprior = {{ normal = [0.0, 1.0] }}\n'
    for j in range(len(LEVELS))
)


def lines_of(n):
    """Return the lines of n SIMULATED patients with six categorical covariates, 96 patterns."""
    rng = np.random.default_rng(1)
    codes = [rng.integers(0, k, n) for k in LEVELS]
    eta = sum(0.3 * (code - code.mean()) for code in codes)
    event_at = 30.0 * (rng.exponential(size=n) / np.exp(eta)) ** (1.0 / 1.2)
    censored_at = rng.uniform(6.0, 60.0, n)
    time, event = np.minimum(event_at, censored_at) + 1e-3, (event_at <= censored_at).astype(int)
    words = ["".join("," + "abc"[code] for code in row) for row in zip(*codes, strict=True)]
    return [f"P{i},{t:.6f},{d}{w}" for i, (t, d, w) in enumerate(zip(time, event, words, strict=True))]


def cost(words, folder):
    """Return the CPU seconds, smallest of some runs, and the peak memory in MB of one command."""
    found = []
    for _ in range(RUNS):
        run = subprocess.Popen(
            [VERB, *words, "--out", folder / "out"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        told = run.stderr.read()
        _, status, used = os.wait4(run.pid, 0)
        assert status == 0, told.decode()
        found.append(used.ru_utime + used.ru_stime)
    return min(found), used.ru_maxrss // 1024


def table(title, first, measured):
    """Return one table, each size beside the smallest."""
    base = measured[0][1]
    rows = [f"| {size:,} | {seconds:.2f} | {seconds / base:.2f} | {peak} |" for size, seconds, peak in measured]
    return [title, "", f"| {first} | CPU s | against the first | peak MB |", "|---|---|---|---|", *rows, ""]


def main():
    """Measure, print and write."""
    by_rows, by_columns = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "s.toml").write_text(SCHEMA)
        (folder / "m.toml").write_text(MODEL)
        of_cohort = ["--cohort", folder / "c.csv", "--schema", folder / "s.toml"]
        head = "id,t,d," + ",".join(f"x{j}" for j in range(len(LEVELS)))
        for n in ROWS:
            (folder / "c.csv").write_text("\n".join([head, *lines_of(n)]) + "\n")
            by_rows.append((n, *cost(["fit", *of_cohort, "--model", folder / "m.toml", "--engine", "laplace"], folder)))
        rng = np.random.default_rng(2)
        for k in COLUMNS:
            names = "".join(f",gene_{i}" for i in range(k))
            genes = ["".join(f",{value:.2f}" for value in row) for row in rng.normal(size=(80, k))]
            rows = [line + more for line, more in zip(lines_of(80), genes, strict=True)]
            (folder / "c.csv").write_text("\n".join([head + names, *rows]) + "\n")
            by_columns.append((k, *cost(["baselines", *of_cohort, "--endpoint", "os"], folder)))
    text = [
        "# What reading costs",
        "",
        "`python benchmarks/reading.py`: CPU seconds of the whole process, smallest of three runs, on 2 shared vCPU.",
        "",
        *table("`fit --engine laplace`, six categorical covariates:", "rows", by_rows),
        *table("`baselines`, 80 patients, columns that the schema does not name:", "columns", by_columns),
    ]
    print("\n".join(text))
    (HERE / "reading.md").write_text("\n".join(text).rstrip() + "\n")


if __name__ == "__main__":
    main()
