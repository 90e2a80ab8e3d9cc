"""Curves, fans, densities, hazards: what was given is what is drawn."""

import numpy as np
import pytest
from matplotlib.collections import PolyCollection

from escc_bayes.bayes.posterior.prior_check import PriorHazardRatio
from escc_bayes.plots.band import Band, draw_band
from escc_bayes.plots.density import Density, prior_posterior
from escc_bayes.plots.hazard import hazard_curves
from escc_bayes.plots.predictive import predictive_check
from escc_bayes.plots.prior import fan, prior_ratios
from escc_bayes.plots.style import GROUPS, MODELS
from escc_bayes.plots.survival import AtRisk, at_risk_table, corner, survival_curves

TIMES = np.array([0.0, 6.0, 12.0])
SMOOTH = Band("IV", TIMES, np.array([1.0, 0.8, 0.6]), np.array([1.0, 0.7, 0.4]), np.array([1.0, 0.9, 0.8]))
STEPS = Band(
    "II",
    TIMES,
    np.array([1.0, 0.5, 0.25]),
    np.array([1.0, 0.3, np.nan]),
    np.array([1.0, 0.7, np.nan]),
    steps=True,
    marks=np.array([3.0, 12.0]),
)


def vertices(ax):
    """Return all corners of the shaded areas."""
    areas = [c for c in ax.collections if isinstance(c, PolyCollection)]
    return np.concatenate([path.vertices for area in areas for path in area.get_paths()])


def test_band_draws_curve_and_limits(ax):
    line = draw_band(SMOOTH, look=GROUPS[0], ax=ax)
    np.testing.assert_array_equal(line.get_ydata(), SMOOTH.middle)
    corners = {(round(x, 6), round(y, 6)) for x, y in vertices(ax)}
    assert {(6.0, 0.7), (6.0, 0.9), (12.0, 0.4), (12.0, 0.8)} <= corners


def test_steps_hold_their_value_and_marks_lie_on_them(ax):
    line = draw_band(STEPS, look=GROUPS[0], ax=ax)
    assert line.get_drawstyle() == "steps-post"
    marks = ax.lines[1]
    assert marks.get_ydata().tolist() == [1.0, 0.25]
    assert np.isfinite(vertices(ax)).all()


def test_survival_curves_have_legend_axis_and_numbers(ax):
    survival_curves([SMOOTH, STEPS], until=12.0, time_label="Months from time zero", title="Stage", ax=ax)
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["IV", "II"]
    assert ax.get_xlabel() == "Months from time zero"
    assert ax.get_title() == "Stage"
    assert ax.lines[0].get_linestyle() != ax.lines[1].get_linestyle()
    numbers = AtRisk(("IV", "II"), np.array([0.0, 6.0]), np.array([[29, 20], [14, 13]]))
    at_risk_table(numbers, ax=ax)
    corner("log-rank P = 0.015", ax=ax)
    assert [t.get_text() for t in ax.texts] == ["At risk", "IV", "29", "20", "II", "14", "13", "log-rank P = 0.015"]
    with_events = AtRisk(("IV",), np.array([0.0, 6.0]), np.array([[29, 20]]), np.array([[0, 7]]))
    assert [with_events.words(0, month) for month in (0, 1)] == ["29 (0)", "20 (7)"]


def test_curves_behind_are_thinner_and_have_no_limits(ax):
    survival_curves([SMOOTH], behind=[STEPS], until=12.0, time_label="Months", title="", ax=ax)
    thin, thick = ax.lines[0], ax.lines[-1]
    assert thin.get_linewidth() < thick.get_linewidth()
    assert len(ax.collections) == 1


def test_fan_shades_from_wide_to_narrow(ax):
    narrow = Band("50 %", TIMES, SMOOTH.middle, SMOOTH.middle - 0.05, SMOOTH.middle + 0.05)
    fan([SMOOTH, narrow], curves=np.array([SMOOTH.lower]), look=MODELS[0], time_label="Months", ax=ax)
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["IV", "50 %", "median"]
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), SMOOTH.lower)
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), SMOOTH.middle)


def test_prior_ratios_are_drawn_and_printed(ax):
    ratio = PriorHazardRatio("stage", "IV vs II", 1.0, 0.2, 5.0, 0.05)
    prior_ratios({"m": [ratio]}, headings={"stage": "Stage"}, ax=ax)
    assert [0.2, 5.0] in [list(line.get_xdata()) for line in ax.lines]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["Stage: IV vs II"]
    assert "1.00 (0.20 to 5.00)" in [t.get_text() for t in ax.texts]


def test_densities_keep_their_heights(ax):
    at = np.log([0.5, 1.0, 2.0])
    prior, posterior = Density("prior", at, np.array([0.1, 0.4, 0.1])), Density("m", at, np.array([0.0, 0.2, 0.9]))
    prior_posterior(prior, [posterior], ratio=np.exp(at), limits=(0.5, 2.0), title="IV vs II", ax=ax)
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), posterior.height)
    assert vertices(ax)[:, 1].max() == pytest.approx(0.4)


def test_a_steep_start_does_not_set_the_scale_of_hazards(ax):
    steep = Band("weibull", np.array([0.1, 6.0, 12.0]), *(np.array([9.0, 0.02, 0.02]) * k for k in (1.0, 0.5, 2.0)))
    hazard_curves([steep], events=np.array([3.0, 8.0]), until=12.0, time_label="Months", ax=ax)
    assert ax.get_ylim() == (0.01, 0.05)
    assert ax.lines[1].get_xdata().tolist() == [3.0, 8.0]


def test_predictive_check_puts_the_observed_curve_over_the_bands(ax):
    predictive_check([SMOOTH], STEPS, look=MODELS[0], until=12.0, time_label="Months", ax=ax)
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), STEPS.middle)
    assert ax.lines[0].get_color() == "#000000"
