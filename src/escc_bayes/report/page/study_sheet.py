"""Figures of the chapter of a paper: survival curves in panels."""

from functools import partial

from matplotlib.axes import Axes

from escc_bayes.plots.survival import at_risk_table, survival_curves
from escc_bayes.report.document.sheet import Sheet, drawn
from escc_bayes.report.page.survival_sheets import grid, grid_height
from escc_bayes.study.part import Part, StudyChapter, StudyFigure, StudyPanel

NAME = "study"


def study_sheet(chapter: StudyChapter, part: Part, figure: StudyFigure) -> Sheet:
    """Return one figure of a part."""
    groups = max(len(panel.curves) for panel in figure.panels)
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
        height_mm=grid_height(len(figure.panels), groups),
        columns=min(2, len(figure.panels)),
    )


def draw_panel(panel: StudyPanel, ax: Axes) -> None:
    """Draw the curves of one panel, with the numbers at risk below."""
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
