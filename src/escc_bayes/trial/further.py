"""What a design asks beside its operating characteristics: the map of its borrowing."""

from dataclasses import dataclass

from escc_bayes.foundation.chunks import Progress
from escc_bayes.foundation.scheduler import Scheduler
from escc_bayes.foundation.seeds import Seed
from escc_bayes.trial.borrowing_map import BorrowingMap, borrowing_map, map_sentences
from escc_bayes.trial.design import TrialDesign


@dataclass(frozen=True, slots=True)
class Further:
    """Answers; None where the design does not ask."""

    borrowing: BorrowingMap | None


def further(design: TrialDesign, *, seed: Seed, scheduler: Scheduler, progress: Progress | None = None) -> Further:
    """Answer what the design asks."""
    return Further(borrowing_map(design, seed=seed, scheduler=scheduler, progress=progress))


def further_sentences(found: Further) -> tuple[str, ...]:
    """Say the answers."""
    return map_sentences(found.borrowing) if found.borrowing is not None else ()
