"""The same model without its intervals, other sources or trajectory: fits, and tables in files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

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


def other_tables(posteriors: Iterable[Posterior], found: Mapping[str, OtherAnalyses]) -> dict[str, list[Row]]:
    """Return ``intervals``, ``external``, ``trajectory_analyses`` and so on, where any model has such a term."""
    names = ("intervals", "turnbull", "external", "trajectory_analyses")
    tables: dict[str, list[Row]] = {name: [] for name in names}
    for posterior in posteriors:
        plan, of = posterior.plan, found.get(posterior.plan.spec.name, OtherAnalyses())
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
