"""Targets of printed counts: failures of an endpoint, and that no patient contradicts a rule of the layout."""

from collections.abc import Iterator

from escc_bayes.data.published import Study
from escc_bayes.data.rounding import Interval
from escc_bayes.evidence.reconstruction import problem as kinds
from escc_bayes.evidence.reconstruction.layout import Layout
from escc_bayes.evidence.reconstruction.target import CountKey, Target
from escc_bayes.evidence.reconstruction.target_places import number_of


def count_targets(layout: Layout, study: Study) -> Iterator[Target]:
    """Yield the number of failures of an endpoint, and that nobody contradicts a rule."""
    for endpoint in layout.endpoints:
        if endpoint.failures == "":
            continue
        value = number_of(endpoint.failures, study, f"{layout.where}, endpoints.{endpoint.name}, failures")
        exact = Interval(float(value), float(value))
        yield Target(
            endpoint.word, "failures", str(value), CountKey(endpoint.name), kinds.PROGRESSED, exact, float(value), 0.0
        )
    if layout.rules:
        none = Interval(0.0, 0.0)
        yield Target("", "patients against a rule", "0", CountKey(), kinds.BROKEN_RULES, none, 0.0, 0.0)
