"""The error that counts the estimation of the weights beside a bootstrap of the whole analysis, SIMULATED cohorts.

    python tests/calibration/matching_bootstrap.py matching_bootstrap.json

Cohorts of 500 patients as in ``matching_coverage``, two measured covariates; 2,000 bootstrap samples of patients, the
weights fitted anew in each.
"""

import json
import math
import sys
import warnings

import numpy as np

from escc_bayes.classical.cox import cox
from escc_bayes.data.schema import schema_from
from escc_bayes.matching.design import design_of, scores_of
from escc_bayes.matching.effect import classical_answers
from escc_bayes.matching.patients import patients_of
from escc_bayes.matching.request import Request

SAMPLES, PATIENTS, SEED = 2000, 500, 7
DESIGNS = {
    "overlap": {"method": "overlap"},
    "iptw_ate": {"method": "iptw", "estimand": "ate"},
    "iptw_att": {"method": "iptw", "estimand": "att"},
    "entropy_att": {"method": "entropy", "estimand": "att"},
    "entropy_ate": {"method": "entropy", "estimand": "ate"},
    "exact": {"method": "exact"},
}
SCHEMA = schema_from(
    {
        "endpoints": {"os": {"time": "months", "event": "death"}},
        "covariates": {
            "arm": {"kind": "binary", "levels": ["no", "yes"]},
            "x": {"kind": "continuous"},
            "stage": {"kind": "nominal", "levels": ["II", "III", "IV"]},
        },
    },
    "simulated",
)


def cohort():
    """The SIMULATED cohort."""
    import pandas as pd

    from escc_bayes.data.cohort import read_cohort

    rng = np.random.default_rng(SEED)
    x, stage = rng.standard_normal(PATIENTS), rng.integers(0, 3, PATIENTS)
    treated = rng.random(PATIENTS) < 1.0 / (1.0 + np.exp(0.3 - 0.6 * x - 0.4 * (stage - 1)))
    latent = rng.exponential(1.0, PATIENTS) / (0.05 * np.exp(-0.5 * treated + 0.6 * x + 0.3 * stage))
    lost = rng.uniform(12.0, 48.0, PATIENTS)
    table = {"months": np.minimum(latent, lost), "death": (latent <= lost).astype(int), "x": x}
    table |= {"arm": np.where(treated, "yes", "no"), "stage": np.array(["II", "III", "IV"])[stage]}
    return read_cohort(pd.DataFrame(table), SCHEMA, provenance="simulated")


def log_ratio(found, request):
    """The log hazard ratio of the whole analysis of some patients."""
    patients = patients_of(found, request)
    design = design_of(patients, request, scores_of(patients, request).score)
    kept = design.weight > 0.0
    own = found.endpoint("os")
    X = patients.treated[kept].astype(float)[:, None]
    return float(cox(X, own.time[kept], own.event[kept], weight=design.weight[kept]).coef[0])


def main(out):
    """Write both errors of each design."""
    warnings.simplefilter("ignore")
    own, result = cohort(), {"samples": SAMPLES, "patients": PATIENTS, "designs": {}}
    for word, more in DESIGNS.items():
        request = Request("os", "arm", ("stage",) if word == "exact" else ("x", "stage"), designs=0, **more)
        patients = patients_of(own, request)
        design = design_of(patients, request, scores_of(patients, request).score)
        answers = {one.method: one for one in classical_answers(patients, design, request)}
        rng = np.random.default_rng([SEED, 1])
        drawn = [log_ratio(own.subset(rng.integers(0, PATIENTS, PATIENTS)), request) for _ in range(SAMPLES)]
        sd = float(np.std(drawn, ddof=1))
        result["designs"][word] = {
            "bootstrap": sd,
            "bootstrap_mc_error": sd / math.sqrt(2.0 * SAMPLES),
            "cox_m_estimation": answers["cox_m_estimation"].se,
            "cox": answers["cox"].se,
        }
        print(word, result["designs"][word], file=sys.stderr, flush=True)
    with open(out, "w", encoding="utf-8") as stream:  # noqa: PTH123 - a script
        json.dump(result, stream, indent=1)
        stream.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
