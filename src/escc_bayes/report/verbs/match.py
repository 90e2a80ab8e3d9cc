"""The files of ``match``: design, balance, pairs, weights, effect, contrasts, the cohort, figures, run.json."""

from pathlib import Path

from escc_bayes.foundation.csv import write_csv
from escc_bayes.matching.run import Match
from escc_bayes.matching.tables import (
    BALANCE_COLUMNS,
    PAIR_COLUMNS,
    balance_rows,
    design_rows,
    effect_rows,
    pair_rows,
    weight_rows,
)
from escc_bayes.report.document.figure_files import write_figure
from escc_bayes.report.document.labelled_figures import sheet_in_labels
from escc_bayes.report.page.treatment.match_sheets import sheets
from escc_bayes.report.verbs.cohort_files import write_cohort
from escc_bayes.report.verbs.files import write_run
from escc_bayes.report.verbs.time_zero import write_time_zero_tables


def write_match_files(folder: Path, found: Match) -> None:
    """Write every table and figure, the matched or weighted cohort with its schema, the notes and ``run.json``."""
    patients, design, asked = found.patients, found.design, found.asked
    write_csv(folder / "design.csv", design_rows(patients, design, asked))
    write_csv(folder / "balance.csv", balance_rows(found.balance, design, patients), BALANCE_COLUMNS)
    write_csv(folder / "pairs.csv", pair_rows(patients, design), PAIR_COLUMNS)
    write_csv(folder / "weights.csv", weight_rows(patients, design))
    write_csv(folder / "effect.csv", effect_rows(found.answers, patients, design, asked))
    write_csv(folder / "contrasts.csv", found.contrasts)
    if found.subgroups:
        write_csv(folder / "subgroups.csv", found.subgroups)
    (folder / "notes.txt").write_text("\n".join(found.sentences) + "\n", encoding="utf-8")
    about = f"{patients.cohort.provenance.upper()}: the patients that {design.method} keeps, for {asked.treatment}."
    write_cohort(folder, found.cohort, name=f"{patients.cohort.name}_{design.method}", about=about)
    if found.time_zero is not None:
        write_time_zero_tables(folder, found.time_zero)
    for sheet in sheets(found):
        write_figure(folder, sheet_in_labels(sheet, found.levels))
    verdicts = {one.method: one.verdict for one in found.answers if one.interval == "credible" and one.hr == one.hr}
    write_run(folder, "match", [found.record], verdicts, seed=asked.seed)
