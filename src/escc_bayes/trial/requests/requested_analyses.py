"""What a design asks beside its operating characteristics, answered and said."""

from dataclasses import dataclass

from escc_bayes.foundation.chunks import Progress
from escc_bayes.foundation.scheduler import Scheduler
from escc_bayes.foundation.seeds import Seed
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.trial_plan import planned
from escc_bayes.trial.requests.borrowing_map import BorrowingMap, borrowing_map, map_sentences
from escc_bayes.trial.requests.estimation import EstimateAtStop, estimates_at_stop, estimation_sentences
from escc_bayes.trial.requests.sensitivity_indices import (
    SensitivityIndex,
    index_sentences,
    sensitivity_indices,
    sources,
)
from escc_bayes.trial.requests.sizing import Sizing, sized, sizing_sentences
from escc_bayes.trial.requests.threshold import SolvedThreshold, solved_threshold, threshold_sentences
from escc_bayes.trial.simulation.checkpoint import Keep, nothing_kept


@dataclass(frozen=True, slots=True)
class RequestedAnalyses:
    """Answers; None, or none, where the design does not ask."""

    borrowing: BorrowingMap | None
    sizing: Sizing | None
    threshold: SolvedThreshold | None
    indices: tuple[SensitivityIndex, ...]
    estimation: tuple[EstimateAtStop, ...] = ()


def requested_analyses(
    design: TrialDesign,
    *,
    trials: int,
    seed: Seed,
    scheduler: Scheduler,
    keep: Keep = nothing_kept,
    progress: Progress | None = None,
) -> RequestedAnalyses:
    """Answer what the design asks; ``trials`` for what hangs on the design's own scenarios.

    ``keep`` names where each part's finished chunks are kept.
    """
    return RequestedAnalyses(
        borrowing_map(design, seed=seed, scheduler=scheduler, store=keep("borrowing map"), progress=progress),
        sized(design, seed=seed, scheduler=scheduler, keep=keep, progress=progress),
        solved_threshold(design, seed=seed, scheduler=scheduler, store=keep("threshold"), progress=progress),
        sensitivity_indices(
            design, trials=trials, seed=seed, scheduler=scheduler, store=keep("owners"), progress=progress
        ),
        estimates_at_stop(planned(design)) if design.estimation is not None else (),
    )


def asks_more(design: TrialDesign) -> bool:
    """Return whether the design asks for anything that must be simulated beside its operating characteristics."""
    asked = (design.borrowing, design.sizing, design.threshold)
    return any(one is not None for one in asked) or (design.believed is not None and len(sources(design)) > 1)


def requested_sentences(found: RequestedAnalyses) -> tuple[str, ...]:
    """Say the answers."""
    return (
        *(map_sentences(found.borrowing) if found.borrowing is not None else ()),
        *(sizing_sentences(found.sizing) if found.sizing is not None else ()),
        *(threshold_sentences(found.threshold) if found.threshold is not None else ()),
        *index_sentences(found.indices),
        *estimation_sentences(found.estimation),
    )
