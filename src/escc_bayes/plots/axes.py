"""Axes that several figures share: hazard ratios on a log scale with plain ticks, months, survival in per cent."""

import math
from collections.abc import Iterable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.style import PALE

LADDER = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
RATES = tuple(step * 10.0**power for power in range(-6, 2) for step in (1.0, 2.0, 5.0))
STEPS = (1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 36.0, 60.0, 120.0)


def ratio_limits(values: Iterable[float], *, widest: tuple[float, float] = (0.05, 20.0)) -> tuple[float, float]:
    """Return ends for an axis of ratios: the nearest ticks outside the finite values, at most ``widest``.

    Examples
    --------
    >>> ratio_limits([0.3, 1.5, float("inf")])
    (0.2, 2.0)
    """
    finite = [v for v in values if math.isfinite(v) and v > 0.0]
    low, high = min([0.5, *finite]), max([2.0, *finite])
    below = max((t for t in LADDER if t <= low), default=LADDER[0])
    above = min((t for t in LADDER if t >= high), default=LADDER[-1])
    return max(below, widest[0]), min(above, widest[1])


def ratio_axis(ax: Axes, limits: tuple[float, float], *, label: str) -> Axes:
    """Make the x axis one of ratios: log scale, plain ticks, a line at 1."""
    ax.set_xscale("log")
    ax.set_xlim(*limits)
    plain_ticks(ax.xaxis, tuple(t for t in LADDER if limits[0] <= t <= limits[1]))
    ax.axvline(1.0, color=PALE, linewidth=0.8, zorder=0)
    ax.set_xlabel(label)
    return ax


def rate_axis(ax: Axes, limits: tuple[float, float], *, label: str) -> Axes:
    """Make the y axis one of rates: log scale, plain ticks."""
    ax.set_yscale("log")
    ax.set_ylim(*limits)
    plain_ticks(ax.yaxis, tuple(t for t in RATES if limits[0] <= t <= limits[1]))
    ax.set_ylabel(label)
    return ax


def plain_ticks(axis: object, ticks: tuple[float, ...]) -> None:
    """Put ticks where they are asked for, printed as plain numbers."""
    axis.set_major_locator(FixedLocator(ticks))  # type: ignore[attr-defined]
    axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))  # type: ignore[attr-defined]
    axis.set_minor_locator(NullLocator())  # type: ignore[attr-defined]


def month_ticks(until: float, *, most: int = 6) -> FloatArray:
    """Return at most ``most`` + 1 round months from 0 to ``until``.

    Examples
    --------
    >>> month_ticks(50.0)
    array([ 0., 12., 24., 36., 48.])
    """
    step = next((s for s in STEPS if until / s <= most), STEPS[-1])
    return np.arange(0.0, until + 1e-9, step)


def month_axis(ax: Axes, until: float, *, label: str) -> Axes:
    """Make the x axis one of months from 0 to ``until``."""
    ax.set_xlim(0.0, until)
    ax.set_xticks(month_ticks(until))
    ax.set_xlabel(label)
    return ax


def survival_axis(ax: Axes, *, label: str = "Survival (%)") -> Axes:
    """Make the y axis one of survival, 0 to 100 %."""
    ax.set_ylim(0.0, 1.03)
    ax.set_yticks([0.0, 0.25, 0.5, 0.75, 1.0], labels=["0", "25", "50", "75", "100"])
    ax.set_ylabel(label)
    return ax
