"""The files of the verb ``reconstruct``: cohorts/*.csv, targets.csv, spread.csv, notes.txt, run.json."""

from pathlib import Path

from escc_bayes.evidence.reconstruction.reconstruct import Reconstruction
from escc_bayes.evidence.reconstruction.table import COLUMNS, SPREAD_COLUMNS, spread_rows, summary, target_rows
from escc_bayes.foundation.csv import write_csv
from escc_bayes.foundation.record import Record, digest, seed_label, versions
from escc_bayes.foundation.seeds import Seed
from escc_bayes.report.files import write_run


def write_reconstruction(folder: Path, found: Reconstruction, seed: Seed) -> None:
    """Write every cohort, what it aimed at, what varies between cohorts, and how the run was made."""
    cohorts = folder / "cohorts"
    cohorts.mkdir()
    width = max(2, len(str(len(found.cohorts))))
    for number, rows in enumerate(found.cohorts, start=1):
        write_csv(cohorts / f"{found.study.id}_{number:0{width}d}.csv", rows)
    write_csv(folder / "targets.csv", target_rows(found), COLUMNS)
    write_csv(folder / "spread.csv", spread_rows(found), SPREAD_COLUMNS)
    (folder / "notes.txt").write_text("\n".join([*summary(found), *found.unused, *assumptions(found)]) + "\n", "utf-8")
    write_run(folder, "reconstruct", [record_of(found, seed)], {})


def assumptions(found: Reconstruction) -> list[str]:
    """Say what the layout assumes because it was not printed."""
    said = [f"assumed: {c.name}: {c.assumed}" for c in found.layout.covariates if c.assumed]
    return said + [f"assumed: effect {c.effect}: {c.assumed}" for c in found.layout.contrasts if c.assumed]


def record_of(found: Reconstruction, seed: Seed) -> Record:
    """Return the record of a run."""
    printed = {"study": repr(found.study), "layout": repr(found.layout)}
    rows = {str(k): [list(row.values()) for row in cohort] for k, cohort in enumerate(found.cohorts)}
    settings = (("replicates", len(found.cohorts)), ("patients", found.n))
    return Record(digest(printed), digest(rows), seed_label(seed), "reconstructed", "annealing", settings, versions())
