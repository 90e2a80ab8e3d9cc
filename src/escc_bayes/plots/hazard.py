"""The baseline hazard: events per month of whom the baseline describes."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.axes import RATES, month_axis, rate_axis
from escc_bayes.plots.band import Band, draw_band
from escc_bayes.plots.style import INK, MODELS, Palette


def hazard_curves(
    curves: Sequence[Band],
    *,
    events: FloatArray,
    until: float,
    time_label: str,
    palette: Palette = MODELS,
    ax: Axes,
) -> Axes:
    """Draw hazard rates with pointwise limits, and the months of the events along the axis."""
    for place, band in enumerate(curves):
        draw_band(band, look=palette[place], ax=ax, width=1.4)
    # A Weibull hazard may run to infinity at month 0: the first months do not set the scale.
    shown = np.concatenate([v[c.times > 0.02 * until] for c in curves for v in (c.lower, c.upper)])
    low = max((r for r in RATES if r <= shown.min()), default=RATES[0])
    high = min((r for r in RATES if r >= shown.max()), default=RATES[-1])
    rate_axis(ax, (low, high), label="Events per month (log scale)")
    ax.plot(
        events,
        np.full(events.size, 0.015),
        "|",
        color=INK,
        markersize=5.0,
        markeredgewidth=0.6,
        transform=ax.get_xaxis_transform(),
        label="events",
    )
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=len(curves) + 1)
    return month_axis(ax, until, label=time_label)
