"""The files of ``reconstruct`` from what a trial prints of its arms: cohorts, their schema, what they give back."""

from pathlib import Path

from escc_bayes.evidence.arm_level.achieved import spread_rows, summary, target_rows
from escc_bayes.evidence.arm_level.published import ArmPrint
from escc_bayes.evidence.arm_level.reconstruct import DECIMALS, Member
from escc_bayes.evidence.reconstruction.automatic import BOUNDED, column_name
from escc_bayes.evidence.reconstruction.table import COLUMNS, SPREAD_COLUMNS
from escc_bayes.foundation.csv import write_csv
from escc_bayes.foundation.record import Record, digest, seed_label, versions
from escc_bayes.foundation.seeds import Seed
from escc_bayes.report.verbs.files import write_run
from escc_bayes.report.verbs.schema_text import schema_text

PROVENANCE = "reconstructed"


def write_arm_reconstruction(folder: Path, printed: ArmPrint, members: tuple[Member, ...], seed: Seed) -> list[str]:
    """Write every cohort, their schema, targets, spread, notes and ``run.json``; return the notes."""
    (folder / "cohorts").mkdir()
    width = max(2, len(str(len(members))))
    for number, member in enumerate(members, start=1):
        name = f"{printed.study.id}_{number:0{width}d}.csv"
        write_csv(folder / "cohorts" / name, rows_of(printed, member))
    (folder / "schema.toml").write_text(schema_text(raw_schema(printed)), encoding="utf-8")
    write_csv(folder / "targets.csv", target_rows(printed, members), COLUMNS)
    write_csv(folder / "spread.csv", spread_rows(printed, members), SPREAD_COLUMNS)
    said = summary(printed, members)
    (folder / "notes.txt").write_text("\n".join(said) + "\n", encoding="utf-8")
    write_run(folder, "reconstruct", [record_of(printed, members, seed)], {})
    return said


def rows_of(printed: ArmPrint, member: Member) -> list[dict[str, object]]:
    """Return a row for each patient: ``patient, arm, ENDPOINT_months, ENDPOINT_event, provenance``."""
    rows: list[dict[str, object]] = []
    for k, arm in enumerate(printed.arms):
        for i in range(printed.sizes[k]):
            row: dict[str, object] = {"patient": f"P{len(rows) + 1:0{len(str(sum(printed.sizes)))}d}", "arm": arm}
            for endpoint in printed.endpoints:
                patients, name = member.outcomes[endpoint.word][k], column_name(endpoint.word)
                row[f"{name}_months"] = f"{patients.time[i]:.{DECIMALS}f}"
                row[f"{name}_event"] = int(patients.event[i])
            rows.append({**row, "provenance": PROVENANCE})
    return rows


def raw_schema(printed: ArmPrint) -> dict[str, object]:
    """Return the schema of the rows as tables; the reference arm is the first level."""
    words = [e.word for e in printed.endpoints]
    endpoints = {}
    for word in words:
        name, outer = column_name(word), BOUNDED.get(word, "")
        bound = {"not_after": column_name(outer)} if outer in words else {}
        endpoints[name] = {"time": f"{name}_months", "event": f"{name}_event", **bound, "label": word}
    arm = {"arm": {"kind": "nominal", "levels": list(printed.arms)}} if len(printed.arms) > 1 else {}
    return {"name": printed.study.id, "id": "patient", "endpoints": endpoints, "covariates": arm}


def record_of(printed: ArmPrint, members: tuple[Member, ...], seed: Seed) -> Record:
    """Return the record of a run."""
    rows = {
        f"{k}.{word}.{arm}.{part}": getattr(arms[arm], part)
        for k, member in enumerate(members)
        for word, arms in member.outcomes.items()
        for arm in range(len(arms))
        for part in ("time", "event")
    }
    settings = (("replicates", len(members)), ("patients", sum(printed.sizes)))
    print_digest = digest({"print": repr(printed)})
    return Record(print_digest, digest(rows), seed_label(seed), PROVENANCE, "arms", settings, versions())
