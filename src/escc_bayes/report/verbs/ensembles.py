"""The files of ``fit`` on an ensemble: pooled hazard ratios and survival, and the diagnostics of every member."""

from collections.abc import Iterable
from pathlib import Path

from escc_bayes.bayes.posterior.ensemble_posterior import EnsemblePosterior
from escc_bayes.estimand.questions import survival_questions
from escc_bayes.estimand.tables import survival_rows
from escc_bayes.report.page.pooled_tables import pooled_tables
from escc_bayes.report.page.reconstructions import Reconstructions
from escc_bayes.report.page.state_tables import state_tables
from escc_bayes.report.verbs.files import Tables, write_run, write_tables
from escc_bayes.report.verbs.rows import diagnostics_rows


def pooled_others(pooled: Iterable[EnsemblePosterior], level: float) -> Tables:
    """Return ``intervals`` and ``external``, each where a model has events between two months or other sources."""
    several = [p for p in pooled if p.plan.rows.left is not None or p.plan.spec.other_sources]
    if not several:
        return {}
    from escc_bayes.compare.other_analyses import analysis_rows, external_analyses, interval_analyses

    made = {
        "intervals": [
            row for p in several for row in analysis_rows(p, interval_analyses(p, seed=p.members[0].seed, level=level))
        ],
        "external": [
            row for p in several for row in analysis_rows(p, external_analyses(p, seed=p.members[0].seed, level=level))
        ],
    }
    return {name: rows for name, rows in made.items() if rows}


def write_ensemble_fit(folder: Path, found: Reconstructions) -> Tables:
    """Write ``hazard_ratios.csv``, ``survival.csv``, ``diagnostics.csv`` (a row for each member) and ``run.json``.

    Of illness-death models the tables of their states in place of ``survival.csv``; of models with events between two
    months ``intervals.csv``, with other sources ``external.csv``; and what ``pooled_tables`` has.

    Returns the tables. Hazard ratios have the columns of ``fit``, and the share of the variance between members.
    """
    pooled = found.pooled.values()
    survival = [p.estimate(asked, level=found.level) for p in pooled for asked in survival_questions(p.plan)]
    members = [
        {**row, "cohort": member.plan.rows.cohort}
        for p in pooled
        for row, member in zip(diagnostics_rows(p.members), p.members, strict=True)
    ]
    tables: Tables = {
        "hazard_ratios": found.rows(),
        **({"survival": survival_rows(survival)} if survival else {}),
        **state_tables(pooled, found.level),
        **pooled_tables(pooled, found.level),
        **pooled_others(pooled, found.level),
        "diagnostics": members,
    }
    write_tables(folder, tables)
    write_run(folder, "fit", [p.record for p in pooled], {name: p.verdict for name, p in found.pooled.items()})
    return tables
