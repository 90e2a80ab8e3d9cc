"""The boundaries of each rule over the looks of a design: Z above which it succeeds, Z below which it is futile."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.style import GROUPS, PALE, Palette

FEW = 3


@dataclass(frozen=True, slots=True, eq=False)
class Boundary:
    """Of one rule at ``events`` (k,): ``upper`` and ``lower`` (k,) on Z; infinite where there is none."""

    rule: str
    events: FloatArray
    upper: FloatArray
    lower: FloatArray


def boundaries_over_events(boundaries: Sequence[Boundary], *, palette: Palette = GROUPS, ax: Axes) -> Axes:
    """Draw upper boundaries with full markers, lower ones thinner with hollow ones."""
    for place, of in enumerate(boundaries):
        look = palette[place]
        lines = ((of.upper, 1.2, look.colour, of.rule), (of.lower, 0.7, "none", f"{of.rule}, futile below"))
        for values, width, inside, label in lines:
            known = np.isfinite(values)
            if known.any():
                ax.plot(
                    of.events[known],
                    values[known],
                    color=look.colour,
                    linestyle=look.dash,
                    marker=look.marker,
                    markerfacecolor=inside,
                    linewidth=width,
                    label=label,
                )
    ax.axhline(0.0, color=PALE, linewidth=0.5, zorder=0)
    ax.set_xlim(0.0, 1.05 * max(float(of.events[-1]) for of in boundaries))
    ax.set_xlabel("Events")
    ax.set_ylabel("Z (positive: treatment does better)")
    # Long enough to show dashes; many rules do not fit inside.
    beside = {"loc": "center left", "bbox_to_anchor": (1.01, 0.5)} if len(boundaries) > FEW else {"loc": "center left"}
    ax.legend(handlelength=4.0, **beside)
    return ax
