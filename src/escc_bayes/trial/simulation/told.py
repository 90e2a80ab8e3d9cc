"""A design of any kind and what it does, in words and tables: what `plan` prints, and what its files are made of."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from escc_bayes.foundation.record import Record
from escc_bayes.trial.design.sensitivity_grid import SensitivityGrid
from escc_bayes.trial.simulation.quantity import Quantity

# Stands where a protocol needs words that no design has.
FILL = "TO BE FILLED"


@dataclass(frozen=True, slots=True)
class ToFill:
    """What a protocol must say and the design does not know in full: items of each heading, with gaps.

    ``estimand``: ICH E9 (R1); ``reasons`` for priors and thresholds; ``adaptive``: ICH E20.
    """

    estimand: tuple[str, ...]
    reasons: tuple[str, ...]
    adaptive: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a simulated design.

    Attributes
    ----------
    heading : what is planned, in a sentence.
    design, rules : what is taken as true, and what decides.
    found : what the rules do.
    table, caption : of the rules, headings first.
    timing : when the last look comes under other hazards and dropout; asked when it is printed.
    sentences : for a protocol.
    to_fill : what is left for the statistician.
    """

    name: str
    title: str
    heading: str
    design: tuple[str, ...]
    rules: tuple[str, ...]
    found: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]
    caption: str
    timing: Callable[[], SensitivityGrid]
    sentences: tuple[str, ...]
    to_fill: ToFill
    quantities: tuple[Quantity, ...]
    record: Record

    @property
    def trials(self) -> int:
        """Trials of each scenario."""
        return self.quantities[0].trials


class Named(Protocol):
    """A design, as far as all kinds are alike."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def digest(self) -> str: ...


class Found(Protocol):
    """What a design does, as far as all kinds are alike."""

    @property
    def quantities(self) -> tuple[Quantity, ...]: ...
    @property
    def record(self) -> Record: ...


@dataclass(frozen=True, slots=True)
class Words[Design: Named, Result: Found]:
    """How one kind of design is said: the parts of ``Told``, from the design or from what it does."""

    heading: Callable[[Design], str]
    design: Callable[[Design], Iterable[str]]
    rules: Callable[[Design], Iterable[str]]
    found: Callable[[Result], Iterable[str]]
    table: Callable[[Result], tuple[tuple[str, ...], ...]]
    caption: str
    timing: Callable[[Design], SensitivityGrid]
    sentences: Callable[[Result], Iterable[str]]
    to_fill: Callable[[Design], ToFill]


def told[Design: Named, Result: Found](design: Design, found: Result, words: Words[Design, Result]) -> Told:
    """Return all that is said of a simulated design."""
    return Told(
        name=design.name,
        title=design.title,
        heading=words.heading(design),
        design=tuple(words.design(design)),
        rules=tuple(words.rules(design)),
        found=tuple(words.found(found)),
        table=words.table(found),
        caption=words.caption,
        timing=partial(words.timing, design),
        sentences=tuple(words.sentences(found)),
        to_fill=words.to_fill(design),
        quantities=found.quantities,
        record=found.record,
    )


def summary(told: Told) -> tuple[str, ...]:
    """Return what is printed."""
    return (
        *(told.heading, *told.design, *told.rules, "", *told.found, ""),
        *columns_of(told.table),
        f"{told.trials:,} trials of each scenario; a probability of 0.5 is then exact to {0.5 / told.trials**0.5:.4f}.",
    )


def columns_of(rows: tuple[tuple[str, ...], ...]) -> list[str]:
    """Return the lines of a table, its first column to the left."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]


def origin_sentence(record: Record, trials: int) -> str:
    """Say how simulated numbers were found: the last sentence of a protocol's."""
    version = dict(record.versions)["escc-bayes"]
    return (
        f"These numbers come from {trials:,} simulated trials of each scenario (escc-bayes {version}, seed "
        f"{record.seed}, design {record.spec_digest}), so that a probability of 0.5 is exact to "
        f"{0.5 / trials**0.5:.4f}."
    )
