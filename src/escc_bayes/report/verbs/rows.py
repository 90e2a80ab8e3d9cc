"""Rows of the tables that say how far a result can be relied on: diagnostics, agreement, leave-one-out, imputation."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from escc_bayes.bayes.posterior.fallback import replaced
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.estimand.tables import Row
from escc_bayes.spec.cautions import caution_words

if TYPE_CHECKING:
    from escc_bayes.bayes.posterior.loo import LooRow
    from escc_bayes.bayes.posterior.prior_conflict import PriorConflict
    from escc_bayes.compare.agreement import Agreement
    from escc_bayes.compare.form_results import FormRow
    from escc_bayes.compare.imputed import Imputed


def diagnostics_rows(posteriors: Iterable[Posterior]) -> list[Row]:
    """Return rows of ``diagnostics.csv``."""
    return [
        {
            "model": p.plan.spec.name,
            "method": p.method,
            "divergences": p.diagnostics.divergences,
            "max_rhat": p.diagnostics.max_rhat,
            "min_ess_bulk": p.diagnostics.min_ess_bulk,
            "min_ess_tail": p.diagnostics.min_ess_tail,
            "pareto_k_max": p.diagnostics.pareto_k_max,
            "verdict": p.diagnostics.verdict,
            "worst": p.diagnostics.worst,
            "importance_ess": p.diagnostics.importance_ess,
            "n": p.plan.rows.n,
            "events": p.plan.rows.events,
            "provenance": p.record.provenance,
            "clock": p.plan.rows.clock,
            "instead_of": replaced(p),
            "data_caution": caution_words(p.plan),
            **prior_columns(p.prior_conflict),
        }
        for p in posteriors
    ]


def prior_columns(found: "PriorConflict") -> dict[str, object]:
    """Return the columns that hold the baseline prior against Kaplan-Meier at the prior's month."""
    return {
        "prior_month": found.worth.month,
        "prior_events": found.worth.events,
        "prior_median": found.expected,
        "kaplan_meier": found.observed,
        "prior_tail": found.tail,
    }


def imputation_rows(fits: "Sequence[Imputed]") -> list[Row]:
    """Return rows of ``imputation.csv``: each covariate of each model, and whose values are imputed."""
    return [
        {
            "endpoint": found.spec.outcome.endpoint,
            "model": found.spec.name,
            "covariate": one.name,
            "kind": found.completed.members[0].covariate(one.name).schema.kind,
            "observed": one.observed,
            "imputed": one.where.size,
            "never_measured": one.never,
            "completed": len(found.completed),
            "provenance": found.pooled.record.provenance,
            "clock": found.pooled.plan.rows.clock,
            "note": one.sentence,
        }
        for found in fits
        for one in found.missing
    ]


def agreement_row(row: "Agreement") -> dict[str, object]:
    """Return one row of ``agreement.csv``."""
    first, second = row.first, row.second
    return {
        "endpoint": first.endpoint,
        "model": first.model,
        "term": first.term,
        "contrast": first.contrast_in,
        "first": first.method,
        "second": second.method,
        "log_hr_mean_first": first.log_mean,
        "log_hr_mean_second": second.log_mean,
        "shift_in_sd": row.shift,
        "sd_ratio": row.sd_ratio,
        "verdict_first": first.verdict,
        "verdict_second": second.verdict,
        "provenance": first.record.provenance,
        "clock": first.clock,
        "n": first.n,
        "events": first.events,
    }


def loo_columns(row: "LooRow | FormRow") -> dict[str, object]:
    """Return the columns of a comparison by leave-one-out."""
    return {
        "rank": row.rank,
        "elpd": row.elpd,
        "elpd_se": row.elpd_se,
        "elpd_diff": row.elpd_diff,
        "diff_se": row.diff_se,
        "weight": row.weight,
        "p_loo": row.p_loo,
        "pareto_k_max": row.pareto_k_max,
    }


def loo_row(row: "LooRow") -> dict[str, object]:
    """Return one row of ``loo.csv`` after the endpoint."""
    return {
        "model": row.model,
        **loo_columns(row),
        "n": row.n,
        "events": row.events,
        "patients": row.patients,
    }
