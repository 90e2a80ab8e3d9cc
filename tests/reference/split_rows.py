"""Data sets as start-stop rows: larynx (lifelines) cut into rows, SIMULATED visits, and those of R's survival.

`python -m tests.reference.split_rows` writes larynx.csv and visits.csv and calls split_rows.R, which makes
split_rows.json. survival's own data (pbcseq, jasa1, mgus2) are not kept here: R writes them where it is installed.
"""

import shutil
import subprocess
import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.reading import spec_from

SCRIPT, STORED = Path(__file__).with_name("split_rows.R"), Path(__file__).with_name("split_rows.json")
NUMBER = {"kind": "continuous"}


def kind(*levels):
    """Return the schema of a covariate with levels, the reference first."""
    return {"kind": "binary" if len(levels) == 2 else "nominal", "levels": list(levels)}


YES_NO = kind("no", "yes")
# Time unit and covariates of each data set.
SETS = {
    "larynx": ("years", {"stage": kind("I", "II", "III", "IV"), "age": NUMBER}),
    "visits": ("months", {"state": kind("good", "fair", "poor"), "arm": kind("a", "b"), "marker": NUMBER}),
    "pbc": (
        "days",
        {
            "age": NUMBER,
            "edema": kind("none", "treated", "yes"),
            "sex": kind("f", "m"),
            **dict.fromkeys(("log_bili", "log_protime", "log_albumin"), NUMBER),
        },
    ),
    "jasa": ("days", {"age": NUMBER, "year": NUMBER, "surgery": YES_NO, "transplant": YES_NO}),
    "mgus": ("months", {"age": NUMBER, "sex": kind("F", "M"), "progressed": YES_NO}),
}
OF_R = ("pbc", "jasa", "mgus")


def larynx_rows():
    """Return the 90 patients of larynx, one row each, in years."""
    from lifelines.datasets import load_larynx

    rows = load_larynx()
    stage = 1 + rows["Stage_II"] + 2 * rows["Stage_III"] + 3 * rows["Stage_IV"]
    names = np.array(["I", "II", "III", "IV"])[stage - 1]
    return pd.DataFrame(
        {"id": range(len(rows)), "stop": rows["time"], "event": rows["death"], "stage": names, "age": rows["age"]}
    )


def cut_larynx():
    """Return the same, cut at five months in the middle of follow-up."""
    parts = []
    for row in larynx_rows().to_dict("records"):
        edges = [0.0, *(cut for cut in (0.5, 1.0, 2.0, 3.5, 6.0) if cut < row["stop"]), row["stop"]]
        for start, stop in pairwise(edges):
            parts.append({**row, "start": start, "stop": stop, "event": row["event"] * (stop == row["stop"])})
    return pd.DataFrame(parts)


def visit_rows():
    """Return SIMULATED visits of 150 patients every third month: a state that worsens, a marker that wanders, gaps."""
    rng, rows = np.random.default_rng(2029), []
    for patient in range(150):
        arm, state, marker = "ab"[int(rng.integers(2))], int(rng.integers(2)), float(rng.normal())
        month, end = 0.0, float(rng.uniform(6.0, 40.0).__round__(1))
        while month < end:
            rate = 0.02 * np.exp(0.7 * state + 0.4 * marker - 0.3 * (arm == "b"))
            stop, death = min(month + 3.0, end), round(month + float(rng.exponential(1.0 / rate)), 1)
            died = month < death <= stop
            whole = {"id": patient, "arm": arm, "state": ("good", "fair", "poor")[state], "marker": round(marker, 3)}
            # One visit in twenty was missed: nobody knows of these months.
            if died or rng.random() > 0.05:
                rows.append({**whole, "start": month, "stop": death if died else stop, "event": int(died)})
            if died:
                break
            month, state = stop, min(2, state + int(rng.random() < 0.12))
            marker = 0.8 * marker + float(rng.normal(0.0, 0.6))
    return pd.DataFrame(rows)


def rows_of_r(folder):
    """Let R write pbc.csv, jasa.csv and mgus.csv into a folder."""
    subprocess.run(["Rscript", str(SCRIPT), str(folder)], check=True, capture_output=True)


def has_r():
    """Whether R and its survival are installed."""
    if shutil.which("Rscript") is None:
        return False
    return subprocess.run(["Rscript", "-e", "library(survival)"], capture_output=True, check=False).returncode == 0


def cohort_of(name, rows):
    """Return start-stop rows as a cohort."""
    unit, covariates = SETS[name]
    schema = {
        "time_unit": unit,
        "id": "id",
        "endpoints": {"os": {"start": "start", "stop": "stop", "event": "event"}},
        "covariates": covariates,
    }
    return read_cohort(rows, schema_from(schema, name), name=name)


def model(name, covariates, **baseline):
    """Return a model with vague priors of some covariates."""
    vague = {"normal": [0.0, 10.0]}
    effects = [
        {
            "covariate": covariate,
            "structure": "linear" if SETS[name][1][covariate] == NUMBER else "fixed",
            "prior": vague,
        }
        for covariate in covariates
    ]
    body = {"family": "piecewise_exponential", "pieces": 4, "smoothing": "independent", **baseline}
    raw = {"name": name, "outcome": {"endpoint": "os"}, "baseline": body, "priors": {"baseline_log_rate": vague}}
    return spec_from(raw | {"effect": effects}, name)


def main():
    """Write the reference anew."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("larynx.csv", "visits.csv")]
        for path, rows in zip(files, (larynx_rows(), visit_rows()), strict=True):
            rows.to_csv(path, index=False)
        subprocess.run(["Rscript", str(SCRIPT), *map(str, files), str(STORED)], check=True)


if __name__ == "__main__":
    main()
