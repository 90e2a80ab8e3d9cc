"""A REDCap data dictionary: the label of each field, and what its codes mean."""

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path

from escc_bayes.data.files.encoding import decode
from escc_bayes.data.words import word
from escc_bayes.foundation.errors import CohortError

FIELD = ("variable / field name", "field_name", "variable")
LABEL = ("field label", "field_label", "label")
CHOICES = ("choices, calculations, or slider labels", "select_choices_or_calculations", "choices")
TYPE = ("field type", "field_type")
CODED = ("radio", "dropdown", "checkbox", "yesno", "truefalse", "")


def read_dictionary(path: Path) -> tuple[dict[str, str], dict[str, Mapping[str, str]]]:
    """Return labels by field, and codes with their labels by field.

    Raises
    ------
    CohortError : no such file, or no column of field names.
    """
    if not path.is_file():
        raise CohortError(f"{path}: no such file; [file] dictionary names a REDCap data dictionary (CSV)")
    rows = list(csv.DictReader(io.StringIO(decode(path)[0], newline="")))
    names = {str(name).strip().casefold(): name for name in (rows[0] if rows else {})}
    field, label, choices, kind = (
        next((names[w] for w in known if w in names), None) for known in (FIELD, LABEL, CHOICES, TYPE)
    )
    if field is None:
        raise CohortError(
            f"{path}: no column 'Variable / Field Name'; export the data dictionary of the REDCap project as CSV"
        )
    labels: dict[str, str] = {}
    codes: dict[str, Mapping[str, str]] = {}
    for row in rows:
        name = (row[field] or "").strip()
        if label is not None and (row[label] or "").strip():
            labels[name] = re.sub(r"<[^>]*>", "", row[label]).strip()
        held = of_field((row[choices] or "") if choices else "", (row[kind] or "").strip() if kind else "")
        if held:
            codes[name] = held
    return labels, codes


def of_field(choices: str, kind: str) -> dict[str, str]:
    """Return the codes of one field.

    Examples
    --------
    >>> of_field("1, II | 2, III", "radio")
    {'1': 'II', '2': 'III'}
    """
    if kind in ("yesno", "truefalse"):
        return {"1": "Yes", "0": "No"} if kind == "yesno" else {"1": "True", "0": "False"}
    if kind not in CODED:
        return {}
    pairs = [choice.split(",", 1) for choice in choices.split("|") if "," in choice]
    return {str(word(code)): label.strip() for code, label in pairs}
