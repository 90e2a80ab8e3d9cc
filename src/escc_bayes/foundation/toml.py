"""Read a TOML file into a table, with an error that says where it stopped being TOML."""

import tomllib
from pathlib import Path

from escc_bayes.foundation.checks import number
from escc_bayes.foundation.errors import TomlError


def read_toml(path: Path) -> dict[str, object]:
    """Read ``path`` and check its ``schema = 1`` line.

    Raises
    ------
    TomlError : the file is missing, is not UTF-8, does not parse, or states another schema version.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise TomlError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise TomlError(f"{path}: is a folder; name the TOML file inside it") from None
    except OSError as error:
        raise TomlError(f"{path}: cannot be read ({error.strerror}); check its permissions") from None
    try:
        parsed = tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise TomlError(f"{path}, line {line}: is not UTF-8 text; save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise TomlError(f"{path}: is not valid TOML: {error}; correct it there") from None
    if "schema" not in parsed:
        raise TomlError(f"{path}: the line 'schema = 1' is missing at the top; add it")
    version = number(parsed.pop("schema"), f"{path}, schema")
    if version != 1:
        raise TomlError(f"{path}: schema = {version:g} is not known to this version; write schema = 1")
    return parsed
