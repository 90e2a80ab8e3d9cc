"""Is SHORT FOLLOW-UP said where the form of the hazard decides who is cured? Truths from the prior of ``cure_drawn``.

Each SIMULATED cohort, of Weibull hazards or of pieces, is fitted by both forms, with the same prior on the share. They
differ in what they say of months that nobody was followed to. 79 patients, followed for 6 to 24, 24 to 84 and 84 to
144 months, 25 cohorts each. Stored of each: what the posterior by the true form says of follow-up; by how much
the other form moves the mean log odds of cure, in posterior SDs (``moved``), and the median share (``points``).
``python -m tests.calibration.cure_forms [STUDY ..]`` writes ``cure_forms.json``.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np

from escc_bayes.bayes.model.parameters import CURE
from escc_bayes.spec.plan import make_plan
from tests.calibration.cure_drawn import FAMILIES, patients, spec_of
from tests.calibration.cure_recovery import follow_up
from tests.calibration.under_the_prior import fitted

STORED = Path(__file__).with_name("cure_forms.json")
COHORTS, SIZE = 25, 79
MONTHS = {"6 to 24": (6.0, 24.0), "24 to 84": (24.0, 84.0), "84 to 144": (84.0, 144.0)}
STUDIES = {f"{family}, {followed}": (family, months) for followed, months in MONTHS.items() for family in FAMILIES}


def one(study, place):
    """Return what is said of follow-up in one cohort, and what the other form makes of the share."""
    family, months = STUDIES[study]
    data, _ = patients(family, SIZE, place, months)
    other = next(form for form in FAMILIES if form != family)
    mine, theirs = (fitted(make_plan(spec_of(form), data), place) for form in (family, other))
    here, there = (posterior.flat[CURE][:, 0] for posterior in (mine, theirs))
    shares = [1.0 / (1.0 + np.exp(-np.median(log_odds))) for log_odds in (here, there)]
    moved = float((there.mean() - here.mean()) / here.std())
    return follow_up(mine) | {"moved": round(moved, 4), "points": round(float(shares[1] - shares[0]), 4)}


def gathered(cohorts):
    """Return the cohorts of a study as lists."""
    return {name: [cohort[name] for cohort in cohorts] for name in cohorts[0]}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for study in sys.argv[1:] or STUDIES:
        found = gathered([one(study, place) for place in range(COHORTS)])
        made = json.loads(STORED.read_text()) if STORED.exists() else {}
        STORED.write_text(json.dumps(made | {study: found}) + "\n")
        print(
            study, {name: np.quantile(values, [0.1, 0.5, 0.9]).round(3) for name, values in found.items()}, flush=True
        )
