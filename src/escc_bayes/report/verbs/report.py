"""The verb ``write_report``: everything of a bundle in one folder, or nothing."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.sampling.settings import Progress, RunSettings, silent
from escc_bayes.compare.imputed import fit_imputed
from escc_bayes.data.cohort import Cohort
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.errors import SpecError
from escc_bayes.foundation.executors import Executor
from escc_bayes.foundation.kinds import LEVEL, SEED
from escc_bayes.foundation.outputs import staged
from escc_bayes.foundation.seeds import Seed
from escc_bayes.report.document.figure_files import Written, write_figure
from escc_bayes.report.document.method_pages import FILE, as_html
from escc_bayes.report.page.bundle import SERIAL, Bundle, gather
from escc_bayes.report.page.figures import Drawing, figure_makers, made, takes_long
from escc_bayes.report.page.page import render
from escc_bayes.report.verbs.files import named_posteriors, write_posterior, write_report_files, write_run
from escc_bayes.report.verbs.for_the_paper import LINKS, write_paper_figure, write_paper_files
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import make_plan

PAGE = "report.html"
type Piece = Callable[[Path], Written | None]


@careful
def write_report(
    bundle: Bundle,
    out: str | Path,
    executor: Executor = SERIAL,
    *,
    full: bool = False,
    paper: bool = False,
    progress: Progress = silent,
) -> Path:
    """Write page, figures, tables, posteriors and ``run.json`` of a bundle.

    Parameters
    ----------
    bundle : from ``gather``.
    out : folder; files of an earlier report are replaced only after everything was written.
    executor : who draws figures and writes posteriors.
    full : whether every figure is drawn, and every table of the page stands open.
    paper : whether forests and curves are drawn again at 85 and 180 mm, without titles, as PDF, SVG and PNG.
    progress : called with the words of what is under way.

    Returns
    -------
    Path of ``report.html``.

    Raises
    ------
    OutputError : ``out`` is a file, or cannot be written.
    """
    place = Path(out)
    with staged(place) as folder:
        # Figures are the first pieces, so that their places are those among all.
        progress("figures and posteriors", 0, 0, 0)
        slow = [place for place, make in enumerate(figure_makers(bundle, full=full)) if takes_long(make)]
        written = executor.shared(
            piece, (bundle, folder, full, paper), len(pieces(bundle, full=full, paper=paper)), first=slow
        )
        progress("the page", 0, 0, 0)
        page = render(bundle, [found for found in written if found], full=full, files=LINKS)
        (folder / PAGE).write_text(page, encoding="utf-8")
        (folder / FILE).write_text(as_html(linked(page)), encoding="utf-8")
        progress("tables as CSV", 0, 0, 0)
        write_report_files(folder, bundle)
        progress("tables for Word and LaTeX", 0, 0, 0)
        write_paper_files(folder, bundle)
        pooled = bundle.reconstructions.pooled.values() if bundle.reconstructions is not None else ()
        records = [*bundle.records, *(p.record for p in pooled)]
        write_run(folder, "report", records, bundle.verdicts, seed=bundle.seed)
    return place / PAGE


@careful
def report(
    cohort: Cohort,
    specs: Sequence[ModelSpec],
    out: str | Path,
    *,
    seed: Seed = SEED,
    level: float = LEVEL,
    confirm: Literal["nuts", "no"] = "nuts",
    full: bool = False,
    paper: bool = False,
    treatment: str | None = None,
    on: Sequence[str] | None = None,
) -> Path:
    """Fit models to a cohort and write their report: ``report.html``, tables, figures, posteriors.

    Parameters
    ----------
    cohort : as read.
    specs : models; the first of each endpoint and clock is its headline. Of one that imputes missing covariates the
        page shows complete cases, and completed cohorts in a section of their own.
    out : folder; files of an earlier report are replaced only after everything was written.
    seed : of everything random.
    level : of every interval.
    confirm : whether headline models, fitted by ``laplace``, are fitted by ``nuts`` as well.
    full, paper : as for ``write_report``.
    treatment, on : a covariate of two levels, and those known at time zero that it depended on: a chapter on its
        effect (``docs/treatment.md``). None: as [treatment] of the schema says.

    Returns
    -------
    Path of ``report.html``.

    Raises
    ------
    SpecError : no model, two of one name, or one that does not fit the cohort.
    CohortError : the treatment has not two levels, or nobody can be matched.
    OutputError : ``out`` is a file, or cannot be written.
    """
    if not specs:
        raise SpecError("report: no model; give at least one, from load_spec")
    asked = None
    if treatment is not None or cohort.schema.treatment is not None:
        # Of that chapter alone: what it needs takes longer to load than all else here.
        from escc_bayes.study.treatment.asked import asked_of
        from escc_bayes.study.treatment.gather import refuse_treatment

        asked = asked_of(cohort, treatment, on)
        if asked is not None:
            refuse_treatment(cohort, asked)
    plans = [make_plan(spec.complete_cases, cohort) for spec in specs]
    confirming = RunSettings("nuts") if confirm == "nuts" else None
    bundle = gather(cohort, plans, RunSettings("laplace"), seed=seed, level=level, confirming=confirming)
    imputed = {spec.name: fit_imputed(spec, cohort, seed=seed) for spec in specs if spec.missing is not None}
    bundle = replace(bundle, imputed=imputed)
    if asked is not None:
        from escc_bayes.study.treatment.gather import treatment_of

        bundle = replace(bundle, treatment=treatment_of(cohort, None, asked, level=level, seed=seed))
    return write_report(bundle, out, full=full, paper=paper)


def linked(page: str) -> list[str]:
    """Return the names of the pages on methods that a page links to."""
    return re.findall(rf'href="{re.escape(FILE)}#(\w+)"', page)


def pieces(bundle: Bundle, *, full: bool, paper: bool) -> tuple[Piece, ...]:
    """Return what takes longest, piece by piece: every figure, then every posterior, then figures for a paper."""
    posteriors = named_posteriors(bundle).items()
    printed = figure_makers(bundle, full=full) if paper else ()
    return (
        *(partial(figure_files, partial(made, make, bundle)) for make in figure_makers(bundle, full=full)),
        *(partial(posterior_file, name, posterior) for name, posterior in posteriors),
        *(partial(write_paper_figure, partial(made, make, bundle)) for make in printed),
    )


def piece(held: tuple[Bundle, Path, bool, bool], place: int) -> Written | None:
    """Write one piece of a bundle into a folder."""
    bundle, folder, full, paper = held
    return pieces(bundle, full=full, paper=paper)[place](folder)


def figure_files(make: Drawing, folder: Path) -> Written | None:
    """Draw and write one figure; None where there is nothing to draw."""
    found = make()
    return None if found is None else write_figure(folder, found)


def posterior_file(name: str, posterior: Posterior, folder: Path) -> None:
    """Write one posterior."""
    write_posterior(folder, name, posterior)
