"""An item of a checklist: what it asks for, and which facts of a fit answer it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """One item.

    Attributes
    ----------
    number : as in the checklist.
    asks : what it asks for, in our words.
    facts : names of the facts that answer it, those there are; none: only the authors can.
    gap : what the authors must add.
    """

    number: str
    asks: str
    facts: tuple[str, ...] = ()
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """A checklist by its name, with its source."""

    name: str
    source: str
    items: tuple[Item, ...]
