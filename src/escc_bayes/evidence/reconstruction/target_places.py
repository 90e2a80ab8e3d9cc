"""Where the layout puts what a study prints: its numbers by name, its endpoints, its data cut."""

from decimal import Decimal

from escc_bayes.data.published import Study
from escc_bayes.evidence.reconstruction.layout import Count, EndpointLayout, Layout, ReconstructionError
from escc_bayes.foundation.checks import suggestion


def number_of(count: Count | float, study: Study, where: str) -> Decimal:
    """Return a number, or the printed number of that name."""
    if not isinstance(count, str):
        return Decimal(str(count))
    named = {n.name: n.value for n in study.numbers}
    if count not in named:
        raise ReconstructionError(f"{where}: study {study.id} prints no number '{count}'; {suggestion(count, named)}")
    return named[count]


def in_cutoff(printed: str, layout: Layout) -> bool:
    """Return whether an entry belongs to the data cut that the layout names; entries without one always do."""
    return not layout.cutoff or not printed or layout.cutoff in printed


def endpoint_of(word: str, layout: Layout) -> EndpointLayout | None:
    """Return the endpoint with the study's word."""
    return next((e for e in layout.endpoints if e.word == word), None)
