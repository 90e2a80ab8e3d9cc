"""Survival curves of groups, with the numbers at risk under them."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation, blended_transform_factory

from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.plots.axes import month_axis, survival_axis
from escc_bayes.plots.band import Band, draw_band
from escc_bayes.plots.style import GROUPS, INK, Palette

POINTS_PER_INCH = 72.0
# Points from the axis down to the first row of numbers (below tick labels and axis label), and between rows.
FIRST_ROW, ROW = 31.0, 7.6
# Letters of a legend that stands in one row, entries in a row of a longer one, points that a row takes.
SHORT, COLUMNS, LEGEND_ROW = 26, 3, 10.0


@dataclass(frozen=True, slots=True)
class AtRisk:
    """Numbers at risk: ``counts`` (groups, months) under ``months`` (m,) for ``labels``; ``events`` until then."""

    labels: tuple[str, ...]
    months: FloatArray
    counts: IntArray
    events: IntArray | None = None

    def words(self, group: int, month: int) -> str:
        """Return what stands under a month: the number at risk, with the events so far in brackets."""
        count = self.counts[group, month]
        return f"{count}" if self.events is None else f"{count} ({self.events[group, month]})"


def survival_curves(
    curves: Sequence[Band],
    *,
    behind: Sequence[Band] = (),
    until: float,
    time_label: str,
    title: str,
    survival_label: str = "Survival (%)",
    palette: Palette = GROUPS,
    ax: Axes,
) -> Axes:
    """Draw survival curves, each in its own colour and line style.

    Parameters
    ----------
    curves : survival from 0 to 1 with pointwise limits.
    behind : curves of the same groups drawn thin and without limits (Kaplan-Meier under a posterior).
    until : last month shown.
    time_label : of the x axis; says where the clock starts.
    survival_label : of the y axis; says which survival.
    """
    for place, band in enumerate(behind):
        draw_band(band, look=palette[place], ax=ax, shade=0.0, width=0.7, dash=False)
    lines = [draw_band(band, look=palette[place], ax=ax, width=1.4) for place, band in enumerate(curves)]
    month_axis(ax, until, label=time_label)
    survival_axis(ax, label=survival_label)
    names = [band.label for band in curves]
    columns = len(names) if len("".join(names)) <= SHORT else COLUMNS
    rows = -(-len(names) // columns) if any(names) else 0
    if rows:
        # Above the axes: no corner inside is free for every set of curves.
        above = ax.legend(lines, names, ncols=columns, columnspacing=1.0, borderaxespad=0.0)
        above.set_loc("lower left")
        above.set_bbox_to_anchor((-0.02, 0.985))
    ax.set_title(title, pad=5.0 + LEGEND_ROW * rows)
    return ax


def readings(points: Sequence[tuple[FloatArray, FloatArray]], *, ax: Axes) -> Axes:
    """Draw readings of a published curve, (months, survival) of each group, as dots over the curves."""
    for months, survival in points:
        ax.plot(months, survival, ".", color=INK, markersize=1.8, markeredgewidth=0.0, label="_readings", zorder=5)
    return ax


def at_risk_table(numbers: AtRisk, *, palette: Palette = GROUPS, ax: Axes) -> Axes:
    """Write the numbers at risk under an axis of months, one row for each group in its colour."""
    inch = ax.figure.dpi_scale_trans
    for row in range(len(numbers.labels) + 1):
        down = ScaledTranslation(0.0, -(FIRST_ROW + ROW * row) / POINTS_PER_INCH, inch)
        left = ScaledTranslation(-14.0 / POINTS_PER_INCH, 0.0, inch)
        at_month = blended_transform_factory(ax.transData, ax.transAxes) + down
        colour = INK if row == 0 else palette[row - 1].colour
        over = "At risk" if numbers.events is None else "At risk (events)"
        name = over if row == 0 else numbers.labels[row - 1]
        ax.text(0, 0, name, transform=ax.transAxes + down + left, ha="right", va="center", color=colour, fontsize=6.0)
        if row:
            for place, month in enumerate(numbers.months):
                words = numbers.words(row - 1, place)
                ax.text(month, 0, words, transform=at_month, ha="center", va="center", color=colour, fontsize=6.0)
    return ax


def corner(words: str, *, ax: Axes) -> Axes:
    """Write a few words into the lower left corner, where survival curves leave room."""
    ax.text(0.02, 0.03, words, transform=ax.transAxes, ha="left", va="bottom", fontsize=6.5, color=INK)
    return ax
