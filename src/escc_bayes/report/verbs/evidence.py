"""The files of the verb ``evidence``: prior.toml, pool.csv, the forest, conflict.csv where asked for, and run.json."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from escc_bayes.evidence.pooling.conflict import PriorDataConflict
from escc_bayes.evidence.pooling.pool import EvidencePool, PoolRequest
from escc_bayes.evidence.pooling.prior_file import prior_toml
from escc_bayes.evidence.pooling.study_effects import Question
from escc_bayes.evidence.pooling.synthesis import PriorRequest, Synthesis
from escc_bayes.evidence.pooling.table import POOL_COLUMNS, pool_table
from escc_bayes.foundation.csv import write_csv
from escc_bayes.foundation.record import Record, digest, versions
from escc_bayes.plots.canvas import sheet
from escc_bayes.plots.evidence_forest import evidence_forest
from escc_bayes.report.document.figure_files import write_figure
from escc_bayes.report.document.sheet import Sheet
from escc_bayes.report.verbs.files import write_run

ROW_MM, FRAME_MM = 8.0, 62.0


def write_evidence_files(folder: Path, found: Synthesis, record: Record, conflict: PriorDataConflict | None) -> None:
    """Write everything; without a pool the table has no rows and there is no figure."""
    (folder / "prior.toml").write_text(prior_toml(found.prior), encoding="utf-8")
    rows = pool_table(found.pool) if found.pool is not None else ()
    write_csv(folder / "pool.csv", rows, POOL_COLUMNS)
    if found.pool is not None:
        write_figure(folder, forest_sheet(found.pool))
    if conflict is not None:
        write_csv(folder / "conflict.csv", [conflict_row(found, conflict)])
    write_run(folder, "evidence", [record], {})


def forest_sheet(pool: EvidencePool) -> Sheet:
    """Return the forest of a pool; its note says assumptions and choices."""
    request, rows = pool.request, pool_table(pool)
    direction = f"{request.hazard_of} over {request.versus}" if request.hazard_of else ""
    title = f"{request.effect} on {request.endpoint}: published hazard ratios and their pool"
    note = f"PUBLISHED numbers, {100 * request.level:g} % intervals. {' '.join(pool.statements[:2])}"
    figure = sheet(
        lambda part: evidence_forest(rows, direction=direction, ax=part.subplots()),
        height_mm=FRAME_MM + ROW_MM * len(pool.studies),
        title=title,
        note=note,
    )
    return Sheet("forest", "evidence", request.endpoint, title, note, "", figure)


def conflict_row(found: Synthesis, conflict: PriorDataConflict) -> dict[str, object]:
    """Return one row: the new estimate, both tail probabilities, and the weights of the components before and after."""
    before = " ".join(f"{weight:.6g}" for weight, _, _ in found.prior.components)
    return {
        "effect": found.prior.effect,
        "endpoint": found.prior.endpoint,
        "log_hr": conflict.estimate,
        "se": conflict.se,
        "tail": conflict.tail,
        "box": conflict.box,
        "weights_before": before,
        "weights_after": " ".join(f"{weight:.6g}" for weight in conflict.component_weights),
    }


def record_of(question: Question, request: PoolRequest, wanted: PriorRequest, paths: Sequence[Path]) -> Record:
    """Return what the run remembers: digests of the question and of the study files, settings, versions."""
    mean = request.mean_prior
    settings: dict[str, float | int | str] = {
        "effect": question.effect,
        "endpoint": question.endpoint,
        "tau_prior": request.tau_prior.sd,
        "mean_prior": mean if isinstance(mean, str) else f"{mean.mean:g},{mean.sd:g}",
        "level": request.level,
        "components": wanted.components,
        "robust": wanted.robust_weight,
    }
    asked = {"question": str(question), "request": str(request), "wanted": str(wanted)}
    files = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    return Record(
        spec_digest=digest(asked),
        data_digest=digest(files),
        seed=None,
        provenance="published",
        engine="exact pool",
        settings=tuple(settings.items()),
        versions=versions(),
    )
