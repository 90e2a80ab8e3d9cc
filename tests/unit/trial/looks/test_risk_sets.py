"""Log-rank and sufficient statistics of many trials against one trial at a time by other code."""

import numpy as np
import pytest

from escc_bayes.classical.logrank import logrank
from escc_bayes.trial.looks.risk_sets import risk_sets, stratified_z, sufficient
from escc_bayes.trial.looks.snapshot import Snapshot
from escc_bayes.trial.looks.sufficient_statistics import quantile_cuts, reduced

CONTROLS, SIZE = 12, 30


def shots(share_in=1.0, event_share=0.6, count=40, seed=2):
    """Return trials of 30 patients, some not yet in (0 months), the first without any event."""
    generator = np.random.default_rng(seed)
    inside = generator.random((count, SIZE)) < share_in
    time = np.where(inside, generator.exponential(10.0, (count, SIZE)), 0.0)
    event = inside & (generator.random((count, SIZE)) < event_share)
    event[0] = False
    return Snapshot(time, event, np.full(count, 20.0), inside.sum(axis=1), event.sum(axis=1), CONTROLS)


def treated():
    return np.arange(SIZE) >= CONTROLS


@pytest.mark.parametrize("share_in", [1.0, 0.6])
def test_logrank_agrees_with_the_classical_one(share_in):
    """classical.logrank (itself equal to R survdiff); patients not yet in are left out there."""
    shot = shots(share_in)
    z = stratified_z((risk_sets(shot),))
    assert z[0] == 0.0
    for k in range(1, z.size):
        inside = shot.time[k] > 0.0
        test = logrank(shot.time[k][inside], shot.event[k][inside], treated()[inside].astype(np.int64))
        assert z[k] ** 2 == pytest.approx(test.chi2, rel=1e-9)
        assert z[k] * (test.expected[1] - test.observed[1]) >= 0.0


@pytest.mark.parametrize("cuts", [None, (), (6.0,), (3.0, 6.0, 30.0)])
@pytest.mark.parametrize("event_share", [0.6, 0.1])
def test_sufficient_statistics_agree_with_one_trial_at_a_time(cuts, event_share):
    """``reduced`` splits person-months by hazard.person_months; with 6 pieces some trials have fewer events."""
    shot = shots(0.8, event_share)
    pieces = 6 if cuts is None else len(cuts) + 1
    data = sufficient(risk_sets(shot), pieces, cuts)
    for k in range(1, shot.month.size):
        if cuts is None and shot.events[k] < pieces:
            assert data.events[k] == shot.events[k]
            assert (data.control_months + data.treated_months)[k].sum() == pytest.approx(shot.time[k].sum())
            continue
        at = quantile_cuts(shot.time[k], shot.event[k], pieces) if cuts is None else np.array(cuts)
        expected = reduced(shot.time[k], shot.event[k], treated(), at)
        assert np.array_equal(data.control_events[k], expected.control_events[0])
        assert np.array_equal(data.treated_events[k], expected.treated_events[0])
        assert data.control_months[k] == pytest.approx(expected.control_months[0], abs=1e-9)
        assert data.treated_months[k] == pytest.approx(expected.treated_months[0], abs=1e-9)


def test_a_trial_without_events_keeps_its_person_months():
    shot = shots()
    data = sufficient(risk_sets(shot), 4, None)
    assert data.events[0] == 0.0
    assert data.control_months[0].sum() == pytest.approx(shot.time[0, :CONTROLS].sum())
    nothing = Snapshot(shot.time, np.zeros_like(shot.event), shot.month, shot.enrolled, 0 * shot.events, CONTROLS)
    assert np.all(stratified_z((risk_sets(nothing),)) == 0.0)
    assert np.all(sufficient(risk_sets(nothing), 4, None).events == 0.0)


def test_an_event_on_a_cut_belongs_to_the_piece_that_ends_there():
    """bayesDP and goldilocks agree (PLANNING row 37)."""
    time, event = np.array([[6.0, 6.0, 9.0]]), np.array([[True, True, True]])
    shot = Snapshot(time, event, np.array([20.0]), np.array([3]), np.array([3]), 1)
    data = sufficient(risk_sets(shot), 2, (6.0,))
    assert data.control_events.tolist() == [[1.0, 0.0]]
    assert data.treated_events.tolist() == [[1.0, 1.0]]
    assert data.treated_months == pytest.approx(np.array([[12.0, 3.0]]))
