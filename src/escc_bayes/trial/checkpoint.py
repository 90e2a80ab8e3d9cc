"""Finished chunks of a long run, kept beside its results so that a killed run goes on where it stopped."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from escc_bayes.foundation.errors import OutputError
from escc_bayes.foundation.record import seed_label
from escc_bayes.foundation.seeds import Seed
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.design import TrialDesign
from escc_bayes.trial.operating_characteristics import OperatingCharacteristics, Progress, summarised, total_of
from escc_bayes.trial.tally import CHUNK, FIELDS, chunk_count
from escc_bayes.trial.workers import tallies

FILE = ".plan_unfinished.npz"
SECONDS = 2.0


def resumable(
    design: TrialDesign, *, trials: int, seed: Seed, workers: int, folder: Path, progress: Progress | None = None
) -> OperatingCharacteristics:
    """Return the operating characteristics, going on from what ``folder`` holds of the same run.

    The file belongs to one design, seed and size; another run's is ignored and replaced. It is removed by ``forget``
    once the results are written.
    """
    path, chunks = folder / FILE, chunk_count(trials)
    key = f"{design.digest}/{seed_label(seed)}/{trials}/{CHUNK}/{'.'.join(FIELDS)}"
    done = stored(path, key)
    rest = tallies(design, trials, seed, range(len(done), chunks), workers)
    found = kept(done, rest, lambda all_done: store(path, key, all_done))
    return summarised(design, total_of(found, chunks, progress), trials=trials, seed=seed)


def kept(
    done: list[FloatArray], rest: Iterator[FloatArray], save: Callable[[list[FloatArray]], None]
) -> Iterator[FloatArray]:
    """Yield finished and new chunks in order; every two seconds save all of them."""
    finished, last = list(done), time.monotonic()
    yield from done
    for tally in rest:
        finished.append(tally)
        if time.monotonic() - last > SECONDS:
            save(finished)
            last = time.monotonic()
        yield tally


def stored(path: Path, key: str) -> list[FloatArray]:
    """Return the finished chunks of the run ``key``; none where the file is absent, damaged or another run's."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return list(file["tallies"]) if str(file["key"]) == key else []
    except (OSError, ValueError, KeyError, BadZipFile):
        return []


def store(path: Path, key: str, tallies_done: list[FloatArray]) -> None:
    """Write the finished chunks: beside, then renamed, so that a kill leaves the old file whole."""
    beside = path.with_suffix(f".{os.getpid()}.npz")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(beside, key=np.array(key), tallies=np.array(tallies_done))
        beside.replace(path)
    except OSError as error:
        raise OutputError(f"--out {path.parent}: cannot be written ({error.strerror}); name another folder") from None


def forget(folder: Path) -> None:
    """Remove the file of an unfinished run."""
    (folder / FILE).unlink(missing_ok=True)
