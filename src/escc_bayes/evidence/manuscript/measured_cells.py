"""Cells of measured quantities: "64 (41-79)" beside "median (range)", "62.1 (8.3)" beside "mean (SD)", "62.1 ± 8.3"."""

import re
from collections.abc import Iterator
from decimal import Decimal

from escc_bayes.evidence.manuscript.entry import Entry
from escc_bayes.evidence.manuscript.table_parts import Row

N = r"-?\d+(?:\.\d+)?"
MEASURE = re.compile(
    r"\b(?:mean|median|range|iqr|interquartile|sd|q1|standard deviation)\b|\+/?-|\N{PLUS-MINUS SIGN}", re.I
)
THREE = re.compile(rf"(?P<middle>{N}) ?[(\[] ?(?P<low>{N}) ?(?:-|to|,|~) ?(?P<high>{N}) ?[)\]]")
TWO = re.compile(
    rf"(?P<middle>{N}) ?(?:[(\[] ?(?:SD )?(?P<inside>{N}) ?[)\]]|(?:\+/?-|\N{{PLUS-MINUS SIGN}}) ?(?P<after>{N}))"
)
QUARTILES = re.compile(r"\biqr\b|interquartile|\bq1\b", re.IGNORECASE)
MEAN, MEDIAN = re.compile(r"\bmean\b", re.IGNORECASE), re.compile(r"\bmedian\b", re.IGNORECASE)
SPREAD = re.compile(r"\bSD\b|standard deviation|\+/?-|\N{PLUS-MINUS SIGN}", re.IGNORECASE)
OWN_WORDS = re.compile(r"\b(?:mean|median|range|iqr|interquartile|sd|q1|q3|standard deviation|years?|months?)\b", re.I)


def is_measured(row: Row) -> bool:
    """Whether a row says that its cells are measured quantities and no counts."""
    return MEASURE.search(f"{row.named} {' '.join(row.cells)}") is not None


def measured(row: Row, column: int, group: tuple[str, int | None], arm: str) -> Iterator[Entry]:
    """Yield mean or median of one cell with its SD, range or quartiles; nothing where the row does not say which."""
    cell = row.cells[column].strip()
    three, two = THREE.fullmatch(cell), TWO.fullmatch(cell)
    said = f"{row.named} {cell}"
    if three and (MEDIAN.search(said) or MEAN.search(said)):
        ends = ("q1", "q3") if QUARTILES.search(said) else ("min", "max")
        middle = "median" if MEDIAN.search(said) else "mean"
        found = dict(zip((middle, *ends), three.groups(), strict=True))
    elif two and (two["after"] or (MEAN.search(said) and SPREAD.search(said))):
        found = {"mean": two["middle"], "sd": two["inside"] or two["after"]}
    else:
        return
    name, n = group
    label = "_".join(re.findall(r"[a-z0-9]+", OWN_WORDS.sub(" ", row.named.casefold()))) or "value"
    size = f"{f', {name}' if name else ''}{f' (n = {n})' if n else ''}"
    for key, text in found.items():
        body = {"name": f"{label}{arm}_{key}", "value": Decimal(text), "quote": f"{row.named}{size}: {cell}"}
        yield Entry("number", body, f"{key} {text} as {label}{arm}_{key}", ())
