"""The first page of a sensitivity analysis as a figure, drawn from the rows of ``one_page.csv`` alone."""

import re
from pathlib import Path

from escc_bayes.plots.one_page import LANE, one_page_lanes
from escc_bayes.report.document.figure_files import write_figure
from escc_bayes.report.document.sheet import drawn
from escc_bayes.sensitivity.part import Rows, number

WORDS = (
    "Posterior with its credible interval, Cox with its confidence interval; bars run from the lowest to the highest "
    "hazard ratio under other priors, and of other analyses."
)
TEXT = frozenset({"term", "contrast", "endpoint", "model", "warning", "provenance", "clock", "cox_of", "overturn"})


def write_one_page(folder: Path, model: str, rows: Rows) -> None:
    """Draw and write the figure; nothing where there is no hazard ratio."""
    cells = [{name: str(row[name]) if name in TEXT else number(row, name) for name in row} for row in rows]
    if not cells:
        return
    first = rows[0]
    figure = drawn(
        lambda part: one_page_lanes(cells, headings={}, ax=part.subplots()),
        name=re.sub(r"[^A-Za-z0-9]+", "_", f"one_page_{model}").strip("_"),
        section="sensitivity",
        outcome=str(first["endpoint"]),
        title=f"{model}: what each hazard ratio rests on",
        about=f"{str(first['provenance']).upper()}. {first['endpoint']} from {first['clock']}.",
        words=WORDS,
        clock=str(first["clock"]),
        provenance=str(first["provenance"]),
        height_mm=24.0 + 2.6 * LANE * len(cells),
    )
    write_figure(folder, figure)
