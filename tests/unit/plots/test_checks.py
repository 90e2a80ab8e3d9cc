"""Attribution, leave-one-out and convergence: values read back from the artists."""

import math

import pytest

from escc_bayes.bayes.posterior.loo import LooRow
from escc_bayes.bayes.sampling.diagnose import MAX_RHAT, MIN_ESS
from escc_bayes.plots.attribution import COLOURS, step_patches, waterfall
from escc_bayes.plots.axes import month_ticks, ratio_limits
from escc_bayes.plots.convergence import Convergence, ess_dots, rhat_dots
from escc_bayes.plots.loo import loo_dots
from escc_bayes.sensitivity.attribution import AttributionStep


def way(*values):
    """Return the steps through hazard ratios."""
    logs = [math.log(v) if v > 0 else math.nan for v in values]
    names = ("confounding", "baseline_prior", "mode_to_mean")
    return [
        AttributionStep("os", "m", "stage", "IV vs II", n, "a", "b", x, y, y - x, y - x)
        for n, x, y in zip(names, logs[:-1], logs[1:], strict=True)
    ]


def test_waterfall_bars_run_from_one_ratio_to_the_next(ax):
    waterfall(way(6.0, 2.5, 2.0, 1.8), headings={"stage": "Stage"}, limits=(0.5, 10.0), ax=ax)
    ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches]
    assert ends == [pytest.approx((6.0, 2.5)), pytest.approx((2.5, 2.0)), pytest.approx((2.0, 1.8))]
    points = {line.get_marker(): line.get_xdata()[0] for line in ax.lines if line.get_marker() in "oD"}
    assert points == {"o": pytest.approx(6.0), "D": pytest.approx(1.8)}
    assert [t.get_text() for t in ax.get_yticklabels()] == ["Stage\nIV vs II"]


def test_a_step_without_finite_estimate_says_so(ax):
    waterfall(way(6.0, -1.0, -1.0, 1.8), headings={}, limits=(0.5, 10.0), ax=ax)
    assert [t.get_text() for t in ax.texts] == ["no finite estimate"] * 3
    assert len(ax.patches) == 0


def test_every_step_has_a_colour_of_its_own():
    patches = step_patches(way(6.0, 3.0, 2.0, 1.8))
    assert len({patch.get_facecolor() for patch in patches}) == 3
    assert len(set(COLOURS.values())) == len(COLOURS) == 15


def test_worse_models_stand_left_of_the_best(ax):
    best = LooRow("a", 0, -100.0, 8.0, 0.0, 0.0, 1.0, 3.0, 0.5, 79, 31, "abc")
    worse = LooRow("b", 1, -105.0, 8.0, -5.0, 2.0, 0.0, 3.0, 0.6, 79, 31, "abc")
    loo_dots({"os from time zero": [best, worse]}, ax=ax)
    dots = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o"]
    assert dots == [0.0, -5.0]
    assert [-9.0, -1.0] in [list(line.get_xdata()) for line in ax.lines]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["a", "b"]


def test_convergence_dots_and_limits(ax):
    checks = {"m": [Convergence("b_stage", 1.002, 900.0, 700.0), Convergence("sd_alc", 1.03, 300.0, 250.0)]}
    rhat_dots(checks, ax=ax)
    assert list(ax.lines[0].get_xdata()) == [1.002, 1.03]
    assert ax.lines[1].get_xdata()[0] == MAX_RHAT
    assert [t.get_text() for t in ax.texts] == ["sd_alc"]
    assert ax.get_xlim()[1] > 1.03


def test_effective_sizes_are_bulk_and_tail(ax):
    ess_dots({"m": [Convergence("b", 1.0, 900.0, 700.0)]}, ax=ax)
    assert [line.get_xdata()[0] for line in ax.lines] == [900.0, 700.0, MIN_ESS]


def test_ratio_limits_are_ticks_around_the_values():
    assert ratio_limits([0.3, 1.5, math.inf, math.nan]) == (0.2, 2.0)
    assert ratio_limits([0.001, 500.0]) == (0.05, 20.0)
    assert ratio_limits([]) == (0.5, 2.0)


@pytest.mark.parametrize(("until", "step"), [(5.0, 1.0), (30.0, 6.0), (57.0, 12.0), (200.0, 36.0)])
def test_month_ticks_are_round_and_few(until, step):
    ticks = month_ticks(until)
    assert ticks[1] - ticks[0] == step
    assert ticks[-1] <= until
    assert len(ticks) <= 7
