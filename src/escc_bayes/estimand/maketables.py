"""What maketables asks of a fitted model, so that ``ETable`` sets it beside those of other packages.

Attributes of maketables' plug-in format: https://py-econometrics.github.io/maketables. Coefficients are log hazard
ratios with their limits; a posterior has no P value, hence no stars.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from escc_bayes.estimand.estimate import Estimate

if TYPE_CHECKING:
    import pandas as pd

LABELS = {
    "N": "Patients",
    "events": "Events",
    "method": "Method",
    "interval": "Interval",
    "clock": "Time from",
    "provenance": "Data",
    "verdict": "Computed",
}


class Tabulated(Protocol):
    """What ``ForMaketables`` asks of a fitted model."""

    def tabulated(self) -> Sequence[Estimate]:
        """Return the hazard ratios of the method that stands in such a table."""
        ...


class ForMaketables:
    """maketables' plug-in format, from the hazard ratios of one method."""

    __slots__ = ()

    @property
    def __maketables_coef_table__(self: Tabulated) -> "pd.DataFrame":
        """Log hazard ratios, one row each, with their limits as log and as hazard ratios."""
        import pandas as pd

        rows = [coefficient(e) for e in self.tabulated()]
        names = pd.Index([name_of(e) for e in self.tabulated()], name="Coefficient")
        return pd.DataFrame(rows, index=names)

    @property
    def __maketables_depvar__(self: Tabulated) -> str:
        """The endpoint."""
        return next((e.endpoint for e in self.tabulated()), "")

    @property
    def __maketables_stat_labels__(self) -> dict[str, str]:
        """Words for the lines below the coefficients."""
        return dict(LABELS)

    @property
    def __maketables_default_stat_keys__(self) -> list[str]:
        """The lines below the coefficients."""
        return list(LABELS)

    def __maketables_stat__(self: Tabulated, key: str) -> object:
        """Return one line below the coefficients; None for what there is not."""
        first = next(iter(self.tabulated()), None)
        if first is None or key not in LABELS:
            return None
        return {
            "N": first.n,
            "events": first.events,
            "method": first.method,
            "interval": f"{100 * first.level:g} % {first.interval_kind}",
            "clock": first.clock,
            "provenance": first.record.provenance.upper(),
            "verdict": first.verdict,
        }[key]


def name_of(e: Estimate) -> str:
    """Return the name of a coefficient, without a colon, which maketables would take for an interaction."""
    return " ".join(part for part in (e.term, e.contrast, e.transition) if part)


def coefficient(e: Estimate) -> dict[str, float]:
    """Return the row of one hazard ratio; t and P of a posterior do not exist."""
    b, std_error = log(e.value), e.log_sd
    bayes = e.interval_kind == "credible"
    return {
        "b": b,
        "se": std_error,
        "t": math.nan if bayes or not std_error > 0.0 else b / std_error,
        "p": e.p_value,
        "ci95l": log(e.lower),
        "ci95u": log(e.upper),
        "hr": e.value,
        "hr_lower": e.lower,
        "hr_upper": e.upper,
        "prob_gt_1": e.prob_gt_1,
    }


def log(ratio: float) -> float:
    """Return the logarithm of a hazard ratio; minus infinity of 0.

    Examples
    --------
    >>> log(0.0)
    -inf
    """
    return -math.inf if ratio == 0.0 else math.log(ratio)
