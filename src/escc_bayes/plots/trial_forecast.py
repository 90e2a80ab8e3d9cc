"""Patients and events of a trial over calendar time: what is seen, what is forecast, what is wanted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.axes import month_axis
from escc_bayes.plots.band import Band, draw_band
from escc_bayes.plots.style import BLACK, INK, MODELS, PALE, Palette
from escc_bayes.trial.simulation.forecast import Fan


@dataclass(frozen=True, slots=True)
class Counted:
    """One panel.

    Attributes
    ----------
    title : what is counted.
    seen : (k,) months at which each came; empty where nothing is seen yet.
    fans : forecasts of the count.
    target : what the count should come to; None: nothing.
    until_seen : month to which ``seen`` is complete.
    """

    title: str
    seen: FloatArray
    fans: Sequence[Band]
    target: float | None
    until_seen: float


def fan_band(fan: Fan, label: str) -> Band:
    """Return a fan of draws as it is drawn."""
    return Band(label, fan.months, fan.median, fan.lower, fan.upper)


def forecast_panels(counted: Sequence[Counted], *, palette: Palette = MODELS, part: SubFigure) -> list[Axes]:
    """Draw one panel for each count side by side, with one legend below."""
    panels = list(part.subplots(1, len(counted), squeeze=False)[0])
    for of, ax in zip(counted, panels, strict=True):
        count_over_months(of, palette=palette, ax=ax)
    fullest = max(panels, key=lambda ax: len(ax.get_legend_handles_labels()[1]))
    part.legend(*fullest.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return panels


def count_over_months(counted: Counted, *, palette: Palette = MODELS, ax: Axes) -> Axes:
    """Draw the count so far as steps, its forecasts with limits, and the target as a line."""
    until = max(float(fan.times[-1]) for fan in counted.fans)
    if counted.seen.size:
        months = np.concatenate([np.zeros(1), np.sort(counted.seen), [counted.until_seen]])
        counts = np.concatenate([np.arange(counted.seen.size + 1), [counted.seen.size]])
        ax.plot(months, counts, color=BLACK, drawstyle="steps-post", label="seen")
        ax.axvline(counted.until_seen, color=PALE, linewidth=0.6, zorder=0)
    for place, fan in enumerate(counted.fans):
        draw_band(fan, look=palette[place], ax=ax)
    if counted.target is not None:
        ax.axhline(counted.target, color=INK, linewidth=0.6, linestyle=":")
        ax.text(0.01 * until, counted.target, f"{counted.target:g}", color=INK, va="bottom")
    month_axis(ax, until, label="Months since the first entry")
    top = max([counted.target or 0.0, *(float(fan.upper.max()) for fan in counted.fans)])
    ax.set_ylim(0.0, 1.12 * top)
    ax.set_title(counted.title)
    return ax
