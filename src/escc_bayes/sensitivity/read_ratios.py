"""Published hazard ratios from a CSV or from a study file.

CSV: one ratio a row; columns hr, lower, upper, level, p, one_sided (true or false), study, endpoint, term, contrast,
any of them absent or empty. Study file: every estimate whose measure is a hazard ratio.
"""

import math
from decimal import Decimal
from pathlib import Path

from escc_bayes.data.published import PublishedEstimate, Study
from escc_bayes.data.study import read_study
from escc_bayes.data.table import RawTable, read_table
from escc_bayes.foundation.checks import suggestion
from escc_bayes.sensitivity.published_ratio import PublishedRatio, RatioError

NUMBERS = ("hr", "lower", "upper", "level", "p")
WORDS = ("study", "endpoint", "term", "contrast")
SIDES = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": False}
RATIO_MEASURES = ("HR", "pooled HR")


def read_ratios(path: Path, *, level: float) -> tuple[tuple[PublishedRatio, ...], tuple[str, ...]]:
    """Return the ratios of a CSV or a study file, and a sentence for each hazard ratio left out.

    Parameters
    ----------
    path : ``.toml``: a study file; else a table.
    level : of intervals whose level the file does not give.

    Raises
    ------
    RatioError, CohortError, StudyError : with file, line and column; or nothing is left.
    """
    found, left_out = of_study(read_study(path), level) if path.suffix == ".toml" else (of_table(path, level), ())
    if not found:
        why = "; ".join(left_out) or "it has none"
        raise RatioError(f"{path}: no hazard ratio with an interval or an exact P value ({why})")
    return found, left_out


def of_table(path: Path, level: float) -> tuple[PublishedRatio, ...]:
    """Return one ratio for each row of a table."""
    table = read_table(path)
    for name in table.columns:
        if name not in (*NUMBERS, *WORDS, "one_sided"):
            hint = suggestion(name, (*NUMBERS, *WORDS, "one_sided"))
            raise RatioError(f"{path}: column '{name}' is not known; {hint}")
    return tuple(of_row(table, position, level) for position in range(len(table.rows)))


def of_row(table: RawTable, position: int, level: float) -> PublishedRatio:
    """Return the ratio of one row."""
    place = f"{table.source}, {table.row_word} {table.rows[position]}"
    hr, lower, upper, own_level, p = (cell_number(table, name, position, place) for name in NUMBERS)
    side = cell_text(table, "one_sided", position).casefold()
    if side not in SIDES:
        raise RatioError(f"{place}, column 'one_sided': '{side}' is neither true nor false")
    words = {name: cell_text(table, name, position) for name in WORDS}
    at = level if math.isnan(own_level) else own_level
    return PublishedRatio(hr, lower, upper, at, p, SIDES[side], **words, place=place)


def cell_text(table: RawTable, name: str, position: int) -> str:
    """Return a cell as text; empty where it or its column is missing."""
    value = table.columns[name][position] if name in table.columns else None
    return "" if value is None else str(value).strip()


def cell_number(table: RawTable, name: str, position: int, place: str) -> float:
    """Return a cell as a number; NaN where it or its column is missing."""
    text = cell_text(table, name, position)
    try:
        return float(text) if text else math.nan
    except ValueError:
        raise RatioError(f"{place}, column '{name}': '{text}' is no number; write 0.62, or leave it empty") from None


def of_study(study: Study, level: float) -> tuple[tuple[PublishedRatio, ...], tuple[str, ...]]:
    """Return the hazard ratios of a study, and a sentence for each that has neither interval nor exact P value."""
    found: list[PublishedRatio] = []
    left_out: list[str] = []
    for estimate in study.estimates:
        if estimate.measure not in RATIO_MEASURES or estimate.value is None:
            continue
        try:
            found.append(of_estimate(estimate, study.id, level))
        except RatioError as error:
            left_out.append(str(error))
    return tuple(found), tuple(left_out)


def of_estimate(estimate: PublishedEstimate, study: str, level: float) -> PublishedRatio:
    """Return one published hazard ratio, with the digits of its print."""
    sides = (estimate.hazard_of, estimate.versus)
    stated = all(side and not side.startswith("not stated") for side in sides)
    return PublishedRatio(
        hr=number(estimate.value),
        lower=number(estimate.ci_low),
        upper=number(estimate.ci_high),
        level=level if estimate.ci_level is None else float(estimate.ci_level),
        p_value=number(estimate.p),
        one_sided="one-sided" in (estimate.p_text or "").casefold(),
        term=estimate.effect,
        contrast=" vs ".join(sides) if stated else "",
        endpoint=estimate.endpoint,
        study=study,
        place=f"{study}, {estimate.place}",
    )


def number(value: Decimal | None) -> float:
    """Return a printed number as a float; NaN where none was."""
    return math.nan if value is None else float(value)
