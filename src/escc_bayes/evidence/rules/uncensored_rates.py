"""Kaplan-Meier rates before the first possible censoring are whole patients over n (GRIM for survival).

Without censoring before t, S(t) = (n - events) / n exactly. Kaplan & Meier 1958, J Am Stat Assoc 53:457; Brown &
Heathers 2017, Soc Psychol Personal Sci 8:363.
"""

from collections.abc import Iterator

from escc_bayes.data.rounding import Interval, interval
from escc_bayes.data.study import Study
from escc_bayes.evidence.endpoints import endpoint
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.rules.curves import least_follow_up
from escc_bayes.evidence.rules.percentages import whole_number_prints
from escc_bayes.foundation.sentence import counted


def rates_before_censoring(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Report a rate within the printed minimum follow-up that no whole number of survivors yields."""
    book = ledger or Ledger()
    least = least_follow_up(study)
    for curve in study.survivals:
        for landmark in curve.landmarks:
            if least is None or not curve.n or float(landmark.t) > least:
                continue
            book.made()
            s = interval(landmark.s)
            if not whole_number_prints(Interval(100 * s.low, 100 * s.high), curve.n):
                yield Finding(
                    study.id,
                    "uncensored rates",
                    # Progression can be censored at the last scan, before the minimum follow-up ends.
                    "impossible" if endpoint(curve.endpoint) == "OS" else "ask the authors",
                    f"{curve.arm}, {curve.endpoint}: {landmark.s} at {counted(landmark.t, 'month')} is no fraction "
                    f"of {curve.n}.",
                    f"minimum follow-up {counted(least, 'month')}: S = k/{curve.n}, none in {s.low:g} to {s.high:g}",
                    curve.place,
                )
