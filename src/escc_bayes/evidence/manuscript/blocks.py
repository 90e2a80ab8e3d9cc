"""A paper as blocks in its order: headings, paragraphs and tables, each with where it stands."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from escc_bayes.evidence.manuscript.entry import Passage

SHORT_FORMS = re.compile(
    r"(?:\b(?:vs|v|et al|i\.e|e\.g|approx|ca|cf|Figs?|Tabs?|Nos?|Dr|St|ref|resp|min|max)|\b[A-Z])\.$", re.IGNORECASE
)
END = re.compile(r"(?<=[.!?;])\s+(?=[A-Z\d(\[])|\s*\n\s*\n\s*")
SECTION = re.compile(
    r"\s*(?P<name>abstract|summary|background|introduction|(?:patients|materials?) and methods|methods|results|findings"
    r"|discussion|conclusions?|interpretation)\s*[:.]\s",
    re.IGNORECASE,
)
CAPTION = re.compile(r"\s*(?P<name>(?:supplementary )?(?:table|figure|fig\.?) ?[A-Z]?\d+[a-z]?)\b", re.IGNORECASE)


LONG_CAPTION = 4
"""Sentences of a paragraph that begins with "Table 2": more of them, and it is text that speaks of the table."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph and where it stands."""

    text: str
    where: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: rows of cells, the first of which may be a header; its caption where one stands with it."""

    rows: tuple[tuple[str, ...], ...]
    where: str
    caption: str = ""


type Block = Heading | Text | Grid


def passages(blocks: Iterable[Block]) -> Iterator[Passage]:
    """Yield the sentences of paragraphs in their order, with the section that each stands in.

    Examples
    --------
    >>> [p.where for p in passages([Heading("Results"), Text("OS was longer. HR 0.7 vs. RT.", "line 3")])]
    ['Results, line 3', 'Results, line 3']
    """
    section = ""
    for block in blocks:
        if isinstance(block, Text) and CAPTION.match(block.text) and len(list(sentences(block.text))) < LONG_CAPTION:
            continue
        if isinstance(block, Heading):
            section = block.text.strip()
        elif isinstance(block, Text):
            for sentence in sentences(block.text):
                begun = SECTION.match(sentence)
                section = begun["name"].capitalize() if begun else section
                yield Passage(sentence, f"{section}, {block.where}" if section else block.where, section)


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a paragraph; "vs. 12 months" is none.

    Examples
    --------
    >>> list(sentences("OS was 16 vs. 12 months. The HR was 0.7. P = 0.01"))
    ['OS was 16 vs. 12 months.', 'The HR was 0.7.', 'P = 0.01']
    """
    begun = ""
    for part in END.split(text):
        piece = " ".join(part.split())
        begun = f"{begun} {piece}".strip()
        if begun and not SHORT_FORMS.search(begun) and not begun.endswith(";") and begun.count("(") <= begun.count(")"):
            yield begun
            begun = ""
    if begun:
        yield begun


def grids(blocks: Iterable[Block]) -> Iterator[Grid]:
    """Yield the tables, each with the caption that stands right before it, or behind it."""
    listed = list(blocks)
    for place, block in enumerate(listed):
        if not isinstance(block, Grid):
            continue
        near = [listed[i] for i in (place - 1, place + 1) if 0 <= i < len(listed)]
        told = [one.text for one in near if isinstance(one, Text | Heading) and CAPTION.match(one.text)]
        caption = block.caption or (told[0] if told else "")
        named = CAPTION.match(caption)
        yield Grid(block.rows, named["name"] if named else block.where, caption)
