"""What a schema says of the file itself: the table ``[file]``."""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass

from escc_bayes.foundation import checks
from escc_bayes.foundation.errors import SchemaError

FILE_KEYS = ("sheet", "header_rows", "delimiter", "decimal", "encoding", "missing_values", "dictionary")
TEXTS = ("sheet", "encoding", "dictionary")
DECIMALS = (".", ",")
MOST_HEADER_ROWS = 9


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How a file is read; whatever is None or empty is found out from the file.

    Attributes
    ----------
    sheet : name of the sheet of a workbook.
    header_rows : how many rows the header has.
    delimiter : what stands between the cells of a text file.
    decimal : the decimal sign, a point or a comma.
    encoding : of a text file, such as ``gb18030``.
    missing_values : words of a cell that mean a missing value, beside the empty ones.
    dictionary : path of a REDCap data dictionary (CSV) that names columns and codes; from the folder of the schema.
    """

    sheet: str | None = None
    header_rows: int | None = None
    delimiter: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    missing_values: tuple[str, ...] = ()
    dictionary: str | None = None


def file_options(raw: object, where: str) -> FileOptions:
    """Build the options from the table ``[file]`` of a schema.

    Raises
    ------
    TomlError, SchemaError : an unknown key, a delimiter of several letters, an encoding that nobody knows.

    Examples
    --------
    >>> file_options({"decimal": ",", "delimiter": ";"}, "hebei.toml, [file]").decimal
    ','
    """
    given = checks.table(raw, where)
    checks.refuse_unknown_keys(given, FILE_KEYS, where)
    texts = {key: checks.text(given[key], f"{where}, {key}") for key in TEXTS if key in given}
    rows = given.get("header_rows")
    return FileOptions(
        sheet=texts.get("sheet"),
        header_rows=None
        if rows is None
        else checks.whole_number(rows, f"{where}, header_rows", least=1, most=MOST_HEADER_ROWS),
        delimiter=delimiter_from(given, where),
        decimal=checks.one_of(given["decimal"], DECIMALS, f"{where}, decimal") if "decimal" in given else None,
        encoding=known_encoding(texts["encoding"], where) if "encoding" in texts else None,
        missing_values=missing_from(given, where),
        dictionary=texts.get("dictionary"),
    )


def missing_from(given: Mapping[str, object], where: str) -> tuple[str, ...]:
    """Return the words for a missing value under ``missing_values``, or none."""
    return checks.words(given["missing_values"], f"{where}, missing_values") if "missing_values" in given else ()


def delimiter_from(given: Mapping[str, object], where: str) -> str | None:
    """Return the delimiter, which is one letter; the word ``tab`` serves for one."""
    if "delimiter" not in given:
        return None
    value = given["delimiter"]
    sign = "\t" if value == "tab" else value
    if not isinstance(sign, str) or len(sign) != 1 or sign.isalnum() or sign in '"\r\n':
        raise SchemaError(
            f"{where}, delimiter: expected one sign such as ';' or the word 'tab', was given {checks.shown(value)}"
        )
    return sign


def known_encoding(name: str, where: str) -> str:
    """Return the name of an encoding that Python knows."""
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise SchemaError(
            f"{where}, encoding: no encoding is called {checks.shown(name)}; write utf-8, utf-16, gb18030, big5, "
            "shift_jis, euc_kr, cp1251 or cp1252, for example"
        ) from None
