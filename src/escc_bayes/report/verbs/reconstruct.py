"""The files of the verb ``reconstruct``: cohorts with their schema, targets.csv, spread.csv, notes.txt, run.json."""

from dataclasses import replace
from pathlib import Path

from escc_bayes.data.published import Study
from escc_bayes.evidence.audit import audit
from escc_bayes.evidence.reconstruction.automatic import schema_of
from escc_bayes.evidence.reconstruction.layout import Layout
from escc_bayes.evidence.reconstruction.reconstruct import Reconstruction
from escc_bayes.evidence.reconstruction.table import COLUMNS, SPREAD_COLUMNS, spread_rows, summary, target_rows
from escc_bayes.foundation.csv import write_csv
from escc_bayes.foundation.record import Record, digest, seed_label, versions
from escc_bayes.foundation.seeds import Seed
from escc_bayes.report.verbs.files import write_run


def write_reconstruction(folder: Path, found: Reconstruction, seed: Seed) -> None:
    """Write every cohort, what it aimed at, what varies between cohorts, and how the run was made."""
    cohorts = folder / "cohorts"
    cohorts.mkdir()
    width = max(2, len(str(len(found.cohorts))))
    for number, rows in enumerate(found.cohorts, start=1):
        write_csv(cohorts / f"{found.study.id}_{number:0{width}d}.csv", rows)
    schema = schema_of(found.layout)
    if schema is not None:
        # Beside the cohorts, so that other verbs read them: --schema OUT/schema.toml.
        (folder / "schema.toml").write_text(schema.read_text(encoding="utf-8"), encoding="utf-8")
    write_what_was_matched(folder, found)
    write_run(folder, "reconstruct", [record_of(found, seed)], {})


def write_what_was_matched(folder: Path, found: Reconstruction) -> None:
    """Write ``targets.csv``, ``spread.csv`` and ``notes.txt``."""
    write_csv(folder / "targets.csv", target_rows(found), COLUMNS)
    write_csv(folder / "spread.csv", spread_rows(found), SPREAD_COLUMNS)
    said = [*summary(found), *found.unused, *assumptions(found), *contradictions(found)]
    (folder / "notes.txt").write_text("\n".join(said) + "\n", "utf-8")


def assumptions(found: Reconstruction) -> list[str]:
    """Say what the layout assumes because it was not printed."""
    said = [f"assumed: {c.name}: {c.assumed}" for c in found.layout.covariates if c.assumed]
    outside = found.layout.outside
    said += [f"assumed: patients without outcomes: {outside.assumed}"] if outside and outside.assumed else []
    return said + [f"assumed: effect {c.effect}: {c.assumed}" for c in found.layout.contrasts if c.assumed]


def contradictions(found: Reconstruction) -> list[str]:
    """Say which prints of the study cannot both hold: no cohort gives back all of them."""
    findings = audit(found.study)
    return [f"audit: {f.rule}: {f.statement}" for f in findings if f.grave]


def printed_words(study: Study, layout: Layout) -> dict[str, object]:
    """Return study and layout as text for a digest: what they say, not where the layout was read from."""
    printed: dict[str, object] = {"study": repr(study), "layout": repr(replace(layout, where=""))}
    beside = {
        "misprints": study.misprints,
        "at_risk": tuple(curve.at_risk for curve in study.survivals if curve.at_risk),
    }
    return printed | {name: repr(said) for name, said in beside.items() if said}


def record_of(found: Reconstruction, seed: Seed) -> Record:
    """Return the record of a run."""
    printed = printed_words(found.study, found.layout)
    rows = {str(k): [list(row.values()) for row in cohort] for k, cohort in enumerate(found.cohorts)}
    settings = (("replicates", len(found.cohorts)), ("patients", found.n))
    return Record(digest(printed), digest(rows), seed_label(seed), "reconstructed", "annealing", settings, versions())
