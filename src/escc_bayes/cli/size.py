"""Whether what is asked can be held and written: said before hours of sampling, not after."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from escc_bayes.foundation.errors import InputError, OutputError

if TYPE_CHECKING:
    from escc_bayes.spec.plan import ModelPlan

# Of one model, all chains together: a limit of an interval is then known to a thousandth of a standard deviation.
MOST_DRAWS = 4_000_000
BYTES = 8


def refuse_too_many(chains: int, draws: int) -> None:
    """Raise if one model would keep more draws than are of any use."""
    if chains * draws > MOST_DRAWS:
        raise InputError(
            f"--chains {chains} and --draws {draws}: {chains * draws:,} draws of a model are more than the "
            f"{MOST_DRAWS:,} that are kept; ask for fewer"
        )


def refuse_without_room(out: Path, plans: Sequence["ModelPlan"], draws: int) -> None:
    """Raise if a disk has not the room that the posteriors need at least.

    Parameters
    ----------
    out : folder that is to be written.
    plans : one for each posterior.
    draws : of each, all chains together.
    """
    from escc_bayes.bayes.posterior.inference_groups import MOST_VALUES

    # Log-likelihood and a predictive time of every patient in every draw: what a file mostly consists of.
    needed = sum(2 * BYTES * plan.rows.n * draws for plan in plans if plan.rows.n * draws <= MOST_VALUES)
    place = next((p for p in (out, *out.absolute().parents) if p.is_dir()), Path())
    free = shutil.disk_usage(place).free
    if free < needed:
        raise OutputError(
            f"--out {out}: the draws need {in_words(needed)} at least, the disk has {in_words(free)} left; free some "
            "space, name a folder on another disk, or ask for fewer --draws"
        )


def in_words(size: int) -> str:
    """Return a number of bytes as kB or MB."""
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:,.1f} kB"
