"""Truths drawn from the prior are held, ranks are uniform, no error on average (``make calibrate`` repeats some)."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from tests.calibration import cure_drawn, drift_drawn, several_endpoints_drawn, several_endpoints_weibull_drawn
from tests.calibration.shipped_models import holm
from tests.calibration.under_the_prior import (
    assert_calibrated,
    assert_repeats,
    figures,
    gathered,
    standing,
    uniform_p,
)

MODULES = (cure_drawn, drift_drawn, several_endpoints_drawn, several_endpoints_weibull_drawn)
EACH = [
    pytest.param(module, study, id=f"{module.STORED.stem}-{study}") for module in MODULES for study in module.STUDIES
]
REPEATED = 3


def cohorts_of(module, study):
    """Return how many cohorts a study has; where sizes differ in it, by the number of patients that ends its name."""
    return module.COHORTS if isinstance(module.COHORTS, int) else module.COHORTS[int(study.split()[-1])]


def stored(module):
    """Return the studies of a module."""
    return json.loads(module.STORED.read_text())


@pytest.mark.parametrize(("module", "study"), EACH)
def test_the_stored_study_holds_its_truths(module, study):
    """Of 400 intervals (or 100) 90 to 99 %; mean errors within 3 Monte Carlo errors of 0, at 79 patients as at 400."""
    found = stored(module)[study]
    assert_calibrated(found, cohorts_of(module, study))
    assert figures(found) == found["figures"]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.STORED.stem)
def test_ranks_are_uniform(module):
    """Chi-square over ten bins, Holm's P over every quantity of every study of a module."""
    found = [uniform_p(below) for study in stored(module).values() for below in study["below"].values()]
    assert min(holm(found)) > 0.01


@pytest.mark.parametrize(("width", "aside"), [(1.0, 0.0), (2 / 3, 0.0), (1.0, 0.25)])
def test_a_posterior_that_is_off_would_be_seen(width, aside):
    """Exact normal posteriors pass; those two thirds as wide, or a quarter of an SD aside, do not."""
    rng, cohorts = np.random.default_rng(1), []
    posterior = SimpleNamespace(record=SimpleNamespace(engine="laplace"), diagnostics=SimpleNamespace(fit_for_use=True))
    for _ in range(400):
        middle, truth = rng.standard_normal(), rng.standard_normal()
        draws = middle + aside + width * rng.standard_normal(1000)
        cohorts.append(standing(posterior, {"one": draws}, {"one": middle + truth}))
    found = gathered(cohorts)
    if (width, aside) == (1.0, 0.0):
        assert_calibrated(found, 400)
    else:
        with pytest.raises(AssertionError):
            assert_calibrated(found, 400)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("module", "study"), EACH)
def test_the_first_cohorts_repeat(module, study):
    """Of each study three cohorts, the truths of which lie where they lay."""
    for place in range(REPEATED):
        assert_repeats(module.one(study, place), stored(module)[study], place)
