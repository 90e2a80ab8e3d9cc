"""Levels on which there is next to nothing: fewer than five events."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from escc_bayes.data.covariates import CovariateData
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.transitions import in_words

FEW_EVENTS = 5


@dataclass(frozen=True, slots=True)
class ThinLevel:
    """A level of a covariate with patients, and fewer than five events: in all, or of one ``transition``."""

    covariate: str
    level: str
    events: int
    patients: int
    transition: str = ""

    @property
    def sentence(self) -> str:
        """Say so in a sentence of its own."""
        return f"{self.words}; its estimate rests on little data"

    @property
    def words(self) -> str:
        """Say so in a few words."""
        of = f" of {in_words(self.transition)}" if self.transition else ""
        events, patients = counted(self.events, "event"), counted(self.patients, "patient")
        return f"{self.covariate} = {self.level}: {events}{of} in {patients}"


def thin_sentences(thin: Sequence[ThinLevel], clusters: Collection[str] = ()) -> tuple[str, ...]:
    """Return a sentence for each thin level; of covariates with an intercept for each level one for all levels.

    Examples
    --------
    >>> pairs = [ThinLevel("pair", "1", 2, 2), ThinLevel("pair", "2", 1, 2), ThinLevel("arm", "b", 3, 9)]
    >>> for sentence in thin_sentences(pairs, {"pair"}):
    ...     print(sentence)
    arm = b: 3 events in 9 patients; its estimate rests on little data
    pair: 2 levels with fewer than 5 events (1.5 in the median); each rests on little data, and is drawn to the rest
    """
    each = tuple(level.sentence for level in thin if level.covariate not in clusters)
    said = []
    for name in dict.fromkeys(level.covariate for level in thin if level.covariate in clusters):
        own = [level for level in thin if level.covariate == name]
        if len(own) == 1:
            said.append(own[0].sentence)
            continue
        said.append(
            f"{name}: {len(own)} levels with fewer than {FEW_EVENTS} events "
            f"({np.median([level.events for level in own]):g} in the median); each rests on little data, and is "
            "drawn to the rest"
        )
    return (*each, *said)


def thin_levels(
    covariates: dict[str, CovariateData], event: FloatArray, patient: IntArray | None = None
) -> tuple[ThinLevel, ...]:
    """Return each level with patients and fewer than five events.

    Parameters
    ----------
    covariates : of the patients analysed, complete.
    event : (n,) 0/1.
    patient : (n,) whose row each is; None: each patient has one.
    """
    found = []
    had: NDArray[np.int64] = event.astype(np.int64)
    for name, covariate in covariates.items():
        levels = covariate.schema.levels
        if not levels:
            continue
        counts = np.bincount(covariate.values.astype(np.int64) * 2 + had, minlength=2 * len(levels)).reshape(-1, 2)
        for level, (without, events) in zip(levels, counts.tolist(), strict=True):
            if without + events > 0 and events < FEW_EVENTS:
                inside = covariate.values == levels.index(level)
                patients = without + events if patient is None else np.unique(patient[inside]).size
                found.append(ThinLevel(name, level, events, patients))
    return tuple(found)
