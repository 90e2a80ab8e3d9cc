"""The files of the verb ``plan``: tables, summary.txt, figures, run.json."""

from dataclasses import asdict
from pathlib import Path

from escc_bayes.foundation.csv import write_csv
from escc_bayes.plots.borrowing import borrowing_panels
from escc_bayes.plots.canvas import sheet
from escc_bayes.plots.trial_power import Point, panel_rows, power_panels
from escc_bayes.report.document.figure_files import write_figure
from escc_bayes.report.document.sheet import Sheet
from escc_bayes.report.verbs.files import write_run
from escc_bayes.trial.design.power_curve import PowerCurve, power_curve
from escc_bayes.trial.design.prior_events import COLUMNS as PRIOR_EVENTS
from escc_bayes.trial.design.prior_events import prior_event_rows
from escc_bayes.trial.requests import borrowing_map, estimation, sensitivity_indices, sizing, threshold
from escc_bayes.trial.requests.borrowing_map import BorrowingMap, map_sentences
from escc_bayes.trial.requests.requested_analyses import RequestedAnalyses, requested_sentences
from escc_bayes.trial.requests.threshold import threshold_rows
from escc_bayes.trial.simulation.decide import BELIEVED, TRUTH
from escc_bayes.trial.simulation.interim_table import COLUMNS as INTERIM
from escc_bayes.trial.simulation.interim_table import interim_rows, interim_table
from escc_bayes.trial.simulation.operating_characteristics import COLUMNS, OperatingCharacteristics, table
from escc_bayes.trial.simulation.summary import summary

HEIGHT_MM, ROW_MM = 75.0, 50.0


def write_plan_files(folder: Path, found: OperatingCharacteristics, more: RequestedAnalyses) -> None:
    """Write everything; a design whose rules have no closed form gets no figure of its power."""
    write_csv(folder / "operating_characteristics.csv", table(found), COLUMNS)
    looks = interim_table(found)
    if looks:
        write_csv(folder / "interim_looks.csv", interim_rows(looks), INTERIM)
    said = (*summary(found), *requested_sentences(more))
    (folder / "summary.txt").write_text("\n".join(said) + "\n", encoding="utf-8")
    if more.borrowing is not None:
        write_borrowing(folder, found, more.borrowing)
    if more.sizing is not None:
        write_csv(folder / "sizing.csv", [asdict(more.sizing)], sizing.COLUMNS)
    if more.threshold is not None:
        write_csv(folder / "threshold.csv", threshold_rows(more.threshold), threshold.COLUMNS)
    if more.estimation:
        write_csv(folder / "estimation.csv", [asdict(one) for one in more.estimation], estimation.COLUMNS)
    if more.indices:
        write_csv(folder / "variance_owners.csv", [asdict(one) for one in more.indices], sensitivity_indices.COLUMNS)
    curves = [curve for of in found.plan.rules if (curve := power_curve(found.plan, of)) is not None]
    if curves:
        write_figure(folder, power_sheet(found, curves))
    write_run(folder, "plan", [found.record], {})


def write_borrowing(folder: Path, found: OperatingCharacteristics, drawn: BorrowingMap) -> None:
    """Write the map over drift: a table, and a figure for each rule that borrows; what the prior is worth by piece."""
    write_csv(folder / "borrowing_map.csv", [asdict(point) for point in drawn.points], borrowing_map.COLUMNS)
    for rule in drawn.rules:
        write_figure(folder, borrowing_sheet(found, drawn, rule))
    write_csv(
        folder / "prior_events.csv",
        prior_event_rows(found.plan.worth),
        PRIOR_EVENTS,
    )


def borrowing_sheet(found: OperatingCharacteristics, drawn: BorrowingMap, rule: str) -> Sheet:
    """Return the figure of one rule's borrowing over drift."""
    title = f"SIMULATED: {found.design.name}, {rule}: what borrowing buys and costs"
    note = " ".join((*found.words.borrowing[:1], *map_sentences(drawn)))
    points = drawn.of(rule)
    figure = sheet(
        lambda part: borrowing_panels(points, drawn.tolerated, part=part), height_mm=HEIGHT_MM, title=title, note=note
    )
    return Sheet(f"borrowing_{rule}", "plan", "", title, note, "", figure)


def power_sheet(found: OperatingCharacteristics, curves: list[PowerCurve]) -> Sheet:
    """Return the figure: one panel for each rule; its note says design and rules."""
    design = found.design
    quantities = "power and assurance" if design.design_prior is not None else "power"
    title = f"{design.name}: {quantities} against events"
    rules = " ".join(found.words.rules)
    note = f"{design.title}. {found.words.heading} {rules} Lines: normal approximation; points: simulated."
    if any(curve.limit is not None for curve in curves):
        note += " Dotted: assurance with unlimited events."

    points = [simulated_points(found, curve.rule) for curve in curves]
    height = HEIGHT_MM + ROW_MM * (panel_rows(len(curves)) - 1)
    figure = sheet(lambda part: power_panels(curves, points, part=part), height_mm=height, title=title, note=note)
    return Sheet("power", "plan", "", title, note, "", figure)


def simulated_points(found: OperatingCharacteristics, rule: str) -> list[Point]:
    """Return the simulated power and assurance of a rule at the planned events of the final look."""
    events = found.plan.events[-1]
    wanted = [(TRUTH, "power")] + ([(BELIEVED, "assurance")] if found.design.design_prior is not None else [])
    points = [found.of(scenario, rule, quantity) for scenario, quantity in wanted]
    return [(point.quantity, events, point.value, point.mc_error) for point in points]
