"""Rules of inclusion that guarantee survival, as a schema or a user states them: cycles that patients had to receive.

G = lead + cycles x interval x fraction. docs/methods/time_zero.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from escc_bayes.foundation import checks
from escc_bayes.foundation.careful import careful_class
from escc_bayes.foundation.errors import InputError, SchemaError

KEYS = ("cycles", "interval", "fraction", "lead")
LONGEST_INTERVAL, MOST = 120.0, 1e4
# What stands for every level.
EVERY = ""


@careful_class
@dataclass(frozen=True, slots=True)
class GuaranteeRules:
    """What patients had to receive to be included.

    Attributes
    ----------
    cycles : by level, "" for everybody; none of a number: its own values are the cycles.
    interval : months between cycles.
    fraction : share of the time of all cycles that a patient must at least live: of 4 cycles the last begins after 3/4.
    lead : by level, months before the first cycle that must be lived too.

    Examples
    --------
    >>> GuaranteeRules({"": 4.0}, interval=0.7, fraction=0.75).cycles_of("IV")
    4.0
    """

    cycles: Mapping[str, float]
    interval: float
    fraction: float = 1.0
    lead: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        """Raise ``InputError`` for numbers that no rule has."""
        parts = (("cycles", MOST, self.cycles), ("lead", MOST, self.lead))
        alone = (("interval", LONGEST_INTERVAL, {EVERY: self.interval}), ("fraction", 1.0, {EVERY: self.fraction}))
        for word, most, numbers in (*parts, *alone):
            for level, number in numbers.items():
                if not 0.0 <= number <= most:
                    of = f" of '{level}'" if level != EVERY else ""
                    raise InputError(f"GuaranteeRules: {word}{of} is {number:g}; give a number from 0 to {most:g}")

    def cycles_of(self, level: str) -> float:
        """Return the cycles that a level had to receive; 0 where nothing is said of it."""
        return self.cycles.get(level, self.cycles.get(EVERY, 0.0))

    def lead_of(self, level: str) -> float:
        """Return the months that a level had to live before its first cycle."""
        return self.lead.get(level, self.lead.get(EVERY, 0.0))

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels that are named."""
        return tuple(dict.fromkeys(level for level in (*self.cycles, *self.lead) if level != EVERY))


def guarantee_from(value: object, levels: tuple[str, ...], at: str) -> GuaranteeRules:
    """Read ``guarantee`` of a covariate; levels that are named must be levels of it.

    Raises
    ------
    SchemaError, TomlError : a key is missing or unknown, a number is out of range, or a level is not one.
    """
    raw = checks.table(value, at)
    checks.refuse_unknown_keys(raw, KEYS, at)
    if "interval" not in raw:
        raise SchemaError(f"{at}: 'interval' is missing; write the months between cycles, such as interval = 0.69")
    if levels and "cycles" not in raw:
        raise SchemaError(f"{at}: 'cycles' is missing; write cycles = 4, or by level cycles = {{ {levels[-1]} = 4 }}")
    return GuaranteeRules(
        by_level(raw.get("cycles"), levels, f"{at}, cycles"),
        within(raw["interval"], LONGEST_INTERVAL, f"{at}, interval"),
        within(raw.get("fraction", 1.0), 1.0, f"{at}, fraction"),
        by_level(raw.get("lead"), levels, f"{at}, lead"),
    )


def by_level(value: object, levels: tuple[str, ...], at: str) -> Mapping[str, float]:
    """Return numbers by level from a table; a bare number is of everybody, nothing is nothing."""
    if value is None:
        return MappingProxyType({})
    if not isinstance(value, dict):
        return MappingProxyType({EVERY: within(value, MOST, at)})
    for level in value:
        if level not in levels:
            known = checks.suggestion(level, levels) if levels else "a number has no levels: write one number"
            raise SchemaError(f"{at}: there is no level '{level}'; {known}")
    return MappingProxyType({level: within(number, MOST, f"{at}, {level}") for level, number in value.items()})


def within(value: object, most: float, at: str) -> float:
    """Return a number from 0 to ``most``."""
    found = checks.number(value, at)
    if not 0.0 <= found <= most:
        raise SchemaError(f"{at}: expected a number from 0 to {most:g}, was given {found:g}")
    return found
