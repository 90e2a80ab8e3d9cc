"""A run of ``plan`` whose finished parts stay beside its results until they are written: a killed run goes on."""

from pathlib import Path

from escc_bayes.foundation.chunks import Progress, Store
from escc_bayes.foundation.record import seed_label, versions
from escc_bayes.foundation.scheduler import Scheduler
from escc_bayes.foundation.seeds import Seed
from escc_bayes.trial.design import TrialDesign
from escc_bayes.trial.operating_characteristics import OperatingCharacteristics, summarised, total_of
from escc_bayes.trial.tally import CHUNK, FIELDS
from escc_bayes.trial.workers import BUNDLE, tallies

FOLDER = ".plan_unfinished"


def resumable(
    design: TrialDesign,
    *,
    trials: int,
    seed: Seed,
    scheduler: Scheduler,
    folder: Path,
    progress: Progress | None = None,
) -> OperatingCharacteristics:
    """Return the operating characteristics, going on from what ``folder`` holds of the same run.

    What is kept belongs to one design, seed, size, and to the versions installed. ``forget`` removes it once the
    results are written.
    """
    store = store_of(design, trials=trials, seed=seed, folder=folder)
    found = tallies(design, trials, seed, scheduler, store=store, progress=progress)
    return summarised(design, total_of(found), trials=trials, seed=seed)


def store_of(design: TrialDesign, *, trials: int, seed: Seed, folder: Path) -> Store:
    """Return where the finished parts of a run are kept."""
    parts = (versions(), design.digest, seed_label(seed), trials, CHUNK, BUNDLE, ".".join(FIELDS))
    return Store(folder / FOLDER, "/".join(str(part) for part in parts))


def forget(design: TrialDesign, *, trials: int, seed: Seed, folder: Path) -> None:
    """Remove what was kept of a run."""
    store_of(design, trials=trials, seed=seed, folder=folder).forget()
