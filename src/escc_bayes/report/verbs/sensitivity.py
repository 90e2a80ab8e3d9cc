"""The files of the verb ``sensitivity``: a table for each part, what it says in words, and run.json."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from escc_bayes.foundation.csv import write_csv
from escc_bayes.foundation.seeds import Seed
from escc_bayes.foundation.sentence import capital
from escc_bayes.report.verbs.files import write_run
from escc_bayes.report.verbs.sensitivity_extras import EXTRAS
from escc_bayes.sensitivity.part import Rows
from escc_bayes.sensitivity.parts import SHOWN
from escc_bayes.sensitivity.pooled import MEMBERS
from escc_bayes.sensitivity.run import Sensitivity

TEXT = "sensitivity.md"


def write_sensitivity_files(folder: Path, found: Sequence[Sensitivity], seed: Seed) -> None:
    """Write every table (the models below each other), of every reconstruction too, and all that they say."""
    write_part_tables(folder, [one.tables for one in found], pooled=any(one.members for one in found))
    for name in dict.fromkeys(name for one in found for name in one.members):
        below = folder / "members" / name
        below.mkdir(parents=True)
        write_part_tables(below, [one.members[name] for one in found])
    for one in found:
        for name in one.tables:
            if name in EXTRAS:
                EXTRAS[name](folder, one.model, one.read(name))
    (folder / TEXT).write_text("\n".join(text_of(found)) + "\n", encoding="utf-8")
    verdicts = {one.model: one.verdict for one in found}
    write_run(folder, "sensitivity", [one.record for one in found], verdicts, seed=seed)


def write_part_tables(folder: Path, tables: Sequence[Mapping[str, Rows]], *, pooled: bool = False) -> None:
    """Write the table of each part that was run."""
    for part in SHOWN:
        rows = [row for one in tables for row in one.get(part.name, ())]
        if any(part.name in one for one in tables):
            write_csv(folder / f"{part.name}.csv", rows, (*part.columns, MEMBERS) if pooled else part.columns)


def text_of(found: Sequence[Sensitivity]) -> list[str]:
    """Return all sentences as Markdown: for each model whom it is of, then part by part."""
    lines: list[str] = []
    for one in found:
        lines += [f"# {one.model}", "", one.sentence, ""]
        for part in SHOWN:
            said = tuple(map(one.levels.said, part.words(one.read(part.name)))) if part.name in one.tables else ()
            if said:
                lines += [f"## {capital(part.title)}", "", *(f"- {line}" for line in said), ""]
    return lines
