"""The columns of a model: how covariates become numbers, and where each effect's coefficients stand.

Indicator columns against the first level for ``fixed``, ``ordered`` and ``pooled`` effects, one indicator for each
level for ``exchangeable`` and ``random_intercept``, (value - center) / scale for ``linear``. With ``at = "mean"`` the
columns are centred at their (weighted) means, so that the baseline describes the average patient.
Random intercepts are not centred: the baseline describes an average centre.
"""

from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.data.covariates import CovariateData
from escc_bayes.data.schema import CovariateSchema
from escc_bayes.foundation.errors import NoContrastError, SpecError, some_of
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.model import Effect, ModelSpec
from escc_bayes.spec.rows import AnalysisRows

# Below this the standard deviation of a column is float noise against its mean.
CONSTANT = 1e-12
# The sampler adapts to scales within this factor of 1 by itself.
ORDINARY = 50.0


@dataclass(frozen=True, slots=True)
class Block:
    """The columns of one effect.

    Attributes
    ----------
    effect : the effect.
    start, stop : its columns.
    labels : one for each column, such as ``stage[III]``.
    levels : for each covariate, the levels that occur, reference first; empty for numbers.
    unit : the sampler's step for a linear effect, in log hazard ratio per scale: covariates of any size
        look alike to it.
    ranks : of an ordered effect, how many declared levels each column's level stands above the first: a level between
        that has no patient has no column, and keeps its step.
    """

    effect: Effect
    start: int
    stop: int
    labels: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    unit: float = 1.0
    ranks: tuple[int, ...] = ()

    @property
    def steps(self) -> int:
        """Number of steps of an ordered effect from the first level to the last; 0 where it has one level over it."""
        return self.ranks[-1] if len(self.ranks) > 1 else 0

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.stop - self.start

    @property
    def full(self) -> bool:
        """Whether every level has a column of its own."""
        return self.effect.structure in ("exchangeable", "random_intercept")


@dataclass(frozen=True, slots=True)
class Design:
    """Columns of the patients analysed.

    Attributes
    ----------
    columns : (n, p) uncentred.
    center : (p,) subtracted from the columns; 0 where not centred.
    blocks : one for each effect.
    schemas : of each covariate.
    codes : (n,) level codes or numbers of each covariate, as analysed.
    notes : levels without patients, left out.
    """

    columns: FloatArray
    center: FloatArray
    blocks: tuple[Block, ...]
    schemas: dict[str, CovariateSchema]
    notes: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """One label for each column."""
        return tuple(label for block in self.blocks for label in block.labels)

    @property
    def centred(self) -> FloatArray:
        """Columns minus their centre, (n, p)."""
        return self.columns - self.center

    def block_of(self, covariate: str) -> tuple[Block, int]:
        """Return the block of a covariate and its place within the block's covariates."""
        for block in self.blocks:
            if covariate in block.effect.covariates:
                return block, block.effect.covariates.index(covariate)
        known = ", ".join(name for block in self.blocks for name in block.effect.covariates) or "none"
        raise SpecError(f"the model has no covariate '{covariate}'; it has: {known}")

    def columns_of(self, covariate: str) -> slice:
        """Return the columns that belong to one covariate."""
        block, place = self.block_of(covariate)
        width = block.width // len(block.effect.covariates)
        return slice(block.start + place * width, block.start + (place + 1) * width)


def build_design(spec: ModelSpec, rows: AnalysisRows) -> Design:
    """Return the columns of ``spec`` for the rows analysed.

    Raises
    ------
    SpecError : a structure does not fit its covariate, or the reference level has no patient.
    NoContrastError : a factor with one level or a reference without patients, or a constant continuous column.
    """
    blocks: list[Block] = []
    columns = [np.zeros((rows.n, 0))]
    notes: list[str] = []
    start = 0
    for effect in spec.effects:
        check_structure(effect, rows)
        parts = [effect_columns(effect, rows.covariates[name], rows, notes) for name in effect.covariates]
        if len({len(levels) for _, _, levels in parts}) > 1:
            raise SpecError(pooled_message(effect, rows))
        width = sum(part.shape[1] for part, _, _ in parts)
        blocks.append(
            Block(
                effect=effect,
                start=start,
                stop=start + width,
                labels=tuple(label for _, labels, _ in parts for label in labels),
                levels=tuple(levels for _, _, levels in parts),
                unit=sampling_unit(effect, parts[0][0][:, 0], rows.weight),
                ranks=ranks_of(effect, rows.covariates[effect.covariates[0]]),
            )
        )
        columns += [part for part, _, _ in parts]
        start += width
    stacked = np.concatenate(columns, axis=1)
    center = centres(stacked, blocks, rows.weight, spec.baseline.at)
    schemas = {name: rows.covariates[name].schema for name in spec.covariates}
    return Design(stacked, center, tuple(blocks), schemas, tuple(notes))


def with_effects(design: Design, spec: ModelSpec, rows: AnalysisRows) -> Design:
    """Return a design with the effects of a specification that differs from its own in priors alone."""
    blocks = []
    for block, effect in zip(design.blocks, spec.effects, strict=True):
        check_structure(effect, rows)
        unit = sampling_unit(effect, design.columns[:, block.start], rows.weight)
        blocks.append(replace(block, effect=effect, unit=unit))
    return replace(design, blocks=tuple(blocks))


def check_structure(effect: Effect, rows: AnalysisRows) -> None:
    """Raise if a structure does not fit the kind of its covariate."""
    for name in effect.covariates:
        kind = rows.covariates[name].schema.kind
        if effect.structure == "linear" and kind not in ("continuous", "ordered", "binary"):
            raise SpecError(f"effect '{name}': linear needs a continuous or ordered covariate, '{name}' is {kind}")
        if effect.structure != "linear" and kind == "continuous":
            raise SpecError(
                f"effect '{name}': {effect.structure} needs levels, but '{name}' is continuous; use structure = "
                '"linear", or cut it into classes in the schema'
            )
        if effect.structure == "ordered" and kind == "nominal":
            raise SpecError(f"effect '{name}': ordered needs an ordered covariate, '{name}' is nominal")
        if isinstance(effect.prior, EvidencePrior) and effect.structure != "ordered":
            check_one_contrast(effect, rows.covariates[name])


def check_one_contrast(effect: Effect, covariate: CovariateData) -> None:
    """Raise unless the effect is one hazard ratio of two groups, as published evidence is."""
    schema = covariate.schema
    if schema.kind == "continuous":
        held = f"'{schema.name}' is a number, and its effect is per unit"
    elif len(present_levels(covariate)[0]) > 2:
        held = f"'{schema.name}' has the levels {', '.join(present_levels(covariate)[0])}"
    else:
        return
    raise SpecError(
        f"effect '{effect.name}': published evidence is of one hazard ratio between two groups, but {held}; use a "
        'covariate of two levels, structure = "ordered" (the last level against the first), or { normal = [mean, sd] }'
    )


def pooled_message(effect: Effect, rows: AnalysisRows) -> str:
    """Say which levels the pooled covariates have."""
    held = "; ".join(f"{n}: {', '.join(present_levels(rows.covariates[n])[0])}" for n in effect.covariates)
    return f"effect '{effect.name}': pooled covariates need the same levels among the rows analysed, but {held}"


def present_levels(covariate: CovariateData) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return the levels that occur and their codes, in schema order."""
    codes = tuple(int(code) for code in np.unique(covariate.values))
    return tuple(covariate.schema.levels[code] for code in codes), codes


def ranks_of(effect: Effect, covariate: CovariateData) -> tuple[int, ...]:
    """Return how many declared levels the level of each column of an ordered effect stands above the first."""
    return present_levels(covariate)[1][1:] if effect.structure == "ordered" else ()


def kept_steps(effect: Effect, covariate: CovariateData) -> str:
    """Say which levels without patients keep their step: those between others, where the effect is ordered."""
    codes = present_levels(covariate)[1]
    between = [covariate.schema.levels[code] for code in range(codes[-1]) if code not in codes]
    if effect.structure != "ordered" or len(codes) < 3 or not between:
        return ""
    return f", but the step of {some_of(between)} is kept: declared levels count in an ordered effect"


def effect_columns(
    effect: Effect, covariate: CovariateData, rows: AnalysisRows, notes: list[str]
) -> tuple[FloatArray, tuple[str, ...], tuple[str, ...]]:
    """Return columns, labels and levels of one covariate under one structure."""
    name, schema = covariate.schema.name, covariate.schema
    if effect.structure == "linear":
        column = linear_column(covariate, rows)
        return column[:, None], (name,), ()
    full = effect.structure in ("exchangeable", "random_intercept")
    levels, codes = factor_levels(covariate, rows, needs_reference=not full)
    absent = [level for level in schema.levels if level not in levels]
    if absent:
        notes.append(f"{name}: no patient in {some_of(absent)}; left out of the model{kept_steps(effect, covariate)}")
    kept = range(len(codes)) if full else range(1, len(codes))
    columns = np.stack([(covariate.values == codes[i]).astype(np.float64) for i in kept], axis=1)
    return columns, tuple(f"{name}[{levels[i]}]" for i in kept), levels


def place(schema: CovariateSchema, rows: AnalysisRows) -> str:
    """Name a covariate for a message: cohort, column and word."""
    return f"cohort {rows.cohort}, column '{schema.column}': '{schema.name}'"


def linear_column(covariate: CovariateData, rows: AnalysisRows) -> FloatArray:
    """Return (value - center) / scale, or the level's rank; a constant column is refused."""
    schema = covariate.schema
    column = (covariate.values - schema.center) / schema.scale
    if np.ptp(covariate.values) <= CONSTANT * np.abs(covariate.values).max(initial=0.0):
        raise NoContrastError(
            f"{place(schema, rows)} is {covariate.values[0]:g} in all {rows.n} patients analysed for "
            f"'{rows.endpoint}'; a constant column has no hazard ratio",
            "leave it out",
        )
    return column


def factor_levels(
    covariate: CovariateData, rows: AnalysisRows, *, needs_reference: bool
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return the levels that occur; one level, or a reference without patients, is refused."""
    schema = covariate.schema
    levels, codes = present_levels(covariate)
    if len(levels) == 1:
        raise NoContrastError(
            f"{place(schema, rows)} has the single level '{levels[0]}' in all {rows.n} patients analysed for "
            f"'{rows.endpoint}'; a factor with one level has no hazard ratio",
            "leave it out",
        )
    if needs_reference and codes[0] != 0:
        raise NoContrastError(
            f"{place(schema, rows)}: the reference level '{schema.levels[0]}' has no patient among the {rows.n} "
            f"analysed for '{rows.endpoint}'",
            f"put one of {', '.join(levels)} first in levels of the schema",
        )
    return levels, codes


def sampling_unit(effect: Effect, column: FloatArray, weight: FloatArray) -> float:
    """Return the smaller of prior SD and 1 / column SD: about the posterior's size; 1 where that is near 1.

    Effects of levels have 1: their columns are 0 and 1.
    """
    if effect.structure != "linear":
        return 1.0
    assert effect.prior is not None
    mean = np.average(column, weights=weight)
    spread = float(np.sqrt(np.average((column - mean) ** 2, weights=weight)))
    unit = min(effect.prior.sd, 1.0 / spread)
    return 1.0 if 1.0 / ORDINARY < unit < ORDINARY else unit


def centres(columns: FloatArray, blocks: list[Block], weight: FloatArray, at: str) -> FloatArray:
    """Return the weighted means of the columns for ``at = "mean"``; 0 for random intercepts and ``reference``."""
    center = np.zeros(columns.shape[1])
    if at == "reference":
        return center
    for block in blocks:
        if block.effect.structure != "random_intercept":
            inside = slice(block.start, block.stop)
            own = columns[:, inside]
            center[inside] = own.mean(axis=0) if (weight == 1.0).all() else np.average(own, axis=0, weights=weight)
    return center


def setting_columns(
    design: Design,
    covariate: str,
    level: str,
    of: IntArray | slice = slice(None),
) -> FloatArray:
    """Return the columns (m, p) of the patients ``of`` as they would be if each had ``level`` of ``covariate``.

    Raises
    ------
    SpecError : the covariate has no such level in the model.
    """
    inside = design.columns_of(covariate)
    block, place = design.block_of(covariate)
    levels = block.levels[place]
    if level not in levels:
        raise SpecError(f"'{covariate}' has no level '{level}' in the model; it has: {', '.join(levels) or 'numbers'}")
    changed = np.array(design.columns[of])
    changed[:, inside] = 0.0
    index = levels.index(level) - (0 if block.full else 1)
    if index >= 0:
        changed[:, inside.start + index] = 1.0
    return changed
