"""OS and PFS fitted together by Weibull models, truths drawn from the prior: are intervals and ranks right?

The law of ``several_endpoints_drawn`` with its clock bent: month u of the constant hazards becomes month
12 (u / 12)^(1 / 1.3), so that OS and PFS are both Weibull of shape 1.3 with the hazard ratios that were drawn, and each
cohort is that of the same place there but for when follow-up ends. 400 cohorts of 79 patients, 100 of 400.
``python -m tests.calibration.several_endpoints_weibull_drawn [STUDY ..]`` writes
``several_endpoints_weibull_drawn.json``.
"""

import sys
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np

from escc_bayes.spec.prior import Normal
from escc_bayes.spec.request import WeibullBaseline
from escc_bayes.spec.transitions import ENDPOINT
from tests.calibration.several_endpoints_coverage import FORMS
from tests.calibration.several_endpoints_drawn import SEED, effects_of_a_law, patients, place_of, spec_of
from tests.calibration.under_the_prior import write

STORED = Path(__file__).with_name("several_endpoints_weibull_drawn.json")
COHORTS, SHAPE, PIVOT = {79: 400, 400: 100}, 1.3, 12.0
STUDIES = [f"{form} {size}" for form in FORMS for size in COHORTS]
# Levels and shapes are not drawn, and have wide priors.
BASELINE = WeibullBaseline(PIVOT, "mean", Normal(-0.5, 1.5), Normal(0.0, 0.7), ENDPOINT)


def one(study, place):
    """Return where the truths of a cohort lie."""
    form, n = study.split()
    rng = np.random.default_rng([SEED, int(n), place])
    effects, _ = effects_of_a_law(form, rng)
    frame = patients(rng, int(n), effects, bent=lambda months: PIVOT * (months / PIVOT) ** (1.0 / SHAPE))
    return place_of(form, replace(spec_of(form), baseline=BASELINE), frame, effects, place)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for study in sys.argv[1:] or STUDIES:
        write(STORED, study, [one(study, place) for place in range(COHORTS[int(study.split()[1])])])
