"""The files of the verb ``monitor``: monitor.csv, summary.txt, the forecast and survival figures, run.json."""

from pathlib import Path

import numpy as np

from escc_bayes.classical.km import kaplan_meier
from escc_bayes.hazard.piecewise import BoolArray
from escc_bayes.plots.band import Band
from escc_bayes.plots.canvas import sheet
from escc_bayes.plots.survival import survival_curves
from escc_bayes.plots.trial_forecast import Counted, fan_band, forecast_panels
from escc_bayes.report.document.figure_files import write_figure
from escc_bayes.report.document.provenance import provenance_first
from escc_bayes.report.document.sheet import Sheet
from escc_bayes.report.document.stepped import stepped
from escc_bayes.report.verbs.files import write_run
from escc_bayes.report.verbs.monitor_rows import said, write_findings
from escc_bayes.trial.monitoring.interim import Interim
from escc_bayes.trial.monitoring.interim_look import InterimLook
from escc_bayes.trial.simulation.forecast import Forecast

HEIGHT_MM = 80.0


def write_monitor_files(folder: Path, look: InterimLook) -> None:
    """Write everything."""
    write_findings(folder, look.findings, look.seen.month, which(look), look.record.provenance)
    if look.blinded is not None:
        write_figure(folder, forecast_sheet(look, look.blinded))
    write_figure(folder, survival_sheet(look))
    write_run(folder, "monitor", [look.record], {})


def sentences(look: InterimLook) -> tuple[str, ...]:
    """Return the findings in words."""
    return said(look.findings)


def which(look: InterimLook) -> str:
    """Return "blinded" or "unblinded"."""
    return "unblinded" if isinstance(look.seen, Interim) else "blinded"


def about(look: InterimLook) -> str:
    """Return how the note of every figure begins."""
    progress = next(found.words for found in look.findings if found.quantity == "patients")
    return f"{progress} {which(look).capitalize()} look."


def forecast_sheet(look: InterimLook, blinded: Forecast) -> Sheet:
    """Return the figure of accrual and events."""
    fans = [(blinded, "blinded")] + ([(look.unblinded, "unblinded")] if look.unblinded is not None else [])
    entries = [fan_band(forecast.entries, "") for forecast, _ in fans[:1]]
    events = [fan_band(forecast.events, f"forecast, {name}") for forecast, name in fans]
    seen, planned, final = look.seen, sum(look.design.patients), look.design.looks[-1].events
    died = (seen.entry + seen.time)[seen.event]
    counted = [
        Counted("Patients entered", seen.entry, entries, float(planned), seen.month),
        Counted("Events", died, events, float(final) if final is not None else None, seen.month),
    ]
    title = provenance_first(look.record.provenance, f"{look.design.name}: accrual and events, seen and forecast")
    note = (
        f"{about(look)} Bands: {100 * look.level:g} % predictive, pointwise. Dotted: planned patients, and the events "
        "of the final look. Blinded: one hazard for all patients."
    )
    figure = sheet(lambda part: forecast_panels(counted, part=part), height_mm=HEIGHT_MM, title=title, note=note)
    return Sheet("forecast", "monitor", "", title, note, "entry", figure)


def survival_sheet(look: InterimLook) -> Sheet:
    """Return the figure of survival so far."""
    seen = look.seen
    everyone = np.ones(seen.time.shape, dtype=np.bool_)
    members = (everyone,) if not isinstance(seen, Interim) else (~seen.treated, seen.treated)
    curves = [fan_band(fan, name) for name, fan in look.survival.items()]
    behind = [km_band(look, mine) for mine in members]
    title = provenance_first(look.record.provenance, f"{look.design.name}: survival so far")
    note = (
        f"{about(look)} Smooth: posterior median with pointwise {100 * look.level:g} % credible band, analysis "
        "prior. Thin steps: Kaplan-Meier; ticks: patients followed no farther."
    )
    figure = sheet(
        lambda part: survival_curves(
            curves,
            behind=behind,
            until=float(seen.time.max()),
            time_label="Months from entry",
            title="",
            ax=part.subplots(),
        ),
        height_mm=HEIGHT_MM,
        title=title,
        note=note,
    )
    return Sheet("survival", "monitor", "", title, note, "entry", figure)


def km_band(look: InterimLook, mine: BoolArray) -> Band:
    """Return Kaplan-Meier of some patients."""
    return stepped(kaplan_meier(look.seen.time[mine], look.seen.event[mine], level=look.level))
