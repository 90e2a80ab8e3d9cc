"""The files of ``reconstruct --curve``: the cohort with its schema, what it gives back, and both curves in a figure."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import SubFigure

from escc_bayes.classical.km import kaplan_meier
from escc_bayes.evidence.curve_cohort import raw_schema, reconstructed_rows
from escc_bayes.evidence.guyot import ArmFromCurve
from escc_bayes.evidence.reconstruction.table import COLUMNS
from escc_bayes.foundation.csv import write_csv
from escc_bayes.foundation.record import Record, digest, versions
from escc_bayes.plots.band import Band
from escc_bayes.plots.canvas import sheet
from escc_bayes.plots.survival import AtRisk, at_risk_table, readings, survival_curves
from escc_bayes.report.document.figure_files import write_figure
from escc_bayes.report.document.provenance import provenance_first
from escc_bayes.report.document.sheet import Sheet
from escc_bayes.report.document.stepped import stepped
from escc_bayes.report.verbs.files import write_run
from escc_bayes.report.verbs.schema_text import schema_text

PROVENANCE = "reconstructed"
HEIGHT_MM = 96.0
# A reading of a figure is good to about this much of its axis; late in a curve one patient is worth more.
CLOSE = 0.02


def write_curve_reconstruction(
    folder: Path, arms: Sequence[ArmFromCurve], *, name: str, endpoint: str, sentences: Sequence[str]
) -> None:
    """Write the cohort, ``schema.toml``, ``targets.csv``, the figure, ``notes.txt`` and ``run.json``."""
    (folder / "cohorts").mkdir()
    rows = reconstructed_rows(arms, endpoint=endpoint)
    write_csv(folder / "cohorts" / f"{name}_01.csv", rows)
    (folder / "schema.toml").write_text(
        schema_text(raw_schema([arm.arm for arm in arms], endpoint, name)), encoding="utf-8"
    )
    write_csv(folder / "targets.csv", [row for arm in arms for row in target_rows(arm, name, endpoint)], COLUMNS)
    (folder / "notes.txt").write_text("\n".join(sentences) + "\n", encoding="utf-8")
    write_figure(folder, curve_sheet(arms, endpoint))
    read = {
        f"{arm.arm}.{key}": values
        for arm in arms
        for key, values in (
            ("months", arm.curve.time),
            ("survival", arm.curve.survival),
            ("risk_months", arm.at_risk.time),
            ("at_risk", arm.at_risk.count),
            ("events", arm.printed_events),
        )
    }
    record = Record(
        digest(read), digest({"rows": rows}), "none", PROVENANCE, "guyot", (("patients", len(rows)),), versions()
    )
    write_run(folder, "reconstruct", [record], {})


def target_rows(arm: ArmFromCurve, name: str, endpoint: str) -> list[dict[str, object]]:
    """Return what was printed of an arm beside what its patients give: numbers at risk, events, the curve.

    The curve counts as matched where it is furthest within 0.02, or within the worth of one patient.
    """
    rows = [
        row_of(name, endpoint, f"at risk at month {month:g}, {arm.arm}", f"{count}", float(found), float(count))
        for month, count, found in zip(arm.at_risk.time, arm.at_risk.count, arm.reproduced, strict=True)
    ]
    if arm.printed_events is not None:
        printed = arm.printed_events
        rows.append(row_of(name, endpoint, f"events, {arm.arm}", f"{printed}", float(arm.events), float(printed)))
    shape = f"curve, {arm.arm}: furthest at month {arm.gap_at:.1f}"
    at = np.searchsorted(arm.curve.time, arm.gap_at, side="right") - 1
    read = float(arm.curve.survival[at])
    achieved = survival_of(arm, arm.gap_at)
    one_patient = read / max(int((arm.time >= arm.gap_at).sum()), 1)
    close = arm.largest_gap <= max(CLOSE, one_patient)
    curve = row_of(name, endpoint, shape, f"{read:.4f}", achieved, read)
    return [*rows, curve | {"matched": close, "reachable": close}]


def survival_of(arm: ArmFromCurve, month: float) -> float:
    """Return the Kaplan-Meier estimate of the reconstructed patients at a month."""
    curve = kaplan_meier(arm.time, arm.event, level=0.95)
    return float(np.concatenate(([1.0], curve.survival))[np.searchsorted(curve.time, month, side="right")])


def row_of(study: str, endpoint: str, target: str, printed: str, achieved: float, wanted: float) -> dict[str, object]:
    """Return one row of ``targets.csv``; of one reconstruction: its value is all that is reached."""
    gap = abs(achieved - wanted)
    return {
        "study": study,
        "endpoint": endpoint,
        "target": target,
        "printed": printed,
        "achieved_median": achieved,
        "matched": gap == 0.0,
        "within_rounding": gap == 0.0,
        "reachable": gap == 0.0,
        "distance": gap,
        "achieved_low": achieved,
        "achieved_high": achieved,
        "matched_share": float(gap == 0.0),
        "fights_with": "",
    }


def curve_sheet(arms: Sequence[ArmFromCurve], endpoint: str) -> Sheet:
    """Return the figure: Kaplan-Meier of the reconstructed patients over the readings, numbers at risk below."""
    curves = [band_of(arm) for arm in arms]
    until = max(float(arm.curve.time[-1]) for arm in arms)
    patients = sum(arm.time.size for arm in arms)
    title = provenance_first(PROVENANCE, "patients that give back a digitised Kaplan-Meier curve")
    note = (
        f"{PROVENANCE.upper()}: {patients} patients, endpoint {endpoint}. Steps: Kaplan-Meier of the reconstructed "
        "patients with pointwise 95 % confidence limits; ticks: censored. Dots: readings of the figure. At risk: the "
        "reconstructed patients."
    )

    def draw(part: SubFigure) -> None:
        ax = part.subplots()
        survival_curves(curves, until=until, time_label="Months", title="", ax=ax)
        readings([(arm.curve.time, arm.curve.survival) for arm in arms], ax=ax)
        months = arms[0].at_risk.time
        counts = np.array([[int((arm.time >= month).sum()) for month in months] for arm in arms])
        at_risk_table(AtRisk(tuple(arm.arm for arm in arms), months, counts), ax=ax)

    figure = sheet(draw, height_mm=HEIGHT_MM + 3.0 * len(arms), title=title, note=note)
    return Sheet("curves", "reconstruct", "", title, note, "time zero", figure)


def band_of(arm: ArmFromCurve) -> Band:
    """Return the Kaplan-Meier curve of an arm's reconstructed patients."""
    return stepped(kaplan_meier(arm.time, arm.event, level=0.95), label=arm.arm)
