"""Specification curves: one figure for each covariate of the model, drawn from the rows of multiverse.csv alone."""

import re
from pathlib import Path

from matplotlib.figure import SubFigure

from escc_bayes.plots.canvas import sheet
from escc_bayes.plots.specification_curve import (
    Specified,
    curve_legend,
    curve_limits,
    decision_rows,
    decisions_below,
    specification_curve,
)
from escc_bayes.report.document.figure_files import write_figure
from escc_bayes.report.document.sheet import Sheet
from escc_bayes.sensitivity.part import Row, Rows, number

CURVE_MM, ROW_MM = 62.0, 2.9
# Decision in a row of the table -> what the figure calls it.
DECISIONS = {
    "endpoint": "endpoint", "clock": "from", "coding": "coding", "covariates": "covariates", "baseline": "baseline",
    "prior": "prior",
}  # fmt: skip


def write_specification_curves(folder: Path, model: str, rows: Rows) -> None:
    """Write a curve for the last hazard ratio of each covariate that at least two specifications answer."""
    answered = [row for row in rows if row["hr"] != "" and row["method"] != "stacked"]
    for place, term in enumerate(dict.fromkeys(row["term"] for row in answered), start=1):
        own = [row for row in answered if row["term"] == term]
        last = own_last(own)
        if len(last) > 1:
            write_figure(folder, curve_sheet(model, place, last))


def own_last(rows: list[Row]) -> list[Row]:
    """Return the rows of the contrast that stands last among those of the model itself."""
    contrasts = list(dict.fromkeys(row["contrast"] for row in rows))
    return [row for row in rows if row["contrast"] == contrasts[-1]]


def curve_sheet(model: str, place: int, rows: list[Row]) -> Sheet:
    """Return the specification curve of one hazard ratio."""
    found = [specified(row) for row in rows]
    first = rows[0]
    title = f"{first['term']} {first['contrast']}: {len(found)} specifications"
    level = 100 * number(first, "level")
    note = (
        f"{str(first['provenance']).upper()}. Model {model}. {level:g} % confidence (Cox) and credible (posterior) "
        "intervals. Codings that compare other groups answer by what multiverse.csv names under 'compared'."
    )

    def draw(part: SubFigure) -> None:
        below = max(len(decision_rows(found)), 1)
        upper, lower = part.subplots(2, 1, height_ratios=(CURVE_MM, ROW_MM * below))
        specification_curve(found, limits=curve_limits(found), ax=upper)
        decisions_below(found, ax=lower)
        upper.legend(handles=curve_legend(), loc="upper left", ncols=3)

    figure = sheet(draw, height_mm=CURVE_MM + 28.0 + ROW_MM * len(decision_rows(found)), title=title, note=note)
    # A covariate may be called by any text, a file not.
    name = re.sub(r"[^A-Za-z0-9]+", "_", f"specifications_{model}_{place}_{first['term']}").strip("_")
    return Sheet(name, "sensitivity", str(first["endpoint"]), title, note, str(first["clock"]), figure)


def specified(row: Row) -> Specified:
    """Return what a row draws."""
    return Specified(
        hr=number(row, "hr"),
        lower=number(row, "lower"),
        upper=number(row, "upper"),
        posterior=str(row["method"]).startswith("bayes"),
        by_outcome=row["selected_by_outcome"] == "yes",
        decisions={name: str(row[column]) for column, name in DECISIONS.items()},
    )
