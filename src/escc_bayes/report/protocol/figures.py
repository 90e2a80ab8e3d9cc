"""The figures of a protocol beside those of the plan: predicted survival, accrual and events, boundaries."""

import numpy as np
from matplotlib.figure import SubFigure

from escc_bayes.plots.canvas import sheet
from escc_bayes.plots.survival import survival_curves
from escc_bayes.plots.trial_boundaries import Boundary, boundaries_over_events
from escc_bayes.plots.trial_forecast import Counted, fan_band, forecast_panels
from escc_bayes.report.document.sheet import Sheet
from escc_bayes.report.protocol.tables import SCENARIOS
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.trial_plan import TrialPlan
from escc_bayes.trial.simulation.expected_course import TRIALS, ExpectedCourse

HEIGHT_MM = 80.0


def predicted_survival_sheet(design: TrialDesign, predictions: tuple[ExpectedCourse, ...], *, level: float) -> Sheet:
    """Return the Kaplan-Meier curves that the final look is expected to show, a panel for each scenario."""
    until = min(float(found.curves[0].months[-1]) for found in predictions)
    title = f"SIMULATED: {design.name}: Kaplan-Meier curves to expect at the final look"
    note = (
        f"{TRIALS} simulated trials. Lines: median curve of each arm; bands: {100 * level:g} % of trials at each "
        "month, as far as both arms of every trial are followed."
    )

    def draw(part: SubFigure) -> None:
        panels = part.subplots(1, len(predictions), squeeze=False, sharey=True)[0]
        for found, ax in zip(predictions, panels, strict=True):
            curves = [fan_band(fan, name) for fan, name in zip(found.curves, design.arms, strict=True)]
            words = f"Under {SCENARIOS[found.scenario]}"
            survival_curves(curves, until=until, time_label="Months from entry", title=words, ax=ax)

    figure = sheet(draw, height_mm=HEIGHT_MM, title=title, note=note)
    return Sheet("predicted_survival", "plan", "", title, note, "entry", figure)


def expected_course_sheet(design: TrialDesign, predictions: tuple[ExpectedCourse, ...], *, level: float) -> Sheet:
    """Return patients and events to expect over calendar time."""
    final = design.looks[-1].events
    none = np.zeros(0)
    entries = [fan_band(predictions[0].forecast.entries, "")]
    events = [fan_band(found.forecast.events, f"under {SCENARIOS[found.scenario]}") for found in predictions]
    counted = [
        Counted("Patients entered", none, entries, float(sum(design.patients)), 0.0),
        Counted("Events", none, events, float(final) if final is not None else None, 0.0),
    ]
    title = f"SIMULATED: {design.name}: patients and events to expect"
    note = f"{TRIALS} simulated trials. Lines: median; bands: {100 * level:g} % of trials. Dotted: planned."
    figure = sheet(lambda part: forecast_panels(counted, part=part), height_mm=HEIGHT_MM, title=title, note=note)
    return Sheet("expected_course", "plan", "", title, note, "entry", figure)


def boundary_sheet(plan: TrialPlan) -> Sheet | None:
    """Return the boundaries over several looks; None with one look, or where no rule has any on Z."""
    design, events = plan.design, np.array(plan.events)
    found = [Boundary(of.rule.name, events, of.on_z.upper, of.on_z.lower) for of in plan.rules if of.on_z is not None]
    if len(design.looks) == 1 or not found:
        return None
    title = f"{design.name}: boundaries over the looks"
    futile = any(np.isfinite(of.lower).any() for of in found)
    note = "Full marks: success above" + ("; hollow: futile below." if futile else ".")
    if any(rule.asks_posterior for rule in design.rules):
        note += " Posterior rules: the Z at which their probability crosses."
    figure = sheet(
        lambda part: boundaries_over_events(found, ax=part.subplots()), height_mm=HEIGHT_MM, title=title, note=note
    )
    return Sheet("boundaries", "plan", "", title, note, "entry", figure)
