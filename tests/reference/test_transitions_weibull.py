"""Weibull baselines of each transition equal R's survreg on mgus2: transitions_weibull.R made the values."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.reference.test_illness_death import cohort_of, frame_of

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.inference_groups import patient_log_likelihood
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

R = json.loads((Path(__file__).parent / "transitions_weibull.json").read_text(encoding="utf-8"))
LAST = {"forward": "after_progression", "reset": "since_progression"}
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*duplicate row"),
    pytest.mark.filterwarnings("ignore:.*have no event of pfs"),
]


def model(clock):
    """Age and sex on each transition, priors so wide that they say next to nothing."""
    return spec_from(
        {
            "name": "weibull",
            "outcome": {"kind": "illness_death", "progression": "pfs", "death": "os", "clock": clock},
            "baseline": {"family": "weibull", "reference_time": 12.0, "at": "reference"},
            "priors": {
                "baseline_log_cumulative_hazard": {"normal": [-6.0, 8.0]},
                "log_shape": {"normal": [0.0, 2.0]},
            },
            "effect": [
                {"covariate": "age", "structure": "linear", "prior": {"normal": [0.0, 1.0]}},
                {"covariate": "male", "structure": "fixed", "prior": {"normal": [0.0, 5.0]}},
            ],
        },
        "weibull",
    )


def expected(clock):
    return [R["progression"], R["death_without_progression"], R[LAST[clock]]]


@pytest.fixture(scope="module")
def cohort():
    return cohort_of(frame_of("whole"))


@pytest.mark.parametrize("clock", LAST)
def test_log_likelihood_at_the_estimates_of_r_is_its_own(cohort, clock):
    plan, wanted = make_plan(model(clock), cohort), expected(clock)
    values = {name: np.array([[[w[key][0] for w in wanted]]]) for name, key in WORDS.items()}
    for place, name in enumerate(("age", "male")):
        for transition, w in zip(plan.rows.transition_names, wanted, strict=True):
            values[f"b_{name}_{transition}"] = np.array([[[w["effects"][place]]]])
    found = patient_log_likelihood(plan, values).sum()
    assert found == pytest.approx(sum(w["log_likelihood"][0] for w in wanted), rel=1e-10)


WORDS = {"baseline": "level", "log_shape": "log_shape"}


@pytest.mark.parametrize("clock", LAST)
def test_posterior_under_wide_priors_lies_at_the_estimates_of_r(cohort, clock):
    """Posterior means within a tenth of a standard deviation of maximum likelihood, 1,384 patients."""
    posterior = fit(model(clock), cohort, seed=1, engine="laplace", draws=4000)
    wanted = expected(clock)
    drawn = posterior.flat["log_shape"]
    shapes = np.array([w["log_shape"][0] for w in wanted])
    assert (np.abs(drawn.mean(axis=0) - shapes) < 0.15 * drawn.std(axis=0)).all()
    beta = posterior.coefficients
    effects = np.array([w["effects"][place] for place in (0, 1) for w in wanted])
    assert (np.abs(beta.mean(axis=0) - effects) < 0.15 * beta.std(axis=0)).all()
