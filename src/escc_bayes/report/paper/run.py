"""All parts of a paper in their order, each resting on those before it, then the page."""

from collections.abc import Callable
from pathlib import Path

from escc_bayes.bayes.sampling.settings import Progress
from escc_bayes.foundation.csv import write_csv
from escc_bayes.report.document.html import html
from escc_bayes.report.page.reconstructions import Reconstructions
from escc_bayes.report.paper import audit_part, fit_part, pool_part, ratios_part, reconstruct_part, trial_part
from escc_bayes.report.paper.index import page, page_title
from escc_bayes.report.paper.not_run import not_run
from escc_bayes.report.paper.part import Part, or_skipped
from escc_bayes.report.paper.reconstruct_part import Cohorts
from escc_bayes.report.paper.request import PaperRequest

PARTS = ("part", "came_of_it", "skipped_because", "command")
NO_COHORTS = "there are no cohorts to fit"

RECONSTRUCTING = "Reconstructing: seconds where arms are printed; or a search (79 patients: 94 s of CPU, at first 150)"

type Stage = Callable[[str], Progress]


def run_paper(asked: PaperRequest, folder: Path, stage: Stage) -> tuple[Part, ...]:
    """Run every part into a folder and write the page; a part that the paper does not serve says why.

    Parameters
    ----------
    folder : empty.
    stage : starts the progress of one piece of work, by its name.
    """
    stage("Auditing")
    audit = audit_part.audit_part(asked, folder)
    made, cohorts = or_skipped(
        reconstruct_part.NAME,
        reconstruct_part.TITLE,
        folder,
        lambda: reconstruct_part.reconstruct_part(asked, folder, stage(RECONSTRUCTING)),
    )
    fit, fitted = fitted_or_skipped(asked, folder, cohorts, stage)
    stage("Looking at the printed hazard ratios")
    ratios, _ = or_skipped(
        ratios_part.NAME, ratios_part.TITLE, folder, lambda: (ratios_part.ratios_part(asked, folder), None)
    )
    stage("Pooling with earlier studies")
    pool, pools = or_skipped(pool_part.NAME, pool_part.TITLE, folder, lambda: pool_part.pool_part(asked, folder))
    stage(f"Simulating {asked.trials:,} trials of a next one")
    trial, _ = or_skipped(
        trial_part.NAME,
        trial_part.TITLE,
        folder,
        lambda: (trial_part.trial_part(asked, folder, pools or (), fitted), None),
    )
    parts = (audit, made, fit, ratios, pool, trial)
    left = not_run(fit)
    told = ((part.name, part.short, part.skipped, part.command) for part in (*parts, *left))
    rows = [dict(zip(PARTS, one, strict=True)) for one in told]
    write_csv(folder / "parts.csv", rows, PARTS)
    (folder / "index.html").write_text(html(page_title(asked, parts), page(asked, parts, left)), encoding="utf-8")
    return parts


def fitted_or_skipped(
    asked: PaperRequest, folder: Path, cohorts: Cohorts | None, stage: Stage
) -> tuple[Part, Reconstructions | None]:
    """Fit the cohorts, if there are any."""
    if cohorts is None:
        return Part(fit_part.NAME, fit_part.TITLE, skipped=NO_COHORTS), None
    return or_skipped(
        fit_part.NAME,
        fit_part.TITLE,
        folder,
        lambda: fit_part.fit_part(asked, folder, cohorts, stage("Fitting every cohort")),
    )
