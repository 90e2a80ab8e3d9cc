"""A hazard ratio over time: steps with limits on a log scale, and the events behind each segment."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from escc_bayes.plots.axes import LADDER, month_axis, plain_ticks, ratio_limits
from escc_bayes.plots.band import Band, draw_band
from escc_bayes.plots.style import CLASSICAL, INK, MODELS, PALE, Palette


@dataclass(frozen=True, slots=True)
class Part:
    """A segment of follow-up, months ``start`` to ``stop``, and its events."""

    start: float
    stop: float
    events: int


def ratio_over_time(
    curves: Sequence[Band],
    *,
    beside: Sequence[Band],
    parts: Sequence[Part],
    title: str,
    until: float,
    time_label: str,
    palette: Palette = MODELS,
    ax: Axes,
) -> Axes:
    """Draw a hazard ratio over time.

    Parameters
    ----------
    curves : of posteriors, with bands.
    beside : of Cox, thin, with limits as dashed steps.
    parts : segments, whose events are printed along the axis.
    """
    values = [v for c in (*curves, *beside) for part in (c.middle, c.lower, c.upper) for v in part]
    low, high = ratio_limits(values)
    ax.set_yscale("log")
    ax.set_ylim(low, high)
    plain_ticks(ax.yaxis, tuple(t for t in LADDER if low <= t <= high))
    ax.axhline(1.0, color=PALE, linewidth=0.8, zorder=0)
    ax.set_ylabel("Hazard ratio (log scale)")
    for place, curve in enumerate(curves):
        draw_band(curve, look=palette[place], ax=ax, width=1.4)
    for curve in beside:
        look = CLASSICAL["cox"]
        draw_band(curve, look=look, ax=ax, shade=0.0, width=0.8)
        for limit in (curve.lower, curve.upper):
            ax.step(curve.times, limit, where="post", color=look.colour, linewidth=0.5, linestyle=(0, (3.0, 2.0)))
    for part in parts:
        ax.axvline(part.start, color=PALE, linewidth=0.4, zorder=0)
        middle = float(np.mean([part.start, part.stop]))
        ax.text(
            middle, 0.03, f"{part.events}", transform=ax.get_xaxis_transform(), ha="center", color=INK, fontsize=6.0
        )
    ax.set_title(title)
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0))
    return month_axis(ax, until, label=time_label)
