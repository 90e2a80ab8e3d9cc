"""Tables of what models say of themselves beside hazard ratios and curves; of ensembles pooled, as everything is."""

from collections.abc import Iterable

from escc_bayes.estimand.tables import Row
from escc_bayes.report.page.endpoint_tables import endpoint_tables
from escc_bayes.report.page.shrunk import shrinkage_rows
from escc_bayes.report.page.term_rows import term_tables
from escc_bayes.report.page.trajectory import trajectory_rows
from escc_bayes.report.page.whose import Fitted


def own_tables(posteriors: Iterable[Fitted], level: float) -> dict[str, list[Row]]:
    """Return ``shrinkage``, ``trajectory``, ``endpoint_correlation``, ``cure``, ``drift`` and ``frailty``.

    Each where a model has such a term; nothing of most models.
    """
    kept = tuple(posteriors)
    own = {"shrinkage": shrinkage_rows(kept, level), "trajectory": trajectory_rows(kept, level)}
    return {
        **{name: rows for name, rows in own.items() if rows},
        **endpoint_tables(kept, level),
        **term_tables(kept, level),
    }
