"""Decision rules: a small closed grammar, read from words and printed as sentences.

success = criterion { " and " criterion }      criterion = "P(HR < 0.8 | data) > 0.5" | "log-rank one-sided 0.025"
Futility takes the first kind only, such as "P(HR < 1 | data) < 0.1", and acts at interim looks.
"""

import re
from dataclasses import dataclass

from escc_bayes.trial.errors import DesignError

POSTERIOR = re.compile(r"P\(\s*HR\s*<\s*([0-9.]+)\s*\|\s*data\s*\)\s*([<>])\s*([0-9.]+)")
LOG_RANK = re.compile(r"log-?rank one-sided ([0-9.]+)", re.IGNORECASE)
FORMS = '"P(HR < 1 | data) > 0.975" or "log-rank one-sided 0.025", joined by "and"'


@dataclass(frozen=True, slots=True)
class PosteriorCriterion:
    """P(HR < ``hr`` | data) above, or ``above`` false: below, ``threshold``."""

    hr: float
    above: bool
    threshold: float

    def words(self, ratio: str = "HR") -> str:
        """Return the criterion as a formula, the ratio named."""
        return f"P({ratio} < {self.hr:g} | data) {'>' if self.above else '<'} {self.threshold:g}"


@dataclass(frozen=True, slots=True)
class LogRankCriterion:
    """One-sided log-rank test at ``alpha``, over all looks together."""

    alpha: float

    def words(self, ratio: str = "HR") -> str:  # noqa: ARG002 - a log-rank test names no ratio
        """Return the criterion in words."""
        return f"log-rank test one-sided {self.alpha:g}"


type Criterion = PosteriorCriterion | LogRankCriterion


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """What counts as success, and what ends the trial for futility.

    Attributes
    ----------
    success : all must hold, at any look.
    futility : all must hold at an interim look; empty without futility.
    spending : of the log-rank test's alpha over several looks; empty where not stated.
    """

    name: str
    success: tuple[Criterion, ...]
    futility: tuple[PosteriorCriterion, ...] = ()
    spending: str = ""

    @property
    def hazard_ratios(self) -> tuple[float, ...]:
        """The ratios at which the rule asks the posterior."""
        return tuple(c.hr for c in (*self.success, *self.futility) if isinstance(c, PosteriorCriterion))

    @property
    def alphas(self) -> tuple[float, ...]:
        """The levels of its log-rank tests."""
        return tuple(c.alpha for c in self.success if isinstance(c, LogRankCriterion))

    def sentence(self, treatment: str, control: str, looks: int) -> str:
        """Say the rule.

        Examples
        --------
        >>> rule = DecisionRule("bayes", criteria("P(HR < 1 | data) > 0.975", "rule"))
        >>> rule.sentence("RT", "none", looks=1)
        'bayes: success if P(HR(RT vs none) < 1 | data) > 0.975 at the analysis.'
        """
        ratio = f"HR({treatment} vs {control})"
        when = "the analysis" if looks == 1 else f"any of {looks} looks"
        said = f"{self.name}: success if {joined(self.success, ratio)} at {when}"
        if self.alphas and looks > 1:
            said += f" (alpha spent as {SPENDING_WORDS[self.spending]})"
        if self.futility:
            said += f"; stopped for futility if {joined(self.futility, ratio)} at an interim look"
        return said + "."


SPENDING_WORDS = {"obrien_fleming": "O'Brien-Fleming by Lan-DeMets", "pocock": "Pocock by Lan-DeMets"}


def joined(parts: tuple[Criterion, ...] | tuple[PosteriorCriterion, ...], ratio: str) -> str:
    """Return criteria joined by "and"."""
    return " and ".join(part.words(ratio) for part in parts)


def criteria(text: str, where: str) -> tuple[Criterion, ...]:
    """Read criteria joined by "and".

    Raises
    ------
    DesignError : words outside the grammar, or a number that is no probability.
    """
    return tuple(criterion(part.strip(), where) for part in re.split(r"\band\b", text))


def criterion(text: str, where: str) -> Criterion:
    """Read one criterion."""
    if found := POSTERIOR.fullmatch(text):
        hr, threshold = plain_number(found[1], where), probability(found[3], where)
        if not hr > 0.0:
            raise DesignError(f"{where}: a hazard ratio is above 0, was given {found[1]} in '{text}'")
        return PosteriorCriterion(hr, found[2] == ">", threshold)
    if found := LOG_RANK.fullmatch(text):
        alpha = probability(found[1], where)
        if not alpha < 0.5:
            raise DesignError(f"{where}: a one-sided level is below 0.5, was given {found[1]}; such as 0.025")
        return LogRankCriterion(alpha)
    raise DesignError(f"{where}: '{text}' cannot be understood; write {FORMS}")


def posterior_criteria(text: str, where: str) -> tuple[PosteriorCriterion, ...]:
    """Read the criteria of futility."""
    found = criteria(text, where)
    kept = tuple(c for c in found if isinstance(c, PosteriorCriterion))
    if len(kept) < len(found):
        raise DesignError(f'{where}: futility goes by the posterior; write such as "P(HR < 1 | data) < 0.1"')
    return kept


def probability(text: str, where: str) -> float:
    """Return a number strictly between 0 and 1."""
    value = plain_number(text, where)
    if not 0.0 < value < 1.0:
        raise DesignError(f"{where}: {text} is no probability between 0 and 1; such as 0.975")
    return value


def plain_number(text: str, where: str) -> float:
    """Return the number that ``text`` is."""
    try:
        return float(text)
    except ValueError:
        raise DesignError(f"{where}: '{text}' is no number") from None
