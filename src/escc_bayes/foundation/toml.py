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
        content = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise TomlError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise TomlError(f"{path}: is a folder; name the TOML file inside it") from None
    except (OSError, UnicodeDecodeError) as error:
        raise TomlError(f"{path}: cannot be read as UTF-8 text ({error}); save it as UTF-8") from None
    try:
        parsed = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise TomlError(f"{path}: is not valid TOML: {error}; correct that line") from None
    if "schema" not in parsed:
        raise TomlError(f"{path}: the line 'schema = 1' is missing at the top; add it")
    version = number(parsed.pop("schema"), f"{path}, schema")
    if version != 1:
        raise TomlError(f"{path}: schema = {version:g} is not known to this version; it reads schema = 1")
    return parsed
