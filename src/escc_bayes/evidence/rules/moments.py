"""Mean, SD, median and ends of one measured quantity, by the names of its numbers: ``age_mean``, ``age_sd``."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from escc_bayes.data.published import PublishedNumber, Study
from escc_bayes.evidence.quotes.quote import read_quote
from escc_bayes.evidence.rules.number_names import words
from escc_bayes.evidence.rules.t_tests import size_of

KEYS: Mapping[str, str] = {
    **dict.fromkeys(("mean", "average"), "mean"),
    "sd": "sd",
    "median": "median",
    **dict.fromkeys(("min", "minimum", "lowest", "youngest", "shortest"), "min"),
    **dict.fromkeys(("max", "maximum", "highest", "oldest", "longest"), "max"),
    **dict.fromkeys(("q1", "p25"), "q1"),
    **dict.fromkeys(("q3", "p75"), "q3"),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """What is printed of one quantity in one group: its numbers by what they are, and of how many patients.

    ``own_n`` says that the size stands with the numbers themselves and is not that of the whole study.
    """

    label: str
    prints: Mapping[str, PublishedNumber] = field(default_factory=dict)
    n: int | None = None
    own_n: bool = False

    @property
    def place(self) -> str:
        """Where its numbers stand."""
        return ", ".join(number.place for number in self.prints.values())


def measured(study: Study) -> Iterator[Measured]:
    """Yield each quantity of which a mean, an SD or a median is printed."""
    found: dict[tuple[str, ...], dict[str, PublishedNumber]] = {}
    for number in study.numbers:
        named = words(number.name)
        keys = {KEYS[word] for word in named if word in KEYS}
        label = tuple(word for word in named if word not in KEYS)
        if len(keys) == 1 and label:
            found.setdefault(label, {}).setdefault(keys.pop(), number)
    for label, prints in found.items():
        n, own = patients(study, label, prints)
        yield Measured("_".join(label), prints, n, own)


def patients(study: Study, label: tuple[str, ...], prints: Mapping[str, PublishedNumber]) -> tuple[int | None, bool]:
    """Return of how many patients a quantity was measured: as its sentence says, as its group has, or the study."""
    said = {n for number in prints.values() for n in read_quote(number.quote).sizes}
    if len(said) == 1:
        return said.pop(), True
    n, group = size_of(study, label)
    return (n, group) if n is not None else (None if said else study.n, False)


def unit_of(quantity: Measured) -> str:
    """Return unit and words of a quantity, to tell what was measured."""
    first = next(iter(quantity.prints.values()))
    return re.sub(r"[_\d]+", " ", f"{quantity.label} {first.unit}").casefold()
