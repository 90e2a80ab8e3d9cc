"""What the paper prints, and how far the reconstructions reach each of it."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from escc_bayes.data.published import PublishedEstimate
from escc_bayes.data.study import Study

REACHED, MISSED, NOT_PRINTED = "reproduced", "not reached", ""


@dataclass(frozen=True, slots=True)
class Target:
    """A printed quantity that the reconstructions were asked for.

    Attributes
    ----------
    endpoint, target : as ``targets.csv`` names it.
    printed : as printed.
    matched : whether every cohort has it within rounding or the tolerance of its kind.
    """

    endpoint: str
    target: str
    printed: str
    matched: bool

    @property
    def mark(self) -> str:
        """Say whether it was reached."""
        return REACHED if self.matched else MISSED


@dataclass(frozen=True, slots=True)
class Printed:
    """Numbers of a paper by name, and what was reached of them by endpoint and target; empty of a cohort of one's own.

    Attributes
    ----------
    numbers : of the [[number]] entries.
    targets : by endpoint (such as ``OS``; empty: of no endpoint) and target.
    estimates : of the [[estimate]] entries.
    """

    numbers: Mapping[str, float]
    targets: Mapping[tuple[str, str], Target]
    estimates: tuple[PublishedEstimate, ...] = ()

    def number(self, name: str) -> float | None:
        """Return a printed number; None where there is none of that name."""
        return self.numbers.get(name)

    def count(self, name: str) -> int | None:
        """Return a printed count."""
        value = self.numbers.get(name)
        return None if value is None else round(value)

    def logrank(self, effect: str, endpoint: str, groups: int) -> PublishedEstimate | None:
        """Return the printed log-rank test of an effect over so many groups."""
        asked = (effect, endpoint, "logrank", groups)
        return next((e for e in self.estimates if (e.effect, e.endpoint, e.measure, e.groups) == asked), None)

    def ratio(self, effect: str, endpoint: str) -> PublishedEstimate | None:
        """Return the printed hazard ratio of an effect."""
        asked = (effect, endpoint, "HR")
        return next((e for e in self.estimates if (e.effect, e.endpoint, e.measure) == asked), None)

    def mark(self, endpoint: str, target: str) -> str:
        """Say whether a target was reached; nothing where it was not asked for."""
        found = self.targets.get((endpoint, target))
        return NOT_PRINTED if found is None else found.mark


def printed_of(study: Study, reconstructed: Path | None) -> Printed:
    """Return what a study prints, with what the reconstructions of a folder reached of it."""
    numbers = {number.name: float(number.value) for number in study.numbers}
    targets = {} if reconstructed is None else read_targets(reconstructed / "targets.csv")
    return Printed(numbers, targets, study.estimates)


def read_targets(path: Path) -> dict[tuple[str, str], Target]:
    """Read ``targets.csv`` of a reconstruction."""
    with path.open(encoding="utf-8", newline="") as file:
        found = [
            Target(row["endpoint"], row["target"], row["printed"], row["matched"] == "True")
            for row in csv.DictReader(file)
        ]
    return {(target.endpoint, target.target): target for target in found}
