"""Read a TOML file into a table, with an error that says where it stopped being TOML."""

import tomllib
from collections.abc import Callable
from pathlib import Path

from escc_bayes.foundation.checks import number
from escc_bayes.foundation.errors import TomlError
from escc_bayes.foundation.letters import control_character

# Bytes of a file, tables and lists within each other, and the whole numbers that TOML knows.
MOST_BYTES, DEEPEST, LARGEST = 5_000_000, 20, 2**63


def read_toml(path: Path) -> dict[str, object]:
    """Read ``path`` and check its ``schema = 1`` line.

    Raises
    ------
    TomlError : as ``parse_toml``, or it states another schema version.
    """
    parsed = parse_toml(path)
    if "schema" not in parsed:
        raise TomlError(f"{path}: the line 'schema = 1' is missing at the top; add it")
    version = number(parsed.pop("schema"), f"{path}, schema")
    if version != 1:
        raise TomlError(f"{path}: schema = {version:g} is not known to this version; write schema = 1")
    return parsed


def parse_toml(path: Path, parse_float: Callable[[str], object] = float) -> dict[str, object]:
    """Return the tables of a TOML file, with values that can be printed, compared and computed with.

    Parameters
    ----------
    path : the file.
    parse_float : what makes a number of its digits.

    Raises
    ------
    TomlError : the file is missing, is not UTF-8 or does not parse; a whole number has more than 64 bits, text holds a
        control character, or tables lie too deep within each other.
    """
    try:
        if path.stat().st_size > MOST_BYTES and path.is_file():
            raise TomlError(f"{path}: is larger than {MOST_BYTES // 10**6} MB, so it is no file of ours; name another")
        raw = path.read_bytes()
    except FileNotFoundError:
        raise TomlError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise TomlError(f"{path}: is a folder; name the TOML file inside it") from None
    except OSError as error:
        raise TomlError(f"{path}: cannot be read ({error.strerror}); check its permissions") from None
    try:
        parsed = tomllib.loads(raw.decode("utf-8-sig"), parse_float=parse_float)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise TomlError(f"{path}, line {line}: is not UTF-8 text; save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise TomlError(f"{path}: is not valid TOML: {error}; correct it there") from None
    except RecursionError:
        raise TomlError(f"{path}: lists or tables lie too deep within each other; {DEEPEST} is the most") from None
    except ValueError:  # a number with more digits than Python reads
        raise TomlError(f"{path}: holds a number of too many digits; write it shorter") from None
    refuse_unreadable(parsed, str(path), DEEPEST)
    return parsed


def refuse_unreadable(value: object, where: str, depth: int) -> None:
    """Raise at a value that no output could show, or no arithmetic hold; ``depth`` more may lie within each other."""
    if depth == 0:
        raise TomlError(f"{where}: lists or tables lie too deep within each other; {DEEPEST} is the most")
    if isinstance(value, dict):
        for key, below in value.items():
            strange = control_character(key, lines=False)
            if strange:
                raise TomlError(f"{where}: a key holds the control character {strange}; leave it out")
            refuse_unreadable(below, f"{where}, {key[:60]}", depth - 1)
    elif isinstance(value, list):
        for below in value:
            refuse_unreadable(below, where, depth - 1)
    elif isinstance(value, str):
        strange = control_character(value)
        if strange:
            raise TomlError(f"{where}: holds the control character {strange}; leave it out")
    elif isinstance(value, int) and not -LARGEST <= value < LARGEST:
        raise TomlError(f"{where}: holds a whole number of more than 64 bits; write a smaller one")
