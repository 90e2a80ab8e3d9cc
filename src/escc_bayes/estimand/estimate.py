"""An answer: value and interval with its kind and level, method, and the record of where it came from."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from escc_bayes.foundation.record import Record
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray

# The exponential of a larger number overflows.
LARGEST_EXPONENT = 700.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number with its interval.

    Attributes
    ----------
    endpoint, estimand, term, contrast, time : what was estimated; ``time`` in months, NaN where none belongs.
    method, model : by what; ``bayes_nuts`` and a specification, or ``cox`` and the like.
    value, lower, upper : months, fractions or ratios; NaN = not reached.
    level, interval_kind : 0.95 and ``credible`` or ``confidence``.
    population : whose covariates were averaged over: group | everyone | "" (hazard ratios).
    prob_gt_1, p_value, log_mean, log_sd : for hazard ratios; NaN where they do not apply.
    n, rows, events : patients, their rows at risk and events behind it: of the group, of both groups of a contrast; of
        the model for a hazard ratio.
    clock : where time starts, in words.
    record : of the fit.
    verdict : of the diagnostics; "ok" for methods without sampling.
    note : what a reader must know of this number, such as that it lies beyond follow-up.
    strata : names of what the analysis is stratified by, with commas; "" for none.
    centres : how centres (or other clusters with a random intercept) entered; "" where the model has none.
    last_follow_up : months to which the last of these patients was followed; of a contrast, in the group followed less.
    groups : of a contrast of two levels, patients, events and last follow-up of each in words.
    months : of a hazard ratio that changes over time, the months (start, stop] in which it holds; ``n`` and ``events``
        are then those at risk and the events of the model in these months.
    transition : of a hazard ratio of an illness-death model, the transition; ``n`` and ``events`` are those at risk of
        it, and its events.
    """

    endpoint: str
    estimand: str
    term: str
    contrast: str
    method: str
    model: str
    value: float
    lower: float
    upper: float
    level: float
    interval_kind: str
    n: int
    rows: int
    events: int
    clock: str
    record: Record
    time: float = math.nan
    population: str = ""
    prob_gt_1: float = math.nan
    p_value: float = math.nan
    log_mean: float = math.nan
    log_sd: float = math.nan
    verdict: str = "ok"
    note: str = ""
    strata: str = ""
    centres: str = ""
    last_follow_up: float = math.nan
    groups: str = ""
    months: tuple[float, float] | None = None
    transition: str = ""

    @property
    def remark(self) -> str:
        """All that a reader must know of this number: how centres entered, and its note."""
        return "; ".join(part for part in (self.centres, self.note) if part)

    @property
    def contrast_in(self) -> str:
        """The contrast with its transition, where it has one: ``III vs II, progression``."""
        return f"{self.contrast}, {self.transition}" if self.transition else self.contrast

    def __repr__(self) -> str:
        what = f"{self.estimand} {self.term} {self.contrast_in}".strip()
        when = f" at {counted(self.time, 'month')}" if not math.isnan(self.time) else ""
        naive = "NAIVE " if self.clock.startswith("NAIVE") else ""
        lower, upper = limit_words(self, ".3g")
        return (
            f"{self.record.provenance.upper()} {naive}{self.endpoint} {what}{when}: {self.value:.3g} "
            f"({100 * self.level:g} % {self.interval_kind} interval {lower} to {upper}; "
            f"{self.method}, {self.model})"
        )


def ratios_of(logarithms: FloatArray) -> FloatArray:
    """Return hazard ratios, infinite or 0 where no number holds them: per unit of a number that is all but 0."""
    with np.errstate(over="ignore", under="ignore"):
        return np.asarray(np.exp(logarithms))


def size_note(term: str, limits: Sequence[float]) -> str:
    """Say that a hazard ratio cannot be printed in its unit, where it or a limit is 0 or infinite."""
    if all(0.0 < x < math.inf or math.isnan(x) for x in limits):
        return ""
    return f"no number holds this hazard ratio per unit of {term}: state its scale in the schema; log_hr_mean is right"


def joined_notes(*notes: str) -> str:
    """Return the notes that there are, as one; one that comes twice stands once."""
    return "; ".join(dict.fromkeys(note for note in notes if note))


def limit_words(e: Estimate, form: str) -> tuple[str, str]:
    """Return both limits as text; one that does not exist says so: a median's is not reached."""
    absent = "not reached" if e.estimand == "median" else "not available"
    lower, upper = (absent if math.isnan(x) else format(x, form) for x in (e.lower, e.upper))
    return lower, upper


def ratio_words(e: Estimate) -> str:
    """Return a hazard ratio as one line: value, interval with its kind, P value or probability, method."""
    head = f"HR {e.term} {e.contrast_in}"
    within = f"; {e.centres}" if e.centres else ""
    if math.isnan(e.lower):
        return f"{head}: {e.note or 'not estimable'} ({e.method}{within})"
    interval = f"{100 * e.level:g} % {e.interval_kind} interval {e.lower:.2f} to {e.upper:.2f}"
    if not math.isnan(e.prob_gt_1):
        return f"{head}: {e.value:.2f} ({interval}; P(HR > 1 | data) = {e.prob_gt_1:.3f}{within})"
    return f"{head}: {e.value:.2f} ({interval}, {p_words(e.p_value)}; {e.method}{within})"


def noted_ratios(estimates: Sequence[Estimate]) -> list[str]:
    """Return each hazard ratio as a line, then each note once, with the contrasts to which it belongs."""
    return [*(f"  {ratio_words(e)}" for e in estimates), *(f"  {note}" for note in notes_once(estimates))]


def notes_once(estimates: Sequence[Estimate]) -> list[str]:
    """Return each note of estimates once, as a sentence that names the contrasts to which it belongs."""
    whose: dict[str, list[str]] = {}
    for e in estimates:
        if e.note and not math.isnan(e.lower):
            whose.setdefault(e.note, []).append(f"{e.term} {e.contrast_in}")
    return [f"Note on {', '.join(named)}: {note}." for note, named in whose.items()]


def p_words(p_value: float) -> str:
    """Return a P value as papers print it.

    Examples
    --------
    >>> p_words(0.0123), p_words(0.00004)
    ('P = 0.012', 'P < 0.001')
    """
    return "P < 0.001" if p_value < 0.001 else f"P = {p_value:.3f}"


def summary(draws: FloatArray, level: float) -> tuple[float, float, float]:
    """Return the median and the equal-tailed interval of draws.

    Parameters
    ----------
    draws : (d,).
    level : such as 0.95.

    Returns
    -------
    median, lower, upper.
    """
    tail = (1.0 - level) / 2.0
    # Between a month and one that never comes there is none: the draws' own values.
    never, points = bool(np.isposinf(draws).any()), [0.5, tail, 1.0 - tail]
    found = np.quantile(draws, points, method="inverted_cdf") if never else np.quantile(draws, points)
    middle, lower, upper = found
    return float(middle), float(lower), float(upper)


def ratio_summary(logarithms: FloatArray, level: float) -> tuple[float, float, float]:
    """Return the median and the equal-tailed interval of hazard ratios from draws (d,) of their logarithms.

    Where a hazard ratio is too large for a number, quantiles are those of the logarithms: between infinite ones there
    are none.
    """
    if float(np.abs(logarithms).max()) < LARGEST_EXPONENT:
        return summary(np.exp(logarithms), level)
    value, lower, upper = ratios_of(np.array(summary(logarithms, level))).tolist()
    return value, lower, upper
