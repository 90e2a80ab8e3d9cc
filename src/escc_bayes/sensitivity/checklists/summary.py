"""``checklists.csv``: BARG, ROBUST, REMARK, STROBE and TARGET, each item's value from the fit, or the gap."""

from escc_bayes.sensitivity.checklists.bayesian import BARG, ROBUST
from escc_bayes.sensitivity.checklists.facts import facts
from escc_bayes.sensitivity.checklists.item import Checklist
from escc_bayes.sensitivity.checklists.observational import REMARK, STROBE, TARGET
from escc_bayes.sensitivity.part import Row, Rows, Summary, Tables
from escc_bayes.sensitivity.subject import Subject

COLUMNS = ("checklist", "item", "asks", "status", "answer", "gap", "model", "source")
CHECKLISTS: tuple[Checklist, ...] = (BARG, ROBUST, REMARK, STROBE, TARGET)
FILLED, PARTLY, GAP = "filled", "partly filled", "gap"


def run(subject: Subject, tables: Tables) -> Rows:
    """Return a row for each item of each checklist."""
    known = facts(subject, tables)
    return [row for checklist in CHECKLISTS for row in rows_of(checklist, known, subject.spec.name)]


def rows_of(checklist: Checklist, known: dict[str, str], model: str) -> list[Row]:
    """Return the rows of one checklist."""
    found: list[Row] = []
    for item in checklist.items:
        answer = ". ".join(known[name].rstrip(".") for name in item.facts if name in known)
        gap = item.gap if answer else item.gap or f"not found in this run: {', '.join(item.facts)}"
        status = GAP if not answer else PARTLY if gap else FILLED
        found.append(
            {
                "checklist": checklist.name,
                "item": item.number,
                "asks": item.asks,
                "status": status,
                "answer": answer,
                "gap": gap,
                "model": model,
                "source": checklist.source,
            }
        )
    return found


def words(rows: Rows) -> tuple[str, ...]:
    """Return how many items of each checklist the fit fills.

    Examples
    --------
    >>> words([{"checklist": "BARG", "status": "filled"}, {"checklist": "BARG", "status": "gap"}])
    ('BARG: 1 of 2 items filled from the fit, 0 partly, 1 left to the authors (checklists.md).',)
    """
    found = []
    for name in dict.fromkeys(row["checklist"] for row in rows):
        status = [row["status"] for row in rows if row["checklist"] == name]
        filled, partly, gaps = (status.count(one) for one in (FILLED, PARTLY, GAP))
        found.append(
            f"{name}: {filled} of {len(status)} items filled from the fit, {partly} partly, {gaps} left to the authors "
            "(checklists.md)."
        )
    return tuple(found)


SUMMARY = Summary("checklists", "reporting checklists", COLUMNS, run, words)
