"""The chapter on one treatment, and its tables for a paper. docs/methods/treatment.md."""

from collections.abc import Mapping, Sequence

from escc_bayes.data.bundled import SIMULATED
from escc_bayes.report.page.treatment.design_block import design_block
from escc_bayes.report.page.treatment.effect_block import effect_block
from escc_bayes.report.page.treatment.further_blocks import harm_block, location_block, subgroup_block
from escc_bayes.report.page.treatment.months_block import months_block
from escc_bayes.report.page.treatment.start_block import start_block
from escc_bayes.report.page.treatment.words import file_words, label_of
from escc_bayes.report.page.view import Block, Picture, Section, Table
from escc_bayes.study.treatment.gather import Treatment

NAME = "treatment"
PAGES = ("treatment", "matching", "subgroup", "time_zero", "rmst", "proportions")

type Pictures = Mapping[tuple[str, str], Sequence[Picture]]


def treatment_section(held: Treatment, pictures: Pictures) -> Section:
    """Return the chapter; ``pictures`` by section and by ``design``, ``subgroups`` or endpoint."""
    return Section(NAME, title_of(held), intro_of(held), blocks_of(held, pictures), "Treatment", PAGES, listed=True)


def title_of(held: Treatment) -> str:
    """Return the heading."""
    return f"{label_of(held.cohort, held.asked.treatment)}: the two groups compared"


def intro_of(held: Treatment) -> str:
    """Say whose print stands beside, and over what numbers are pooled."""
    said = []
    if held.printed is not None:
        study = held.printed.study
        said.append(f"Printed: {study.citation}; every printed number stands in a column of its own.")
        if not held.printed.marked:
            said.append("It is of that study's patients, not of these.")
    if held.members > 1:
        said.append(
            f"Each of {held.members} reconstructions is analysed by itself and the answers are pooled: Cox and its kin "
            "by Rubin's rules, posteriors with equal weights. Curves are of the first."
        )
    return " ".join(said)


def blocks_of(held: Treatment, pictures: Pictures) -> tuple[Block, ...]:
    """Return the blocks in the order in which a reader asks."""

    def of(key: str) -> Sequence[Picture]:
        return pictures.get((NAME, key), ())

    found = [design_block(held, of("design"))]
    for endpoint in held.matches:
        found += [effect_block(held, endpoint, of(endpoint)), months_block(held, endpoint)]
    found.append(start_block(held))
    if held.location:
        found.append(location_block(held))
    if held.grades:
        found.append(harm_block(held))
    if held.first.subgroups:
        found.append(subgroup_block(held, of("subgroups")))
    if held.lacking:
        found.append(lacking_block(held))
    return tuple(found)


def lacking_block(held: Treatment) -> Block:
    """Return what is not shown, the column that it needs, and what stands instead."""
    of_print = held.members > 1 and held.printed is not None
    said = (
        "The print has no such columns, and nothing is made up in their place. Of a file with them the same report has "
        "these parts, too."
        if of_print
        else "The file has no such columns; with them the same report has these parts, too."
    )
    rows = tuple((one.analysis, one.column, one.instead) for one in held.lacking)
    head = ("Analysis", "Column that it needs", "Here instead")
    note = at_work(held.printed.study.id) if of_print and held.printed is not None else ""
    table = Table(f"What cannot be shown, and what it needs; {file_words('lacking')}", head, rows, note)
    return Block("Not shown, and what it needs", (said,), (table,))


def at_work(study: str) -> str:
    """Say on which bundled SIMULATED cohort what a print lacks can be seen; nothing where there is none."""
    name = next((name for name, one in SIMULATED.items() if one.like == study), None)
    if name is None:
        return ""
    return (
        "All of them can be seen at work on SIMULATED patients in the design of this study: "
        f"escc-bayes report --cohort {name}."
    )


def treatment_tables(held: Treatment) -> tuple[Table, ...]:
    """Return every table of the chapter, for Word, LaTeX and a spreadsheet."""
    return tuple(table for block in blocks_of(held, {}) for table in block.tables)
