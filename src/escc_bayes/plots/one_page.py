"""One page in one figure: beside each hazard ratio what the data say alone, and where other priors and analyses lie."""

import math
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from escc_bayes.plots.axes import ratio_axis, ratio_limits
from escc_bayes.plots.style import BLUE, GREEN, INK, ORANGE, PALE

type Cells = Mapping[str, float | str]
# A line's words, its low and high end, its point (none: a range), and its colour.
LINES = (
    ("posterior", "lower", "upper", "hr", BLUE),
    ("data alone (Cox)", "cox_lower", "cox_upper", "cox_hr", INK),
    ("other priors", "priors_low", "priors_high", "", GREEN),
    ("other analyses", "specifications_low", "specifications_high", "", ORANGE),
)
LANE = len(LINES) + 1.0


def one_page_lanes(rows: Sequence[Cells], *, headings: Mapping[str, str], ax: Axes) -> Axes:
    """Draw a lane for each hazard ratio, each line with its own words, so that no caption is needed.

    Parameters
    ----------
    rows : of ``one_page.csv``, as numbers.
    """
    ends = [number(row, end) for row in rows for _, low, high, _, _ in LINES for end in (low, high)]
    limits = ratio_limits(value for value in ends if 0.0 < value < math.inf)
    ratio_axis(ax, limits, label="Hazard ratio (log scale); left of 1 favours the first level, right of 1 the second")
    for lane, row in enumerate(rows):
        for place, (words, low, high, point, colour) in enumerate(LINES):
            draw_line(row, (words, low, high, point), y=lane * LANE + place, colour=colour, limits=limits, ax=ax)
        ax.axhline((lane + 1) * LANE - 1.0, color=PALE, linewidth=0.4, zorder=0)
    names = [f"{headings.get(str(row['term']), str(row['term']))}\n{row['contrast']}" for row in rows]
    ax.set_yticks([lane * LANE + (len(LINES) - 1) / 2.0 for lane in range(len(rows))], labels=names)
    ax.set_ylim(len(rows) * LANE - 0.8, -0.8)
    ax.tick_params(axis="y", length=0)
    return ax


def draw_line(
    row: Cells, line: tuple[str, str, str, str], *, y: float, colour: str, limits: tuple[float, float], ax: Axes
) -> None:
    """Draw one interval or range with its words beside it."""
    words, low, high, point = line
    ends = [number(row, low), number(row, high)]
    if not all(math.isfinite(end) and end > 0.0 for end in ends):
        return
    shown = [min(max(end, limits[0]), limits[1]) for end in ends]
    ax.plot(shown, [y, y], color=colour, linewidth=1.4 if point else 3.0, alpha=1.0 if point else 0.45)
    if point:
        ax.plot([number(row, point)], [y], "o", color=colour, markersize=3.0)
    ax.text(1.005, y, words, transform=ax.get_yaxis_transform(), va="center", fontsize=5.0, color=colour)


def number(row: Cells, name: str) -> float:
    """Return a cell as a number; NaN where it is empty."""
    value = row[name]
    return math.nan if value in ("", None) else float(value)
