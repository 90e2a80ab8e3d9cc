"""The null of a criterion: the truth at which its claim just fails, and at which it has its type I error.

``P(HR < c | data) > q`` claims a hazard ratio below c, so its null is the hazard ratio c; a difference beyond d has its
null at the difference d. Which truth that is: ``null_truth.py``. ``docs/methods/trial_rules.md``.
"""

from dataclasses import dataclass
from typing import Literal

from escc_bayes.foundation.sentence import counted

type NullKind = Literal["hazard_ratio", "rmst", "survival"]


@dataclass(frozen=True, slots=True)
class Null:
    """Where a claim just fails: hazard ratio ``limit``, or difference ``limit`` of a kind to or at ``month``.

    Examples
    --------
    >>> Null("hazard_ratio", 1.3).words
    'hazard ratio 1.3'
    >>> Null("survival", -0.1, 24.0).words
    'survival difference at 24 months of -0.1'
    """

    kind: NullKind
    limit: float
    month: float = 0.0

    @property
    def words(self) -> str:
        """Say the null."""
        if self.kind == "hazard_ratio":
            return f"hazard ratio {self.limit:g}"
        what = "RMST difference to" if self.kind == "rmst" else "survival difference at"
        return f"{what} {counted(self.month, 'month')} of {self.limit:g}"

    @property
    def truth(self) -> "Null":
        """The same truth, whichever claim it is the null of: no difference of any kind is a hazard ratio of 1."""
        return EQUAL if self.without_effect else self

    @property
    def claim(self) -> str:
        """Say what a success claims."""
        if self.kind == "hazard_ratio":
            return f"a hazard ratio below {self.limit:g}"
        return self.words.replace(" of ", " above ")

    @property
    def beyond(self) -> str:
        """Say on which side of the limit treatment does worse."""
        return "above" if self.kind == "hazard_ratio" else "less"

    @property
    def without_effect(self) -> bool:
        """Whether it is the truth without any effect."""
        return self.limit == (1.0 if self.kind == "hazard_ratio" else 0.0)


EQUAL = Null("hazard_ratio", 1.0)
