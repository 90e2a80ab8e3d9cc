"""Who is in which state over time, as areas one on the other; and which cause has struck whom, as rising curves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.axes import month_axis, survival_axis
from escc_bayes.plots.band import Band, draw_band
from escc_bayes.plots.style import BLUE, GREY, GROUPS, INK, Palette

# From the ground up: free of progression, alive after it, dead.
FILLS = (BLUE, "#F0C060", "#E6E6E6")
NAMES = ("free of progression", "alive after progression", "dead")


@dataclass(frozen=True, slots=True)
class Occupation:
    """Probabilities (t, 3) of start, progressed and dead at months (t,); of a model, or steps of an estimate."""

    months: FloatArray
    probability: FloatArray


def stacked_states(
    model: Occupation, observed: Occupation | None, *, until: float, time_label: str, title: str, ax: Axes
) -> Axes:
    """Draw state occupation as stacked areas, and the borders between the observed states as steps.

    Parameters
    ----------
    model : areas.
    observed : Aalen-Johansen; its progression-free and its overall survival are drawn. None: nothing observed.
    until : last month shown.
    """
    ground = np.zeros(model.months.size)
    for place, colour in enumerate(FILLS):
        top = np.minimum(ground + model.probability[:, place], 1.0)
        ax.fill_between(model.months, ground, top, color=colour, alpha=0.7, linewidth=0.0)
        ground = top
    if observed is not None:
        free = observed.probability[:, 0]
        for curve, dash in ((free, "-"), (free + observed.probability[:, 1], "--")):
            ax.plot(observed.months, curve, color=INK, linewidth=0.9, linestyle=dash, drawstyle="steps-post")
    month_axis(ax, until, label=time_label)
    survival_axis(ax, label="Patients (%)")
    ax.set_ylim(0.0, 1.0)
    ax.set_title(title)
    return ax


def state_handles(*, observed: bool) -> list[object]:
    """Return the legend: the areas, and the steps over them."""
    found: list[object] = [Patch(color=c, alpha=0.7, label=name) for c, name in zip(FILLS, NAMES, strict=True)]
    if observed:
        from matplotlib.lines import Line2D

        words = (("-", "Aalen-Johansen: progression-free"), ("--", "Aalen-Johansen: alive"))
        found += [Line2D([], [], color=INK, linewidth=0.9, linestyle=dash, label=label) for dash, label in words]
    return found


def incidence_curves(
    curves: Sequence[Band],
    *,
    behind: Sequence[Band] = (),
    highest: float,
    until: float,
    time_label: str,
    title: str,
    palette: Palette = GROUPS,
    ax: Axes,
) -> Axes:
    """Draw the cumulative incidence of each cause with limits, and steps of an estimate behind.

    Parameters
    ----------
    curves, behind : one for each cause, in one order.
    highest : top of the axis, as a share; the same in every panel, so that they can be compared.
    """
    for place, band in enumerate(behind):
        draw_band(band, look=palette[place], ax=ax, shade=0.0, width=0.7, dash=False)
    for place, band in enumerate(curves):
        draw_band(band, look=palette[place], ax=ax, width=1.4)
    month_axis(ax, until, label=time_label)
    ticks = np.arange(0.0, highest + 1e-9, 0.25 if highest > 0.5 else 0.1)
    ax.set_ylim(0.0, highest)
    ax.set_yticks(ticks, labels=[f"{100 * tick:.0f}" for tick in ticks])
    ax.set_ylabel("Cumulative incidence (%)")
    ax.grid(axis="y", color=GREY, linewidth=0.2, alpha=0.4)
    ax.set_title(title)
    return ax
