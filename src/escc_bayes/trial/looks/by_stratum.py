"""What is seen of each stratum at a look."""

from collections.abc import Sequence

import numpy as np

from escc_bayes.trial.looks.patients import Snapshot


def split(shot: Snapshot, columns: Sequence[tuple[slice, slice]]) -> tuple[Snapshot, ...]:
    """Return the snapshot of each stratum."""
    found = []
    for control, treated in columns:
        time, event = (np.concatenate([of[:, control], of[:, treated]], axis=1) for of in (shot.time, shot.event))
        enrolled = np.count_nonzero(time > 0.0, axis=1)
        events = np.count_nonzero(event, axis=1)
        found.append(Snapshot(time, event, shot.month, enrolled, events, control.stop - control.start))
    return tuple(found)
