"""A figure from drawing to file: one place for size, style, title, note, and for files that repeat byte for byte."""

import io
import textwrap
from collections.abc import Callable

from matplotlib.figure import Figure, SubFigure

from escc_bayes.plots.style import INK, styled

WIDTH_MM = 180.0
MM_PER_INCH = 25.4
NOTE_LETTERS = 152


def sheet(draw: Callable[[SubFigure], object], *, height_mm: float, title: str, note: str) -> Figure:
    """Return a figure 180 mm wide, drawn by ``draw`` in the house style.

    Parameters
    ----------
    draw : draws on the part between title and note.
    title, note : above and below; the note says provenance, patients and clock first.
    """
    with styled():
        figure = Figure(figsize=(WIDTH_MM / MM_PER_INCH, height_mm / MM_PER_INCH), layout="constrained")
        # A part of its own: legends outside its axes then stay clear of title and note.
        draw(figure.add_subfigure(figure.add_gridspec(1, 1)[0, 0]))
        figure.suptitle(title, x=0.01, ha="left", fontsize=9.0, fontweight="bold")
        figure.supxlabel(
            "\n".join(textwrap.wrap(note, NOTE_LETTERS)), x=0.01, ha="left", fontsize=6.0, color=INK, linespacing=1.25
        )
        # Laid out once and never again: both files show the same figure, and none is drawn to see how it would fit.
        layout = figure.get_layout_engine()
        assert layout is not None
        layout.execute(figure)
        figure.set_layout_engine(None)
    return figure


def svg(figure: Figure) -> str:
    """Return a figure as SVG text without a date or the address of the program that wrote it."""
    buffer = io.BytesIO()
    with styled():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue().decode("utf-8")


def png(figure: Figure) -> bytes:
    """Return a figure as PNG, 300 dots per inch."""
    buffer = io.BytesIO()
    with styled():
        # The same pixels; packing them tighter would take longer than drawing them.
        figure.savefig(buffer, format="png", metadata={"Software": None}, pil_kwargs={"compress_level": 2})
    return buffer.getvalue()
