"""Three real cohorts as papers would tabulate them: complete, in classes. The files are not part of this repository."""

import warnings

import numpy as np
import pandas as pd

from escc_bayes.data.bundled import example_cohort
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.recode import complete_cases, in_classes, merged
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import DataWarning


def larynx():
    """90 patients, 50 deaths: stage I-IV, age at 65."""
    return in_classes(example_cohort("larynx"), "age", [65.0], new="age_class")


def tcga_escc(folder):
    """95 patients: OS, and PFS as progression (PFI) or death; stage I-II, III, IV; sex; age at its median."""
    frame = pd.read_csv(folder / "tcga_escc_clinical.csv")
    frame["age"] = frame["age_at_initial_pathologic_diagnosis"]
    frame["pfs_days"] = frame["PFI.time"].where(frame["PFI"] == 1.0, frame["OS.time"])
    frame["pfs"] = frame[["PFI", "OS"]].max(axis=1)
    raw = {
        "name": "tcga_escc",
        "time_unit": "days",
        "endpoints": {"os": {"time": "OS.time", "event": "OS"}, "pfs": {"time": "pfs_days", "event": "pfs"}},
        "covariates": {
            "stage": {"column": "stage_group", "kind": "ordered", "levels": ["I", "II", "III", "IV"]},
            "sex": {"column": "gender", "kind": "binary", "levels": ["MALE", "FEMALE"]},
            "age": {"kind": "continuous", "unit": "years"},
        },
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        cohort = read_cohort(frame, schema_from(raw, "tcga_escc"))
    cohort = merged(cohort, "stage", {"I-II": ["I", "II"], "III-IV": ["III", "IV"]})
    cohort = in_classes(cohort, "age", [float(np.median(cohort.covariate("age").values))], new="age_class")
    return complete_cases(cohort, endpoints=("os", "pfs"), covariates=("stage", "sex", "age_class"))


def oropharynx(folder):
    """192 patients, 139 deaths: treatment, T stage, N stage, condition."""
    raw = {
        "name": "oropharynx",
        "time_unit": "years",
        "endpoints": {"os": {"time": "time", "event": "event"}},
        "covariates": {
            "treatment": {"column": "fac_treatm", "kind": "binary", "levels": ["1", "2"]},
            "t_stage": {"column": "fac_tstage", "kind": "ordered", "levels": ["1", "2", "3", "4"]},
            "n_stage": {"column": "fac_nstage", "kind": "ordered", "levels": ["0", "1", "2", "3"]},
            "condition": {"column": "fac_cond", "kind": "ordered", "levels": ["1", "2", "3", "4"]},
        },
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        cohort = read_cohort(folder / "rtog_oropharynx.csv", schema_from(raw, "oropharynx"))
    cohort = merged(cohort, "t_stage", {"T1-2": ["1", "2"], "T3": ["3"], "T4": ["4"]})
    cohort = merged(cohort, "n_stage", {"N0": ["0"], "N1-2": ["1", "2"], "N3": ["3"]})
    return merged(cohort, "condition", {"no": ["1"], "disabled": ["2", "3", "4"]})
