"""Write models/simulated/consolidation156/: SIMULATED patients whose truth is known, in the design of the second study.

The second study (Cui 2025) prints medians, a hazard ratio and the number of pairs, and no column of a patient. Here are
156 patients with the columns that such a study collects, made by the law below; what the law takes from the print and
what it assumes stands in ``truth.csv`` and ``docs/consolidation156.md``.

Symbols: x covariates, centred; L month in which radiotherapy began; Z(u) = 1 from L on; C end of follow-up.

    wish    P(W = 1 | x) = 1 / (1 + exp(-(intercept + x'choice))),  L = 3 + Gamma(shape 4, scale 0.6)
    given   W = 1 and L < min(death, progression, C): whoever had radiotherapy lived without progression until L
    death   hazard ln 2 / 13.7 exp(x'prognosis) 0.70^Z(u);  progression, independent of it given x,
            hazard (ln 2 / 9.3 - ln 2 / 13.7) exp(x'prognosis) 0.50^Z(u);  PFS: the first of both

All covariates that act on both stand in the file, so that Cox with them and Z(u) estimates 0.70.

The seed is the first from 1 on with which nearest neighbours within 0.2 SD give the 32 pairs of the print; no outcome
is looked at. ``--check`` makes the files again and compares.

Run from the repository: ``python benchmarks/make_consolidation156.py [--check]``.
"""

import argparse
import math
import sys
from itertools import count
from pathlib import Path

import numpy as np
import pandas as pd

from escc_bayes.data.bundled import SIMULATED
from escc_bayes.data.cohort import Cohort, read_cohort
from escc_bayes.data.schema import load_schema
from escc_bayes.foundation.errors import CohortError
from escc_bayes.matching.design import design_of, scores_of
from escc_bayes.matching.immortal import as_if_known
from escc_bayes.matching.patients import patients_of
from escc_bayes.matching.request import Request

NAME = "consolidation156"
PATIENTS, PAIRS, CALIPER = 156, 32, 0.2
# Printed of those without radiotherapy: medians in months; of all: the hazard ratio of death.
MEDIAN_OS, MEDIAN_PFS, HR_DEATH = 13.7, 9.3, 0.70
HR_PROGRESSION = 0.50
AGE_MEAN, AGE_SD = 63.0, 8.0
SHARES = {
    "sex": {"male": 0.80, "female": 0.20},
    "ecog": {"0": 0.30, "1": 0.55, "2": 0.15},
    "location": {"upper": 0.17, "middle": 0.43, "lower": 0.28, "cervical": 0.12},
    "metastases": {"nodes": 0.45, "organ": 0.55},
    "sites": {"1": 0.45, "2": 0.35, "3+": 0.20},
}
# Log hazard ratios of death and of progression, and log odds of the wish for radiotherapy: per 10 years, per step, or
# of the level named against the others.
PROGNOSIS = {"age": 0.15, "female": -0.10, "ecog": 0.40, "organ": 0.35, "sites": 0.25, "cervical": 0.20}
CHOICE = {"age": -0.20, "female": 0.00, "ecog": -0.80, "organ": -0.80, "sites": -0.40, "cervical": 0.60}
INTERCEPT = -0.75
START_FIRST, START_SHAPE, START_SCALE = 3.0, 4.0, 0.6
FOLLOWED = (9.0, 72.0)
GRADES = {"thoracic": (0.50, 0.34, 0.16), "none": (0.90, 0.08, 0.02)}


def hr_pfs() -> float:
    """Return the hazard ratio of PFS: of both hazards together, which keep their proportion."""
    death, progression = rates()
    return (HR_DEATH * death + HR_PROGRESSION * progression) / (death + progression)


def rates() -> tuple[float, float]:
    """Return events a month of a patient of average covariates without radiotherapy: deaths, progressions."""
    death = math.log(2.0) / MEDIAN_OS
    return death, math.log(2.0) / MEDIAN_PFS - death


def covariates(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return the columns known at time zero."""
    age = rng.normal(AGE_MEAN, AGE_SD, n).round().clip(38.0, 85.0).astype(int)
    levels = {name: rng.choice(list(shares), n, p=list(shares.values())) for name, shares in SHARES.items()}
    return pd.DataFrame({"age": age, **levels})


def predictor(x: pd.DataFrame, weights: dict[str, float]) -> np.ndarray:
    """Return x'weights, centred at the means of the law."""
    columns = {
        "age": ((x["age"] - AGE_MEAN) / 10.0, 0.0),
        "female": (x["sex"] == "female", SHARES["sex"]["female"]),
        "ecog": (steps(x, "ecog"), mean_of("ecog")),
        "organ": (x["metastases"] == "organ", SHARES["metastases"]["organ"]),
        "sites": (steps(x, "sites"), mean_of("sites")),
        "cervical": (x["location"] == "cervical", SHARES["location"]["cervical"]),
    }
    return np.asarray(sum(weights[name] * (column.astype(float) - mean) for name, (column, mean) in columns.items()))


def mean_of(name: str) -> float:
    """Return the mean of a covariate of steps, counted from 0."""
    return sum(step * share for step, share in enumerate(SHARES[name].values()))


def steps(x: pd.DataFrame, name: str) -> pd.Series:
    """Return the steps of a covariate, counted from 0."""
    return x[name].map({level: step for step, level in enumerate(SHARES[name])})


def patients(n: int, seed: int) -> pd.DataFrame:
    """Return a table with one row for each patient of the law."""
    rng = np.random.default_rng(seed)
    x = covariates(n, rng)
    risk = np.exp(predictor(x, PROGNOSIS))
    death, progression = (rng.exponential(1.0, n) / (rate * risk) for rate in rates())
    followed = rng.uniform(*FOLLOWED, n)
    wish = rng.random(n) < 1.0 / (1.0 + np.exp(-(INTERCEPT + predictor(x, CHOICE))))
    start = (START_FIRST + rng.gamma(START_SHAPE, START_SCALE, n)).round(1)
    given = wish & (start < np.minimum(np.minimum(death, progression), followed) - 0.01)
    death = np.where(given, start + (death - start) / HR_DEATH, death)
    progression = np.where(given, start + (progression - start) / HR_PROGRESSION, progression)
    os, pfs = np.minimum(death, followed), np.minimum(np.minimum(death, progression), followed)
    grade = np.where(given, *(rng.choice(3, n, p=GRADES[group]) for group in ("thoracic", "none")))
    return pd.DataFrame(
        {
            "patient": [f"S{place:03d}" for place in range(1, n + 1)],
            **x,
            "radiotherapy": np.where(given, "thoracic", "none"),
            "rt_month": np.where(given, start, np.nan),
            "pneumonitis": grade,
            "os_months": (os + 0.005).round(2),
            "os_event": (death <= followed).astype(int),
            "pfs_months": (pfs + 0.005).round(2),
            "pfs_event": (np.minimum(death, progression) <= followed).astype(int),
        }
    )


def cohort_of(table: pd.DataFrame) -> Cohort:
    """Return the patients as a cohort."""
    return read_cohort(table, load_schema(NAME), provenance="simulated", name=NAME)


def pairs(cohort: Cohort) -> int:
    """Return how many pairs nearest neighbours within the caliper make; none where covariates part the groups."""
    held = cohort.schema.treatment
    asked = Request("os", held.covariate, held.on, method="nearest", caliper=CALIPER)
    people = patients_of(as_if_known(cohort, held.covariate), asked)
    try:
        return design_of(people, asked, scores_of(people, asked).score).sets
    except CohortError:
        return 0


def first_seed() -> int:
    """Return the first seed with the print's number of pairs."""
    return next(seed for seed in count(1) if pairs(cohort_of(patients(PATIENTS, seed))) == PAIRS)


def truth(seed: int) -> pd.DataFrame:
    """Return what is true, one number a row, and where it is from."""
    printed, assumed = "printed by the study", "assumed"
    step = {"age": "age, per 10 years", "ecog": "ECOG, per step", "sites": "metastatic sites, per step"}
    level = {"female": "female vs male", "organ": "organ vs lymph nodes only", "cervical": "cervical vs elsewhere"}
    words = step | level
    rows = [
        ("median OS without radiotherapy, average covariates, months", MEDIAN_OS, printed),
        ("median PFS without radiotherapy, average covariates, months", MEDIAN_PFS, printed),
        ("hazard ratio of death from the start of radiotherapy on", HR_DEATH, printed),
        ("hazard ratio of progression from the start of radiotherapy on", HR_PROGRESSION, assumed),
        ("hazard ratio of PFS from the start of radiotherapy on", round(hr_pfs(), 3), "follows"),
        *((f"log hazard ratio of death and progression: {words[k]}", v, assumed) for k, v in PROGNOSIS.items()),
        *((f"log odds of the wish for radiotherapy: {words[k]}", v, assumed) for k, v in CHOICE.items()),
        ("log odds of the wish for radiotherapy: average covariates", INTERCEPT, assumed),
        ("first month of a start", START_FIRST, assumed),
        ("mean month of a start wished for", START_FIRST + START_SHAPE * START_SCALE, assumed),
        ("pneumonitis of grade 3 or more", 0.0, printed),
        ("patients", PATIENTS, printed),
        ("pairs, nearest neighbours within 0.2 SD", PAIRS, printed),
        ("seed", seed, "the first with so many pairs"),
    ]
    return pd.DataFrame(rows, columns=["quantity", "value", "source"])


def main() -> None:
    """Write the cohort and its truth, or compare them with what is committed."""
    parser = argparse.ArgumentParser(description="Make or check the bundled SIMULATED cohort.")
    parser.add_argument("--check", action="store_true", help="compare with what is committed, write nothing")
    asked = parser.parse_args()
    folder: Path = SIMULATED[NAME].folder
    seed = first_seed()
    made = {"cohort.csv": patients(PATIENTS, seed), "truth.csv": truth(seed)}
    texts = {file: table.to_csv(index=False, lineterminator="\n") for file, table in made.items()}
    if asked.check:
        differing = [file for file, text in texts.items() if (folder / file).read_text(encoding="utf-8") != text]
        sys.exit(f"differ from what is committed: {', '.join(differing)}" if differing else 0)
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8")
    print(f"{folder}: seed {seed}")


if __name__ == "__main__":
    main()
