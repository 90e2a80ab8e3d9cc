"""The files of published hazard ratios: reverse_bayes.csv and run.json."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from escc_bayes.foundation.csv import write_csv
from escc_bayes.foundation.record import Record, digest, versions
from escc_bayes.report.verbs.files import write_run
from escc_bayes.sensitivity.reverse_table import COLUMNS

type Cells = Mapping[str, object]


def write_published_files(folder: Path, rows: Sequence[Cells], settings: Mapping[str, float | str]) -> None:
    """Write the table of published ratios and what the run remembers."""
    write_csv(folder / "reverse_bayes.csv", rows, COLUMNS)
    asked = {name: str(value) for name, value in settings.items()}
    cells = {f"{place} {name}": str(value) for place, row in enumerate(rows) for name, value in row.items()}
    record = Record(
        spec_digest=digest(asked),
        data_digest=digest(cells),
        seed=None,
        provenance="published",
        engine="closed forms",
        settings=tuple(settings.items()),
        versions=versions(),
    )
    write_run(folder, "sensitivity", [record], {})
