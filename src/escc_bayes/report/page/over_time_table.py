"""What a page shows of hazard ratios that change over time. docs/methods/time_varying.md."""

from collections.abc import Mapping
from itertools import groupby

from escc_bayes.plots.words import estimate_words, interval_words, method_words
from escc_bayes.report.document.provenance import provenance_first
from escc_bayes.report.page.outcomes import Outcome
from escc_bayes.report.page.over_time import in_order, of_one, of_outcome
from escc_bayes.report.page.view import Table
from escc_bayes.spec.transitions import heading


def over_time_table(outcome: Outcome, labels: Mapping[str, str], provenance: str) -> Table | None:
    """Return each contrast's hazard ratio in each segment by every method, with the events behind; None without any."""
    estimates = of_outcome(outcome)
    if not estimates:
        return None
    methods = {method_words(e.method, e.model): interval_words(e) for e in estimates}
    rows: list[tuple[str, ...]] = []
    for (term, transition, contrast), block in groupby(in_order(estimates), key=of_one):
        rows.append((f"{heading(labels.get(term, term), transition)}: {contrast}",))
        for months, same in groupby(block, key=lambda e: e.months):
            found = {method_words(e.method, e.model): e for e in same}
            first = next(iter(found.values()))
            cells = (estimate_words(found[m]) if m in found else "" for m in methods)
            span = first.contrast.rpartition(", ")[2]
            assert months is not None
            rows.append((span, f"{first.n}", f"{first.events}", *cells))
    head = ("Months", "At risk", "Events", *(f"{name} ({kind})" for name, kind in methods.items()))
    return Table(
        provenance_first(provenance, f"{outcome.title}: hazard ratios over time; {outcome.key}"),
        head,
        tuple(rows),
        "At risk, Events: of all patients of the model in these months. Cox: on the same segments of follow-up.",
    )
