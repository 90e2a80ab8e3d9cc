"""Figures of the chapter of a paper: survival curves, or shares with limits, in panels."""

from functools import partial

from matplotlib.axes import Axes

from escc_bayes.plots.style import BLACK, BLUE
from escc_bayes.plots.survival import at_risk_table, survival_curves
from escc_bayes.report.document.sheet import Sheet, drawn
from escc_bayes.report.page.survival_sheets import grid, grid_height
from escc_bayes.study.part import Part, StudyChapter, StudyDots, StudyFigure, StudyPanel

NAME = "study"
# Millimetres of a line of shares, of a panel's title and axis, and of the note.
LINE_MM, HEAD_MM, FOOT_MM = 4.2, 16.0, 22.0


def study_sheet(chapter: StudyChapter, part: Part, figure: StudyFigure) -> Sheet:
    """Return one figure of a part."""
    rows = -(-len(figure.panels) // 2)
    lines = max((len(panel.lines) for panel in figure.panels if isinstance(panel, StudyDots)), default=0)
    groups = max((len(panel.curves) for panel in figure.panels if isinstance(panel, StudyPanel)), default=1)
    height = rows * (LINE_MM * lines + HEAD_MM) + FOOT_MM if lines else grid_height(len(figure.panels), groups)
    return drawn(
        lambda canvas: grid(canvas, [partial(draw_panel, panel) for panel in figure.panels]),
        name=f"study_{figure.name}",
        section=NAME,
        outcome=part.heading,
        title=f"{part.place} of the paper: {figure.title}" if part.place else figure.title,
        about=figure.about,
        words=figure.words,
        clock=figure.clock,
        provenance=chapter.provenance,
        height_mm=height,
        columns=min(2, len(figure.panels)),
    )


def draw_panel(panel: StudyPanel | StudyDots, ax: Axes) -> None:
    """Draw one panel: shares with limits, or curves with the numbers at risk below."""
    if isinstance(panel, StudyDots):
        draw_dots(panel, ax)
        return
    survival_curves(
        panel.curves,
        behind=panel.behind,
        until=panel.until,
        time_label=panel.time_label,
        title=panel.title,
        survival_label=panel.survival_label,
        ax=ax,
    )
    if panel.at_risk is not None:
        at_risk_table(panel.at_risk, ax=ax)


def draw_dots(panel: StudyDots, ax: Axes) -> None:
    """Draw a line for each share, the cohort itself as a square."""
    for place, (_, value, lower, upper) in enumerate(panel.lines):
        colour = BLACK if place == 0 else BLUE
        ax.plot([100 * lower, 100 * upper], [place, place], color=colour, linewidth=1.0, solid_capstyle="butt")
        marker = "s" if place == 0 else "o"
        face = "white" if place in panel.hollow else colour
        ax.plot([100 * value], [place], marker, color=colour, markerfacecolor=face, markersize=3.6)
    ax.set_yticks(range(len(panel.lines)), labels=[name for name, *_ in panel.lines])
    ax.tick_params(axis="y", length=0.0)
    ax.spines["left"].set_visible(False)
    ax.set_ylim(len(panel.lines) - 0.4, -0.6)
    ax.set_xlim(0.0, 100.0)
    ax.set_xlabel(panel.label)
    ax.set_title(panel.title)
