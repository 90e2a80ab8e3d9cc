"""Figures of a single-arm design: success over the hazard ratio, the curve to expect, patients and events."""

import numpy as np

from escc_bayes.foundation.record import seed_from_label
from escc_bayes.plots.band import Band
from escc_bayes.plots.canvas import sheet
from escc_bayes.plots.survival import survival_curves
from escc_bayes.plots.trial_forecast import Counted, fan_band, forecast_panels
from escc_bayes.plots.trial_success import Success, success_over_ratios
from escc_bayes.report.document.sheet import Sheet
from escc_bayes.trial.simulation.decide import NULL, TRUTH
from escc_bayes.trial.simulation.expected_course import TRIALS
from escc_bayes.trial.single_arm.course import RATIOS, ArmCourse, arm_course, power_over_ratios
from escc_bayes.trial.single_arm.rules import SingleArmRule
from escc_bayes.trial.single_arm.simulate import DRIFTS, SingleArmResult, drift_name

HEIGHT_MM, LEVEL = 80.0, 0.95


def single_arm_sheets(found: SingleArmResult) -> tuple[Sheet, ...]:
    """Return the figures."""
    course = arm_course(found.design, seed=seed_from_label(found.record.seed), level=LEVEL)
    return power_sheet(found), survival_sheet(found, course), course_sheet(found, course)


def power_sheet(found: SingleArmResult) -> Sheet:
    """Return success against the true hazard ratio over the reference, each rule a line."""
    design = found.design
    rules = [Success(of.name, RATIOS, power_over_ratios(design, of), points_of(found, of)) for of in design.rules]
    title = f"SIMULATED: {design.name}: probability of success against the true hazard ratio"
    note = (
        f"{design.patients} patients in one arm. Points: simulated, with two Monte Carlo errors; lines: closed form, "
        "for rules that have one. At 1 and beyond success is an error."
    )
    figure = sheet(
        lambda part: success_over_ratios(rules, label="Hazard ratio, arm over reference", ax=part.subplots()),
        height_mm=HEIGHT_MM,
        title=title,
        note=note,
    )
    return Sheet("power", "plan", "", title, note, "", figure)


def points_of(found: SingleArmResult, rule: SingleArmRule) -> list[tuple[float, float, float]]:
    """Return ratio, success and error of each scenario that is one ratio."""
    effect = found.design.effect
    scenarios = [(rule.criterion.null, found.of(NULL, rule.name, "type_one_error"))]
    scenarios += [(factor, found.of(drift_name(factor), rule.name, "type_one_error")) for factor in DRIFTS]
    if len(effect.hr) == 1:
        scenarios.append((effect.hr[0], found.of(TRUTH, rule.name, "power")))
    return [(ratio, one.value, one.mc_error) for ratio, one in scenarios]


def survival_sheet(found: SingleArmResult, course: ArmCourse) -> Sheet:
    """Return the Kaplan-Meier curve to expect at the analysis, beside the reference."""
    design, months = found.design, course.curve.months
    title = f"SIMULATED: {design.name}: Kaplan-Meier curve to expect at the analysis"
    note = (
        f"{TRIALS} simulated trials. Line: median curve; band: {100 * LEVEL:g} % of trials at each month, as far as "
        "every trial is followed. The reference is not randomised."
    )
    none = np.full(months.shape, np.nan)
    curves = [fan_band(course.curve, design.arm), Band("reference", months, course.reference, none, none)]
    figure = sheet(
        lambda part: survival_curves(
            curves, until=float(months[-1]), time_label="Months from entry", title="", ax=part.subplots()
        ),
        height_mm=HEIGHT_MM,
        title=title,
        note=note,
    )
    return Sheet("predicted_survival", "plan", "", title, note, "entry", figure)


def course_sheet(found: SingleArmResult, course: ArmCourse) -> Sheet:
    """Return patients and events to expect over calendar time."""
    design, nobody = found.design, np.zeros(0)
    wanted = design.look.events
    counted = [
        Counted("Patients entered", nobody, [fan_band(course.entries, "")], float(design.patients), 0.0),
        Counted("Events", nobody, [fan_band(course.events, "under the planned effect")], wanted, 0.0),
    ]
    title = f"SIMULATED: {design.name}: patients and events to expect"
    note = f"{TRIALS} simulated trials. Lines: median; bands: {100 * LEVEL:g} % of trials. Dotted: planned."
    figure = sheet(lambda part: forecast_panels(counted, part=part), height_mm=HEIGHT_MM, title=title, note=note)
    return Sheet("expected_course", "plan", "", title, note, "entry", figure)
