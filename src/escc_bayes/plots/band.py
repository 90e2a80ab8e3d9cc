"""A curve over months with pointwise limits, as steps or smooth, and how it is drawn."""

from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.style import Look


def nothing() -> FloatArray:
    """Return no months."""
    return np.zeros(0)


@dataclass(frozen=True, slots=True)
class Band:
    """A curve.

    Attributes
    ----------
    label : whose curve; empty: not in the legend.
    times : (t,) months.
    middle, lower, upper : (t,) curve and pointwise limits; NaN = no limit there.
    steps : whether it holds its value from each month to the next (Kaplan-Meier, piecewise rates).
    marks : months of ticks on the curve (censored patients).
    beside : (t,) lower and upper limits by another method, drawn as thin dotted lines; None: none.
    """

    label: str
    times: FloatArray
    middle: FloatArray
    lower: FloatArray
    upper: FloatArray
    steps: bool = False
    marks: FloatArray = field(default_factory=nothing)
    beside: tuple[FloatArray, FloatArray] | None = None

    def at(self, months: FloatArray) -> FloatArray:
        """Read the curve at ``months``, to put marks on it."""
        if not self.steps:
            return np.interp(months, self.times, self.middle)
        return np.asarray(self.middle[np.searchsorted(self.times, months, side="right") - 1])


def draw_band(
    band: Band, *, look: Look, ax: Axes, shade: float = 0.15, width: float = 1.2, dash: bool = True
) -> Line2D:
    """Draw one curve with its limits shaded and its marks; return the line.

    Parameters
    ----------
    shade : opacity of the limits; 0: none drawn.
    width : of the line, in points.
    dash : whether the line takes the look's line style, or is solid.
    """
    style = look.dash if dash else "-"
    where = "steps-post" if band.steps else "default"
    (line,) = ax.plot(
        band.times,
        band.middle,
        color=look.colour,
        linestyle=style,
        linewidth=width,
        drawstyle=where,
        label=band.label or "_",
    )
    known = ~(np.isnan(band.lower) | np.isnan(band.upper))
    if shade and known.any():
        ax.fill_between(
            band.times,
            band.lower,
            band.upper,
            where=known,
            step="post" if band.steps else None,
            color=look.colour,
            alpha=shade,
            linewidth=0.0,
        )
    for limit in band.beside if shade and band.beside is not None else ():
        ax.plot(band.times, limit, color=look.colour, linestyle=":", linewidth=0.6, drawstyle=where, label="_beside")
    if band.marks.size:
        ax.plot(band.marks, band.at(band.marks), "|", color=look.colour, markersize=4.0, markeredgewidth=0.6)
    return line
