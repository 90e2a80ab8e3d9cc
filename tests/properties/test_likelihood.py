"""Symmetries of the likelihood: they hold for any cohort, any baseline, any coefficients."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from escc_bayes.hazard import cells
from escc_bayes.hazard.baseline import PiecewiseHazard, WeibullHazard, log_likelihood
from tests.properties.strategies import Model, models, piecewise_models, rows


def of_patients(model, data):
    """Return the log-likelihood of each patient, (n,)."""
    given_data = (data.time, data.event, data.entry, data.weight)
    return log_likelihood(model.hazard, model.log_relative(data), *given_data)[0]


def collapse(model, data):
    return cells.collapse(data.columns, data.time, data.event, data.entry, data.weight, model.hazard.cuts)


def total(model, data):
    return of_patients(model, data).sum()


def close(one, other):
    # Sums of up to some 1e4 in floats: 1e-10 relative to their size.
    np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-10)


@given(models, rows(), st.floats(0.05, 0.95))
def test_splitting_an_episode_changes_nothing(model, data, share):
    """(entry, time] is (entry, s] censored and (s, time] with the event: densities factor."""
    middle = data.entry + share * (data.time - data.entry)
    first = data.with_(time=middle, event=np.zeros_like(data.event))
    second = data.with_(entry=middle)
    close(of_patients(model, first) + of_patients(model, second), of_patients(model, data))


@given(piecewise_models(), rows(), st.floats(0.05, 0.95))
def test_splitting_an_episode_changes_no_cell(model, data, share):
    middle = data.entry + share * (data.time - data.entry)
    both = data.take(np.r_[0 : data.time.size, 0 : data.time.size]).with_(
        time=np.concatenate([middle, data.time]),
        event=np.concatenate([np.zeros_like(data.event), data.event]),
        entry=np.concatenate([data.entry, middle]),
    )
    close(collapse(model, both).events, collapse(model, data).events)
    close(collapse(model, both).exposure, collapse(model, data).exposure)


@given(models, rows(), st.data())
def test_weight_two_is_the_row_twice(model, data, choice):
    i = choice.draw(st.integers(0, data.time.size - 1))
    doubled = data.with_(weight=np.where(np.arange(data.time.size) == i, 2.0, 1.0) * data.weight)
    twice = data.take(np.append(np.arange(data.time.size), i))
    close(total(model, doubled), total(model, twice))
    if isinstance(model.hazard, PiecewiseHazard):
        close(collapse(model, doubled).events, collapse(model, twice).events)
        close(collapse(model, doubled).exposure, collapse(model, twice).exposure)


@given(models, rows(), st.data())
def test_the_order_of_rows_is_of_no_account(model, data, choice):
    order = np.array(choice.draw(st.permutations(range(data.time.size))))
    close(of_patients(model, data.take(order)), of_patients(model, data)[order])
    if isinstance(model.hazard, PiecewiseHazard):
        close(collapse(model, data.take(order)).events, collapse(model, data).events)
        close(collapse(model, data.take(order)).exposure, collapse(model, data).exposure)


@given(models, rows(), st.sampled_from([30.4375, 30.4375 / 7, 1 / 12]))
def test_the_time_unit_shifts_the_log_likelihood_by_a_constant(model, data, per_month):
    """Density per day = density per month / 30.4375: a shift of weight x event x log(unit), no parameter in it."""
    hazard = model.hazard
    if isinstance(hazard, PiecewiseHazard):
        scaled = PiecewiseHazard(hazard.log_rates - np.log(per_month), hazard.cuts * per_month)
    else:
        scaled = WeibullHazard(hazard.log_cumulative, hazard.log_shape, hazard.reference_time * per_month)
    # Times on a cut stay on it: both are multiplied by the same number.
    moved = data.with_(time=data.time * per_month, entry=data.entry * per_month)
    shift = data.weight * data.event * np.log(per_month)
    close(of_patients(Model(scaled, model.coefficients), moved), of_patients(model, data) - shift)


@given(piecewise_models(), rows())
def test_collapsed_data_have_the_likelihood_of_the_rows(model, data):
    """Sum over cells of events x log rate - months x rate. Holford 1980."""
    collapsed = collapse(model, data)
    log_rate = model.hazard.log_rates + (collapsed.patterns @ model.coefficients[0])[:, None]
    close((collapsed.events * log_rate - collapsed.exposure * np.exp(log_rate)).sum(), total(model, data))


@given(models, rows(), st.floats(-3.0, 3.0))
def test_a_shift_of_a_column_moves_into_the_baseline(model, data, shift):
    """Centring is no assumption: beta (x - c) and log h0 + beta c are the same hazard."""
    beta = model.coefficients[0, 0]
    moved = data.with_(columns=data.columns - np.array([shift, 0.0]))
    hazard = model.hazard
    if isinstance(hazard, PiecewiseHazard):
        raised = PiecewiseHazard(hazard.log_rates + beta * shift, hazard.cuts)
    else:
        raised = WeibullHazard(hazard.log_cumulative + beta * shift, hazard.log_shape, hazard.reference_time)
    close(of_patients(Model(raised, model.coefficients), moved), of_patients(model, data))


@given(piecewise_models(), rows(), st.floats(0.7, 50.0))
def test_a_cut_more_with_equal_rates_on_both_sides_changes_nothing(model, data, cut):
    hazard = model.hazard
    if cut in hazard.cuts:
        return
    at = int(np.searchsorted(hazard.cuts, cut))
    finer = PiecewiseHazard(
        np.insert(hazard.log_rates, at, hazard.log_rates[:, at], axis=1), np.insert(hazard.cuts, at, cut)
    )
    close(of_patients(Model(finer, model.coefficients), data), of_patients(model, data))


@given(models, st.floats(1.0, 60.0))
def test_restricted_mean_and_median_obey_their_bounds(model, until):
    """0 < RMST <= until, RMST grows with survival, and S(median) = 1/2."""
    relative = np.exp(model.coefficients)
    share = np.full(relative.shape[1], 1.0 / relative.shape[1])
    asked = (share[None], np.array([until / 3.0, until]))
    (area,) = model.hazard.restricted_mean(relative.T, *asked)
    assert ((area > 0.0) & (area <= asked[1] * (1 + 1e-12))).all()
    assert (area[:, 0] < area[:, 1]).all()
    assert (model.hazard.restricted_mean(relative.T * 1.5, *asked)[0] <= area).all()
    median = model.hazard.time_at(np.log(2.0) / relative)
    back = np.array([[model.hazard.cumulative(t[None])[0, 0] for t in median[0]]]) * relative
    np.testing.assert_allclose(np.exp(-back), 0.5, rtol=1e-9)
