"""Tables of what models say of themselves over all reconstructions, beside hazard ratios and curves."""

from collections.abc import Iterable

from escc_bayes.bayes.posterior.ensemble_posterior import EnsemblePosterior
from escc_bayes.estimand.tables import Row
from escc_bayes.report.page.on_curves import asked_along, spline_rows
from escc_bayes.report.page.over_time import over_time, time_varying_rows
from escc_bayes.report.page.own_tables import own_tables
from escc_bayes.report.page.panels import panels


def pooled_tables(pooled: Iterable[EnsemblePosterior], level: float) -> dict[str, list[Row]]:
    """Return ``own_tables``, and ``time_varying``, ``spline`` and ``turnbull``, each where a model has such a term.

    Hazard ratios over time and along numbers are of the pooled posterior; along a number over the values of the first
    reconstruction. Turnbull's estimate has no pooled form: it stands for each reconstruction, named by ``cohort``.
    """
    kept = tuple(pooled)
    found = {
        "time_varying": time_varying_rows(e for p in kept for e in over_time(p.hazard_ratios(level=level))),
        "spline": spline_rows(e for p in kept for e in p.estimates(asked_along(p.plan), level=level)),
        "turnbull": [row for p in kept for row in turnbull_of_members(p)],
    }
    return {**{name: rows for name, rows in found.items() if rows}, **own_tables(kept, level)}


def turnbull_of_members(posterior: EnsemblePosterior) -> list[Row]:
    """Return Turnbull's estimate of each reconstruction; nothing where every event has a month."""
    if posterior.plan.rows.left is None:
        return []
    from escc_bayes.classical.interval_censored import turnbull_rows

    return [
        {"model": member.plan.spec.name, "cohort": member.plan.rows.cohort, **row}
        for member in posterior.members
        for row in turnbull_rows(member.plan.rows, tuple(term for term, _ in panels(member.plan)))
    ]
