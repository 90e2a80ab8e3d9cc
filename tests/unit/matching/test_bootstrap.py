"""The Bayesian bootstrap of weighted Kaplan-Meier: each draw is Kaplan-Meier under its weights."""

import numpy as np
import pytest

from escc_bayes.classical.km import kaplan_meier, quantile
from escc_bayes.classical.rmst import rmst
from escc_bayes.matching.bootstrap import Drawn, curves, drawn_curves
from escc_bayes.matching.followed import followed
from escc_bayes.matching.patients import patients_of
from escc_bayes.matching.request import Request
from tests.unit.matching.cohorts import cohort


@pytest.mark.parametrize("late", [False, True], ids=["from zero", "late entry"])
def test_a_draw_is_kaplan_meier_under_its_weights(late):
    rng = np.random.default_rng(1)
    time, event = rng.integers(3, 20, 40).astype(float), rng.integers(0, 2, 40).astype(float)
    entry = np.where(rng.random(40) < 0.4, 2.0, 0.0) if late else None
    weight, months = rng.random((3, 40)), np.unique(time)
    found = curves(time, event, entry, weight, months)
    for draw in range(3):
        known = kaplan_meier(time, event, entry=entry, weight=weight[draw], level=0.95)
        np.testing.assert_allclose(found[draw], known.survival, atol=1e-12)
        drawn = Drawn(months, found[draw : draw + 1])
        assert drawn.lived(12.0)[0] == pytest.approx(
            rmst(time, event, until=12.0, entry=entry, weight=weight[draw]).value
        )
        assert drawn.median()[0] == pytest.approx(np.nan_to_num(quantile(known).value, nan=np.inf))


def test_its_spread_is_that_of_the_robust_error():
    """Months lived by 12: posterior SD within 15 % of the infinitesimal jackknife's error."""
    asked = Request("os", "arm", (), method="none", designs=0)
    patients = patients_of(cohort(), asked)
    own = followed(patients, "os", None)
    control, _ = drawn_curves(own, 3)
    inside = own.of_group(0)
    known = rmst(own.time[inside], own.event[inside], until=12.0, cluster=np.arange(int(inside.sum())))
    lived = control.lived(12.0)
    assert lived.mean() == pytest.approx(known.value, abs=0.3 * known.std_error)
    assert lived.std() == pytest.approx(known.std_error, rel=0.15)
