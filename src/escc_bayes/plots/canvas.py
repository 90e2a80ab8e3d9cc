"""A figure from drawing to file: one place for size, style, title, note, and for files that repeat byte for byte."""

import io
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from matplotlib.figure import Figure, SubFigure

from escc_bayes.estimand.aligned import width
from escc_bayes.plots.fonts import show_all_letters
from escc_bayes.plots.style import INK, styled

WIDTH_MM = 180.0
MM_PER_INCH = 25.4
# Letters of a line over 180 mm: of a note in 6 points, of a title in 9 points and bold; Chinese ones count as two.
NOTE_LETTERS, TITLE_LETTERS = 152, 84
TITLE_LINE_MM = 4.2
# Below this width panels stand below each other: a column of a journal has 85 mm.
NARROW_MM = 120.0
PAPER_DPI = 600


def sheet(draw: Callable[[SubFigure], object], *, height_mm: float, title: str, note: str) -> Figure:
    """Return a figure 180 mm wide, drawn by ``draw`` in the house style.

    Parameters
    ----------
    draw : draws on the part between title and note.
    title, note : above and below; the note says provenance, patients and clock first.
    """
    lines = wrapped(title, TITLE_LETTERS)
    height_mm += TITLE_LINE_MM * (len(lines) - 1)
    with styled():
        figure = Figure(figsize=(WIDTH_MM / MM_PER_INCH, height_mm / MM_PER_INCH), layout="constrained")
        # A part of its own: legends outside its axes then stay clear of title and note.
        draw(figure.add_subfigure(figure.add_gridspec(1, 1)[0, 0]))
        figure.suptitle("\n".join(lines), x=0.01, ha="left", fontsize=9.0, fontweight="bold")
        figure.supxlabel(
            "\n".join(wrapped(note, NOTE_LETTERS)), x=0.01, ha="left", fontsize=6.0, color=INK, linespacing=1.25
        )
        lay_out(figure)
    return figure


def wrapped(text: str, letters: int) -> list[str]:
    """Return the lines of a text; wide letters (Chinese) count as two, and a word longer than a line is cut.

    Examples
    --------
    >>> wrapped("overall survival by stage", 12), wrapped("总生存期与分期", 8)
    (['overall', 'survival by', 'stage'], ['总生存期', '与分期'])
    """
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if width(joined) <= letters:
            lines[-1] = joined
            continue
        # A word that no line holds, as a Chinese sentence is, goes on in the line begun.
        lines += [] if width(word) > letters or not lines[-1] else [""]
        for letter in f"{' ' if lines[-1] else ''}{word}":
            lines += [""] if width(lines[-1] + letter) > letters else []
            lines[-1] += letter
    return [line.strip() for line in lines]


def plain_sheet(draw: Callable[[SubFigure], object], *, width_mm: float, height_mm: float) -> Figure:
    """Return a figure without title and note."""
    with styled():
        figure = Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH), layout="constrained")
        draw(figure.add_subfigure(figure.add_gridspec(1, 1)[0, 0]))
        lay_out(figure)
    return figure


def lay_out(figure: Figure) -> None:
    """Lay out a figure once and never again: all files show the same, and none is drawn to see how it would fit."""
    show_all_letters(figure)
    layout = figure.get_layout_engine()
    assert layout is not None
    with letters_said():
        layout.execute(figure)
    figure.set_layout_engine(None)


def narrow(figure: Figure | SubFigure) -> bool:
    """Whether a figure has the room of one column only."""
    whole = figure.get_figure(root=True)
    return bool(whole is not None and whole.get_figwidth() * MM_PER_INCH < NARROW_MM)


def write_for_paper(figure: Figure, stem: Path) -> None:
    """Write a figure as PDF, SVG and PNG of 600 dots per inch, beside each other under one name."""
    stem.with_name(f"{stem.name}.svg").write_text(svg(figure), encoding="utf-8")
    with styled(), letters_said():
        figure.savefig(stem.with_name(f"{stem.name}.pdf"), metadata={"CreationDate": None, "Creator": None})
        figure.savefig(
            stem.with_name(f"{stem.name}.png"),
            dpi=PAPER_DPI,
            metadata={"Software": None},
            pil_kwargs={"compress_level": 2},
        )


@contextmanager
def letters_said() -> Iterator[None]:
    """Keep matplotlib from saying, letter by letter, what ``show_all_letters`` has said in a sentence."""
    log = logging.getLogger("matplotlib.font_manager")
    before = log.level
    # A font without a bold face stands in as it is.
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
            yield
    finally:
        log.setLevel(before)


def svg(figure: Figure) -> str:
    """Return a figure as SVG text without a date or the address of the program that wrote it."""
    buffer = io.BytesIO()
    with styled(), letters_said():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue().decode("utf-8")


def png(figure: Figure) -> bytes:
    """Return a figure as PNG, 200 dots per inch: those at which it was laid out."""
    buffer = io.BytesIO()
    with styled(), letters_said():
        # The same pixels; packing them tighter would take longer than drawing them.
        figure.savefig(buffer, format="png", metadata={"Software": None}, pil_kwargs={"compress_level": 2})
    return buffer.getvalue()
