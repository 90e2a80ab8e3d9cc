"""A cure fraction, hazard ratios of the others and survival: bias and coverage over simulated cohorts."""

import json

import numpy as np
import pytest

from escc_bayes.bayes.posterior.cure_fraction import is_short
from tests.calibration import cure_forms
from tests.calibration.cure_recovery import (
    ASKED,
    IDENTIFIED,
    KINDS,
    LOOKED_AT,
    SHORT,
    SIZES,
    STORED,
    TOLD,
    recovered,
    said_short,
)

QUANTITIES = ("cure", *ASKED)
PIECES = ("piecewise", "piecewise_long", "piecewise_longest")


def stored(kind, size):
    """Return the stored result of a study."""
    found = json.loads(STORED.read_text())[kind][str(size)]
    assert found["cohorts"] == 100
    return found


def assert_covered(found):
    """95 % intervals hold 90 to 99 %."""
    for name in QUANTITIES:
        assert 0.90 <= found[name]["coverage"] <= 0.99, name


def unbiased(one):
    """Return whether a bias is within 3 Monte Carlo errors."""
    return abs(one["bias"]) <= 3 * one["mc_error"]


def test_where_recovery_is_asked_follow_up_is_not_said_to_be_short():
    """The condition of the design, by the package's own rule: said in no more than 5 of 100 cohorts."""
    for kind, size in LOOKED_AT:
        if kind in IDENTIFIED:
            assert said_short(stored(kind, size)) <= 0.05


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", IDENTIFIED)
def test_the_stored_study_recovers(kind, size):
    """At 400 bias within 3 Monte Carlo errors; intervals cover 90 to 99 % at both sizes."""
    found = stored(kind, size)
    assert_covered(found)
    if size == 400:
        assert all(unbiased(found[name]) for name in QUANTITIES)


def test_a_short_follow_up_cures_too_few_and_is_said():
    """At 400 the log odds are off by 3 to 6 Monte Carlo errors, no more than 0.1, and half of the cohorts are warned.

    Hazard ratios and survival at 60 months have no bias, and intervals hold, of 79 patients too.
    """
    found = stored(SHORT, 400)
    assert -0.1 < found["cure"]["bias"] < -3 * found["cure"]["mc_error"]
    assert all(unbiased(found[name]) for name in ASKED)
    assert said_short(found) >= 0.4
    few = stored(SHORT, 79)
    assert -0.4 < few["cure"]["bias"] < -0.2
    assert unbiased(few["survival"])
    for one in (found, few):
        assert_covered(one)


def test_the_share_is_known_from_120_months_on():
    """The bias at one fixed share goes with follow-up: to 84, 120 and 144 months, at 400 patients and at 79.

    It is no pull of the prior (that of 400 patients would be 0.005), and survival at 60 months has none.
    """
    for size in SIZES:
        to_84, to_120, to_144 = (stored(kind, size)["cure"]["bias"] for kind in PIECES)
        assert to_84 < to_120 < to_144 < 0.0


def of_forms(followed):
    """Return which cohorts of both forms are said to be short, and by how many SDs the other form moves the share."""
    made = json.loads(cure_forms.STORED.read_text())
    found = [made[f"{family}, {followed}"] for family in cure_forms.FAMILIES]
    assert all(len(one["moved"]) == cure_forms.COHORTS for one in found)
    told = [np.concatenate([one[name] for one in found]) for name in TOLD]
    said = np.array([is_short(*each) for each in zip(*told, strict=True)])
    return said, np.abs(np.concatenate([one["moved"] for one in found]))


def test_short_is_said_where_the_form_of_the_hazard_decides():
    """Truths from the prior: nearly always of 6 to 24 months, seldom of 84 to 144.

    Of those not warned nine in ten move by no more than a third of an SD if the other form is fitted, and less than
    nine in ten of those warned.
    """
    by_months = {followed: of_forms(followed) for followed in cure_forms.MONTHS}
    shares = [said.mean() for said, _ in by_months.values()]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] >= 0.95
    assert shares[-1] <= 0.3
    said, moved = (np.concatenate(both) for both in zip(*by_months.values(), strict=True))
    assert np.quantile(moved[~said], 0.9) < 1 / 3 < np.quantile(moved[said], 0.9)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("study", cure_forms.STUDIES)
def test_the_first_cohorts_of_both_forms_repeat(study):
    """By ``laplace`` to rounding, by ``nuts``, which answers where it must not, to chance."""
    made = json.loads(cure_forms.STORED.read_text())[study]
    for place in range(3):
        for name, value in cure_forms.one(study, place).items():
            assert value == pytest.approx(made[name][place], abs=0.1), (place, name)


def by_chance(found, name):
    """How far a repeated bias may lie off: 1e-6, and where nuts answered 4 Monte Carlo errors of its draws.

    Another processor rounds otherwise, and a trajectory of nuts that parts once stays apart: the k cohorts that it
    answered differ as two chains do, of at least 400 effective draws each.
    """
    share = 2 * found["by_nuts"] / (400 * found["cohorts"])
    return max(1e-6, 4 * found[name]["mc_error"] * share**0.5)


# In some cohorts nuts answers (`by_nuts` of the stored study counts them), in a few no engine is fit: all are counted.
@pytest.mark.filterwarnings("ignore::escc_bayes.foundation.errors.EsccBayesWarning")
@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_study_repeats(kind, size):
    """The same seeds give the stored numbers, but for what nuts draws; what is said of follow-up to its four digits."""
    found, again = stored(kind, size), recovered(kind, size)
    for name in QUANTITIES:
        assert again[name]["bias"] == pytest.approx(found[name]["bias"], abs=by_chance(found, name))
        assert abs(again[name]["coverage"] - found[name]["coverage"]) <= found["by_nuts"] / found["cohorts"] + 1e-9
    for name in TOLD if (kind, size) in LOOKED_AT else ():
        np.testing.assert_allclose(again[name], found[name], atol=2e-4)
