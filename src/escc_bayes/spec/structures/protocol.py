"""What an effect structure states, once: columns, free parameters, their way to log hazard ratios, words.

The log hazard ratios of an effect's columns (of its columns in the first segment of time, then in the next, where they
change over time) are

    psi = sum over its terms of  scales x cumulative shares x (loading @ parameter).

Engines, tables, the model card and classical methods are derived from this; none of them asks for a structure's word.
A new structure is one file that states it and a line in ``registry``; CONTRIBUTING.md walks through one.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import ClassVar, Protocol

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.free import Free, Term
from escc_bayes.spec.structures.measured import Measured


class Curve(Protocol):
    """A log hazard ratio that is a curve of a number: hazard ratios are of one value over another.

    Attributes
    ----------
    center : of the schema, over which tables and figures show other values.
    knots : values at which it may bend, and the two of ``within``, rising.
    within : beyond these two values it goes on as ``beyond`` says.
    shown : two values whose hazard ratio tables show, the first over the second.
    """

    @property
    def center(self) -> float: ...
    @property
    def knots(self) -> tuple[float, ...]: ...
    @property
    def within(self) -> tuple[float, float]: ...
    @property
    def shown(self) -> tuple[float, float]: ...
    @property
    def beyond(self) -> str: ...

    def columns(self, values: FloatArray) -> FloatArray:
        """Return the columns (n, width) of values (n,)."""
        ...


@dataclass(frozen=True, slots=True)
class Shrinkage:
    """What the shrinkage of many columns knows of the rows.

    Attributes
    ----------
    spreads : standard deviation of each column: shrinkage is per standard deviation.
    scale : of the half-Cauchy on the common scale.
    events : in the rows; one over the variance that the data alone leave to a log hazard ratio per SD, about.
    """

    spreads: tuple[float, ...]
    scale: float
    events: float


@dataclass(frozen=True, slots=True)
class Crossing:
    """How an effect's columns multiply those of its covariate by a second covariate, its modifier.

    Attributes
    ----------
    modifier : the second covariate, which has an effect of its own, or is the strata of the baseline.
    levels, codes : of the modifier that occur, and their places in the schema; empty where it is a number.
    parts : for each column, the covariate's column and what multiplies it: nothing (None), the level of the modifier
        at that place in ``levels``, or, with 0, its number.
    center, scale : of a modifier that is a number.
    common : whether the columns that nothing multiplies are an effect common to all levels, the others what is added
        to it in each; else they are the effect where the modifier stands at its first level, or at 0.
    alone : whether only what the data compare has columns, as maximum likelihood needs it.
    """

    modifier: str
    levels: tuple[str, ...]
    codes: tuple[int, ...]
    parts: tuple[tuple[int, int | None], ...]
    center: float = 0.0
    scale: float = 1.0
    common: bool = False
    alone: bool = False

    def columns(self, base: FloatArray, values: FloatArray) -> FloatArray:
        """Return the columns (n, width) of the covariate's own (n, p) and the modifier's codes or numbers (n,)."""
        found = [base[:, j] * self.multiplier(level, values) for j, level in self.parts]
        return np.stack(found, axis=1) if found else np.zeros((values.size, 0))

    def multiplier(self, level: int | None, values: FloatArray) -> FloatArray:
        """Return what multiplies a column where the modifier has these codes or numbers (n,)."""
        if level is None:
            return np.ones(values.size)
        if not self.levels:
            return np.asarray((values - self.center) / self.scale)
        return np.asarray(values == self.codes[level], dtype=np.float64)

    def value_of(self, word: str) -> float:
        """Return the code of a level of the modifier, or the number that a word is."""
        return float(self.codes[self.levels.index(word)]) if self.levels else float(word)


@dataclass(frozen=True, slots=True)
class Coding:
    """How an effect's covariates became columns.

    Attributes
    ----------
    labels : one for each column, such as ``stage[III]``.
    levels : for each covariate, its levels in the model, reference first; empty for numbers.
    reference : whether the first level of each covariate has no column of its own.
    centred : whether the columns are centred where the baseline describes the average patient.
    ranks : for each column of a level, how many declared levels it stands above the first: one between that has no
        patient has no column, but counts.
    segments : months, rising, at which the columns' coefficients change; none for most. Such columns are not centred:
        where a segment ends within a piece of the baseline, centring would change the model.
    curve : how the columns follow from a number, where its log hazard ratio is a curve; None for most.
    copies : the transitions for each of which the columns stand once, one copy after the other; none for most.
    crossing : how the columns multiply those of the covariate by a second covariate; None for most.
    shrinkage : of many columns of which few matter; None for most.
    measured : the measurements of a trajectory that stands in the column's place; None for most.
    """

    labels: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    reference: bool = True
    centred: bool = True
    ranks: tuple[int, ...] = ()
    segments: tuple[float, ...] = ()
    curve: Curve | None = None
    copies: tuple[str, ...] = ()
    crossing: Crossing | None = None
    shrinkage: Shrinkage | None = None
    measured: Measured | None = None

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.labels)

    @property
    def size(self) -> int:
        """Number of coefficients: each column's in the first segment, then in the second, and so on."""
        return self.width * (len(self.segments) + 1)

    @property
    def spans(self) -> tuple[tuple[float, float], ...]:
        """Months (start, stop] of each segment of time; one, without end, for most."""
        return tuple(pairwise((0.0, *self.segments, math.inf)))

    @property
    def numeric(self) -> bool:
        """Whether all columns are of numbers."""
        return not any(self.levels)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns (n, width) of an effect, their coding, and sentences on levels left out."""

    values: FloatArray
    coding: Coding
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contrast:
    """A hazard ratio that tables show: of ``level`` over ``versus``, or, without levels, of a number per its scale.

    In the ``months`` (start, stop], where it changes over time. ``within`` a level, or at a value, of the covariate
    that it differs with; divided by that within ``within_versus``, where one is named.
    """

    term: str
    level: str | None = None
    versus: str | None = None
    months: tuple[float, float] | None = None
    within: str | None = None
    within_versus: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a key's reader may need beside its value: the model's endpoint, the folder that paths are relative to."""

    endpoint: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Key:
    """A key of ``[[effect]]``: how its value is read (value, place, reading), and how it is written, for messages.

    ``modifier``: its value is a covariate, which must have an effect or be the strata. ``usual``: its value where no
    file states it, left out of digests; None: it must be stated.
    """

    read: Callable[[object, str, Reading], object]
    form: str
    modifier: bool = False
    usual: object = None


def acts_across(structure: object) -> bool:
    """Return whether an effect has a copy of its columns in every transition, and so names none of them."""
    return bool(getattr(structure, "ACROSS", False))


class Structure(Protocol):
    """How covariates act on the log hazard. A frozen dataclass: ``name``, ``covariates``, then its keys by name.

    Attributes
    ----------
    WORD : what ``structure = ".."`` says.
    KINDS : kinds of covariates that it takes.
    SEVERAL : whether it takes several covariates, as ``covariates = [..]``.
    KEYS : its keys beside ``name``, ``covariate`` or ``covariates``, and ``structure``.
    """

    WORD: ClassVar[str]
    KINDS: ClassVar[tuple[str, ...]]
    SEVERAL: ClassVar[bool]
    KEYS: ClassVar[Mapping[str, Key]]

    @property
    def name(self) -> str:
        """The covariate's name, or a name for several."""
        ...

    @property
    def covariates(self) -> tuple[str, ...]:
        """The covariates, one unless ``SEVERAL``."""
        ...

    def columns(self, rows: AnalysisRows) -> Columns:
        """Return its columns for the rows analysed; raise what does not fit."""
        ...

    def free(self, coding: Coding) -> tuple[Free, ...]:
        """Return its free parameters, in the order in which they are drawn."""
        ...

    def terms(self, coding: Coding) -> tuple[Term, ...]:
        """Return how they make the log hazard ratio of each column."""
        ...

    def words(self, coding: Coding, schemas: Mapping[str, CovariateSchema]) -> str:
        """Say structure and prior in a sentence; hazard ratios say who over whom."""
        ...

    def contrasts(self, coding: Coding) -> tuple[Contrast, ...]:
        """Return the hazard ratios that tables show; none for a nuisance, such as centres."""
        ...

    def by_construction(self, coding: Coding, schemas: Mapping[str, CovariateSchema]) -> str:
        """Say what of its contrasts its form fixes before any data, for the tables; nothing for most."""
        ...

    def unshrunk(self) -> tuple["Structure", ...]:
        """Return what maximum likelihood fits in its place; nothing where it has no such place."""
        ...
