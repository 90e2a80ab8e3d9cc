"""What the page is made of: sections of blocks, each with sentences, tables and figures. The template only lays out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text.

    Attributes
    ----------
    caption : what it shows, with provenance and clock.
    head : one word for each column.
    rows : cells, the first of which names the row; a row of one cell is a heading over the rows below it.
    note : under the table.
    folded : whether it is opened by who asks for it; paper shows its caption alone.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure: ``image`` is trusted markup (inline SVG or an image element), ``caption`` is text."""

    caption: str
    image: Markup
    files: str


@dataclass(frozen=True, slots=True)
class Block:
    """A titled part of a section; ``folded``: its sentences are opened by who asks for them."""

    title: str = ""
    sentences: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page.

    Attributes
    ----------
    name, title : for links and for readers; ``short`` in the list of links.
    intro : a paragraph under the title.
    methods : names of the pages of ``docs/methods`` that say how its numbers are made.
    listed : whether a list of links to its blocks stands under the title: a chapter.
    """

    name: str
    title: str
    intro: str
    blocks: tuple[Block, ...]
    short: str = ""
    methods: tuple[str, ...] = ()
    listed: bool = False


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
    """One line of the table, as printed; ``bar`` of the posterior, None for a reference.

    ``data``: which share of the posterior's precision is data; ``beware``: of what stands behind it.
    """

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
    data: str
    beware: str


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
class Link:
    """Words that lead to a file beside the page."""

    words: str
    file: str


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page.

    Attributes
    ----------
    provenance, warning : the first line, and what it means.
    title : heading.
    faults : why models must not be used; empty: all may.
    screens : what a reader sees first, of each outcome.
    full : whether what is folded stands open.
    files : beside the page.
    methods : title of each page on methods, by its name.
    """

    provenance: str
    warning: str
    title: str
    faults: tuple[str, ...]
    sections: tuple[Section, ...] = field(default=())
    screens: tuple[Screen, ...] = field(default=())
    full: bool = False
    files: tuple[Link, ...] = ()
    methods: Mapping[str, str] = field(default_factory=dict)
