"""One figure of a report: its file name, its place on the page, its caption."""

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.figure import Figure, SubFigure

from escc_bayes.plots.canvas import sheet
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
    """

    name: str
    section: str
    outcome: str
    title: str
    note: str
    clock: str
    figure: Figure


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
) -> Sheet:
    """Return a figure with title and note.

    Parameters
    ----------
    about : provenance, patients and clock; the note begins with it.
    words : how to read the figure.
    """
    head, note = provenance_first(provenance, title), f"{about} {words}"
    figure = sheet(draw, height_mm=height_mm, title=head, note=note)
    return Sheet(name, section, outcome, head, note, clock, figure)
