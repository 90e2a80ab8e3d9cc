"""Decision rules: criteria of success and of futility under a name, printed as sentences."""

from collections.abc import Iterable
from dataclasses import dataclass

from escc_bayes.foundation.careful import careful, careful_class
from escc_bayes.trial.design.criterion import Criterion, LogRankCriterion
from escc_bayes.trial.design.futility import FutilityCriterion
from escc_bayes.trial.design.null import Null
from escc_bayes.trial.significance.alpha_spending import AlphaSpending
from escc_bayes.trial.significance.measures import Measure


@careful_class
@dataclass(frozen=True, slots=True)
class DecisionRule:
    """What counts as success, and what ends the trial for futility.

    Attributes
    ----------
    success : all must hold, at any look; a test other than the log-rank test holds at the final look alone.
    futility : all must hold at an interim look; empty without futility.
    spending : of the log-rank test's alpha over several looks; None where not stated.
    borrows : whether its posterior borrows historical controls.
    futility_looks : at which looks futility is asked, counted from 1; empty: at every interim look.
    binding : whether futility must stop the trial, so that the boundary of its log-rank test may count on it.
    """

    name: str
    success: tuple[Criterion, ...]
    futility: tuple[FutilityCriterion, ...] = ()
    spending: AlphaSpending | None = None
    borrows: bool = False
    futility_looks: tuple[int, ...] = ()
    binding: bool = False

    def futility_acts(self, looks: int) -> tuple[bool, ...]:
        """Return at which of so many looks futility is asked; never at the final one."""
        named = self.futility_looks or tuple(range(1, looks))
        return tuple(bool(self.futility) and place < looks and place in named for place in range(1, looks + 1))

    @property
    def hazard_ratios(self) -> tuple[float, ...]:
        """The ratios at which the rule asks the posterior."""
        return tuple(ratio for criterion in (*self.success, *self.futility) for ratio in criterion.hazard_ratios)

    @property
    def nulls(self) -> tuple[Null, ...]:
        """The nulls of its criteria of success, each once."""
        return tuple(dict.fromkeys(criterion.null for criterion in self.success))

    @property
    def tests(self) -> tuple[LogRankCriterion, ...]:
        """Its log-rank tests, or tests of the Cox model; one at most once the rule has been read."""
        return tuple(criterion for criterion in self.success if isinstance(criterion, LogRankCriterion))

    @property
    def test(self) -> LogRankCriterion | None:
        """Its log-rank test, or test of the Cox model; None without."""
        return next(iter(self.tests), None)

    @property
    def only_final(self) -> bool:
        """Whether it can succeed at the final look alone: it asks for a test that is made there only."""
        return any(criterion.only_final for criterion in self.success)

    @careful
    def measures(self, *, final: bool) -> tuple[Measure, ...]:
        """Return what the rule measures beside the posterior, at an interim or at the final look.

        One that succeeds at the final look alone measures before it only what its futility goes by.
        """
        asked = self.success
        if self.only_final and not final:
            asked = self.tests if self.futility else ()
        measured = [criterion.measure for criterion in asked]
        if not final:
            measured += [criterion.measure for criterion in self.futility]
        return tuple(measure for measure in measured if measure is not None)

    @property
    def asks_posterior(self) -> bool:
        """Whether the rule asks the posterior anything."""
        return bool(self.hazard_ratios) or self.asks_moments

    @property
    def asks_moments(self) -> bool:
        """Whether the rule needs mean and standard deviation of the posterior: for predictive probabilities."""
        return any(criterion.asks_moments for criterion in self.futility)

    @property
    def by_normal(self) -> bool:
        """Whether all that it asks is a boundary on one normal estimate: what conditional probabilities need."""
        return all(criterion.by_normal for criterion in self.success)

    @property
    def goes_by_log_rank(self) -> bool:
        """Whether its futility goes by its own log-rank test."""
        return any(criterion.by_log_rank for criterion in self.futility)

    @careful
    def sentence(self, treatment: str, control: str, looks: int) -> str:
        """Say the rule.

        Examples
        --------
        >>> from escc_bayes.trial.design.criterion import PosteriorCriterion
        >>> rule = DecisionRule("bayes", (PosteriorCriterion(hr=1.0, above=True, threshold=0.975),))
        >>> rule.sentence("RT", "none", looks=1)
        'bayes: success if P(HR(RT vs none) < 1 | data) > 0.975 at the analysis.'
        """
        ratio = f"HR({treatment} vs {control})"
        when = "the analysis" if looks == 1 else "the final look" if self.only_final else f"any of {looks} looks"
        said = f"{self.name}: success if {criteria_words(self.success, ratio)} at {when}"
        if self.spending is not None and self.tests and looks > 1:
            said += f" ({self.spending.words()})"
        if self.borrows:
            said += " with borrowed controls"
        if self.futility:
            said += f"; stopped for futility if {criteria_words(self.futility, ratio)} at {self.futility_when()}"
            said += ", which is binding" if self.binding else ""
        return said + "."

    def futility_when(self) -> str:
        """Say at which looks futility is asked."""
        if not self.futility_looks:
            return "an interim look"
        named = " and ".join(f"{place}" for place in self.futility_looks)
        return f"look {named}" if len(self.futility_looks) == 1 else f"looks {named}"


def criteria_words(parts: Iterable[Criterion | FutilityCriterion], ratio: str) -> str:
    """Return criteria joined by "and"."""
    return " and ".join(part.words(ratio) for part in parts)
