"""A part that cannot be computed for a cohort says so in one row, and in one sentence."""

from collections.abc import Callable

from escc_bayes.sensitivity.part import Row, Rows
from escc_bayes.sensitivity.subject import Subject, Tell

NOT_COMPUTED = "not computed:"
SEVERAL = "patients have several rows (start and stop), and this looks at patients whole"


def one_row_each(run: Callable[[Subject, Tell], Rows], columns: tuple[str, ...]) -> Callable[[Subject, Tell], Rows]:
    """Return a part's ``run`` that says so, and does nothing, where patients have several rows."""

    def guarded(subject: Subject, tell: Tell) -> Rows:
        if subject.plan.rows.patient is None:
            return run(subject, tell)
        return [refusal(subject, SEVERAL, columns)]

    return guarded


def refusal(subject: Subject, why: str, columns: tuple[str, ...]) -> Row:
    """Return the row that says why nothing was computed."""
    said = {
        "endpoint": subject.plan.rows.endpoint,
        "model": subject.spec.name,
        "note": f"{NOT_COMPUTED} {why}",
    }
    return {name: said.get(name, "") for name in columns}


def or_refusal(words: Callable[[Rows], tuple[str, ...]]) -> Callable[[Rows], tuple[str, ...]]:
    """Return a part's ``words`` that repeats a refusal.

    Examples
    --------
    >>> or_refusal(lambda rows: ("said",))([{"model": "m", "note": "not computed: no events"}])
    ('not computed: no events',)
    """

    def said(rows: Rows) -> tuple[str, ...]:
        if len(rows) == 1 and str(rows[0]["note"]).startswith(NOT_COMPUTED):
            return (str(rows[0]["note"]),)
        return words(rows)

    return said
