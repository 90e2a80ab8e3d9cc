"""Whether 0 and 1 say the opposite of an event: by a column's name, its header, or what the file calls its codes."""

import re

# 1 is then somebody without the event. A name that speaks of death as well tells nothing.
WITHOUT_EVENT = re.compile(
    r"censor|cens$|zensiert|删失|截尾|중도절단|打ち切り|цензур"
    r"|^(?:is[ _.]?|still[ _.]?)?alive\b|^living\b|^survived\b|^是否存活|^存活|^是否生存|^생존여부"
    r"|^lebend|^en[ _.]vie|^жив",
    re.IGNORECASE,
)
DEATH = re.compile(r"dead|death|died|decea|死|tot\b|tod\b|décès|мертв|умер|사망", re.IGNORECASE)
WITHOUT_LABEL = re.compile(
    r"^(?:alive|living|censored|no event|event[- ]?free|not dead|lost to follow-?up|存活|生存|删失|无|否|no|lebt"
    r"|lebend|nein|vivant|생존|いいえ|нет|жив|жива)\b",
    re.IGNORECASE,
)

BRACKETS = re.compile(r"[(（\[【]([^()（）\[\]【】]*)[)）\]】]")
CODE = re.compile(r"(?<![\d.^])(\d)\s*[=＝:：.、-]?\s*([^\W\d_][^\d=＝:：,，;；、/|]*)")


def opposite(name: str) -> bool:
    """Whether a column is called after those without the event.

    Examples
    --------
    >>> opposite("os_censor"), opposite("Alive"), opposite("alive or dead"), opposite("dead")
    (True, True, False, False)
    """
    return bool(WITHOUT_EVENT.search(name.strip())) and not DEATH.search(name)


def label_without_event(label: str) -> bool:
    """Whether the label of a code says that the event has not happened."""
    return bool(WITHOUT_LABEL.search(label.strip()))


def codes_in(header: str) -> dict[str, str]:
    """Return what codes mean by the brackets of a header; nothing where it names fewer than two.

    Examples
    --------
    >>> codes_in("sex (1=male, 2=female)"), codes_in("生存状态(0存活,1死亡)"), codes_in("ALC (10^9/L)")
    ({'1': 'male', '2': 'female'}, {'0': '存活', '1': '死亡'}, {})
    """
    found = {code: label.strip() for part in BRACKETS.findall(header) for code, label in CODE.findall(part)}
    return found if len(found) > 1 and len(set(found.values())) == len(found) else {}
