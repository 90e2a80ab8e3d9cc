"""The hazard ratio along a number by each form of its effect, with cut points and patients."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.axes import LADDER, plain_ticks, ratio_limits
from escc_bayes.plots.band import Band, draw_band
from escc_bayes.plots.style import INK, MODELS, PALE


def forms_along(
    bands: Mapping[str, Band], *, patients: FloatArray, cuts: Sequence[float], label: str, log: bool, ax: Axes
) -> Axes:
    """Draw each form as a line, that of the first also with its limits.

    Parameters
    ----------
    bands : by form in the order of the legend.
    patients : (n,) values, ticks along the axis.
    cuts : cut points, dotted lines.
    label : of the axis of the number; ``log``: whether it is logarithmic.
    """
    low, high = ratio_limits(v for band in bands.values() for part in (band.middle,) for v in part)
    first = next(iter(bands.values()))
    low, high = min(low, float(first.lower.min())), max(high, float(first.upper.max()))
    ax.set_yscale("log")
    ax.set_ylim(max(low, 0.05), min(high, 20.0))
    plain_ticks(ax.yaxis, tuple(t for t in LADDER if low <= t <= high))
    ax.axhline(1.0, color=PALE, linewidth=0.8, zorder=0)
    for cut in cuts:
        ax.axvline(cut, color=INK, linewidth=0.6, linestyle=":", zorder=0)
    for place, band in enumerate(bands.values()):
        draw_band(band, look=MODELS[place], ax=ax, shade=0.0 if place else 0.15, width=1.4)
    foot = ax.get_xaxis_transform()
    values = np.unique(patients)
    ax.plot(values, np.full(values.size, 0.012), "|", color=INK, markersize=4.0, markeredgewidth=0.4, transform=foot)
    if log:
        ax.set_xscale("log")
        within = [t for t in (*LADDER, 0.3, 30.0, 50.0, 100.0) if values[0] <= t <= values[-1]]
        plain_ticks(ax.xaxis, tuple(sorted(set(within))))
    ax.set_ylabel("Hazard ratio (log scale)")
    ax.set_xlabel(label)
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2)
    return ax
