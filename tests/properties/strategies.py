"""Cohorts, baselines and coefficients drawn by Hypothesis, in months."""

from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st

from escc_bayes.hazard.baseline import PiecewiseHazard, WeibullHazard


@dataclass(frozen=True)
class Rows:
    """Follow-up, weights and two columns of a few patients."""

    time: np.ndarray
    event: np.ndarray
    entry: np.ndarray
    weight: np.ndarray
    columns: np.ndarray

    def take(self, index):
        return Rows(*(getattr(self, name)[index] for name in self.__dataclass_fields__))

    def with_(self, **changes):
        return replace(self, **changes)


@dataclass(frozen=True)
class Model:
    """A baseline with one draw, and coefficients (1, 2)."""

    hazard: PiecewiseHazard | WeibullHazard
    coefficients: np.ndarray

    def log_relative(self, rows):
        return self.coefficients @ rows.columns.T


# Whole hundredths of a month, so that ties and events on cuts occur often.
hundredths = st.integers(1, 6000).map(lambda n: n / 100)
months = st.one_of(hundredths, st.sampled_from([3.0, 6.0, 12.0, 24.0]))
log_rate = st.floats(-7.0, 0.0)


@st.composite
def rows(draw, most=12):
    n = draw(st.integers(1, most))
    times = np.array([draw(months) for _ in range(n)])
    shares = np.array([draw(st.sampled_from([0.0, 0.0, 0.25, 0.5])) for _ in range(n)])
    return Rows(
        time=times,
        event=np.array([float(draw(st.booleans())) for _ in range(n)]),
        entry=times * shares,
        weight=np.array([draw(st.sampled_from([0.5, 1.0, 1.7])) for _ in range(n)]),
        columns=np.array([[draw(st.sampled_from([0.0, 1.0])), draw(st.sampled_from([-0.6, 0.4]))] for _ in range(n)]),
    )


cut_points = st.lists(st.sampled_from([1.5, 3.0, 6.0, 12.0, 18.0, 24.0, 40.0]), unique=True, max_size=5).map(
    lambda cuts: np.array(sorted(cuts))
)
coefficients = st.tuples(st.floats(-2.0, 2.0), st.floats(-2.0, 2.0)).map(lambda b: np.array([b]))


@st.composite
def piecewise_models(draw):
    cuts = draw(cut_points)
    rates = np.array([[draw(log_rate) for _ in range(cuts.size + 1)]])
    return Model(PiecewiseHazard(rates, cuts), draw(coefficients))


@st.composite
def weibull_models(draw):
    level, shape = draw(st.floats(-3.0, 1.0)), draw(st.floats(0.4, 5.0))
    return Model(WeibullHazard(np.array([level]), np.log([shape]), 24.0), draw(coefficients))


models = st.one_of(piecewise_models(), weibull_models())
