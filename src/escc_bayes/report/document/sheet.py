"""One figure of a report: its file name, its place on the page, its caption."""

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.figure import Figure, SubFigure

from escc_bayes.plots.canvas import NARROW_MM, plain_sheet, sheet
from escc_bayes.report.document.provenance import provenance_first


@dataclass(frozen=True, slots=True)
class Sheet:
    """A drawn figure.

    Attributes
    ----------
    name : of its files, without ending.
    section : of the page where it stands.
    outcome : key of the outcome or name of the endpoint it shows; empty: all.
    title, note : provenance first where data are not observed; the note names patients and clock.
    clock : where time starts; says NAIVE where it is.
    draw, height_mm : what draws it again, and how high it is over 180 mm; None: it is drawn once.
    columns : of panels over 180 mm, which stand below each other where there is less room.
    """

    name: str
    section: str
    outcome: str
    title: str
    note: str
    clock: str
    figure: Figure
    draw: Callable[[SubFigure], object] | None = None
    height_mm: float = 0.0
    columns: int = 1

    def bare(self, width_mm: float) -> Figure:
        """Return the figure for a paper: of a given width, without title and note, which its legend says."""
        assert self.draw is not None
        narrow = width_mm < NARROW_MM
        return plain_sheet(self.draw, width_mm=width_mm, height_mm=self.height_mm * (self.columns if narrow else 1))


def drawn(
    draw: Callable[[SubFigure], object],
    *,
    name: str,
    section: str,
    outcome: str,
    title: str,
    about: str,
    words: str,
    clock: str,
    provenance: str,
    height_mm: float,
    columns: int = 1,
) -> Sheet:
    """Return a figure with title and note.

    Parameters
    ----------
    about : provenance, patients and clock; the note begins with it.
    words : how to read the figure.
    """
    head, note = provenance_first(provenance, title), f"{about} {words}"
    figure = sheet(draw, height_mm=height_mm, title=head, note=note)
    return Sheet(name, section, outcome, head, note, clock, figure, draw, height_mm, columns)
