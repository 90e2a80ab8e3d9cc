"""The verb ``write_report``: everything of a bundle in one folder, or nothing."""

from pathlib import Path

from escc_bayes.foundation.outputs import staged
from escc_bayes.report.bundle import Bundle
from escc_bayes.report.figures import report_figures, write_figure
from escc_bayes.report.files import write_report_files, write_run
from escc_bayes.report.page import render

PAGE = "report.html"


def write_report(bundle: Bundle, out: Path) -> Path:
    """Write page, figures, tables, posteriors and ``run.json`` of a bundle.

    Parameters
    ----------
    bundle : from ``gather``.
    out : folder; files of an earlier report are replaced only after everything was written.

    Returns
    -------
    Path of ``report.html``.

    Raises
    ------
    OutputError : ``out`` is a file, or cannot be written.
    """
    with staged(out) as folder:
        figures = [(found, *write_figure(folder, found)) for found in report_figures(bundle)]
        (folder / PAGE).write_text(render(bundle, figures), encoding="utf-8")
        write_report_files(folder, bundle)
        write_run(folder, "report", [p.record for p in bundle.fits], bundle.verdicts, seed=bundle.seed)
    return out / PAGE
