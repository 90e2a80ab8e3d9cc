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
class Page:
    """The whole page.

    Attributes
    ----------
    provenance, warning : the first line, and what it means.
    title : heading.
    faults : why models must not be used; empty: all may.
    verdict : one line on the sampler where nothing is wrong.
    carried : what the data can carry: models, and sentences on them.
    """

    provenance: str
    warning: str
    title: str
    faults: tuple[str, ...]
    verdict: str
    carried: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sections: tuple[Section, ...] = field(default=())
