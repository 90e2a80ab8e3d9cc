"""From the bytes of a text file to letters, in the encodings that programs of hospitals write.

UTF-8 and UTF-16 are known by their marks and by their rules. GB18030 and Windows-1252 have none: of a text that is no
UTF-8, GB18030 is taken where almost all letters beyond ASCII come out as Chinese characters of everyday use (level 1 of
GB 2312, in the order of which the code is built), otherwise Windows-1252, whose accented letters pair with their
neighbours to rare ones. Shift-JIS and Windows-1251 are taken where letters come out as kana and everyday kanji, or as
whole Cyrillic words. Each is said; ``[file] encoding`` settles it.
"""

import codecs
from pathlib import Path

from escc_bayes.foundation.errors import CohortError
from escc_bayes.foundation.letters import control_character

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Share of everyday characters that makes a text Chinese, and how many letters tell.
CHINESE, ENOUGH = 0.75, 20_000
# Share of letters beyond ASCII beside another such that makes a text Cyrillic: cells of one letter have none.
CYRILLIC = 0.6
NAMES = {"gb18030": "GB18030", "cp1252": "Windows-1252", "cp1251": "Windows-1251", "cp932": "Shift-JIS"}
# Bytes of ASCII that are no text.
CONTROL_BYTES = bytes((*range(9), 11, 12, *range(14, 32), 127))


def decode(path: Path, encoding: str | None = None) -> tuple[str, str]:
    """Return the text of a file, and a sentence about its encoding where that was a guess.

    Raises
    ------
    CohortError : it cannot be read, is in no encoding known here, or holds control characters.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CohortError(f"{path}: cannot be read ({error.strerror}); check its permissions") from None
    content, note = in_encoding(path, raw, encoding) if encoding else guessed(path, raw)
    if "\x00" in content:
        raise CohortError(f"{path}: holds zero bytes, so it is no text; save the file as CSV UTF-8")
    # In ASCII, which most files are, a count of bytes tells; the search for a letter takes ten times as long.
    if not content.isascii() or len(raw.translate(None, CONTROL_BYTES)) < len(raw):
        refuse_control_characters(path, content)
    return content, note


def in_encoding(path: Path, raw: bytes, encoding: str) -> tuple[str, str]:
    """Return text in the encoding that the schema states."""
    try:
        return raw.decode(encoding).removeprefix("\ufeff"), ""
    except (UnicodeDecodeError, LookupError, ValueError):
        raise CohortError(
            f"{path}: is no text in the encoding {encoding} that [file] encoding states; correct it, or leave it out"
        ) from None


def guessed(path: Path, raw: bytes) -> tuple[str, str]:
    """Return text in the encoding that its bytes tell, with a sentence where they do so by likelihood alone."""
    found = next((name for mark, name in MARKS if raw.startswith(mark)), None) or without_mark(raw)
    try:
        return raw.decode(found or "utf-8"), ""
    except UnicodeDecodeError:
        if found is not None:
            raise CohortError(f"{path}: is damaged text in {found.upper()}; save the file as CSV UTF-8") from None
    for name in likely(raw):
        try:
            content = raw.decode(name)
        except UnicodeDecodeError:
            continue
        return content, (
            f"{path}: is no UTF-8 and was read as {NAMES[name]}; if letters look wrong, save it as CSV UTF-8, or say "
            'the encoding in the schema ([file] encoding = "..")'
        )
    raise CohortError(
        f"{path}: is text in no encoding that can be told (neither UTF-8, UTF-16, GB18030, Shift-JIS nor Windows); "
        'save the file as CSV UTF-8, or say the encoding in the schema ([file] encoding = "..")'
    )


def likely(raw: bytes) -> list[str]:
    """Return encodings without marks in which a text may be, the likeliest first."""
    found = ["gb18030"] if everyday_chinese(raw) >= CHINESE else []
    found += ["cp932"] if not found and everyday_japanese(raw) >= CHINESE else []
    found += ["cp1251"] if not found and in_company(raw) >= CYRILLIC else []
    return [*found, "cp1252"]


def everyday_japanese(raw: bytes) -> float:
    """Return the share of letters beyond ASCII that are kana or everyday kanji (JIS level 1), read as Shift-JIS."""
    try:
        letters = [letter for letter in raw.decode("cp932") if not letter.isascii()][:ENOUGH]
    except UnicodeDecodeError:
        return 0.0
    # The first row of the code holds signs, which tell nothing.
    codes = [code for code in (letter.encode("cp932") for letter in letters) if code[0] != 0x81]
    everyday = sum(len(code) == 2 and 0x82 <= code[0] <= 0x97 for code in codes)
    return everyday / max(len(codes), 1)


def in_company(raw: bytes) -> float:
    """Return the share of letters beyond ASCII beside another such: nearly all of Cyrillic, few of accented ones."""
    start = raw[:ENOUGH]
    high = [byte >= 0xC0 for byte in start]
    beside = sum(one and (before or after) for before, one, after in zip(high, high[1:], high[2:], strict=False))
    return beside / max(sum(high), 1)


def without_mark(raw: bytes) -> str | None:
    """Return the UTF-16 of a text without a mark: every second byte of its ASCII letters is zero."""
    start = raw[:2_000]
    if len(start) < 4 or b"\x00" not in start:
        return None
    even, odd = start[::2].count(0), start[1::2].count(0)
    if min(even, odd) > 0 or max(even, odd) < len(start) // 5:
        return None
    return "utf-16-be" if even else "utf-16-le"


def everyday_chinese(raw: bytes) -> float:
    """Return the share of letters beyond ASCII that are everyday Chinese, or its punctuation, read as GB18030.

    Examples
    --------
    >>> everyday_chinese("年龄,临床分期".encode("gb18030")), everyday_chinese("Müller, Größe".encode("cp1252"))
    (1.0, 0.0)
    """
    try:
        letters = [letter for letter in raw.decode("gb18030") if not letter.isascii()][:ENOUGH]
    except UnicodeDecodeError:
        return 0.0
    everyday = sum(map(is_everyday, letters))
    return everyday / len(letters) if letters else 0.0


def is_everyday(letter: str) -> bool:
    """Whether a letter is of level 1 of GB 2312, or of its rows of signs, figures and full-width letters."""
    code = letter.encode("gb18030")
    return len(code) == 2 and code[1] >= 0xA1 and (0xB0 <= code[0] <= 0xD7 or 0xA1 <= code[0] <= 0xA3)


def refuse_control_characters(path: Path, content: str) -> None:
    """Raise at a letter that no output could show: labels go into tables, figures and pages."""
    strange = control_character(content)
    if strange:
        line = content.count("\n", 0, content.index(strange.encode().decode("unicode_escape"))) + 1
        raise CohortError(f"{path}, line {line}: holds the control character {strange}; remove it")
