"""Figures of a design of PFS and OS: boundaries with own and passed alpha, curves to expect, patients and events."""

import numpy as np
from matplotlib.figure import SubFigure

from escc_bayes.foundation.record import seed_from_label
from escc_bayes.plots.canvas import sheet
from escc_bayes.plots.survival import survival_curves
from escc_bayes.plots.trial_boundaries import Boundary, boundaries_over_events
from escc_bayes.plots.trial_forecast import Counted, fan_band, forecast_panels
from escc_bayes.report.document.sheet import Sheet
from escc_bayes.trial.simulation.expected_course import TRIALS
from escc_bayes.trial.two_endpoints.course import EndpointCourse, endpoint_course
from escc_bayes.trial.two_endpoints.simulate import TwoEndpointResult
from escc_bayes.trial.two_endpoints.words import NAMES

HEIGHT_MM, LEVEL = 80.0, 0.95


def two_endpoints_sheets(found: TwoEndpointResult) -> tuple[Sheet, ...]:
    """Return the figures."""
    course = endpoint_course(found.design, seed=seed_from_label(found.record.seed), level=LEVEL)
    return survival_sheet(found, course), boundary_sheet(found), course_sheet(found, course)


def survival_sheet(found: TwoEndpointResult, course: EndpointCourse) -> Sheet:
    """Return the Kaplan-Meier curves of both endpoints to expect at the last look."""
    design = found.design
    title = f"SIMULATED: {design.name}: Kaplan-Meier curves to expect at the last look"
    note = (
        f"{TRIALS} simulated trials. Lines: median curve of each arm; bands: {100 * LEVEL:g} % of trials at each "
        "month, as far as both arms of every trial are followed."
    )

    def draw(part: SubFigure) -> None:
        panels = part.subplots(1, 2, sharey=True)
        for test, fans, ax in zip(design.tests, course.curves, panels, strict=True):
            curves = [fan_band(of, arm) for of, arm in zip(fans, design.arms, strict=True)]
            until, name = float(fans[0].months[-1]), NAMES[test.endpoint]
            survival_curves(
                curves, until=until, time_label="Months from entry", title=name, survival_label=f"{name} (%)", ax=ax
            )

    figure = sheet(draw, height_mm=HEIGHT_MM, title=title, note=note)
    return Sheet("predicted_survival", "plan", "", title, note, "entry", figure)


def boundary_sheet(found: TwoEndpointResult) -> Sheet:
    """Return the boundaries of each endpoint over its own events, also with the alpha that the other passes on."""
    drawn = []
    for this, (test, hypothesis) in enumerate(zip(found.design.tests, found.hypotheses, strict=True)):
        events, none = found.events[this][list(test.looks)], np.full(len(test.looks), -np.inf)
        drawn.append(Boundary(NAMES[test.endpoint], events, hypothesis.own, none))
        if (hypothesis.own != hypothesis.more).any():
            drawn.append(Boundary(f"{NAMES[test.endpoint]}, with alpha passed on", events, hypothesis.more, none))
    title = f"{found.design.name}: boundaries over the looks"
    note = "Success above, at the events of the endpoint itself that are expected at its looks."
    figure = sheet(
        lambda part: boundaries_over_events(drawn, ax=part.subplots()), height_mm=HEIGHT_MM, title=title, note=note
    )
    return Sheet("boundaries", "plan", "", title, note, "", figure)


def course_sheet(found: TwoEndpointResult, course: EndpointCourse) -> Sheet:
    """Return patients and events of both endpoints to expect over calendar time."""
    design, nobody = found.design, np.zeros(0)
    counted = [Counted("Patients entered", nobody, [fan_band(course.entries, "")], float(sum(design.patients)), 0.0)]
    for test, fan in zip(design.tests, course.events, strict=True):
        wanted = [float(look.events) for look in design.looks if look.endpoint == test.endpoint]
        target = wanted[-1] if wanted else None
        band = fan_band(fan, "under the stated hazards")
        counted.append(Counted(f"{NAMES[test.endpoint]} events", nobody, [band], target, 0.0))
    title = f"SIMULATED: {design.name}: patients and events to expect"
    note = f"{TRIALS} simulated trials. Lines: median; bands: {100 * LEVEL:g} % of trials. Dotted: planned."
    figure = sheet(lambda part: forecast_panels(counted, part=part), height_mm=HEIGHT_MM, title=title, note=note)
    return Sheet("expected_course", "plan", "", title, note, "entry", figure)
