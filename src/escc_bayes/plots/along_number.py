"""A hazard ratio along a number: a curve with limits on a log scale, the patients and the knots along the axis."""

import numpy as np
from matplotlib.axes import Axes

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.axes import LADDER, plain_ticks, ratio_limits
from escc_bayes.plots.band import Band, draw_band
from escc_bayes.plots.style import CLASSICAL, INK, MODELS, PALE, Palette


def ratio_along(
    curve: Band,
    *,
    beside: Band,
    patients: FloatArray,
    knots: FloatArray,
    label: str,
    palette: Palette = MODELS,
    ax: Axes,
) -> Axes:
    """Draw a hazard ratio along a number.

    Parameters
    ----------
    curve : of a posterior, with its band.
    beside : of Cox, thin, with limits as dashed lines.
    patients : (n,) values, ticks along the axis; ``knots`` are longer ticks.
    label : of the axis.
    """
    low, high = ratio_limits(v for c in (curve, beside) for part in (c.middle, c.lower, c.upper) for v in part)
    ax.set_yscale("log")
    ax.set_ylim(low, high)
    plain_ticks(ax.yaxis, tuple(t for t in LADDER if low <= t <= high))
    ax.axhline(1.0, color=PALE, linewidth=0.8, zorder=0)
    draw_band(curve, look=palette[0], ax=ax, width=1.4)
    look = CLASSICAL["cox"]
    draw_band(beside, look=look, ax=ax, shade=0.0, width=0.8)
    for limit in (beside.lower, beside.upper):
        ax.plot(beside.times, limit, color=look.colour, linewidth=0.5, linestyle=(0, (3.0, 2.0)))
    foot = ax.get_xaxis_transform()
    ticks = ((np.unique(patients), 0.012, 4.0, 0.4), (knots, 0.025, 9.0, 1.0))
    for values, height, size, width in ticks:
        heights = np.full(values.size, height)
        ax.plot(values, heights, "|", color=INK, markersize=size, markeredgewidth=width, transform=foot, label="_")
    ax.set_ylabel("Hazard ratio (log scale)")
    ax.set_xlabel(label)
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2)
    return ax
