"""Looks at events or a month, whichever is first, and after a lag: against trials simulated apart, one by one."""

import math

import numpy as np
import pytest

from escc_bayes.foundation.errors import InputError
from escc_bayes.trial.design.trial_plan import planned
from escc_bayes.trial.looks.look import Look
from escc_bayes.trial.monitoring.interim import FollowUp
from escc_bayes.trial.monitoring.this_look import this_look
from escc_bayes.trial.simulation.operating_characteristics import operating_characteristics
from tests.unit.trial.designs import small

FIRST = {"events": [60], "calendar": [22.0], "whichever": "first"}
TRIALS = 3000


def apart(lag, trials, seed):
    """Return power of the log-rank test, mean events, months and patients at 60 events or month 22, one by one."""
    random, found = np.random.default_rng(seed), []
    treated = np.repeat([False, True], 50)
    rate = math.log(2.0) / 12.0 * np.where(treated, 0.7, 1.0)
    for _ in range(trials):
        entry, died = random.uniform(0.0, 12.0, 100), random.exponential(1.0 / rate)
        data = min(np.sort(entry + died)[59], 22.0 - lag)
        inside = entry < data
        time, event, arm = np.minimum(died, data - entry)[inside], (entry + died <= data)[inside], treated[inside]
        order = np.argsort(time)
        event, arm = event[order], arm[order]
        share = np.cumsum(arm[::-1])[::-1] / np.arange(arm.size, 0, -1)
        score, variance = (share - arm)[event].sum(), (share * (1.0 - share))[event].sum()
        won = score / math.sqrt(variance) > 1.959964
        found.append((won, event.sum(), data + lag, np.count_nonzero(entry < data + lag)))
    values = np.array(found, dtype=float)
    return values.mean(axis=0), values.std(axis=0) / math.sqrt(trials)


@pytest.mark.parametrize("lag", [0.0, 4.0])
def test_events_or_a_month_whichever_is_first(lag):
    """Within 3 errors of the difference, for power, events, months and patients."""
    design = small(dropout=None, analyses=FIRST | {"reporting_lag": lag})
    found = operating_characteristics(design, trials=TRIALS, seed=8).quantities
    mine = {q.quantity: q for q in found if (q.rule, q.scenario) == ("logrank", "truth")}
    wanted, error = apart(lag, TRIALS, 9)
    for place, name in enumerate(("power", "expected_events", "expected_months", "expected_patients")):
        spread = math.hypot(mine[name].mc_error, error[place])
        assert mine[name].value == pytest.approx(wanted[place], abs=3.0 * spread + 1e-9), name
    assert "short_of_events" not in mine
    look = planned(design).looks[0]
    assert (look.month, look.data) == pytest.approx((22.0, 22.0 - lag), abs=0.35)


def test_a_lag_moves_a_look_at_events_and_nothing_else():
    plain, late = (planned(small(analyses={"events": [60], "reporting_lag": lag})) for lag in (0.0, 2.5))
    assert late.looks[0].month == pytest.approx(plain.looks[0].month + 2.5, abs=1e-12)
    assert late.looks[0].events == pytest.approx(plain.looks[0].events, abs=1e-12)


@pytest.mark.parametrize(
    ("analyses", "said"),
    [
        ({"events": [60], "whichever": "first"}, "'first' is of events and calendar"),
        ({"follow_up": 12.0, "whichever": "first"}, "'first' is of events and calendar"),
        (FIRST | {"minimum_follow_up": 3.0}, "no minimum_follow_up"),
        ({"events": [60], "whichever": "either"}, "known: first, last"),
        ({"events": [60], "reporting_lag": 60.0}, "24 is the most"),
        ({"events": [60], "calendar": [3.0], "whichever": "first", "reporting_lag": 2.9}, "fewer than 2 patients"),
    ],
)
def test_what_cannot_be_meant_is_refused(analyses, said):
    with pytest.raises(InputError, match=said):
        small(analyses=analyses)


def test_a_running_trial_reaches_its_look_by_the_month():
    """30 events at month 18 with a lag of 4: the data of month 22; at month 17 they are not."""
    design = small(analyses=FIRST | {"reporting_lag": 4.0})
    nobody = np.zeros(100, dtype=np.bool_)
    event = np.arange(100) < 30
    looks = [
        this_look(planned(design), FollowUp(month, np.zeros(100), np.full(100, 10.0), event, nobody))
        for month in (17.0, 18.0)
    ]
    assert [look.due for look in looks] == [False, True]
    assert looks[1].fractions == (1.0,)


def test_the_words_of_a_look():
    assert Look(160, 36.0, first=True).words() == "160 events or month 36, whichever comes first"
