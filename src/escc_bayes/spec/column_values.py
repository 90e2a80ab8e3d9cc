"""The columns of a model as they would be if a covariate had other values, under the coding that the rows have."""

from dataclasses import replace

import numpy as np

from escc_bayes.foundation.errors import NoContrastError, SpecError
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.design import Block, build_design
from escc_bayes.spec.plan import ModelPlan

SAME = 1e-9


def with_values(plan: ModelPlan, covariate: str, of: IntArray, values: FloatArray) -> FloatArray:
    """Return the centred columns of rows with other values of one covariate.

    Parameters
    ----------
    plan : whose coding and centres.
    of : (m,) rows.
    values : (m, k) level codes or numbers; levels among those that the rows have.

    Returns
    -------
    (m, k, p) centred columns.
    """
    design = plan.design
    found = np.repeat(design.centred[of][:, None, :], values.shape[1], axis=1)
    for block in design.blocks:
        for place, name in enumerate(block.effect.covariates):
            if name == covariate:
                columns, inside = coded(block, place, plan, values.ravel())
                found[:, :, inside] = columns.reshape(*values.shape, -1) - design.center[inside]
    return found


def coded(block: Block, place: int, plan: ModelPlan, values: FloatArray) -> tuple[FloatArray, slice]:
    """Return the columns (n, width) of values of one covariate of a block, and where they stand."""
    coding, name = block.coding, block.effect.covariates[place]
    width = block.width // len(block.effect.covariates)
    inside = slice(block.start + place * width, block.start + (place + 1) * width)
    schema = plan.design.schemas[name]
    if coding.curve is not None:
        return coding.curve.columns(values), inside
    if coding.numeric:
        return ((values - schema.center) / schema.scale)[:, None], inside
    levels = coding.levels[place][1 if coding.reference else 0 :]
    return np.stack([values == schema.levels.index(level) for level in levels], axis=1).astype(np.float64), inside


def refuse_other_columns(plan: ModelPlan, covariates: tuple[str, ...]) -> None:
    """Raise where the columns of any effect follow from a covariate in a way that ``with_values`` does not know.

    Its values are dealt to the patients in reverse: the columns set must be all those of a design made anew.
    """
    every, rows = np.arange(plan.rows.time.size), plan.rows
    for name in covariates:
        dealt = rows.covariates[name].values[::-1]
        held = {**rows.covariates, name: replace(rows.covariates[name], values=dealt)}
        try:
            anew = build_design(plan.spec, replace(rows, covariates=held)).columns - plan.design.center
            same = np.abs(with_values(plan, name, every, dealt[:, None])[:, 0] - anew).max(initial=0.0) < SAME
        except (ValueError, IndexError, SpecError, NoContrastError):
            same = False
        if not same:
            raise SpecError(
                f"model '{plan.spec.name}', [missing]: columns follow from more than the value of '{name}' "
                f"alone, as those of an effect within its levels do, and are not imputed; leave '{name}' out of "
                "[missing], or model it by an effect of its own alone"
            )
