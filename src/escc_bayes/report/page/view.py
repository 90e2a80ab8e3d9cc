"""What the page is made of: sections of blocks, each with sentences, tables and figures. The template only lays out."""

from dataclasses import dataclass, field

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text.

    Attributes
    ----------
    caption : what it shows, with provenance and clock.
    head : one word for each column.
    rows : cells; a row of one cell is a heading over the rows below it.
    note : under the table.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure: ``image`` is trusted markup (inline SVG or an image element), ``caption`` is text."""

    caption: str
    image: Markup
    files: str


@dataclass(frozen=True, slots=True)
class Block:
    """A titled part of a section."""

    title: str = ""
    sentences: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part of the page."""

    name: str
    title: str
    intro: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """One word of trust.

    Attributes
    ----------
    what : the question.
    verdict : the answer.
    tone : ``good``, ``doubt`` or ``bad``.
    more : what stands behind it.
    """

    what: str
    verdict: str
    tone: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A hazard ratio as lengths in per cent of an axis; ``beyond``: a limit lies outside it."""

    left: float
    middle: float
    right: float
    beyond: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table, as printed; ``bar`` of the posterior, None for a reference."""

    level: str
    few: bool
    patients: str
    events: str
    posterior: str
    limits: str
    chance: str
    sceptic: str
    cox: str
    p_value: str
    bar: Bar | None


@dataclass(frozen=True, slots=True)
class Screen:
    """The first screen of one outcome.

    Attributes
    ----------
    title, name : of the outcome; name for links.
    who : patients, events, follow-up and who was left out.
    paragraph : the answer.
    blocks : covariates with their lines.
    notes : under the table.
    words : of trust.
    interval : level and kinds of the intervals.
    whose : where the numbers of the table come from, if not from one cohort alone.
    marks : of the axis of the bars, with their places.
    """

    title: str
    name: str
    who: str
    paragraph: str
    blocks: tuple[tuple[str, tuple[Line, ...]], ...]
    notes: tuple[str, ...]
    words: tuple[Word, ...]
    interval: str
    whose: str
    marks: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page.

    Attributes
    ----------
    provenance, warning : the first line, and what it means.
    title : heading.
    faults : why models must not be used; empty: all may.
    verdict : one line on the sampler where nothing is wrong.
    carried : what the data can carry: models, and sentences on them.
    screens : what a reader sees first, of each outcome.
    """

    provenance: str
    warning: str
    title: str
    faults: tuple[str, ...]
    verdict: str
    carried: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sections: tuple[Section, ...] = field(default=())
    screens: tuple[Screen, ...] = field(default=())
