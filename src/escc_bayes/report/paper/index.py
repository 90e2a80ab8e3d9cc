"""The page over all parts: what came of each, its files, and why a part was skipped."""

from collections.abc import Iterator, Sequence

from escc_bayes.report.document.document import Block, Heading, Items, Links, Paragraph, Table
from escc_bayes.report.paper.not_run import TITLE, section
from escc_bayes.report.paper.part import Part
from escc_bayes.report.paper.request import PaperRequest

RECONSTRUCTED = (
    "RECONSTRUCTED: patients of this page were made to agree with the paper's prints; no row is a person whose record "
    "was seen. Other cohorts agree with the same prints."
)
NO_COHORT = "Nothing on this page rests on patients: no cohort could be reconstructed."


def page_title(asked: PaperRequest, parts: Sequence[Part]) -> str:
    """Return the title; cohorts that are not observed say so first."""
    first = "RECONSTRUCTED: " if made_cohorts(parts) else ""
    return f"{first}{asked.study.id}, from its prints to the next trial"


def made_cohorts(parts: Sequence[Part]) -> bool:
    """Whether any part rests on reconstructed cohorts."""
    return any(part.name == "reconstruct" and not part.skipped for part in parts)


def page(asked: PaperRequest, parts: Sequence[Part], left: Sequence[Part]) -> Iterator[Block]:
    """Yield the page: whose paper it is, each part in a line, the parts, and those ``left`` to another verb."""
    yield Heading(page_title(asked, parts), 1)
    yield Paragraph(RECONSTRUCTED if made_cohorts(parts) else NO_COHORT)
    yield Paragraph(f"{asked.words}.")
    rows = tuple((part.title, f"skipped: {part.skipped}" if part.skipped else part.short) for part in parts)
    others = (TITLE, f"skipped: {len(left)} parts, listed below with the command that runs them")
    yield Table("What came of each part.", ("part", "answer"), (*rows, others))
    for part in parts:
        yield Heading(part.title, 2)
        if part.skipped:
            yield Paragraph(f"Skipped: {part.skipped}")
            continue
        yield from (block for block in part.blocks if not empty(block))
        yield Links(part.files)
    yield from section(left)
    yield Heading("How this was made", 2)
    yield Items(tuple(how(asked)))


def empty(block: Block) -> bool:
    """Whether a block is a list of nothing."""
    return isinstance(block, Items) and not block.texts


def how(asked: PaperRequest) -> Iterator[str]:
    """Yield what the numbers depend on."""
    cohorts = f"{asked.members} cohorts, at most {asked.steps:,} proposals of each search"
    yield f"Seed {asked.seed}; {cohorts}; level {asked.level:g}."
    yield (
        "A page over many parts is short of each: more cohorts, other models, priors, what an answer rests on, looks "
        "of a trial stand in the verbs `reconstruct`, `fit`, `sensitivity`, `evidence`, `plan`, which read its files."
    )
