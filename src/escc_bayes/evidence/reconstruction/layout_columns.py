"""Which columns the cohorts of a layout have: each once, with a name, and in every row."""

from collections.abc import Iterator

from escc_bayes.evidence.reconstruction.layout import Layout, ReconstructionError
from escc_bayes.foundation.errors import some_of

# Columns that every cohort has beside those of its layout.
OWN = ("patient", "provenance")


def refuse_columns(layout: Layout) -> None:
    """Raise for a column without a name, one that two places write, or one that some levels write and others do not."""
    whose = dict.fromkeys(OWN, "every cohort has it by itself")
    for place, columns in written_columns(layout):
        for column in columns:
            if not column.strip():
                raise ReconstructionError(f"{layout.where}, {place}: a column without a name; name it, or take it out")
            if column in whose:
                raise ReconstructionError(
                    f"{layout.where}, {place}: writes the column '{column}' ({whose[column]}); each column has one "
                    "source: give it another name"
                )
        whose |= dict.fromkeys(columns, f"written by {place} already")
    outside = dict(layout.outside.write) if layout.outside is not None else {}
    strange = [column for column in outside if column not in whose]
    if strange:
        raise ReconstructionError(
            f"{layout.where}, outside, write: no column {some_of([f"'{name}'" for name in strange])} among those of "
            f"patients with outcomes, which are {', '.join(whose)}"
        )


def written_columns(layout: Layout) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each place of a layout that writes columns, with their names."""
    for endpoint in layout.endpoints:
        yield f"endpoints.{endpoint.name}", (endpoint.time, endpoint.event)
    for covariate in layout.covariates:
        place = f"covariates.{covariate.name}"
        if not covariate.write:
            yield place, (covariate.name,)
            continue
        first, *others = ({column for column, _ in level} for level in covariate.write)
        for level, columns in zip(covariate.levels[1:], others, strict=True):
            if columns != first:
                apart = some_of([f"'{name}'" for name in sorted(first ^ columns)])
                raise ReconstructionError(
                    f"{layout.where}, {place}, write: levels '{covariate.levels[0]}' and '{level}' do not write the "
                    f"same columns ({apart}); write every column for each level"
                )
        yield place, tuple(column for column, _ in covariate.write[0])
