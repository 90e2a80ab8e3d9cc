"""Which patients could have given these prints? Cohorts, the layout behind them, and what they match."""

from dataclasses import dataclass
from pathlib import Path

from escc_bayes.bayes.sampling.settings import Progress
from escc_bayes.data.ensemble import Ensemble, read_ensemble
from escc_bayes.evidence.arm_level.reconstruct import reconstruct_arms
from escc_bayes.evidence.reconstruction.layout import ReconstructionError
from escc_bayes.evidence.reconstruction.reconstruct import reconstruct
from escc_bayes.evidence.reconstruction.table import summary
from escc_bayes.foundation.manifest import list_files
from escc_bayes.report.document.document import Heading, Items, Paragraph, Table
from escc_bayes.report.paper.layout_choice import LayoutChoice, layout_choice
from escc_bayes.report.paper.layout_schema import schema_from
from escc_bayes.report.paper.part import Part
from escc_bayes.report.paper.request import PaperRequest
from escc_bayes.report.verbs.arms import write_arm_reconstruction
from escc_bayes.report.verbs.reconstruct import write_reconstruction
from escc_bayes.report.verbs.schema_text import schema_text

NAME, TITLE = "reconstruct", "RECONSTRUCTED: patients that could have given these prints"
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Cohorts:
    """The cohorts, and the layout that says which effects they were made to have."""

    ensemble: Ensemble
    choice: LayoutChoice


def reconstruct_part(asked: PaperRequest, folder: Path, progress: Progress) -> tuple[Part, Cohorts]:
    """Write ``layout.toml`` and the cohorts.

    Raises
    ------
    ReconstructionError : too little is printed; with what is missing.
    """
    if asked.study.unread and asked.draft is None:
        raise ReconstructionError(f"the study file cannot be used as it is: {asked.study.unread[0].why}")
    choice = layout_choice(asked.study, asked.layout, typed=asked.draft is None)
    below = folder / NAME
    below.mkdir()
    said = (
        built(asked, choice, below, progress) if choice.arms is not None else searched(asked, choice, below, progress)
    )
    (folder / "layout.toml").write_text(choice.text, encoding="utf-8")
    list_files(below, "reconstruct")
    ensemble = read_ensemble(below / "cohorts", below / "schema.toml", name=asked.study.id, notes=tuple(said[:1]))
    return Part(NAME, TITLE, said[0], blocks(choice, said), files()), Cohorts(ensemble, choice)


def built(asked: PaperRequest, choice: LayoutChoice, below: Path, progress: Progress) -> list[str]:
    """Build the cohorts from the arms; return what they match."""
    assert choice.arms is not None
    members = reconstruct_arms(
        choice.arms,
        seed=asked.seed,
        replicates=asked.members,
        progress=lambda what, done, total: progress(what, done, total, 0),
    )
    return write_arm_reconstruction(below, choice.arms, members, asked.seed)


def searched(asked: PaperRequest, choice: LayoutChoice, below: Path, progress: Progress) -> list[str]:
    """Search the cohorts; return what they match."""
    found = reconstruct(
        asked.study,
        choice.layout,
        seed=asked.seed,
        replicates=asked.members,
        steps=asked.steps,
        progress=lambda what, done, total: progress(what, done, total, 0),
    )
    write_reconstruction(below, found, asked.seed)
    if not (below / "schema.toml").exists():
        (below / "schema.toml").write_text(schema_text(schema_from(choice.layout)), encoding="utf-8")
    return list(summary(found))


def blocks(choice: LayoutChoice, said: list[str]) -> tuple[Heading | Items | Paragraph | Table, ...]:
    """Return what the cohorts match, and the layout as it can be edited."""
    layout = choice.layout
    more = f"{len(said) - 1 - SHOWN} more stand in notes.txt." if len(said) - 1 > SHOWN else ""
    rows = [("endpoint", e.word, e.name) for e in layout.endpoints]
    rows += [("covariate", c.name, levels_words(c.levels, c.counts)) for c in layout.covariates]
    rows += [
        ("contrast", c.effect, " against ".join("+".join(group) for group in reversed(c.groups)))
        for c in layout.contrasts
    ]
    return (
        Paragraph(said[0]),
        Items(tuple(line.strip() for line in said[1 : 1 + SHOWN])),
        *([Paragraph(more)] if more else []),
        Heading("The layout", 3),
        Paragraph(
            f"Which print is which column: {choice.how}. To change it, edit layout.toml and give it with --layout; "
            "what a layout can say beside is in models/README.md."
        ),
        Table("Layout of the cohorts.", ("what", "in the study", "in the cohorts"), tuple(rows)),
    )


def levels_words(levels: tuple[str, ...], counts: tuple[int | str, ...]) -> str:
    """Return levels with their counts or the names of these."""
    if not counts:
        return f"measured{f', classes {", ".join(levels)}' if levels else ''}"
    return "; ".join(f"{level} ({count})" for level, count in zip(levels, counts, strict=True))


def files() -> tuple[tuple[str, str], ...]:
    """Return the files of the part."""
    return (
        ("layout.toml", "how the prints become columns; edit it, then --layout layout.toml"),
        (f"{NAME}/targets.csv", "every print: which cohorts have it, within rounding or not"),
        (f"{NAME}/spread.csv", "what varies between the cohorts"),
        (f"{NAME}/notes.txt", "what was set aside, assumed or given no place"),
        (f"{NAME}/schema.toml", "columns of the cohorts, which lie in cohorts/ beside it"),
    )
