"""Letters of every script: which installed fonts stand in for those that the house font lacks."""

import warnings
from collections.abc import Iterable
from contextlib import suppress
from functools import cache

from matplotlib.figure import Figure
from matplotlib.font_manager import findSystemFonts, fontManager, get_font
from matplotlib.text import Text

from escc_bayes.foundation.errors import FontWarning

HOUSE = "DejaVu Sans"
# Families with Chinese, Japanese and Korean, in the order in which they are looked for; then any that has the letters.
WIDE = (
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Noto Sans JP", "Noto Sans KR", "Source Han Sans SC"),
    *("Microsoft YaHei", "SimHei", "PingFang SC", "Hiragino Sans", "Heiti SC", "Yu Gothic", "MS Gothic"),
    *("Malgun Gothic", "Apple SD Gothic Neo", "NanumGothic", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei"),
    *("Droid Sans Fallback", "Arial Unicode MS"),
)
# The house font has Latin, Greek and Cyrillic letters up to here: they are not looked up.
KNOWN_UNTIL = 0x52F


def family_for(letters: Iterable[str]) -> list[str]:
    """Return installed families that have letters which the house font lacks, as few as may be.

    Warns
    -----
    FontWarning : no installed font has some of them; the SVG shows them where its reader has a font.
    """
    left = {c for c in letters if ord(c) > KNOWN_UNTIL and not c.isspace()}
    left = {c for c in left if not has(HOUSE, c)} if left else left
    chosen: list[str] = []
    for family in installed() if left else ():
        found = {c for c in left if has(family, c)}
        if found:
            chosen.append(family)
            left -= found
        if not left:
            break
    if left:
        words = "".join(sorted(left)[:12])
        warnings.warn(
            f"figures: no installed font has the letters {words}; install one that has, such as Noto Sans CJK, or give "
            "labels in other letters (label, codes of the schema)",
            FontWarning,
            stacklevel=2,
        )
    return chosen


@cache
def installed() -> tuple[str, ...]:
    """Return the installed families that may stand in: those known to be wide first."""
    # matplotlib keeps a list of fonts; what was installed since is not in it.
    known = {font.fname for font in fontManager.ttflist}
    for file in sorted(set(findSystemFonts()) - known):
        with suppress(OSError, RuntimeError):
            fontManager.addfont(file)
    # A font of last resort has a box for every letter.
    there = {font.name for font in fontManager.ttflist if not font.name.startswith("Last Resort")}
    return (*(name for name in WIDE if name in there), *sorted(there - set(WIDE) - {HOUSE}))


@cache
def has(family: str, letter: str) -> bool:
    """Whether a family has a letter."""
    file = next(font.fname for font in fontManager.ttflist if font.name == family)
    return bool(get_font(file).get_char_index(ord(letter)))


def show_all_letters(figure: Figure) -> None:
    """Give every text of a figure the fonts that its letters need, after the house font."""
    texts = [text for text in figure.findobj(Text) if isinstance(text, Text)]
    letters = {c for text in texts for c in text.get_text()}
    if any(ord(c) > KNOWN_UNTIL for c in letters) and (more := family_for(letters)):
        for text in texts:
            text.set_fontfamily([*text.get_fontfamily(), *more])
