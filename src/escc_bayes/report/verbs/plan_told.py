"""The files of the verb ``plan`` for a design of a kind of its own: table, summary.txt, figures, run.json."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from escc_bayes.foundation.csv import write_csv
from escc_bayes.report.document.figure_files import write_figure
from escc_bayes.report.document.sheet import Sheet
from escc_bayes.report.verbs.files import write_run
from escc_bayes.trial.simulation.operating_characteristics import COLUMNS
from escc_bayes.trial.simulation.told import Told, summary


def write_told(folder: Path, told: Told, sheets: Sequence[Sheet]) -> None:
    """Write everything."""
    write_csv(folder / "operating_characteristics.csv", [asdict(one) for one in told.quantities], COLUMNS)
    (folder / "summary.txt").write_text("\n".join(summary(told)) + "\n", encoding="utf-8")
    for drawn in sheets:
        write_figure(folder, drawn)
    write_run(folder, "plan", [told.record], {})
