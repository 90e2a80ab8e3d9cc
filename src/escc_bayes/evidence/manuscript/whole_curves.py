"""What several sentences print of one group's survival, as one curve: the median of one, the rates of another."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from escc_bayes.data.published import PublishedSurvival


def whole_curves(curves: Iterable[PublishedSurvival]) -> tuple[PublishedSurvival, ...]:
    """Return the curves with those of one group, endpoint and analysis as one; apart where they deny each other.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from escc_bayes.data.published import Landmark
    >>> median = PublishedSurvival("", "RT", "OS", "", n=40, median=Decimal("21.4"))
    >>> rate = PublishedSurvival("", "RT", "OS", "", n=40, landmarks=(Landmark(Decimal(24), Decimal("0.449")),))
    >>> [(str(curve.median), len(curve.landmarks)) for curve in whole_curves([median, rate])]
    [('21.4', 1)]
    """
    found: dict[tuple[object, ...], list[PublishedSurvival]] = {}
    for curve in curves:
        about = (curve.arm, curve.endpoint, curve.n, curve.cutoff, curve.time_origin)
        found.setdefault(about, []).append(curve)
    return tuple(curve for same in found.values() for curve in ([as_one(same)] if agree(same) else same))


def agree(curves: Sequence[PublishedSurvival]) -> bool:
    """Whether curves print nothing twice: one median at most, and a month's rate once."""
    medians = [curve for curve in curves if curve.median is not None or curve.median_reached is not None]
    months = [mark.t for curve in curves for mark in curve.landmarks]
    counted = [curve for curve in curves if curve.at_risk]
    return len(medians) <= 1 and len(set(months)) == len(months) and len(counted) <= 1


def as_one(curves: Sequence[PublishedSurvival]) -> PublishedSurvival:
    """Return curves that agree as one, with the quote of the median."""
    first = next((curve for curve in curves if curve.median is not None or curve.median_reached is not None), curves[0])
    return replace(
        first,
        landmarks=tuple(sorted((mark for curve in curves for mark in curve.landmarks), key=lambda mark: mark.t)),
        at_risk=next((curve.at_risk for curve in curves if curve.at_risk), ()),
        events=next((curve.events for curve in curves if curve.events is not None), None),
        followup_median=next((c.followup_median for c in curves if c.followup_median is not None), None),
    )
