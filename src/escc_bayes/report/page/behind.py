"""What stands behind each hazard ratio of a report: patients, events, and how much of its precision is data."""

from collections.abc import Mapping

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.classical.fit import ClassicalFit
from escc_bayes.data.cohort import Cohort
from escc_bayes.foundation.chunks import no_progress
from escc_bayes.foundation.seeds import Seed
from escc_bayes.sensitivity.information import BASELINE, information
from escc_bayes.sensitivity.part import Row, Rows, number
from escc_bayes.sensitivity.subject import Asked, Subject

# Rows of information by term and contrast.
type Behind = Mapping[tuple[str, str], Row]


def information_of(
    cohort: Cohort, posteriors: Mapping[str, Posterior], classical: Mapping[str, ClassicalFit], seed: Seed, level: float
) -> dict[str, Rows]:
    """Return the rows of ``information.csv`` by model."""
    asked = Asked(seed, level)
    return {
        name: information(Subject(cohort, posterior.plan.spec, posterior, classical[name], asked), no_progress)
        for name, posterior in posteriors.items()
    }


def by_contrast(rows: Rows) -> Behind:
    """Return rows by term and contrast, the baseline apart."""
    return {(str(row["term"]), str(row["contrast"])): row for row in rows if row["term"] != BASELINE}


def share(row: Row) -> str:
    """Return the share of the precision that is data.

    Examples
    --------
    >>> share({"data_share": 0.553}), share({"data_share": 0.0})
    ('55 %', '0 %')
    """
    return f"{100 * number(row, 'data_share'):.0f} %"


def groups(row: Row, what: str) -> str:
    """Return patients or events of both levels, or of everybody.

    Examples
    --------
    >>> groups({"events": 14, "versus_events": 2}, "events"), groups({"events": 31, "versus_events": None}, "events")
    ('14 v 2', '31')
    """
    versus = row[f"versus_{what}"]
    return str(row[what]) if versus is None else f"{row[what]} v {versus}"


def behind_words(row: Row) -> str:
    """Say events and patients of a contrast, the share that is data, and what to beware of."""
    events = f"{groups(row, 'events')} events in {groups(row, 'patients')} patients"
    warning = f". Beware: {row['warning']}" if row["warning"] else ""
    return f"{events}, {share(row)} of the precision is data{warning}"
