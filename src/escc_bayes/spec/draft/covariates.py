"""A covariate as a table of a schema: its kind, levels, unit, when it is known, and what is in doubt."""

import re
from dataclasses import dataclass

import numpy as np

from escc_bayes.data.labels import are_words
from escc_bayes.data.suspicious_values import unit_split
from escc_bayes.data.words import as_number
from escc_bayes.foundation.errors import some_of
from escc_bayes.spec.draft import vocabulary as words
from escc_bayes.spec.draft.column import Column

# The kind of a covariate whose levels have an order.
ORDERED = "ordered"
# A continuous covariate enters per this many of its own standard deviations, rounded.
STEPS = (1.0, 2.0, 5.0, 10.0)
# Words beside the figure of a stage.
STAGE = re.compile(r"stage|stadium|grade|стадия|期|기|级|度")
# What TNM writes where a category was not assessed.
NOT_ASSESSED = re.compile(r"[cpy]*[tnmgr]x", re.IGNORECASE)
# A range of numbers as a level.
BOUND = re.compile(r"([<≤>≥]?)=?\s*(\d+(?:\.\d+)?)\s*(?:([-–~至])\s*\d+(?:\.\d+)?)?\s*(\+?)")


@dataclass(frozen=True)
class Guess:
    """What a covariate seems to be.

    Attributes
    ----------
    name : as it is called in the schema and in models.
    column : where it stands.
    kind : ordered | nominal | binary | continuous.
    levels : first = reference; empty for numbers.
    codes : word of a cell -> level, where they differ.
    labels : level -> what people read for it, where the file labels codes that are words.
    center, scale : of numbers.
    split : largest value of the lower and smallest of the upper of two units.
    known_at : months after time zero at which it is known, by its name.
    why, check : the reason, and what a person must decide.
    """

    name: str
    column: Column
    kind: str
    levels: tuple[str, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    center: float = 0.0
    scale: float = 1.0
    split: tuple[float, float] | None = None
    known_at: float | None = None
    why: str = ""
    check: tuple[str, ...] = ()


def guess_of(column: Column, name: str) -> Guess:
    """Return what a covariate seems to be."""
    late, why_late = known_late(column)
    if column.is_number and not column.is_code:
        return of_numbers(column, name, late, why_late)
    levels, codes, ordered, doubt = levels_of(column)
    labels = labels_of(column, levels)
    kind = "binary" if len(levels) == 2 else ORDERED if ordered else "nominal"
    check = (*((doubt,) if doubt else ()), *why_late)
    return Guess(name, column, kind, levels, codes, labels, known_at=late, why=why_of(column, kind), check=check)


def known_late(column: Column) -> tuple[float | None, tuple[str, ...]]:
    """Return the month at which a covariate is known and the question it raises; None where its name tells nothing."""
    for pattern, month, meaning in words.LATE:
        if pattern.search(column.words):
            return month, (f"its name says '{meaning}': at which month after time zero is it known?",)
    return None, ()


def of_numbers(column: Column, name: str, late: float | None, why_late: tuple[str, ...]) -> Guess:
    """Return a continuous covariate, centred near its median and per step near its standard deviation."""
    split = unit_split(column.known)
    values = column.known if split is None else column.known[column.known <= split[0]]
    center, scale = round_to_two(float(np.median(values))), step_of(float(values.std()))
    check = list(why_late)
    if split is not None:
        below, above = split
        count = int((column.known >= above).sum())
        check.insert(0, f"two units? {count} values at {above:g} and above, the others at {below:g} and below")
    if column.doubtful_codes:
        check.append(f"{', '.join(column.doubtful_codes)}: a missing value? Then add it as missing_values")
    if column.no_numbers:
        shown = some_of(list(column.no_numbers), most=4)
        check.append(f"no number: {shown}; correct them in the file, or name them in missing_values")
    return Guess(
        name,
        column,
        "continuous",
        center=center,
        scale=scale,
        split=split,
        known_at=late,
        why="numbers",
        check=tuple(check),
    )


def levels_of(column: Column) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...], bool, str]:
    """Return levels, codes for them, whether they have an order, and what is in doubt about them."""
    spelt = spellings(column)
    found = [text for text in column.counts if text not in spelt]
    labelled = {text: column.codes[text] for text in found if text in column.codes}
    found = sorted(found, key=number_of) if column.is_code else in_order(found)
    if labelled and are_words(labelled) and order_rank(list(labelled.values())) is None:
        # The order in which a dictionary has them is somebody's choice.
        found = sorted(found, key=[*column.codes, *found].index)
    meant = tuple(labelled.get(text, text) for text in found)
    kept = are_words(labelled)
    levels = tuple(found) if kept else meant
    named_so = bool(words.ORDERED.search(column.words))
    ordered = named_so or order_rank(list(meant)) is not None
    doubt = ""
    if column.is_code and not labelled:
        meaning = "ordered, or only names" if len(levels) > 2 else "which is the reference"
        doubt = f"what do the codes {', '.join(levels)} mean ({meaning})?"
    elif ordered and not labelled and order_rank(list(levels)) is None:
        doubt = f"is this their order: {', '.join(levels)}?"
    unknown = [level for level in levels if NOT_ASSESSED.fullmatch(level)] if ordered or len(levels) > 2 else []
    if unknown:
        doubt = "; ".join(filter(None, (doubt, f"{', '.join(unknown)}: not assessed, a missing value?")))
    if spelt:
        taken = "; ".join(f"{text} as {level}" for text, level in spelt.items())
        doubt = "; ".join(filter(None, (doubt, f"one level spelt differently? {taken}")))
    codes = {text: labelled[text] for text in found if text in labelled and not kept} | spelt
    return levels, tuple(codes.items()), ordered, doubt


def labels_of(column: Column, levels: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return what the file says of levels that are its own words; nothing where two would read alike."""
    said = {level: column.codes[level] for level in levels if level in column.codes}
    shown = [said.get(level, level) for level in levels]
    return tuple(said.items()) if are_words(said) and len(set(shown)) == len(shown) else ()


def spellings(column: Column) -> dict[str, str]:
    """Return words that are another word of the column in other letters or in short, with the usual one.

    Examples of such: male and Male, M and Male, YES and yes.
    """
    usual: dict[str, str] = {}
    for text, _ in column.counts.most_common():
        usual.setdefault(" ".join(text.casefold().split()), text)
    found: dict[str, str] = {}
    for text in column.counts:
        bare = " ".join(text.casefold().split())
        longer = next((usual[word] for word in words.SHORT_FOR.get(bare, ()) if word in usual), usual[bare])
        if longer != text and text not in column.codes:
            found[text] = longer
    return found


def in_order(found: list[str]) -> list[str]:
    """Return words by their rank (I to IV, low to high), a word of absence first; else as often as they stand."""
    rank = order_rank(found)
    if rank is not None:
        return sorted(found, key=lambda text: rank[text])
    return sorted(found, key=lambda text: (text.casefold() not in words.FIRST_LEVELS, text.casefold()))


def order_rank(found: list[str]) -> dict[str, int] | None:
    """Return the rank of words that are stages or sizes; None where they are neither.

    Examples
    --------
    >>> order_rank(["III", "II", "IVA"])
    {'III': 40, 'II': 30, 'IVA': 51}
    """
    for rank in (roman_rank, size_rank, bound_rank):
        ranks = {text: rank(text) for text in found}
        known = {text: place for text, place in ranks.items() if place is not None}
        if len(known) == len(found) and len(set(known.values())) == len(found) > 1:
            return known
    return None


def roman_rank(text: str) -> int | None:
    """Return the rank of a stage such as II, IIIa, T3 or 期 after it; None for another word."""
    bare = STAGE.sub("", text.casefold()).strip(" .:")
    letter = "abcd".find(bare[-1]) + 1 if len(bare) > 1 and bare[-1] in "abcd" else 0
    body = bare[:-1] if letter else bare
    if body[:1] in ("t", "n", "m", "g", "c", "p") and body[-1:].isdigit():
        return 10 * int(body[-1]) + letter
    # A bare figure is a code, which may stand for anything.
    if len(body) == 1 and body.isdigit() and STAGE.search(text.casefold()):
        return 10 * (int(body) + 1) + letter
    return 10 * words.ROMAN.index(body) + letter if body in words.ROMAN else None


def bound_rank(text: str) -> int | None:
    """Return the rank of a range such as <60, 60-70 or >70; None for another word.

    Examples
    --------
    >>> sorted(["60-70", ">70", "<60"], key=bound_rank)
    ['<60', '60-70', '>70']
    """
    found = BOUND.fullmatch(text.strip())
    if found is None or not (found[1] or found[3] or found[4]):
        return None
    side = -1 if found[1] in ("<", "≤") else 2 if found[1] or found[4] else 1
    return round(100 * float(found[2])) + side


def size_rank(text: str) -> int | None:
    """Return the rank of a word such as low or 高; None for another word."""
    bare = text.casefold().replace("分化", "").replace("differentiated", "").replace("ly", "").strip(" -")
    return words.SIZES.index(bare) if bare in words.SIZES else None


def why_of(column: Column, kind: str) -> str:
    """Say why levels are of their kind."""
    codes = (
        "codes by its header"
        if column.by_header
        else "codes with labels"
        if column.codes
        else "few whole numbers"
        if column.is_code
        else "words"
    )
    return f"{codes}, {'two levels' if kind == 'binary' else kind}"


def number_of(text: str) -> float:
    """Return a code as a number; of 1-2 a little more than its first.

    Examples
    --------
    >>> number_of("2"), number_of("1-2")
    (2.0, 1.5)
    """
    known = as_number(text)
    if known is None:
        first = re.match(r"\d+", text)
        return float(first[0]) + 0.5 if first else 0.0
    return known


def round_to_two(value: float) -> float:
    """Return a number with two digits."""
    return float(f"{value:.2g}")


def step_of(spread: float) -> float:
    """Return the number 1, 2 or 5 times a power of ten that is nearest to a standard deviation."""
    if not spread > 0.0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(spread))
    nearest = min(STEPS, key=lambda step: abs(np.log(step * power / spread)))
    return float(f"{nearest * power:.3g}")
