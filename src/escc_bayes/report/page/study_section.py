"""The chapter of a paper: each of its tables on the cohort, what the audit says of it beside, what was left out."""

from collections.abc import Mapping, Sequence

from escc_bayes.report.document.provenance import provenance_first
from escc_bayes.report.page import view
from escc_bayes.report.page.study_sheet import NAME
from escc_bayes.study.part import Part, StudyChapter, StudyTable

SHORT = "The paper"


def study_section(chapter: StudyChapter, pictures: Mapping[tuple[str, str], Sequence[view.Picture]]) -> view.Section:
    """Return the section, a block for each part."""
    intro = (
        f"{chapter.citation}. Tables of the paper on {chapter.whose}: classical methods as published, the Bayesian "
        "answer beside, what the audit of the paper says of it below."
    )
    blocks = tuple(block for part in chapter.parts for block in blocks_of(part, chapter, pictures))
    return view.Section(NAME, "The paper, table by table", intro, blocks, SHORT, chapter.methods, listed=True)


def blocks_of(
    part: Part, chapter: StudyChapter, pictures: Mapping[tuple[str, str], Sequence[view.Picture]]
) -> tuple[view.Block, ...]:
    """Return the block of a part, and, folded, what the audit says of it."""
    tables = tuple(shown(table, part, chapter) for table in part.tables)
    shown_here = tuple(pictures.get((NAME, part.heading), ()))
    block = view.Block(part.heading, (*part.sentences, *part.skipped), tables, shown_here)
    said = tuple(f"{f.severity}: {f.statement} ({f.arithmetic})" for f in part.findings)
    if not said:
        return (block,)
    return (block, view.Block(f"What the audit of the paper says of this: {part.heading}", said, folded=True))


def shown(table: StudyTable, part: Part, chapter: StudyChapter) -> view.Table:
    """Return a table of the page, its provenance and its number in the paper first."""
    caption = f"{part.place} of the paper: {table.caption}" if part.place else table.caption
    said = provenance_first(chapter.provenance, f"{caption}; file study_{table.name}.csv")
    return view.Table(said, table.head, table.cells, table.note, table.folded)


def study_tables(chapter: StudyChapter) -> tuple[view.Table, ...]:
    """Return the tables of the chapter, for Word and LaTeX."""
    return tuple(shown(table, part, chapter) for part in chapter.parts for table in part.tables)
