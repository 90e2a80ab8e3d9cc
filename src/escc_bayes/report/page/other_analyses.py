"""The same model without its intervals, other sources or trajectory; what it says of cure: fits, tables in files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from escc_bayes.bayes.posterior.cure_fraction import cure_fraction
from escc_bayes.bayes.posterior.drifts import drifts
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.estimand.tables import Row
from escc_bayes.report.page.panels import panels

# Most models have no such term: what other analyses need is imported where one has.
if TYPE_CHECKING:
    from escc_bayes.compare.other_analyses import Analysis


@dataclass(frozen=True, slots=True)
class OtherAnalyses:
    """Of one model; each empty where it has no such term."""

    intervals: "tuple[Analysis, ...]" = ()
    external: "tuple[Analysis, ...]" = ()
    trajectory: "tuple[Analysis, ...]" = ()


# Of models without such terms.
NO_OTHERS: Mapping[str, OtherAnalyses] = MappingProxyType({})


def other_analyses(posterior: Posterior, level: float) -> OtherAnalyses:
    """Return the other analyses of a posterior, with random streams of its own seed."""
    if posterior.plan.course is not None:
        from escc_bayes.compare.trajectory_analyses import trajectory_analyses

        return OtherAnalyses(trajectory=trajectory_analyses(posterior, seed=posterior.seed, level=level))
    if posterior.plan.rows.left is None and not posterior.plan.spec.other_sources:
        return OtherAnalyses()
    from escc_bayes.compare.other_analyses import external_analyses, interval_analyses

    return OtherAnalyses(
        interval_analyses(posterior, seed=posterior.seed, level=level),
        external_analyses(posterior, seed=posterior.seed, level=level),
    )


def other_tables(
    posteriors: Iterable[Posterior], found: Mapping[str, OtherAnalyses], level: float
) -> dict[str, list[Row]]:
    """Return ``intervals``, ``external``, ``trajectory_analyses`` and so on, where any model has such a term."""
    names = ("intervals", "turnbull", "external", "trajectory_analyses", "cure", "drift")
    tables: dict[str, list[Row]] = {name: [] for name in names}
    for posterior in posteriors:
        plan, of = posterior.plan, found.get(posterior.plan.spec.name, OtherAnalyses())
        tables["cure"] += cure_rows(posterior, level)
        tables["drift"] += drift_rows(posterior, level)
        if plan.rows.left is None and not of.external and not of.trajectory:
            continue
        from escc_bayes.classical.interval_censored import turnbull_rows
        from escc_bayes.compare.other_analyses import analysis_rows

        tables["intervals"] += analysis_rows(posterior, of.intervals)
        tables["external"] += analysis_rows(posterior, of.external)
        tables["trajectory_analyses"] += analysis_rows(posterior, of.trajectory)
        if plan.rows.left is not None:
            own = turnbull_rows(plan.rows, tuple(term for term, _ in panels(plan)))
            tables["turnbull"] += [{"model": plan.spec.name, **row} for row in own]
    return {name: rows for name, rows in tables.items() if rows}


def cure_rows(posterior: Posterior, level: float) -> list[Row]:
    """Return the row of ``cure.csv``: posterior beside prior; none of a model without a cure fraction."""
    found = cure_fraction(posterior, level)
    if found is None:
        return []
    prior, prior_lower, prior_upper = found.prior
    return [
        {
            "endpoint": posterior.plan.rows.endpoint,
            "model": posterior.plan.spec.name,
            "method": posterior.method,
            "quantity": "cure_fraction",
            "value": found.value,
            "lower": found.lower,
            "upper": found.upper,
            "level": level,
            "interval": "credible",
            "prior_median": prior,
            "prior_lower": prior_lower,
            "prior_upper": prior_upper,
            "data_share": found.data_share,
            "median_follow_up": found.median,
            "last_follow_up": found.last,
            "still_free": found.still_free,
            "n": posterior.plan.rows.n,
            "events": posterior.plan.rows.events,
            "provenance": posterior.record.provenance,
            "clock": posterior.plan.rows.clock,
            "verdict": posterior.verdict,
            "note": found.sentence(),
        }
    ]


def drift_rows(posterior: Posterior, level: float) -> list[Row]:
    """Return a row of ``drift.csv`` for each study whose hazards may drift from ours: posterior beside prior."""
    return [
        {
            "endpoint": posterior.plan.rows.endpoint,
            "model": posterior.plan.spec.name,
            "method": posterior.method,
            "study": one.study,
            "quantity": "hazard_over_ours",
            "value": one.value,
            "lower": one.lower,
            "upper": one.upper,
            "level": level,
            "interval": "credible",
            "prior_median": one.prior[0],
            "prior_lower": one.prior[1],
            "prior_upper": one.prior[2],
            "data_share": one.data_share,
            "n": posterior.plan.rows.n,
            "events": posterior.plan.rows.events,
            "provenance": posterior.record.provenance,
            "clock": posterior.plan.rows.clock,
            "verdict": posterior.verdict,
        }
        for one in drifts(posterior, level)
    ]


def other_sentences(found: Iterable[OtherAnalyses]) -> tuple[str, ...]:
    """Say how the answers of models differ without their intervals or other sources."""
    several = [of for of in found if of.intervals or of.external or of.trajectory]
    if not several:
        return ()
    from escc_bayes.compare.other_analyses import sentences_of

    return tuple(
        line
        for of in several
        for each in (of.intervals, of.external, of.trajectory)
        if each
        for line in sentences_of(each)
    )
