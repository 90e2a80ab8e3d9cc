"""One published log hazard ratio, as pooling sees it, and how a standard error comes from what was printed.

From an interval at level L: se = (log upper - log lower) / (2 z), z the normal (1 + L) / 2 point. From a P value:
se = |log HR| / z, z the normal 1 - P / 2 point (two-sided) or 1 - P point (one-sided). Parmar 1998, Stat Med 17:2815.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from scipy.special import ndtri

from escc_bayes.foundation.careful import careful_class
from escc_bayes.foundation.errors import InputError

type BiasWord = Literal["observational", "immortal_time", "indirect_endpoint"]
BIAS_WORDS: tuple[str, ...] = get_args(BiasWord.__value__)


RANDOMISED = re.compile(r"randomi[sz]|\bRCT\b|\b(?:allocat|assign)\w+ by minimi[sz]ation", flags=re.IGNORECASE)
NOT_RANDOMISED = re.compile(
    r"\b(?:non|not|un|without|no|never|quasi|pseudo)[- ]*(?:been |formally |truly |centrally |treatment )?randomi[sz]"
    r"|randomi[sz]\w* (?:was )?not|mendelian|observational|retrosp|historical|external control|single[- ]arm"
    r"|\b(?:prospective|matched|population|comparative)[\w -]*cohort|cohort study|registry(?![- ]based randomi)"
    r"|case[- ]control|propensity|cross[- ]sectional|alternat\w+ allocation"
    r"|emulat|\bresponders\b|landmark analys|\brandomi[sz]ation (?:was )?(?:abandoned|broken|failed|given up)",
    flags=re.IGNORECASE,
)
"""Words of designs in which nobody was randomised to the groups compared, whatever else was randomised."""


class EvidenceError(InputError):
    """Published effects cannot be pooled as asked."""


@careful_class
@dataclass(frozen=True, slots=True)
class PublishedEffect:
    """A published log hazard ratio.

    Attributes
    ----------
    study : name of the study, unique in a pool.
    log_hr : log hazard ratio.
    se : its standard error; None where neither an interval nor an exact P value was printed.
    design : in words, as the study file has it.
    independence_group : studies of one group may share patients.
    biases : which bias terms apply: observational | immortal_time | indirect_endpoint.
    events : events behind the estimate; None where not printed.
    source : what the standard error was computed from, in words.
    """

    study: str
    log_hr: float
    se: float | None
    design: str
    independence_group: str
    biases: tuple[BiasWord, ...] = ()
    events: int | None = None
    source: str = ""

    def __post_init__(self) -> None:
        if not math.isfinite(self.log_hr):
            raise EvidenceError(f"study {self.study}: log hazard ratio is {self.log_hr}; give a finite number")
        if self.se is not None and not (math.isfinite(self.se) and self.se > 0.0):
            raise EvidenceError(f"study {self.study}: standard error is {self.se}; give a positive number or None")
        if self.events is not None and self.events < 0:
            raise EvidenceError(f"study {self.study}: events is {self.events}; give 0 or more, or None")


def log_hr_from_interval(hr: float, lower: float, upper: float, *, ci_level: float) -> tuple[float, float]:
    """Return log hazard ratio and standard error from a printed hazard ratio and confidence interval.

    Raises
    ------
    EvidenceError : the level is no probability, a number is not positive, or the interval excludes its estimate.

    Examples
    --------
    >>> log_hr, se = log_hr_from_interval(0.69, 0.52, 0.89, ci_level=0.95)
    >>> round(log_hr, 4), round(se, 4)
    (-0.3711, 0.1371)
    """
    printed = f"hazard ratio {hr:g} ({lower:g}-{upper:g}, level {ci_level:g})"
    if not 0.0 < ci_level < 1.0:
        raise EvidenceError(f"{printed}: the level must lie between 0 and 1; write 0.95 for 95 %")
    if not (0.0 < lower < upper < math.inf and lower <= hr <= upper):
        raise EvidenceError(f"{printed}: the limits must be positive and enclose the estimate; check the print")
    return math.log(hr), math.log(upper / lower) / (2.0 * float(ndtri((1.0 + ci_level) / 2.0)))


def log_hr_from_p(hr: float, p_value: float, *, sides: Literal["one", "two"]) -> tuple[float, float]:
    """Return log hazard ratio and standard error from a printed hazard ratio and its exact Wald P value.

    Raises
    ------
    EvidenceError : the P value is no probability, or no error follows from it (HR of 1, one-sided P >= 0.5).

    Examples
    --------
    >>> log_hr, se = log_hr_from_p(0.7, 0.32, sides="two")
    >>> round(log_hr, 5), round(se, 5)
    (-0.35667, 0.35866)
    """
    printed = f"hazard ratio {hr:g}, P {p_value:g} ({sides}-sided)"
    if sides not in ("one", "two"):
        raise EvidenceError(f"{printed}: sides must be 'one' or 'two'")
    if not (0.0 < hr < math.inf and 0.0 < p_value < 1.0):
        raise EvidenceError(f"{printed}: the ratio must be positive and P between 0 and 1; check the print")
    z = float(ndtri(1.0 - p_value / 2.0 if sides == "two" else 1.0 - p_value))
    if hr == 1.0 or z <= 0.0:
        raise EvidenceError(f"{printed}: no standard error follows from this; use an interval instead")
    return math.log(hr), abs(math.log(hr)) / z


def biases_of_design(design: str, *, immortal_time: bool, indirect_endpoint: bool) -> tuple[BiasWord, ...]:
    """Return the bias words of a design in words; anything not randomised within the study is observational.

    Examples
    --------
    >>> biases_of_design("retrospective multicentre PSM", immortal_time=True, indirect_endpoint=False)
    ('observational', 'immortal_time')
    >>> biases_of_design("observational analysis of a randomised trial", immortal_time=False, indirect_endpoint=False)
    ('observational',)
    """
    randomised = RANDOMISED.search(design) is not None and NOT_RANDOMISED.search(design) is None
    applies: tuple[tuple[BiasWord, bool], ...] = (
        ("observational", not randomised),
        ("immortal_time", immortal_time),
        ("indirect_endpoint", indirect_endpoint),
    )
    return tuple(word for word, present in applies if present)


def refuse_shared_patients(effects: Sequence[PublishedEffect], disjoint: Sequence[str]) -> None:
    """Raise ``EvidenceError`` if a study stands twice or two studies belong to one independence group.

    ``disjoint`` names the groups whose members were found to share no patient.
    """
    seen: dict[str, str] = {}
    studies: set[str] = set()
    for effect in effects:
        if effect.study in studies:
            raise EvidenceError(f"study {effect.study} stands twice in the pool; keep its preferred estimate")
        studies.add(effect.study)
        group = effect.independence_group
        if group in seen and group not in disjoint:
            raise EvidenceError(
                f"studies {seen[group]} and {effect.study} belong to one independence group '{group}' and may share "
                f'patients; keep one of them, or state why they share none: --disjoint {group}="reason" '
                f'(in Python: disjoint = {{"{group}": "reason"}})'
            )
        seen[group] = effect.study
