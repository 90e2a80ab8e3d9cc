"""A published hazard ratio: what was printed, and the normal likelihood that it stands for.

From an interval: estimate (log lower + log upper) / 2 and standard error (log upper - log lower) / (2 c), c the normal
(1 + level) / 2 point, as Matthews and Held take them. From a ratio and its P value: standard error |log HR| / z. From a
P value alone: z, without a side. Intervals, where printed, go before P.
"""

import math
from dataclasses import dataclass

from scipy.special import ndtr, ndtri

from escc_bayes.foundation.errors import InputError


class RatioError(InputError):
    """A published hazard ratio is no hazard ratio, or too little was printed."""


@dataclass(frozen=True, slots=True)
class PublishedRatio:
    """One published hazard ratio, its interval or its P value.

    Attributes
    ----------
    hr : as printed; NaN: a P value alone.
    lower, upper : as printed, at ``level``; NaN where none was printed.
    level : such as 0.95; of the printed interval, and of every interval asked for.
    p_value : as printed; NaN where none was.
    one_sided : whether the printed P value is.
    term, contrast, endpoint, study : what it is of; may be empty.
    place : where it stands, for messages.

    Raises
    ------
    RatioError : a number is out of range, the limits do not hold the ratio, or no likelihood follows.
    """

    hr: float = math.nan
    lower: float = math.nan
    upper: float = math.nan
    level: float = 0.95
    p_value: float = math.nan
    one_sided: bool = False
    term: str = ""
    contrast: str = ""
    endpoint: str = ""
    study: str = ""
    place: str = "the hazard ratio"

    def __post_init__(self) -> None:
        if not 0.5 <= self.level < 1.0:
            raise RatioError(f"{self.place}: level {self.level:g} is none; write 0.95 for 95 %")
        for name, value in (("hr", self.hr), ("lower", self.lower), ("upper", self.upper)):
            if not (math.isnan(value) or 0.0 < value < math.inf):
                raise RatioError(f"{self.place}: {name} is {value:g}; a hazard ratio and its limits are above 0")
        if not (math.isnan(self.p_value) or 0.0 < self.p_value <= 1.0):
            raise RatioError(
                f"{self.place}: P is {self.p_value:g}; give a P value above 0 and up to 1 (for P < 0.001 give 0.001, "
                "and read the answer as a bound)"
            )
        refuse_limits(self)
        refuse_too_little(self)

    @property
    def has_interval(self) -> bool:
        """Whether an interval was printed."""
        return not math.isnan(self.lower)

    @property
    def log_hr(self) -> float:
        """Log hazard ratio: the middle of the interval, or that of the printed ratio; NaN for a P value alone."""
        return (math.log(self.lower) + math.log(self.upper)) / 2.0 if self.has_interval else math.log(self.hr)

    @property
    def se(self) -> float:
        """Standard error of the log hazard ratio; NaN for a P value alone."""
        if self.has_interval:
            return math.log(self.upper / self.lower) / (2.0 * float(ndtri((1.0 + self.level) / 2.0)))
        return abs(math.log(self.hr)) / self.z_of_p

    @property
    def z(self) -> float:
        """Estimate over standard error; positive where only a P value is known."""
        return self.z_of_p if math.isnan(self.log_hr) else self.log_hr / self.se

    @property
    def z_of_p(self) -> float:
        """The normal point of the printed P value."""
        return float(-ndtri(self.p_value if self.one_sided else self.p_value / 2.0))

    @property
    def two_sided_p(self) -> float:
        """The two-sided Wald P value that goes with ``z``."""
        return 2.0 * float(ndtr(-abs(self.z)))

    @property
    def limits(self) -> tuple[float, float]:
        """The printed interval, or the Wald interval that the P value implies; NaN for a P value alone."""
        if self.has_interval or math.isnan(self.hr):
            return self.lower, self.upper
        half = float(ndtri((1.0 + self.level) / 2.0)) * self.se
        return self.hr * math.exp(-half), self.hr * math.exp(half)

    @property
    def middle(self) -> float:
        """The hazard ratio that an E-value is of: as printed, else the middle of the interval."""
        return self.hr if not math.isnan(self.hr) else math.exp(self.log_hr)


def refuse_limits(ratio: PublishedRatio) -> None:
    """Raise if one limit stands alone, the limits are reversed or equal, or they leave the ratio out."""
    lower, upper = ratio.lower, ratio.upper
    if math.isnan(lower) != math.isnan(upper):
        raise RatioError(f"{ratio.place}: one limit stands alone; give lower and upper")
    if math.isnan(lower):
        return
    if not lower < upper:
        raise RatioError(f"{ratio.place}: the interval {lower:g} to {upper:g} does not rise; check its limits")
    if not math.isnan(ratio.hr) and not lower <= ratio.hr <= upper:
        raise RatioError(f"{ratio.place}: the interval {lower:g} to {upper:g} leaves out the ratio {ratio.hr:g}")


def refuse_too_little(ratio: PublishedRatio) -> None:
    """Raise where neither an interval nor a usable P value was given."""
    if ratio.has_interval:
        return
    if math.isnan(ratio.p_value):
        raise RatioError(f"{ratio.place}: give lower and upper, or P; a ratio alone says nothing of its precision")
    if math.isnan(ratio.hr):
        return
    if ratio.hr == 1.0 or ratio.z_of_p <= 0.0:
        side = "one-sided" if ratio.one_sided else "two-sided"
        raise RatioError(
            f"{ratio.place}: HR {ratio.hr:g} with a {side} P of {ratio.p_value:g} gives no standard error; give its "
            "interval"
        )
