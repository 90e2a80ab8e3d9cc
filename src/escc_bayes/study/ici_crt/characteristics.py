"""Characteristics: counts and medians of all patients and of groups, with tests and standardised differences.

Chi-square or Fisher by expected counts, Mann-Whitney or Kruskal-Wallis for numbers, each in every reconstruction.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from escc_bayes.classical.association import association
from escc_bayes.classical.balance import standardised_difference
from escc_bayes.foundation.sentence import small
from escc_bayes.study.groups import ALL, Cell, cells_of
from escc_bayes.study.ici_crt.roles import PRINTED_LEVELS, PRINTED_MEDIANS
from escc_bayes.study.members import count_words, p_words, spread
from escc_bayes.study.part import Part, Row, StudyTable, table_of
from escc_bayes.study.subject import Subject

TITLE = "Characteristics"
CONCERNED = ("stage_I", "cervical", "rpl_", "ral_n", "ecog")
NOTE = (
    "n (%) of those with a value, or median (smallest to largest). Tests: chi-square without correction, Fisher's "
    "exact test where expected counts are small, Mann-Whitney for numbers. The paper prints no test of characteristics."
)
OF_SEVERAL = (
    "P of several reconstructions: median (range). Which patient had what is not printed, so a P says what the "
    "reconstructions hold, not what the patients had."
)


@dataclass(frozen=True, slots=True)
class Tested:
    """A factor between groups: the tests' names, each member's P value, the median standardised difference."""

    test: str
    p_values: tuple[float, ...]
    difference: float


def characteristics_part(subject: Subject) -> Part:
    """Return the characteristics of the cohort, in the groups of one factor where it has it."""
    names = [name for name in subject.factors if subject.has(name)]
    tested = {name: differences(subject, name) for name in names if name != subject.by}
    lacking = subject.lacking(*subject.factors)
    if not names:
        return Part("", TITLE, (), (), lacking, subject.concerning(*CONCERNED))
    table = characteristics_table(subject, names, tested)
    return Part("", TITLE, (reading(subject, tested),), (table,), lacking, subject.concerning(*CONCERNED))


def differences(subject: Subject, name: str) -> Tested:
    """Return the tests of a factor between the groups, and how far these lie apart in it."""
    if not subject.by:
        return Tested("", (), np.nan)
    pairs = list(zip(subject.columns(name), subject.groups(subject.by), strict=True))
    found = [association(data, group) for data, group in pairs]
    words = "; ".join(dict.fromkeys(one.test for one in found if one.test))
    apart = spread([standardised_difference(data, group) for data, group in pairs])[0]
    return Tested(words, tuple(one.p_value for one in found), apart)


def reading(subject: Subject, tested: dict[str, Tested]) -> str:
    """Return one line: where the groups differ most."""
    known = {name: found for name, found in tested.items() if not np.isnan(found.difference)}
    if not known:
        return f"{subject.whose}: characteristics as they are, without groups to compare."
    name, found = max(known.items(), key=lambda item: item[1].difference)
    alike = sum(one.difference < 0.1 for one in known.values())
    p = p_words(found.p_values)
    return (
        (
            f"{subject.whose}: between the groups of {small(subject.label(subject.by))} the largest difference is in "
            f"{small(subject.label(name))} (standardised difference {found.difference:.2f}, {found.test} P = {p}); "
            f"{alike} of {len(known)} factors differ by less than 0.1."
        )
        .replace("P = <", "P < ")
        .replace("P = >", "P > ")
    )


def characteristics_table(subject: Subject, names: Sequence[str], tested: dict[str, Tested]) -> StudyTable:
    """Return the table, a heading for each factor with levels."""
    rows: list[Row] = []
    shown: list[tuple[str, ...]] = []
    groups = ALL, *(subject.column(subject.by).schema.levels if subject.by else ())
    for name in names:
        cells = cells_of(subject, name, subject.by if name != subject.by else "")
        found = tested.get(name, Tested("", (), np.nan))
        rows += csv_rows(subject, name, cells, found)
        shown += lines(subject, name, cells, found, len(groups))
    head = ("", *(group_words(subject, group) for group in groups), "Printed", "Test", "P", "Standardised difference")
    caption = f"Characteristics{f' by {small(subject.label(subject.by))}' if subject.by else ''}"
    note = f"{NOTE} {OF_SEVERAL}" if subject.several else NOTE
    return table_of("characteristics", caption, rows, head, shown, note=note)


def group_words(subject: Subject, group: str) -> str:
    """Return the heading of a column."""
    if group == ALL:
        return f"All (n = {len(subject.first)})"
    place = subject.column(subject.by).schema.levels.index(group)
    n = count_words([float((own == place).sum()) for own in subject.groups(subject.by)])
    return f"{subject.levels_read(subject.by)[place]} (n = {n})"


def lines(
    subject: Subject, name: str, cells: Sequence[Sequence[Cell]], found: Tested, columns: int
) -> Iterator[tuple[str, ...]]:
    """Yield the lines of a factor: a heading and its levels, or one line of a number."""
    schema = subject.column(name).schema
    p = p_words(found.p_values) if found.p_values else ""
    said = (found.test, p, "" if np.isnan(found.difference) else f"{found.difference:.2f}")
    if schema.categorical:
        yield (heading(subject, name),)
    for place, of_groups in enumerate(cells):
        level = schema.levels[place] if schema.categorical else heading(subject, name)
        words = [cell.words for cell in of_groups]
        words += [""] * (columns - len(words))
        yield (
            schema.read_as(level),
            *words,
            printed_words(subject, name, level),
            *(said if place == 0 else ("", "", "")),
        )


def heading(subject: Subject, name: str) -> str:
    """Return the label of a factor, with how many have no value."""
    gone = float(np.mean([data.missing.sum() for data in subject.columns(name)]))
    return f"{subject.label(name)}{f' ({gone:g} missing)' if gone else ''}"


def printed_of(subject: Subject, name: str, level: str) -> tuple[float | None, str]:
    """Return what the paper prints of a level or a median, and whether the reconstructions have it."""
    number, target = PRINTED_LEVELS.get((name, level), (PRINTED_MEDIANS.get(name, ""), ""))
    return subject.printed.number(number), subject.printed.mark("", target)


def printed_words(subject: Subject, name: str, level: str) -> str:
    """Print a number of the paper with what became of it."""
    value, mark = printed_of(subject, name, level)
    return "" if value is None else f"{value:g}{f', {mark}' if mark else ''}"


def csv_rows(subject: Subject, name: str, cells: Sequence[Sequence[Cell]], found: Tested) -> Iterator[Row]:
    """Yield a row for each level and group."""
    middle, low, high = spread(found.p_values)
    schema = subject.column(name).schema
    for place, of_groups in enumerate(cells):
        level = schema.levels[place] if schema.categorical else ""
        value, mark = printed_of(subject, name, level)
        for cell in of_groups:
            yield {
                "covariate": name,
                "level": level,
                **cell.row(),
                "printed": np.nan if value is None else value,
                "reached": mark,
                "test": found.test,
                "p_value": middle,
                "p_low": low,
                "p_high": high,
                "standardised_difference": found.difference,
                "members": len(subject.members),
            }
