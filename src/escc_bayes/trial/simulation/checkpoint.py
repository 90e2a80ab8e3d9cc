"""A run of ``plan`` whose finished parts stay beside its results until they are written: a killed run goes on."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from escc_bayes.foundation.chunks import Progress, Store
from escc_bayes.foundation.record import digest, seed_label, versions
from escc_bayes.foundation.scheduler import Scheduler
from escc_bayes.foundation.seeds import Seed
from escc_bayes.trial.design.trial_plan import TrialPlan
from escc_bayes.trial.simulation.operating_characteristics import OperatingCharacteristics, summarised, total_of
from escc_bayes.trial.simulation.tally import CHUNK, FIELDS
from escc_bayes.trial.simulation.workers import BUNDLE, tallies

FOLDER = ".plan_unfinished"

# Where the finished chunks of a part, by its name, are kept; None: nowhere.
type Keep = Callable[[str], Store | None]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is kept of one run: of one design, seed and number of trials, by the versions installed."""

    place: Path

    @classmethod
    def of(cls, design_digest: str, *, trials: int, seed: Seed, folder: Path) -> "Checkpoint":
        """Return the checkpoint of a run of the design with this digest, whose results go to ``folder``."""
        parts = (versions(), design_digest, seed_label(seed), trials, CHUNK, BUNDLE, ".".join(FIELDS))
        return cls(folder / FOLDER / digest({"run": "/".join(str(part) for part in parts)}))

    def keep(self, part: str) -> Store:
        """Return where the finished chunks of a part are kept; ``part`` says all that decides them within the run."""
        return Store(self.place, f"{self.place.name}/{part}")

    def forget(self) -> None:
        """Remove what was kept, once the results are written."""
        shutil.rmtree(self.place, ignore_errors=True)
        if self.place.parent.is_dir() and not any(self.place.parent.iterdir()):
            self.place.parent.rmdir()


def nothing_kept(part: str) -> None:
    """Keep nothing."""


def resumable(
    plan: TrialPlan,
    *,
    trials: int,
    seed: Seed,
    scheduler: Scheduler,
    checkpoint: Checkpoint,
    progress: Progress | None = None,
) -> OperatingCharacteristics:
    """Return the operating characteristics, going on from what ``checkpoint`` holds of the same run."""
    store = checkpoint.keep("operating characteristics")
    found = tallies(plan, trials, seed, scheduler, store=store, progress=progress)
    return summarised(plan, total_of(found), trials=trials, seed=seed)
