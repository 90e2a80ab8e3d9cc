"""The verb `draft`: a first schema and model for a file, with what a person must decide."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from escc_bayes.spec.draft.draft import DraftRow

FILES = ("schema.toml", "model.toml")


def draft(
    file: Annotated[Path, typer.Argument(help="CSV, Excel, SPSS, Stata or SAS file, a row for each patient.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for schema.toml and model.toml.")] = Path("out/draft"),
    sheet: Annotated[str | None, typer.Option("--sheet", help="Sheet of a workbook.")] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", help="Encoding of a text file, such as gb18030.")
    ] = None,
    dictionary: Annotated[
        Path | None, typer.Option("--dictionary", help="REDCap data dictionary (CSV): labels of columns and codes.")
    ] = None,
) -> None:
    """A first schema and model for a file: guesses with reasons, CHECK where you decide."""
    from escc_bayes.data.files.options import file_options
    from escc_bayes.estimand.aligned import plain_table
    from escc_bayes.foundation.outputs import staged
    from escc_bayes.spec.draft.draft import draft as draft_file
    from escc_bayes.spec.draft.schema_text import with_options

    words = str(dictionary.resolve()) if dictionary else None
    given = (("sheet", sheet), ("encoding", encoding), ("dictionary", words))
    stated = {name: value for name, value in given if value is not None}
    found = draft_file(file, file_options(stated, "draft"))
    with staged(out, "draft") as folder:
        for name, text in zip(FILES, (with_options(found.schema, stated), found.model), strict=True):
            (folder / name).write_text(text, encoding="utf-8")
    for note in found.notes:
        typer.echo(f"Note: {note}")
    head = ("column", "read as", "levels (n) or range", "missing", "CHECK")
    typer.echo(plain_table(f"{file.name}: {len(found.rows)} columns", head, [cells(row) for row in found.rows]))
    schema, model = (out / name for name in FILES)
    questions = f"{len(found.questions)} line{'s' * (len(found.questions) != 1)}"
    typer.echo(f"\nWritten to {out}: {', '.join(FILES)}. To decide ({questions} marked CHECK):")
    for question in found.questions:
        typer.echo(f"  {question}")
    typer.echo(f"\nThen: escc-bayes check {file} --schema {schema}")
    typer.echo(f"      escc-bayes report --cohort {file} --schema {schema} --model {model}")


def cells(row: "DraftRow") -> tuple[str, ...]:
    """Return one column of the file as a row of the table."""
    return row.column, row.read_as, row.holds, str(row.missing or ""), row.check
