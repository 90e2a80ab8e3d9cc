"""Figures of a design of several treatments: success of each, boundaries, survival as stated."""

import numpy as np

from escc_bayes.foundation.record import seed_from_label
from escc_bayes.plots.band import Band
from escc_bayes.plots.canvas import sheet
from escc_bayes.plots.survival import survival_curves
from escc_bayes.plots.trial_arms import Share, shares_by_arm
from escc_bayes.plots.trial_boundaries import Boundary, boundaries_over_events
from escc_bayes.report.document.sheet import Sheet
from escc_bayes.trial.multi_arm.course import multi_arm_course
from escc_bayes.trial.multi_arm.simulate import MultiArmResult, null_of
from escc_bayes.trial.simulation.decide import TRUTH

HEIGHT_MM, ROW_MM = 40.0, 12.0
TALL_MM = 80.0


def multi_arm_sheets(found: MultiArmResult) -> tuple[Sheet, ...]:
    """Return the figures."""
    sheets = [success_sheet(found), survival_sheet(found)]
    if len(found.design.looks) > 1:
        sheets.append(boundary_sheet(found))
    return tuple(sheets)


def success_sheet(found: MultiArmResult) -> Sheet:
    """Return how often each treatment succeeds, is wrongly said to, and goes on."""
    design = found.design

    def share(label: str, wanted: list[tuple[str, str, str]]) -> Share:
        numbers = [found.of(*one) for one in wanted]
        return Share(label, [one.value for one in numbers], [one.mc_error for one in numbers])

    arms = design.treatments
    shares = [
        share("succeeds, as planned", [(TRUTH, arm, "power") for arm in arms]),
        share("succeeds where it alone\ndoes not work", [(null_of(arm), arm, "type_one_error") for arm in arms]),
    ]
    if design.selection is not None:
        shares.append(share("goes on, as planned", [(TRUTH, arm, "kept") for arm in arms]))
    title = f"SIMULATED: {design.name}: success of each treatment"
    names = [f"{arm}\nhazard ratio {hr:g}" for arm, hr in zip(arms, design.ratios, strict=True)]
    note = f"{found.quantities[0].trials:,} simulated trials of each scenario; bars: two Monte Carlo errors."
    figure = sheet(
        lambda part: shares_by_arm(names, shares, ax=part.subplots()),
        height_mm=HEIGHT_MM + ROW_MM * len(arms),
        title=title,
        note=note,
    )
    return Sheet("power", "plan", "", title, note, "", figure)


def survival_sheet(found: MultiArmResult) -> Sheet:
    """Return survival of each arm as stated."""
    design, course = found.design, multi_arm_course(found.design, seed=seed_from_label(found.record.seed))
    none = np.full(course.months.shape, np.nan)
    curves = [Band(arm, course.months, of, none, none) for arm, of in zip(design.arms, course.survival, strict=True)]
    title = f"{design.name}: survival of each arm as planned"
    low, high = np.quantile(course.ended, [0.025, 0.975]).tolist()
    ends = ", ".join(f"{share:.3f} at look {place + 1}" for place, share in enumerate(course.by_look.tolist()))
    note = f"As stated, not simulated. {course.ended.size} SIMULATED trials end in month {low:.1f} to {high:.1f} (95 %)"
    note += f"; {ends}." if len(design.looks) > 1 else "."
    figure = sheet(
        lambda part: survival_curves(
            curves, until=float(course.months[-1]), time_label="Months from entry", title="", ax=part.subplots()
        ),
        height_mm=TALL_MM,
        title=title,
        note=note,
    )
    return Sheet("survival", "plan", "", title, note, "entry", figure)


def boundary_sheet(found: MultiArmResult) -> Sheet:
    """Return the boundaries of the combined Z over the looks."""
    design, events = found.design, np.array(found.design.looks, dtype=np.float64)
    drawn = [Boundary("every set of treatments", events, design.boundaries, np.full(events.shape, -np.inf))]
    title = f"{design.name}: boundaries over the looks"
    note = "Combined Z of Dunnett's P values, stage by stage; a set of treatments is rejected above."
    figure = sheet(
        lambda part: boundaries_over_events(drawn, ax=part.subplots()), height_mm=TALL_MM, title=title, note=note
    )
    return Sheet("boundaries", "plan", "", title, note, "", figure)
