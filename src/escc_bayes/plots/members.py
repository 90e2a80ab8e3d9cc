"""Hazard ratios of single reconstructions beside the pool of all: how much of a conclusion one guess decides."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from escc_bayes.estimand.estimate import Estimate
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.axes import ratio_axis, ratio_limits
from escc_bayes.plots.style import BLUE, INK, PALE, VERMILLION
from escc_bayes.plots.words import estimate_words, interval_words
from escc_bayes.spec.transitions import heading

LANE, HEADING = 2.2, 1.1
POOLED, SHOWN, MEMBERS = "All reconstructions", "The reconstruction shown", "Posterior median of one reconstruction"


@dataclass(frozen=True, slots=True)
class MemberLane:
    """One contrast: the pool, the reconstruction that the report shows, and the median of every member."""

    pooled: Estimate
    shown: Estimate
    medians: FloatArray
    share: float


def lanes_height(lanes: Sequence[MemberLane]) -> float:
    """Return the height of the drawing in lines."""
    return LANE * len(lanes) + HEADING * len({(lane.pooled.term, lane.pooled.transition) for lane in lanes})


def members_forest(lanes: Sequence[MemberLane], *, headings: Mapping[str, str], ax: Axes) -> Axes:
    """Draw each contrast: pooled interval, interval of the reconstruction shown, and a tick for each member.

    Parameters
    ----------
    lanes : contrasts of one model, those of one term next to each other.
    headings : words for each term.
    """
    ends = ratio_limits(v for lane in lanes for e in (lane.pooled, lane.shown) for v in (e.lower, e.value, e.upper))
    ratio_axis(ax, ends, label="Hazard ratio (log scale); above 1: more events in the first group named")
    ax.set_ylim(lanes_height(lanes), -0.8)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    y = 0.0
    for (term, transition), of_term in groupby(lanes, key=lambda lane: (lane.pooled.term, lane.pooled.transition)):
        ax.axhline(y - 0.6, color=PALE, linewidth=0.4, zorder=0)
        words = heading(headings.get(term, term), transition)
        ax.text(-0.20, y, words, transform=ax.get_yaxis_transform(), fontweight="bold", va="center")
        y += HEADING
        for lane in of_term:
            draw_lane(lane, y, limits=ends, ax=ax)
            y += LANE
    head = "All: hazard ratio (limits);\nshare between"
    ax.text(1.015, -0.3, head, transform=ax.get_yaxis_transform(), va="center", fontsize=6.0, fontweight="bold")
    ax.legend(handles=handles(lanes[0]), loc="lower left", bbox_to_anchor=(-0.2, 1.0), ncols=2)
    return ax


def draw_lane(lane: MemberLane, y: float, *, limits: tuple[float, float], ax: Axes) -> None:
    """Draw one contrast from ``y`` downwards."""
    side = ax.get_yaxis_transform()
    interval(lane.pooled, y, colour=BLUE, width=1.8, limits=limits, ax=ax)
    interval(lane.shown, y + 0.6, colour=VERMILLION, width=0.9, limits=limits, ax=ax)
    inside = [m for m in lane.medians if limits[0] <= m <= limits[1]]
    ax.plot(inside, [y + 1.15] * len(inside), "|", color=INK, markersize=4.0, markeredgewidth=0.6)
    ax.text(-0.015, y + 0.55, lane.pooled.contrast, transform=side, va="center", ha="right", fontsize=6.5)
    words = f"{estimate_words(lane.pooled)}; {100.0 * lane.share:.0f} %"
    ax.text(1.015, y + 0.3, words, transform=side, va="center", fontsize=6.0, color=INK)


def interval(e: Estimate, y: float, *, colour: str, width: float, limits: tuple[float, float], ax: Axes) -> None:
    """Draw median and interval of one posterior; ends beyond the axis are arrows."""
    if math.isnan(e.value):
        return
    left, right = limits
    ax.plot([max(e.lower, left), min(e.upper, right)], [y, y], color=colour, linewidth=width, solid_capstyle="butt")
    for end, arrow, beyond in ((left, "<", e.lower < left), (right, ">", e.upper > right)):
        if beyond:
            ax.plot([end], [y], arrow, color=colour, markersize=3.2, clip_on=False)
    if left <= e.value <= right:
        ax.plot([e.value], [y], "o", color=colour, markersize=1.6 + width)


def handles(lane: MemberLane) -> list[Line2D]:
    """Return the entries of the legend."""
    kind = interval_words(lane.pooled)
    return [
        Line2D([], [], color=BLUE, marker="o", linewidth=1.8, label=f"{POOLED}: {kind}"),
        Line2D([], [], color=VERMILLION, marker="o", linewidth=0.9, label=f"{SHOWN}: {kind}"),
        Line2D([], [], color=INK, marker="|", linestyle="none", label=MEMBERS),
    ]
