"""Figures with the labels of levels in place of the levels."""

from collections.abc import Callable
from dataclasses import replace

from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator

from escc_bayes.data.level_labels import LevelLabels
from escc_bayes.report.document.sheet import Sheet


def sheet_in_labels(sheet: Sheet, levels: LevelLabels) -> Sheet:
    """Return a figure with labels where it names levels, also when it is drawn again."""
    if not levels.covariates:
        return sheet
    label_figure(sheet.figure, levels)
    draw = None if sheet.draw is None else labelled_after(sheet.draw, levels)
    return replace(sheet, title=levels.said(sheet.title), note=levels.said(sheet.note), draw=draw)


def labelled_after(draw: Callable[[SubFigure], object], levels: LevelLabels) -> Callable[[SubFigure], object]:
    """Return what draws a figure and then puts labels in place of levels."""

    def drawn(figure: SubFigure) -> None:
        draw(figure)
        label_figure(figure, levels)

    return drawn


def label_figure(figure: Figure | SubFigure, levels: LevelLabels) -> None:
    """Put labels in place of levels in every text of a figure; under the title of axes, of its covariate."""
    for ax in figure.axes:
        label_axes(ax, levels)
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        text.set_text(levels.said(text.get_text()))


def label_axes(ax: Axes, levels: LevelLabels) -> None:
    """Put labels in place of levels in the texts of axes and at their ticks; a number is a level in a legend alone."""
    heading = ax.get_title()
    for axis in (ax.xaxis, ax.yaxis):
        # Ticks that were given words write them anew whenever they are drawn.
        if isinstance(axis.get_major_locator(), FixedLocator):
            words = axis.get_major_formatter().format_ticks(list(axis.get_majorticklocs()))
            named = [word if is_number(word) else levels.under(heading, word) for word in words]
            if named != words:
                axis.set_ticklabels(named)
    legend = ax.get_legend()
    groups = [] if legend is None else legend.get_texts()
    for text in ax.findobj(Text):
        assert isinstance(text, Text)
        if text in groups or not is_number(text.get_text()):
            text.set_text(levels.under(heading, text.get_text()))


def is_number(words: str) -> bool:
    """Whether a text is a number alone, which an axis or a count shows: also a level ``1`` is none there."""
    return words.replace("\N{MINUS SIGN}", "-").strip("-+.% ").replace(".", "", 1).isdigit()
