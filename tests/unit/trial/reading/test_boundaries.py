"""How a rule shares its alpha over looks and where its futility acts: what is read, said and refused."""

import numpy as np
import pytest

from escc_bayes.foundation.errors import InputError
from escc_bayes.trial.design.plan_words import plan_in_words
from escc_bayes.trial.design.trial_plan import planned
from escc_bayes.trial.significance.boundaries import spent_by_look
from escc_bayes.trial.simulation.operating_characteristics import operating_characteristics
from tests.unit.trial.designs import small

LOOKS = {"accrual": {"patients": 200, "months": 12.0}, "analyses": {"events": [50, 90, 130]}}
TEST = {"name": "one", "success": "log-rank one-sided 0.025"}


def rule(**keys):
    return small(**LOOKS, rule=[TEST | keys])


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"boundaries": {"z": [3.0, 2.0, 1.8]}}, "these thresholds spend 0.0"),
        ({"boundaries": {"haybittle_peto": 1.9}}, "leave nothing of 0.025"),
        ({"boundaries": {"z": [3.0, 2.0]}}, "one number for each of 3 looks"),
        ({"boundaries": {"p": [0.0, 0.01, 0.02]}}, "must be above 0"),
        ({"spending": {"by_look": [0.01, 0.005, 0.025]}}, "falls"),
        ({"spending": {"by_look": [0.001, 0.005, 0.02]}}, "the test has 0.025"),
        ({"spending": "pocock", "futility_looks": [1]}, "has no futility"),
        ({"spending": "pocock", "futility": "log-rank Z < 0", "futility_looks": [3]}, "look, 3, is none of them"),
        ({"spending": "pocock", "futility": "P(HR < 1 | data) < 0.1", "binding": True}, "own log-rank test alone"),
        ({"spending": "pocock", "binding": True}, "own log-rank test alone"),
        ({"boundaries": {"z": [3, 3, 2]}, "futility": "log-rank Z < 0", "binding": True}, "do not move"),
        ({"spending": {"by_look": [0.0, 0.0, 0.025]}, "futility": "log-rank beta 0.2"}, "needs a spending function"),
    ],
)
def test_what_cannot_work_is_refused(keys, said):
    with pytest.raises(InputError, match=said):
        rule(**keys)


def test_the_sentence_names_the_looks_of_futility():
    design = rule(spending="pocock", futility="log-rank Z < 0.3", futility_looks=[2], binding=True)
    words = plan_in_words(planned(design))
    assert "stopped for futility if log-rank Z < 0.3 at look 2, which is binding." in words.rules[0]
    boundaries = next(said for said in words.planning if said.startswith("one: log-rank Z above"))
    assert "futile below none, 0.300, which is binding" in boundaries


@pytest.mark.parametrize("futility", ["log-rank Z < 0.3", "P(HR < 1 | data) < 0.3"])
def test_futility_acts_at_its_looks_alone(futility):
    """No trial stops for futility at look 1; closed form and 2,000 simulated trials agree within 4 errors."""
    design = rule(spending="pocock", futility=futility, futility_looks=[2])
    found = {(q.quantity, q.scenario): q for q in operating_characteristics(design, trials=2000, seed=3).quantities}
    assert found["futility_at_look_1", "null"].value == 0.0
    assert found["futility_at_look_2", "null"].value > 0.25
    power = found["power", "truth"]
    assert power.value == pytest.approx(power.closed_form, abs=4 * power.mc_error)


def test_alpha_spent_at_the_final_look_alone_has_no_boundary_before():
    upper = planned(rule(spending={"by_look": [0.0, 0.0, 0.025]})).rules[0].boundaries.upper
    assert np.isinf(upper[:2]).all()
    assert upper[2] == pytest.approx(1.959964, abs=1e-6)


def test_haybittle_peto_with_binding_futility_spends_its_alpha():
    """The final boundary counts on the stop, comes down below that without, and is no overspending."""
    shared = {"boundaries": {"haybittle_peto": 3.0}}
    bound = planned(rule(**shared, futility="log-rank Z < 0.5", binding=True)).rules[0].boundaries
    alone = planned(rule(**shared)).rules[0].boundaries
    assert bound.upper[-1] < alone.upper[-1]
    lower = np.append(bound.lower[:-1], -np.inf)
    spent = spent_by_look((50 / 130, 90 / 130, 1.0), bound.upper, lower)
    assert spent[-1] == pytest.approx(0.025, abs=1e-9)
