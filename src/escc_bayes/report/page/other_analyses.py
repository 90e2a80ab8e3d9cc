"""The same model without its intervals, or without its other sources: what is fitted, and the tables in files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.classical.interval_censored import turnbull_rows
from escc_bayes.compare.other_analyses import (
    Analysis,
    analysis_rows,
    external_analyses,
    interval_analyses,
    sentences_of,
)
from escc_bayes.estimand.tables import Row
from escc_bayes.report.page.panels import panels


@dataclass(frozen=True, slots=True)
class OtherAnalyses:
    """Of one model; each empty where it has no such term."""

    intervals: tuple[Analysis, ...] = ()
    external: tuple[Analysis, ...] = ()


# Of models without such terms.
NO_OTHERS: Mapping[str, OtherAnalyses] = MappingProxyType({})


def other_analyses(posterior: Posterior, level: float) -> OtherAnalyses:
    """Return the other analyses of a posterior, with random streams of its own seed."""
    return OtherAnalyses(
        interval_analyses(posterior, seed=posterior.seed, level=level),
        external_analyses(posterior, seed=posterior.seed, level=level),
    )


def other_tables(posteriors: Iterable[Posterior], found: Mapping[str, OtherAnalyses]) -> dict[str, list[Row]]:
    """Return ``intervals``, ``turnbull`` and ``external``, each where any model has such a term."""
    tables: dict[str, list[Row]] = {"intervals": [], "turnbull": [], "external": []}
    for posterior in posteriors:
        plan, of = posterior.plan, found.get(posterior.plan.spec.name, OtherAnalyses())
        tables["intervals"] += analysis_rows(plan, of.intervals)
        tables["external"] += analysis_rows(plan, of.external)
        if plan.rows.left is not None:
            own = turnbull_rows(plan.rows, tuple(term for term, _ in panels(plan)))
            tables["turnbull"] += [{"model": plan.spec.name, **row} for row in own]
    return {name: rows for name, rows in tables.items() if rows}


def other_sentences(found: Iterable[OtherAnalyses]) -> tuple[str, ...]:
    """Say how the answers of models differ without their intervals or other sources."""
    return tuple(line for of in found for each in (of.intervals, of.external) if each for line in sentences_of(each))
