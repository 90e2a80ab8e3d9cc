"""Hazard ratios of several methods side by side: one block for each contrast, one line for each method."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from escc_bayes.estimand.estimate import Estimate
from escc_bayes.plots.axes import ratio_axis, ratio_limits
from escc_bayes.plots.canvas import narrow
from escc_bayes.plots.style import CLASSICAL, INK, MODELS, PALE, Look, Palette
from escc_bayes.plots.words import estimate_words, interval_words, method_words
from escc_bayes.spec.transitions import heading

GAP, HEADING = 0.7, 1.2


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a forest: an estimate at a height."""

    estimate: Estimate
    y: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Heights: lines, (term, transition, y) of headings, (contrast, y) amid blocks; ``bottom`` below all."""

    lines: tuple[Line, ...]
    headings: tuple[tuple[str, str, float], ...]
    blocks: tuple[tuple[str, float], ...]
    bottom: float


def layout(estimates: Sequence[Estimate]) -> Layout:
    """Place estimates from top to bottom, in the order given, under headings of their terms and transitions."""
    y, lines, headings, blocks = 0.0, [], [], []
    for (term, transition), of_term in groupby(estimates, key=lambda e: (e.term, e.transition)):
        headings.append((term, transition, y))
        y += HEADING
        for contrast, block in groupby(of_term, key=lambda e: e.contrast):
            here = [Line(e, y + i) for i, e in enumerate(block)]
            lines += here
            blocks.append((contrast, (here[0].y + here[-1].y) / 2.0))
            y = here[-1].y + 1.0 + GAP
    return Layout(tuple(lines), tuple(headings), tuple(blocks), y)


def looks_of(estimates: Sequence[Estimate], *, models: Palette = MODELS) -> dict[str, Look]:
    """Return the look of each method, by its name in the legend; posteriors get the colours of ``models``."""
    found: dict[str, Look] = {}
    bayes = 0
    for e in estimates:
        name = method_words(e.method, e.model)
        if name in found:
            continue
        found[name] = CLASSICAL.get(e.method, models[bayes])
        bayes += e.method not in CLASSICAL
    return found


def forest(
    estimates: Sequence[Estimate],
    *,
    headings: Mapping[str, str],
    limits: tuple[float, float] | None = None,
    ax: Axes,
) -> Axes:
    """Draw a forest plot; an interval that leaves the axis ends in an arrow.

    Parameters
    ----------
    estimates : hazard ratios, those of one contrast next to each other.
    headings : words for each term.
    limits : ends of the axis; absent: chosen from the intervals.
    """
    placed, looks = layout(estimates), looks_of(estimates)
    ends = limits or ratio_limits(v for e in estimates for v in (e.lower, e.value, e.upper))
    slim = narrow(ax.figure)
    label = "Hazard ratio (log scale)" + ("" if slim else "; above 1: more events in the first group named")
    ratio_axis(ax, ends, label=label)
    ax.set_ylim(placed.bottom, -0.6)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    for line in placed.lines:
        draw_line(line, look=looks[method_words(line.estimate.method, line.estimate.model)], limits=ends, ax=ax)
    side = ax.get_yaxis_transform()
    for term, transition, y in placed.headings:
        ax.axhline(y - 0.65, color=PALE, linewidth=0.4, zorder=0)
        ax.text(
            -0.20,
            y,
            heading(headings.get(term, term), transition),
            transform=side,
            fontweight="bold",
            va="center",
            ha="left",
        )
    for contrast, y in placed.blocks:
        ax.text(-0.015, y, contrast, transform=side, va="center", ha="right", fontsize=6.5)
    handles = legend_handles(estimates, looks)
    if slim:
        # No room beside the axis: the numbers stand in the tables, the legend over the whole width.
        ax.figure.legend(handles=handles, loc="outside upper left", ncols=1)
        return ax
    for line in placed.lines:
        ax.text(1.015, line.y, estimate_words(line.estimate), transform=side, va="center", fontsize=6.0, color=INK)
    ax.text(1.015, -0.9, "Hazard ratio (limits)", transform=side, va="center", fontsize=6.0, fontweight="bold")
    ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(-0.2, 1.0), ncols=2)
    return ax


def draw_line(line: Line, *, look: Look, limits: tuple[float, float], ax: Axes) -> Axes:
    """Draw interval and marker of one estimate."""
    e, (left, right) = line.estimate, limits
    if math.isnan(e.value):
        return ax
    width = 1.5 if look.filled else 0.8
    if not (math.isnan(e.lower) or math.isnan(e.upper)):
        shown = [min(max(e.lower, left), right), min(max(e.upper, left), right)]
        ax.plot(shown, [line.y, line.y], color=look.colour, linewidth=width, solid_capstyle="butt")
    for end, arrow, beyond in ((left, "<", min(e.lower, e.value) < left), (right, ">", max(e.upper, e.value) > right)):
        if beyond or e.value == (math.inf if end == right else 0.0):
            ax.plot([end], [line.y], arrow, color=look.colour, markersize=3.2, clip_on=False)
    if left <= e.value <= right:
        face = look.colour if look.filled else "white"
        ax.plot([e.value], [line.y], look.marker, color=look.colour, markerfacecolor=face, label="_value")
    return ax


def legend_handles(estimates: Sequence[Estimate], looks: Mapping[str, Look]) -> list[Line2D]:
    """Return one entry for each method, which says what kind of interval its line is."""
    kinds = {method_words(e.method, e.model): interval_words(e) for e in estimates}
    return [
        Line2D(
            [],
            [],
            color=look.colour,
            marker=look.marker,
            markerfacecolor=look.colour if look.filled else "white",
            linewidth=1.5 if look.filled else 0.8,
            label=f"{name}: {kinds[name]}",
        )
        for name, look in looks.items()
    ]
