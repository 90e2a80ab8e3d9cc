"""The columns of patients as they would be if each had one level of a covariate."""

from collections.abc import Mapping

import numpy as np

from escc_bayes.foundation.errors import SpecError
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.design import Block, Design
from escc_bayes.spec.rows import AnalysisRows


def setting_columns(
    design: Design,
    rows: AnalysisRows,
    covariate: str,
    level: str,
    of: IntArray | slice = slice(None),
) -> FloatArray:
    """Return the columns (m, p) of the rows ``of`` as they would be if each had ``level`` of ``covariate``.

    Raises
    ------
    SpecError : the covariate has no such level in the model.
    """
    design.block_of(covariate)
    changed = np.array(design.columns[of])
    for block in design.blocks:
        if covariate in block.effect.covariates:
            set_level(changed, block, design, covariate, level)
    return crossed_anew(changed, design, rows, covariate, level, of)


def crossed_anew(
    columns: FloatArray, design: Design, rows: AnalysisRows, covariate: str, level: str, of: IntArray | slice
) -> FloatArray:
    """Return the columns (m, p) of the rows ``of``, those of effects that differ with a modifier made anew.

    As they would be if each had ``level`` of ``covariate``, which may be the effect's own, its modifier, or neither.
    """
    codes = {name: held.values[of] for name, held in rows.covariates.items()}
    codes[covariate] = np.full(columns.shape[0], float(rows.covariates[covariate].schema.levels.index(level)))
    for block in design.blocks:
        crossing = block.coding.crossing
        if crossing is not None and covariate in (block.effect.covariates[0], crossing.modifier):
            columns[:, block.start : block.stop] = crossed_values(block, design, codes)
    return columns


def set_level(changed: FloatArray, block: Block, design: Design, covariate: str, level: str) -> None:
    """Write into columns what they are if each patient had ``level`` of a covariate of a block."""
    levels = block.levels[block.effect.covariates.index(covariate)]
    if level not in levels:
        raise SpecError(f"'{covariate}' has no level '{level}' in the model; it has: {', '.join(levels) or 'numbers'}")
    if block.coding.crossing is not None:
        return
    inside = design.columns_of(covariate, *block.within[:1])
    changed[:, inside] = 0.0
    index = levels.index(level) - (0 if block.full else 1)
    if index >= 0:
        changed[:, inside.start + index] = 1.0


def crossed_values(block: Block, design: Design, codes: Mapping[str, FloatArray]) -> FloatArray:
    """Return the columns (m, width) of an effect that differs with a modifier, of codes or numbers (m,) of both."""
    crossing, name = block.coding.crossing, block.effect.covariates[0]
    assert crossing is not None
    own, schema = codes[name], design.schemas[name]
    if block.coding.numeric:
        base = ((own - schema.center) / schema.scale)[:, None]
    else:
        base = (own[:, None] == np.array(block.coding.ranks)).astype(np.float64)
    return crossing.columns(base, codes[crossing.modifier])
