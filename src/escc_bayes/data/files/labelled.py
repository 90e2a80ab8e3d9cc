"""SPSS, Stata and SAS files: columns with labels, codes with labels, and values declared missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from escc_bayes.data.words import word
from escc_bayes.foundation.errors import CohortError

PROGRAM = {
    ".sav": "SPSS",
    ".zsav": "SPSS",
    ".por": "SPSS portable",
    ".dta": "Stata",
    ".sas7bdat": "SAS",
    ".xpt": "SAS transport",
}
READER = {
    ".sav": "read_sav",
    ".zsav": "read_sav",
    ".por": "read_por",
    ".dta": "read_dta",
    ".sas7bdat": "read_sas7bdat",
    ".xpt": "read_xport",
}


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """What such a file holds.

    Attributes
    ----------
    columns : name -> values, None where missing or declared missing.
    labels : name -> what the column is called.
    codes : name -> the word of a code -> what it means.
    """

    columns: Mapping[str, list[object]]
    labels: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]


def read_labelled(path: Path, kind: str, encoding: str | None = None) -> LabelledFile:
    """Read a file of SPSS, Stata or SAS.

    Raises
    ------
    CohortError : damaged, or of a version that cannot be read; the message names the program.
    """
    import pyreadstat

    more = {} if encoding is None else {"encoding": encoding}
    try:
        found, meta = getattr(pyreadstat, READER[kind])(str(path), output_format="dict", **more)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, OSError, ValueError, UnicodeError) as error:
        raise CohortError(
            f"{path}: cannot be read as a file of {PROGRAM[kind]} ({error}); save it again, or export it as CSV UTF-8"
        ) from None
    named = {name: " ".join((label or "").split()) for name, label in meta.column_names_to_labels.items()}
    labels = {name: label for name, label in named.items() if label}
    codes = {
        name: {str(word(code)): " ".join(str(label).split()) for code, label in meant.items()}
        for name, meant in meta.variable_value_labels.items()
    }
    return LabelledFile({name: list(values) for name, values in found.items()}, labels, codes)
