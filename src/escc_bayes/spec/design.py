"""The columns of a model: where each effect's columns and coefficients stand.

What the columns of an effect are, its structure says (``structures/``). With ``at = "mean"`` they are centred at their
(weighted) means, so that the baseline describes the average patient; where a structure says so they are not, and the
baseline describes an average level.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.foundation.errors import SpecError
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.collinear import collinear
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.model import ModelSpec, refuse_lacking
from escc_bayes.spec.prior import Normal
from escc_bayes.spec.refuse_effects import refuse_crossed, refuse_evidence, refuse_kinds
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.free import Free, Term
from escc_bayes.spec.structures.protocol import Coding, Columns, Structure
from escc_bayes.spec.transitions import together

# The sampler adapts to scales within this factor of 1 by itself.
ORDINARY = 50.0


@dataclass(frozen=True, slots=True)
class Block:
    """The columns of one effect.

    Attributes
    ----------
    effect : the effect.
    start : its first column.
    coding : how its covariates became columns.
    first : its first coefficient; ``start`` unless an effect before it changes over time.
    unit : the sampler's step for an effect of a number, in log hazard ratio per scale: covariates of any size
        look alike to it.
    within : the transitions of an illness-death model in which it acts; none of one endpoint.
    """

    effect: Structure
    start: int
    coding: Coding
    first: int
    unit: float = 1.0
    within: tuple[str, ...] = ()

    @property
    def stop(self) -> int:
        """The column after its last."""
        return self.start + self.coding.width

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.coding.width

    @property
    def coefficients(self) -> slice:
        """Places of its coefficients among those of the model."""
        return slice(self.first, self.first + self.coding.size)

    @property
    def parts(self) -> tuple[tuple[tuple[str, ...], slice], ...]:
        """Its columns, each part with the transitions in which it acts: all together, or a copy for each of them."""
        copies = self.coding.copies
        if not copies:
            return ((self.within, slice(self.start, self.stop)),)
        width = self.width // len(copies)
        starts = range(self.start, self.stop, width)
        return tuple(((name,), slice(start, start + width)) for name, start in zip(copies, starts, strict=True))

    @property
    def labels(self) -> tuple[str, ...]:
        """One for each coefficient, such as ``stage[III]``.

        Or ``stage[III], 0-12`` where it changes at 12 months, ``stage[III], progression`` of a transition.
        """
        segments, plain = self.coding.segments, self.column_labels
        if not segments:
            return plain
        edges = [0.0, *segments]
        spans = [f"{a:g}-{b:g}" for a, b in pairwise(edges)] + [f"{edges[-1]:g}+"]
        return tuple(f"{label}, {span}" for span in spans for label in plain)

    @property
    def column_labels(self) -> tuple[str, ...]:
        """One for each column, with the transitions in which it acts."""
        of = "" if self.coding.copies else together(self.within)
        return tuple(f"{label}, {of}" for label in self.coding.labels) if of else self.coding.labels

    @property
    def levels(self) -> tuple[tuple[str, ...], ...]:
        """For each covariate, its levels in the model, reference first; empty for numbers."""
        return self.coding.levels

    @property
    def full(self) -> bool:
        """Whether every level has a column of its own."""
        return not self.coding.reference

    @property
    def spare(self) -> int:
        """Number of columns, its first, that the others determine by construction."""
        crossing = self.coding.crossing
        if crossing is not None and crossing.common:
            return sum(level is None for _, level in crossing.parts)
        return int(self.full)

    @property
    def shown(self) -> bool:
        """Whether tables show hazard ratios of it; not of a nuisance such as centres."""
        return bool(self.effect.contrasts(self.coding))

    @property
    def free(self) -> tuple[Free, ...]:
        """Its free parameters, in the order in which they are drawn."""
        return self.effect.free(self.coding)

    @property
    def terms(self) -> tuple[Term, ...]:
        """How they make the log hazard ratio of each column."""
        return self.effect.terms(self.coding)


@dataclass(frozen=True, slots=True)
class Design:
    """Columns of the patients analysed.

    Attributes
    ----------
    columns : (n, p) uncentred; 0 in rows of transitions in which a column does not act.
    center : (p,) subtracted from the columns; 0 where not centred.
    blocks : one for each effect.
    schemas : of each covariate.
    codes : (n,) level codes or numbers of each covariate, as analysed.
    notes : levels without patients, left out.
    collinear : labels of columns that determine each other, set by set; a random intercept's are not looked at.
    inside : (n, p) 1 where a column acts, 0 in rows of other transitions; None: every column acts in every row.
    """

    columns: FloatArray
    center: FloatArray
    blocks: tuple[Block, ...]
    schemas: dict[str, CovariateSchema]
    notes: tuple[str, ...] = ()
    collinear: tuple[tuple[str, ...], ...] = ()
    inside: FloatArray | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """One label for each coefficient."""
        return tuple(label for block in self.blocks for label in block.labels)

    @property
    def size(self) -> int:
        """Number of coefficients: of columns, unless an effect changes over time."""
        return sum(block.coding.size for block in self.blocks)

    @property
    def segment_ends(self) -> FloatArray:
        """Months, rising, at which any coefficient changes."""
        return np.array(sorted({end for block in self.blocks for end in block.coding.segments}), dtype=np.float64)

    @property
    def centred(self) -> FloatArray:
        """Columns minus their centre, (n, p)."""
        return self.columns - (self.center if self.inside is None else self.center * self.inside)

    @property
    def acting(self) -> IntArray:
        """Which coefficient each column is multiplied by in each segment of time, (segments, p)."""
        until = np.append(self.segment_ends, np.inf)
        parts = [np.zeros((until.size, 0), dtype=np.int64)]
        for block in self.blocks:
            segment = np.searchsorted(np.array(block.coding.segments), until)
            parts.append(block.first + segment[:, None] * block.width + np.arange(block.width))
        return np.concatenate(parts, axis=1)

    def block_of(self, covariate: str, transition: str = "") -> tuple[Block, int]:
        """Return the block of a covariate, in a transition, and its place within the block's covariates."""
        for block in self.blocks:
            if covariate in block.effect.covariates and (not transition or transition in block.within):
                return block, block.effect.covariates.index(covariate)
        known = ", ".join(name for block in self.blocks for name in block.effect.covariates) or "none"
        raise SpecError(f"the model has no covariate '{covariate}'; it has: {known}")

    def by_construction(self, covariate: str) -> str:
        """Say what of a covariate's contrasts the form of its effect fixes before any data; nothing for most."""
        block, _ = self.block_of(covariate)
        return block.effect.by_construction(block.coding, self.schemas)

    def columns_of(self, covariate: str, transition: str = "") -> slice:
        """Return the columns that belong to one covariate, in a transition."""
        block, place = self.block_of(covariate, transition)
        copies = block.coding.copies
        width = block.width // (len(block.effect.covariates) * max(1, len(copies)))
        if copies:
            place = copies.index(transition) if transition else 0
        return slice(block.start + place * width, block.start + (place + 1) * width)

    def coefficients_of(self, covariate: str, segment: int = 0, transition: str = "") -> slice:
        """Return the coefficients of one covariate, in one segment of time where they change, in a transition."""
        block, _ = self.block_of(covariate, transition)
        columns = self.columns_of(covariate, transition)
        low = block.first + segment * block.width - block.start
        return slice(low + columns.start, low + columns.stop)


def build_design(spec: ModelSpec, rows: AnalysisRows) -> Design:
    """Return the columns of ``spec`` for the rows analysed.

    Raises
    ------
    SpecError : a structure does not fit its covariate, or the reference level has no patient.
    NoContrastError : a factor with one level or a reference without patients, or a constant continuous column.
    """
    refuse_lacking(spec, f"model '{spec.name}'")
    blocks: list[Block] = []
    parts: list[Columns] = []
    start = first = 0
    for effect, within in spec.acting(rows.transition_names):
        refuse_kinds(effect, rows)
        part = effect.columns(with_events_of(rows, within))
        refuse_crossed(effect, part.coding, within)
        refuse_evidence(effect, part.coding, rows)
        at_risk = rows_within(rows, part.coding.copies[:1] or within)
        unit = sampling_unit(effect, part.coding, part.values[at_risk], rows.weight[at_risk], spec.baseline.at)
        blocks.append(Block(effect, start, part.coding, first, unit, within))
        parts.append(part)
        start, first = start + part.coding.width, first + part.coding.size
    stacked = np.concatenate([np.zeros((rows.time.size, 0)), *(part.values for part in parts)], axis=1)
    # Of patients with several rows, the average one is as they were in their first: cutting a row moves no centre.
    whole: IntArray | slice = slice(None) if rows.patient is None else rows.first_rows()
    center = centres(stacked[whole], blocks, rows.weight[whole], spec.baseline.at)
    schemas = {name: rows.covariates[name].schema for name in spec.covariates}
    notes = tuple(dict.fromkeys(note for part in parts for note in part.notes))
    inside = acting_rows(blocks, rows) if spec.transitions else None
    stacked = stacked if inside is None else stacked * inside
    return Design(stacked, center, tuple(blocks), schemas, notes, determined(stacked, blocks), inside)


def rows_within(rows: AnalysisRows, within: tuple[str, ...]) -> IntArray | slice:
    """Return the rows at risk of some transitions; all of them where none is named."""
    if not within:
        return slice(None)
    return np.flatnonzero(np.isin(rows.transition_code, [rows.transition_names.index(name) for name in within]))


def with_events_of(rows: AnalysisRows, within: tuple[str, ...]) -> AnalysisRows:
    """Return the rows as an effect in some transitions sees them: with the events of these alone."""
    if not within or within == rows.transition_names:
        return rows
    event = np.zeros(rows.time.size)
    own = rows_within(rows, within)
    event[own] = rows.event[own]
    return replace(rows, event=event)


def acting_rows(blocks: list[Block], rows: AnalysisRows) -> FloatArray:
    """Return 1 for each row and column where the column acts, else 0, (n, p)."""
    found = np.zeros((rows.time.size, sum(block.width for block in blocks)))
    for block in blocks:
        for within, columns in block.parts:
            found[rows_within(rows, within), columns] = 1.0
    return found


def determined(columns: FloatArray, blocks: list[Block]) -> tuple[tuple[str, ...], ...]:
    """Return the labels of columns that determine each other, of effects that tables show.

    Of an effect with a column for every level the first is left away, of one within the levels of another covariate
    its common columns; what a covariate of centres shares with their random intercept is shrunk, as it should be.
    """
    kept = [place for block in blocks if block.shown for place in range(block.start + block.spare, block.stop)]
    labels = [label for block in blocks for label in block.column_labels]
    return collinear(columns[:, kept], [labels[place] for place in kept])


def with_effects(design: Design, spec: ModelSpec, rows: AnalysisRows) -> Design:
    """Return a design with the effects of a specification that differs from its own in priors alone."""
    blocks = []
    own = [effect for effect, _ in spec.acting(rows.transition_names)]
    for block, effect in zip(design.blocks, own, strict=True):
        refuse_evidence(effect, block.coding, rows)
        at_risk = rows_within(rows, block.coding.copies[:1] or block.within)
        columns = design.columns[at_risk, block.start : block.stop]
        unit = sampling_unit(effect, block.coding, columns, rows.weight[at_risk], spec.baseline.at)
        blocks.append(replace(block, effect=effect, unit=unit))
    return replace(design, blocks=tuple(blocks))


def sampling_unit(effect: Structure, coding: Coding, columns: FloatArray, weight: FloatArray, at: str) -> float:
    """Return the smaller of prior SD and 1 / size of the column: about the posterior's size; 1 where that is near 1.

    The size is the SD about the mean where columns are centred there (``at = "mean"``), and the root mean square where
    they are not: a column far from 0 is tied to the baseline, which alone decides how far its effect may go.
    Effects of levels have 1: their columns are 0 and 1.
    """
    if not coding.numeric or coding.shrinkage is not None or coding.measured is not None:
        return 1.0
    prior, column = effect.free(coding)[0].prior, columns[:, 0]
    assert isinstance(prior, Normal | EvidencePrior)
    center = np.average(column, weights=weight) if at == "mean" and not coding.segments else 0.0
    size = float(np.sqrt(np.average((column - center) ** 2, weights=weight)))
    unit = min(prior.sd, 1.0 / size)
    return 1.0 if 1.0 / ORDINARY < unit < ORDINARY else unit


def centres(columns: FloatArray, blocks: list[Block], weight: FloatArray, at: str) -> FloatArray:
    """Return the weighted means of the columns for ``at = "mean"``; 0 elsewhere and where a structure says so."""
    center = np.zeros(columns.shape[1])
    if at == "reference":
        return center
    for block in blocks:
        if block.coding.centred and not block.coding.segments:
            inside = slice(block.start, block.stop)
            own = columns[:, inside]
            center[inside] = own.mean(axis=0) if (weight == 1.0).all() else np.average(own, axis=0, weights=weight)
    return center
