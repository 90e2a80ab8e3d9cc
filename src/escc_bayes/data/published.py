"""What a study printed: estimates, survival, numbers, every digit as printed. Facts only."""

from dataclasses import dataclass, field
from decimal import Decimal

from escc_bayes.foundation.careful import careful_class


@dataclass(frozen=True, slots=True)
class PublishedEstimate:
    """One printed effect or test.

    Attributes
    ----------
    place : where it stands in the file, for messages and findings.
    effect, endpoint, measure : what was estimated: HR, pooled HR, OR, logrank, logrank 3 groups, test, or other words.
    value, ci_low, ci_high, ci_level, se_log_hr : the hazard ratio of ``hazard_of`` over ``versus`` and its interval.
    p, p_text, chi2, groups : the P value (or its bound, as printed), the statistic, and how many groups were compared.
    adjusted : False, True or the words of the design (``PSM``, ``randomised``).
    quote : the words that carry the numbers.
    """

    place: str
    effect: str
    endpoint: str
    measure: str
    quote: str
    value: Decimal | None = None
    ci_low: Decimal | None = None
    ci_high: Decimal | None = None
    ci_level: Decimal | None = None
    se_log_hr: Decimal | None = None
    p: Decimal | None = None
    p_text: str | None = None
    chi2: Decimal | None = None
    groups: int | None = None
    hazard_of: str = ""
    versus: str = ""
    n_hazard_of: int | None = None
    n_versus: int | None = None
    events: int | None = None
    events_hazard_of: int | None = None
    events_versus: int | None = None
    adjusted: bool | str | None = None
    adjustment: str = ""
    subgroup: str = ""
    cutoff: str = ""
    timing: str = ""
    coding_note: str = ""
    flag: str = ""
    i2: Decimal | None = None
    preferred: bool = False
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Landmark:
    """Survival ``s`` (a fraction) at ``t`` months, with its interval if printed."""

    t: Decimal
    s: Decimal
    lo: Decimal | None = None
    hi: Decimal | None = None


@dataclass(frozen=True, slots=True)
class AtRisk:
    """``n`` patients at risk at ``t`` months, as printed below a curve."""

    t: Decimal
    n: int


@dataclass(frozen=True, slots=True)
class PublishedSurvival:
    """One printed curve: median in months, landmarks as fractions, of ``n`` patients of one arm; numbers at risk."""

    place: str
    arm: str
    endpoint: str
    quote: str
    landmarks: tuple[Landmark, ...] = ()
    at_risk: tuple[AtRisk, ...] = field(default=(), repr=False)
    n: int | None = None
    events: int | None = None
    median: Decimal | None = None
    median_ci_low: Decimal | None = None
    median_ci_high: Decimal | None = None
    median_reached: bool | None = None
    followup_median: Decimal | None = None
    cutoff: str = ""
    time_origin: str = ""
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PublishedNumber:
    """Any other printed number, by name (``stage_II_n``, ``male_percent``, ``alc_mid_sd``)."""

    place: str
    name: str
    value: Decimal
    quote: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Misprint:
    """A number that nothing can have: the ``key`` of one entry, its print, and why it is impossible."""

    place: str
    key: str
    printed: str
    why: str


@dataclass(frozen=True, slots=True)
class Unread:
    """What a file holds and nobody could read, with the reason."""

    place: str
    why: str


@careful_class
@dataclass(frozen=True, slots=True)
class Study:
    """What one study printed; facts only.

    ``independence_group``: never pool two studies of one group. ``misprints`` and ``unread`` hold what stands in no
    other field: numbers that no print can mean, and, in a study read for an audit, what could not be read.
    """

    id: str
    citation: str
    estimates: tuple[PublishedEstimate, ...] = ()
    survivals: tuple[PublishedSurvival, ...] = ()
    numbers: tuple[PublishedNumber, ...] = ()
    n: int | None = None
    year: int | None = None
    doi: str = ""
    design: str = ""
    population: str = ""
    country: str = ""
    source: str = ""
    read: str = ""
    use: str = ""
    independence_group: str = ""
    tables_status: str = ""
    questions: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    misprints: tuple[Misprint, ...] = field(default=(), repr=False)
    unread: tuple[Unread, ...] = field(default=(), repr=False)
