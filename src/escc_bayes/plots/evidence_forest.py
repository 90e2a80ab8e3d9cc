"""Published hazard ratios and their pool: one line a study, as printed and drawn towards the mean, then the pools."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon

from escc_bayes.plots.axes import ratio_axis, ratio_limits
from escc_bayes.plots.style import BLACK, BLUE, GREEN, GREY, INK, PALE
from escc_bayes.plots.words import ratio, with_limits

STUDY, SHRUNKEN = -0.13, 0.2
DIAMOND = 0.28
POOLS = {
    ("pooled", "exact"): "Mean effect, exact (credible)",
    ("pooled", "reml_wald"): "Mean effect, REML (Wald)",
    ("pooled", "reml_hartung_knapp"): "Mean effect, REML (Hartung-Knapp)",
    ("new study", "exact"): "New study, exact (credible)",
}


@dataclass(frozen=True, slots=True)
class RatioLine:
    """A hazard ratio with limits at a height; limits that do not exist are NaN."""

    value: float
    lower: float
    upper: float
    y: float

    @property
    def words(self) -> str:
        """The numbers as readers see them."""
        return with_limits(ratio(self.value), ratio(self.lower), ratio(self.upper))


def evidence_forest(rows: Sequence[Mapping[str, object]], *, direction: str, ax: Axes) -> Axes:
    """Draw the rows of ``pool.csv``; intervals that leave the axis end in an arrow.

    Parameters
    ----------
    rows : of ``evidence.pool_table``: of each study ``adjusted`` and ``shrunken``, and the pools.
    direction : whose hazard over whose.
    """
    studies = list(dict.fromkeys(str(row["what"]) for row in rows if row["method"] == "printed"))
    entered = [line_of(rows, name, "adjusted", y + STUDY) for y, name in enumerate(studies)]
    shrunken = [line_of(rows, name, "shrunken", y + SHRUNKEN) for y, name in enumerate(studies)]
    pools = [line_of(rows, *key, len(studies) + 0.5 + place) for place, key in enumerate(POOLS)]
    ends = ratio_limits(v for e in (*entered, *shrunken, *pools) for v in (e.lower, e.value, e.upper))
    ratio_axis(ax, ends, label=f"Hazard ratio (log scale): {direction}" if direction else "Hazard ratio (log scale)")
    for line in entered:
        draw_interval(line, colour=BLACK, marker="s", limits=ends, ax=ax)
    for line in shrunken:
        draw_interval(line, colour=BLUE, marker="o", limits=ends, ax=ax)
    for line, name in zip(pools, POOLS.values(), strict=True):
        draw_pool(line, name, limits=ends, ax=ax)
    name_lines(studies, (*entered, *pools), ax=ax)
    ax.axhline(len(studies) - 0.05, color=PALE, linewidth=0.5)
    ax.set_ylim(len(studies) + len(POOLS) + 0.1, -0.7)
    ax.legend(handles=legend_handles(), loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2)
    return ax


def line_of(rows: Sequence[Mapping[str, object]], what: str, method: str, y: float) -> RatioLine:
    """Return the line of one row of the table."""
    row = next(row for row in rows if (row["what"], row["method"]) == (what, method))
    value, lower, upper = (float(str(row[key])) for key in ("value", "lower", "upper"))
    return RatioLine(value, lower, upper, y)


def draw_interval(line: RatioLine, *, colour: str, marker: str, limits: tuple[float, float], ax: Axes) -> Axes:
    """Draw a marker with its interval, cut at the ends of the axis."""
    left, right = limits
    shown = [min(max(v, left), right) for v in (line.lower, line.upper)]
    ax.plot(shown, [line.y, line.y], color=colour, linewidth=1.0, solid_capstyle="butt")
    for end, arrow, beyond in ((left, "<", line.lower < left), (right, ">", line.upper > right)):
        if beyond:
            ax.plot([end], [line.y], arrow, color=colour, markersize=3.2, clip_on=False)
    if left <= line.value <= right:
        ax.plot([line.value], [line.y], marker, color=colour, markersize=3.6)
    return ax


def draw_pool(line: RatioLine, name: str, *, limits: tuple[float, float], ax: Axes) -> Axes:
    """Draw a pool as a diamond, the new study as a bar; nothing where the limits do not exist."""
    if math.isnan(line.lower):
        return ax
    if name == POOLS["new study", "exact"]:
        return draw_interval(line, colour=GREEN, marker="D", limits=limits, ax=ax)
    left, right = (min(max(v, limits[0]), limits[1]) for v in (line.lower, line.upper))
    corners = [(left, line.y), (line.value, line.y - DIAMOND), (right, line.y), (line.value, line.y + DIAMOND)]
    ax.add_patch(Polygon(corners, closed=True, facecolor=BLUE if name == POOLS["pooled", "exact"] else GREY))
    return ax


def name_lines(studies: Sequence[str], lines: Sequence[RatioLine], *, ax: Axes) -> Axes:
    """Write names at the left and numbers at the right."""
    side = ax.get_yaxis_transform()
    ax.set_yticks(
        [*range(len(studies)), *(line.y for line in lines[len(studies) :])], labels=[*studies, *POOLS.values()]
    )
    ax.tick_params(axis="y", length=0.0)
    ax.spines["left"].set_visible(False)
    for line in lines:
        words = line.words if not math.isnan(line.lower) else f"{ratio(line.value)} (no interval from one study)"
        ax.text(1.015, line.y, words, transform=side, va="center", fontsize=6.5, color=INK)
    return ax


def legend_handles() -> list[Line2D]:
    """Return one entry for each kind of line."""
    return [
        Line2D([], [], color=BLACK, marker="s", label="study, as it entered"),
        Line2D([], [], color=BLUE, marker="o", label="study, drawn towards the mean"),
    ]
