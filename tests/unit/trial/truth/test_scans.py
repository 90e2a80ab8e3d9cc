"""Events found at scans: when, against trials simulated apart with ties broken at random, and what is refused."""

import math

import numpy as np
import pytest

from escc_bayes.foundation.errors import InputError
from escc_bayes.trial.design.plan_words import plan_in_words
from escc_bayes.trial.design.trial_plan import planned
from escc_bayes.trial.simulation.operating_characteristics import operating_characteristics
from escc_bayes.trial.truth.scans import Scans
from tests.unit.trial.designs import small

SCANS = {"every": 3.0, "deaths": 0.2}
TRIALS = 3000


def test_an_event_is_found_at_the_scan_after_it():
    found = Scans(3.0, 0.25).found(np.array([0.5, 3.0, 3.1, 7.7, np.inf]), np.array([0.9, 0.9, 0.9, 0.1, 0.9]))
    assert found == pytest.approx([3.0, 3.0, 6.0, 7.7, np.inf], abs=1e-6)
    assert Scans(3.0, 0.25).delay == pytest.approx(1.125)


def apart(trials, seed, follow_up):
    """Return power of the log-rank test, mean events and month at 55 events, one by one."""
    random, found = np.random.default_rng(seed), []
    treated = np.repeat([False, True], 50)
    rate = math.log(2.0) / 6.0 * np.where(treated, 0.6, 1.0)
    for _ in range(trials):
        entry, died = random.uniform(0.0, 12.0, 100), random.exponential(1.0 / rate)
        seen = np.where(random.random(100) < 0.2, died, 3.0 * np.ceil(died / 3.0))
        there = seen <= follow_up
        calendar = np.where(there, entry + seen, np.inf)
        at = np.sort(calendar)[54]
        month = at if np.isfinite(at) else (entry + np.minimum(seen, follow_up)).max() + 1e-6
        inside = entry < month
        event = (calendar <= month)[inside]
        time = np.minimum(np.minimum(seen, follow_up), month - entry)[inside]
        # Events of one scan in random order, before those who end there without one.
        order = np.lexsort((random.random(time.size), ~event, time.round(9)))
        event, arm = event[order], treated[inside][order]
        share = np.cumsum(arm[::-1])[::-1] / np.arange(arm.size, 0, -1)
        score, variance = (share - arm)[event].sum(), (share * (1.0 - share))[event].sum()
        found.append((score / math.sqrt(variance) > 1.959964, month))
    values = np.array(found, dtype=float)
    return values.mean(axis=0), values.std(axis=0) / math.sqrt(trials)


@pytest.mark.parametrize("follow_up", [15.0, 1000.0])
def test_trials_with_scans_are_those_simulated_apart(follow_up):
    """Power and months within 3 errors of the difference; the level is kept; the planned month is half a month off."""
    design = small(
        control={"median": 6.0},
        effect={"hr": 0.6},
        dropout=None,
        analyses={"events": [55], "follow_up": follow_up},
        scans=SCANS,
    )
    found = operating_characteristics(design, trials=TRIALS, seed=3).quantities
    mine = {(q.quantity, q.scenario): q for q in found if q.rule == "logrank"}
    wanted, error = apart(TRIALS, 4, follow_up)
    for place, name in enumerate(("power", "expected_months")):
        one = mine[name, "truth"]
        assert one.value == pytest.approx(wanted[place], abs=3.0 * math.hypot(one.mc_error, error[place])), name
    level = mine["type_one_error", "null"]
    assert level.value == pytest.approx(0.025, abs=3.0 * level.mc_error)
    assert planned(design).looks[0].month == pytest.approx(mine["expected_months", "truth"].value, abs=0.5)
    assert "scans every 3 months" in plan_in_words(planned(design)).design


@pytest.mark.parametrize(
    ("scans", "said"),
    [({"deaths": 0.1}, "every"), ({"every": 60.0}, "24 is the most"), ({"every": 2.0, "deaths": 1.0}, "below 1")],
)
def test_what_no_scan_is_is_refused(scans, said):
    with pytest.raises(InputError, match=said):
        small(scans=scans)
