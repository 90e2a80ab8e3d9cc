"""How many patients and events a row of a table rests on, in each reconstruction: of everybody, or group by group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.study.members import count_words
from escc_bayes.study.subject import Subject

HEAD = "Patients (events)"
BETWEEN = " | "


@dataclass(frozen=True, slots=True)
class Counted:
    """Patients and events, (members,) each."""

    n: tuple[float, ...]
    events: tuple[float, ...]

    @property
    def words(self) -> str:
        """Return both as printed: ``56 (17.9)``."""
        return f"{count_words(self.n)} ({count_words(self.events)})"

    @property
    def row(self) -> dict[str, float]:
        """Return both as columns of a file, means over members."""
        return {"n": float(np.mean(self.n)), "events": float(np.mean(self.events))}


def counted(subject: Subject, endpoint: str, values: Sequence[FloatArray] | None = None) -> Counted:
    """Return patients and events of an endpoint among all who have a value (members of (n,)); without values, all."""
    return group_counted(subject, endpoint, None if values is None else [~np.isnan(v) for v in values])


def group_counted(subject: Subject, endpoint: str, inside: Sequence[np.ndarray] | None) -> Counted:
    """Return patients and events of an endpoint within a mask of each member."""
    followed = subject.followed(endpoint)
    masks = [d.present if inside is None else d.present & inside[k] for k, d in enumerate(followed)]
    n = tuple(float(mask.sum()) for mask in masks)
    return Counted(n, tuple(float(d.event[mask].sum()) for d, mask in zip(followed, masks, strict=True)))


def by_group(
    subject: Subject, endpoint: str, groups: Sequence[str], values: Sequence[FloatArray]
) -> dict[str, Counted]:
    """Return patients and events of each group, whose place among ``groups`` the values (members of (n,)) are."""
    return {name: group_counted(subject, endpoint, [v == place for v in values]) for place, name in enumerate(groups)}


def groups_words(of: Mapping[str, Counted]) -> str:
    """Return the counts of several groups as printed, in their order: ``29 (17.6) | 20 (4.6)``."""
    return BETWEEN.join(one.words for one in of.values())


def groups_row(of: Mapping[str, Counted]) -> dict[str, object]:
    """Return the counts of several groups as columns: of all of them, and of each in its order."""
    n, events = ([float(np.mean(getattr(one, what))) for one in of.values()] for what in ("n", "events"))
    return {
        "n": sum(n),
        "events": sum(events),
        "groups": BETWEEN.join(of),
        "group_n": BETWEEN.join(f"{value:.4g}" for value in n),
        "group_events": BETWEEN.join(f"{value:.4g}" for value in events),
    }
