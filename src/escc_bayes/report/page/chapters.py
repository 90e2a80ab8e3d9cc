"""The chapters that are asked for: on one treatment, and on a paper.

Each is imported only where there is one: what its methods need takes longer to load than the rest of a report.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from escc_bayes.report.document.sheet import Sheet
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.view import Picture, Section, Table

if TYPE_CHECKING:
    from escc_bayes.estimand.tables import Row

type Pictures = Mapping[tuple[str, str], Sequence[Picture]]


def treatment_chapter(bundle: Bundle, pictures: Pictures) -> tuple[Section, ...]:
    """Return the chapter on one treatment, if there is one."""
    if bundle.treatment is None:
        return ()
    from escc_bayes.report.page.treatment.section import treatment_section

    return (treatment_section(bundle.treatment, pictures),)


def study_chapter(bundle: Bundle, pictures: Pictures) -> tuple[Section, ...]:
    """Return the chapter of a paper, if one is named."""
    if bundle.study is None:
        return ()
    from escc_bayes.report.page.study_section import study_section

    return (study_section(bundle.study, pictures),)


def chapter_tables(bundle: Bundle) -> tuple[Table, ...]:
    """Return the tables of both chapters, for Word and LaTeX."""
    found: tuple[Table, ...] = ()
    if bundle.treatment is not None:
        from escc_bayes.report.page.treatment.section import treatment_tables

        found += treatment_tables(bundle.treatment)
    if bundle.study is not None:
        from escc_bayes.report.page.study_section import study_tables

        found += study_tables(bundle.study)
    return found


def chapter_makers(bundle: Bundle) -> list[partial[Sheet]]:
    """Return what draws each figure of both chapters, the paper's first."""
    found: list[partial[Sheet]] = []
    if bundle.study is not None:
        from escc_bayes.report.page.study_sheet import study_sheet

        chapter = bundle.study
        found += [partial(study_sheet, chapter, part, figure) for part in chapter.parts for figure in part.figures]
    if bundle.treatment is not None:
        from escc_bayes.report.page.treatment.sheets import treatment_makers

        found += treatment_makers(bundle.treatment)
    return found


def chapter_files(bundle: Bundle) -> "dict[str, list[Row]]":
    """Return the rows of each file of both chapters, by name."""
    found: dict[str, list[Row]] = {}
    if bundle.treatment is not None:
        from escc_bayes.report.page.treatment.files import treatment_files

        found |= treatment_files(bundle.treatment)
    if bundle.study is not None:
        found |= {f"study_{table.name}": list(table.rows) for table in bundle.study.tables}
    return found
