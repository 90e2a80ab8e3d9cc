"""Lines of pages as blocks: paragraphs put together over line ends, columns and pages; tables by their blanks.

A word that a line end breaks is put together as the paper writes it elsewhere: with its hyphen ("progression-free") or
without ("chemother-apy"). A table is two lines and more with gaps that running text, even when justified, has not.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from escc_bayes.evidence.manuscript.blocks import CAPTION, Block, Grid, Heading, Text
from escc_bayes.evidence.manuscript.page_tables import grid_of

HEADING = re.compile(
    r"(?:\d\.? )?(?:abstract|summary|background|introduction|(?:patients|materials?) and methods|methods|results"
    r"|findings|discussion|conclusions?|interpretation|references|acknowledge?ments)",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"[.!?:;)\]]$")
FIRSTS = frozenset(
    re.findall(
        r"[a-z]+",
        """log non anti post pre one two three four five first second third single double long short low high cross
        multi self intention""",
    )
)
SECONDS = frozenset(
    re.findall(
        r"[a-z]+",
        """free year years month months week weeks day rank specific related based line sided tailed arm controlled
        blind centre center cell matched naive label dose term grade fold risk group stage treat adjusted""",
    )
)
"""Parts of words that are written with a hyphen: "log-rank", "progression-free"."""

WIDE = 5
"""Letters of a gap that no justified line has beside gaps of another width."""


def blocks_of(pages: Iterable[tuple[int, Sequence[str]]]) -> list[Block]:
    """Return the blocks of pages of lines, each with its page.

    Examples
    --------
    >>> page = ["Results", "The median progression-", "free survival was 9 months."]
    >>> [block.text for block in blocks_of([(1, page)])]
    ['Results', 'The median progression-free survival was 9 months.']
    """
    listed = [(number, list(lines)) for number, lines in pages]
    words = words_of(line for _, lines in listed for line in lines)
    found: list[Block] = []
    for number, lines in listed:
        for place, kept in enumerate(runs(lines), start=1):
            where = f"page {number}, paragraph {place}"
            if is_table(kept):
                found.append(Grid(grid_of(kept), where))
            else:
                add_text(found, kept, where, words)
    return found


def runs(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield lines that belong together: of a table, with the empty lines between its rows, or of a paragraph."""
    kept: list[str] = []
    for place, line in enumerate([*lines, ""]):
        bare = line.strip()
        if not bare and kept and tabular(kept[0]) and goes_on_below(lines[place + 1 : place + 4]):
            kept.append("")
            continue
        goes_on = bool(kept) and (is_label(line, kept[0], lines[place + 1 : place + 3]) or closes(line, kept))
        part = not bare or (bool(kept) and not goes_on and tabular(line) != tabular(kept[0]))
        begins = CAPTION.match(bare) is not None and not tabular(line)
        if (part or begins or HEADING.fullmatch(bare)) and kept:
            yield kept
            kept = []
        kept += [line] if bare else []
        if HEADING.fullmatch(bare):
            yield kept
            kept = []


def goes_on_below(after: Sequence[str]) -> bool:
    """Whether the next line that is not empty, one or two below, is a row of a table."""
    filled = [line for line in after if line.strip()]
    return bool(filled) and tabular(filled[0]) and CAPTION.match(filled[0].strip()) is None


def closes(line: str, kept: Sequence[str]) -> bool:
    """Whether a line of a table closes a bracket that the row above left open."""
    above = kept[-1]
    return tabular(above) and above.count("(") > above.count(")") and line.count(")") > line.count("(")


def is_label(line: str, first: str, after: Sequence[str]) -> bool:
    """Whether a line of a table is a label alone: of rows below, or the rest of the label above."""
    bare = line.strip()
    short = 0 < len(bare.split()) <= 5 and not re.search(r"[.;:]$", bare) and not tabular(line)
    below = any(map(tabular, after)) or (not "".join(after[:1]).strip() and bare[:1].islower())
    return tabular(first) and short and below and len(bare) <= 40


def tabular(line: str) -> bool:
    """Whether a line has gaps as cells of a table have: of more than two blanks, beside single ones or very wide.

    Examples
    --------
    >>> tabular("Median PFS, months     15.3     6.4"), tabular("compared   camrelizumab   plus   chemotherapy   with")
    (True, False)
    """
    gaps = [len(found[0]) for found in re.finditer(r" +", line.strip())]
    wide = [gap for gap in gaps if gap >= 3]
    return bool(wide) and (max(wide) >= WIDE or 1 in gaps) and len(wide) <= max(1, len(line.split()) - 1)


def is_table(lines: Sequence[str]) -> bool:
    """Whether lines are rows of a table: two and more with gaps, the first among them."""
    return tabular(lines[0]) and sum(map(tabular, lines)) > 1


def add_text(found: list[Block], lines: Sequence[str], where: str, words: frozenset[str]) -> None:
    """Add a paragraph, or go on with the one that the column or page before broke off."""
    text = joined([" ".join(line.split()) for line in lines], words)
    if HEADING.fullmatch(text):
        found.append(Heading(text))
    elif found and isinstance(found[-1], Text) and goes_on(found[-1].text, text):
        found[-1] = Text(joined([found[-1].text, text], words), found[-1].where)
    else:
        found.append(Text(text, where))


def goes_on(before: str, text: str) -> bool:
    """Whether a paragraph broke off in the middle of a sentence that a later text ends."""
    broken = SENTENCE_END.search(before) is None or re.search(r"\b(?:vs|v)\.$", before) is not None
    return (broken or text[:1].islower()) and not CAPTION.match(text) and not CAPTION.match(before)


def joined(lines: Sequence[str], words: frozenset[str]) -> str:
    """Return lines as one text; what a line end broke is put together."""
    text = ""
    for line in lines:
        broken = re.search(r"(?P<left>[A-Za-z]+)-$", text)
        right = re.match(r"[A-Za-z]+", line)
        if broken and right and right[0].islower() and not hyphenated(broken["left"], right[0], words):
            text = text[:-1] + line
        elif text.endswith("-") or re.search(r"\d\N{EN DASH}$", text):
            text += line
        else:
            text = f"{text} {line}".strip()
    return text


def hyphenated(left: str, right: str, words: frozenset[str]) -> bool:
    """Whether a broken word has a hyphen of its own: usually, or elsewhere, or as two words of the paper.

    Examples
    --------
    >>> words = words_of(["chemotherapy, progression and free survival"])
    >>> hyphenated("progression", "free", words), hyphenated("chemother", "apy", words)
    (True, False)
    """
    left, right = left.casefold(), right.casefold()
    if right in SECONDS or left in FIRSTS or f"{left}-{right}" in words:
        return True
    return left + right not in words and left in words and right in words


def words_of(lines: Iterable[str]) -> frozenset[str]:
    """Return the words of lines, with and without hyphens; a word that a line end breaks is none."""
    found: set[str] = set()
    for line in lines:
        whole = re.sub(r"[A-Za-z]+-$", "", line.rstrip())
        found.update(word.casefold() for word in re.findall(r"[A-Za-z]+(?:-[A-Za-z]+)*", whole))
        found.update(part.casefold() for part in re.findall(r"[A-Za-z]+", whole))
    return frozenset(found)
