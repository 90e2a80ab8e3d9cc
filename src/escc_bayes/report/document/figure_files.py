"""How a figure is written: as SVG and PNG, with its words."""

from dataclasses import dataclass
from pathlib import Path

from escc_bayes.plots.canvas import png, svg
from escc_bayes.report.document.sheet import Sheet

FOLDER = "figures"


@dataclass(frozen=True, slots=True)
class Written:
    """A figure as its files hold it.

    Attributes
    ----------
    name, section, outcome, title, note, clock : of its ``Sheet``.
    vector, raster : contents of the SVG and the PNG.
    """

    name: str
    section: str
    outcome: str
    title: str
    note: str
    clock: str
    vector: str
    raster: bytes


def write_figure(folder: Path, found: Sheet) -> Written:
    """Write one figure as SVG and PNG."""
    (folder / FOLDER).mkdir(exist_ok=True)
    vector, raster = svg(found.figure), png(found.figure)
    (folder / FOLDER / f"{found.name}.svg").write_text(vector, encoding="utf-8")
    (folder / FOLDER / f"{found.name}.png").write_bytes(raster)
    words = (found.name, found.section, found.outcome, found.title, found.note, found.clock)
    return Written(*words, vector, raster)
