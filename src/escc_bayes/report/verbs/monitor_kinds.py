"""The files of ``monitor`` for a single arm, and for PFS and OS: findings, survival so far, run.json."""

from pathlib import Path

import numpy as np
from matplotlib.figure import SubFigure

from escc_bayes.classical.km import kaplan_meier
from escc_bayes.hazard.piecewise import BoolArray
from escc_bayes.plots.band import Band
from escc_bayes.plots.canvas import sheet
from escc_bayes.plots.survival import survival_curves
from escc_bayes.report.document.figure_files import write_figure
from escc_bayes.report.document.provenance import provenance_first
from escc_bayes.report.document.sheet import Sheet
from escc_bayes.report.document.stepped import stepped
from escc_bayes.report.verbs.files import write_run
from escc_bayes.report.verbs.monitor_rows import write_findings
from escc_bayes.trial.monitoring.interim import FollowUp
from escc_bayes.trial.single_arm.look import ArmLook
from escc_bayes.trial.two_endpoints.look import EndpointsLook
from escc_bayes.trial.two_endpoints.words import NAMES

HEIGHT_MM, POINTS = 80.0, 121
CLOCK = "Months from entry"


def write_arm_look(folder: Path, look: ArmLook) -> None:
    """Write everything of a single arm."""
    write_findings(folder, look.findings, look.seen.month, "unblinded", look.record.provenance)
    write_figure(folder, arm_sheet(look))
    write_run(folder, "monitor", [look.record], {})


def write_endpoints_look(folder: Path, look: EndpointsLook) -> None:
    """Write everything of two endpoints."""
    which = "blinded" if look.seen.treated is None else "unblinded"
    write_findings(folder, look.findings, look.seen.month, which, look.record.provenance)
    write_figure(folder, endpoints_sheet(look))
    write_run(folder, "monitor", [look.record], {})


def arm_sheet(look: ArmLook) -> Sheet:
    """Return Kaplan-Meier of the arm beside the reference."""
    seen, design = look.seen, look.design
    until = float(seen.time.max())
    months = np.linspace(0.0, until, POINTS)
    none = np.full(months.shape, np.nan)
    reference = Band("reference", months, np.exp(-design.reference.cumulative(months)), none, none)
    everyone = np.ones(seen.time.shape, dtype=np.bool_)
    curves = [observed(seen, everyone, look.level, design.arm), reference]
    title = provenance_first(look.record.provenance, f"{design.name}: survival so far, beside the reference")
    note = (
        f"{seen.entry.size} patients, {seen.events} events at month {seen.month:.1f}. Steps: Kaplan-Meier with "
        f"pointwise {100 * look.level:g} % confidence limits; ticks: patients followed no farther. The reference is "
        "not randomised."
    )
    figure = sheet(
        lambda part: survival_curves(curves, until=until, time_label=CLOCK, title="", ax=part.subplots()),
        height_mm=HEIGHT_MM,
        title=title,
        note=note,
    )
    return Sheet("survival", "monitor", "", title, note, "entry", figure)


def endpoints_sheet(look: EndpointsLook) -> Sheet:
    """Return Kaplan-Meier of both endpoints by arm, or of all patients where the look is blinded."""
    seen, design = look.seen, look.design
    everyone = np.ones(seen.os.time.shape, dtype=np.bool_)
    groups = [("all patients", everyone)]
    if seen.treated is not None:
        groups = list(zip(design.arms, (~seen.treated, seen.treated), strict=True))
    title = provenance_first(look.record.provenance, f"{design.name}: PFS and OS so far")
    note = (
        f"{seen.os.entry.size} patients, {seen.pfs.events} PFS and {seen.os.events} OS events at month "
        f"{seen.month:.1f}. Steps: Kaplan-Meier with pointwise {100 * look.level:g} % confidence limits; ticks: "
        "patients followed no farther."
    )

    def draw(part: SubFigure) -> None:
        panels = part.subplots(1, 2, sharey=True)
        for test, of, ax in zip(design.tests, seen.each(), panels, strict=True):
            curves = [observed(of, mine, look.level, name) for name, mine in groups]
            name, until = NAMES[test.endpoint], float(of.time.max())
            survival_curves(curves, until=until, time_label=CLOCK, title=name, survival_label=f"{name} (%)", ax=ax)

    figure = sheet(draw, height_mm=HEIGHT_MM, title=title, note=note)
    return Sheet("survival", "monitor", "", title, note, "entry", figure)


def observed(seen: FollowUp, mine: BoolArray, level: float, label: str) -> Band:
    """Return Kaplan-Meier of some patients."""
    return stepped(kaplan_meier(seen.time[mine], seen.event[mine], level=level), label=label)
