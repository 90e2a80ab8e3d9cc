"""The files of `fit` with missing covariates imputed: every answer beside that of the complete cases."""

from collections.abc import Sequence
from pathlib import Path

from escc_bayes.compare.imputed import Imputed
from escc_bayes.estimand.estimand import SurvivalAt
from escc_bayes.estimand.questions import standard_questions
from escc_bayes.estimand.tables import hazard_ratio_rows, survival_rows
from escc_bayes.report.verbs.files import Tables, write_run, write_tables
from escc_bayes.report.verbs.rows import diagnostics_rows, imputation_rows

# Of complete cases, the methods that completed cohorts have too.
BESIDE = ("cox", "cox_stratified", "weibull_mle")


def write_imputed_fit(folder: Path, fits: Sequence[Imputed], level: float) -> Tables:
    """Write ``imputation.csv``, ``hazard_ratios.csv``, ``survival.csv``, ``diagnostics.csv`` and ``run.json``.

    Returns the tables. Models of complete cases are called NAME@complete_cases.
    """
    ratios = [
        e
        for found in fits
        for e in found.hazard_ratios(level=level)
        if e.interval_kind == "credible" or e.method in BESIDE
    ]
    survival = [
        e
        for found in fits
        for e in found.comparison(
            [q for q in standard_questions(found.pooled.plan) if isinstance(q, SurvivalAt)], level=level
        ).estimates
        if e.interval_kind == "credible"
    ]
    posteriors = [p for found in fits for p in found.posteriors]
    tables: Tables = {
        "imputation": imputation_rows(fits),
        "hazard_ratios": hazard_ratio_rows(ratios),
        "survival": survival_rows(survival),
        "diagnostics": [
            {**row, "cohort": p.plan.rows.cohort}
            for row, p in zip(diagnostics_rows(posteriors), posteriors, strict=True)
        ],
    }
    write_tables(folder, tables)
    verdicts = {name: verdict for found in fits for name, verdict in found.verdicts.items()}
    write_run(folder, "fit", [record for found in fits for record in found.records], verdicts)
    return tables
